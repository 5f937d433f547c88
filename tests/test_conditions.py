"""Every measure that a policy can name is found exactly, held against its threshold exactly, and said in words."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfday.measures import Axis, Sessions
from halfday.policy.conditions import Condition, ConditionError, read
from halfday.policy.evaluate import evaluate
from halfday.policy.load import load
from halfday.policy.moment import Moment
from halfday.policy.quantities import QUANTITIES
from halfday.register import AM, PM, Mark, Pupil, Register
from halfday.school_year import Calendar

UNHURRIED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # nothing here depends on the clock

# Two half terms of two weeks each: 1 to 12 September, 22 September to 3 October 2025.
WEEKS = [date(2025, 9, 1), date(2025, 9, 8), date(2025, 9, 22), date(2025, 9, 29)]
DAYS = [week + timedelta(days=n) for week in WEEKS for n in range(5)]
CALENDAR = Calendar.from_kinds(dict.fromkeys(DAYS, "school"))
MARKS = """
// // II L/ /U
NN // V/ X/ --
GG OI // L/ //
// /M // NN N-
"""
FLAGS = Pupil("1", cp=True, lac=True, sen="E", fsm=True, pupil_premium=True, eal=True, young_carer=True)


def moment(marks: str, pupil: Pupil = FLAGS, as_of: date = DAYS[-1], min_possible: int = 0) -> Moment:
    keys = [(day, session) for day in DAYS for session in (AM, PM)]
    known = [Mark("1", *key, code) for key, code in zip(keys, "".join(marks.split()), strict=False)]
    register = Register.from_marks(known, ["1"])
    axis = Axis.of(register, CALENDAR, as_of)
    return Moment(Sessions.of(pupil, axis, register.by_pupil["1"]), len(axis.days) - 1, min_possible)


TABLE = [  # a line that holds on 3 October, the exact figure, the words
    ("percent < 92", Fraction(2300, 36), "63.9% (13 of 36 sessions missed), below 92%"),
    ("percent.half_term < 60", Fraction(1100, 19), "57.9% this half term (8 of 19 sessions missed), below 60%"),
    ("percent.term <= 97.5", Fraction(2300, 36), "63.9% this term (13 of 36 sessions missed), at or below 97.5%"),
    ("percent.week < 92", Fraction(500, 9), "55.6% this week (4 of 9 sessions missed), below 92%"),
    (
        "percent.last_4_weeks > 60",
        Fraction(2300, 36),
        "63.9% in the last four school weeks (13 of 36 sessions missed), above 60%",
    ),
    (
        "percent.last_review >= 70",
        Fraction(1200, 17),
        "70.6% at the last half-term review (5 of 17 sessions missed), at least 70%",
    ),
    ("percent_missed >= 10", Fraction(1300, 36), "13 of 36 sessions missed, at least 10%"),
    ("percent_missed.half_term > 42", Fraction(800, 19), "8 of 19 sessions missed this half term, above 42%"),
    (
        "change <= -3",
        Fraction(2300, 36) - Fraction(1200, 17),
        "down 6.7 points since the last half-term review, at or below -3 points",
    ),
    ("code.N >= 5", Fraction(5), "5 sessions coded N, at least 5"),
    ("code.N.week == 3", Fraction(3), "3 sessions coded N this week, exactly 3"),
    ("code.U >= 1", Fraction(1), "1 session coded U, at least 1"),
    ("oldest_n_days > 5", Fraction(14), "the oldest N is of Mon 8 Sep, above 5 school days"),
    ("monday_friday_share >= 40", Fraction(600, 13), "46% of missed sessions on a Monday or Friday, at least 40%"),
    ("broken_weeks >= 4", Fraction(4), "4 broken weeks, at least 4"),
    ("broken_weeks.week >= 1", Fraction(1), "1 broken week this week, at least 1"),
    ("possible >= 20", Fraction(36), "36 possible sessions, at least 20"),
    ("attended.week < 10", Fraction(5), "5 sessions attended this week, below 10"),
    ("absent.half_term > 5", Fraction(8), "8 sessions missed this half term, above 5"),
    ("authorised <= 4", Fraction(4), "4 authorised absences, at or below 4"),
    ("authorised.week == 1", Fraction(1), "1 authorised absence this week, exactly 1"),
    (
        "unauthorised.last_4_weeks >= 9",
        Fraction(9),
        "9 unauthorised absences in the last four school weeks, at least 9",
    ),
    ("late >= 3", Fraction(3), "3 late marks, at least 3"),
    ("late_before.half_term == 1", Fraction(1), "1 late mark (L) this half term, exactly 1"),
    ("late_after.term >= 1", Fraction(1), "1 late mark (U) this term, at least 1"),
    ("missing >= 3", Fraction(3), "3 missing marks, at least 3"),
    (
        "penalty_sessions < 10",
        Fraction(9),
        "9 sessions coded G, N, O or U in the ten school weeks up to now, below 10",
    ),
    ("unexplained >= 4", Fraction(4), "4 sessions in a row without a reason, at least 4"),
    ("unexplained_days >= 2", Fraction(2), "2 days in a row without a reason, at least 2"),
    ("unauthorised_run >= 3", Fraction(3), "3 sessions in a row coded G, N, O or U, at least 3"),
    ("absence_run >= 4", Fraction(4), "4 sessions in a row missed, at least 4"),
    ("cp", Fraction(1), "child protection plan"),
    ("lac", Fraction(1), "looked after"),
    ("sen", Fraction(1), "special educational needs"),
    ("ehcp", Fraction(1), "education, health and care plan"),
    ("fsm", Fraction(1), "free school meals"),
    ("pupil_premium", Fraction(1), "pupil premium"),
    ("eal", Fraction(1), "English as an additional language"),
    ("young_carer", Fraction(1), "young carer"),
]


@pytest.mark.parametrize(("line", "figure", "words"), TABLE, ids=[line for line, _figure, _words in TABLE])
def test_a_line_is_measured_held_and_said(line: str, figure: Fraction, words: str) -> None:
    test, now = read(line), moment(MARKS)
    found = test.quantity.measure(now, test.window, test.argument)
    assert found is not None
    assert Fraction(*found) == figure
    assert test.holds(now)
    assert test.words(now) == words


def test_every_measure_is_in_the_table() -> None:
    assert {read(line).quantity.name for line, _figure, _words in TABLE} == set(QUANTITIES)
    assert all(quantity.meaning for quantity in QUANTITIES.values())


HOLDS = [  # a line, and whether it holds on 3 October: comparisons are exact
    ("possible < 36", False),
    ("possible <= 36", True),
    ("possible > 36", False),
    ("possible >= 36", True),
    ("possible == 36", True),
    ("possible == 35", False),
    ("percent < 63.9", True),  # exactly 63.888…
    ("percent < 63.88", False),
    ("percent >= 63.88", True),
    ("change <= -6.7", False),  # exactly -6.699…, printed 6.7
    ("change <= -6.69", True),
    ("percent_missed >= 36.12", False),
    ("monday_friday_share >= 46.2", False),
    ("late.week >= 1", False),
    ("code.I.half_term >= 2", False),
]


@pytest.mark.parametrize(("line", "holds"), HOLDS)
def test_comparisons_are_exact(line: str, holds: bool) -> None:  # noqa: FBT001
    assert read(line).holds(moment(MARKS)) is holds


NOTHING = [  # marks, as of, min_possible, line
    ("", DAYS[-1], 0, "percent < 92"),
    ("-- XX", DAYS[1], 0, "percent < 92"),
    ("-- XX", DAYS[1], 0, "percent_missed < 92"),
    ("II II", DAYS[1], 20, "percent < 92"),  # 4 possible sessions are too little evidence
    ("II II", DAYS[-1], 0, "percent.week < 92"),  # none this week
    ("II II", DAYS[-1], 0, "percent_missed.week < 92"),
    (MARKS, DAYS[9], 0, "percent.last_review < 92"),  # the first review day: there was none before it
    (MARKS, DAYS[9], 0, "change < 50"),
    (MARKS, DAYS[-1], 20, "change < 50"),  # 17 sessions at the review were too few
    ("// //", DAYS[1], 0, "oldest_n_days < 50"),
    ("// //", DAYS[1], 0, "monday_friday_share < 50"),
]


@pytest.mark.parametrize(("marks", "as_of", "least", "line"), NOTHING, ids=str)
def test_a_line_about_nothing_never_holds(marks: str, as_of: date, least: int, line: str) -> None:
    now, test = moment(marks, as_of=as_of, min_possible=least), read(line)
    assert test.quantity.measure(now, test.window, test.argument) is None
    assert not test.holds(now)
    assert test.words(now)  # and there is still something to say


ENOUGH = [("percent_missed >= 10", 20), ("percent_missed.week >= 10", 20), ("absent >= 4", 20), ("percent < 92", 4)]


@pytest.mark.parametrize(("line", "least"), ENOUGH)
def test_only_the_years_percentage_needs_evidence(line: str, least: int) -> None:
    assert read(line).holds(moment("II II", as_of=DAYS[1], min_possible=least))


@pytest.mark.parametrize("flag", [name for name, quantity in QUANTITIES.items() if quantity.is_flag])
def test_a_flag_not_shared_is_not_held(flag: str) -> None:
    assert not read(flag).holds(moment(MARKS, Pupil("1")))
    assert not read(flag).holds(moment(MARKS, Pupil("1", sen="N", cp=False, fsm=False)))


def test_support_without_a_plan_is_sen_and_no_ehcp() -> None:
    now = moment(MARKS, Pupil("1", sen="K"))
    assert (read("sen").holds(now), read("ehcp").holds(now)) == (True, False)


SPELLS = [  # marks of the first days, sessions in a row without a reason, days
    ("NN", 2, 1),
    ("/N", 1, 1),
    ("N/", 0, 0),
    ("NN NN NN", 6, 3),
    ("NN // NN", 2, 1),
    ("NN II NN", 2, 1),
    ("NN XX NN", 4, 2),  # not possible: neither lengthens nor ends it
    ("NN -- -N", 6, 3),  # a missing mark counts
    ("OO NN", 2, 1),
    ("NU", 0, 0),
    ("", 0, 0),
]


@pytest.mark.parametrize(("marks", "sessions", "days"), SPELLS)
def test_the_unexplained_spell(marks: str, sessions: int, days: int) -> None:
    now = moment(marks)
    found = [read(f"{name} >= 0").quantity.measure(now, "ytd", "") for name in ("unexplained", "unexplained_days")]
    assert found == [(sessions, 1), (days, 1)]


RUNS = [  # marks, longest run of unauthorised sessions, of missed sessions
    ("GN OU // GG", 4, 4),
    ("GI OO", 2, 4),
    ("GG XX -- GG", 4, 4),  # sessions that were not possible do not count at all
    ("GG #L GG", 2, 2),
    ("//", 0, 0),
]


@pytest.mark.parametrize(("marks", "unauthorised", "absent"), RUNS)
def test_the_longest_runs(marks: str, unauthorised: int, absent: int) -> None:
    now = moment(marks)
    found = [read(f"{name} >= 0").quantity.measure(now, "ytd", "") for name in ("unauthorised_run", "absence_run")]
    assert found == [(unauthorised, 1), (absent, 1)]


SHARES = [  # marks, share of missed sessions on a Monday or Friday
    ("II // // // /I", Fraction(100)),
    ("// I/ I/ I/ //", Fraction(0)),
    ("I/ // // II I/", Fraction(50)),
    ("X/ // // /I -/ I/", Fraction(50)),
]


@pytest.mark.parametrize(("marks", "share"), SHARES)
def test_the_share_of_mondays_and_fridays(marks: str, share: Fraction) -> None:
    found = read("monday_friday_share >= 0").quantity.measure(moment(marks), "ytd", "")
    assert found is not None
    assert Fraction(*found) == share


UNREADABLE = [
    ("percnt < 92", "no measure 'percnt'; did you mean 'percent'?"),
    ("lateness >= 3", "no measure 'lateness'; did you mean 'late"),
    ("xyz > 1", "no measure 'xyz'; known: absence_run, absent, attended,"),
    ("late.lst_4_weeks >= 3", "'late' has no window 'lst_4_weeks'; did you mean 'last_4_weeks'?"),
    ("late.month >= 3", "'late' has no window 'month'; known: half_term, last_4_weeks, term, week, ytd"),
    ("change.week < 0", "'change' has no window 'week'; known: ytd"),
    ("late.last_review >= 3", "'late' has no window 'last_review'; known: "),
    ("code >= 3", "cannot read 'code'; write for example 'code.N.last_4_weeks'"),
    ("late.week.more >= 3", "cannot read 'late.week.more'; write for example 'code.N.last_4_weeks'"),
    ("percent", "cannot read 'percent'; write 'percent >= 3'"),
    ("cp >= 1", "cannot read 'cp >= 1'; write 'cp'"),
    ("percent <", "cannot read 'percent <'; write for example 'percent < 92' or 'late.last_4_weeks >= 3'"),
    ("percent < 92%", "cannot read 'percent < 92%'; write for example"),
    ("percent < ninety", "cannot read 'percent < ninety'; write for example"),
    ("percent != 92", "cannot read 'percent != 92'; write for example"),
    ("92 > percent", "cannot read '92 > percent'; write for example"),
    ("percent < 92 and late > 3", "cannot read 'percent < 92 and late > 3'; write for example"),
    ("", "cannot read ''; write for example"),
]


@pytest.mark.parametrize(("line", "sentence"), UNREADABLE, ids=[line for line, _sentence in UNREADABLE])
def test_a_line_that_cannot_be_read_says_what_to_write(line: str, sentence: str) -> None:
    with pytest.raises(ConditionError) as told:
        read(line)
    assert str(told.value).startswith(sentence)


READ = [
    ("percent<92", "percent", "ytd", "", "<", Fraction(92)),
    ("  late.week   >=   3  ", "late", "week", "", ">=", Fraction(3)),
    ("code.Y4.term > 0", "code", "term", "Y4", ">", Fraction(0)),
    ("percent <= 97.5", "percent", "ytd", "", "<=", Fraction(195, 2)),
    ("change < -3.5", "change", "ytd", "", "<", Fraction(-7, 2)),
    ("ehcp", "ehcp", "ytd", "", "", Fraction(0)),
]


@pytest.mark.parametrize("row", READ, ids=[row[0] for row in READ])
def test_a_line_is_read(row: tuple[object, ...]) -> None:
    test = read(str(row[0]))
    assert (test.quantity.name, test.window, test.argument, test.op, test.value) == row[1:]


HELD, NOT_HELD = read("possible >= 1"), read("possible >= 99")
TOGETHER = [
    (Condition((HELD, HELD)), True),
    (Condition((HELD, NOT_HELD)), False),
    (Condition(any=(HELD, NOT_HELD)), True),
    (Condition(any=(NOT_HELD, NOT_HELD)), False),
    (Condition((HELD,), (NOT_HELD, HELD)), True),
    (Condition((HELD,), (NOT_HELD,)), False),
    (Condition((NOT_HELD,), (HELD,)), False),
]


@pytest.mark.parametrize("row", TOGETHER, ids=[f"row {at}" for at in range(1, 8)])
def test_all_of_some_lines_and_any_of_others(row: tuple[Condition, bool]) -> None:
    condition, holds = row
    assert condition.holds(moment(MARKS)) is holds


def test_only_the_lines_that_hold_are_said() -> None:
    condition = Condition((read("late >= 3"),), (read("late >= 99"), read("cp")))
    assert condition.words(moment(MARKS)) == "3 late marks, at least 3; child protection plan"
    assert len(condition.tests) == 3


# --- since when -------------------------------------------------------------------------------------------------------

LINES = (
    "percent < 90",
    "percent >= 90",
    "percent_missed > 20",
    "late >= 2",
    "percent.week < 80",
    "unexplained >= 1",
    "change < 0",
    "absence_run >= 3",
    "percent == 50",
    "cp",
)


@given(
    st.lists(st.sampled_from("/////LUIN-X"), max_size=40),
    st.sampled_from(["all", "any"]),
    st.lists(st.sampled_from(LINES), min_size=1, max_size=2),
)
@UNHURRIED
def test_since_is_the_first_day_of_the_unbroken_run_on_which_it_held(
    codes: list[str], key: str, lines: list[str]
) -> None:
    trigger = f'[[trigger]]\nid = "t"\ntitle = "T"\n{key} = {lines}\n'
    policy = load(f'[school]\nname = "Test"\n[rules]\nmin_possible = 6\n{trigger}', "test")
    keys = [(day, session) for day in DAYS for session in (AM, PM)]
    register = Register.from_marks([Mark("1", *key, code) for key, code in zip(keys, codes, strict=False)], ["1"])
    found = evaluate(policy, [FLAGS], register, CALENDAR, DAYS[-1])[0].triggers
    sessions = Sessions.of(FLAGS, Axis.of(register, CALENDAR, DAYS[-1]), register.by_pupil["1"])
    held = [policy.triggers[0].condition.holds(Moment(sessions, at, 6)) for at in range(len(DAYS))]
    run = DAYS[len(DAYS) - held[::-1].index(False) :] if False in held else DAYS
    assert [fired.since for fired in found] == run[:1]
