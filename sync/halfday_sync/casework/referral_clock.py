"""The local authority's clock: after which letter or plan a referral has to be with it, and by when. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from halfday.policy.model import Policy
from halfday.school_year import ONE_DAY, Calendar
from halfday_sync.casework.model import Casework, Letter, SupportPlan

BANK_HOLIDAY = "bank_holiday"
ROW = "referral"
"""What the key of a clock's row on Today and on Statutory names."""
PASSED = 10
"""School days for which a clock that nobody stopped is still told once its day has passed."""
_SAME_NOTICE = timedelta(weeks=4)
"""A plan that begins so soon after a letter of its own name is what that letter announced: the letter's day counts."""


@dataclass(frozen=True, slots=True)
class ClockRule:
    """What a local authority says of it.

    Attributes:
        after: what starts it: ids of letter templates, of letters of the policy or of plans; the latest counts.
        working_days: within so many of them, the day after being the first. Monday to Friday but bank holidays.
        words: the rule in a sentence, for staff.
    """

    after: tuple[str, ...] = ()
    working_days: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that was started for a child.

    Attributes:
        pupil_id: whose.
        started: the day on which the letter went or the plan began.
        by: what started it: the id of the letter in the policy, or that of the plan.
        is_plan: it was a plan.
        due: the last day on which the referral is in time.
        ends: the last day of the plan, where people said.
    """

    pupil_id: str
    started: date
    by: str
    is_plan: bool
    due: date
    ends: date | None = None

    @property
    def key(self) -> str:
        """How its row on a page is known: the child, what it is, and the day on which it was started."""
        return f"{self.pupil_id}|{ROW}|{self.started}"


def clocks(
    rule: ClockRule,
    casework: Casework,
    calendar: Calendar,
    today: date,
    made: Mapping[str, date],
    *,
    policy: Policy | None = None,
) -> tuple[Clock, ...]:
    """The clocks that run on a day, the first due first; those whose day has passed for some days more.

    Args:
        rule: the local authority's.
        casework: all letters and plans.
        calendar: the school's; where it tells no bank holidays, none is left out: the day is then an early one.
        today: the day of the page.
        made: the last day on which a pack that is no draft was made, by pupil id: it stops the clock.
        policy: the school's: by it the template of a letter is known that went without an approval.
    """
    running = [
        one
        for one in latest(rule, casework, calendar, today, policy=policy).values()
        if made.get(one.pupil_id, date.min) < one.started and calendar.school_days_between(one.due, today) <= PASSED
    ]
    return tuple(sorted(running, key=lambda one: (one.due, one.pupil_id)))


def latest(
    rule: ClockRule, casework: Casework, calendar: Calendar, today: date, *, policy: Policy | None = None
) -> Mapping[str, Clock]:
    """The clock that was started last for each child, by pupil id, however long ago. See `clocks`."""
    found: dict[str, Clock] = {}
    if rule.working_days < 1:
        return found
    for pupil_id, started, by, plan in _starts(rule, casework, today, _templates(policy)):
        if pupil_id not in found or found[pupil_id].started < started:
            due = working_day(calendar, started, rule.working_days)
            found[pupil_id] = Clock(pupil_id, started, by, plan is not None, due, plan.ends if plan else None)
    return found


def working_day(calendar: Calendar, after: date, count: int) -> date:
    """The date `count` working days after a date. School holidays count as working days: offices are open then.

    >>> november = Calendar.from_days([date(2026, 11, 4)])
    >>> working_day(november, date(2026, 11, 4), 10)
    datetime.date(2026, 11, 18)
    """
    at = after
    while count > 0:
        at += ONE_DAY
        count -= is_working_day(calendar, at)
    return at


def working_days_left(calendar: Calendar, today: date, until: date) -> int:
    """How many working days lie after a date and up to another (that one included); 0 on that day and after it.

    >>> november = Calendar.from_days([date(2026, 11, 4)])
    >>> working_days_left(november, date(2026, 11, 13), date(2026, 11, 18))
    3
    """
    days = (today + timedelta(days=n) for n in range(1, (until - today).days + 1))
    return sum(is_working_day(calendar, day) for day in days)


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Whether offices are open: Monday to Friday but the bank holidays of the calendar."""
    return day.weekday() < 5 and calendar.kinds.get(day) != BANK_HOLIDAY


def _templates(policy: Policy | None) -> Mapping[str, str]:
    return {letter.id: letter.template for letter in policy.letters} if policy else {}


_Start = tuple[str, date, str, SupportPlan | None]


def _starts(rule: ClockRule, casework: Casework, today: date, templates: Mapping[str, str]) -> Iterator[_Start]:
    """Everything that started a clock up to a day: whose, when, by what, and the plan where it was one."""
    announced: dict[tuple[str, str], list[date]] = {}
    for letter in casework.letters:
        names = _names(letter, templates)
        if letter.sent is None or letter.sent > today or not names.intersection(rule.after):
            continue
        for pupil_id in letter.pupil_ids:
            yield pupil_id, letter.sent, letter.letter, None
            for name in names:
                announced.setdefault((pupil_id, name), []).append(letter.sent)
    for plan in casework.plans:
        if plan.plan not in rule.after or plan.begins is None or plan.begins > today:
            continue
        if not _is_announced(plan.begins, announced.get((plan.pupil_id, plan.plan), ())):
            yield plan.pupil_id, plan.begins, plan.plan, plan


def _names(letter: Letter, templates: Mapping[str, str]) -> set[str]:
    """What a letter may be called in a rule: its id in the policy, and the template that it was written with."""
    return {letter.letter, letter.approval.template if letter.approval else templates.get(letter.letter, "")}


def _is_announced(begins: date, letters: Collection[date]) -> bool:
    """Whether a letter of the same name went shortly before a plan began: then it is the same notice."""
    return any(begins - _SAME_NOTICE <= day <= begins for day in letters)
