/** The page of one pupil: stage, band, the why in full, the checklist, what fired. As sent at once, then live. */

import { el, facts, fill, stageTag } from "./dom.js";
import { day, fault, lines, same } from "./words.js";

const NOBODY = "Select a pupil's row on the Tracker, the Register or Today: this page follows you.";

/** What Halfday sent about a pupil. */
export function asSent(pupil) {
  return {
    stage: pupil.sent("Stage"),
    since: pupil.sent("Stage since"),
    band: pupil.sent("Band"),
    why: pupil.sent("Why"),
    actions: pupil.sent("Checklist"),
    triggers: pupil.sent("Triggers"),
  };
}

/** The same, worked out now by the engine from the marks and the policy as it stands on the Policy page. */
export async function live(engine, pupil) {
  const { marks, policy, calendar, asOf } = pupil;
  const [attended, possible, facts_] = [pupil.row("Attended"), pupil.row("Possible"), pupil.row("Facts")];
  const ask = (name) => engine.call(name, marks, policy, calendar, asOf, facts_);
  const [stage, since, band, why, actions, triggers] = await Promise.all([
    ask("ATT_STAGE"),
    ask("ATT_STAGE_SINCE"),
    engine.call("ATT_BAND", attended, possible, policy),
    ask("ATT_WHY"),
    ask("ATT_ACTIONS"),
    ask("ATT_TRIGGERS"),
  ]);
  return { stage, since, band, why, actions, triggers };
}

/** Which of stage, band and why the live answer gives otherwise than was sent. */
export function differences(sent, now) {
  return ["stage", "band", "why"].filter((part) => !same(sent[part], now[part]));
}

/** Draws a pupil with the live `answer`, or with what was sent until there is one; `tools` stand at the end. */
export function drawPupil(root, pupil, { answer, state, stages, tools = [] }) {
  if (!pupil) {
    fill(root, el("h2", { id: "pupil-title", tabindex: -1 }, "This pupil"), el("p", {}, NOBODY));
    return;
  }
  const sent = asSent(pupil);
  const shown = answer ?? sent;
  fill(
    root,
    el("h2", { id: "pupil-title", tabindex: -1 }, pupil.name),
    el(
      "p",
      { class: "quiet" },
      [pupil.row("Class"), year(pupil.row("Year")), pupil.row("Priority"), left(pupil)].filter(Boolean).join(" · "),
    ),
    el("p", { id: "pupil-state", class: stateClass(sent, answer) }, stateWords(sent, answer, state, pupil)),
    facts([
      ["Attendance", attendance(pupil)],
      ["Band", words(shown.band)],
      [
        "Stage",
        shown.stage && !fault(shown.stage) ? stageTag(String(shown.stage), stages) : words(shown.stage) || "None",
      ],
      ["Since", typeof shown.since === "number" ? day(shown.since) : words(shown.since)],
      ["Changed", pupil.row("What changed")],
      ["Next", lines(shown.actions).length ? "" : pupil.row("Next action")],
    ]),
    el("h3", {}, "Why"),
    el("p", { id: "pupil-why" }, words(shown.why) || "Halfday sent no words about this pupil."),
    answer && !same(answer.why, sent.why) && !fault(answer.why)
      ? el("p", { id: "pupil-sent", class: "quiet" }, `Halfday sent: ${sent.why || "nothing"}`)
      : null,
    checklist("Checklist", shown.actions, "Nothing is asked for at present."),
    checklist("What fired", shown.triggers, "No trigger of the policy holds at present."),
    tools,
  );
}

function year(text) {
  return text === "" ? "" : /^\d+$/.test(String(text)) ? `Year ${text}` : String(text);
}

function left(pupil) {
  const status = String(pupil.row("Status") ?? "");
  return status.startsWith("Left") ? status : "";
}

function attendance(pupil) {
  const [missed, possible] = [pupil.row("Missed"), pupil.row("Possible")];
  const share = fault(pupil.row("Attendance")) ? pupil.sent("Attendance", "text") : pupil.row("Attendance", "text");
  if (!possible) return "No sessions yet";
  return missed === "" ? share : `${share} (${missed} of ${possible} sessions missed)`;
}

function words(answer) {
  return fault(answer) || String(answer ?? "");
}

function checklist(title, text, nothing) {
  const found = fault(text) ? [fault(text)] : lines(text);
  return [
    el("h3", {}, title),
    found.length
      ? el(
          "ul",
          { class: "ticks", "aria-label": title },
          found.map((line) => el("li", {}, line)),
        )
      : el("p", { class: "quiet" }, nothing),
  ];
}

function stateClass(sent, answer) {
  return answer && differences(sent, answer).length ? "note" : "quiet";
}

function stateWords(sent, answer, state, pupil) {
  if (state === "failed" && !answer) return "As Halfday sent it: the functions are not running. See About.";
  if (!pupil.marks) return "As Halfday sent it: this pupil is not in the Register, so nothing can be worked out here.";
  if (!answer) return "As Halfday sent it. Being worked out again…";
  const found = differences(sent, answer);
  if (!found.length) return "Worked out just now. It is what Halfday sent.";
  const wrong = fault(answer.stage);
  if (wrong) return `This cannot be worked out: ${wrong}`;
  const was = found.includes("stage")
    ? `${sent.stage || "no stage"}`
    : found.includes("band")
      ? `band ${sent.band}`
      : "";
  return `Trying another policy: not what Halfday sent${was ? ` (${was})` : ""}. Nothing is decided until it is adopted.`;
}
