"""Marks of the years before: they fill what is not known, of pupils who are known, and change nothing else."""

from dataclasses import replace

from halfday import codes
from halfday.printing import counted
from halfday.register import Register, SessionKey
from halfday_sync.receiving.doubt import Doubt
from halfday_sync.receiving.joined import Joined
from halfday_sync.receiving.laid_over import LaidOver, laid_over
from halfday_sync.sources.base import Snapshot
from halfday_sync.store.facts import StoredFacts

_NO_MARK = codes.NO_MARK


def only_what_fills(snapshot: Snapshot, before: StoredFacts) -> Joined:
    """What of a back-fill is taken in; any other snapshot stays as it is.

    It brings no pupils and says nothing about the roll: a file for another school names children who left long ago,
    and one of a joiner's former school nobody else who is here. Marks that are known stay, since whoever gave them said
    more: a CTF has one character for C1.

    Args:
        snapshot: under the ids that are known (`joined`).
        before: what the store knew.
    """
    if not snapshot.back_fill:
        return Joined(snapshot)
    laid = laid_over(before.register, snapshot.register, before.moved.items())
    known = frozenset(pupil.pupil_id for pupil in before.pupils)
    told = {pupil.pupil_id for pupil in snapshot.pupils} | {*snapshot.register.pupils}
    if told and told.isdisjoint(known):
        words = f"Not one of its {len(told):,} pupils is known here by UPN: these are marks of years before, of "
        return Joined(
            snapshot, (Doubt("nobody-known", f"{words}pupils who are known. Take in the school's list first."),)
        )
    register, differ = _filling(laid, known, snapshot.register)
    columns, nothing = laid.columns, (bytes(len(laid.ids)), b"")
    aside = [
        one
        for one in snapshot.set_aside
        if one.pupil_id in known
        and laid.rows.get(SessionKey(one.date, one.session), nothing)[0][columns[one.pupil_id]] in _NO_MARK
    ]
    return Joined(
        replace(
            snapshot,
            pupils=(),
            register=register,
            set_aside=tuple(aside),
            notes=(*snapshot.notes, *_notes(len(told - known), differ)),
        )
    )


def _filling(laid: LaidOver, known: frozenset[str], told: Register) -> tuple[Register, int]:
    """The marks of known pupils where nothing is known, and how many others differ from those known."""
    columns = [at for at, pupil_id in enumerate(laid.ids) if pupil_id in known]
    rows, differ = {}, 0
    for key, (was, now) in laid.rows.items():
        if not any(now):
            continue
        row = bytes(now[at] if was[at] in _NO_MARK and now[at] != was[at] else codes.NO_ROW for at in columns)
        differ += sum(was[at] not in _NO_MARK and now[at] not in _NO_MARK and now[at] != was[at] for at in columns)
        if any(row):
            rows[key] = row
    ids = tuple(laid.ids[at] for at in columns)
    place = {pupil_id: at for at, pupil_id in enumerate(ids)}
    extras = {
        (who, key): mark
        for (who, key), mark in told.extras.items()
        if who in place and key in rows and rows[key][place[who]]
    }
    return Register(ids, tuple(rows), tuple(rows.values()), extras), differ


def _notes(unknown: int, differ: int) -> list[str]:
    notes = []
    if unknown:
        were = "was" if unknown == 1 else "were"
        notes.append(f"{counted(unknown, 'pupil')} not known here by UPN {were} left out.")
    if differ:
        notes.append(f"{counted(differ, 'mark')} of days that are known differ: what is known stays.")
    return notes
