/** The way to the Python engine: `window.halfday`, which functions.js sets up in the same page. */

const STARTING = "The functions are starting. Until they have, you see the figures that Halfday sent.";
const READY = "The functions are ready. Figures are worked out here, on this computer.";
const NOT_LOADED =
  "The functions did not load. You see the figures that Halfday sent. Close this pane and open it again; " +
  "if it stays so, tell whoever looks after Halfday.";

/** The engine's state in words, and answers from it. `changed` is called whenever the state is another. */
export class Engine {
  constructor(host, changed) {
    this.host = host;
    this.state = "starting";
    this.words = STARTING;
    this.changed = changed;
  }

  /** Follows the functions from now on: a calculation may start them again without the pane. */
  async start() {
    this.changed();
    let tells = false; // a host may say nothing of itself; then there is only its promise
    if (this.host) {
      this.host.onstatus = (words, state) => {
        tells = true;
        this.become(state, words);
      };
    }
    try {
      if (!this.host?.call) throw new Error(NOT_LOADED);
      await this.host.ready;
      if (!tells) this.become("ready");
    } catch (fault) {
      if (!tells) this.become("failed", fault?.message);
    }
  }

  /** Takes another state on, and tells of it; `reason` is said where the functions do not run. */
  become(state, reason) {
    const words = { starting: STARTING, ready: READY }[state] ?? String(reason || NOT_LOADED);
    if (state === this.state && words === this.words) return;
    [this.state, this.words] = [state, words];
    this.changed();
  }

  /** Tries once more, where it could not start. */
  async again() {
    this.become("starting");
    this.host?.start?.();
    await this.start();
  }

  get isReady() {
    return this.state === "ready";
  }

  /** What a cell function answers, or a sentence that begins with "#". */
  async call(name, ...args) {
    try {
      return await this.host.call(name, args);
    } catch (fault) {
      return `#${fault?.message || "The functions gave no answer."}`;
    }
  }
}
