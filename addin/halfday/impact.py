"""Before and after: attendance in the four school weeks before an action was taken, and in the four after it.

A figure to talk about, not a proof. Children are helped when they are at their lowest, and many would have come back
some of the way by themselves.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from statistics import median

from halfday import printing
from halfday.acted import Act
from halfday.measures import Sessions
from halfday.school_year import ONE_DAY, Calendar

DAYS = 20
"""Four school weeks."""
_LEAST = 10
"""Possible sessions that each of the two needs: a school week."""
FEW = 10
"""Fewer than this say nothing of an action; they may say something of a child."""
CAUTION = (
    "Children are helped when they are at their lowest, and many would have come back some of the way by themselves: "
    "what is better afterwards need not be because of it."
)


@dataclass(frozen=True, slots=True)
class Impact:
    """What came after an action.

    Attributes:
        action, title: which one.
        times: how often it was taken, with four school weeks before and after it.
        before, after: the median of the pupils' attendance, as fractions; nothing where there is none yet.
        better, worse: of how many it was a percentage point or more higher afterwards, or lower.
        too_soon: how often it was taken too lately, or too early in the records, to say.
        words: the same as a sentence, with a warning where they are few.
    """

    action: str
    title: str
    times: int
    before: Fraction | None
    after: Fraction | None
    better: int
    worse: int
    too_soon: int
    words: str


def impact(
    acts: Iterable[Act],
    sessions_by_pupil: Mapping[str, Sessions],
    calendar: Calendar,
    as_of: date,
    titles: Mapping[str, str] | None = None,
) -> tuple[Impact, ...]:
    """Each action that was taken, the most frequent first.

    Args:
        acts: what was done; what was no action of the policy is left out. Done twice for a pupil on a day, it is once.
        sessions_by_pupil: the marks. A pupil who is not there any more is left out.
        calendar: the school days.
        as_of: the last day whose marks count.
        titles: what the actions are called, by id.
    """
    by_action: dict[str, set[tuple[str, date]]] = defaultdict(set)
    for act in acts:
        if act.action and act.day <= as_of and act.pupil_id in sessions_by_pupil:
            by_action[act.action].add((act.pupil_id, act.day))
    found = [
        _impact(action, (titles or {}).get(action, action), sorted(taken), sessions_by_pupil, calendar, as_of)
        for action, taken in by_action.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.times, -one.too_soon, one.title)))


def _impact(
    action: str,
    title: str,
    taken: Sequence[tuple[str, date]],
    sessions: Mapping[str, Sessions],
    calendar: Calendar,
    as_of: date,
) -> Impact:
    pairs = [pair for pupil_id, day in taken if (pair := before_and_after(sessions[pupil_id], day, calendar, as_of))]
    before = median(pair[0] for pair in pairs) if pairs else None
    after = median(pair[1] for pair in pairs) if pairs else None
    better = sum(100 * (late - early) >= 1 for early, late in pairs)
    worse = sum(100 * (early - late) >= 1 for early, late in pairs)
    soon = len(taken) - len(pairs)
    words = _words(len(pairs), better, worse, soon)
    return Impact(action, title, len(pairs), before, after, better, worse, soon, words)


def before_and_after(
    sessions: Sessions, day: date, calendar: Calendar, as_of: date
) -> tuple[Fraction, Fraction] | None:
    """Attendance of a pupil in the 20 school days before a day and in the 20 after it; of the day itself, neither.

    Nothing where one of them is not over, reaches back before the marks, or holds less than a week of sessions.
    """
    days = calendar.school_days
    first, last = bisect_left(days, day) - DAYS, bisect_right(days, day) + DAYS
    if first < 0 or last > bisect_right(days, as_of):
        return None
    axis = sessions.axis
    if not axis.dates or axis.dates[0] > days[first]:
        return None
    spans = ((days[first], day), (days[bisect_right(days, day)], days[last - 1] + ONE_DAY))
    measures = [sessions.between(axis.index(start), axis.index(stop)) for start, stop in spans]
    if any(one.possible < _LEAST for one in measures):
        return None
    before, after = (Fraction(one.attended, one.possible) for one in measures)
    return before, after


def percent(figure: Fraction | None) -> str:
    """A figure to one decimal, as it is printed.

    >>> percent(Fraction(7, 8)), percent(Fraction(13, 16)), percent(None)
    ('87.5%', '81.3%', '')
    """
    return "" if figure is None else f"{printing.half_up(100 * figure, 1)}%"


def _words(times: int, better: int, worse: int, soon: int) -> str:
    said = []
    if times:
        same = times - better - worse
        said.append(f"Better for {better}, about the same for {same}, lower for {worse}.")
    if 0 < times < FEW:
        said.append(f"Only {printing.counted(times, 'time')}: too few to say anything of the action.")
    if soon:
        said.append(
            f"Of {soon}{' more' if times else ''} nothing can be said yet: it takes four school weeks on each side."
        )
    return " ".join(said)
