/** The page What if: more days away, and what becomes of percentage, band and targets. The figures are the engine's. */

import { el, facts, fill, say } from "./dom.js";
import { counted, fault, longDay } from "./words.js";

const MOST = 40;
const PERSISTENT = "PA";
const OTHER = "other";
const NOBODY = "Select a pupil's row on the Tracker, the Register or Today first.";

/** The page with its controls, made once; `show` puts a pupil, a policy and the engine into it. */
export class WhatIf {
  constructor(root, engine) {
    this.root = root;
    this.engine = engine;
    this.pupil = null;
    this.policy = null;
    this.turn = 0;
    this.number = el("input", {
      id: "days",
      type: "number",
      min: 0,
      max: 190,
      step: 0.5,
      value: 5,
      class: "short",
      inputmode: "decimal",
    });
    this.slider = el("input", {
      id: "days-slider",
      type: "range",
      min: 0,
      max: MOST,
      step: 1,
      value: 5,
      "aria-label": "More days away",
    });
    this.target = el("select", { id: "target" });
    this.typed = el("input", {
      id: "target-typed",
      type: "number",
      min: 1,
      max: 100,
      step: "any",
      class: "short",
      inputmode: "decimal",
    });
    this.typedField = el(
      "div",
      { class: "field", hidden: true },
      el("label", { for: "target-typed" }, "Target in %"),
      this.typed,
    );
    this.result = el("p", { class: "result", id: "result", role: "status" });
    this.details = el("div", { id: "details" });
    this.who = el("p", { class: "quiet", id: "whatif-who" });
    this.form = el(
      "div",
      {},
      el(
        "div",
        { class: "field" },
        el("label", { for: "days" }, "Absent how many more days?"),
        el("div", { class: "pair" }, this.number, this.slider),
      ),
      el("div", { class: "field" }, el("label", { for: "target" }, "Back to which figure?"), this.target),
      this.typedField,
    );
    fill(
      root,
      el("h2", { id: "whatif-title", tabindex: -1 }, "What if"),
      this.who,
      this.form,
      this.result,
      this.details,
    );
    this.listen();
  }

  listen() {
    this.slider.addEventListener("input", () => {
      this.number.value = this.slider.value;
      this.answer();
    });
    this.number.addEventListener("input", () => {
      this.slider.value = Math.min(MOST, Number(this.number.value) || 0);
      this.answer();
    });
    this.target.addEventListener("change", () => {
      this.typedField.hidden = this.target.value !== OTHER;
      if (!this.typedField.hidden) this.typed.focus();
      this.answer();
    });
    this.typed.addEventListener("input", () => this.answer());
  }

  show(pupil, policy) {
    [this.pupil, this.policy] = [pupil, policy];
    this.targets();
    return this.answer();
  }

  targets() {
    const chosen = this.target.value;
    const figures = (this.policy?.targets ?? []).map(({ title, figure }) =>
      el("option", { value: figure }, title.includes(String(figure)) ? `${figure}%: ${title}` : `${figure}%, ${title}`),
    );
    fill(
      this.target,
      figures,
      el("option", { value: PERSISTENT }, "Not persistently absent"),
      el("option", { value: OTHER }, "Another figure"),
    );
    const values = [...this.target.options].map((one) => one.value);
    this.target.value = values.includes(chosen) ? chosen : values[0];
    this.typedField.hidden = this.target.value !== OTHER;
  }

  /** What is asked for; nothing where the figures typed are not usable yet. */
  asked() {
    const days = Number(this.number.value);
    const target = this.target.value === OTHER ? Number(this.typed.value) : this.target.value;
    return {
      days: this.number.value !== "" && Number.isInteger(2 * days) && days >= 0 && days < 500 ? days : null,
      target: target === PERSISTENT ? PERSISTENT : Number(target) > 0 && Number(target) <= 100 ? Number(target) : null,
    };
  }

  async answer() {
    this.turn += 1;
    const turn = this.turn;
    const { result = "", details = [] } = await this.parts();
    if (turn !== this.turn) return;
    say(this.result, result);
    fill(this.details, details);
  }

  async parts() {
    this.form.hidden = !this.pupil;
    this.who.textContent = this.pupil ? sessions(this.pupil) : NOBODY;
    if (!this.pupil) return {};
    const { days, target } = this.asked();
    if (!this.engine.isReady) return { details: [el("p", {}, this.engine.words)] };
    if (!this.pupil.row("Possible")) return { details: [el("p", {}, "There are no sessions yet to work with.")] };
    if (days === null) return { details: [el("p", { class: "wrong" }, "Type whole or half days, such as 5 or 2.5.")] };
    const found = await this.figures(days, target);
    return {
      result: found.percent,
      details: [
        facts([
          ["Now", found.before],
          ["Band then", found.band],
          ["Persistent absence", found.until],
          [targetName(target), found.back],
          ["Reached on", found.date],
        ]),
      ],
    };
  }

  async figures(days, target) {
    const { engine, pupil } = this;
    const [attended, possible] = [pupil.row("Attended"), pupil.row("Possible")];
    const further = possible + 2 * days; // a day is two sessions; nothing else is counted here
    const ask = (name, ...args) => engine.call(name, ...args);
    const back =
      target === null
        ? ["", ""]
        : [
            ask("ATT_BACK_TO", attended, further, target),
            ask("ATT_BACK_ON", attended, possible, target, pupil.calendar, pupil.asOf, ...(days ? [days] : [])),
          ];
    const [shown, band, was, now, until, needed, date] = await Promise.all([
      ask("ATT_PRINTED", attended, further, pupil.policy),
      ask("ATT_BAND", attended, further, pupil.policy),
      ask("ATT_BAND", attended, possible, pupil.policy),
      ask("ATT_PA", attended, possible),
      ask("ATT_SESSIONS_UNTIL", attended, further, PERSISTENT),
      ...back,
    ]);
    return {
      percent: fault(shown) || `${shown} ${ifAbsent(days)}`,
      before: `${pupil.row("Attendance", "text")}${was ? `, ${fault(was) || was}` : ""}`,
      band: fault(band) || (band === was ? `${band} (no change)` : band),
      until: untilWords(until, now, days),
      back: target === null ? "Type a figure between 1 and 100." : backWords(needed),
      date:
        typeof date === "number" && needed !== 0
          ? longDay(date)
          : fault(date) || (typeof date === "string" ? date : ""),
    };
  }
}

function sessions(pupil) {
  return `${pupil.name}: ${pupil.row("Attended")} of ${pupil.row("Possible")} sessions attended so far.`;
}

function ifAbsent(days) {
  return days ? `if absent ${counted(days, "more day")}` : "as it is now";
}

function targetName(target) {
  if (target === PERSISTENT) return "Out of it again";
  return target === null ? "Back to target" : `Back to ${target}%`;
}

function untilWords(until, now, days) {
  if (typeof until !== "number") return fault(until) || until;
  if (now === "Yes") return until === 0 ? "Yes, already now" : `After ${counted(until, "more session")} missed`;
  if (until === 0) return `Not now. Yes after ${counted(days, "more day")} away`;
  return `Not now. After ${counted(until, "more session")} missed${days ? " besides" : ""}`;
}

function backWords(needed) {
  if (typeof needed !== "number") return fault(needed) || needed;
  return needed === 0 ? "There already" : `After ${counted(needed, "session")} at school without a gap`;
}
