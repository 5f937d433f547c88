/** The page Functions: every cell function with its arguments, and an example to enter in the selected cell. */

import { enterExample } from "./changes.js";
import { el, fill, say } from "./dom.js";
import { counted } from "./words.js";

const NOT_THERE = "The list of functions could not be read. Close this pane and open it again.";

/** Draws the reference from the file that stands beside the pane; `said` is called with what was done. */
export async function drawReference(root, said) {
  const found = await readFunctions();
  const list = el("div", { id: "functions" });
  const shown = el("p", { role: "status", class: "quiet" });
  const search = el("input", { id: "find", type: "search", autocomplete: "off" });
  search.addEventListener("input", () => narrow(list, search.value, shown));
  fill(
    root,
    el("h2", { id: "functions-title", tabindex: -1 }, "Functions"),
    el("p", {}, "These work in any cell of this workbook. An example goes into the selected cell if it is empty."),
    found.length ? el("div", { class: "field" }, el("label", { for: "find" }, "Find a function"), search) : null,
    found.length ? shown : el("p", { class: "wrong" }, NOT_THERE),
    list,
  );
  fill(
    list,
    found.map((one) => entry(one, said)),
  );
  if (found.length) narrow(list, "", shown);
}

async function readFunctions() {
  try {
    const answer = await fetch(new URL("../reference.json", import.meta.url));
    return answer.ok ? (await answer.json()).functions : [];
  } catch {
    return [];
  }
}

function narrow(list, wanted, shown) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const one of list.children) {
    one.hidden = !words.every((word) => one.dataset.words.includes(word));
    count += one.hidden ? 0 : 1;
  }
  say(shown, count ? counted(count, "function") : "No function has these words. Try another.");
}

function entry({ name, description, details = "", parameters = [], example = "" }, said) {
  return el(
    "details",
    { class: "function", "data-words": `${name} ${description} ${details}`.toLowerCase() },
    el("summary", {}, el("h3", {}, name), el("span", { class: "quiet" }, description)),
    details ? el("p", {}, details) : null,
    parameters.length
      ? el(
          "dl",
          { class: "arguments" },
          parameters.map((one) =>
            el(
              "div",
              {},
              el("dt", {}, one.name, one.optional ? el("span", { class: "quiet" }, " (optional)") : null),
              el("dd", {}, one.description),
            ),
          ),
        )
      : null,
    example
      ? [
          el("p", { class: "example" }, el("code", {}, example)),
          el(
            "button",
            {
              type: "button",
              class: "second",
              "aria-label": `Enter the example of ${name} in the selected cell`,
              onclick: () => enter(example, said),
            },
            "Enter in the selected cell",
          ),
        ]
      : null,
  );
}

async function enter(example, said) {
  try {
    said(await enterExample(example));
  } catch {
    said("Excel did not take the example there. Select an empty cell, or one in the Tracker if it begins with [@.");
  }
}
