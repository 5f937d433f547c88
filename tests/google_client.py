"""A bare client for the tests of the emulator: one call at a time over HTTP, and nothing done on its own."""

import gzip
import http.client
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.google_emulator import Google, serve
from tests.google_emulator.cells import Value
from tests.google_emulator.replies import Json


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw) if self.raw else None

    @property
    def words(self) -> str:
        """What an error says."""
        return str(self.json["error"]["message"])


@dataclass(slots=True)
class Client:
    """Asks one Google about one spreadsheet."""

    google: Google
    base: str
    book: str
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: object = None, *, headers: dict[str, str] | None = None, **query: Any
    ) -> Answer:
        """Any call; a body goes as JSON, bytes as they are."""
        connection = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=10)
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        try:
            where = path + ("?" + urlencode(query, doseq=True) if query else "")
            connection.request(method, where, raw, {**self.headers, **(headers or {})})
            reply = connection.getresponse()
            given = reply.read()
            said = {name.lower(): value for name, value in reply.getheaders()}
            return Answer(reply.status, said, gzip.decompress(given) if "content-encoding" in said else given)
        finally:
            connection.close()

    def batch(self, *requests: Json) -> Answer:
        return self.ask("POST", f"/v4/spreadsheets/{self.book}:batchUpdate", {"requests": requests})

    def get(self, fields: str, **query: Any) -> Any:
        """spreadsheets.get."""
        answer = self.ask("GET", f"/v4/spreadsheets/{self.book}", fields=fields, **query)
        assert answer.status == 200, answer.raw
        return answer.json

    def drive(self, path: str = "", **query: Any) -> Answer:
        """A GET of the file in Drive, or of what belongs to it."""
        return self.ask("GET", f"/drive/v3/files/{self.book}{path}", **query)


@contextmanager
def asking(google: Google | None = None, owner: str = "it@larkfield.example", drive: str = "") -> Iterator[Client]:
    """A new spreadsheet, and a client for it."""
    google = google or Google()
    book = google.make("SLT copy", owner=owner, drive=drive)
    with serve(google) as base:
        yield Client(google, base, book)


def typed(*rows: Sequence[Value | None]) -> list[Json]:
    """Rows of typed values, as updateCells takes them; None empties a cell."""
    return [{"values": [_cell(value) for value in row]} for row in rows]


def _cell(value: Value | None) -> Json:
    if value is None:
        return {}
    kind = "boolValue" if isinstance(value, bool) else "stringValue" if isinstance(value, str) else "numberValue"
    return {"userEnteredValue": {kind: value}}


def write(*rows: Sequence[Value | None], row: int = 0, column: int = 0, sheet: int = 0) -> Json:
    """Values only."""
    start = {"sheetId": sheet, "rowIndex": row, "columnIndex": column}
    return {"updateCells": {"start": start, "rows": typed(*rows), "fields": "userEnteredValue"}}


def grid(top: int, bottom: int, left: int, right: int, sheet: int = 0) -> dict[str, int]:
    """A GridRange."""
    rows = {"startRowIndex": top, "endRowIndex": bottom}
    return {"sheetId": sheet, **rows, "startColumnIndex": left, "endColumnIndex": right}


def lines(dimension: str, start: int, end: int, sheet: int = 0) -> Json:
    """A DimensionRange."""
    return {"sheetId": sheet, "dimension": dimension, "startIndex": start, "endIndex": end}
