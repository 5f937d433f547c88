/** Elements from words. Data from a workbook only ever becomes text here, never markup. */

/**
 * An element with attributes, listeners (`onclick`) and children; texts become text nodes, nothing is parsed.
 * An attribute that is `false`, `null` or `undefined` is left out.
 */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...present(children));
  return made;
}

/** The children that there are: lists among them count one by one, and nothing stands for nothing. */
function present(children) {
  return children.flat().filter((child) => child !== null && child !== undefined && child !== "");
}

/** The element with an id; a page without it is broken, and says so. */
export function at(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The pane has no element ${id}`);
  return found;
}

/** Puts children in the place of those that are there. */
export function fill(parent, ...children) {
  parent.replaceChildren(...present(children));
}

/** Writes a text where it differs, so that a screen reader hears only what is new. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Draws again, and puts the focus back on the element of the same id. */
export function redraw(root, draw) {
  const focused = root.contains(document.activeElement) ? document.activeElement.id : "";
  draw();
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** Two columns of words: what it is, and what it says. Pairs without a value are left out. */
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return el(
    "dl",
    { class: "facts" },
    shown.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );
}

/** A stage in words on a soft colour: the last stage is red, and the colours before it grow calmer. */
export function stageTag(text, count) {
  if (!text) return null;
  const number = Number(/\d+/.exec(text)?.[0] ?? 0);
  const step = number ? Math.max(1, 5 - count + number) : 0;
  return el("span", { class: `tag tag-${Math.min(step, 5)}` }, text);
}
