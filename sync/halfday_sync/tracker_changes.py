"""What becomes of the tracker on a run, beside a fresh one: all that people made in it stays. Nothing is written."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.entries import TRACKER, Problem
from halfday_sync.reading_back import ReadBack, keep_words, look_back
from halfday_sync.store import Store

if TYPE_CHECKING:
    from halfday_sync.tracker_file import Found, Update
    from halfday_sync.workbook.flavour import Flavour
    from halfday_sync.workbook.update.plan import Plan
    from halfday_sync.workbook.update.planning import Wishes
    from halfday_sync.workbook.view import View

_TYPED_ON = ("Today", "Review", "Statutory")
"""Pages with cells for people: what they typed beside those is read back with them."""


def put_back(found: "Found", view: "View", read: ReadBack) -> Iterator[Problem]:
    """Rows that people deleted though the pupil is on roll: they come back, and it is said why."""
    here = {pupil.pupil_id for pupil in view.pupils if not view.has_left(pupil)}
    for pupil_id in sorted(found.deleted(TRACKER) & here - set(read.named.values())):
        words = "The row was deleted from the Tracker. The pupil is on roll, so it stands at the bottom again."
        yield Problem(f"{words} To see fewer rows, use the filter.", pupil_id)


def changed(
    found: "Found",
    view: "View",
    read: ReadBack,
    flavour: "Flavour",
    *,
    store: Store,
    at: datetime,
    told: Collection[tuple[str, str, str]] = (),
) -> "Update":
    """What the tracker becomes.

    Args:
        found: the tracker as it is.
        view: what it is to show.
        read: what people did in it.
        flavour: for whom its functions are meant.
        store: takes the words that people typed where no cell is theirs.
        at: when the run was.
        told: cells of people's that were told elsewhere, by table, key and column.
    """
    wishes = replace(_wishes(view, read), told=frozenset(told))
    made = found.updated(_fresh(view, flavour), wishes)
    laid = [title for title, called in made.plan.pages.items() if called == title]
    loose = found.loose([title for title in laid if title not in _TYPED_ON])
    shown = _with_waiting(view, made.plan)
    if not loose and shown is view:
        return made
    by, when = found.seen.saved_by, found.seen.saved_at
    kept = keep_words(store, loose, today=view.today, at=at, said_by=by, said_at=when)
    return found.updated(_fresh(replace(shown, kept=kept), flavour), wishes)


def unsaid_in(path: Path, made: "Update", view: "View", store: Store) -> frozenset[tuple[str, str, str]]:
    """Cells of people's that the next run would read otherwise than the store has them, in the tracker as it was made.

    A column may have been deleted, or a formula stand in the cell.
    """
    from halfday_sync.tracker_file import found_open  # noqa: PLC0415 - only commands that write need these

    found = found_open(path, made.made.data, store)
    harvest = look_back(store, found.seen, found.sent_seen, view.today)
    return frozenset((one.place, one.key, one.column) for one in harvest.entries)


def _fresh(view: "View", flavour: "Flavour") -> bytes:
    """The tracker as it would look if nobody had touched it; checked is what becomes of the one that is there."""
    from halfday_sync.workbook.build import tracker_bytes  # noqa: PLC0415 - only commands that write need these

    return tracker_bytes(view, flavour)


def checked(view: "View", flavour: "Flavour") -> bytes:
    """A tracker where none is, checked whole."""
    from halfday_sync.workbook.build import checked_bytes  # noqa: PLC0415 - see above

    return checked_bytes(view, flavour)


def _wishes(view: "View", read: ReadBack) -> "Wishes":
    """What else decides an update: a child who has left, and whom nobody keeps in a row, is not put there again."""
    from halfday_sync.workbook.update.planning import Wishes  # noqa: PLC0415 - see above

    here = frozenset(pupil.pupil_id for pupil in view.pupils if not view.has_left(pupil))
    return Wishes(named=read.named, edits=read.edits, may_append={TRACKER: here}, doubtful=read.doubtful)


def _with_waiting(view: "View", plan: "Plan") -> "View":
    """The view with the pupils who find no room on the Tracker."""
    tracker = next((table for table in plan.tables if table.name == TRACKER and table.waiting), None)
    return replace(view, waiting=tracker.waiting, has_totals=tracker.has_totals) if tracker else view
