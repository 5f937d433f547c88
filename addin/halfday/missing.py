"""What the office must chase in registers of finished days: not taken at all, marks missing, sessions half closed."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from halfday import codes
from halfday.measures import Axis, Sessions
from halfday.register import SessionKey
from halfday.unmarked import Unmarked, unmarked

_SEEN = codes.ids(*codes.POSSIBLE)
_CLOSED = codes.ids("#")
_IS_SEEN = bytes(int(n in _SEEN) for n in range(256))
_IS_MARKED = bytes(int(n not in (codes.NO_ROW, codes.MISSING)) for n in range(256))
_IS_MISSING = bytes(int(n == codes.MISSING) for n in range(256))


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
    """A session that most of a class have as closed (`#`), and some pupils of it with another mark, which counts."""

    session: SessionKey
    class_name: str
    closed: int
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chase:
    """All that is to be chased in the finished days of a school year, by class and in order of date."""

    not_taken: tuple[NotTaken, ...] = ()
    missing: tuple[MissingMarks, ...] = ()
    half_closed: tuple[HalfClosed, ...] = ()
    unmarked: tuple[Unmarked, ...] = ()


def chase(sessions: Sequence[Sessions], today: date) -> Chase:
    """What is to be chased before a day.

    Args:
        sessions: every pupil on roll, on one axis that reaches up to today.
        today: the day itself is not finished and not looked at.
    """
    if not sessions:
        return Chase()
    axis = sessions[0].axis
    span = range(axis.first, axis.index(today))
    classes: dict[str, list[Sessions]] = defaultdict(list)
    for one in sessions:
        classes[one.pupil.class_name].append(one)
    seen = _any(sessions, _IS_SEEN)
    not_taken, missing, gaps = [], [], list[Unmarked]()
    for name, members in sorted(classes.items()):
        places = frozenset(_not_taken(members, seen, span)) if name else frozenset()
        if places:
            not_taken.append(NotTaken(name, tuple(axis.sessions[at] for at in sorted(places))))
        if rest := _missing(members, span, places):
            missing.append(MissingMarks(name, tuple((axis.sessions[at], rest[at]) for at in sorted(rest))))
        gaps += unmarked(name, members, _held(members, seen, span))
    return Chase(tuple(not_taken), tuple(missing), tuple(_half_closed(classes, axis, span)), tuple(gaps))


def _held(members: Sequence[Sessions], seen: bytes, span: range) -> list[int]:
    """Sessions of school days that the school took, and the class with it; of pupils without a class, the school."""
    axis, marked = members[0].axis, _any(members, _IS_MARKED)
    has_class = bool(members[0].pupil.class_name)
    held = (at for at in span if seen[at] and (marked[at] or not has_class))
    return [at for at in held if axis.calendar.is_school_day(axis.dates[at])]


def _any(sessions: Sequence[Sessions], table: bytes) -> bytes:
    """For each session, 1 where any of the pupils has a code that the table marks."""
    found, width = 0, len(sessions[0].ids)
    for one in sessions:
        found |= int.from_bytes(one.ids.translate(table), "big")
    return found.to_bytes(width, "big")


def _not_taken(members: Sequence[Sessions], seen: bytes, span: range) -> Iterator[int]:
    """Sessions that the school took and the class did not.

    Where the source says nothing at all about a session, the class must be one that takes this register as a rule: a
    nursery that comes in the morning only has no register in the afternoon.
    """
    marked, missing = _any(members, _IS_MARKED), _any(members, _IS_MISSING)
    keys = members[0].axis.sessions
    held = [at for at in span if seen[at]]
    usual = Counter(keys[at].session for at in held if marked[at])
    every = Counter(keys[at].session for at in held)
    for at in held:
        half = keys[at].session
        if not marked[at] and (missing[at] or 2 * usual[half] > every[half]):
            yield at


def _missing(members: Sequence[Sessions], span: range, known: frozenset[int]) -> Counter[int]:
    found: Counter[int] = Counter()
    axis = members[0].axis  # a gap of a day that is found to be no school day is nobody's to chase
    for one in members:
        at = one.ids.find(codes.MISSING, span.start, span.stop)
        while at >= 0:
            found[at] += at not in known and axis.calendar.is_school_day(axis.dates[at])
            at = one.ids.find(codes.MISSING, at + 1, span.stop)
    return +found


def _half_closed(classes: dict[str, list[Sessions]], axis: Axis, span: range) -> Iterator[HalfClosed]:
    table = bytes(int(n in _CLOSED) for n in range(256))
    for name, members in sorted(classes.items()):
        closed, seen = _any(members, table), _any(members, _IS_SEEN)
        for at in span:
            if closed[at] and seen[at]:
                count = sum(one.ids[at] in _CLOSED for one in members)
                others = tuple(one.pupil.pupil_id for one in members if one.ids[at] in _SEEN)
                if count > len(others):
                    yield HalfClosed(axis.sessions[at], name, count, others)
