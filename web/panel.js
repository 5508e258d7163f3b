// What one variant answers: label, probabilities, what speaks for them, and what it did so far.

import { bar, element, table } from "./dom.js";
import { duration, percent, percents, short, signed, words } from "./format.js";
import { Metrics } from "./metrics.js";

/** A panel of the page. `element` goes into it. */
export class Panel {
  #headline = element("p", { class: "headline" });
  #answer = element("div");
  #chooser = element("select", { change: () => this.#drawContributions() });
  #choice = element("p", {}, element("label", {}, "Class explained ", this.#chooser));
  #contributions = element("div");
  #trained = element("p");
  #metrics = element("div");
  #seen = new Metrics();
  #prediction = {};
  #route;
  element;

  /** title: heads the panel. route: of routes.json, with what is known of each variant. */
  constructor(title, route) {
    this.#route = route;
    this.#choice.hidden = true;
    this.element = element(
      "section",
      { class: "panel", "aria-label": `Answer: ${title}` },
      element("h3", {}, title),
      this.#headline,
      this.#answer,
      this.#choice,
      this.#contributions,
      this.#trained,
      this.#metrics,
    );
  }

  /** Draws an answer as `predict` gives it, and counts it. */
  show({ prediction, variant, milliseconds }) {
    const { coverage, metrics } = this.#route;
    this.#prediction = prediction;
    this.#headline.textContent = headline(prediction);
    this.#answer.replaceChildren(
      element("p", {}, `${variant ? `Variant ${variant}` : "The model"} answered in ${duration(milliseconds)}.`),
      ...(isOurs(prediction) ? details(prediction, coverage[variant]) : [raw(prediction)]),
    );
    this.#offerClasses(prediction.contributions);
    this.#drawContributions();
    this.#trained.textContent = trained(metrics[variant]);
    if (!isOurs(prediction)) return;
    this.#seen.add(prediction.label, milliseconds);
    this.#metrics.replaceChildren(measured(this.#seen));
  }

  /** The chooser stays as it is while its classes do, so that it keeps the focus. */
  #offerClasses(contributions) {
    this.#choice.hidden = !contributions;
    const names = contributions ? Object.keys(contributions.base) : [];
    const options = ["", ...names];
    if (options.join("\n") === [...this.#chooser.options].map(({ value }) => value).join("\n")) return;
    this.#chooser.replaceChildren(
      ...options.map((name) => element("option", { value: name }, name || "the answer's")),
    );
  }

  #drawContributions() {
    const { contributions, label } = this.#prediction;
    if (!contributions) return this.#contributions.replaceChildren();
    const chosen = this.#chooser.value || label;
    // A model of two classes may explain one alone: what speaks for it speaks against the other.
    const of = chosen in contributions.base ? chosen : Object.keys(contributions.base)[0];
    this.#contributions.replaceChildren(explained(contributions, of));
  }
}

/** An answer in one line, for the headline and for who listens. */
export function headline(prediction) {
  if (!isOurs(prediction)) return "An answer of another form";
  const share = prediction.probabilities?.[prediction.label];
  return share === undefined ? prediction.label : `${prediction.label}, ${percent(share)}`;
}

/** What an answer says of single features: text by name. */
export function notes({ outOfRange = [], neverSeen = [] }) {
  return new Map([
    ...outOfRange.map((name) => [name, "outside the range of the training data"]),
    ...neverSeen.map((name) => [name, "never seen in the training data"]),
  ]);
}

/** A model from elsewhere answers as it likes. */
function isOurs(prediction) {
  return typeof prediction?.label === "string";
}

function raw(prediction) {
  return element("pre", { tabindex: 0 }, JSON.stringify(prediction, null, 2));
}

function details(prediction, coverage) {
  return [
    prediction.probabilities ? probabilities(prediction) : null,
    prediction.set ? oneOf(prediction.set, coverage) : null,
    warnings(notes(prediction)),
  ].filter((part) => part !== null);
}

function probabilities({ probabilities, intervals }) {
  const rows = Object.entries(probabilities).map(([label, share]) => {
    const between = intervals?.[label];
    const cells = [withBar(label, bar(0, share, "share", between)), percent(share)];
    return between ? [...cells, percents(...between)] : cells;
  });
  const heads = ["Class", "Probability", ...(intervals ? ["9 in 10 trees"] : [])];
  return table("Probability of each class", heads, rows);
}

const SET = "Over many rows like those of the training, the true label is among these at least so often.";

/** coverage: of the sets of whoever answered; undefined where that is not known. */
function oneOf(set, coverage) {
  const what = coverage
    ? `With ${short(100 * coverage)} % coverage it is one of`
    : "Set (conformal prediction)";
  return element("p", { title: SET }, `${what}: ${set.join(", ")}.`);
}

function withBar(text, drawn) {
  return element("span", {}, text, drawn);
}

function warnings(found) {
  if (found.size === 0) return null;
  const items = [...found].map(([name, text]) => element("li", {}, `${words(name)}: ${text}`));
  return element("ul", { class: "warnings" }, ...items);
}

const UNITS = { probability: "", logOdds: ", in log-odds" };

function explained({ unit, base, features }, label) {
  const values = Object.entries(features).map(([name, by]) => [name, by[label] ?? 0]);
  const widest = Math.max(...values.map(([, value]) => Math.abs(value))) || 1;
  const rows = values
    .sort(([, one], [, other]) => Math.abs(other) - Math.abs(one))
    .map(([name, value]) => {
      const drawn = bar(0.5, 0.5 + value / widest / 2, value < 0 ? "against" : "for");
      return [withBar(words(name), drawn), signed(value)];
    });
  const start = `from ${base[label].toFixed(3).replace("-", "−")} without any feature`;
  const caption = `What speaks for ${label} (${start}${UNITS[unit] ?? ""})`;
  return table(caption, ["Feature", "Contribution"], rows);
}

/** Quality, which no answer here can tell: nobody has said which label is true. */
function trained(metrics) {
  if (!metrics) return "";
  const { rows, accuracy, logLoss } = metrics;
  const loss = (value) => value.toFixed(3);
  return (
    `At training: accuracy ${percent(accuracy.value)} (${percents(...accuracy.interval, 1)}), ` +
    `log loss ${loss(logLoss.value)} (${logLoss.interval.map(loss).join("–")}), on ${rows} rows.`
  );
}

function measured(seen) {
  const shares = seen.shares.map(([label, share]) => `${label} ${percent(share)}`).join(", ");
  return table("So far", ["Measure", "Value"], [
    ["Answers", String(seen.count)],
    ["Latency, median", duration(seen.latency(0.5))],
    ["Latency, 99th percentile", duration(seen.latency(0.99))],
    ["Labels", shares],
  ]);
}
