"""Sessions that the school took and in which a pupil on roll has no mark: `-`, no mark yet, for the office to chase."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import permutations

from halfday import codes
from halfday.early_years import is_before_reception
from halfday.register import AM, Register, SessionKey
from halfday.school_year import year_of
from halfday_sync.receiving.laid_over import LaidOver, laid_over
from halfday_sync.receiving.plausible import SEEN_ON_THE_DAY
from halfday_sync.sources.base import Snapshot
from halfday_sync.store.facts import MarkKey, StoredFacts

_GUEST = "G"


@dataclass(frozen=True)
class _OnRoll:
    """From when until when a pupil ought to have marks."""

    first: SessionKey
    last: date
    away: tuple[tuple[date, date], ...] = ()

    def expects(self, key: SessionKey) -> bool:
        """Whether a mark ought to be there."""
        here = self.first <= key and key.date <= self.last
        return here and not any(first <= key.date <= last for first, last in self.away)


def with_gaps(snapshot: Snapshot, before: StoredFacts, moved: Mapping[str, str], today: date) -> Snapshot:
    """The snapshot with `-` where a mark is missing; of sources that tell every session only.

    A session was taken when somebody has a mark that only the day itself can give. Only finished days of this school
    year, and what else a pull of everything reaches back to, are looked at, and only pupils whom this snapshot names:
    of a child on no list nobody knows whether it is still here. Before a child's first mark, and between two stays,
    nothing is missing. A guest's marks are another school's to chase, and of years before Reception the law asks for
    no register.

    Args:
        snapshot: what the source gave.
        before: what the store knew.
        moved: the ids that pupils have now, by each id they had.
        today: the day of the pull, which is not finished.
    """
    if not snapshot.every_session:
        return snapshot
    laid = laid_over(before.register, snapshot.register, moved.items())
    expected = _expected(snapshot, before, laid, today)
    if not expected:
        return snapshot
    aside = {(one.pupil_id, one.date, one.session) for one in snapshot.set_aside}
    if not snapshot.whole:
        aside |= before.set_aside  # a whole pull settles those that it does not name
    calendar = {**before.calendar, **snapshot.calendar}
    reach = snapshot.register.sessions[:1] if snapshot.since is None else ()
    first = min([date(year_of(today), 8, 1), *(key.date for key in reach)])
    columns, told = laid.columns, {}
    pairs = {*moved.items(), *_same_upn(snapshot, before)}
    same = [(columns[one], columns[other]) for one, other in pairs if one in columns and other in columns]
    for key, (was, now) in laid.rows.items():
        row = now
        if first <= key.date < today and calendar.get(key.date, "school") == "school":
            given = _given(was, now, same)
            if not SEEN_ON_THE_DAY.isdisjoint(given):
                row = _filled(key, now, given, expected, aside, laid)
        if any(row):
            told[key] = row
    return replace(snapshot, register=Register(laid.ids, tuple(told), tuple(told.values()), snapshot.register.extras))


def _same_upn(snapshot: Snapshot, before: StoredFacts) -> Iterator[tuple[str, str]]:
    """Two ids with one UPN, each way: a record that was made anew has no gaps where the old one has marks.

    Which of them is right is not for this to say; until then a gap too few is better than a year of them.
    """
    holders: dict[str, set[str]] = {}
    for pupil in (*before.pupils, *snapshot.pupils):
        if pupil.upn:
            holders.setdefault(pupil.upn, set()).add(pupil.pupil_id)
    for ids in holders.values():
        yield from permutations(sorted(ids), 2)


def _expected(snapshot: Snapshot, before: StoredFacts, laid: LaidOver, today: date) -> dict[int, _OnRoll]:
    """The columns of pupils who are on the list, and when they ought to have marks."""
    columns, found = laid.columns, {}
    away = _away(snapshot, before, today)
    for pupil in snapshot.pupils:
        if pupil.enrolment == _GUEST or is_before_reception(pupil.year_group) or pupil.pupil_id not in columns:
            continue
        first = _first_mark(laid, columns[pupil.pupil_id])
        if first and pupil.start_date:
            first = max(first, SessionKey(pupil.start_date, AM))
        if first:
            times = away.get(pupil.pupil_id, ())
            found[columns[pupil.pupil_id]] = _OnRoll(first, pupil.end_date or date.max, times)
    return found


def _away(snapshot: Snapshot, before: StoredFacts, today: date) -> dict[str, tuple[tuple[date, date], ...]]:
    """When pupils had left and were to come back: as the source says, and as was believed. Today they are back."""
    found = dict(before.away)
    for was in before.pupils:
        if was.end_date is not None and was.end_date < today:
            found[was.pupil_id] = (*found.get(was.pupil_id, ()), (was.end_date + timedelta(days=1), today))
    for who, times in snapshot.off_roll.items():
        found[who] = (*found.get(who, ()), *times)
    return found


def _given(was: bytes, now: bytes, same: Iterable[tuple[int, int]]) -> bytearray:
    """What is known or told of each pupil; of the same child under two ids, under both."""
    given = bytearray(new or old for old, new in zip(was, now, strict=True))
    for one, other in same:
        given[other] = given[other] or given[one]
    return given


def _filled(
    key: SessionKey,
    now: bytes,
    given: Iterable[int],
    expected: Mapping[int, _OnRoll],
    aside: Collection[MarkKey],
    laid: LaidOver,
) -> bytes:
    row = bytearray(now)
    for column, code in enumerate(given):
        if code or column not in expected:
            continue
        if expected[column].expects(key) and (laid.ids[column], *key) not in aside:
            row[column] = codes.MISSING
    return bytes(row)


def _first_mark(laid: LaidOver, column: int) -> SessionKey | None:
    return next((key for key, row in laid.rows.items() if any(code[column] not in codes.NO_MARK for code in row)), None)
