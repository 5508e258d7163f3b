// The OpenAPI document as text: what each route takes and answers.

import { element, table } from "./dom.js";

/** An element for each operation, and one for the bodies that they name. */
export function reference(api) {
  const { schemas, securitySchemes } = api.components;
  const operations = Object.entries(api.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, found]) => {
      const schemes = found.security.flatMap(Object.keys).map((name) => securitySchemes[name]);
      return operation(path, method, found, schemes);
    }),
  );
  return [...operations, bodies(schemas)];
}

/** schemes: of security; each is one header. */
function operation(path, method, { description, parameters, requestBody, responses }, schemes) {
  const needed = [...schemes.map((one) => ({ ...one, required: true })), ...parameters];
  const rows = needed.map((one) => [one.name, one.in, one.required ? "yes" : "no"]);
  return element(
    "details",
    {},
    element("summary", {}, element("code", {}, `${method.toUpperCase()} ${path}`)),
    element("p", {}, description ?? ""),
    table("Parameters and headers", ["Name", "In", "Needed"], rows),
    requestBody ? element("p", {}, `Body: ${content(requestBody)}`) : null,
    table("Answers", ["Status", "Meaning", "Headers", "Body"], Object.entries(responses).map(answer)),
  );
}

function answer([status, response]) {
  return [status, response.description, Object.keys(response.headers).join(", "), content(response)];
}

function content({ content = {} }) {
  return Object.entries(content)
    .map(([type, { schema }]) => `${typeText(schema)} as ${type}`)
    .join(", ");
}

function bodies(schemas) {
  const texts = Object.entries(schemas).map(([name, schema]) => `${name}: ${typeText(schema)}`);
  return element(
    "details",
    {},
    element("summary", {}, "Bodies"),
    element("pre", { tabindex: 0 }, texts.join("\n\n")),
  );
}

/** A JSON Schema as a type: `{ label: string, row?: integer }`, `[string, ...]`. */
export function typeText(schema, indent = "") {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.map((choice) => typeText(choice, indent)).join(" | ");
  if (schema.type === "object") return objectText(schema, indent);
  if (schema.type === "array") return `[${typeText(schema.items ?? {}, indent)}, ...]${limits(schema)}`;
  return schema.type ?? "anything";
}

function objectText({ properties = {}, required = [], additionalProperties }, indent) {
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(([name, schema]) => {
    const optional = required.includes(name) ? "" : "?";
    return `${inner}${name}${optional}: ${typeText(schema, inner)}`;
  });
  if (additionalProperties?.type) {
    members.push(`${inner}(any name): ${typeText(additionalProperties, inner)}`);
  }
  return members.length ? `{\n${members.join(",\n")}\n${indent}}` : "{ ... }";
}

function limits({ minItems, maxItems }) {
  if (minItems === undefined && maxItems === undefined) return "";
  return ` (${minItems ?? 0} to ${maxItems ?? "any number of"} items)`;
}
