/** What the pane does to the workbook, each only when a person asks: select, add a note, enter an example, repair. */

import { named } from "./tables.js";
import { tracker } from "./book.js";

const MOST = 32_767;
const SHORT = ["Attendance", "Band", "Stage", "Stage since", "PA", "Penalty sessions"];
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

/** Adds a line to a pupil's notes, below what is there; a sentence when it cannot be done, nothing when it is. */
export function addNote(pupil, line) {
  return Excel.run(async (context) => {
    const table = await tracker(context);
    const column = table.column("Notes");
    if (!column) return "The Tracker has no column Notes any more. Name it Notes again, then record the contact.";
    const at = await table.rowOf(context, pupil.id);
    if (at < 0) return `${pupil.name} has no row on the Tracker, so nothing was recorded.`;
    const cell = column.getCell(at, 0).load("values, formulas");
    await context.sync();
    const [before, formula] = [String(cell.values[0][0] ?? ""), String(cell.formulas[0][0] ?? "")];
    if (formula.startsWith("=") && formula !== before) {
      return "The notes of this pupil are a formula. It was left as it is: type the contact in the workbook yourself.";
    }
    if (before.split(/\r?\n/).at(-1) === line) return `This is recorded already: ${line}`;
    const after = before ? `${before}\n${line}` : line;
    if (after.length > MOST) return "The notes of this pupil are full. Move the old ones to another place first.";
    cell.values = [[asText(after)]];
    await context.sync();
    return "";
  });
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
