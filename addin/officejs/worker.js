/* Python, away from the page: it starts here, and it answers here, so that the pane stays quick while 2,000 cells count.
 *
 * Every file comes from the folder that this one is in. Once Python runs, the worker gives up its ways to the network:
 * what the functions are told about pupils leaves it as answers to the page only. The host's Content-Security-Policy
 * header on this file makes a rule of the browser of it (hosting.py).
 */
"use strict";

const WAYS_OUT = ["fetch", "XMLHttpRequest", "WebSocket", "WebSocketStream", "WebTransport", "EventSource",
  "importScripts", "Worker", "BroadcastChannel"];
const FOLDER = "/halfday";

let answerAll = null;

self.onmessage = async ({ data }) => {
  if (data.start) {
    try {
      await start(data.start);
      self.postMessage({ started: true });
    } catch (fault) {
      self.postMessage({ failed: firstLine(fault) });
    }
    return;
  }
  try {
    self.postMessage({ number: data.number, answer: answerAll(data.request) });
  } catch (fault) {
    self.postMessage({ number: data.number, fault: firstLine(fault) });
  }
};

async function start({ pyodide, engine }) {
  const noInterpreter = refused();
  const archive = read(engine);
  archive.catch(() => {}); // looked at below; Python may fail first
  self.importScripts(`${pyodide}pyodide.js`);
  const loading = self.loadPyodide({
    indexURL: pyodide,
    packageBaseUrl: pyodide, // without it, Pyodide would know an address outside this folder
    env: { PYTHONDONTWRITEBYTECODE: "1" },
  });
  const python = await Promise.race([loading, noInterpreter]);
  python.unpackArchive(await archive, "zip", { extractDir: FOLDER });
  python.runPython(`import sys; sys.path.insert(0, "${FOLDER}")`);
  answerAll = python.pyimport("halfday.host").answer_all;
  for (const way of WAYS_OUT) self[way] = undefined;
}

/**
 * A promise that breaks when the interpreter is not there, is cut short, or comes as another kind of file. Pyodide only
 * notes that on the console and waits for ever, and it is what goes wrong first on a host that does not know .wasm.
 */
function refused() {
  const compile = WebAssembly.instantiateStreaming;
  return new Promise((_, refuse) => {
    WebAssembly.instantiateStreaming = async (...given) => {
      try {
        return await compile(...given);
      } catch (fault) {
        refuse(new Error(`pyodide.asm.wasm cannot be used: ${fault.message}`));
        throw fault;
      }
    };
  });
}

async function read(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address.split("/").pop()} is not there (${answer.status})`);
  return answer.arrayBuffer();
}

/** What went wrong, without Python's traceback: its last line names the fault. */
function firstLine(fault) {
  const lines = String(fault?.message || fault).trim().split("\n").map((line) => line.trim()).filter(Boolean);
  return (lines[0]?.startsWith("Traceback") ? lines[lines.length - 1] : lines[0]) || "no reason given";
}
