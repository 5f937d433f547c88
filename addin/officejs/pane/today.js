/** The page Today: who changed stage, whom to ring and to visit, what is due. A row goes to the pupil on the Tracker. */

import { el, fill, say, stageTag } from "./dom.js";
import { day } from "./words.js";
import { isStaffs, plain } from "./pages.js";

const LEAD = ["change", "absence", "date and session", "due"];
const APART = ["no.", "pupil", "class", "why", "attendance", "since", "stage", "school days ago", ...LEAD];
const OPEN = 3;

/** Draws the lists; `go` is called with the pupil of a row. */
export function drawToday(root, book, stages, go) {
  const opened = new Map([...root.querySelectorAll("details")].map((one) => [one.dataset.title, one.open]));
  fill(
    root,
    el("h2", { id: "today-title", tabindex: -1 }, ["Today", day(book.today)].filter(Boolean).join(": ")),
    book.trying ? el("p", { class: "note", id: "trying" }, book.trying) : null,
    book.hasToday
      ? null
      : el(
          "p",
          { class: "note" },
          "There is no page called Today in this workbook, so these lists come from the Tracker.",
        ),
    index(root, book.sections),
    book.sections.map((section, at) => list(section, at, opened, { book, stages, go })),
  );
}

/** The morning in one glance: how many of what; each a way to its list. */
function index(root, sections) {
  const filled = sections.map((section, at) => [section, at]).filter(([section]) => section.rows.length);
  if (filled.length < 2) return null;
  const open = (at) => {
    const list = root.querySelectorAll("details")[at];
    list.open = true;
    list.querySelector("summary").focus();
    list.scrollIntoView();
  };
  return el(
    "ul",
    { class: "index", "aria-label": "How many of what" },
    filled.map(([section, at]) => {
      const { name, count } = headed(section);
      const many = /of ([\d,]+)$/.exec(count)?.[1] ?? /^[\d,]+/.exec(count)?.[0] ?? section.rows.length;
      return el(
        "li",
        {},
        el(
          "button",
          { type: "button", class: "link", id: `index-${at}`, onclick: () => open(at) },
          `${name.split(":")[0]}\u00a0${many}`,
        ),
      );
    }),
  );
}

/** A section's title as it stands, its count in words, and its name: the title without the dates in it. */
function headed(section) {
  const title = section.title.replace(/\s*\(([^()]*)\)$/, "");
  const count = /\(([^()]*)\)$/.exec(section.title)?.[1] ?? String(section.rows.length);
  return { title, count, name: title.split(" since ")[0].split(" from ")[0] };
}

function list(section, at, opened, using) {
  const { title, count, name } = headed(section);
  const open = opened.get(name) ?? (at < OPEN && section.rows.length > 0);
  const id = `list-${at}`;
  return el(
    "details",
    { class: "list", open, "data-title": name },
    el("summary", { id: `summary-${at}` }, el("h3", { id }, title), el("span", { class: "count" }, count)),
    section.notes.map((note) => el("p", { class: section.rows.length ? "quiet" : "" }, note)),
    section.rows.length
      ? el(
          "ul",
          { class: "rows", "aria-labelledby": id },
          section.rows.map((row) => item(row, using)),
        )
      : section.notes.length
        ? null
        : el("p", {}, "Nothing today."),
  );
}

function item({ key, cells }, { book, stages, go }) {
  const said = new Map(cells.map(([header, words]) => [plain(header), words]));
  const pupil = book.pupils.get(key.pupil) ?? { id: key.pupil, name: said.get("pupil") ?? key.pupil };
  const lead = LEAD.map((header) => said.get(header)).find(Boolean) ?? "";
  const after = /→\s*(Stage \d+)/.exec(lead)?.[1] ?? said.get("stage") ?? "";
  const more = [
    said.get("attendance"),
    said.has("school days ago") ? `${said.get("school days ago")} school days ago` : "",
  ];
  return el(
    "li",
    { class: "row", "data-pupil": key.pupil },
    el(
      "p",
      { class: "who" },
      el(
        "button",
        {
          type: "button",
          class: "go",
          id: ["go", key.pupil, key.action, key.date].join(" "),
          onclick: () => go(pupil),
        },
        said.get("pupil") ?? pupil.name,
      ),
      said.get("class") ? el("span", { class: "quiet" }, ` ${said.get("class")}`) : null,
    ),
    el(
      "p",
      { class: "what" },
      after && lead.includes("→") ? [`${lead.split("→")[0].trim()} → `, stageTag(after, stages)] : lead,
      after && !lead.includes("→") ? [" ", stageTag(after, stages)] : null,
      more.filter(Boolean).map((words) => ` ${words}`),
    ),
    cells
      .filter(([header]) => !APART.includes(plain(header)))
      .map(([header, words]) =>
        el(
          "p",
          { class: isStaffs(header) ? "typed" : "quiet" },
          isStaffs(header) ? `${header.replace("✎", "").trim()}: ${words}` : words,
        ),
      ),
  );
}

/** Marks the rows of the pupil who is selected. */
export function markSelected(root, pupil) {
  for (const row of root.querySelectorAll("[data-pupil]")) {
    if (row.dataset.pupil === pupil) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

/** The line under the title: how fresh the marks are. */
export function drawFreshness(line, alarm, fresh) {
  say(line, fresh.words);
  alarm.hidden = !fresh.isOld;
  say(alarm, fresh.isOld ? fresh.alarm : "");
}
