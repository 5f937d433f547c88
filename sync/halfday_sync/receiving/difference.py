"""What a snapshot says that was not known, sorted by what it means for the office."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from halfday import codes
from halfday.register import Pupil
from halfday_sync.receiving.flags import ended, told
from halfday_sync.receiving.laid_over import LaidOver, changed_marks, laid_over
from halfday_sync.receiving.new_ids import new_ids
from halfday_sync.sources.base import SetAside, Snapshot
from halfday_sync.store.facts import StoredFacts
from halfday_sync.store.pulls import FlagKey

_NO_MARK = codes.NO_MARK


class ChangedMark(NamedTuple):
    """A mark that was known as something else; `-` is no mark."""

    pupil_id: str
    date: date
    session: str
    before: str
    after: str


class Leaver(NamedTuple):
    """A pupil with the last day on roll."""

    pupil_id: str
    on: date


class ClassChange(NamedTuple):
    """A pupil who is in another class now."""

    pupil_id: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """A snapshot against what was known before.

    Attributes:
        new: marks of sessions that nobody had told of that pupil yet, of the day of the pull.
        late: the same of earlier days that were known already: a mark that was filled in later.
        no_mark_yet: sessions of which it is known now that the pupil has no mark.
        amended: marks that were known as something else.
        set_aside: marks that the source contradicts itself about, and that were not set aside before.
        joined: pupils on roll who were never known.
        readmitted: pupils who had left and are on roll again, also under a new id.
        left: pupils who have a leaving date now.
        vanished: pupils on roll whom a whole list does not name, without a leaving date.
        classes: pupils who are in another class.
        new_ids: the new id by the old one.
        not_shared: fields that nobody has any more, with of how many pupils they are known.
        only_here: marks that are known and that a whole pull does not have, by (year, month); they stay.
        shared_upns: ids on roll that have one UPN between them.
        flags_kept: flags that were yes and are not told any more, with whose they are; they stay. New ones only.
        flags_ended: flags that were yes and that the source takes back.
        first: nothing was known before.
    """

    new: int = 0
    late: tuple[ChangedMark, ...] = ()
    no_mark_yet: int = 0
    amended: tuple[ChangedMark, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    joined: tuple[str, ...] = ()
    readmitted: tuple[str, ...] = ()
    left: tuple[Leaver, ...] = ()
    vanished: tuple[str, ...] = ()
    classes: tuple[ClassChange, ...] = ()
    new_ids: Mapping[str, str] = field(default_factory=dict)
    not_shared: Mapping[str, int] = field(default_factory=dict)
    only_here: Mapping[tuple[int, int], int] = field(default_factory=dict)
    shared_upns: tuple[tuple[str, ...], ...] = ()
    flags_kept: tuple[FlagKey, ...] = ()
    flags_ended: tuple[FlagKey, ...] = ()
    first: bool = False


def difference(
    snapshot: Snapshot,
    before: StoredFacts,
    today: date,
    not_shared: Mapping[str, int],
    *,
    kept: Iterable[FlagKey] = (),
    returned: frozenset[str] = frozenset(),
) -> Difference:
    """What a snapshot says that was not known.

    Args:
        snapshot: what the source gave, with what is known besides (`with_known`) and with gaps (`with_gaps`).
        before: what the store knew.
        today: the day of the pull.
        not_shared: fields that nobody has any more.
        kept: flags that are newly not told any more and stay.
        returned: pupils whose leaving date was taken back.
    """
    moving = new_ids(snapshot, before, today)
    laid = laid_over(before.register, snapshot.register, {**before.moved, **moving}.items())
    people = _People(snapshot, before, today, moving)
    was = {pupil.pupil_id: pupil for pupil in before.pupils}
    marks = _sorted_marks(laid, today)
    return Difference(
        new=marks.new,
        late=marks.late,
        no_mark_yet=marks.no_mark_yet,
        amended=marks.amended,
        set_aside=tuple(
            one for one in snapshot.set_aside if (one.pupil_id, one.date, one.session) not in before.set_aside
        ),
        joined=people.joined(),
        readmitted=tuple(dict.fromkeys((*people.readmitted(), *sorted(returned)))),
        left=people.left(),
        vanished=people.vanished(),
        classes=people.classes(),
        new_ids=moving,
        not_shared=not_shared,
        only_here=_only_here(snapshot, laid),
        shared_upns=people.shared_upns(),
        flags_kept=tuple(sorted(kept)),
        flags_ended=ended(snapshot.pupils, was) if snapshot.complete else _told_no(snapshot, was),
        first=not before.pupils,
    )


def _told_no(snapshot: Snapshot, was: Mapping[str, Pupil]) -> tuple[FlagKey, ...]:
    """In a list of some pupils a blank takes nothing away; no does."""
    said = told(snapshot.pupils)
    return tuple(flag for flag in ended(snapshot.pupils, was) if flag in said)


class _Marks(NamedTuple):
    new: int
    late: tuple[ChangedMark, ...]
    no_mark_yet: int
    amended: tuple[ChangedMark, ...]


def _sorted_marks(laid: LaidOver, today: date) -> _Marks:
    table, known = codes.by_id(), frozenset(laid.ids[: laid.known])
    new = none_yet = 0
    late, amended = [], []
    for key, who, old, code in changed_marks(laid):
        if old in _NO_MARK:
            if code in _NO_MARK:
                none_yet += 1
            elif key.date < today and any(laid.rows[key][0]) and who in known:
                late.append(ChangedMark(who, *key, "-", table[code].code))
            else:
                new += 1
        else:
            amended.append(ChangedMark(who, *key, table[old].code, table[code].code))
    return _Marks(new, tuple(late), none_yet, tuple(amended))


@dataclass(frozen=True)
class _People:
    """The roll of a snapshot beside the one that was known."""

    snapshot: Snapshot
    before: StoredFacts
    today: date
    moving: Mapping[str, str]

    @property
    def _known(self) -> dict[str, Pupil]:
        return {pupil.pupil_id: pupil for pupil in self.before.pupils}

    def _here(self) -> Iterable[Pupil]:
        return (pupil for pupil in self.snapshot.pupils if pupil.on_roll(self.today))

    def joined(self) -> tuple[str, ...]:
        taken = self._known.keys() | set(self.moving.values())
        return tuple(pupil.pupil_id for pupil in self._here() if pupil.pupil_id not in taken)

    def readmitted(self) -> tuple[str, ...]:
        known, roll = self._known, self.before.roll(self.today)
        former = {new: old for old, new in self.moving.items()}
        found = []
        for pupil in self._here():
            was = former.get(pupil.pupil_id, pupil.pupil_id)
            if was in known and was not in roll and self._had_left(known[was]):
                found.append(pupil.pupil_id)
        return tuple(found)

    def _had_left(self, pupil: Pupil) -> bool:
        """Somebody who was to start later has not left."""
        gone = pupil.pupil_id in self.before.unlisted
        return gone or (pupil.end_date is not None and pupil.end_date < self.today)

    def left(self) -> tuple[Leaver, ...]:
        known, roll = self._known, self.before.roll(self.today)
        return tuple(
            Leaver(pupil.pupil_id, pupil.end_date)
            for pupil in self.snapshot.pupils
            if pupil.end_date and pupil.pupil_id in roll and known[pupil.pupil_id].end_date != pupil.end_date
        )

    def vanished(self) -> tuple[str, ...]:
        if not self.snapshot.complete or not self.snapshot.pupils:
            return ()
        known = self._known
        gone = self.before.roll(self.today) - {pupil.pupil_id for pupil in self.snapshot.pupils} - self.moving.keys()
        return tuple(sorted(pupil_id for pupil_id in gone if known[pupil_id].end_date is None))

    def classes(self) -> tuple[ClassChange, ...]:
        known = self._known
        pairs = ((known[pupil.pupil_id], pupil) for pupil in self._here() if pupil.pupil_id in known)
        return tuple(
            ClassChange(now.pupil_id, was.class_name, now.class_name)
            for was, now in pairs
            if was.class_name and now.class_name and was.class_name != now.class_name
        )

    def shared_upns(self) -> tuple[tuple[str, ...], ...]:
        holders: dict[str, list[str]] = {}
        for pupil in self._here():
            if pupil.upn:
                holders.setdefault(pupil.upn, []).append(pupil.pupil_id)
        return tuple(tuple(sorted(ids)) for ids in holders.values() if len(ids) > 1)


def _only_here(snapshot: Snapshot, laid: LaidOver) -> dict[tuple[int, int], int]:
    """Known marks of pupils on the list, within the days of a whole pull, that it does not have."""
    sessions = snapshot.register.sessions
    if not snapshot.whole or not sessions:
        return {}
    listed = {pupil.pupil_id for pupil in snapshot.pupils}
    columns = [column for column, pupil_id in enumerate(laid.ids) if pupil_id in listed]
    aside = {(one.pupil_id, one.date, one.session) for one in snapshot.set_aside}
    found: Counter[tuple[int, int]] = Counter()
    for key, (was, now) in laid.rows.items():
        if not sessions[0].date <= key.date <= sessions[-1].date or was == now:
            continue
        for column in columns:
            if was[column] not in _NO_MARK and not now[column] and (laid.ids[column], *key) not in aside:
                found[key.date.year, key.date.month] += 1
    return dict(found)
