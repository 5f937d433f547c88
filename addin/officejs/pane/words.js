/** Numbers and dates as people read them. Printing only: every figure comes from the workbook or from the engine. */

const DAY = 86_400_000;
const DAY_0 = Date.UTC(1899, 11, 30);
const NAMES = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A cell's date as `Tue 3 Mar`, which no line end takes apart. */
export function day(serial) {
  if (typeof serial !== "number" || serial < 1) return "";
  const when = new Date(DAY_0 + Math.floor(serial) * DAY);
  return [NAMES[when.getUTCDay()], when.getUTCDate(), MONTHS[when.getUTCMonth()]].join("\u00a0");
}

/** A cell's date as `Tue 3 Mar 2026`. */
export function longDay(serial) {
  const short = day(serial);
  return short && `${short}\u00a0${new Date(DAY_0 + Math.floor(serial) * DAY).getUTCFullYear()}`;
}

/** A cell's date and time as `09:30 on Fri 5 Dec`. */
export function moment(serial) {
  const short = day(serial);
  if (!short) return "";
  const minutes = Math.round((serial % 1) * 1440);
  const two = (n) => String(n).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)} on\u00a0${short}`;
}

/** The day of a clock, where the person is, as the number of a cell. */
export function serialOf(now) {
  return (Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) - DAY_0) / DAY;
}

/** `1 session`, `2 sessions`. */
export function counted(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;
}

/** The sentence in an answer of the engine that begins with "#"; nothing for any other answer. */
export function fault(answer) {
  return typeof answer === "string" && answer.startsWith("#") ? answer.slice(1).trim() : "";
}

/** Same words, whatever the spaces and line ends between them. */
export function same(one, other) {
  const plain = (text) =>
    String(text ?? "")
      .replace(/\s+/g, " ")
      .trim();
  return plain(one) === plain(other);
}

/** The lines of a cell's text that say something. */
export function lines(text) {
  return String(text ?? "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
}
