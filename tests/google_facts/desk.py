"""Where a fact is tried: a made-up Google, one spreadsheet in it, and somebody who asks over HTTP."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from google.auth import crypt, jwt
from tests.google_emulator import Google, serve

OWNER = "it@larkfield.example"
AGENT = "agent@larkfield-sync.example"
SHEETS, METADATA, DRIVE = (
    f"https://www.googleapis.com/auth/{name}" for name in ("spreadsheets", "drive.metadata.readonly", "drive")
)
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
HOUR = 3600


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def told(self) -> Any:
        return json.loads(self.text) if self.text else None

    @property
    def error(self) -> Any:
        """The error, which names its own status."""
        told = self.told["error"]
        assert told["code"] == self.status
        return told

    @property
    def words(self) -> str:
        return str(self.error["message"])


@dataclass
class Clock:
    """Seconds that go on when a test says so, and a little with every look."""

    now: float = 1_790_000_000.0
    ticks: Iterator[int] = field(default_factory=count)

    def __call__(self) -> float:
        return self.now + next(self.ticks) / 1000


@dataclass
class Desk:
    """Somebody at a desk who asks Google about one spreadsheet.

    Attributes:
        token: who asks; empty where the emulator is not told and trusts.
    """

    google: Google
    base: str
    book: str
    clock: Clock
    token: str = ""

    # ---- asking

    def ask(
        self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None, **query: Any
    ) -> Answer:
        """Sends one request. The body goes as JSON, and as it is where it is bytes already."""
        address = urlsplit(self.base)
        connection = HTTPConnection(str(address.hostname), address.port)
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        said = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        said |= {"Content-Type": "application/json"} if data is not None else {}
        try:
            where = path + (f"?{urlencode(query)}" if query else "")
            connection.request(method, where, data, {**said, **(headers or {})})
            reply = connection.getresponse()
            return Answer(reply.status, reply.read().decode(), {k.lower(): v for k, v in reply.getheaders()})
        finally:
            connection.close()

    def given(self, method: str, path: str, body: object = None, **query: Any) -> Any:
        """What is answered to a request that is fine."""
        answer = self.ask(method, path, body, **query)
        assert answer.status < 300, (answer.status, answer.text)
        return answer.told

    @property
    def sheets(self) -> str:
        return f"/v4/spreadsheets/{self.book}"

    @property
    def file(self) -> str:
        return f"/drive/v3/files/{self.book}"

    def batch(self, *requests: object) -> list[Any]:
        """Changes that are fine; what each is answered."""
        replies: list[Any] = self.given("POST", f"{self.sheets}:batchUpdate", {"requests": requests})["replies"]
        return replies

    def refused(self, *requests: object) -> str:
        """The words in which changes are refused as not valid."""
        answer = self.ask("POST", f"{self.sheets}:batchUpdate", {"requests": requests})
        assert answer.status == 400, (answer.status, answer.text)
        assert answer.error["status"] == "INVALID_ARGUMENT"
        return answer.words

    def write(self, where: str, values: Sequence[Sequence[object]], option: str = "RAW") -> Answer:
        return self.ask("PUT", f"{self.sheets}/values/{quote(where)}", {"values": values}, valueInputOption=option)

    def values(self, where: str = "Sheet1", option: str = "UNFORMATTED_VALUE") -> list[list[object]]:
        told = self.given("GET", f"{self.sheets}/values/{quote(where)}", valueRenderOption=option)
        values: list[list[object]] = told.get("values", [])
        return values

    def get(self, mask: str) -> Any:
        """What a spreadsheet holds, as far as the mask asks for it."""
        return self.given("GET", self.sheets, fields=mask)

    def tab(self, mask: str, at: int = 0) -> Any:
        """The same of one tab."""
        return self.get(f"sheets({mask})")["sheets"][at]

    def cell(self, mask: str, row: int = 0, column: int = 0) -> Any:
        """The same of one cell of the first tab; empty where there is nothing."""
        block = self.tab(f"data(rowData(values({mask})))").get("data", [{}])[0]
        rows = block.get("rowData", [])
        cells = rows[row].get("values", []) if row < len(rows) else []
        return cells[column] if column < len(cells) else {}

    # ---- who asks

    def join(self, role: str = "writer", *, scopes: str = f"{SHEETS} {METADATA}", email: str = AGENT) -> None:
        """From now on a service account asks, to whom the spreadsheet is shared; without a role it is not."""
        key = self.google.account(email)
        if role:
            self.google.share(self.book, email, role)
        self.token = self.given_token(key, scopes)

    def assertion(self, key: Mapping[str, Any], scopes: str) -> str:
        now = int(self.clock())
        claims = {"iss": key["client_email"], "scope": scopes, "aud": key["token_uri"], "iat": now, "exp": now + HOUR}
        signer = crypt.RSASigner.from_service_account_info(key)  # type: ignore[no-untyped-call]
        signed: bytes = jwt.encode(signer, claims)  # type: ignore[no-untyped-call]
        return signed.decode()

    def ask_token(self, key: Mapping[str, Any], scopes: str) -> Answer:
        form = urlencode({"grant_type": GRANT, "assertion": self.assertion(key, scopes)}).encode()
        return self.ask("POST", "/token", form, headers={"Content-Type": "application/x-www-form-urlencoded"})

    def given_token(self, key: Mapping[str, Any], scopes: str) -> str:
        answer = self.ask_token(key, scopes)
        assert answer.status == 200, answer.text
        return str(answer.told["access_token"])


@contextmanager
def desk() -> Iterator[Desk]:
    """A desk at an emulator of its own."""
    clock = Clock()
    google = Google(clock=clock)
    with serve(google) as base:
        yield Desk(google, base, google.make("SLT copy", owner=OWNER), clock)


def text(value: str) -> dict[str, object]:
    """A cell that holds a text."""
    return {"userEnteredValue": {"stringValue": value}}


def update(rows: Sequence[Sequence[object]], fields: str = "userEnteredValue", **start: int) -> dict[str, object]:
    """A change of cells from a place on."""
    return {"updateCells": {"start": start, "rows": [{"values": row} for row in rows], "fields": fields}}


def area(top: int, bottom: int, left: int, right: int, sheet: int = 0) -> dict[str, int]:
    """A range of cells, the ends not included."""
    return {
        "sheetId": sheet,
        "startRowIndex": top,
        "endRowIndex": bottom,
        "startColumnIndex": left,
        "endColumnIndex": right,
    }
