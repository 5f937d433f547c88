"""A family as one: the days on which its children were away together, their figures added up, the next step for them.

For a school, children who share a family id are brothers and sisters. Guests are left out: another school has them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import combinations
from operator import or_

from halfday import codes, printing
from halfday.measures import Axis, Sessions
from halfday.policy.outcome import Due, Outcome
from halfday.register import Register
from halfday.school_year import Calendar

_POSSIBLE = codes.ids(*codes.POSSIBLE)
_LATE = frozenset({codes.LATE_BEFORE, codes.LATE_AFTER})
_AWAY = codes.ids("authorised", "unauthorised") - _LATE
"""A child who came after the register closed (U) was not away, whatever the session counts as."""


def _tables(wanted: frozenset[int]) -> tuple[bytes, bytes]:
    """What flags the sessions that are as wanted, and what flags all other possible ones."""
    otherwise = _POSSIBLE - wanted
    return bytes(int(n in wanted) for n in range(256)), bytes(int(n in otherwise) for n in range(256))


_ALL_AWAY, _ALL_LATE = _tables(_AWAY), _tables(_LATE)


@dataclass(frozen=True, slots=True)
class Family:
    """Brothers and sisters at one school, the eldest first.

    Attributes:
        family_id: what they share.
        children: everybody of the family who is on roll.
        away: the days of this school year with a session in which two or more were expected, and all of them were away.
        sessions: how many such sessions there were.
        late: likewise the days on which all of them came late.
    """

    family_id: str
    children: tuple[Outcome, ...]
    away: tuple[date, ...] = ()
    sessions: int = 0
    late: tuple[date, ...] = ()

    @property
    def first(self) -> Outcome:
        """The child under whose id the family's row is kept."""
        return self.children[0]

    @property
    def stage(self) -> int:
        """The highest stage of a child."""
        return max(one.stage for one in self.children)

    @property
    def attended(self) -> int:
        """Sessions attended by all children together."""
        return sum(one.ytd.attended for one in self.children)

    @property
    def possible(self) -> int:
        """Possible sessions of all children together."""
        return sum(one.ytd.possible for one in self.children)

    @property
    def percent(self) -> str | None:
        """Sessions over sessions, not the mean of the children's figures; for print."""
        return printing.percent(self.attended, self.possible)

    @property
    def next_step(self) -> tuple[Outcome, Due] | None:
        """The step that is due first, and for whom: what is done once comes before what recurs."""
        steps = [(one, due) for one in self.children for due in one.checklist]
        return min(steps, key=lambda step: (step[1].cadence != "once", step[1].due or date.max), default=None)


def families(outcomes: Iterable[Outcome], register: Register, calendar: Calendar, today: date) -> tuple[Family, ...]:
    """The families with two or more children on roll, by family id. `outcomes` are as of one day."""
    found: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.pupil.family_id and not one.pupil.is_guest and one.pupil.on_roll(today):
            found.setdefault(one.pupil.family_id, []).append(one)
    several = {family_id: children for family_id, children in sorted(found.items()) if len(children) > 1}
    if not several:
        return ()
    axis = Axis.of(register, calendar, next(iter(several.values()))[0].as_of)
    return tuple(_family(family_id, children, register, axis) for family_id, children in several.items())


def _family(family_id: str, children: Sequence[Outcome], register: Register, axis: Axis) -> Family:
    children = sorted(children, key=lambda one: (one.pupil.dob or date.max, one.pupil.pupil_id))
    rows = [Sessions.of(one.pupil, axis, register.marks_of(one.pupil.pupil_id)).ids for one in children]
    rows = [row[axis.first : axis.stop] for row in rows]
    days = axis.dates[axis.first : axis.stop]
    away = [days[at] for at in _together(rows, _ALL_AWAY)]
    late = [days[at] for at in _together(rows, _ALL_LATE)]
    return Family(family_id, tuple(children), tuple(dict.fromkeys(away)), len(away), tuple(dict.fromkeys(late)))


def _together(rows: Sequence[bytes], tables: tuple[bytes, bytes]) -> Iterator[int]:
    """The sessions in which two or more children were expected, and what is wanted is true of every one of them."""
    wanted, others = tables
    so = [int.from_bytes(row.translate(wanted)) for row in rows]
    otherwise = [int.from_bytes(row.translate(others)) for row in rows]
    two = reduce(or_, (one & other for one, other in combinations(so, 2)))
    all_of = two & ~reduce(or_, otherwise)
    flags = all_of.to_bytes(len(rows[0]))
    at = flags.find(1)
    while at >= 0:
        yield at
        at = flags.find(1, at + 1)
