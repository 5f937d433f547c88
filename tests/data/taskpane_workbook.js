// A stand-in for Excel's workbook object, as strict as Excel where it matters: nothing can be read before it was loaded and
// synchronised, nothing is written before the next sync, and a text that begins with "=" becomes a formula.
// The workbook is `window.WORKBOOK`: {sheets: {name: {values, texts, formulas: {"row,column": "=…"}}}, tables, names}.
(() => {
  const state = {
    selection: { sheet: "Today", row: 0, column: 0, rows: 1, columns: 1 },
    active: "Today",
    hidden: {},
    writes: [],
    cleared: 0,
    read: 0,
    handlers: { selection: [], changed: [], calculated: [] },
    broken: false,
    between: null, // what somebody else does before Excel does its next work: it is told whether anything is written
  };
  const book = () => window.WORKBOOK;
  const letters = (column) =>
    (column >= 26 ? letters(Math.floor(column / 26) - 1) : "") + String.fromCharCode(65 + (column % 26));
  const address = (at) => `${at.sheet}!${letters(at.column)}${at.row + 1}`;

  const INNER = new Set(["proxy", "context", "at", "title", "where"]);

  class Loaded {
    constructor(context, facts) {
      const asked = new Set();
      const ready = new Set();
      const self = this;
      context.objects.push(() => {
        asked.forEach((name) => ready.add(name));
      });
      return new Proxy(this, {
        get(target, name) {
          if (name === "load")
            return (names) => {
              names.split(",").forEach((one) => asked.add(one.trim()));
              return self.proxy;
            };
          if (name in facts) {
            if (!ready.has(name)) throw new Error(`PropertyNotLoaded: ${String(name)}`);
            return facts[name]();
          }
          if (name === "then") return undefined;
          if (!(name in target)) throw new Error(`The stand-in has no ${String(name)}`);
          return target[name];
        },
        set(target, name, value) {
          if (INNER.has(name)) {
            target[name] = value;
            return true;
          }
          if (!(name in (target.writers ?? {}))) throw new Error(`The stand-in cannot set ${String(name)}`);
          context.work.push(() => target.writers[name](value));
          return true;
        },
      });
    }
  }

  const keep = (made) => {
    made.proxy = made;
    return made;
  };
  const nothing = (context) => keep(new (class extends Loaded {})(context, { isNullObject: () => true }));

  class Range extends Loaded {
    constructor(context, at) {
      const sheet = () => book().sheets[at.sheet];
      const block = (read) =>
        (state.read += at.rows * at.columns) &&
        Array.from({ length: at.rows }, (_, row) =>
          Array.from({ length: at.columns }, (_, column) => read(at.row + row, at.column + column)),
        );
      super(context, {
        isNullObject: () => false,
        values: () => block((row, column) => sheet().values[row]?.[column] ?? ""),
        text: () => block((row, column) => sheet().texts[row]?.[column] ?? ""),
        formulas: () =>
          block((row, column) => sheet().formulas?.[`${row},${column}`] ?? sheet().values[row]?.[column] ?? ""),
        rowIndex: () => at.row,
        columnIndex: () => at.column,
        rowCount: () => at.rows,
        columnCount: () => at.columns,
        address: () => address(at),
        rowHidden: () => (state.hidden[at.sheet] ?? []).includes(at.row),
      });
      this.at = at;
    }
    get writers() {
      const put = (cells) => cells.forEach((row, r) => row.forEach((value, c) => enter(this.at, r, c, value)));
      return { values: put, formulas: put };
    }
    get worksheet() {
      return keep(new Sheet(this.context, this.at.sheet));
    }
    part(at) {
      return keep(withContext(new Range(this.context, { ...this.at, ...at }), this.context));
    }
    getRow(row) {
      return this.part({ row: this.at.row + row, rows: 1 });
    }
    getCell(row, column) {
      return this.part({ row: this.at.row + row, column: this.at.column + column, rows: 1, columns: 1 });
    }
    getResizedRange(rows, columns) {
      return this.part({ rows: this.at.rows + rows, columns: this.at.columns + columns });
    }
    select() {
      this.context.work.push(() => choose(this.at));
    }
  }

  class Sheet extends Loaded {
    constructor(context, name) {
      super(context, { isNullObject: () => false, name: () => name });
      this.title = name;
      this.context = context;
    }
    activate() {
      this.context.work.push(() => {
        state.active = this.title;
      });
    }
    getUsedRangeOrNullObject() {
      const { values } = book().sheets[this.title];
      if (!values.length) return nothing(this.context);
      return range(this.context, {
        sheet: this.title,
        row: 0,
        column: 0,
        rows: values.length,
        columns: values[0].length,
      });
    }
  }

  class Table extends Loaded {
    constructor(context, name) {
      super(context, { isNullObject: () => false, name: () => name });
      this.context = context;
      this.where = book().tables[name];
    }
    get worksheet() {
      return keep(new Sheet(this.context, this.where.sheet));
    }
    getHeaderRowRange() {
      return range(this.context, { ...this.where, rows: 1 });
    }
    getDataBodyRange() {
      return range(this.context, { ...this.where, row: this.where.row + 1, rows: this.where.rows - 1 });
    }
    get columns() {
      return {
        getItemAt: (column) => ({
          getDataBodyRange: () =>
            range(this.context, {
              ...this.where,
              row: this.where.row + 1,
              rows: this.where.rows - 1,
              column: this.where.column + column,
              columns: 1,
            }),
        }),
      };
    }
    clearFilters() {
      this.context.work.push(() => {
        state.hidden[this.where.sheet] = [];
        state.cleared += 1;
      });
    }
  }

  class Name extends Loaded {
    constructor(context, title) {
      super(context, { isNullObject: () => false });
      Object.assign(this, { context, title });
    }
    getRangeOrNullObject() {
      return range(this.context, book().names[this.title]);
    }
  }

  const withContext = (made, context) => {
    made.context = context;
    return made;
  };
  const range = (context, at) => keep(withContext(new Range(context, at), context));

  // As Excel reads what is entered: an apostrophe means text, "=" and its like a formula, "1/2" a date.
  function enter(at, row, column, value) {
    const [r, c] = [at.row + row, at.column + column];
    const sheet = book().sheets[at.sheet];
    sheet.formulas ??= {};
    const key = `${r},${c}`;
    const before = sheet.formulas[key] ?? sheet.values[r]?.[c] ?? "";
    delete sheet.formulas[key];
    while (sheet.values.length <= r) {
      sheet.values.push([]);
      sheet.texts.push([]);
    }
    let shown = value;
    if (typeof value === "string" && value.startsWith("'")) shown = value.slice(1);
    else if (typeof value === "string" && /^[=+\-@]/.test(value)) {
      sheet.formulas[key] = value;
      shown = (window.CALCULATE ?? (() => sheet.values[r][c]))(at.sheet, r, c, value);
    } else if (typeof value === "string" && /^\d+\/\d+$/.test(value)) shown = 46000;
    sheet.values[r][c] = shown;
    sheet.texts[r][c] = String(shown);
    state.writes.push({ sheet: at.sheet, row: r, column: c, before, entered: value });
  }

  function choose(at) {
    state.selection = at;
    state.active = at.sheet;
    state.handlers.selection.forEach((handler) => handler({}));
  }

  class Context {
    constructor() {
      this.objects = [];
      this.work = [];
      const item = (all, make) => ({
        getItemOrNullObject: (name) => (name in all() ? keep(make(name)) : nothing(this)),
      });
      const on = (kind) => ({
        add: (handler) => {
          this.work.push(() => state.handlers[kind].push(handler));
        },
      });
      this.workbook = {
        tables: item(
          () => book().tables,
          (name) => withContext(new Table(this, name), this),
        ),
        worksheets: {
          ...item(
            () => book().sheets,
            (name) => new Sheet(this, name),
          ),
          onChanged: on("changed"),
          onCalculated: on("calculated"),
        },
        names: item(
          () => book().names,
          (name) => new Name(this, name),
        ),
        getSelectedRange: () => {
          if (!state.selection) throw new Error("InvalidSelection");
          return range(this, state.selection);
        },
        onSelectionChanged: on("selection"),
      };
    }
    async sync() {
      await Promise.resolve();
      if (state.broken) throw new Error("GeneralException");
      state.between?.(this.work.length > 0);
      this.work.splice(0).forEach((one) => one());
      this.objects.forEach((one) => one());
    }
  }

  window.Excel = {
    RequestContext: Context,
    run: async (work) => {
      const context = new Context();
      const answer = await work(context);
      await context.sync();
      return answer;
    },
  };
  window.Office = {
    onReady: async (then) => {
      then?.({ host: "Excel", platform: "OfficeOnline" });
      return { host: "Excel" };
    },
    context: { requirements: { isSetSupported: () => true } },
  };
  window.workbook = {
    state,
    select: (sheet, row, column = 0) => choose({ sheet, row, column, rows: 1, columns: 1 }),
    recalculated: () => state.handlers.calculated.forEach((handler) => handler({})),
  };
})();
