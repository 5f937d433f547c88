"""`python -m tests.bench.connectors [--pupils 420]`: what a connector costs, over the emulator of Wonde. See README.md.

A year's back-fill, and an ordinary morning: how many requests, how many rows, how long. What comes out is compared with
the made-up school, mark for mark, before any figure is told. The network is not in it: the emulator is on this computer
and answers at once, so the time is ours and the emulator's; a real service adds its own for each request.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter

from tests.wonde_school import SCHOOL_ID, School, big_school
from tests.wonde_service import TOKEN, Service

from halfday.register import Register
from halfday_sync.source_kinds import completed
from halfday_sync.sources.base import Site, Snapshot
from halfday_sync.sources.sample import SampleSchool, sample_school
from halfday_sync.sources.wonde import open_source

PER_PAGE = 200
ROUND_TRIP = 0.5
"""Seconds that a request to a real service is taken to last; nobody publishes it (C)."""


@dataclass(frozen=True)
class Figures:
    """One pull."""

    seconds: float
    requests: int
    pages: int
    marks: int


def pulled(wonde: Service, today: date, since: datetime | None) -> tuple[Snapshot, Figures]:
    """A pull on a day, at 07:15, with its figures."""
    wonde.asked.clear()
    settings = {"kind": "wonde", "school_id": SCHOOL_ID, "address": wonde.address, "per_page": PER_PAGE}
    now = datetime.combine(today, time(7, 15), UTC)
    source = open_source(completed(settings), Site(Path(), today, now, _never, lambda _: TOKEN))
    start = perf_counter()
    snapshot = source.pull(since)
    seconds = perf_counter() - start
    pages = sum("/session" in path for path in wonde.asked)
    return snapshot, Figures(seconds, len(wonde.asked), pages, snapshot.register.count())


def _never(_seconds: float) -> None:
    raise AssertionError("nothing was to be waited for")


def back_fill(sample: SampleSchool) -> Figures:
    """The whole school year, on the day after its last."""
    last = sample.register.dates[-1]
    with Service(big_school(sample, last)) as wonde:
        snapshot, figures = pulled(wonde, last + timedelta(days=1), None)
    must_be(snapshot.register, sample.as_known_on(last).register)
    return figures


def morning(sample: SampleSchool) -> Figures:
    """What changed since yesterday morning, on a day in the middle of the year."""
    days = sorted(set(sample.register.dates))
    yesterday, today = days[len(days) // 2 - 1 : len(days) // 2 + 1]
    school = big_school(sample, yesterday)
    with Service(school) as wonde:
        since = datetime.combine(yesterday, time(7, 15), UTC)
        snapshot, figures = pulled(wonde, today, since)
    expected = changed(school, (since - timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S"))
    if {(mark.pupil_id, mark.date, mark.session, mark.code) for mark in snapshot.register.marks()} != expected:
        raise SystemExit("the morning's marks are not those that changed")
    return figures


def changed(school: School, after: str) -> set[tuple[str, date, str, str]]:
    """The marks that were changed after a time."""
    listed = school.students | school.leavers
    number = {id_: row["education_details"]["data"]["admission_number"] for id_, row in listed.items()}
    return {
        (number[mark.student], mark.day, mark.session, mark.code)
        for mark in school.marks.values()
        if mark.updated > after
    }


def must_be(found: Register, true: Register) -> None:
    """Stops where one mark differs."""
    one, other = ({tuple(mark[:4]) for mark in register.marks()} for register in (found, true))
    if one != other:
        raise SystemExit(f"{len(one ^ other):,} marks differ from the made-up school's")


def lines(pupils: int) -> Iterator[str]:
    """The table."""
    sample = sample_school(pupils=pupils)
    yield f"Wonde, {pupils} pupils, {PER_PAGE} rows a page: every mark agrees with the made-up school."
    for name, figures in (("a year's back-fill", back_fill(sample)), ("an ordinary morning", morning(sample))):
        real = figures.seconds + figures.requests * ROUND_TRIP
        yield (
            f"{name:<20} {figures.requests:>5,} requests ({figures.pages:,} pages of marks) {figures.marks:>8,} marks, "
            f"{figures.seconds:.1f} s here; about {real:,.0f} s at {ROUND_TRIP} s a request"
        )
    yield "No time is asserted anywhere: the machine is noisy, and the emulator's own time is in it."


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.connectors", description=__doc__)
    parser.add_argument("--pupils", type=int, default=420, metavar="N")
    for line in lines(parser.parse_args().pupils):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
