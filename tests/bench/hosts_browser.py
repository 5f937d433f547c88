"""Cell functions in the browser host, beside the stock way: one HTTP request per cell to a Python on this computer.

`python -m tests.bench.hosts_browser` prints the seconds. A school of 286 pupils, seven functions for each, makes 2,002
cells. Every warm figure has new arguments: nothing is answered from memory.
"""

import json
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from time import perf_counter
from typing import Any

from tests import browser
from tests.browser import Sheet
from tests.vectors import serials

from halfday import cells, host
from halfday.school_year import Calendar
from halfday_sync.sources.sample import sample_school
from halfday_sync.templates import policy_path, usable_policy

Cell = tuple[str, list[Any]]
PUPILS, CELLS, ROUNDS = 286, 2000, 3
POLICY = "stanton-road"
_ON_MARKS = ("ATT_STAGE", "ATT_STAGE_SINCE", "ATT_WHY")

STOCK = """
async ([address, cells]) => {
  const one = async ([name, args]) => (await (await fetch(address, {
    method: "POST", body: JSON.stringify({ name, args }),
  })).json()).answer;
  const start = performance.now();
  const answers = [];
  const line = cells.entries();
  const take = async () => { for (const [at, cell] of line) answers[at] = await one(cell); };
  await Promise.all(Array.from({ length: 1000 }, take));
  return { seconds: (performance.now() - start) / 1000, answers };
}
"""
"""What the stock client of xlwings-server does: each cell asks for itself, at most 1,000 at a time."""


def measure() -> dict[str, float]:
    """Seconds by what was measured; the median of three where a figure can be taken again."""
    found: dict[str, float] = {}
    with browser.chromium() as chromium, browser.served(browser.built()) as address:
        colds = []
        for _ in range(ROUNDS):
            start = perf_counter()
            with browser.opened(chromium, address) as sheet:
                sheet.ready()
                assert sheet.calculate([("ATT_PA", [315, 350])]) == ["Yes"]
                colds.append(perf_counter() - start)
        found["browser: cold start"] = median(colds)
        with browser.opened(chromium, address) as sheet:
            sheet.ready()
            _warm(sheet, found)
        with _stock() as stock, browser.opened(chromium, address) as sheet:
            sheet.ready()
            sheet.page.goto(f"{stock}/")  # a page of the server's own, as the stock task pane is
            for name, wanted in (("2,000 ATT_BAND", bands(0)), ("2,002 row cells", rows(0))):
                found[f"stock, a request per cell: {name}"] = _stock_seconds(sheet, stock, wanted)
    return found


def _warm(sheet: Sheet, found: dict[str, float]) -> None:
    sheet.calculate(rows(50))  # Python has seen every function, the policy and the calendar
    for name, cells_of in (("2,000 ATT_BAND", bands), ("2,002 row cells", rows), ("2,002 row cells, new policy", anew)):
        found[f"browser: {name}"] = median([_seconds(sheet, cells_of(number)) for number in range(1, ROUNDS + 1)])
    again = rows(ROUNDS)
    found["browser: 2,002 row cells, the same again"] = _seconds(sheet, again)


def _seconds(sheet: Sheet, wanted: Sequence[Cell]) -> float:
    seconds, answers = sheet.seconds(wanted)
    assert answers == plain(wanted), "the browser says something else than plain Python"
    return seconds


def plain(wanted: Sequence[Cell]) -> list[object]:
    """What plain Python answers."""
    return [host.answer(name, args) for name, args in wanted]


def bands(number: int) -> list[Cell]:
    """2,000 bands; each number gives others."""
    return [("ATT_BAND", [n, CELLS + number, _texts()[0]]) for n in range(CELLS)]


def rows(number: int) -> list[Cell]:
    """The seven functions of each pupil's row, as on a day when every pupil's last mark was changed."""
    policy, calendar, as_of, pupils = _texts()
    return _cells([*pupils], policy, calendar, as_of, number)


def anew(number: int) -> list[Cell]:
    """The same rows when the lead has changed a threshold on the Policy sheet."""
    policy, calendar, as_of, pupils = _texts()
    return _cells([*pupils], f"{policy}\n# {number}", calendar, as_of, 0)


def _cells(pupils: Sequence[Any], policy: str, calendar: str, as_of: int, number: int) -> list[Cell]:
    found: list[Cell] = []
    for texts, facts, attended, possible in pupils:
        codes = texts[0].split()
        codes[number % len(codes)] = "L"
        marks = [[" ".join(codes), *texts[1:]]]
        found += [(name, [marks, policy, calendar, as_of, facts]) for name in _ON_MARKS]
        found += [("ATT_PERCENT", [marks, calendar, as_of, facts]), ("ATT_PENALTY", [marks, calendar, as_of, facts])]
        found += [("ATT_BAND", [attended, possible + number, policy]), ("ATT_PA", [attended, possible + number])]
    return found


@cache
def _texts() -> tuple[str, str, int, tuple[Any, ...]]:
    """The made-up school as its workbook holds it: policy, calendar, the day; each pupil's marks, facts and counts."""
    school = sample_school(pupils=PUPILS + 10)
    calendar = Calendar.from_kinds(school.calendar)
    as_of = max(school.register.dates) - timedelta(days=1)
    shown = cells.shown_half_terms(school.register, calendar, as_of)
    marks = cells.marks_texts(school.register, calendar, shown)
    pupils = []
    with_marks = [one for one in school.pupils if any(marks[one.pupil_id])]
    for place, pupil in enumerate(with_marks[:PUPILS]):
        given = tuple(text for text in marks[pupil.pupil_id] if text) or ("",)
        pupils.append((given, cells.facts_text(pupil), 150 + place % 40, 190))
    policy = cells.policy_text(usable_policy(policy_path(POLICY)))
    assert len(pupils) * 7 >= CELLS
    return policy, cells.calendar_text(calendar, shown), int(str(serials(as_of))), tuple(pupils)


class _OneCell(BaseHTTPRequestHandler):
    """Answers one cell function for each POST, as a server of Python functions does."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._say(b"<!doctype html><title>stock</title>", "text/html")

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._say(json.dumps({"answer": host.answer(said["name"], said["args"])}).encode(), "application/json")

    def _say(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        pass


@contextmanager
def _stock() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _OneCell) as running:
        running.daemon_threads = True
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}"
        finally:
            running.shutdown()
            thread.join()


def _stock_seconds(sheet: Sheet, address: str, wanted: Sequence[Cell]) -> float:
    told = sheet.page.evaluate(STOCK, [f"{address}/call", wanted])
    assert told["answers"] == plain(wanted)
    return float(told["seconds"])


if __name__ == "__main__":
    for what, seconds in measure().items():
        sys.stdout.write(f"{what:<55} {seconds:8.3f} s\n")
