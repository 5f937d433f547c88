"""Bromcom's Partner API over the invented school, on this computer: what its public clients say that it does.

It reads the filters that are sent instead of looking them up, so a wrong one gets what the real service would give.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SAMPLES = Path(__file__).parent / "data" / "mis" / "bromcom"
HEADERS = {"ApplicationId": "app-4711", "ApplicationSecret": "hush-0815"}
SCHOOL = "1234"
FILES = {
    "StudentFlatView": "student_flat_view",
    "StudentAttendanceByWeek": "student_attendance_by_week",
    "BasicAttendance": "basic_attendance",
}
_ENROLLED = {
    701: ("2025-09-01", None),
    702: ("2022-09-05", None),
    703: ("2022-09-05", None),
    704: ("2025-09-08", None),
    705: ("2019-09-04", None),
    706: ("2019-09-04", None),
    707: ("2023-09-05", "2025-09-05"),
    708: ("2025-09-02", None),
    709: ("2025-09-02", None),
}
"""What the filter on enrolments goes by; the recorded rows do not hold it."""
_PAGE = re.compile(r"\{page:(\d+)\}$")
_TERM = re.compile(r"(?:isnull\((?P<blank>\w+),''\)=''|(?P<name>\w+)\s*(?P<sign><=|>=|<)\s*'(?P<told>[^']*)')")


class Bromcom:
    """The service. Tests change what it holds and how it behaves."""

    def __init__(self) -> None:
        self.rows = {name: recorded(name) for name in FILES}
        self.enrolled = dict(_ENROLLED)
        self.page = 100_000
        self.dated = True
        """Whether rows of a week say which week; the real ones may not."""
        self.refused: set[str] = set()
        """Entities that the application has no scope for."""
        self.failing = False
        self.cut_off = False
        self.answer: Any = None
        """An answer instead of the right one."""
        self.asked: list[tuple[str, str]] = []
        self.address = ""

    def respond(self, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
        """Status and body."""
        parts = urlsplit(path)
        entity, query = parts.path.removeprefix("/v2/"), parse_qs(parts.query)
        wanted = query.get("entityFilter", [""])[0]
        self.asked.append((entity, wanted))
        if self.failing:
            return 503, b""
        if any(headers.get(name.casefold()) != secret for name, secret in HEADERS.items()):
            return 401, b"{}"
        if entity in self.refused:
            return 403, b"{}"
        if entity not in self.rows:
            return 404, b"{}"
        page = _PAGE.search(wanted)
        if self.answer is not None:
            body = self.answer
        elif query.get("schoolId") != [SCHOOL] or page is None:
            body = {"success": False, "data": None}
        else:
            rows = [row for row in self.rows[entity] if self._matches(entity, row, wanted)]
            start = int(page[1]) * self.page
            body = {"success": True, "data": [self._sent(row) for row in rows[start : start + self.page]]}
        told = json.dumps(body).encode()
        return 200, told[: len(told) // 2] if self.cut_off else told

    def _matches(self, entity: str, row: dict[str, Any], wanted: str) -> bool:
        values = self._filtered_by(entity, row)
        return all(
            any(_holds(values, term) for term in _TERM.finditer(alternatives))
            for alternatives in _PAGE.sub("", wanted).split(" and ")
        )

    def _filtered_by(self, entity: str, row: dict[str, Any]) -> dict[str, str | None]:
        if entity == "StudentFlatView":
            start, end = self.enrolled.get(row["studentId"], ("2020-09-01", None))
            return {"enrolmentstartdate": start, "enrolmentenddate": end}
        begins = row["calendarStartDate"]
        ends = f"{date.fromisoformat(begins[:10]) + timedelta(days=4)}T23:59:59"
        return {"startdate": begins, "enddate": ends, "calendarstartdate": begins}

    def _sent(self, row: dict[str, Any]) -> dict[str, Any]:
        if self.dated or "MonAM" not in row:
            return row
        return {name: value for name, value in row.items() if name != "calendarStartDate"}


def recorded(entity: str) -> list[dict[str, Any]]:
    """The rows of the sample."""
    rows: list[dict[str, Any]] = json.loads((SAMPLES / f"{FILES[entity]}.json").read_text(encoding="utf-8"))["data"]
    return deepcopy(rows)


def _holds(values: dict[str, str | None], term: re.Match[str]) -> bool:
    """One comparison as a database makes it: what is null compares with nothing."""
    if term["blank"]:
        return values[term["blank"].casefold()] is None
    value = values[term["name"].casefold()]
    if value is None:
        return False
    signs = {"<=": value <= term["told"], ">=": value >= term["told"], "<": value < term["told"]}
    return signs[term["sign"]]


@contextmanager
def serving() -> Iterator[tuple[Bromcom, ThreadingHTTPServer]]:
    """The service on a free port of this computer."""
    bromcom = Bromcom()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = bromcom.respond(self.path, {name.casefold(): value for name, value in self.headers.items()})
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bromcom.address = f"http://127.0.0.1:{server.server_port}/v2/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield bromcom, server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
