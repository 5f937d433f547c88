"""What waits for missing marks: letters and steps to approve that a mark still to come could take back.

A missing mark can turn out to be anything: present, late, any kind of absence, or no possible session. A step stands
where it would be asked for whatever the missing marks turn out to be (`possible.py`); where it would not, it waits.

Only what a person approves waits. Steps without approval never do, nor does any step asked for because nobody knows
where a child is, or by a trigger that names children on a protection plan or in care: a missing mark is no reason to
look away.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from halfday import codes, national, printing
from halfday.measures import Sessions
from halfday.policy.ladder import Decision
from halfday.policy.model import Policy, Trigger
from halfday.policy.possible import Asked, Judge, firm
from halfday.register import AM, SessionKey

_ABOUT_A_CHILD = frozenset({"unexplained", "unexplained_days"})
"""Measures of a child whom nobody has heard of: what they ask for never waits."""
_ABOUT_MARKS = frozenset({"missing", "oldest_n_days"})
"""Measures that ask for the mark itself: it would be odd to let that wait for the mark."""
_CHILDREN_AT_RISK = frozenset({"cp", "lac"})
"""Flags: what a trigger asks for by naming them is about the child's safety."""
_NAMED = 3
"""So many missing marks are named, the newest ones; the others are counted."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A letter or step that waits: since when, and whether that is longer than a mark may stay open by law."""

    action: str
    since: date
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits, by id, and for which marks.

    Attributes:
        marks: how many marks are missing.
        actions: what a person approves and what waits for them.
        duties: national duties that might not hold.
        missing: the sessions of these marks, in order; they may begin in the summer term.
        each: since when each of the actions waits.
    """

    marks: int = 0
    actions: frozenset[str] = frozenset()
    duties: frozenset[str] = frozenset()
    missing: tuple[SessionKey, ...] = ()
    each: tuple[Wait, ...] = ()

    @property
    def named(self) -> str:
        """Date and session of the marks: `Fri 5 Sep, afternoon`; of many only the newest."""
        named = "; ".join(map(session_words, self.missing[-_NAMED:]))
        earlier = len(self.missing) - _NAMED
        return f"{named}; and {earlier} earlier" if earlier > 0 else named

    def words(self, action: str) -> str:
        """Since when an action waits and for what: `Waits since Tue 9 Sep: 1 mark missing (Fri 5 Sep, afternoon)`."""
        wait = next((one for one in self.each if one.action == action), None)
        if wait is None:
            return ""
        missing = printing.counted(self.marks, "mark")
        return f"Waits since {printing.day(wait.since)}: {missing} missing ({self.named}){self.what_now([wait])}"

    def what_now(self, waiting: Iterable[Wait]) -> str:
        """What to do where something has waited for long; nothing otherwise."""
        it = "it" if self.marks == 1 else "them"
        is_long = any(one.is_long for one in waiting)
        return f": complete {it} in the MIS, or decide without {it}" if is_long else ""


def session_words(key: SessionKey) -> str:
    """A session as staff read it: `Fri 5 Sep, afternoon`."""
    return f"{printing.day(key.date)}, {'morning' if key.session == AM else 'afternoon'}"


def missing_places(sessions: Sessions) -> tuple[int, ...]:
    """The sessions whose mark is missing: of this school year, and of the last four school weeks if they began before.

    Older ones are out of every window that a missing mark could take something back from.
    """
    windows = sessions.axis.windows
    found, start = [], min((windows[name] for name in ("ytd", "last_4_weeks") if name in windows), default=0)
    while (at := sessions.ids.find(codes.MISSING, start, sessions.axis.stop)) >= 0:
        found.append(at)
        start = at + 1
    return tuple(found)


def waits(
    policy: Policy,
    sessions: Sessions,
    decisions: Sequence[Decision],
    asked: Mapping[str, date],
    duties: Iterable[Trigger],
    judge: Judge,
) -> Waits:
    """What of `asked` and of `duties` waits for missing marks.

    Args:
        policy: the school's policy.
        sessions: the pupil's marks.
        decisions: the pupil's.
        asked: ids of actions on the checklist that may wait, each with the day since which it is asked for.
        duties: national duties that hold.
        judge: what would be asked for if the marks were others.
    """
    places = missing_places(sessions)
    keys = tuple(sessions.axis.sessions[place] for place in places)
    held = [duty for duty in duties if not _about(duty, _ABOUT_MARKS)]
    if not places or not (asked or held):
        return Waits(len(places), missing=keys)

    @cache
    def stand(count: int) -> Asked:
        return firm(policy, held, sessions, decisions, places[:count], judge)

    found = stand(len(places))
    waiting = sorted(asked.keys() - found.actions)
    enough = {one: _enough(one, len(places), stand) for one in waiting}
    return Waits(
        len(places),
        frozenset(waiting),
        frozenset(duty.id for duty in held if duty.id not in found.duties),
        keys,
        tuple(_wait(sessions, one, max(asked[one], keys[enough[one] - 1].date)) for one in waiting),
    )


def _enough(action: str, most: int, stand: Callable[[int], Asked]) -> int:
    """How many of the missing marks, from the first one on, are enough to hold an action up. All of them are."""
    return bisect_left(range(most), 1, lo=1, key=lambda count: action not in stand(count).actions)


def _wait(sessions: Sessions, action: str, since: date) -> Wait:
    axis = sessions.axis
    waited = axis.calendar.school_days_between(since, axis.as_of)
    return Wait(action, since, waited > national.value("unresolved_n_days", axis.as_of))


def asks_for_the_mark(trigger: Trigger) -> bool:
    """Whether a trigger only says that a mark or its reason is missing: it ends as soon as somebody writes it down."""
    return _about(trigger, _ABOUT_A_CHILD | _ABOUT_MARKS)


def never_waits(trigger: Trigger) -> bool:
    """Whether what a trigger asks for is about a child's safety, or about the missing mark itself."""
    return _about(trigger, _ABOUT_A_CHILD | _ABOUT_MARKS | _CHILDREN_AT_RISK)


def _about(trigger: Trigger, measures: frozenset[str]) -> bool:
    return any(test.quantity.name in measures for test in trigger.condition.tests)
