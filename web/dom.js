// Elements, made without any HTML text: what an API answers can never become markup.

/**
 * A new element. attributes: by name; a function is a listener of that event, false and null leave
 * the attribute out. children: elements and texts; null is none.
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false && value !== null) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** The element of the page with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** A table: a caption, heads of its columns, and rows of which the first cell heads the row. */
export function table(caption, heads, rows) {
  const head = heads.map((text) => element("th", { scope: "col" }, text));
  const body = rows.map(([first, ...cells]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, first),
      ...cells.map((cell) => element("td", {}, cell)),
    ),
  );
  return element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
}

/**
 * A bar between two shares of its width, each from 0 to 1, for the eye alone: a cell beside it has
 * the numbers. mark: a pair of shares between which a thin line is drawn; null for none.
 */
export function bar(from, to, kind, mark = null) {
  const made = element("span", { class: `bar ${kind}`, "aria-hidden": "true" });
  made.append(part("fill", from, to));
  if (mark) made.append(part("mark", ...mark));
  return made;
}

function part(name, from, to) {
  const made = element("span", { class: name });
  // The policy of the page forbids styles in the markup; a script may set them.
  made.style.setProperty("--from", `${100 * Math.min(from, to)}%`);
  made.style.setProperty("--width", `${100 * Math.abs(to - from)}%`);
  return made;
}
