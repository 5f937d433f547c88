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

  async start() {
    this.changed();
    try {
      if (!this.host?.call) throw new Error(NOT_LOADED);
      await this.host.ready;
      [this.state, this.words] = ["ready", READY];
    } catch (fault) {
      [this.state, this.words] = ["failed", String(fault?.message || NOT_LOADED)];
    }
    this.changed();
  }

  /** Tries once more, where it could not start. */
  async again() {
    [this.state, this.words] = ["starting", STARTING];
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
