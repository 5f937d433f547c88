/* The cell functions as Excel calls them. `halfday addin build` writes in front of this file which there are and how
 * many arguments each takes (`window.halfdayFunctions`); what they answer comes from Python (engine.js).
 *
 * Excel calls a function once per cell. Calls are collected for a moment and go to Python together, Microsoft's
 * batching pattern; what comes in while Python works makes up the next batch. The functions depend on their arguments
 * only, so a call that was answered before is answered from memory.
 */
(() => {
  "use strict";

  const MOMENT = 20; // milliseconds that a call waits at most for others
  const MOST = 1000; // calls in a batch
  const REMEMBERED = 100_000; // answers: nine columns for 2,400 pupils, and some tries of another policy
  const LONG = 24; // a text this long is known by its number when answers are looked up

  let queue = [];
  let since = 0;
  let grown = 0;
  let busy = false;
  const answers = new Map();
  const texts = new Map(); // the number of each long text
  let numbered = 0; // never begins again: a number must not come to mean another text

  /* Not setTimeout: browsers let a timer of a closed pane ring once a second at best. */
  const tick = new MessageChannel();
  tick.port1.onmessage = () => {
    const waited = performance.now() - since;
    const stillComing = queue.length > grown && queue.length < MOST;
    if (waited < MOMENT && (stillComing || waited < 2)) {
      grown = queue.length;
      tick.port2.postMessage(null);
    } else {
      flush();
    }
  };

  async function flush() {
    const batch = queue.splice(0, MOST);
    try {
      const found = await window.halfday.batch(batch);
      batch.forEach((call, at) => call.resolve(found[at]));
    } catch (fault) {
      for (const call of batch) {
        answers.delete(call.key); // a later calculation may find Python well again
        call.reject(new CustomFunctions.Error(CustomFunctions.ErrorCode.notAvailable, fault.message));
      }
    }
    busy = false;
    if (queue.length) collect();
  }

  function collect() {
    if (busy) return;
    busy = true;
    [since, grown] = [performance.now(), 0];
    tick.port2.postMessage(null);
  }

  function answer(name, args) {
    if (answers.size >= REMEMBERED) { // before there is a key: keys are made of the numbers that go here
      answers.clear();
      texts.clear();
    }
    const key = keyOf(name, args);
    const known = answers.get(key);
    if (known) return known;
    const asked = new Promise((resolve, reject) => queue.push({ name, args, key, resolve, reject }));
    answers.set(key, asked);
    collect();
    return asked;
  }

  function keyOf(name, args) {
    const parts = [name];
    const add = (value) => {
      if (Array.isArray(value)) {
        parts.push("[");
        value.forEach(add);
        parts.push("]");
      } else if (typeof value === "string" && value.length >= LONG) {
        let number = texts.get(value);
        if (number === undefined) texts.set(value, number = numbered++);
        parts.push(`#${number}`);
      } else {
        parts.push(JSON.stringify(value));
      }
    };
    args.forEach(add);
    return parts.join();
  }

  /** An argument as Python takes it: plain values, and errors as {"type": "Error", "basicValue": "#N/A"}. */
  function plain(value) {
    if (Array.isArray(value)) return value.map(plain);
    if (value === null || value === undefined) return null;
    if (typeof value !== "object") return value;
    if (value.type === "Error" || String(value.code ?? "").startsWith("#")) {
      return { type: "Error", basicValue: String(value.basicValue ?? value.code) };
    }
    return plain(value.basicValue ?? null); // a formatted number and its kind
  }

  function associate() {
    if (!window.CustomFunctions) return; // a browser, not Excel: somebody looks whether the page is there
    for (const [name, count] of Object.entries(window.halfdayFunctions)) {
      // Excel gives every argument of the metadata, null for one left out, and after them how the cell called
      CustomFunctions.associate(name, (...given) => answer(name, given.slice(0, count).map(plain)));
    }
  }

  if (window.CustomFunctions) associate();
  else window.Office?.onReady(associate);
})();
