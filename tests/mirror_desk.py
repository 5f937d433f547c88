"""A school with a Google copy, made once and given back as it was to each test; what people do on both sides of it."""

import contextlib
import copy
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from tests.google_emulator import Fault, Google, Person
from tests.google_emulator.book import Book, Content
from tests.google_school import HEAD, OWNER
from tests.mirror_school import TRACKER, Copied, copied
from tests.staff import KEYED
from tests.staff_books import XmlBook
from tests.two_way_school import School

from halfday.register import Pupil
from halfday_sync import cli
from halfday_sync.entries import ACTIONS, Typed
from halfday_sync.mirroring import opening, syncing
from halfday_sync.store import MirrorTry, Store

SIGNED = "✎ "
SHEET_OF = {"agreed": "✎ SLT agreed", "comment": "✎ SLT comment", "decided_by": "✎ SLT decided by"}
"""SLT's columns of the copy, and what they are called on Actions."""
SHEETS, CHANGE, WHO, CELLS = "/v4/spreadsheets/", ":batchUpdate", "/batch/drive/v3", "GET /v4/spreadsheets/"
"""Parts of what is asked of Google."""


@dataclass(frozen=True)
class State:
    """All of a spreadsheet: what stands in it, who has access, and how often it changed."""

    content: Content
    permissions: list[object]
    version: int


def state(google: Google, book: str) -> State:
    held = google.books[book]
    return State(held.content.copy(), copy.deepcopy([*held.permissions]), held.version)


@dataclass
class Desk:
    """A school with its copy filled in, and the people who work in both.

    Attributes:
        copied: the school and the made-up Google.
        waited: the pauses that were asked for.
    """

    copied: Copied
    waited: list[float] = field(default_factory=list)

    # ---- what people do in the copy

    @property
    def google(self) -> Google:
        return self.copied.google

    @property
    def book(self) -> str:
        return self.copied.book

    @property
    def school(self) -> School:
        return self.copied.school

    @property
    def owner(self) -> Person:
        """Whoever owns the file: no protection stops them."""
        return self.google.person(self.book, OWNER)

    @property
    def head(self) -> Person:
        return self.google.person(self.book, HEAD)

    def answer(self, pupil_id: str, value: str, column: str = "agreed") -> None:
        """The head types into one of SLT's cells."""
        self.copied.head().answer(pupil_id, column, value)

    def answered(self, pupil_id: str, column: str = "agreed") -> object:
        """What stands in one of SLT's cells, itself and not as it looks."""
        cell = self.google.at(self.book, TRACKER, *self.copied.place(pupil_id, column))
        assert not cell.formula
        return cell.value

    def state(self) -> State:
        return state(self.google, self.book)

    def fail(self, match: str, how: Fault, times: int = 1) -> None:
        self.google.fail(match, how, times)

    # ---- what people do in the tracker

    def type(self, pupil_id: str, value: Typed, column: str = "agreed") -> None:
        """The admin types beside an answer on Actions, and saves."""
        book = XmlBook(self.school.tracker.read_bytes())
        grid = book.tables()[ACTIONS]
        row = self._rows(book)[f"{pupil_id}|slt|-"]
        book.type(grid.sheet, row, grid.column(SHEET_OF.get(column, column)), value)
        self.school.tracker.write_bytes(book.saved())

    def _rows(self, book: XmlBook) -> Mapping[str, int]:
        grid = book.tables()[ACTIONS]
        key = grid.column(KEYED[ACTIONS].key.header)
        return {str(book.value(grid.sheet, row, key)): row for row in grid.rows}

    def action(self, pupil_id: str, column: str = "agreed") -> object:
        """What Actions says of an answer; nothing where it has no such row."""
        book = XmlBook(self.school.tracker.read_bytes())
        grid, row = book.tables()[ACTIONS], self._rows(book).get(f"{pupil_id}|slt|-")
        return None if row is None else book.value(grid.sheet, row, grid.column(SHEET_OF.get(column, column)))

    def today(self) -> str:
        """Every word of Today."""
        return "\n".join(words_of(self.school.tracker, "Today"))

    @contextlib.contextmanager
    def open_in_excel(self) -> Iterator[None]:
        """Somebody has the tracker open on another computer."""
        lock = self.school.folder / "~$tracker.xlsx"
        lock.write_bytes(b"\x06Office")
        yield
        lock.unlink()

    # ---- what Halfday kept

    @contextlib.contextmanager
    def store(self) -> Iterator[Store]:
        with Store.open(self.school.folder / "halfday.db") as store:
            yield store

    @property
    def last_try(self) -> MirrorTry:
        with self.store() as store:
            return store.mirror_tries(1)[0]

    def log(self) -> str:
        return (self.school.folder / "halfday.log").read_text(encoding="utf-8")

    def hurry(self, wait: float) -> None:
        """In the place of waiting."""
        self.waited.append(wait)

    def ticks(self) -> float:
        """Seconds, as if everybody had waited."""
        return time.perf_counter() + sum(self.waited)


def words_of(path: Path, sheet: str) -> Iterator[str]:
    """Every text of a sheet of a workbook, row by row."""
    book = XmlBook(path.read_bytes())
    for cell in book.tree(book.part[sheet]).iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}c"):
        shared = cell.findtext("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}v")
        if cell.get("t") == "s" and shared is not None:
            yield book.strings[int(shared)]
        elif cell.get("t") in ("inlineStr", "str"):
            yield "".join(cell.itertext())


@dataclass(frozen=True)
class Kept:
    """How the school, its folder and Google were, to be given back."""

    desk: Desk
    folder: Path
    book: Book
    school: Mapping[str, object]

    def back(self) -> Desk:
        """Everything as it was."""
        made, google = self.desk.copied, self.desk.google
        shutil.rmtree(made.school.folder)
        shutil.copytree(self.folder, made.school.folder)
        for name, value in self.school.items():
            setattr(made.school, name, copy.deepcopy(value))
        google.books = {self.book.id: copy.deepcopy(self.book)}
        google.accounts.revoked.clear()
        google.accounts.tokens.clear()
        google._faults.clear()
        google.quota, made.hour, made.lines = None, 8, []
        google.calls.clear()
        self.desk.waited.clear()
        return self.desk


@contextlib.contextmanager
def kept(folder: Path) -> Iterator[Kept]:
    """A school whose copy was filled in by its first run; nobody really waits."""
    with copied(folder / "school") as made:
        desk = Desk(made)
        line_of = partial(opening.opened, ticks=desk.ticks)
        with (
            mock.patch.object(cli, "time", SimpleNamespace(sleep=desk.hurry)),
            mock.patch.object(syncing, "opened", line_of),
        ):
            assert made.run() == 0, made.said
            school = {name: copy.deepcopy(getattr(made.school, name)) for name in ("today", "pupils", "marks", "moved")}
            shutil.copytree(made.school.folder, folder / "kept")
            yield Kept(desk, folder / "kept", copy.deepcopy(made.google.books[made.book]), school)


def renamed(school: School, pupil_id: str, **more: str) -> Pupil:
    """The MIS calls a child otherwise."""
    school.pupils[pupil_id] = replace(school.pupils[pupil_id], **more)  # type: ignore[arg-type]
    return school.pupils[pupil_id]
