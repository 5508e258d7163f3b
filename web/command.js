// The call as a command line, for routes that a browser cannot call.

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

/** The reason, and the command for a row. api: routes.json. */
export function command(reason, api, route, row) {
  const text = commandLine(api, route, row);
  return [element("p", {}, reason), element("pre", { tabindex: 0 }, text)];
}

/** A call by curl, which signs too. https://curl.se/docs/manpage.html#--aws-sigv4 */
export function commandLine(api, route, row) {
  const { method, url, headers, body } = route.asynchronous ? queued(route) : asked(route, row, null);
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
