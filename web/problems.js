// What went wrong, in words, with what to do about it.

/** An answer that is no prediction. status: HTTP's; 0 where there was no answer at all. */
export class CallError extends Error {
  /** error: the body's `error`, where it has one. retryAfter: seconds, or null. */
  constructor(status, error, retryAfter) {
    super(error?.message ?? `The API answered ${status}.`);
    this.status = status;
    this.code = error?.code;
    this.row = error?.row;
    this.column = error?.column;
    this.retryAfter = retryAfter;
  }
}

const KEY = "Paste a key of this API; whoever runs it hands them out.";
const TITLES = {
  0: "The API cannot be reached.",
  401: "The API does not accept this key.",
  403: "The API refuses this call.",
  429: "Too many requests for this key.",
  503: "The model cannot answer now.",
};
const ADVICE = {
  0: "Check the network, then change a value to try again.",
  401: KEY,
  413: "Send less at once.",
};

/**
 * Title, detail and advice for a CallError, and the seconds after which to try again (or null).
 * name: of the feature in a column, where that is known.
 */
export function explained(error, name = () => undefined) {
  const badKey = error.code === "InvalidApiKey";
  const title = TITLES[badKey ? 401 : error.status] ?? defaultTitle(error.status);
  const where = place(error, name);
  return {
    title,
    detail: error.status === 0 || badKey ? "" : where + error.message,
    advice: badKey ? KEY : (ADVICE[error.status] ?? ""),
    // Only where the API says that it is worth it: a wrong row stays wrong.
    retryAfter: [429, 503].includes(error.status) ? error.retryAfter : null,
  };
}

function defaultTitle(status) {
  return status < 500 ? "The API does not take this row." : "The API failed on this row.";
}

function place(error, name) {
  if (error.column !== undefined) {
    const feature = name(error.column);
    return `Column ${error.column}${feature ? ` (${feature})` : ""}: `;
  }
  return error.row === undefined ? "" : `Row ${error.row}: `;
}
