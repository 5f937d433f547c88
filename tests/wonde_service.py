"""A service that answers as Wonde does, over loopback, with everything that can go wrong told to it beforehand.

    with Service(little_school()) as wonde:
        wonde.faults[3] = Fault(429, retry_after="2")   # the third request
        wonde.before[5] = lambda: wonde.school.amend(…)  # somebody changes a mark between two pages
        settings = {"kind": "wonde", "school_id": SCHOOL_ID, "address": wonde.address, "per_page": 50}

It is held to the recorded keys and types by `test_wonde_emulator.py`.
"""

import copy
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.wonde_school import MarkRow, Row, School

TOKEN = "a-token-of-the-test"
DETAILS = ("education_details", "extended_details", "registration", "year", "house")
PLANS = "child_protection_plan_date_ranges"
CONTACTS = ("contacts", "contacts.contact_details")
_LEAVERS = {"students-leaver", "attendance-leavers/session"}
_USUAL = 50


@dataclass(frozen=True)
class Fault:
    """What is answered in place of the truth.

    `kind`: `status` (with `retry_after`), `hang up` (nothing comes), `break off` (less than was announced), `cut off`
    (JSON that ends in the middle), `html`, `redirect`.
    """

    status: int = 200
    kind: str = "status"
    retry_after: str = ""


CUT_OFF, HANG_UP, BREAK_OFF = Fault(kind="cut off"), Fault(kind="hang up"), Fault(kind="break off")
HTML, REDIRECT = Fault(kind="html"), Fault(302, kind="redirect")


@dataclass
class Service:
    """The emulator; a context manager.

    Attributes:
        school: what it serves; may be changed at any time.
        faults: by number of the request, from 1.
        always: asked at each request (its path); a fault it gives is answered.
        before: what happens just before a request, by its number: edits between two pages.
        asked: the path and query of every request.
        token: what is accepted; None accepts nothing any more.
        forbidden: lists (`students-leaver`) and includes that the school has not approved: 403.
        hidden: fields of `education_details` and `extended_details`, and includes, that come as null.
        lists: rows in place of the school's, by list, served as they are.
        order: of marks: `stable`, `newest last` or `newest first` (so that pages shift when one is changed).
        per_page_text: whether `per_page` comes back as text.
        absent: whether paging is left out where all fits on one page and no `per_page` was asked for, or always.
        totals: whether the number of rows is told.
        empty_page: every list's page of this number is empty, and the rows come on the next.
        circle: `next` always leads to the second page.
        extra: whether marks carry `minutes_late` and `updated_at` (which is not known).
        wrong_region: every list is empty, and so is the school.
    """

    school: School
    faults: dict[int, Fault] = field(default_factory=dict)
    always: Callable[[str], Fault | None] = lambda _path: None
    before: dict[int, Callable[[], object]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    token: str | None = TOKEN
    forbidden: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    lists: dict[str, list[Row]] = field(default_factory=dict)
    order: str = "stable"
    per_page_text: bool = True
    absent: str = "fits"
    totals: bool = False
    empty_page: int = 0
    circle: bool = False
    extra: bool = False
    wrong_region: bool = False
    _cache: dict[tuple[str, str, int], list[MarkRow]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.school.about["region"]["domain"] = self.host
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Nothing answers any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """What a school writes as `address`."""
        return f"http://{self.host}/v1.0/"

    def answer(self, path: str, authorization: str) -> tuple[int, Any, Fault | None]:
        """Status and body of a request, or the fault in their place."""
        with self._lock:
            self.asked.append(path)
            number = len(self.asked)
            self.before.pop(number, lambda: None)()
            fault = self.faults.get(number) or self.always(path)
            status, body = self._true(path, authorization)
            return status, body, fault

    def _true(self, path: str, authorization: str) -> tuple[int, Any]:
        if self.token is None or authorization != f"Bearer {self.token}":
            return 401, {"error": "Unauthenticated"}
        parts = urlsplit(path)
        query = dict(parse_qsl(parts.query))
        school = f"/v1.0/schools/{self.school.about['id']}"
        if parts.path == school:
            return 200, {"data": [] if self.wrong_region else self.school.about, "meta": {"includes": ["cbds"]}}
        name = parts.path.removeprefix(f"{school}/")
        if not parts.path.startswith(f"{school}/"):
            return 404, {"error": "Not found"}
        include = query.get("include", "").split(",")
        if {name, *include} & self.forbidden:
            return 403, {"error": "Forbidden"}
        found = self._rows(name, query)
        if found is None:
            return 404, {"error": "Not found"}
        return 200, self._page([] if self.wrong_region else found, name, path, query)

    def _rows(self, name: str, query: dict[str, str]) -> list[Any] | None:
        school, after = self.school, query.get("updated_after", "")
        kinds = query.get("type", "").split(",")
        lists: dict[str, Callable[[], list[Any]]] = {
            "students": lambda: list(school.students.values()),
            "students-leaver": lambda: list(school.leavers.values()),
            "attendance/session": lambda: self._marks(name, after),
            "attendance-leavers/session": lambda: self._marks(name, after),
            "attendance-codes": lambda: [
                {"id": id_, "code": code, "description": code, "type": "?"} for code, id_ in school.codes.items()
            ],
            "groups": lambda: [row for row in school.groups if row["type"] in kinds or kinds == [""]],
            "deletions": lambda: [row for row in school.deletions if row["deleted_at"]["date"] > after],
        }
        if name in self.lists:
            return self.lists[name]
        return lists[name]() if name in lists else None

    def _marks(self, name: str, after: str) -> list[MarkRow]:
        key = (name, after, self.school.version)
        if key not in self._cache:
            gone = self.school.students if name not in _LEAVERS else self.school.leavers
            rows = [mark for mark in self.school.marks.values() if mark.updated > after and self._in(mark, name, gone)]
            if self.order != "stable":
                rows.sort(key=lambda mark: mark.updated, reverse=self.order == "newest first")
            self._cache = {**self._cache, key: rows} if len(self._cache) < 4 else {key: rows}
        return self._cache[key]

    def _in(self, mark: MarkRow, name: str, listed: dict[str, Row]) -> bool:
        known = mark.student in self.school.students or mark.student in self.school.leavers
        return mark.student in listed or (not known and name not in _LEAVERS)

    def _page(self, rows: list[Any], name: str, path: str, query: dict[str, str]) -> Row:
        per_page, page = int(query.get("per_page", _USUAL)), int(query.get("page", 1))
        at = page - 1 if not self.empty_page or page < self.empty_page else page - 2
        shown = [] if page == self.empty_page else rows[at * per_page : (at + 1) * per_page]
        more = (at + 1) * per_page < len(rows) or page + 1 == self.empty_page
        include = query.get("include", "").split(",")
        meta: Row = {"includes": self._includes(name)}
        body = {"data": shown if name in self.lists else [self._shown(row, include) for row in shown], "meta": meta}
        fits = page == 1 and not more
        if self.absent != "always" and not (self.absent == "fits" and fits and len(rows) <= _USUAL):
            meta["pagination"] = {
                "next": self._link(path, query, 2 if self.circle else page + 1) if more or self.circle else None,
                "previous": self._link(path, query, page - 1) if page > 1 else None,
                "more": more,
                "per_page": str(per_page) if self.per_page_text else per_page,
                "current_page": page,
                **({"total": len(rows)} if self.totals else {}),
            }
        return body

    def _link(self, path: str, query: dict[str, str], page: int) -> str:
        rest = {**{key: value for key, value in query.items() if key != "page"}, "page": str(page)}
        return f"http://{self.host}{urlsplit(path).path}?{urlencode(rest, safe=',')}"

    def _includes(self, name: str) -> list[str]:
        if name.startswith("students"):
            return [*DETAILS, PLANS, *CONTACTS]
        return ["student", "employee", "attendance_code"] if "session" in name else ["students"] * (name == "groups")

    def _shown(self, row: Any, include: list[str]) -> Row:
        if isinstance(row, MarkRow):
            return self._shown_mark(row)
        if "upi" not in row:
            return dict(row)
        shown = {key: copy.deepcopy(value) for key, value in row.items() if key not in DETAILS or key in include}
        if PLANS in include:
            shown[PLANS] = {"data": None if PLANS in self.hidden else self.school.plans.get(row["id"], [])}
        if CONTACTS[0] in include:
            shown[CONTACTS[0]] = {"data": self._contacts(row["id"], include)}
        if not self.hidden:
            return shown
        for held in (shown, *(shown.get(name, {}).get("data") for name in DETAILS[:2])):
            if held:
                held.update(dict.fromkeys(self.hidden & held.keys() - {PLANS, *CONTACTS}))
        return shown

    def _contacts(self, student: str, include: list[str]) -> list[Row] | None:
        if CONTACTS[0] in self.hidden:
            return None
        held = self.school.contacts.get(student, [])
        if CONTACTS[1] in include and CONTACTS[1] not in self.hidden:
            return held
        return [{name: value for name, value in one.items() if name != "contact_details"} for one in held]

    def _shown_mark(self, mark: MarkRow) -> Row:
        moment = {"date": f"{mark.updated}.000000", "timezone_type": 3, "timezone": "UTC"}
        return {
            "id": mark.id,
            "date": {"date": f"{mark.day} 00:00:00.000000", "timezone_type": 3, "timezone": "UTC"},
            "session": mark.session,
            "comment": mark.comment,
            "employee": None,
            "attendance_code": self.school.codes[mark.code],
            "student": mark.student,
            **({"minutes_late": mark.minutes, "updated_at": moment} if self.extra else {}),
        }


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True  # else each page waits 40 ms for an acknowledgement

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            status, body, fault = service.answer(self.path, self.headers.get("Authorization", ""))
            text = json.dumps(body).encode()
            for name, value, data in _sent(status, text, fault):
                if name == "close":
                    self.close_connection = True
                    return
                self.send_response(int(name))
                for header, words in value.items():
                    self.send_header(header, words)
                self.end_headers()
                self.wfile.write(data)
                if fault is not None and fault.kind == "break off":
                    self.close_connection = True

    return Handler


def _sent(status: int, text: bytes, fault: Fault | None) -> Iterator[tuple[str, dict[str, str], bytes]]:
    """Status, headers and body as they go out; `close` where nothing does."""
    kind, data, length = "application/json", text, len(text)
    headers: dict[str, str] = {}
    if fault is None:
        pass
    elif fault.kind == "hang up":
        yield "close", {}, b""
        return
    elif fault.kind == "html":
        kind, data = "text/html; charset=utf-8", b"<html><body>Please log on</body></html>"
    elif fault.kind in ("cut off", "break off"):
        data = text[: len(text) // 2]
    else:
        status, data = fault.status, b'{"error": "so it is"}'
        headers |= {"Retry-After": fault.retry_after} if fault.retry_after else {}
        headers |= {"Location": "https://log-on.example/"} if fault.kind == "redirect" else {}
    length = length if fault is not None and fault.kind == "break off" else len(data)
    yield str(status), {"Content-Type": kind, "Content-Length": str(length), **headers}, data
