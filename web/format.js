// Numbers as people read them.

/** A share as a percentage: 0.9731 -> "97.3 %". Only 0 and 1 read as none and all. */
export function percent(share) {
  if (share > 0 && share < 0.0005) return "< 0.1 %";
  if (share < 1 && share >= 0.9995) return "> 99.9 %";
  return `${(100 * share).toFixed(1)} %`;
}

/** Two shares as the ends of a range: 0.898, 1 -> "90–100 %", or to one digit "89.8–100.0 %". */
export function percents(low, high, digits = 0) {
  return `${end(low, digits)}–${end(high, digits)} %`;
}

/** Only 0 and 1 read as such here, too. */
function end(share, digits) {
  const text = (100 * share).toFixed(digits);
  const rounded = Number(text) / 100;
  const exact = share === rounded || (rounded !== 0 && rounded !== 1);
  return exact ? text : Math.min(Math.max(100 * share, 0.1), 99.9).toFixed(1);
}

/** A number with its sign, to three decimals: 0.1 -> "+0.100". */
export function signed(value) {
  const text = Math.abs(value).toFixed(3);
  return Number(text) === 0 ? text : `${value < 0 ? "−" : "+"}${text}`;
}

/** A time: 12.34 -> "12 ms", 1234 -> "1.23 s". */
export function duration(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${Math.round(milliseconds)} ms`;
}

/** Seconds to wait: 2 -> "2 s", 3600 -> "60 min". */
export function wait(seconds) {
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

/** A number to six significant digits, which are all that a float32 has: 4.300000190734863 -> 4.3. */
export function short(value) {
  return Number(value.toPrecision(6));
}

/** A name as its parts: "sepal_length_cm" -> "sepal length cm". */
export function words(name) {
  return name.replaceAll("_", " ");
}
