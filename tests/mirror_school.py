"""A school of eight with a tracker and a Google copy: real files, a real store, real HTTP to a made-up Google."""

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from tests.google_emulator import Google
from tests.google_school import HEAD, OWNER, copy
from tests.keyring_file import InAFile, in_use
from tests.two_way_school import School

from halfday_sync import cli, credentials
from halfday_sync.mirroring.opening import KEY

DEPUTY = "deputy@larkfield.example"
_SETTINGS = """
[mirror]
sheet = "{book}"
domain = "larkfield.example"

[mirror.people]
"{owner}" = "owner"
"{head}" = "writer"
"{deputy}" = "commenter"
"""
TRACKER = "Tracker"


@dataclass
class Copied:
    """The school, the made-up Google, and the spreadsheet in it."""

    school: School
    google: Google
    book: str
    lines: list[str] = field(default_factory=list)
    hour: int = 7
    base: str = ""

    def run(self, *words: str) -> int:
        """A command for the school on the morning of its day, in words such as `run` or `mirror sync`."""
        today, self.hour = self.school.today, self.hour + 1
        at = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(hours=self.hour % 16)
        out = io.StringIO()
        self.google.calls.clear()
        with (
            time_machine.travel(at, tick=True),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(out),
        ):
            code = cli.main([*(words or ("run",)), "--school", str(self.school.folder)])
        self.lines = out.getvalue().splitlines()
        return code

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    @property
    def calls(self) -> list[str]:
        """What was asked of Google, as METHOD and what kind, passes left out."""
        return [f"{call.method} {_kind(call.url)}" for call in self.google.calls if "/token" not in call.url]

    def morning(self, *words: str) -> int:
        """A school day passes, and the run of the next morning."""
        self.school.go_on(words)
        self.school.tell()
        self.hour = 7
        return self.run()

    def head(self) -> "Person":
        return Person(self, HEAD)

    def rows(self, tab: str = TRACKER) -> dict[str, dict[str, object]]:
        """What a tab shows, by key of the row and of the column, wherever they are."""
        grid = self.google.text(self.book, tab)
        top = next(n for n, row in enumerate(grid) if any(str(cell).startswith("halfday:") for cell in row))
        left = next(n for n, cell in enumerate(grid[top]) if str(cell).startswith("halfday:"))
        keys = {n: str(key) for n, key in enumerate(grid[top]) if key not in (None, "") and n != left}
        return {
            str(row[left]): {key: row[n] if n < len(row) else None for n, key in keys.items()}
            for row in grid[top + 1 :]
            if len(row) > left and row[left] not in (None, "") and not str(row[left]).startswith("halfday")
        }

    def place(self, pupil_id: str, column: str, tab: str = TRACKER) -> tuple[int, int]:
        """Where a cell of a page is now."""
        grid = self.google.text(self.book, tab)
        top = next(n for n, row in enumerate(grid) if any(str(cell).startswith("halfday:") for cell in row))
        left = next(n for n, cell in enumerate(grid[top]) if str(cell).startswith("halfday:"))
        row = next(n for n, cells in enumerate(grid) if len(cells) > left and cells[left] == pupil_id)
        return row, grid[top].index(column)


@dataclass
class Person:
    """Somebody of SLT with the copy open."""

    copied: Copied
    address: str

    def answer(self, pupil_id: str, column: str, value: str) -> None:
        """Types into one of SLT's cells."""
        self.copied.google.person(self.copied.book, self.address).type(
            TRACKER, *self.copied.place(pupil_id, column), value
        )


def _kind(url: str) -> str:
    path = url.partition("?")[0]
    for word, kind in (("/batch/", "who has access"), ("values:batchUpdate", "values"), (":batchUpdate", "changes")):
        if word in path:
            return kind
    return "cells" if "/v4/spreadsheets/" in path else "drive"


@contextlib.contextmanager
def copied(folder: Path) -> Iterator[Copied]:
    """A school with a copy that is set up and safe; nothing was written to it yet."""
    school = School(folder)
    school.open_its_doors()
    settings = folder / "halfday.toml"
    text = settings.read_text(encoding="utf-8")
    with in_use(InAFile(), folder.parent / "keyring.json"), copy() as there:
        there.google.share(there.book, HEAD, "writer")
        there.make_safe()
        said = _SETTINGS.format(book=there.book, owner=OWNER, head=HEAD, deputy=DEPUTY)
        settings.write_text(f"{text}{said}", encoding="utf-8")
        credentials.keep_long("Little Oak", KEY, there.key)
        made = Copied(school, there.google, there.book, base=there.base)
        school.go_on(["here", "late"])
        school.tell()
        yield made
