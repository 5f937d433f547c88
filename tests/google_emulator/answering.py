"""What Google answers to a call: its way to the file, the caller's rights, the quota, the faults that are planned."""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from tests.google_emulator import batch, contents, described, multipart, names, objects, reading, tabs
from tests.google_emulator.book import Book
from tests.google_emulator.calls import Call
from tests.google_emulator.drive import Answer, Drive
from tests.google_emulator.faults import DroppedError, Said
from tests.google_emulator.google import Google
from tests.google_emulator.protecting import Actor, at_least, role
from tests.google_emulator.replies import (
    GoogleError,
    Json,
    no_such_spreadsheet,
    not_emulated,
    not_permitted,
    parse,
    quota_spent,
)
from tests.google_emulator.spelling import check_body
from tests.google_emulator.tokens import check_scope
from tests.google_emulator.values import Query, Values

_REQUESTS = (contents, names, objects, tabs)
"""Importing them is what makes their requests known."""
_MINUTE = 60.0
_JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back over HTTP."""

    status: int
    body: bytes
    content: str = _JSON
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers for one Google; one call at a time, but for the acts of people that a fault lets happen between."""

    google: Google
    _asked: dict[tuple[str, str], deque[float]] = field(default_factory=dict)

    def answer(self, call: Call, authorization: str = "", content: str = "") -> Reply:
        """The reply to a call over HTTP, faults and all.

        Raises:
            DroppedError: the connection is to go without an answer.
        """

        def work() -> Reply:
            with self.google.lock:
                return self._handled(call, authorization, content)

        return self._with_faults(call, work)

    def _with_faults(self, call: Call, work: Callable[[], Reply]) -> Reply:
        with self.google.lock:
            fault = self.google.due(call)
        if fault.first:
            fault.first()
        if fault.drop == "before":
            raise DroppedError
        if fault.said and not fault.after:
            return _said(fault.said)
        reply = work()
        if fault.drop == "after":
            raise DroppedError
        return _said(fault.said) if fault.said else reply

    def _handled(self, call: Call, authorization: str, content: str) -> Reply:
        try:
            if call.url.startswith("/batch/drive/v3") and call.method == "POST":
                return self._batched(call, authorization, content)
            status, body = self._routed(call.method, call.url, call.body, authorization)
        except GoogleError as error:
            status, body = error.code, error.body()
        except DroppedError:
            raise
        except Exception as error:  # noqa: BLE001 - the test must hear of it, not a client that tries again for ever
            self.google.unlike.append(f"{call.method} {call.url.split('?')[0]}: the emulator failed: {error!r}")
            status, body = 500, GoogleError(500, "Internal error encountered.", "INTERNAL").body()
        if self.google.checked:
            self.google.unlike += described.unlike(call, status, body)
        return _reply(status, body)

    def _batched(self, call: Call, authorization: str, content: str) -> Reply:
        def inner(method: str, path: str, raw: bytes) -> Answer:
            part = Call(method, path, raw)
            reply = self._with_faults(part, lambda: self._handled(part, authorization, ""))
            return reply.status, reply.body

        boundary = "batch_" + self.google.made.word()
        body, kind = multipart.answer(content, call.body, boundary, inner)
        return Reply(200, body, kind)

    def _routed(self, method: str, url: str, raw: bytes, authorization: str) -> Answer:
        parts = urlsplit(url)
        path, query = parts.path, parse_qs(parts.query, keep_blank_values=True)
        if path == "/token" and method == "POST":
            return self.google.accounts.grant(raw)
        if path == "/emulator/files":
            return self._told(method, parse(raw))
        drive = "/drive/" in path
        actor = self.google.accounts.actor(authorization, drive=drive)
        check_scope(actor, method, drive=drive)
        if path.startswith("/drive/v3/files"):
            return Drive(self.google, actor).answer(method, unquote(path.removeprefix("/drive/v3/files")), query, raw)
        if path.startswith("/upload/drive/v2/files/") and method == "PUT":
            return Drive(self.google, actor).upload(path.rpartition("/")[2], raw)
        if path.startswith("/v4/spreadsheets/"):
            return 200, self._sheets(method, path.removeprefix("/v4/spreadsheets/"), query, raw, actor)
        raise GoogleError(404, "Not Found")

    def _told(self, method: str, body: Json) -> Answer:
        """Not Google's: how a replay tells the emulator which files there are.

        DELETE takes all away; POST {"id", "name", "private"} makes one with this id, shared with the caller or with
        nobody.
        """
        if method == "DELETE":
            self.google.books.clear()
            return 204, None
        book = self.google.new_book(body["name"], "somebody@elsewhere.example", file_id=body["id"])
        book.hidden = bool(body.get("private"))
        return 200, {"id": book.id}

    def _sheets(self, method: str, rest: str, query: Query, raw: bytes, actor: Actor) -> Json:
        self._count(method, actor)
        head, slash, tail = rest.partition("/")
        file_id, colon, verb = unquote(head).partition(":")
        book = self._open(file_id, actor, write=method != "GET")
        if method == "GET" and not slash and not colon:
            return reading.spreadsheet(book, actor, query)
        body = parse(raw)
        if method == "POST":
            check_body(f":{verb}" if colon else unquote(slash + tail), body)
        before = book.content.copy() if method != "GET" else None
        try:
            reply = self._done(method, f":{verb}" if colon else unquote(slash + tail), book, query, body, actor)
        except Exception:
            if before:
                book.content = before
                book.name = before.properties["title"]
            raise
        if before and method != "GET":
            self.google.touch(book)
        return reply

    def _done(self, method: str, what: str, book: Book, query: Query, body: Json, actor: Actor) -> Json:
        if what == ":batchUpdate":
            reply = batch.run(batch.Desk(book, actor, self.google.made), body)
            if body.get("includeSpreadsheetInResponse"):
                reply["updatedSpreadsheet"] = reading.spreadsheet(book, actor, {})
            return reply
        if what == "/developerMetadata:search":
            found = names.matching(book.content.metadata, body.get("dataFilters") or [])
            return {"matchedDeveloperMetadata": [{"developerMetadata": held} for held in found]} if found else {}
        if what.startswith("/values"):
            return Values(book, actor).answer(method, what.removeprefix("/values"), query, body)
        raise not_emulated(f"{method} spreadsheets{what}")

    def _open(self, file_id: str, actor: Actor, *, write: bool) -> Book:
        book = self.google.books.get(file_id)
        if book is None:
            raise no_such_spreadsheet()
        if not role(book, actor) or (write and not at_least(book, actor, "writer")):
            raise not_permitted()
        return book

    def _count(self, method: str, actor: Actor) -> None:
        """Refuses more than the quota of the last sixty seconds; what is refused does not count."""
        kind = "Read" if method == "GET" else "Write"
        times = self._asked.setdefault((actor.email, kind), deque())
        now = self.google.made.seconds()
        while times and now - times[0] >= _MINUTE:
            times.popleft()
        if self.google.quota is not None and len(times) >= self.google.quota:
            raise quota_spent(kind)
        times.append(now)


def _said(said: Said) -> Reply:
    return Reply(said.status, said.body, said.content, said.headers)


def _reply(status: int, body: Json | bytes | None) -> Reply:
    if isinstance(body, bytes):
        return Reply(status, body, "text/csv")
    return Reply(status, b"" if body is None else json.dumps(body).encode())
