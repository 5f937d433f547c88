/** Tables and named cells of the workbook, found by their names: columns may be moved, and staff may add their own. */

import { plain } from "./pages.js";

export const TRACKER = "tblTracker";
export const REGISTER = "tblRegister";
export const KEY_COLUMN = "Pupil ID";

/** A table with its headers, or nothing where the workbook has none of that name. */
export class Table {
  constructor(item, headers) {
    this.item = item;
    this.headers = headers;
    this.places = new Map(headers.map((header, at) => [plain(header), at]));
  }

  static async find(context, name) {
    return (await Table.findAll(context, [name]))[0];
  }

  static async findAll(context, names) {
    const items = names.map((name) => context.workbook.tables.getItemOrNullObject(name));
    items.forEach((item) => item.load("isNullObject"));
    await context.sync();
    const headers = items.map((item) => (item.isNullObject ? null : item.getHeaderRowRange().load("values")));
    await context.sync();
    return items.map((item, at) => (headers[at] ? new Table(item, headers[at].values[0].map(String)) : null));
  }

  has(title) {
    return this.places.has(plain(title));
  }

  /** Those of the titles that no column has. */
  missing(titles) {
    return titles.filter((title) => !this.has(title));
  }

  /** The cells of a column without its header; nothing where there is no such column. */
  column(title) {
    const at = this.places.get(plain(title));
    return at === undefined ? null : this.item.columns.getItemAt(at).getDataBodyRange();
  }

  /** Asks for columns that are there; after the next sync, `cells(title)` gives what they hold. */
  load(titles, what = "values") {
    const asked = new Map();
    for (const title of titles) {
      const range = this.column(title);
      if (range) asked.set(plain(title), range.load(what));
    }
    return (title, kind = "values") => asked.get(plain(title))?.[kind].map((row) => row[0]) ?? null;
  }

  /** The place of a pupil's row at this moment, or -1. People sort and filter: it is looked up each time. */
  async rowOf(context, pupil) {
    const ids = this.column(KEY_COLUMN)?.load("values");
    if (!ids) return -1;
    await context.sync();
    return ids.values.findIndex((row) => String(row[0]) === pupil);
  }

  /** A row as `{header: {value, text}}`, asked by title. */
  reader(range) {
    const [values, texts] = [range.values[0], range.text[0]];
    return (title, kind = "value") => {
      const at = this.places.get(plain(title));
      if (at === undefined) return "";
      return kind === "text" ? texts[at] : values[at];
    };
  }
}

/** The cells behind names of the workbook, with what they hold; nothing for a name that is not there. */
export async function named(context, names, what = "values, text") {
  const items = names.map((name) => context.workbook.names.getItemOrNullObject(name));
  items.forEach((item) => item.load("isNullObject"));
  await context.sync();
  const ranges = items.map((item) =>
    item.isNullObject ? null : item.getRangeOrNullObject().load(`isNullObject, ${what}`),
  );
  await context.sync();
  return Object.fromEntries(
    names.map((name, at) => [name, ranges[at] && !ranges[at].isNullObject ? ranges[at] : null]),
  );
}

/** The single cell behind a name, by value. */
export function cell(range) {
  return range ? range.values[0][0] : "";
}

/** All cells of a sheet that hold something, or nothing where there is no such sheet. */
export async function page(context, title) {
  const sheet = context.workbook.worksheets.getItemOrNullObject(title);
  sheet.load("isNullObject");
  await context.sync();
  if (sheet.isNullObject) return null;
  const range = sheet.getUsedRangeOrNullObject(true).load("isNullObject, values, text, rowIndex, formulas");
  await context.sync();
  return range.isNullObject ? null : range;
}
