// What one variant has answered so far. The page's own view: times include the network.

/** Answers of one variant, as they come. */
export class Metrics {
  #times = [];
  #labels = new Map();

  /** Notes an answer: its label, and the milliseconds it took. */
  add(label, milliseconds) {
    this.#times.push(milliseconds);
    this.#labels.set(label, (this.#labels.get(label) ?? 0) + 1);
  }

  /** How many there were. */
  get count() {
    return this.#times.length;
  }

  /** The time that a share of the answers did not exceed. */
  latency(share) {
    return quantile(this.#times, share);
  }

  /** Pairs of a label and its share of the answers, the most frequent first. */
  get shares() {
    return [...this.#labels]
      .map(([label, times]) => [label, times / this.count])
      .sort(([, one], [, other]) => other - one);
  }
}

/** How often two variants gave the same label to the same row. */
export class Agreement {
  #alike = 0;
  #pairs = 0;

  /** Notes the labels of one row. */
  add(one, other) {
    this.#pairs += 1;
    if (one === other) this.#alike += 1;
  }

  /** How many rows both have answered. */
  get count() {
    return this.#pairs;
  }

  /** The share of rows with one label; NaN before the first. */
  get share() {
    return this.#alike / this.#pairs;
  }
}

/** The smallest value that at least a share of the values do not exceed (nearest rank). */
export function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
