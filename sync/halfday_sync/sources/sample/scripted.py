"""A few cases on two Fridays that a demonstration should always have.

Old N marks, penalty runs and thresholds crossed come by themselves in a school of 420, but not all of them every week.
So these are written in: siblings away together without a word; an unexplained second day of a pupil with a child
protection plan; a pupil past the penalty threshold whose last sessions are unresolved; and one pupil each who falls
below 96, 92, 90 and 86 per cent in that week. The Fridays are the fifth of the second and of the third half term
(5 December 2025 and 6 February 2026).
"""

from halfday_sync.sources.sample.days import SchoolDays
from halfday_sync.sources.sample.roll import Roll
from halfday_sync.sources.sample.spells import Ledger, Spell

CROSSED = (96, 92, 90, 86)
"""Per cent of attendance at which policies have a threshold."""


def demo_days(days: SchoolDays) -> tuple[int, ...]:
    """Positions of the Fridays that the cases are written for."""
    return tuple(
        [position for position in days.half_terms[number] if days.days[position].weekday() == 4][4] for number in (1, 2)
    )


def write_in(roll: Roll, ledger: Ledger, days: SchoolDays) -> None:
    """Deal out the scripted spells, as far as the school has pupils for them."""
    closed = days.days.index(days.closure)
    for turn, friday in enumerate(demo_days(days)):
        _crossings(roll, ledger, friday, 2 * (closed < friday))
        _siblings(roll, ledger, friday, turn)
        _child_protection(roll, ledger, friday, turn)
        _penalty_run(roll, ledger, friday, turn)


def _there(ledger: Ledger, pupil: int, day: int, sessions: int) -> bool:
    first, last = ledger.span[pupil]
    return first <= day - 10 and day + 10 <= last and ledger.left[pupil] >= sessions


def _siblings(roll: Roll, ledger: Ledger, friday: int, turn: int) -> None:
    """A family of two or more, all away on the day, all N until the next school day."""
    families = [
        family for family in roll.families if len(family) >= 2 and all(_there(ledger, i, friday, 8) for i in family)
    ]
    for pupil in families[turn * 3 % len(families)] if families else ():
        ledger.add(Spell(pupil, "I", 2, at=2 * friday, reason_after=1))


def _child_protection(roll: Roll, ledger: Ledger, friday: int, turn: int) -> None:
    """Away since the day before, no reason until two school days later."""
    pupils = [i for i, pupil in enumerate(roll.pupils) if pupil.cp and _there(ledger, i, friday, 4)]
    if pupils:
        ledger.add(Spell(pupils[turn % len(pupils)], "O", 4, at=2 * friday - 2, reason_after=3))


def _penalty_run(roll: Roll, ledger: Ledger, friday: int, turn: int) -> None:
    """A week of unauthorised absence some weeks ago, and the day before without a reason yet."""
    pupils = [
        i
        for i, pupil in enumerate(roll.pupils)
        if ledger.span[i][0] == 0
        and pupil.year_group != "R"
        and not pupil.cp
        and _there(ledger, i, friday - 15, 30)
        and _there(ledger, i, friday, 30)
    ]
    if pupils:
        pupil = pupils[turn * 5 % len(pupils)]
        ledger.add(Spell(pupil, "O", 10, at=2 * (friday - 19), reason_after=5))
        ledger.add(Spell(pupil, "O", 2, at=2 * friday - 2, reason_after=4))


def _crossings(roll: Roll, ledger: Ledger, friday: int, closed: int) -> None:
    """For each threshold a pupil without siblings who was just above it a week ago and is just below it today.

    All their absence up to the Friday is written in here; what else they miss in the year comes later. `closed` is how
    many sessions before the Friday the school was closed.
    """
    before, now = 2 * (friday - 4) - closed, 2 * (friday + 1) - closed
    alone = (family[0] for family in roll.families if len(family) == 1)
    candidates = [
        i for i in alone if ledger.span[i][0] == 0 and roll.pupils[i].year_group != "R" and not roll.pupils[i].cp
    ]
    for threshold in CROSSED:
        # The most that can be missed and stay at the threshold, then and now; with one session's slack each way, since
        # a mark may be missing.
        above, below = (100 - threshold) * before // 100 - 1, (100 - threshold) * now // 100 + 2
        fits = [i for i in candidates if _there(ledger, i, friday, below) and ledger.left[i] <= below + 60]
        if not fits:
            continue
        candidates.remove(fits[0])
        for start in range(above):
            if start % 4 == 0:
                spell = Spell(fits[0], "I", min(4, above - start), at=2 * (7 + 3 * start), reason_after=1)
                ledger.add(spell)
        ledger.add(Spell(fits[0], "I", below - above, at=2 * (friday - 4), reason_after=1))
        ledger.span[fits[0]] = (friday + 1, ledger.span[fits[0]][1])
