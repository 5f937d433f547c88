"""The task pane in a browser: the made-up school's tracker as the stand-in's workbook, this Python as its engine."""

import functools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from openpyxl import load_workbook  # noqa: TID251  (reading only)
from openpyxl.utils import range_boundaries  # noqa: TID251  (reading only)
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests import browser

from halfday import host, printing
from halfday_sync.addins.officejs.metadata import reference_json
from halfday_sync.addins.officejs.site import with_policy
from halfday_sync.workbook.sheet import serial

OFFICEJS = Path(__file__).parents[1] / "addin" / "officejs"


def workbook_json(tracker: Path) -> dict[str, Any]:
    """A tracker as the stand-in takes it: values, what the cells show, formulas; tables and names by place."""
    stored, written = load_workbook(tracker, data_only=True), load_workbook(tracker)
    sheets: dict[str, Any] = {}
    tables: dict[str, Any] = {}
    for sheet in stored:
        formulas = {
            f"{cell.row - 1},{cell.column - 1}": cell.value
            for row in written[sheet.title].iter_rows()
            for cell in row
            if isinstance(cell.value, str) and cell.value.startswith("=")
        }
        rows = list(sheet.iter_rows())
        sheets[sheet.title] = {
            "values": [[_value(cell.value) for cell in row] for row in rows],
            "texts": [[_shown(cell.value, cell.number_format) for cell in row] for row in rows],
            "formulas": formulas,
        }
        tables |= {table.name: _place(sheet.title, table.ref) for table in sheet.tables.values()}
    said = {name: defined.attr_text.split("!") for name, defined in stored.defined_names.items()}
    names = {name: _place(*parts) for name, parts in said.items() if len(parts) == 2}  # the others are no single place
    return {"sheets": sheets, "tables": tables, "names": names}


def _place(sheet: str, ref: str) -> dict[str, Any]:
    left, top, right, bottom = (int(edge or 1) for edge in range_boundaries(ref.replace("$", "")))
    return {
        "sheet": sheet,
        "row": top - 1,
        "column": left - 1,
        "rows": bottom - top + 1,
        "columns": right - left + 1,
    }


def _value(value: object) -> object:
    return "" if value is None else serial(value) if isinstance(value, date) else value


def _shown(value: object, number_format: str) -> str:
    if isinstance(value, datetime):
        return f"{printing.day(value.date())}{f' {value.year}' if 'yyyy' in number_format else ''}"
    if isinstance(value, float | int) and number_format.endswith("%"):
        return f"{value * 100:.{number_format.count('0') - 1}f}%"
    return "" if value is None else str(value)


ENGINE = """
window.halfday = {
  ready: new Promise((ready, failed) => {
    window.engineReady = ready;
    window.engineFailed = (why) => failed(new Error(why));
  }),
  call: (name, args) => { (window.asked ??= []).push([name, args]); return window.engineAnswer(name, args); },
};
if (window.ENGINE !== "slow") window.engineReady();
"""


class _Pages(SimpleHTTPRequestHandler):
    """The add-in's files as a school's host gives them, with a way to this Python in the place of Pyodide."""

    def do_GET(self) -> None:
        made = {
            "/taskpane.html": (with_policy((OFFICEJS / "taskpane.html").read_text(encoding="utf-8")), "text/html"),
            "/reference.json": (reference_json(), "application/json"),
            "/functions.js": (ENGINE, "text/javascript"),
        }.get(self.path)
        if made is None:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", made[1])
        self.end_headers()
        self.wfile.write(made[0].encode())

    def log_message(self, *_said: object) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    """The add-in's folder on a free port of this machine; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Pages, directory=str(OFFICEJS)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


MORNING = datetime(2025, 12, 5, 10, 0)  # noqa: DTZ001  (the clock on the wall of the made-up school)
Workbook = dict[str, Any]


@dataclass
class Pane:
    """Opens the pane over workbooks, and says what the last one did."""

    chromium: Browser
    address: str
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(
        self, workbook: Workbook, *, width: int = 400, height: int = 760, engine: str = "quick", **said: Any
    ) -> Page:
        """The pane over a workbook, once it has read it; `engine` is quick, slow or missing."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": height}, locale="en-GB", timezone_id="Europe/London", **said
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        page.on("request", lambda request: self.requests.append(request.url))
        office = browser.stand_in(json.dumps(workbook))
        page.route(browser.OFFICE_JS, lambda route: route.fulfill(content_type="text/javascript", body=office))
        if engine == "missing":
            page.route("**/functions.js", lambda route: route.abort())
        page.expose_function("engineAnswer", host.answer)
        page.add_init_script(f"window.ENGINE = {json.dumps(engine)};")
        page.clock.set_fixed_time(MORNING)
        page.goto(f"{self.address}/taskpane.html")
        expect(page.locator("body")).to_have_attribute("data-ready", "true")
        return page

    def close(self) -> None:
        """Closes what was opened."""
        while self.contexts:
            self.contexts.pop().close()


@contextmanager
def panes() -> Iterator[Pane]:
    """A browser and the add-in's files, for as many panes as are wanted."""
    with served() as address, browser.chromium() as chromium:
        yield Pane(chromium, address)


def column(workbook: Workbook, title: str, table: str = "tblTracker") -> tuple[Workbook, int]:
    """The sheet of a table, and the place of a column by its header."""
    where = workbook["tables"][table]
    sheet = workbook["sheets"][where["sheet"]]
    return sheet, sheet["values"][where["row"]].index(title)


def row_of(workbook: Workbook, pupil: str, table: str = "tblTracker") -> int:
    """The sheet row of a pupil."""
    sheet, at = column(workbook, "Pupil ID", table)
    return next(number for number, row in enumerate(sheet["values"]) if row[at] == pupil)


def put(workbook: Workbook, pupil: str, title: str, value: object) -> None:
    """Writes into a pupil's row of the Tracker."""
    sheet, at = column(workbook, title)
    row = row_of(workbook, pupil)
    sheet["values"][row][at] = value
    sheet["texts"][row][at] = str(value)
    sheet["formulas"].pop(f"{row},{at}", None)


def put_named(workbook: Workbook, name: str, value: object) -> None:
    """Writes into the cell behind a name."""
    where = workbook["names"][name]
    sheet = workbook["sheets"][where["sheet"]]
    sheet["values"][where["row"]][where["column"]] = value
    sheet["texts"][where["row"]][where["column"]] = str(value)


def named(workbook: Workbook, name: str) -> Any:
    """What the cell behind a name holds."""
    where = workbook["names"][name]
    return workbook["sheets"][where["sheet"]]["values"][where["row"]][where["column"]]


def value(workbook: Workbook, pupil: str, title: str) -> Any:
    """What a pupil's row of the Tracker holds."""
    sheet, at = column(workbook, title)
    return sheet["values"][row_of(workbook, pupil)][at]
