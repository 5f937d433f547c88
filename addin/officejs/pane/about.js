/** The page About: freshness, the functions' state, repair, the check of a policy being tried, what the agent does. */

import { hasUnknown, repair } from "./changes.js";
import { el, facts, fill, say } from "./dom.js";
import { counted, day, fault, lines, moment } from "./words.js";

const BY_AGENT = [
  ["Refresh now", "reads the registers and fills in this workbook"],
  ["Prepare letters", "writes the letters that the policy asks for; a person reads and sends them"],
  ["Prepare referral", "makes one child's pack for the local authority; a person checks and sends it"],
  [
    "Adopt policy",
    "records the figures on the Policy page as the school's own, from a date; past stages stay as they were",
  ],
];
const FINE = "Nothing to put right.";

/** Draws the page. `said` is called with what was done. */
export function drawAbout(root, { book, engine, unknown, checked, said, again, check }) {
  const fresh = book?.freshness;
  fill(
    root,
    el("h2", { id: "about-title", tabindex: -1 }, "About"),
    fresh
      ? facts([
          ["School", fresh.school],
          ["Marks up to", day(fresh.until)],
          ["Last checked", moment(fresh.checked)],
          ["Last changed", moment(fresh.changed)],
          ["Last run", fresh.lastRun],
        ])
      : null,
    el("button", { type: "button", class: "second", id: "again", onclick: again }, "Read the workbook again"),
    el("h3", {}, "The functions"),
    el("p", { id: "engine-words", class: engine.state === "failed" ? "wrong" : "" }, engine.words),
    engine.state === "failed"
      ? el("button", { type: "button", id: "start-again", onclick: () => engine.again() }, "Start the functions again")
      : null,
    missing(book?.missing ?? []),
    el("h3", {}, "Repair"),
    el("p", {}, repairWords(unknown)),
    el(
      "button",
      { type: "button", class: unknown ? "" : "second", id: "repair", onclick: () => enterAgain(said, again) },
      "Enter the formulas again",
    ),
    el("h3", {}, "A policy that is being tried"),
    el("p", {}, "Change a figure on the Policy page and the Tracker follows. Check it before anybody decides."),
    el("button", { type: "button", class: "second", id: "check-policy", onclick: check }, "Check this policy"),
    el(
      "ul",
      { class: "ticks", id: "checked", role: "list", "aria-label": "What was found in the policy" },
      checked.map((line) => el("li", {}, line)),
    ),
    el("h3", {}, "On the school's computer"),
    el("p", {}, "These are done by Halfday on the school's computer, not from here."),
    BY_AGENT.map(([title, does], at) =>
      el(
        "details",
        { class: "function" },
        el("summary", { id: `agent-${at}` }, el("h4", {}, title)),
        el(
          "p",
          {},
          `Halfday on the school's computer ${does}. ${lastRan(fresh)} If it cannot wait, ask whoever looks after Halfday.`,
        ),
      ),
    ),
  );
}

function lastRan(fresh) {
  return fresh?.checked ? `It last ran at ${moment(fresh.checked)}.` : "The workbook does not say when it last ran.";
}

function missing(titles) {
  if (!titles.length) return null;
  const one = titles.length === 1;
  return el(
    "p",
    { class: "note", id: "missing" },
    `The Tracker has no ${one ? "column" : "columns"} called ` +
      `${titles.join(", ")}, so what ${one ? "it says is" : "they say is"} not shown here. ` +
      `If somebody renamed ${one ? "it" : "them"}, give ${one ? "it" : "them"} back the old name.`,
  );
}

function repairWords(unknown) {
  const what = "This enters the very formulas that are there once more. It changes nothing else.";
  if (!unknown) return `No cell shows #NAME?. If figures do not follow when you try a policy, use this. ${what}`;
  return `Cells show #NAME?: Excel has lost the way to the functions. ${what}`;
}

async function enterAgain(said, again) {
  try {
    const done = `${counted(await repair(), "formula was", "formulas were")} entered again.`;
    said((await hasUnknown()) ? `${done} Cells still show #NAME?: close the workbook and open it again.` : done);
    await again();
  } catch {
    said("Excel did not take the formulas. Leave any cell that is being edited, then try again.");
  }
}

/** What the engine says of the policy's tables as they stand, a line each. */
export async function checkPolicy(engine, policy) {
  if (!engine.isReady) return [engine.words];
  const { bands, stages, triggers, rules, actions } = policy;
  const answer = await engine.call("ATT_POLICY_CHECK", bands, stages, triggers, rules, actions);
  const found = lines(fault(answer) || answer);
  return found.length ? found : [FINE];
}

/** The notice on every page when cells show #NAME?. */
export function drawNotice(notice, unknown) {
  notice.hidden = !unknown;
  say(notice.querySelector("span"), unknown ? "Cells show #NAME?: Excel has lost the way to the functions. " : "");
}
