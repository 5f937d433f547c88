/** What the pane reads from the workbook that is open, and nothing from anywhere else. */

import { KEY_COLUMN, REGISTER, TRACKER, Table, cell, named, page } from "./tables.js";
import { keyOf, listUnder, plain, sectionsOf } from "./pages.js";

const TODAY = "Today";
const POLICY = "Policy";
const LIST = [KEY_COLUMN, "Surname", "Forename", "Class", "Stage", "What changed", "Next action", "Due"];
const WANTED = [
  KEY_COLUMN,
  "Class",
  "Band",
  "Stage",
  "Stage since",
  "What changed",
  "Why",
  "Next action",
  "Due",
  "Checklist",
  "Triggers",
  "Notes",
  "Attended",
  "Possible",
  "Facts",
];
const TABLES = {
  bands: ["tblBands", ["Band", "From", "Figure in %", "Document says up to", "Who is responsible", "What happens"]],
  stages: ["tblStages", ["Stage number", "Stage", "When", "Figure in %", "Who is responsible", "What happens"]],
  triggers: ["tblTriggers", ["Trigger", "In words", "All of these", "Or one of these", "Kind", "What happens"]],
  actions: ["tblActions", ["Action", "Who", "How often", "Due in school days", "Somebody must approve it"]],
};
const HALF_TERM = /^((autumn|spring|summer) [12]|half term \d+) \d{4}$/;
const NAMES = ["LastChecked", "Today", "Clock", "SchoolDays", "Trying"];
const NO_TRACKER =
  "This workbook is not a Halfday tracker: it has no table of pupils called tblTracker. " +
  "Open the school's tracker, and this page fills.";

/** What a page shows when the workbook cannot be used; the message is for people. */
export class NotATracker extends Error {
  constructor() {
    super(NO_TRACKER);
  }
}

/** The table of pupils. */
export async function tracker(context) {
  const table = await Table.find(context, TRACKER);
  if (!table?.has(KEY_COLUMN)) throw new NotATracker();
  return table;
}

/** The whole of what the first page needs: sections, pupils by key, freshness, and columns that are missing. */
export function readBook() {
  return Excel.run(async (context) => {
    const table = await tracker(context);
    const cells = table.load(LIST, "values, text");
    const names = await named(context, NAMES);
    const [today, about] = [await page(context, TODAY), await page(context, "About")];
    const sections = today ? sectionsOf(today.values, today.text) : [];
    const pupils = pupilsOf(cells);
    return {
      pupils,
      sections: sections.length ? sections : fromTracker(pupils, cell(names.Clock) || cell(names.Today)),
      hasToday: sections.length > 0,
      missing: table.missing(WANTED),
      trying: text(cell(names.Trying)),
      today: cell(names.Today),
      freshness: freshnessOf(names, about),
    };
  });
}

function pupilsOf(cells) {
  const column = (title, kind = "values") => cells(title, kind) ?? [];
  const [surnames, forenames, classes] = [column("Surname"), column("Forename"), column("Class")];
  const [stages, changes] = [column("Stage"), column("What changed")];
  const [actions, due, dueTexts] = [column("Next action"), column("Due"), column("Due", "text")];
  const found = new Map();
  column(KEY_COLUMN).forEach((key, at) => {
    const id = String(key);
    const name = [forenames[at], surnames[at]].filter(Boolean).join(" ") || id;
    found.set(id, {
      id,
      name,
      className: text(classes[at]),
      stage: text(stages[at]),
      change: text(changes[at]),
      action: text(actions[at]),
      due: due[at],
      dueText: text(dueTexts[at]),
    });
  });
  return found;
}

function text(value) {
  return String(value ?? "");
}

/** Where there is no page Today: what the Tracker's own columns say. */
function fromTracker(pupils, today) {
  const row = (pupil, action, cells) => ({
    key: { pupil: pupil.id, action, date: "" },
    cells: [["Pupil", pupil.name], ["Class", pupil.className], ...cells].filter(([, words]) => words),
  });
  const all = [...pupils.values()];
  const changed = all.filter((pupil) => pupil.change);
  const due = all.filter((pupil) => typeof pupil.due === "number" && Math.abs(pupil.due - today) <= 7);
  due.sort((one, other) => one.due - other.due);
  return [
    {
      title: `Stage changes (${changed.length})`,
      notes: [],
      rows: changed.map((pupil) =>
        row(pupil, "change", [
          ["Change", pupil.change],
          ["What now", pupil.action],
        ]),
      ),
    },
    {
      title: `Due within a week of today (${due.length})`,
      notes: [],
      rows: due.map((pupil) =>
        row(pupil, "due", [
          ["Due", pupil.dueText],
          ["Stage", pupil.stage],
          ["What", pupil.action],
        ]),
      ),
    },
  ];
}

function freshnessOf(names, about) {
  const [values, texts] = about ? [about.values, about.text] : [[["", ""]], [["", ""]]];
  const said = new Map(values.map((row, at) => [plain(row[0]), [row[1], text(texts[at][1])]]));
  const [checked, clock] = [cell(names.LastChecked), cell(names.Clock)];
  const days = (names.SchoolDays?.values ?? []).flat().filter((day) => typeof day === "number");
  return {
    checked,
    clock,
    days,
    today: cell(names.Today),
    changed: said.get("last changed")?.[0] ?? "",
    until: said.get("marks up to")?.[0] ?? "",
    lastRun: said.get("last run")?.[1] ?? "",
    school: text(values[0][0]).replace(/^About this workbook:\s*/, ""),
  };
}

/** Everything about one pupil, or nothing where the Tracker has no such row. */
export function readPupil(pupil) {
  return Excel.run(async (context) => {
    const table = await tracker(context);
    const [register] = await Table.findAll(context, [REGISTER]);
    const names = await named(context, ["PolicyText", "CalendarText", "AsOf"]);
    const at = await table.rowOf(context, pupil);
    if (at < 0) return null;
    const range = table.item.getDataBodyRange().getRow(at).load("values, text");
    const place = register ? await register.rowOf(context, pupil) : -1;
    const marks = place < 0 ? null : register.item.getDataBodyRange().getRow(place).load("values");
    await context.sync();
    const row = table.reader(range);
    const halves = (register?.headers ?? [])
      .map((header, column) => [plain(header), column])
      .filter(([header]) => HALF_TERM.test(header));
    return {
      id: pupil,
      name: [row("Forename"), row("Surname")].filter(Boolean).join(" ") || pupil,
      row,
      sent: (title, kind) => (table.has(`${title} as sent`) ? row(`${title} as sent`, kind) : row(title, kind)),
      marks: marks ? [halves.map(([, column]) => marks.values[0][column])] : null,
      policy: cell(names.PolicyText),
      calendar: cell(names.CalendarText),
      asOf: cell(names.AsOf),
    };
  });
}

/** The policy's tables as the engine takes them, and the targets they name: `[{title, figure}]`. */
export function readPolicy() {
  return Excel.run(async (context) => {
    const tables = await Table.findAll(
      context,
      Object.values(TABLES).map(([name]) => name),
    );
    const asked = Object.entries(TABLES).map(([key, [, titles]], at) => [key, titles, tables[at]?.load(titles)]);
    const sheet = await page(context, POLICY);
    await context.sync();
    const found = Object.fromEntries(
      asked.map(([key, titles, cells]) => [key, cells ? transposed(titles.map((title) => cells(title))) : []]),
    );
    return { ...found, rules: rulesOf(sheet?.values ?? []), targets: targetsOf(found, sheet?.values ?? []) };
  });
}

function transposed(columns) {
  const most = Math.max(0, ...columns.map((column) => column?.length ?? 0));
  return Array.from({ length: most }, (_, at) => columns.map((column) => column?.[at] ?? ""));
}

function rulesOf(values) {
  const after = (words) => {
    const row = values.find((cells) => plain(cells[0]).startsWith(words));
    return row?.slice(1).find((value) => value !== "") ?? "";
  };
  return [[after("stages start at this many")], [after("a stage steps down")]];
}

function targetsOf(policy, values) {
  const said = listUnder(values, "Targets").map((row) => [String(row.what ?? ""), String(row.details ?? "")]);
  const targets = said.map(([title, figure]) => ({ title, figure: Number.parseFloat(figure) }));
  const bands = policy.bands.map(([name, , figure]) => ({ title: String(name), figure }));
  const seen = new Set();
  return [...targets, ...bands].filter(({ figure }) => {
    const isNew = typeof figure === "number" && figure > 0 && figure <= 100 && !seen.has(figure);
    seen.add(figure);
    return isNew;
  });
}

/** The pupil of the selected row: on the Tracker, the Register or Today. Nothing where the selection is elsewhere. */
export function selectedPupil() {
  return Excel.run(async (context) => {
    const range = context.workbook.getSelectedRange().load("rowIndex");
    const sheet = range.worksheet.load("name");
    const tables = await Table.findAll(context, [TRACKER, REGISTER]);
    const bodies = tables.map((table) => table?.item.getDataBodyRange().load("rowIndex, rowCount"));
    const sheets = tables.map((table) => table?.item.worksheet.load("name"));
    await context.sync();
    for (const [at, table] of tables.entries()) {
      const row = table && sheets[at].name === sheet.name ? range.rowIndex - bodies[at].rowIndex : -1;
      if (row >= 0 && row < bodies[at].rowCount) return keyAt(context, table, row);
    }
    return sheet.name === TODAY ? keyOnToday(context, range.rowIndex) : null;
  });
}

async function keyAt(context, table, row) {
  const ids = table.column(KEY_COLUMN)?.load("values");
  if (!ids) return null;
  await context.sync();
  return String(ids.values[row]?.[0] ?? "") || null;
}

async function keyOnToday(context, row) {
  const today = await page(context, TODAY);
  return keyOf(today?.values[row - today.rowIndex] ?? [])?.pupil ?? null;
}
