/* The bridge to Python: `window.halfday`, for functions.js and for the pane. `halfday addin build` writes in front of
 * this file which Pyodide and which engine stand in the folder (`window.halfdayBuild`).
 *
 *   halfday.ready             a promise: kept when Python answers, broken with a sentence when it cannot
 *   halfday.call(name, args)  one answer
 *   halfday.batch(calls)      the answers to [{name, args}, …], in their order
 *   halfday.status            what to tell people now; halfday.onstatus = (text, state) => … hears of changes, where
 *                             state is "starting", "ready" or "failed" (also when it stopped after it had started)
 *   halfday.start()           starts again after it could not
 *
 * Python runs in a worker. It started as fast there as in the page, and the page does not freeze.
 */
(() => {
  "use strict";

  const LONG = 12; // a text this long is sent once in a batch, however many cells hold it
  const PATIENCE = 90_000; // milliseconds for a start
  const AGAIN = 30_000; // milliseconds after which a call may start an engine that could not start
  const STARTING = "Starting the functions. This takes a few seconds; until then the cells show the values as sent.";
  const READY = "The functions are ready.";
  const STOPPED = "The functions stopped and will start again with the next calculation.";

  const here = new URL(".", document.currentScript.src);
  const build = window.halfdayBuild;
  const under = (name) => new URL(name, here).href;
  const open = new Map(); // the batches that Python has not answered yet: their number, and who waits for them

  let worker = null;
  let failedAt = null;
  let number = 0;
  let status = "";
  let state = "starting";
  let settleReady = null; // settles the promise of the start that counts
  let listener = null;

  function say(text, now) {
    [status, state] = [text, now];
    listener?.(text, now);
  }

  function start() {
    worker?.terminate();
    [worker, failedAt] = [null, performance.now()];
    const replaced = settleReady;
    halfday.ready = new Promise((resolve, reject) => {
      settleReady = resolve;
      const mine = new Worker(under("worker.js"));
      const stop = (text) => {
        if (worker !== mine) return; // a later start has taken over
        clearTimeout(clock);
        mine.terminate();
        [worker, failedAt] = [null, started ? -Infinity : performance.now()]; // one that ran may start at once
        say(text, "failed");
        reject(new Error(text));
        release((waiting) => waiting.reject(new Error(text)));
      };
      const clock = setTimeout(() => stop(cannot("it took longer than 90 seconds")), PATIENCE);
      let started = false;
      mine.onmessage = ({ data }) => {
        if (worker !== mine) return undefined; // said before a later start took over
        if (data.failed) return stop(cannot(data.failed));
        if (data.started) {
          started = true;
          clearTimeout(clock);
          say(READY, "ready");
          return resolve();
        }
        return settle(data);
      };
      mine.onerror = (event) => {
        event.preventDefault();
        stop(started ? STOPPED : cannot(event.message || "worker.js is not there"));
      };
      worker = mine;
      mine.postMessage({ start: { pyodide: under(build.pyodide), engine: under(build.engine) } });
    });
    halfday.ready.catch(() => {}); // each caller is told; a start that nobody waits for is no fault of the page
    replaced?.(halfday.ready); // whoever waits for an earlier start waits for this one
    release((waiting) => waiting.resolve(null)); // what the earlier worker had not answered is asked again
    say(STARTING, "starting");
    return halfday.ready;
  }

  /** Lets go of the batches that no worker will answer. */
  function release(tell) {
    const waiting = [...open.values()];
    open.clear();
    waiting.forEach(tell);
  }

  function cannot(reason) {
    return `The functions could not start: ${reason}. The cells show the values as sent. `
      + "Whoever looks after Halfday can build the add-in's folder again.";
  }

  function settle({ number: which, answer, fault }) {
    const waiting = open.get(which);
    open.delete(which);
    if (fault) waiting?.reject(new Error(`The functions gave no answer: ${fault}.`));
    else waiting?.resolve(JSON.parse(answer).answers);
  }

  /** The calls as Python takes them: long texts stand once, and where they belong there is {"text": place}. */
  function request(calls) {
    const places = new Map();
    const slim = (value) => {
      if (typeof value === "string" && value.length >= LONG) {
        let place = places.get(value);
        if (place === undefined) places.set(value, place = places.size);
        return { text: place };
      }
      return Array.isArray(value) ? value.map(slim) : value ?? null;
    };
    const slimmed = calls.map(({ name, args }) => ({ name, args: args.map(slim) }));
    return JSON.stringify({ texts: [...places.keys()], calls: slimmed });
  }

  /** Waits for the start that counts, also where another takes its place meanwhile; a fault of that one is told. */
  async function running() {
    for (;;) {
      if (!worker && performance.now() - failedAt > AGAIN) start();
      const awaited = halfday.ready;
      try {
        await awaited;
      } catch (fault) {
        if (awaited === halfday.ready) throw fault;
      }
      if (awaited === halfday.ready && worker) return;
    }
  }

  async function batch(calls) {
    for (;;) {
      await running();
      const answers = await ask(calls);
      if (answers) return answers; // none where a later start has taken over
    }
  }

  function ask(calls) {
    return new Promise((resolve, reject) => {
      number += 1;
      open.set(number, { resolve, reject });
      worker.postMessage({ number, request: request(calls) });
    });
  }

  const halfday = {
    ready: null,
    version: build.version,
    start,
    batch,
    call: async (name, args) => (await batch([{ name, args }]))[0],
    get status() { return status; },
    set onstatus(heard) {
      listener = heard;
      heard?.(status, state);
    },
  };
  window.halfday = halfday;
  start();
})();
