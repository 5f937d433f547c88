"""A spreadsheet for a school's copy in a made-up Google on this computer, and the key of the account."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.google_emulator import Google, serve
from tests.google_line import line

from halfday_sync.sheets.asking import Line
from halfday_sync.sheets.connecting import key

ACCOUNT = "halfday@larkfield-attendance.iam.gserviceaccount.com"
OWNER, HEAD = "it@larkfield.example", "head@larkfield.example"
NOW = datetime(2025, 12, 5, 8, 0, tzinfo=UTC)


def never(seconds: float) -> None:
    raise AssertionError(f"there is nothing to wait for ({seconds} s)")


@dataclass(frozen=True)
class Copy:
    """A made-up Google at an address of this computer, and in it an empty spreadsheet that the account may write to."""

    google: Google
    book: str
    key: str
    base: str

    @property
    def address(self) -> str:
        """As the browser shows it."""
        return f"https://docs.google.com/spreadsheets/d/{self.book}/edit#gid=0"

    @property
    def tabs(self) -> list[str]:
        """What the tabs are called."""
        return self.google.tabs(self.book)

    def make_safe(self) -> None:
        """A person unticks the box in Share: viewers may not download, print and copy."""
        self.google.books[self.book].settings["copyRequiresWriterPermission"] = True

    def asked(self, part: str = "") -> list[str]:
        """What was asked for, as METHOD address, passes left out."""
        calls = [f"{call.method} {call.url}" for call in self.google.calls]
        return [one for one in calls if part in one and "/token" not in one]


@contextmanager
def copy(drive: str = "") -> Iterator[Copy]:
    """One, over real HTTP on this computer, in a Shared Drive where one is named; the product's way leads there."""
    google = Google()
    told = json.dumps(google.account(ACCOUNT))
    book = google.make("SLT copy", owner=OWNER, drive=drive)
    more: dict[str, Any] = {}
    if drive:
        details = {"permissionType": "member", "role": "fileOrganizer", "inheritedFrom": drive, "inherited": True}
        more = {"permissionDetails": [details]}
    google.share(book, ACCOUNT, "fileOrganizer" if drive else "writer", **more)
    with serve(google) as base, line(base):
        yield Copy(google, book, told, base)


def opened(copy: Copy) -> Line:
    """The product's line to it."""
    return Line(key(copy.key), wait=never, now=NOW)
