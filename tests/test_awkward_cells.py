"""What people really put into cells: a percentage for a figure, two rows for one, blanks, a long illness."""

from datetime import date, timedelta

import pytest

from halfday import cells, functions, host
from halfday.policy.lint import FAULT, lint
from halfday.policy.load import load
from halfday.register import Pupil

CALENDAR = "2025-09-01 to 2025-10-24 school\n2025-10-27 to 2025-10-31 holiday\n2025-11-03 to 2025-12-19 school"
BANDS = [["Good", "at least", 95], ["Low", "at least", 0]]
AS_OF = date(2025, 12, 19)


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        (0.86, "Stage 1, S: 0.86% is under 1%; write 86 for 86%"),
        (101, "Stage 1, S: 101% is no attendance; write a figure from 1 to 100"),
        (-5, "Stage 1, S: -5% is no attendance"),
    ],
)
def test_a_percentage_typed_for_a_figure_is_told_and_never_worked_with(stage: float, told: str) -> None:
    """A spreadsheet keeps 86% as 0.86: every pupil would silently leave the stage."""
    tables = (BANDS, [[1, "S", "below", stage]])
    assert functions.ATT_POLICY(*tables).startswith(f"#Policy: {told}")
    assert functions.ATT_POLICY_CHECK(*tables).startswith(f"#Policy: {told}")


def test_a_percentage_is_told_for_bands_and_conditions_too() -> None:
    said = functions.ATT_POLICY([["Good", "at least", 0.95], ["Low", "at least", 0]])
    assert said == "#Policy: Band 1, Good: 0.95% is under 1%; write 95 for 95%"
    trigger = [["letter", "Letter", "percent < 0.92", ""]]
    assert "Trigger 1, Letter: 0.92% is under 1%" in functions.ATT_POLICY(BANDS, None, trigger)
    text = '[school]\nname = "x"\n[[trigger]]\nid = "t"\ntitle = "T"\nwhen = "percent < 192"\n'
    faults = [str(one) for one in lint(load(text, "x")) if one.level == FAULT]
    assert "trigger[1] T: 192% is no attendance; write a figure from 1 to 100" in faults


def test_tables_that_cannot_be_right_are_not_worked_with() -> None:
    """Stage 2 begins above stage 1: the check says so, and so does the text that every row reads."""
    stages = [[1, "One", "below", 90], [2, "Two", "below", 95]]
    assert "can never be reached" in functions.ATT_POLICY(BANDS, stages)
    assert functions.ATT_STAGE("/ \\", functions.ATT_POLICY(BANDS, stages), CALENDAR, AS_OF).startswith("#Policy")


def test_a_problem_says_in_which_row_of_which_table() -> None:
    assert functions.ATT_POLICY([["A", "at least", 95], ["B", "at least", ""]]).endswith("in row 2 of Bands")
    told = functions.ATT_POLICY(BANDS, None, [["t", "T", "percnt < 92", ""]])
    assert told == "#Policy table: Trigger 1: no measure 'percnt'; did you mean 'percent'?"


def test_the_marks_of_two_children_are_not_one_child() -> None:
    two = [["/ \\ / \\"], ["I I I I"]]
    assert functions.ATT_COUNT(two, CALENDAR, AS_OF, "possible").startswith("#Marks: there are several rows")
    assert functions.ATT_COUNT([["/ \\", "I I"]], CALENDAR, AS_OF, "possible") == 4


def test_attended_that_is_not_filled_in_is_not_absent_all_year() -> None:
    assert functions.ATT_PA("", 120) == functions.ATT_PA(None, 120) == ""
    assert functions.ATT_PA(0, 120) == "Yes"


def test_days_away_past_the_end_of_the_year_are_told() -> None:
    assert functions.ATT_BACK_ON(119, 120, "99%", CALENDAR, date(2025, 12, 10), 30).startswith("Not this school year")
    assert functions.ATT_BACK_ON(119, 120, "50%", CALENDAR, date(2025, 12, 10), 5) == date(2025, 12, 10)


def test_dates_the_wrong_way_round_are_told() -> None:
    rows = [["01/09/2025", "24/10/2025", "school"], ["19/12/2025", "03/11/2025", "school"]]
    assert functions.ATT_CALENDAR(rows) == "#Calendar: row 2 ends before it begins"
    assert functions.ATT_CALENDAR("2025-12-19 to 2025-11-03 school").startswith("#Calendar: cannot read line 1")


def test_a_trigger_about_a_flag_that_the_workbook_does_not_carry_says_so() -> None:
    policy = functions.ATT_POLICY(BANDS, None, [["t", "T", "eal", ""]])
    facts = cells.facts_text(Pupil("1", eal=True, cp=True), (), {"cp"})
    assert facts == "has cp\ncarries cp"
    told = functions.ATT_TRIGGERS("/ \\", policy, CALENDAR, AS_OF, facts)
    assert told == "#Facts: this workbook does not carry 'eal'; it will once the policy is adopted"
    assert functions.ATT_STAGE("/ \\", policy, CALENDAR, AS_OF, facts) == ""
    assert functions.ATT_TRIGGERS("/ \\", policy, CALENDAR, AS_OF, "has eal").startswith("T, since")


def test_figures_that_a_sheet_worked_out_are_what_the_sheet_shows() -> None:
    assert functions.ATT_BACK_TO(19, 20, 0.9 + 0.05) == 0


def away(*days: int, from_: date = date(2025, 9, 1)) -> str:
    """The marks of the first half term, ill on these school days (counted from 0)."""
    weekdays = [day for n in range(54) if (day := from_ + timedelta(days=n)).weekday() < 5]
    return " ".join("I I" if at in days else "/ \\" for at in range(len(weekdays)))


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (away(4, 5, 6), ""),
        (away(*range(8, 28)), ""),
        (away(0, 5, 10, 15), "Mondays: 8 of 8 missed sessions.\nBroken weeks: 4 of 8 weeks."),
        (away(0, 9, 15, 24), "Mondays and Fridays: 8 of 8 missed sessions.\nBroken weeks: 4 of 8 weeks."),
    ],
    ids=["one illness over a weekend", "four weeks in hospital", "four Mondays", "Mondays and Fridays"],
)
def test_an_illness_is_no_pattern_and_several_mondays_are(marks: str, said: str) -> None:
    assert functions.ATT_PATTERN(marks, CALENDAR, date(2025, 10, 24)) == said


def test_a_sentence_is_passed_on_whatever_it_begins_with() -> None:
    for sentence in ("#Marks: code 'Q9' is not a register code", "#ATT_WHY: one of the cells …"):
        assert host.answer("ATT_PA", [sentence, 20]) == sentence
