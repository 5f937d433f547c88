"""The why of a pupil can be checked with a pencil: stage, arithmetic, rule, and whether unresolved N marks matter."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfday.policy.evaluate import evaluate
from halfday.policy.ladder import Decision
from halfday.policy.load import load
from halfday.policy.outcome import Outcome
from halfday.register import AM, PM, Mark, Pupil, Register
from halfday.school_year import Calendar

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # nothing here depends on the clock

POLICY = load(
    """
[school]
name = "Test"

[[band]]
name = "Above 96%"
above = 96

[[band]]
name = "92-96%"
from = 92
written_to = 96

[[band]]
name = "86-91%"
from = 86
written_to = 91

[[band]]
name = "85% and below"
from = 0
written_to = 85

[[stage]]
number = 1
name = "School Intervention Stage 1"
at_or_below = 96

[[stage]]
number = 2
name = "Meeting"
below = 92

[[stage]]
number = 3
name = "School and LA Intervention"
below = 86

[[trigger]]
id = "late"
title = "Often late"
when = "late.last_4_weeks >= 3"

[[trigger]]
id = "third-day"
title = "Three days without a reason"
when = "unexplained_days >= 3"

[[trigger]]
id = "unauthorised"
title = "Four unauthorised sessions this half term"
when = "unauthorised.half_term >= 4"

[[trigger]]
id = "run"
title = "Two days of unauthorised absence in a row"
when = "unauthorised_run >= 4"
""",
    "test",
)


def d(text: str) -> date:
    return date.fromisoformat(text)


RUNS = (
    "2025-09-02 2025-10-24",
    "2025-11-03 2025-12-19",
    "2026-01-05 2026-02-13",
    "2026-02-23 2026-03-27",
    "2026-04-13 2026-05-20",
    "2026-06-01 2026-07-16",
    "2026-09-02 2026-10-23",
)
DAYS = [
    day
    for first, last in (tuple(map(d, run.split())) for run in RUNS)
    for n in range((last - first).days + 1)
    if (day := first + timedelta(days=n)).weekday() < 5
]
CALENDAR = Calendar.from_kinds(dict.fromkeys(DAYS, "school"))
PRESENT = "2025-09-02..2026-10-23 //"


def marks(spells: list[str], as_of: str) -> list[Mark]:
    """Marks of spells such as `2025-09-16 II` or `2025-09-16..2025-09-18 /N`, the later line winning."""
    written: dict[tuple[date, str], str] = {}
    for spell in spells:
        span, codes = spell.split()
        first, _, last = span.partition("..")
        for day in (day for day in DAYS if d(first) <= day <= min(d(last or first), d(as_of))):
            written |= {(day, AM): codes[0], (day, PM): codes[1]}
    return [Mark("1", day, session, code) for (day, session), code in written.items()]


def decision(kind: str, first: str, last: str, reason: str, who: str, stage: int = 0) -> Decision:
    return Decision("1", kind, d(first), d(last), reason, who, stage)


def outcome(
    spells: list[str],
    as_of: str,
    decisions: list[Decision] | None = None,
    pupil: Pupil | None = None,
    calendar: Calendar | None = None,
) -> Outcome:
    register = Register.from_marks(marks(spells, as_of), ["1"])
    return evaluate(POLICY, [pupil or Pupil("1")], register, calendar or CALENDAR, d(as_of), decisions or [])[0]


def situations() -> list[tuple[str, Outcome]]:
    """A page of situations, each with a title."""
    three_days = [PRESENT, "2025-10-06..2025-10-08 II"]
    five_weeks = ["2026-01-12..2026-02-04 II", "2026-01-12 /I", "2025-09-02 /X"]
    new = Pupil("1", start_date=d("2025-10-13"))
    n_after_o = [PRESENT, "2025-11-10..2025-11-13 OO", "2025-11-14 NN"]
    summer = [PRESENT, "2026-07-13 GG", "2026-09-07..2026-09-10 OO"]
    hold = decision("hold", "2025-10-06", "2025-10-24", "An operation;\n  at home until half term.", "Headteacher")
    later = decision("hold", "2025-10-13", "2025-11-07", "Bereavement", "Attendance Lead")
    override = decision("override", "2025-10-09", "2025-12-19", "Early Help plan runs", "Headteacher", 1)
    none = decision("override", "2025-10-09", "2025-12-19", "Medical evidence", "Headteacher", 0)
    met = decision("review", "2025-10-23", "2025-10-23", "Met the family", "Attendance Lead")
    so_far = Calendar.from_days(day for day in DAYS if day <= d("2025-10-23"))
    return [
        ("Every session attended", outcome([PRESENT], "2025-10-10")),
        ("Exactly 96%", outcome([PRESENT, "2025-10-06 II"], "2025-10-06")),
        ("A hair above 96%", outcome([PRESENT, "2025-09-04..2025-09-12 II", "2025-10-01 /X"], str(DAYS[175]))),
        (
            "The gap between 91% and 92%",
            outcome([PRESENT, "2026-01-28..2026-02-06 II", "2026-02-09 /I"], str(DAYS[99])),
        ),
        ("The gap between 85% and 86%", outcome([PRESENT, "2025-09-02 /X", "2025-09-08..2025-09-10 II"], "2025-09-30")),
        ("On the way back, with a review to come", outcome(three_days, "2025-10-23")),
        ("On the day of the review", outcome(three_days, "2025-10-24")),
        ("In the holiday after it", outcome(three_days, "2025-10-29")),
        ("On the way back, end of half term not known", outcome(three_days, "2025-10-23", calendar=so_far)),
        ("A review that a person recorded", outcome(three_days, "2025-10-23", [met])),
        ("Persistent, early", outcome([PRESENT, "2025-09-15..2025-09-17 II"], "2025-09-26")),
        ("Persistent, exactly one in ten", outcome([PRESENT, "2025-09-15..2025-09-18 II"], str(DAYS[39]))),
        ("A little less than one in ten", outcome([PRESENT, *five_weeks], str(DAYS[175]))),
        ("Severe", outcome([PRESENT, "2025-09-02..2025-10-13 II"], "2025-11-11")),
        ("Severe, early", outcome([PRESENT, "2025-09-02..2025-09-12 EE"], "2025-09-17")),
        ("Penalty threshold met", outcome([PRESENT, "2025-11-10..2025-11-14 GG"], "2025-11-21")),
        ("Penalty threshold, over the summer", outcome(summer, "2026-09-11")),
        ("Penalty threshold that hangs on N", outcome(n_after_o, "2025-11-21")),
        ("A trigger that hangs on N", outcome([PRESENT, "2025-11-12 OO", "2025-11-14 NN"], "2025-11-21")),
        ("Several triggers that hang on N", outcome([PRESENT, "2025-11-12 OO", "2025-11-13 NN"], "2025-11-21")),
        ("N that changes nothing", outcome([PRESENT, "2025-11-13 NN"], "2025-11-21")),
        ("One N", outcome([PRESENT, "2025-11-13 N/"], "2025-11-21")),
        ("Away for three days without a reason", outcome([PRESENT, "2025-11-12..2025-11-14 NN"], "2025-11-14")),
        ("Often late", outcome([PRESENT, "2025-11-12..2025-11-14 L/"], "2025-11-14")),
        ("Late after registers close", outcome([PRESENT, "2025-11-10..2025-11-14 U/"], "2025-11-14")),
        ("On hold, without a stage", outcome(three_days, "2025-10-10", [hold])),
        ("On hold, at a stage", outcome([*three_days, "2025-10-20..2025-10-23 II"], "2025-10-23", [later])),
        ("On hold, on the day of the review", outcome(three_days, "2025-10-24", [later])),
        ("A hold that has ended", outcome(three_days, "2025-11-10", [later])),
        ("A stage that a person set", outcome(three_days, "2025-10-10", [override])),
        ("No stage, set by a person", outcome(three_days, "2025-10-10", [none])),
        ("No session yet", outcome([], "2025-09-01")),
        ("No possible session", outcome(["2025-09-02..2025-09-12 XX"], "2025-09-12")),
        ("A new starter, four days in", outcome([PRESENT, "2025-10-14 II"], "2025-10-16", pupil=new)),
        ("A new starter, ten days in", outcome([PRESENT, "2025-10-14 II"], "2025-10-24", pupil=new)),
        ("A leaver", outcome([*three_days], "2025-12-01", pupil=Pupil("1", end_date=d("2025-10-10")))),
        ("Marks missing", outcome([PRESENT, "2025-09-22..2025-09-24 --"], "2025-09-26")),
        ("A new school year", outcome([PRESENT, "2026-06-08..2026-07-03 II"], "2026-09-30")),
    ]


def test_the_whys_of_many_situations(golden: Callable[[str, str], None]) -> None:
    golden("why", "".join(f"{title}\n  {found.why}\n\n" for title, found in situations()))


@pytest.mark.parametrize("codes", ["II", "GN", "XX", "--"])
def test_the_why_is_one_line_without_double_spaces(codes: str) -> None:
    why = outcome([PRESENT, f"2025-09-08..2025-09-19 {codes}"], "2025-10-10").why
    assert why == " ".join(why.split())
    assert why.endswith(".")


@given(st.lists(st.sampled_from("//////LIUNGX-"), min_size=1, max_size=150))
@UNHURRIED
def test_the_why_says_what_the_outcome_holds(codes: list[str]) -> None:
    keys = [(day, session) for day in DAYS for session in (AM, PM)]
    known = [Mark("1", *key, code) for key, code in zip(keys, codes, strict=False)]
    found = evaluate(POLICY, [Pupil("1")], Register.from_marks(known), CALENDAR, known[-1].date)[0]
    possible = sum(code in "/LIUNG" for code in codes)
    missed = sum(code in "IUNG" for code in codes)
    assert (f"({missed} of {possible} session" in found.why) == bool(possible)
    assert ("No result" in found.why) == (possible == 0)
    assert ("still N" in found.why) == ("N" in codes)
    assert ("says nothing between" in found.why) == found.by_gap_rule
    assert ("national measure" in found.why) == bool(found.persistent_absence)
    assert ("Severely absent" in found.why) == bool(found.severe_absence)
    assert ("(early:" in found.why) == (bool(found.persistent_absence) and possible < 60)
    assert ("the penalty threshold is met" in found.why) == found.penalty.is_met
    assert ("penalty threshold was first met on" in found.why) == (found.penalty.met and not found.penalty.is_met)
    assert ("No stage:" in found.why) == (found.stage == 0 and possible > 0)
