"""What the office must chase in registers of finished days: not taken at all, marks missing, sessions half closed.

Which marks are missing where a source says nothing is for `not_sent` to find; the marks that come here have its `-`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from halfday import codes
from halfday.early_years import is_before_reception
from halfday.measures import Axis, Sessions
from halfday.register import SessionKey
from halfday.rhythm import Rhythm
from halfday.school_gaps import school_gaps

_SEEN = codes.ids(*codes.POSSIBLE)
_CLOSED = codes.ids("#")
_IS_SEEN = bytes(int(n in _SEEN) for n in range(256))
_IS_CLOSED = bytes(int(n in _CLOSED) for n in range(256))
_IS_MARKED = bytes(int(n not in codes.NO_MARK) for n in range(256))
_IS_MISSING = bytes(int(n == codes.MISSING) for n in range(256))
_LATELY = 10
"""School days in which a session that was closed for a part of a class is told; nobody amends older ones."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Registers of a class that nobody took, though others took theirs: no pupil of it has a mark."""

    class_name: str
    sessions: tuple[SessionKey, ...]


@dataclass(frozen=True, slots=True)
class MissingMarks:
    """Single marks that are missing in the registers of a class: in which sessions, and how many."""

    class_name: str
    sessions: tuple[tuple[SessionKey, int], ...]

    @property
    def count(self) -> int:
        """How many in all."""
        return sum(count for _key, count in self.sessions)


@dataclass(frozen=True, slots=True)
class HalfClosed:
    """Sessions that most of a class have as closed (`#`), and some pupils of it with another mark, which counts.

    Classes with the same sessions stand together. `others` are the ids of the pupils with other marks.
    """

    classes: tuple[str, ...]
    sessions: tuple[SessionKey, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chase:
    """All that is to be chased in the finished days of a school year, by class and in order of date.

    `no_marks` are the sessions of which the school has no marks at all.
    """

    not_taken: tuple[NotTaken, ...] = ()
    missing: tuple[MissingMarks, ...] = ()
    half_closed: tuple[HalfClosed, ...] = ()
    no_marks: tuple[SessionKey, ...] = ()


def chase(sessions: Sequence[Sessions], today: date) -> Chase:
    """What is to be chased before a day. Children before Reception are left out: no register is asked for of them.

    Args:
        sessions: every pupil on roll, on one axis that reaches up to today.
        today: the day itself is not finished and not looked at.
    """
    counted = [one for one in sessions if not is_before_reception(one.pupil.year_group)]
    if not counted:
        return Chase()
    axis = counted[0].axis
    span = range(axis.first, axis.index(today))
    no_marks = school_gaps(counted)
    school = _School(axis, span, _any(counted, _IS_SEEN), frozenset(no_marks), _taken(counted, span))
    not_taken, missing = [], []
    for name, members in sorted(_by_class(counted).items()):
        places = frozenset(_not_taken(members, school)) if name else frozenset()
        if places:
            not_taken.append(NotTaken(name, tuple(axis.sessions[at] for at in sorted(places))))
        if rest := _missing(members, school, places):
            missing.append(MissingMarks(name, tuple((axis.sessions[at], rest[at]) for at in sorted(rest))))
    return Chase(tuple(not_taken), tuple(missing), tuple(_half_closed(counted, axis, today)), no_marks)


@dataclass(frozen=True, slots=True)
class _School:
    """What the classes of a school share: `seen` has 1 for sessions that somebody took, `taken` the classes' share."""

    axis: Axis
    span: range
    seen: bytes
    no_marks: AbstractSet[SessionKey]
    taken: Mapping[int, float]

    def rhythm(self, marked: bytes) -> Rhythm:
        """When a class has marks as a rule; `marked` has 1 where it does."""
        keys = self.axis.sessions
        held = [at for at in self.span if self.seen[at]]
        return Rhythm((keys[at] for at in held), (keys[at] for at in held if marked[at]))


def _by_class(sessions: Sequence[Sessions]) -> Mapping[str, Sequence[Sessions]]:
    classes: dict[str, list[Sessions]] = defaultdict(list)
    for one in sessions:
        classes[one.pupil.class_name].append(one)
    return classes


def _taken(sessions: Sequence[Sessions], span: range) -> Mapping[int, float]:
    """For each session, which share of the classes has marks."""
    marked = [_any(members, _IS_MARKED) for name, members in _by_class(sessions).items() if name]
    return {at: sum(one[at] for one in marked) / len(marked) for at in span} if marked else {}


def _any(sessions: Sequence[Sessions], table: bytes) -> bytes:
    """For each session, 1 where any of the pupils has a code that the table marks."""
    found, width = 0, len(sessions[0].ids)
    for one in sessions:
        found |= int.from_bytes(one.ids.translate(table), "big")
    return found.to_bytes(width, "big")


def _not_taken(members: Sequence[Sessions], school: _School) -> Iterator[int]:
    """Sessions that the school took and the class did not, though somebody is on roll and it usually takes them.

    Where the source says nothing at all, half of the classes must have theirs: it may have given one class only.
    """
    marked, missing = _any(members, _IS_MARKED), _any(members, _IS_MISSING)
    rhythm, keys = school.rhythm(marked), school.axis.sessions
    for at in school.span:
        if school.seen[at] and not marked[at] and (missing[at] or school.taken[at] >= 1 / 2):
            here = any(one.pupil.on_roll(keys[at].date) for one in members)
            if here and keys[at] not in school.no_marks and rhythm.expects(keys[at]):
                yield at


def _missing(members: Sequence[Sessions], school: _School, known: AbstractSet[int]) -> Counter[int]:
    """How many single marks are missing in a session; not where the class as a whole had nothing to take."""
    found: Counter[int] = Counter()
    axis, marked = school.axis, _any(members, _IS_MARKED)
    rhythm, has_class = school.rhythm(marked), bool(members[0].pupil.class_name)
    for one in members:
        at = one.ids.find(codes.MISSING, school.span.start, school.span.stop)
        while at >= 0:
            found[at] += 1
            at = one.ids.find(codes.MISSING, at + 1, school.span.stop)
    for at in list(found):
        key = axis.sessions[at]  # a gap of a day that is found to be no school day is nobody's to chase
        told = at in known or key in school.no_marks
        had_none = has_class and not marked[at] and not rhythm.expects(key)
        if told or had_none or not axis.calendar.is_school_day(key.date):
            del found[at]
    return found


def _half_closed(sessions: Sequence[Sessions], axis: Axis, today: date) -> Iterator[HalfClosed]:
    """Of the last school days, the sessions that were closed for most of a class; classes of the same days together."""
    days = [day for day in axis.days if day < today][-_LATELY:]
    span = range(axis.index(days[0]), axis.index(today)) if days else range(0)
    found: dict[tuple[SessionKey, ...], list[tuple[str, list[str]]]] = {}
    for name, members in sorted(_by_class(sessions).items()):
        others = {at: who for at in _both(members, span) if (who := _not_closed(members, at))}
        if others:
            keys = tuple(axis.sessions[at] for at in others)
            ids = list(dict.fromkeys(who for at in others for who in others[at]))
            found.setdefault(keys, []).append((name, ids))
    for keys, rows in found.items():
        yield HalfClosed(tuple(name for name, _ids in rows), keys, tuple(who for _name, ids in rows for who in ids))


def _both(members: Sequence[Sessions], span: range) -> Iterator[int]:
    """The sessions that some of a class have as closed, and some not."""
    closed, seen = _any(members, _IS_CLOSED), _any(members, _IS_SEEN)
    return (at for at in span if closed[at] and seen[at])


def _not_closed(members: Sequence[Sessions], at: int) -> list[str]:
    """The pupils with another mark in a session, where they are fewer than those for whom it was closed."""
    others = [one.pupil.pupil_id for one in members if one.ids[at] in _SEEN]
    return others if sum(one.ids[at] in _CLOSED for one in members) > len(others) else []
