"""A stage goes up at once, comes down only on a review day, starts again each year, and yields to a person."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfday.measures import Axis, Sessions
from halfday.policy.evaluate import evaluate
from halfday.policy.ladder import Decision, Step, replay, stage_on, standing
from halfday.policy.load import load
from halfday.policy.model import Policy
from halfday.policy.outcome import Outcome
from halfday.register import AM, PM, Mark, Pupil, Register
from halfday.school_year import Calendar

UNHURRIED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # nothing here depends on the clock


def d(text: str) -> date:
    return date.fromisoformat(text)


def policy(min_possible: int = 20, step_down: str = "review", order: str = "123") -> Policy:
    """Stage 1 at or below 96%, Stage 2 below 90%, Stage 3 below 80%."""
    rung = {"1": "at_or_below = 96", "2": "below = 90", "3": "below = 80"}
    stages = "".join(f'[[stage]]\nnumber = {n}\nname = "Stage {n}"\n{rung[n]}\n' for n in order)
    rules = f'[rules]\nmin_possible = {min_possible}\nstep_down = "{step_down}"\n'
    return load(f'[school]\nname = "Test"\n{rules}{stages}', "test")


# The last two weeks of a school year; then four weeks, a holiday and two weeks.
SCHOOL_WEEKS = [
    date(2025, 7, 7),
    date(2025, 7, 14),
    *(date(2025, 9, 1) + timedelta(weeks=n) for n in (0, 1, 2, 3, 5, 6)),
]
DAYS = [week + timedelta(days=n) for week in SCHOOL_WEEKS for n in range(5)]
AUTUMN = [day for day in DAYS if day.month > 7]
CALENDAR = Calendar.from_kinds(dict.fromkeys(DAYS, "school"))
REVIEW_DAYS = {date(2025, 7, 18), date(2025, 9, 26), date(2025, 10, 17)}


def marks(spells: str, days: list[date] = AUTUMN) -> list[Mark]:
    """Present on all the days but those of the spells: `17/9 II` or `17/9-19/9 II`, separated by commas."""
    written = {(day, session): "/" for day in days for session in (AM, PM)}
    for spell in filter(None, spells.split(",")):
        span, codes = spell.split()
        ends = [date(2025, int(m), int(n)) for n, m in (end.split("/") for end in span.split("-"))]
        for day in (day for day in days if ends[0] <= day <= ends[-1]):
            written |= dict(zip([(day, AM), (day, PM)], codes, strict=True))
    return [Mark("1", day, session, code) for (day, session), code in written.items()]


def on(day: str, spells: str, rules: Policy, pupil: Pupil, decisions: list[Decision]) -> Outcome:
    register = Register.from_marks(marks(spells, DAYS if "/7" in spells else AUTUMN))
    return evaluate(rules, [pupil], register, CALENDAR, d(day), decisions)[0]


def shown(outcome: Outcome) -> str:
    return f"{outcome.stage} {outcome.stage_since}"


def check(
    expected: dict[str, str], spells: str, rules: Policy, *decisions: Decision, pupil: Pupil | None = None
) -> None:
    found = {day: shown(on(day, spells, rules, pupil or Pupil("1"), list(decisions))) for day in expected}
    assert found == expected


def test_the_calendar_has_three_review_days() -> None:
    assert CALENDAR.review_days == REVIEW_DAYS


# 17 Sep: 2 of 26 missed (92.3%); 18 Sep: 4 of 28 (85.7%); 19 Sep: 6 of 30 (exactly 80%); 22 Sep: 8 of 32 (75%).
# 25 Sep: 8 of 38 (78.9%); 26 Sep, a review day: 8 of 40 (exactly 80%); 17 Oct, a review day: 8 of 60 (86.7%).
FALLING = "17/9-19/9 II,22/9 II"
# 17 Sep: 92.3%; 26 Sep: 95.0%; 9 Oct: 2 of 48 (95.8%); 10 Oct: 2 of 50 (exactly 96%); 13 Oct: 2 of 52 (96.2%).
ONE_DAY = "17/9 II"

LADDER = [
    (
        "up at once, down only at the review",
        FALLING,
        policy(),
        {
            "2025-09-16": "0 None",
            "2025-09-17": "1 2025-09-17",
            "2025-09-18": "2 2025-09-18",
            "2025-09-19": "2 2025-09-18",
            "2025-09-21": "2 2025-09-18",  # a Sunday
            "2025-09-22": "3 2025-09-22",
            "2025-09-25": "3 2025-09-22",
            "2025-09-26": "2 2025-09-26",
            "2025-10-01": "2 2025-09-26",  # in the holiday
            "2025-10-16": "2 2025-09-26",
            "2025-10-17": "2 2025-09-26",
        },
    ),
    (
        "exactly 96.0% is at or below 96; above it a stage still waits for the review",
        ONE_DAY,
        policy(),
        {
            "2025-10-10": "1 2025-09-17",
            "2025-10-13": "1 2025-09-17",
            "2025-10-16": "1 2025-09-17",
            "2025-10-17": "0 2025-10-17",
            "2025-10-30": "0 2025-10-17",
        },
    ),
    (
        "a policy may step down immediately",
        ONE_DAY,
        policy(step_down="immediately"),
        {"2025-10-10": "1 2025-09-17", "2025-10-13": "0 2025-10-13", "2025-10-17": "0 2025-10-13"},
    ),
    (
        "immediately, from Stage 3 to Stage 2 as soon as the figure is 80% again",
        FALLING,
        policy(step_down="immediately"),
        {"2025-09-25": "3 2025-09-22", "2025-09-26": "2 2025-09-26"},
    ),
    (
        "no stage before min_possible sessions, and then at once",
        "1/9-2/9 II",
        policy(),
        {"2025-09-11": "0 None", "2025-09-12": "2 2025-09-12"},  # 18 possible; 4 of 20 missed is exactly 80%
    ),
    ("another min_possible", ONE_DAY, policy(30), {"2025-09-18": "0 None", "2025-09-19": "1 2025-09-19"}),
    ("min_possible of one session", "1/9 I/", policy(1), {"2025-09-01": "3 2025-09-01", "2025-09-26": "0 2025-09-26"}),
    (
        "sessions that were not possible are no evidence",
        "1/9-5/9 XX,8/9 II",
        policy(),
        {"2025-09-18": "0 None", "2025-09-19": "1 2025-09-19"},
    ),
    (
        "a stage starts again at 0 with the school year",
        "7/7-18/7 II",
        policy(),
        {
            "2025-07-17": "0 None",
            "2025-07-18": "3 2025-07-18",
            "2025-08-20": "3 2025-07-18",
            "2025-09-01": "0 None",
            "2025-10-17": "0 None",
        },
    ),
]


@pytest.mark.parametrize(("spells", "rules", "expected"), [row[1:] for row in LADDER], ids=[row[0] for row in LADDER])
def test_the_ladder(spells: str, rules: Policy, expected: dict[str, str]) -> None:
    check(expected, spells, rules)


ROLL = [
    (
        "joined on 17 Sep",
        Pupil("1", start_date=d("2025-09-17")),
        {"2025-10-06": "0 None", "2025-10-07": "1 2025-10-07"},
    ),
    (
        "joined on a Saturday",
        Pupil("1", start_date=d("2025-09-20")),
        {"2025-10-09": "0 None", "2025-10-10": "1 2025-10-10"},
    ),
    (
        "left on 18 Sep",
        Pupil("1", end_date=d("2025-09-18")),
        {"2025-09-18": "2 2025-09-18", "2025-09-25": "2 2025-09-18"},
    ),
    ("left before it began", Pupil("1", end_date=d("2025-08-30")), {"2025-09-30": "0 None"}),
    ("not yet here", Pupil("1", start_date=d("2025-10-20")), {"2025-10-17": "0 None"}),
]


@pytest.mark.parametrize(("pupil", "expected"), [row[1:] for row in ROLL], ids=[row[0] for row in ROLL])
def test_joiners_and_leavers(pupil: Pupil, expected: dict[str, str]) -> None:
    spells = {"2025-09-17": ONE_DAY, "2025-09-20": "22/9 II"}.get(str(pupil.start_date), FALLING)
    check(expected, spells, policy(), pupil=pupil)


def decision(kind: str, first: str, last: str = "", stage: int = 0) -> Decision:
    return Decision("1", kind, d(first), d(last or first), "a reason", "Head", stage)


REVIEWS = [  # the review is recorded on, with one day missed: from which day the stage is 0
    ("2025-10-09", "2025-10-17"),  # 95.8% still calls for Stage 1
    ("2025-10-10", "2025-10-17"),  # so does exactly 96%
    ("2025-10-13", "2025-10-13"),
    ("2025-10-14", "2025-10-14"),
    ("2025-10-12", "2025-10-13"),  # a Sunday: the next school day
    ("2025-10-01", "2025-10-17"),  # in the holiday: 6 October, at 95.2%
    ("2025-08-20", "2025-10-17"),  # before the year began
]


@pytest.mark.parametrize(("recorded", "zero"), REVIEWS)
def test_a_review_that_a_person_records_may_step_down(recorded: str, zero: str) -> None:
    before = str(CALENDAR.last_school_day(d(zero)))
    check({before: "1 2025-09-17", zero: f"0 {zero}"}, ONE_DAY, policy(), decision("review", recorded))


def test_a_review_after_the_as_of_date_has_not_happened_yet() -> None:
    check({"2025-10-13": "1 2025-09-17"}, ONE_DAY, policy(), decision("review", "2025-10-14"))
    check({"2025-10-11": "1 2025-09-17"}, ONE_DAY, policy(), decision("review", "2025-10-11"))


def test_a_review_never_takes_a_stage_up_that_the_figure_does_not_call_for() -> None:
    check({"2025-09-16": "0 None"}, FALLING, policy(), decision("review", "2025-09-16"))


DECIDED = [
    (
        "a hold keeps the stage as it was before, and then the figure counts again",
        [decision("hold", "2025-09-18", "2025-09-24")],
        {
            "2025-09-17": "1 2025-09-17",
            "2025-09-18": "1 2025-09-17",
            "2025-09-24": "1 2025-09-17",
            "2025-09-25": "3 2025-09-22",
        },
    ),
    (
        "a hold from a Saturday keeps Friday's stage",
        [decision("hold", "2025-09-20", "2025-09-24")],
        {"2025-09-19": "2 2025-09-18", "2025-09-20": "2 2025-09-18", "2025-09-22": "2 2025-09-18"},
    ),
    ("a hold from before the year", [decision("hold", "2025-08-20", "2025-09-22")], {"2025-09-22": "0 None"}),
    ("a hold from the first day", [decision("hold", "2025-09-01", "2025-09-22")], {"2025-09-22": "0 None"}),
    (
        "a hold outlasts the review day",
        [decision("hold", "2025-09-25", "2025-10-06")],
        {"2025-09-26": "3 2025-09-22", "2025-10-06": "3 2025-09-22", "2025-10-07": "2 2025-09-26"},
    ),
    (
        "an override sets the stage from its first to its last day",
        [decision("override", "2025-09-18", "2025-09-22", 1)],
        {
            "2025-09-17": "1 2025-09-17",
            "2025-09-18": "1 2025-09-18",
            "2025-09-22": "1 2025-09-18",
            "2025-09-23": "3 2025-09-22",
        },
    ),
    (
        "an override may set a graver stage",
        [decision("override", "2025-09-10", "2025-09-12", 3)],
        {"2025-09-11": "3 2025-09-10"},
    ),
    (
        "an override of one day",
        [decision("override", "2025-09-19", stage=0)],
        {"2025-09-19": "0 2025-09-19", "2025-09-20": "2 2025-09-18"},
    ),
    (
        "of two that overlap the later one wins while it lasts",
        [decision("override", "2025-09-22", "2025-09-23", 0), decision("override", "2025-09-17", "2025-09-30", 1)],
        {
            "2025-09-19": "1 2025-09-17",
            "2025-09-22": "0 2025-09-22",
            "2025-09-24": "1 2025-09-17",
            "2025-10-01": "2 2025-09-26",
        },
    ),
    (
        "an override during a hold wins, and the hold resumes",
        [decision("hold", "2025-09-18", "2025-09-25"), decision("override", "2025-09-22", "2025-09-23", 2)],
        {"2025-09-19": "1 2025-09-17", "2025-09-22": "2 2025-09-22", "2025-09-24": "1 2025-09-17"},
    ),
]


@pytest.mark.parametrize(("decisions", "expected"), [row[1:] for row in DECIDED], ids=[row[0] for row in DECIDED])
def test_a_persons_decision_wins_while_it_lasts(decisions: list[Decision], expected: dict[str, str]) -> None:
    check(expected, FALLING, policy(), *decisions)
    check(expected, FALLING, policy(), *reversed(decisions))


def test_a_decision_is_shown_as_such_and_only_while_it_lasts() -> None:
    held = decision("hold", "2025-09-18", "2025-09-24")
    found = {day: on(day, FALLING, policy(), Pupil("1"), [held]).decision for day in ("2025-09-24", "2025-09-25")}
    assert found == {"2025-09-24": held, "2025-09-25": None}


def test_a_decision_about_another_pupil_is_nobodys_here() -> None:
    other = Decision("2", "override", d("2025-09-01"), d("2025-10-17"), "a reason", "Head", 3)
    check({"2025-09-16": "0 None"}, FALLING, policy(), other)


# --- properties -------------------------------------------------------------------------------------------------------

LEAST = 6
RULES = {step_down: policy(LEAST, step_down) for step_down in ("review", "immediately")}
YEAR = st.text("//////////////////LIUNX-.", min_size=2 * len(DAYS), max_size=2 * len(DAYS))  # `.`: no mark
NEAR = st.none() | st.dates(date(2025, 7, 1), date(2025, 10, 20))
RECORDED = st.lists(st.dates(date(2025, 7, 1), date(2025, 10, 20)), max_size=3)


def year_of_marks(codes: str) -> list[Mark]:
    keys = [(day, session) for day in DAYS for session in (AM, PM)]
    return [Mark("1", *key, code) for key, code in zip(keys, codes, strict=True) if code != "."]


def stages(rules: Policy, codes: str, pupil: Pupil, as_of: date, reviews: list[date]) -> dict[date, int]:
    """The stage at the end of each day of the school year, as the engine replays it."""
    register = Register.from_marks(year_of_marks(codes), ["1"])
    sessions = Sessions.of(pupil, Axis.of(register, CALENDAR, as_of), register.by_pupil["1"])
    steps = replay(rules, sessions, reviews)
    return {day: stage_on(steps, at)[0] for at, day in enumerate(sessions.axis.days)}


def candidate(known: list[Mark]) -> int:
    attended = sum(mark.code in "/L" for mark in known)
    possible = sum(mark.code in "/LIUN" for mark in known)
    if possible < LEAST:
        return 0
    percent = Fraction(100 * attended, possible)
    return sum([percent <= 96, percent < 90, percent < 80])


def naive(step_down: str, codes: str, pupil: Pupil, as_of: date, reviews: list[date]) -> dict[date, int]:
    """The definition of the ladder, evaluated from scratch for each day."""
    this_year = [day for day in DAYS if (day.month > 7) == (as_of >= AUTUMN[0]) and day <= as_of]
    recorded = {next((day for day in this_year if day >= review), None) for review in reviews}
    found, stage = {}, 0
    for day in this_year:
        on_roll = (pupil.start_date or day) <= day <= (pupil.end_date or day)
        if on_roll:
            known = [
                mark
                for mark in year_of_marks(codes)
                if this_year[0] <= mark.date <= day and (pupil.start_date is None or mark.date >= pupil.start_date)
            ]
            may_fall = step_down == "immediately" or day in REVIEW_DAYS or day in recorded
            stage = candidate(known) if may_fall else max(stage, candidate(known))
        found[day] = stage
    return found


@given(st.sampled_from(sorted(RULES)), YEAR, NEAR, NEAR, st.sampled_from(DAYS), RECORDED)
@UNHURRIED
def test_the_replay_is_the_definition_evaluated_day_by_day(
    step_down: str, codes: str, start: date | None, end: date | None, as_of: date, reviews: list[date]
) -> None:
    pupil = Pupil("1", start_date=start, end_date=end)
    expected = naive(step_down, codes, pupil, as_of, reviews)
    assert stages(RULES[step_down], codes, pupil, as_of, reviews) == expected


@given(YEAR, st.integers(0, 2 * len(DAYS) - 1), st.sampled_from(DAYS), RECORDED)
@UNHURRIED
def test_adding_a_late_mark_after_registers_closed_never_lightens_a_stage(
    codes: str, place: int, as_of: date, reviews: list[date]
) -> None:
    before = stages(RULES["review"], codes, Pupil("1"), as_of, reviews)
    later = codes[:place] + "U" + codes[place + 1 :]
    after = stages(RULES["review"], later, Pupil("1"), as_of, reviews)
    assert all(after[day] >= before[day] for day in before)


@given(YEAR, st.sampled_from(DAYS))
@UNHURRIED
def test_a_stage_never_falls_on_a_day_without_a_review(codes: str, as_of: date) -> None:
    found = list(stages(RULES["review"], codes, Pupil("1"), as_of, []).items())
    falls = {day for (_before, was), (day, now) in pairwise(found) if now < was}
    assert falls <= REVIEW_DAYS


@given(YEAR, st.sampled_from(DAYS))
@UNHURRIED
def test_tomorrow_does_not_change_what_was_decided_today(codes: str, as_of: date) -> None:
    whole = stages(RULES["review"], codes, Pupil("1"), DAYS[-1], [])
    part = stages(RULES["review"], codes, Pupil("1"), as_of, [])
    assert all(whole[day] == stage for day, stage in part.items() if day in whole)


@given(YEAR, st.sampled_from(DAYS), st.permutations("123"))
@UNHURRIED
def test_the_order_of_the_stages_in_the_policy_does_not_matter(codes: str, as_of: date, order: list[str]) -> None:
    shuffled = policy(LEAST, order="".join(order))
    assert stages(shuffled, codes, Pupil("1"), as_of, []) == stages(RULES["review"], codes, Pupil("1"), as_of, [])


def test_a_hold_begun_during_an_override_keeps_what_was_set() -> None:
    days = [date(2025, 9, 1) + timedelta(days=n) for n in range(26) if n % 7 < 5]
    marks = [Mark("1", day, session, "I") for day in days for session in (AM, PM)]
    calendar, register = Calendar.from_days(days), Register.from_marks(marks)
    axis = Axis.of(register, calendar, days[-1])
    steps = (Step(4, 2),)
    override = Decision("1", "override", date(2025, 9, 11), date(2025, 9, 30), "Agreed", "Head", 1)
    hold = Decision("1", "hold", date(2025, 9, 16), date(2025, 9, 30), "Ill", "Head")
    found = standing(axis, steps, [hold, override], date(2025, 9, 18))
    assert (found.stage, found.since, found.decision) == (1, date(2025, 9, 11), hold)
    again = Decision("1", "hold", date(2025, 9, 17), date(2025, 9, 30), "Still ill", "Head")
    assert standing(axis, steps, [again, hold, override], date(2025, 9, 18)).stage == 1
