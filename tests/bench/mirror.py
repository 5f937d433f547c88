"""`python -m tests.bench.mirror [--pupils 420 2000]`: what a sync of the Google copy costs, over the emulator.

The first load, a look when nothing changed, a morning on which a hundred pupils change, and an ordinary morning, on
which nearly every pupil's attendance moves a little. Calls and bytes are exact. Seconds are told apart: Halfday's own,
and those for answers, which here are the emulator's and this computer's; a real Google adds its own. See README.md.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import perf_counter

from tests.bench import ours
from tests.bench.school import Case, write_case
from tests.google_emulator import Google, serve
from tests.google_line import line
from tests.keyring_file import InAFile, in_use

from halfday.morning import morning
from halfday.policy.evaluate import evaluate
from halfday.register import Register
from halfday_sync import credentials
from halfday_sync.mirroring.answers import Merged
from halfday_sync.mirroring.opening import KEY
from halfday_sync.mirroring.settings import read_settings
from halfday_sync.mirroring.syncing import Copy, How
from halfday_sync.sheets.connecting import Spent
from halfday_sync.store import Store
from halfday_sync.workbook.build import no_collection
from halfday_sync.workbook.view import View

ACCOUNT, OWNER = "halfday@larkfield-attendance.iam.gserviceaccount.com", "it@larkfield.example"
CHANGED = 100
SCHOOL = "Larkfield"


@dataclass(frozen=True)
class Figures:
    """One sync: what it cost, how long it took, and how many cells were written."""

    spent: Spent
    seconds: float
    said: str

    def line(self, name: str) -> str:
        spent, waited = self.spent, self.spent.seconds
        return (
            f"  {name:<36} {spent.calls} calls {spent.sent:>11,} B sent {spent.received:>9,} B received "
            f"({spent.unpacked:>10,} unpacked) {self.seconds - waited:6.2f} s ours {waited:6.2f} s for answers"
        )


@dataclass(frozen=True)
class Run:
    """What a run of the tracker came to."""

    view: View
    merged: Merged | None = None


def view_of(case: Case, back: int) -> View:
    """What the tracker shows on the case's morning, or so many school days before."""
    policy, snapshot, calendar = ours.read(case)
    days = [day for day in calendar.school_days if day <= case.today]
    settled, today = days[-2 - back :][:2]
    register = Register.from_marks(
        (mark for mark in snapshot.register.marks() if mark.date <= today), snapshot.register.by_pupil
    )
    outcomes = evaluate(policy, snapshot.pupils, register, calendar, settled)
    now = datetime.combine(today, time(7, 30), UTC)
    found = morning(policy, outcomes, register, calendar, today, None)
    pupils = [one.pupil for one in outcomes]
    figures = {"last_checked": now, "last_changed": now, "marks_until": settled, "source": "files", "version": "bench"}
    return View(SCHOOL, policy, calendar, pupils, register, outcomes, found, **figures)  # type: ignore[arg-type]


@contextmanager
def desk(folder: Path) -> Iterator[tuple[Google, str, Store]]:
    """A made-up Google with an empty spreadsheet, and an empty store."""
    google = Google()
    google.checked = False  # that is for tests, and takes longer than all the rest
    told = google.account(ACCOUNT)
    book = google.make("SLT copy", owner=OWNER)
    google.share(book, ACCOUNT, "writer")
    google.books[book].settings["copyRequiresWriterPermission"] = True
    with (
        in_use(InAFile(), folder / "keyring.json"),
        serve(google) as base,
        line(base),
        Store.open(folder / "halfday.db", school=SCHOOL) as store,
    ):
        credentials.keep_long(SCHOOL, KEY, json.dumps(told))
        yield google, book, store


def sync(store: Store, book: str, view: View) -> Figures:
    """One sync, as a run of the tracker makes it."""
    said = {"sheet": book, "domain": "larkfield.example", "people": {OWNER: "owner"}}
    start = perf_counter()
    with Copy(SCHOOL, store, read_settings(said), How(view.last_checked, no_waiting)) as copy:
        copy.look()
        lines = copy.after(Run(view))
        took = perf_counter() - start
        assert copy.stop is None, copy.stop
        assert copy._line
        return Figures(copy._line.spent, took, lines[0])


def no_waiting(seconds: float) -> None:
    raise AssertionError(f"there is nothing to wait for ({seconds} s)")


def mixed(before: View, after: View) -> View:
    """The morning before with so many pupils as they are the morning after."""
    new = after.outcome
    step = max(1, len(before.outcomes) // CHANGED)
    chosen = {one.pupil.pupil_id for one in before.outcomes[::step][:CHANGED]}
    outcomes = [new[one.pupil.pupil_id] if one.pupil.pupil_id in chosen else one for one in before.outcomes]
    later = before.last_checked + timedelta(minutes=15)
    return replace(before, outcomes=outcomes, last_checked=later, last_changed=later)


def lines(folder: Path, pupils: int) -> Iterator[str]:
    """The table of one school."""
    case = write_case(folder / "files", pupils)
    before, after = view_of(case, 1), view_of(case, 0)
    with no_collection(), desk(folder) as (google, book, store):
        first = sync(store, book, before)
        cells = sum(len(sheet.cells) for sheet in google.books[book].content.sheets)
        yield f"{pupils:,} pupils, {cells:,} cells in the copy"
        yield first.line("first load")
        yield sync(store, book, before).line("nothing changed")
        yield sync(store, book, mixed(before, after)).line(f"{min(CHANGED, pupils)} pupils change")
        ordinary = sync(store, book, after)
        yield ordinary.line("an ordinary morning")
        last = sync(store, book, after)
        yield last.line("nothing changed")
        if last.spent.calls != 2:
            raise SystemExit(f"the copy is not as it should be after a sync: {last.said}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.mirror", description=__doc__)
    parser.add_argument("--pupils", type=int, nargs="+", default=[420, 2000], metavar="N")
    sizes: Sequence[int] = parser.parse_args().pupils
    for pupils in sizes:
        with tempfile.TemporaryDirectory() as folder:
            for words in lines(Path(folder), pupils):
                sys.stdout.write(f"{words}\n")
                sys.stdout.flush()
    sys.stdout.write("Calls and bytes are exact; the machine is noisy: no time is asserted anywhere.\n")


if __name__ == "__main__":
    main()
