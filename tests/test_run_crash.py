"""A morning's run killed at any instant leaves a whole tracker and a whole store, and the next run loses nothing."""

import hashlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from tests import place_jobs
from tests.place_jobs import ROOT, Jobs
from tests.staff import ANSWER, TODAY_KEY
from tests.staff_books import XmlBook
from tests.two_way_school import BEGIN, School, run

from halfday_sync import config
from halfday_sync.entries import CONTACTS, TRACKER, Typed
from halfday_sync.store import Store
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.update.sent import digest_of

KILLS = max(20, int(os.environ.get("HALFDAY_KILLS", "200")) * 3 // 10)
IN_A_ROW = 4
"""So many runs are killed before one ends well."""
NOTES, FREE = "✎ Notes", ("✎ Pupil ID", "✎ What", "✎ Note")
WORDS = ("why?", "here", "late", "here", "ill")


class Staff:
    """What people typed, as it must stand in the store and in the tracker for ever."""

    def __init__(self, school: School, chance: random.Random) -> None:
        self.school, self.chance, self.number = school, chance, 0
        self.notes: dict[str, str] = {}
        self.ticks: dict[str, str] = {}
        self.begun: set[str] = set()

    def work(self, *, after: bool = True) -> None:
        """A note on the Tracker, an answer on Today, and now and then a row of their own on Contacts; saved.

        With `after` a run has ended well: then all that they typed before stands there.
        """
        book = XmlBook(self.school.tracker.read_bytes())
        self.number += 1
        words = f"words {self.number}"
        grid = book.tables()[TRACKER]
        if after:
            for row in grid.rows:
                key = str(book.value(grid.sheet, row, grid.column("Pupil ID")))
                assert book.value(grid.sheet, row, grid.column(NOTES)) == self.notes.get(key)
        row = self.chance.choice(grid.rows)
        self.notes[str(book.value(grid.sheet, row, grid.column("Pupil ID")))] = words
        book.type(grid.sheet, row, grid.column(NOTES), words)
        keys = {row: str(book.value("Today", row, TODAY_KEY)) for row in range(1, 40)}
        calls = [(row, key) for row, key in keys.items() if "|call|" in key or "|visit|" in key]
        if calls:
            row, key = self.chance.choice(calls)
            self.ticks[key] = words
            book.type("Today", row, ANSWER, words)
        if self.number % 5 == 0:
            self._begin(book, words)
        self.school.tracker.write_bytes(book.saved())

    def _begin(self, book: XmlBook, words: str) -> None:
        grid = book.tables()[CONTACTS]
        at = [grid.column(title) for title in FREE]
        row = next((row for row in grid.rows if book.value(grid.sheet, row, at[0]) in (None, "")), None)
        if row is not None:
            self.begun.add(words)
            for column, value in zip(at, ("P02", "Message", words), strict=True):
                book.type(grid.sheet, row, column, value)


def whole(school: School, old: bytes) -> bool:
    """Whether a run that was killed had put its tracker in place; what is there is the old file or the one it made."""
    data = school.tracker.read_bytes()
    with Store.open(config.load(school.folder).store) as store:
        assert store.broken() == ()
        if data == old:
            return False
        assert lint(data) == []
        noted = store.sent(f"{seen(opened(data)).stamp}/file")
    assert noted is not None, "the store must know what stands in the tracker"
    assert digest_of(noted) == hashlib.sha256(data).hexdigest()
    return True


def until_put(path: Path, others: Jobs) -> None:
    """Waits until another file is in the place of the tracker."""
    there, until = path.stat().st_ino, time.perf_counter() + 20
    while path.stat().st_ino == there:
        others.wait_for_nothing(0.001)
        assert time.perf_counter() < until


def as_typed(school: School, staff: Staff) -> None:
    """All that people typed is in the store, once; nothing of Halfday's counts as theirs."""
    with Store.open(config.load(school.folder).store) as store:
        assert store.edits() == ()
        told = store.entries()
    assert column(told, TRACKER, "notes") == staff.notes
    assert column(told, CONTACTS, "outcome") == staff.ticks
    begun = {key: value for key, value in column(told, CONTACTS, "note").items() if key not in staff.ticks}
    assert set(begun.values()) == staff.begun
    assert len(begun) == len(staff.begun)


def column(told: Mapping[tuple[str, str, str], Typed], place: str, name: str) -> dict[str, Typed]:
    return {key: value for (where, key, what), value in told.items() if (where, what) == (place, name)}


@pytest.fixture
def school(tmp_path: Path) -> School:
    found = School(tmp_path / "oak")
    found.open_its_doors(5)
    found.go_on(WORDS)
    found.tell()
    assert found.run()[0] == 0
    return found


@pytest.fixture
def others(tmp_path: Path) -> Iterator[Jobs]:
    """A process that has run a morning once, so that a fork of it begins with the work."""
    warm = School(tmp_path / "warm")
    warm.open_its_doors(5)
    warm.tell()
    words = [sys.executable, "-m", "tests.test_run_crash", str(warm.folder)]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Jobs(process)
        process.kill()


def test_killed_at_any_instant_of_a_morning(school: School, others: Jobs) -> None:
    chance = random.Random(4)
    staff, seconds, reached = Staff(school, chance), 0.3, 0
    for _ in range(KILLS // IN_A_ROW):
        staff.work()
        school.go_on(WORDS)
        school.tell()
        for _again in range(IN_A_ROW):
            old = school.tracker.read_bytes()
            process = others.start("mornings_for_ever", school.folder, school.today.isoformat())
            if chance.random() < 0.7:
                others.wait_for_nothing(chance.uniform(0, 1.2 * seconds))
            else:  # about the moment in which it puts the tracker in place
                until_put(school.tracker, others)
                others.wait_for_nothing(chance.uniform(0, 0.02) if chance.random() < 0.5 else 0)
            others.kill(process)
            reached += whole(school, old)
            if chance.random() < 0.2:
                staff.work(after=False)  # before anybody knows that a run was killed
        started = time.perf_counter()
        code, said = school.run()
        seconds = time.perf_counter() - started
        assert code == 0, said
        as_typed(school, staff)
        assert [one.name for one in school.folder.iterdir() if "tmp" in one.name or one.name.startswith("~")] == []
    staff.work()
    assert 0 < reached < KILLS


def mornings_for_ever(folder: str, today: str) -> None:
    """The job: the same morning again and again, until it is killed."""
    while True:
        code, said = run(Path(folder), date.fromisoformat(today))
        assert code == 0, said


if __name__ == "__main__":
    run(Path(sys.argv[1]), BEGIN)
    run(Path(sys.argv[1]), BEGIN)  # the first one makes a tracker, the second brings it up to date
    place_jobs.JOBS[mornings_for_ever.__name__] = mornings_for_ever
    place_jobs.main()
