// Calls of the API, as any client makes them.

import { CallError } from "./problems.js";

const VARIANT_HEADER = "X-Amzn-SageMaker-Target-Variant";
const ANSWERED_BY = "x-Amzn-Invoked-Production-Variant";

/**
 * The prediction for one row: {prediction, variant, milliseconds}.
 *
 * route: of routes.json. row: a value for each feature. variant: which is to answer; null leaves
 * that to the endpoint. Throws CallError, and an AbortError where `signal` ends it.
 */
export async function predict(route, row, { key, variant, signal }) {
  const request = asked(route, row, variant);
  if (key) request.headers["x-api-key"] = key;
  const started = performance.now();
  let response, body;
  try {
    response = await fetch(request.url, { ...request, signal, cache: "no-store", credentials: "omit" });
    body = await response.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new CallError(0);
  }
  const milliseconds = performance.now() - started;
  const answer = parsed(body);
  if (!response.ok) throw new CallError(response.status, answer?.error, retryAfter(response));
  return {
    prediction: answer?.predictions?.[0] ?? answer ?? body,
    variant: response.headers.get(ANSWERED_BY),
    milliseconds,
  };
}

/** Method, URL, headers and body of a call; a GET route has its row in the query. */
export function asked(route, row, variant) {
  const headers = variant ? { [VARIANT_HEADER]: variant } : {};
  if (route.method === "GET") {
    const query = new URLSearchParams(route.query.map((name, place) => [name, row[place]]));
    return { method: "GET", url: `${route.url}?${query}`, headers };
  }
  const offered = route.include[variant ?? ""] ?? [];
  const extras = offered.length ? { include: offered } : {};
  return {
    method: "POST",
    url: route.url,
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ instances: [row], ...extras }),
  };
}

/** A file that lies beside the page, as JSON. */
export async function beside(name) {
  const response = await fetch(name, { credentials: "omit" });
  if (!response.ok) throw new CallError(response.status);
  return response.json();
}

/**
 * A function that runs `task(signal)` once nobody has called it for a while. A run that is going on
 * is aborted at once: what it would answer is what nobody asks for any more.
 */
export function debounced(task, milliseconds) {
  let timer;
  let running = new AbortController();
  return () => {
    clearTimeout(timer);
    running.abort();
    running = new AbortController();
    timer = setTimeout(task, milliseconds, running.signal);
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Seconds; null where the header is missing or a date, which this API never sends. */
function retryAfter(response) {
  const header = response.headers.get("Retry-After");
  return /^\d+$/.test(header ?? "") ? Number(header) : null;
}
