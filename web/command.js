// The call as a command line: to take along, and for routes that a browser cannot call.

import { element } from "./dom.js";
import { asked } from "./gateway.js";

const REASONS = {
  signed:
    "This route wants requests signed by AWS credentials, which do not belong into a web page. Call it from a terminal:",
  asynchronous:
    "This route takes an object of S3 and leaves its answer there, where a web page reaches neither. Call it from a terminal:",
};

/** Why the page cannot call a route; null where it can. auth: of routes.json. */
export function obstacle(route, auth) {
  if (route.asynchronous) return REASONS.asynchronous;
  return auth === "iam" ? REASONS.signed : null;
}

/** A command line, with a button that copies it. */
export function copyable(text) {
  const line = element("pre", { tabindex: 0 }, text);
  const button = element("button", { type: "button", click: () => copy(line, button) }, "Copy as curl");
  return element("div", { class: "command" }, button, line);
}

/** Where a browser lets no page copy (plain http from elsewhere), it is at least selected. */
async function copy(line, button) {
  getSelection().selectAllChildren(line);
  try {
    await navigator.clipboard.writeText(line.textContent);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Selected, copy it by key";
  }
}

/**
 * A row's call by curl, which signs too; a key is the shell's variable. variant: which is to
 * answer, or null. https://curl.se/docs/manpage.html#--aws-sigv4
 */
export function commandLine(api, route, row, variant) {
  const call = route.asynchronous ? queued(route) : asked(route, row, variant);
  const { method, url, headers, body } = call;
  const credentials =
    api.auth === "iam"
      ? [
          `--aws-sigv4 ${quoted(`aws:amz:${api.region}:execute-api`)}`,
          '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"',
          '-H "x-amz-security-token: $AWS_SESSION_TOKEN"',
        ]
      : ['-H "x-api-key: $KEY"'];
  const lines = [
    `curl -X ${method} ${quoted(new URL(url, document.baseURI).href)}`,
    ...credentials,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body ? [`-d ${quoted(body)}`] : []),
  ];
  return lines.join(" \\\n  ");
}

function queued(route) {
  const headers = { "X-Amzn-SageMaker-InputLocation": "s3://BUCKET/KEY" };
  return { method: "POST", url: route.url, headers };
}

/** As a shell takes it literally. */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
