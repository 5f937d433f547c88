/** The form that records a contact: one dated line at the end of the pupil's notes on the Tracker. */

import { addNote } from "./changes.js";
import { el, say } from "./dom.js";
import { day, serialOf } from "./words.js";

/** The outcomes that Today offers for a call and a visit (`[list]` of `layout.toml`; a test compares them). */
export const OUTCOMES = [
  "Reason found",
  "No answer",
  "Left a message",
  "Will call back",
  "Child seen and safe",
  "Passed on",
  "Ill: expected back",
  "Nobody in",
  "Visit refused",
  "Not needed after all",
];

/**
 * The line of a contact, as the button of the desktop workbook writes it; one line, whatever was typed. `back` is the
 * day on which the family expects the child, as `2026-01-08`; Halfday reads it out of the line again.
 */
export function contactLine({ outcome, note, back = "", initials }, now) {
  const flat = (text) => text.replace(/[\s\p{C}]+/gu, " ").trim();
  const [year, month, date] = back.split("-").map(Number);
  const expected = date ? `Back ${day(serialOf(new Date(year, month - 1, date)))}` : "";
  const said = [flat(outcome), flat(expected), flat(note)]
    .filter(Boolean)
    .map((part) => part.replace(/[.]+$/, ""))
    .join(". ");
  return `${flat(day(serialOf(now)))}: ${said} (${flat(initials)})`;
}

/** The form for a pupil; `now` gives the time, `done` is called with the sentence to say. */
export function contactForm(pupil, { now, done }) {
  const outcome = el(
    "select",
    { id: "contact-outcome", name: "outcome", required: true },
    el("option", { value: "" }, "Choose"),
    OUTCOMES.map((one) => el("option", { value: one }, one)),
  );
  const note = el("input", { id: "contact-note", name: "note", maxlength: 500, autocomplete: "off" });
  const back = el(
    "select",
    { id: "contact-back", name: "back" },
    el("option", { value: "" }, "Not said"),
    daysAhead(now()).map((one) => el("option", { value: iso(one) }, day(serialOf(one)))),
  );
  const initials = el("input", {
    id: "contact-initials",
    name: "initials",
    maxlength: 8,
    autocomplete: "off",
    required: true,
    class: "short",
  });
  const wrong = el("p", { id: "contact-wrong", role: "alert", class: "wrong" });
  const form = el(
    "form",
    { novalidate: true, "aria-labelledby": "contact-title" },
    el("h3", { id: "contact-title" }, "Record a contact"),
    el("p", { class: "quiet" }, "Adds a dated line to the pupil's notes on the Tracker."),
    field("Outcome", outcome),
    field("Expected back (optional)", back),
    field("Note (optional)", note),
    field("Your initials", initials),
    wrong,
    el("button", { type: "submit" }, "Record the contact"),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const missing = missingField(outcome, initials);
    for (const one of [outcome, initials]) mark(one, one === missing?.field);
    say(wrong, missing?.words ?? "");
    if (missing) {
      missing.field.focus();
      return;
    }
    const fault = await careful(() =>
      addNote(
        pupil,
        contactLine({ outcome: outcome.value, note: note.value, back: back.value, initials: initials.value }, now()),
      ),
    );
    say(wrong, fault);
    if (!fault) {
      form.reset();
      done(`Recorded in the notes of ${pupil.name}.`);
    }
  });
  return form;
}

/** The weekdays of the next three weeks: a longer absence is a matter for a talk. */
function daysAhead(from) {
  const ahead = Array.from({ length: 21 }, (_, n) => new Date(from.getFullYear(), from.getMonth(), from.getDate() + n + 1));
  return ahead.filter((one) => one.getDay() % 6);
}

function iso(one) {
  const two = (number) => String(number).padStart(2, "0");
  return `${one.getFullYear()}-${two(one.getMonth() + 1)}-${two(one.getDate())}`;
}

/** A sentence also where Excel refuses, for example while a cell is being edited. */
async function careful(work) {
  try {
    return await work();
  } catch {
    return "Excel did not take it, so nothing was recorded. Leave any cell that is being edited, then try again.";
  }
}

function field(label, control) {
  return el("div", { class: "field" }, el("label", { for: control.id }, label), control);
}

function missingField(outcome, initials) {
  if (!outcome.value) return { field: outcome, words: "Choose what came of the contact." };
  if (!initials.value.trim()) return { field: initials, words: "Type your initials, so that others know who to ask." };
  return null;
}

function mark(control, isWrong) {
  if (isWrong) {
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", "contact-wrong");
  } else {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
  }
}
