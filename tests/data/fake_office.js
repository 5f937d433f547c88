// A stand-in for the part of office.js that calls cell functions, as Excel calls them: one call per cell, every argument
// of the metadata given, those left out as null, an empty cell as 0 (Excel for Windows) or null (Excel on the web), one
// more argument at the end. What a cell function throws becomes the error in the cell.
// The workbook's own stand-in is taskpane_workbook.js; both together take the place of Microsoft's file.
(() => {
  const functions = {};
  let metadata = null;

  window.CustomFunctions = {
    associate: (id, f) => { functions[id] = f; },
    Error: class extends Error {
      constructor(code, message) {
        super(message);
        this.code = code;
      }
    },
    ErrorCode: { invalidValue: "#VALUE!", notAvailable: "#N/A" },
  };

  // How many requests go to Python: what is posted to a worker after the one that starts it.
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function counted(message, ...more) {
    if (message?.request) window.excel.batches += 1;
    return post.call(this, message, ...more);
  };

  const isEmpty = (cell) => cell === null || cell === "";

  function given(parameter, arg, empty) {
    if (arg === undefined) return null;
    const cell = (value) => (isEmpty(value) ? empty : value);
    if (parameter.dimensionality === "matrix") {
      return (Array.isArray(arg) ? arg : [[arg]]).map((row) => (Array.isArray(row) ? row : [row]).map(cell));
    }
    return cell(arg);
  }

  async function one([id, args], empty) {
    const found = metadata.functions.find((f) => f.id === id);
    if (!found || !functions[id]) return { error: "#NAME?" };
    const all = found.parameters.map((parameter, at) => given(parameter, args[at], empty));
    try {
      return await functions[id](...all, { functionName: id, address: "Tracker!A1" });
    } catch (fault) {
      return { error: fault.code ?? "#VALUE!", message: fault.message };
    }
  }

  // A fresh copy of a text for every cell, as they come from Excel.
  function unpacked(value, texts) {
    if (Array.isArray(value)) return value.map((each) => unpacked(each, texts));
    return value?.packed === undefined ? value : ` ${texts[value.packed]}`.slice(1);
  }

  async function ready(cells, texts) {
    metadata ??= await (await fetch("functions.json")).json();
    return unpacked(cells, texts);
  }

  window.excel = {
    batches: 0,
    ids: () => Object.keys(functions).sort(),
    // What the cells show. `empty` is what an empty cell arrives as; "" leaves it as it is written.
    calculate: async (cells, texts = [], empty = "") => {
      const given = await ready(cells, texts);
      return Promise.all(given.map((cell) => one(cell, empty)));
    },
    // The same, and the seconds until every cell has its value.
    timed: async (cells, texts = []) => {
      const given = await ready(cells, texts);
      const start = performance.now();
      const answers = await Promise.all(given.map((cell) => one(cell, "")));
      return { seconds: (performance.now() - start) / 1000, answers };
    },
  };
})();
