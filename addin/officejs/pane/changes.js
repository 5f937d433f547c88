/** What the pane does to the workbook, each only when a person asks: select, add a note, enter an example, repair. */

import { KEY_COLUMN, named } from "./tables.js";
import { tracker } from "./book.js";

const MOST = 32_767;
const SHORT = ["Attendance", "Band", "Stage", "Stage since", "PA", "Penalty sessions"];
const MOVED = "The rows of the Tracker moved at that moment, so nothing was recorded. Press the button once more.";
const MOVING = "The rows of the Tracker keep moving, and the line may stand in another pupil's notes.";
const STARTS_A_FORMULA = /^[=+\-@\t\r']/;

/** Goes to a pupil's row on the Tracker; what to say about it. */
export function goTo(pupil) {
  return Excel.run(async (context) => {
    const table = await tracker(context);
    const at = await table.rowOf(context, pupil.id);
    if (at < 0) return { hidden: false, words: `${pupil.name} has no row on the Tracker.` };
    const row = table.item.getDataBodyRange().getRow(at).load("rowHidden");
    await context.sync();
    if (row.rowHidden) return { hidden: true, words: `A filter hides ${pupil.name} on the Tracker.` };
    table.item.worksheet.activate();
    row.select();
    await context.sync();
    return { hidden: false, words: `${pupil.name} is selected on the Tracker.` };
  });
}

/** Shows every row of the Tracker again. */
export function clearFilters() {
  return Excel.run(async (context) => {
    const table = await tracker(context);
    table.item.clearFilters();
    await context.sync();
  });
}

/** A text that a cell takes as text, whatever it begins with. */
export function asText(words) {
  return STARTS_A_FORMULA.test(words) ? `'${words}` : words;
}

/**
 * Adds a line to a pupil's notes, below what is there; a sentence when it cannot be done, nothing when it is.
 *
 * Excel is told where to write by the place of a cell, and a sort or a colleague may move the rows before it writes. So
 * ids and notes are read with the writing; what then stands with another pupil is taken out again.
 */
export function addNote(pupil, line) {
  return Excel.run(async (context) => {
    const table = await tracker(context);
    if (!table.has("Notes")) return "The Tracker has no column Notes any more. Name it Notes again, then try again.";
    const before = await notesOf(context, table);
    const rows = before.filter((row) => row.id === pupil.id);
    if (rows.length === 0) return `${pupil.name} has no row on the Tracker, so nothing was recorded.`;
    if (rows.length > 1) {
      return `The Tracker has ${rows.length} rows with the ID ${pupil.id}, so nothing was recorded. ` +
        "Find out which one is right, then try again.";
    }
    const [row] = rows;
    if (isFormula(row)) {
      return "The notes of this pupil are a formula. It was left as it is: type the contact in the workbook yourself.";
    }
    if (row.text.split("\n").at(-1) === line) return `This is recorded already: ${line}`;
    const text = row.text ? `${row.text}\n${line}` : line;
    if (text.length > MOST) return "The notes of this pupil are full. Move the old ones to another place first.";
    const after = await notesOf(context, table, (notes) => {
      notes.getCell(row.at, 0).values = [[asText(text)]];
    });
    const written = after.find((one) => one.text === text && !known(before, one));
    if (written ? written.id === pupil.id : after[row.at]?.id === pupil.id) return "";
    return takeBack(context, table, { before, after, written, line });
  });
}

/** The Tracker's ids and notes as they stand at one moment, right after `write` where there is something to write. */
async function notesOf(context, table, write) {
  write?.(table.column("Notes"));
  const ids = table.column(KEY_COLUMN).load("values");
  const notes = table.column("Notes").load("values, formulas");
  await context.sync();
  return ids.values.map(([id], at) => ({
    at,
    id: String(id),
    value: notes.values[at][0],
    formula: String(notes.formulas[at][0] ?? ""),
    text: String(notes.values[at][0] ?? "").replace(/\r\n/g, "\n"),
  }));
}

function isFormula({ formula, value }) {
  return formula.startsWith("=") && formula !== String(value ?? "");
}

function known(rows, { id, text }) {
  return rows.some((row) => row.id === id && row.text === text);
}

/** Puts back what the pupil had in whose notes the line landed; what to say of it. */
async function takeBack(context, table, { before, after, written, line }) {
  if (!written) return MOVED;
  const theirs = before.filter((row) => row.id === written.id);
  const old = theirs.find((row) => !known(after, row)) ?? theirs[0];
  try {
    const now = await notesOf(context, table, (notes) => {
      const cell = notes.getCell(written.at, 0);
      if (old && isFormula(old)) cell.formulas = [[old.formula]];
      else cell.values = [[typeof old?.value === "string" ? asText(old.value) : (old?.value ?? "")]];
    });
    if (now[written.at]?.id === written.id) return MOVED;
  } catch {
    // said below: the line may stand where it landed
  }
  return `${MOVING} Look through the notes for this line, and take it out: ${line}`;
}

/** Enters an example in the selected cell if it is empty; what to say about it. */
export function enterExample(example) {
  return Excel.run(async (context) => {
    const cell = context.workbook.getSelectedRange().getCell(0, 0).load("formulas, address");
    await context.sync();
    if (cell.formulas[0][0] !== "") return `The cell ${place(cell)} is not empty. Select an empty one, then try again.`;
    cell.formulas = [[example.startsWith("=") ? example : `=${example}`]];
    await context.sync();
    return `Entered in ${place(cell)}. Undo takes it out again.`;
  });
}

function place(cell) {
  return cell.address.split("!").pop();
}

/** Whether cells show #NAME?, the mark of a function that Excel does not know. The short columns are enough to tell. */
export function hasUnknown() {
  return Excel.run(async (context) => {
    const table = await tracker(context);
    const ranges = SHORT.map((title) => table.column(title)?.load("values"));
    const policy = (await named(context, ["PolicyText"], "values")).PolicyText;
    await context.sync();
    return [...ranges, policy].some((range) => range?.values.some((row) => row[0] === "#NAME?"));
  });
}

/** The Tracker's columns with a function: those with a value as sent, and those whose first row says so. */
async function functionColumns(context, table) {
  const first = table.item.getDataBodyRange().getRow(0).load("formulas");
  await context.sync();
  return table.headers
    .filter((title, at) => table.has(`${title} as sent`) || usesFunction(first.formulas[0][at]))
    .map((title) => table.column(title));
}

function usesFunction(formula) {
  return typeof formula === "string" && formula.startsWith("=") && /ATT_[A-Z]/.test(formula);
}

/**
 * Enters again the very formulas that are there, in the Tracker's function columns and the policy's cell: Excel then
 * looks the functions up afresh. Cells that hold anything else are not touched. Gives the number of cells.
 */
export function repair() {
  return Excel.run(async (context) => {
    const table = await tracker(context);
    const policy = (await named(context, ["PolicyText"], "formulas")).PolicyText;
    let count = policy ? enterAgain(policy) : 0;
    for (const column of await functionColumns(context, table)) {
      column.load("formulas");
      await context.sync(); // one column at a time: Excel on the web takes no more than five megabytes at once
      count += enterAgain(column);
    }
    await context.sync();
    return count;
  });
}

/** Runs of formula cells: what a person typed in between is never entered again (a text "1/2" would become a date). */
function enterAgain(range) {
  const formulas = range.formulas.map((row) => row[0]);
  let count = 0;
  for (let at = 0; at < formulas.length; at += 1) {
    const first = at;
    while (at < formulas.length && usesFunction(formulas[at])) at += 1;
    if (at > first) {
      range.getCell(first, 0).getResizedRange(at - first - 1, 0).formulas = formulas
        .slice(first, at)
        .map((one) => [one]);
      count += at - first;
    }
  }
  return count;
}

/** Calls back when another cell is selected, and when figures were worked out anew. */
export function watch({ selected, calculated }) {
  return Excel.run(async (context) => {
    const has = (version) => Office.context.requirements.isSetSupported("ExcelApi", version);
    context.workbook.onSelectionChanged.add(async () => selected());
    if (has("1.9")) context.workbook.worksheets.onChanged.add(async () => calculated());
    if (has("1.8")) context.workbook.worksheets.onCalculated.add(async () => calculated());
    await context.sync();
  });
}
