// The page: reads what the API offers, and asks it for a prediction whenever something changes.

import { commandLine, copyable, obstacle } from "./command.js";
import { byId, element } from "./dom.js";
import { percent, wait } from "./format.js";
import { beside, debounced, predict } from "./gateway.js";
import { Inputs } from "./inputs.js";
import { Agreement } from "./metrics.js";
import { headline, notes, Panel } from "./panel.js";
import { CallError, explained } from "./problems.js";
import { reference } from "./reference.js";

const QUIET_MS = 150;
/** A longer wait is the reader's to end. */
const LONGEST_RETRY_SECONDS = 60;

let api, route, inputs, panels, agreement, countdown;

const ask = debounced(answer, QUIET_MS);

async function start() {
  api = await beside("routes.json");
  byId("key-field").hidden = api.auth !== "apiKey";
  byId("route").append(...api.routes.map(({ name, path }) => element("option", { value: name }, path)));
  byId("key").addEventListener("input", ask);
  byId("route").addEventListener("change", chooseRoute);
  byId("variant").addEventListener("change", chooseVariants);
  byId("rival").addEventListener("change", chooseVariants);
  chooseRoute();
  byId("reference").append(...reference(await beside("openapi.json")));
}

function chooseRoute() {
  route = api.routes.find(({ name }) => name === byId("route").value);
  offer("variant", "chosen by weight", route.variants);
  offer("rival", "no other", route.variants);
  inputs = new Inputs(route.features, route.sample, changed);
  byId("inputs").replaceChildren(inputs.element);
  byId("inputs").hidden = route.asynchronous;
  chooseVariants();
}

function offer(id, none, names) {
  byId(`${id}-field`).hidden = names.length < 2;
  byId(id).replaceChildren(
    ...["", ...names].map((name) => element("option", { value: name }, name || none)),
  );
}

function chooseVariants() {
  const rival = byId("rival").value;
  panels = [byId("variant").value, ...(rival ? [rival] : [])].map((variant) => ({
    variant,
    panel: new Panel(variant || (route.variants.length > 1 ? "By weight" : "The model"), route),
  }));
  agreement = new Agreement();
  byId("panels").replaceChildren(...panels.map(({ panel }) => panel.element));
  showAnswers(false);
  changed();
}

function changed() {
  const reason = obstacle(route, api.auth);
  byId("obstacle").hidden = reason === null;
  byId("obstacle").textContent = reason;
  const callable = route.asynchronous || inputs.complete;
  const line = callable ? copyable(commandLine(api, route, inputs.row, byId("variant").value)) : "";
  byId("command").replaceChildren(line);
  ask();
}

async function answer(signal) {
  clearInterval(countdown);
  byId("problem").hidden = true;
  if (obstacle(route, api.auth)) return instead("");
  if (!inputs.complete) return outdated();
  const key = byId("key").value;
  if (api.auth === "apiKey" && !key) return instead("Paste an API key to get an answer.");
  try {
    const asking = panels.map(({ variant }) => predict(route, inputs.row, { key, variant, signal }));
    const answers = await Promise.all(asking);
    if (!signal.aborted) show(answers);
  } catch (error) {
    if (error.name !== "AbortError") report(error);
  }
}

function show(answers) {
  answers.forEach((found, place) => panels[place].panel.show(found));
  inputs.note(notes(answers[0].prediction));
  showAnswers(true);
  say(answers.map(({ prediction }) => headline(prediction)).join("; "), "heard");
  if (answers.length < 2) return;
  agreement.add(...answers.map(({ prediction }) => prediction.label));
  byId("agreement").textContent =
    `The two agree on ${percent(agreement.share)} of ${agreement.count} rows.`;
}

function showAnswers(shown) {
  byId("panels").hidden = !shown;
  byId("panels").classList.remove("stale");
  byId("agreement").hidden = !shown || panels.length < 2;
}

/** Tells what the row needs; an answer that is in sight is of another row, and looks like it. */
function outdated() {
  inputs.demand();
  const answered = !byId("panels").hidden;
  byId("panels").classList.toggle("stale", answered);
  say(`Give each feature a value.${answered ? " The answer shown is of the row before." : ""}`);
}

/** Tells why there is no answer to this row. */
function instead(text) {
  showAnswers(false);
  say(text);
}

function report(error) {
  if (!(error instanceof CallError)) throw error;
  const { title, detail, advice, retryAfter } = explained(error, (column) => inputs.name(column));
  inputs.note(new Map([[inputs.name(error.column), error.message]]));
  const waiting = element("p");
  const paragraphs = [detail, advice].filter(Boolean).map((text) => element("p", {}, text));
  byId("problem").replaceChildren(...paragraphs, waiting);
  byId("problem").hidden = false;
  instead(title);
  if (retryAfter !== null) tryAgain(retryAfter, waiting);
}

/** Counts down in sight; who listens has heard the title once. */
function tryAgain(seconds, place) {
  const itself = seconds <= LONGEST_RETRY_SECONDS;
  let left = seconds;
  const tick = () => {
    place.textContent = `${itself ? "Trying" : "Try"} again in ${wait(left)}.`;
    if (left === 0) clearInterval(countdown);
    if (left === 0 && itself) ask();
    left -= 1;
  };
  countdown = setInterval(tick, 1000);
  tick();
}

/** Tells in the one place that is also read aloud. how: a class for where that is enough. */
function say(text, how = "") {
  byId("status").className = how;
  byId("status").textContent = text;
}

start().catch((error) => say(`The page cannot start: ${error.message} Reload it.`));
