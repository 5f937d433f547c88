"""Plans and reviews: each plan that began, who signed it, what came of its reviews, and attendance week by week."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from halfday import plan_weeks, printing
from halfday.school_year import monday
from halfday_sync.casework import SupportPlan
from halfday_sync.casework.plan_kinds import CHART, NOTICE
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Block, Fact, Facts, Sheet, Table, Words
from halfday_sync.referrals.planned import begun, ends_on, title_of
from halfday_sync.referrals.profile import Profile

_FRIDAY = timedelta(days=4)


def sheet(case: Case, profile: Profile) -> Sheet:
    """Every plan that began; one that was only proposed is none yet."""
    blocks = [block for plan in begun(case) for block in _plan(case, plan)]
    if not blocks:
        blocks = [Words("Plans and reviews", ("No plan has begun with the family.",))]
    return Sheet("plans", "Plans and reviews", tuple(blocks))


def _plan(case: Case, plan: SupportPlan) -> Iterator[Block]:
    title = title_of(case, plan)
    since = printing.date_in_words(plan.begins) if plan.begins else ""
    yield Facts(f"{title}, begun {since}", tuple(_facts(case, plan)))
    yield _reviews(plan)
    yield _weeks(case, plan)


def _facts(case: Case, plan: SupportPlan) -> Iterator[Fact]:
    ends = ends_on(case, plan)
    target = _target(plan)
    yield Fact("First day", printing.day_and_year(plan.begins) if plan.begins else "")
    yield Fact("Last day", printing.day_and_year(ends) if ends else "none was set")
    if plan.target:
        yield Fact("Target", plan.target if target is None else f"{printing.number(target)}%")
    for label, words in (
        ("What makes it hard", plan.barriers),
        ("Support agreed", plan.support),
        ("Who keeps it", plan.who),
    ):
        if words.strip():
            yield Fact(label, words.strip())
    if plan.signed.strip() or plan.plan not in (NOTICE, CHART):
        yield Fact("Signed", plan.signed.strip() or "nobody's signature is noted")


def _reviews(plan: SupportPlan) -> Table:
    """Each review with what came of it; where only the last one's outcome is kept, it stands beside the last."""
    outcomes = plan.outcomes or ("",) * (len(plan.reviewed) - 1) + (plan.outcome,)
    rows = tuple(
        (printing.day_and_year(day), outcomes[at] if at < len(outcomes) and outcomes[at] else "not written down")
        for at, day in enumerate(plan.reviewed)
    )
    return Table("Reviews with the family", ("Day", "What came of it"), rows, (2, 6), "It has not been reviewed yet.")


def _weeks(case: Case, plan: SupportPlan) -> Table:
    if plan.begins is None:
        return Table("Attendance in the weeks of the plan", ("Week",), (), (1,))
    target = _target(plan)
    weeks = plan_weeks.weeks_of(case.sessions, plan.begins, ends_on(case, plan))
    rows = tuple(
        (
            week.number,
            f"{_days(week)}{', so far' if week.so_far else ''}",
            week.attended,
            week.possible,
            plan_weeks.figure(week.attended, week.possible, target),
        )
        for week in weeks
    )
    return Table(
        "Attendance in the weeks of the plan",
        ("Week", "Days", "Attended", "Possible", "Attendance"),
        rows,
        (1, 4, 2, 2, 2),
        "No school week of it is over yet.",
        plan_weeks.total_words(weeks, target),
    )


def _days(week: plan_weeks.Week) -> str:
    last = max(week.first, min(week.last, monday(week.first) + _FRIDAY))
    return " to ".join(dict.fromkeys(map(printing.date_in_words, (week.first, last))))


def _target(plan: SupportPlan) -> Fraction | None:
    """What was agreed, as a number of percent; people may have typed words."""
    try:
        return Fraction(plan.target.strip().removesuffix("%").strip()) if plan.target.strip() else None
    except (ValueError, ZeroDivisionError):
        return None
