/** What stands on a page sheet such as Today: sections with heading, notes, headers and rows, found by their words. */

const HEADING = /^\d+\s{2,}(\S.*)$/;
const KEY = /^([^|]+)\|([^|]+)\|(\d{4}-\d{2}-\d{2})$/;
const PENCIL = "✎";

/** A header as it is looked for: without the pencil, the case and the spaces that people change. */
export function plain(header) {
  return String(header ?? "")
    .replace(PENCIL, "")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
}

/** Whether people fill in the column below a header. */
export function isStaffs(header) {
  return String(header ?? "").includes(PENCIL);
}

/** The key of a row, `pupil|action|date`, wherever in the row it stands. */
export function keyOf(row) {
  for (let at = row.length - 1; at >= 0; at -= 1) {
    const found = KEY.exec(String(row[at] ?? ""));
    if (found) return { pupil: found[1], action: found[2], date: found[3] };
  }
  return null;
}

/**
 * The sections of a page from its cells: `[{title, notes, rows: [{key, cells: [[header, text]]}]}]`.
 * `texts` are the cells as they are shown.
 */
export function sectionsOf(values, texts) {
  const found = [];
  let headers = null;
  values.forEach((row, at) => {
    const filled = row.map((cell, column) => [column, cell]).filter(([, cell]) => cell !== "" && cell !== null);
    const heading = filled.length && HEADING.exec(String(filled[0][1]));
    if (heading) {
      headers = null;
      found.push({ title: heading[1], notes: [], rows: [] });
    } else if (found.length && filled.length) {
      headers = readRow(found.at(-1), row, texts[at], filled, headers);
    }
  });
  return found;
}

function readRow(section, row, texts, filled, headers) {
  const key = keyOf(row);
  if (key && headers) {
    const cells = headers.map(([column, header]) => [header, String(texts[column] ?? "").trim()]);
    section.rows.push({ key, cells: cells.filter(([, text]) => text) });
    return headers;
  }
  if (filled.length >= 3 && filled.some(([, cell]) => plain(cell) === "pupil")) {
    return filled.map(([column, cell]) => [column, String(cell)]);
  }
  if (filled.length === 1) section.notes.push(String(filled[0][1]));
  return headers;
}

/** The lines of a list on a page such as Policy: the rows below a heading and its headers, up to an empty row. */
export function listUnder(values, title) {
  const start = values.findIndex((row) => plain(row[0]) === plain(title) && row.slice(1).every((cell) => cell === ""));
  if (start < 0) return [];
  const rest = values.slice(start + 1);
  const end = rest.findIndex((row) => row.every((cell) => cell === ""));
  const [headers, ...rows] = rest.slice(0, end < 0 ? undefined : end);
  return headers ? rows.map((row) => Object.fromEntries(headers.map((header, at) => [plain(header), row[at]]))) : [];
}
