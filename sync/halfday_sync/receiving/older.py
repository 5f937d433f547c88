"""An export that is older than what was taken in before: it fills what is not known, and changes nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from halfday import codes
from halfday.printing import counted
from halfday.register import Pupil, Register
from halfday_sync.receiving.laid_over import laid_over
from halfday_sync.sources.base import Snapshot
from halfday_sync.store import SnapshotRow
from halfday_sync.store.facts import StoredFacts

_NO_MARK = codes.NO_MARK


def only_newer(
    snapshot: Snapshot, before: StoredFacts, taken: Iterable[SnapshotRow], source: str, now: datetime
) -> Snapshot:
    """What of an older export is taken in; any other snapshot stays as it is.

    Somebody puts last week's file into the inbox again, or a file that was lying on a stick: what was put right since
    must not turn back.

    Args:
        snapshot: under the ids that are known.
        before: what the store knew.
        taken: the snapshots that were taken in.
        source: the kind of source of this one; the age of others says nothing.
        now: the time; what a clock that was ahead said of earlier files does not count.
    """
    if snapshot.complete or snapshot.back_fill or snapshot.as_of is None:
        return snapshot
    times = [row.as_of for row in taken if row.source == source and row.as_of is not None]
    newest = max((when for when in times if when.tzinfo is not None and when <= now), default=None)
    if newest is None or snapshot.as_of >= newest:
        return snapshot
    register, differ = _filling(before.register, snapshot.register, before.moved)
    was = {pupil.pupil_id: pupil for pupil in before.pupils}
    pupils = tuple(_blanked(pupil, was.get(pupil.pupil_id)) for pupil in snapshot.pupils)
    words = "The export is older than what is known: it only fills what is missing."
    if differ:
        words = f"Older than what is known: {counted(differ, 'mark')} differ{'s' * (differ == 1)} and "
        words += "was not taken." if differ == 1 else "were not taken."
    known = {(mark.pupil_id, mark.date, mark.session) for mark in before.register.marks() if mark.code != "-"}
    aside = tuple(one for one in snapshot.set_aside if (one.pupil_id, one.date, one.session) not in known)
    notes = (*snapshot.notes, words)
    return replace(snapshot, pupils=pupils, register=register, set_aside=aside, notes=notes, carers=None)


def _blanked(pupil: Pupil, was: Pupil | None) -> Pupil:
    """A pupil without what is known otherwise; in a list of some pupils a blank takes nothing away."""
    if was is None:
        return pupil
    told = {name: getattr(was, name) for name in Pupil.__slots__ if getattr(was, name) not in (None, "")}
    return replace(pupil, **told)


def _filling(known: Register, told: Register, moved: Mapping[str, str]) -> tuple[Register, int]:
    """The marks where nothing is known, and how many others differ from those known."""
    laid, rows, differ = laid_over(known, told, moved.items()), {}, 0
    for key, (was, now) in laid.rows.items():
        if any(now):
            row = bytes(new if old in _NO_MARK else codes.NO_ROW for old, new in zip(was, now, strict=True))
            differ += sum(
                new not in _NO_MARK and old not in _NO_MARK and old != new for old, new in zip(was, now, strict=True)
            )
            if any(row):
                rows[key] = row
    columns = laid.columns
    extras = {(who, key): mark for (who, key), mark in told.extras.items() if key in rows and rows[key][columns[who]]}
    return Register(laid.ids, tuple(rows), tuple(rows.values()), extras), differ
