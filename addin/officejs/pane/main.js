/** The task pane: reads the workbook that is open, follows the selection, draws five pages. The one place with a clock. */

import { checkPolicy, drawAbout, drawNotice } from "./about.js";
import { NotATracker, readBook, readPolicy, readPupil, selectedPupil } from "./book.js";
import { clearFilters, hasUnknown, goTo, watch } from "./changes.js";
import { contactForm } from "./contact.js";
import { at, el, fill, redraw, say } from "./dom.js";
import { Engine } from "./engine.js";
import { freshness } from "./freshness.js";
import { drawPupil, live } from "./pupil.js";
import { drawReference } from "./reference.js";
import { drawFreshness, drawToday, markSelected } from "./today.js";
import { WhatIf } from "./whatif.js";

const PAGES = ["today", "pupil", "whatif", "functions", "about"];
const SETTLED = 250; // milliseconds without another recalculation, so that two thousand cells mean one reading

const CANNOT =
  "The workbook could not be read just now. Leave any cell that is being edited; the pane tries again when you select " +
  "another.";

const seen = {
  book: null,
  pupil: null,
  policy: null,
  answer: null,
  unknown: false,
  checked: [],
  drawn: "",
  forms: new Map(),
  turn: 0,
  reading: false,
  stale: false,
  behind: false,
};
const now = () => new Date();
const engine = new Engine(window.halfday, engineChanged);
const whatIf = new WhatIf(at("whatif"), engine);

function show(page, { focus = false } = {}) {
  for (const one of PAGES) {
    at(one).hidden = one !== page;
    const tab = at(`to-${one}`);
    if (one === page) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  said("");
  if (focus) at(`${page}-title`).focus();
}

function said(words, ...more) {
  fill(at("said"), words ? el("span", {}, words) : null, more);
}

/** Does some work for which the workbook is needed; what goes wrong becomes a sentence on the page. */
async function careful(work) {
  try {
    await work();
    at("trouble").hidden = seen.book !== null;
  } catch (fault) {
    const code = fault?.code ? ` Excel's word for it: ${fault.code}.` : "";
    say(at("trouble"), fault instanceof NotATracker ? fault.message : CANNOT + code);
    at("trouble").hidden = false;
  }
}

/** Reads everything; what is asked for meanwhile is one more reading after it, never two at once. */
async function readAll() {
  if (seen.reading) {
    seen.stale = true;
    return;
  }
  seen.reading = true;
  try {
    do {
      seen.stale = false;
      await readOnce();
    } while (seen.stale);
  } finally {
    seen.reading = false;
  }
}

async function readOnce() {
  await careful(async () => {
    seen.book = await readBook();
    seen.policy = await readPolicy();
    seen.unknown = await hasUnknown();
    if (seen.checked.length) seen.checked = await checkPolicy(engine, seen.policy);
    drawBook();
  });
  await followSelection({ again: true });
}

function drawBook() {
  const { book } = seen;
  at("pages").hidden = !book;
  if (!book) return;
  say(at("school"), book.freshness.school || "Attendance tracker");
  drawFreshness(at("fresh"), at("stale"), freshness(book.freshness));
  drawLists();
  markSelected(at("today"), seen.pupil?.id);
  drawNotice(at("notice"), seen.unknown);
  drawAboutPage();
}

/** The lists, where they are not as they were drawn: a list that is being read must not jump. */
function drawLists() {
  const { book, policy } = seen;
  const drawn = JSON.stringify([book.sections, book.trying, book.today, policy?.stages.length]);
  if (drawn === seen.drawn) return;
  redraw(at("today"), () => drawToday(at("today"), book, policy?.stages.length ?? 0, go));
  seen.drawn = drawn;
}

function drawAboutPage() {
  const { book, unknown, checked } = seen;
  redraw(at("about"), () => drawAbout(at("about"), { book, engine, unknown, checked, said, again: readAll, check }));
}

async function check() {
  seen.checked = await checkPolicy(engine, seen.policy);
  drawAboutPage();
  hear(seen.checked.join("\n"));
}

/** What a screen reader says of a page that was drawn again. */
function hear(words) {
  say(at("heard"), words);
}

async function go(pupil) {
  await careful(async () => {
    const { hidden, words } = await goTo(pupil);
    said(
      words,
      hidden
        ? el("button", { type: "button", class: "second", onclick: () => showAll(pupil) }, "Show all rows")
        : el("button", { type: "button", class: "second", onclick: () => show("pupil", { focus: true }) }, "See why"),
    );
    if (!hidden) await showPupil(pupil.id);
  });
}

async function showAll(pupil) {
  await careful(async () => {
    await clearFilters();
    await go(pupil);
  });
}

async function followSelection({ again = false } = {}) {
  if (!seen.book) return;
  let id = null;
  try {
    id = await selectedPupil();
  } catch {
    id = null; // several areas at once, or a chart: the pupil on the page stays
  }
  id ??= seen.pupil?.id ?? null;
  if (id && (again || id !== seen.pupil?.id)) await showPupil(id);
  else if (!id) drawPupilPage();
}

async function showPupil(id) {
  seen.turn += 1;
  const turn = seen.turn;
  await careful(async () => {
    const pupil = await readPupil(id);
    if (turn !== seen.turn || (!pupil && seen.pupil)) return;
    if (pupil?.id !== seen.pupil?.id) seen.answer = null;
    seen.pupil = pupil;
    markSelected(at("today"), pupil?.id);
    drawPupilPage();
    await whatIf.show(pupil, seen.policy);
    await liveAnswer(turn);
  });
}

async function liveAnswer(turn) {
  const { pupil } = seen;
  if (!pupil?.marks || !engine.isReady) return;
  const answer = await live(engine, pupil);
  if (turn !== seen.turn) return;
  seen.answer = answer;
  drawPupilPage();
}

/** The form of a pupil, kept while the pane is open: what is half typed waits until somebody comes back to the pupil. */
function formOf(pupil) {
  if (!seen.forms.has(pupil.id)) seen.forms.set(pupil.id, contactForm(pupil, { now, done: said }));
  return seen.forms.get(pupil.id);
}

/** The page of the pupil. */
function drawPupilPage() {
  const { pupil, answer, policy } = seen;
  const root = at("pupil");
  const form = pupil && formOf(pupil);
  const isTyping = document.activeElement?.form;
  if (isTyping && isTyping !== form && root.contains(isTyping)) document.activeElement.blur(); // not on into another's
  redraw(root, () =>
    drawPupil(root, pupil, {
      answer,
      state: engine.state,
      stages: policy?.stages.length ?? 0,
      tools: form ? [form] : [],
    }),
  );
  if (pupil && !root.hidden) hear(`${pupil.name}. ${at("pupil-state").textContent}`);
}

function engineChanged() {
  say(at("engine"), engine.words);
  at("engine").hidden = engine.isReady;
  at("engine").className = engine.state === "failed" ? "wrong" : "quiet";
  if (!seen.book) return;
  drawAboutPage();
  drawPupilPage();
  whatIf.show(seen.pupil, seen.policy);
  liveAnswer(seen.turn);
}

/** Reads again, unless nobody looks at the pane: a pane that was closed goes on running the functions, and no more. */
function catchUp() {
  seen.behind = document.hidden;
  if (!seen.behind) readAll();
}

/** Calls at most once for a burst of calls. */
function settled(work) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, SETTLED);
  };
}

async function start() {
  for (const page of PAGES) at(`to-${page}`).addEventListener("click", () => show(page, { focus: true }));
  document.addEventListener("visibilitychange", () => seen.behind && catchUp());
  at("notice-go").addEventListener("click", () => show("about", { focus: true }));
  show("today");
  await Office.onReady();
  drawReference(at("functions"), said);
  await readAll();
  engine.start();
  await careful(() =>
    watch({ selected: () => (seen.book ? followSelection() : readAll()), calculated: settled(catchUp) }),
  );
  document.body.dataset.ready = "true";
}

start();
