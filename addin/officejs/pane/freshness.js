/** How fresh the marks are, in the words of the workbook's own pages. */

import { day, moment } from "./words.js";

const OLD =
  "These marks are old: a whole school day has passed since Halfday last checked. " +
  "Tell whoever looks after Halfday before you act on this page.";

/** The line, and the alarm when a school day lies between the last check and the day on which the page is read. */
export function freshness({ checked, changed, until, clock, days }) {
  if (!checked) {
    return { words: "This workbook does not say when Halfday last checked.", isOld: false, alarm: "" };
  }
  const parts = [
    until ? `Marks up to ${day(until)}.` : "",
    `Last checked ${moment(checked)}.`,
    changed ? `Last changed ${moment(changed)}.` : "",
  ];
  const isOld = days.some((one) => one > Math.floor(checked) && one < clock);
  return { words: parts.filter(Boolean).join(" "), isOld, alarm: OLD };
}
