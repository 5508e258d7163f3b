// One control for each feature, preset with the model's own sample.

import { element } from "./dom.js";
import { short, words } from "./format.js";

const FEWEST_STEPS = 50;
const NEVER_SEEN = "(none of these)";

/** The fields of a row. `element` goes into the page; changed: called after each change. */
export class Inputs {
  #fields;
  #names;

  /** features: of routes.json; null where the model's are not known. sample: a row. */
  constructor(features, sample, changed) {
    this.#fields = features
      ? features.map((feature, place) => field(feature, place, sample?.[place], changed))
      : [wholeRow(changed)];
    this.element = element("div", {}, ...this.#fields.map((one) => one.element));
    this.#names = features?.map(({ name }) => name);
  }

  /** A value for each feature; null where one is no value. */
  get row() {
    const values = this.#fields.map((one) => one.value());
    return this.#names ? values : values[0];
  }

  /** Whether the row can be sent. The API would refuse another, and name the cell. */
  get complete() {
    return this.#fields.every((one) => one.value() !== null);
  }

  /** Name of the feature in a column; undefined where that is not known. */
  name(column) {
    return this.#names?.[column];
  }

  /** Says beside fields what the answer said of them. notes: text by name of the feature. */
  note(notes) {
    const texts = this.#names?.map((name) => notes.get(name)) ?? [];
    this.#fields.forEach((one, place) => one.note(texts[place] ?? ""));
  }

  /** Says beside each field without a value what to give. */
  demand() {
    for (const one of this.#fields) one.note(one.value() === null ? one.wanted : "");
  }
}

function field(feature, place, preset, changed) {
  // A name may have spaces, which an id must not.
  const id = `feature-${place}`;
  const make = feature.categories ? choice : number;
  return make(feature, id, preset, changed);
}

function number(feature, id, preset, changed) {
  const initial = preset ?? feature.range?.[0] ?? 0;
  const input = element("input", {
    id,
    type: "number",
    step: "any",
    required: true,
    value: short(initial),
    "aria-describedby": `${id}-note`,
    input: () => {
      if (slider && input.value) slider.value = input.value;
      changed();
    },
  });
  const slider = feature.range ? sliderOf(feature, initial, input, changed) : null;
  const value = () => (input.value === "" ? null : input.valueAsNumber);
  return labelled(feature, id, [slider, input], value, "Give a number");
}

/**
 * A slider over the range of the training data, in steps of a power of ten; the number beside it
 * may leave that.
 */
function sliderOf({ name, range: [low, high] }, initial, input, changed) {
  const step = high > low ? 10 ** Math.floor(Math.log10((high - low) / FEWEST_STEPS)) : 1;
  const slider = element("input", {
    type: "range",
    min: short(Math.round(low / step) * step),
    max: short(Math.round(high / step) * step),
    step,
    value: initial,
    "aria-label": `${words(name)}, slider`,
    input: () => {
      input.value = short(slider.valueAsNumber);
      changed();
    },
  });
  return slider;
}

function choice(feature, id, preset, changed) {
  const names = [...feature.categories, NEVER_SEEN];
  const options = names.map((name) => element("option", { selected: name === preset }, name));
  const described = { "aria-describedby": `${id}-note` };
  const input = element("select", { id, change: changed, ...described }, ...options);
  return labelled(feature, id, [input], () => input.value, "");
}

/** controls: the last is the one that the label names. wanted: asks for a value where none is. */
function labelled(feature, id, controls, value, wanted) {
  const input = controls.at(-1);
  const note = element("small", { id: `${id}-note`, class: "note" });
  const wrapper = element(
    "div",
    { class: "feature" },
    element("label", { for: id }, words(feature.name)),
    ...controls,
    note,
  );
  return {
    element: wrapper,
    value,
    wanted,
    note: (text) => {
      note.textContent = text;
      input.classList.toggle("noted", text !== "");
    },
  };
}

/** Where nobody knows the features: a row as the client would write it. */
function wholeRow(changed) {
  const id = "feature-0";
  const input = element("textarea", { id, rows: 3, spellcheck: "false", input: changed }, "[]");
  const value = () => {
    try {
      const row = JSON.parse(input.value);
      return Array.isArray(row) ? row : null;
    } catch {
      return null;
    }
  };
  return labelled({ name: "Row as a JSON array" }, id, [input], value, "Give a JSON array");
}
