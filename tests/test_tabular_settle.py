"""Tables from elsewhere, judged by the same rules; and what is different where they come every morning."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.source_contract import true_marks, true_pupils

from halfday.measures import Axis, Measures, Sessions
from halfday.register import Pupil
from halfday.school_year import Calendar
from halfday_sync.errors import SourceError
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.tabular import (
    Feed,
    Mapping,
    Table,
    from_objects,
    from_text,
    read_table,
    read_tables,
    snapshot_of,
)
from halfday_sync.sources.tabular.dates import DateOrder

AS_OF = date(2025, 9, 12)
FEED = Feed("The MIS", date(2025, 8, 1))
DATA = Path(__file__).parent / "data"
GENERIC = DATA / "generic"


def table(*lines: str, headings: str = "Adno,Date,Session,Code", where: str = "marks") -> Table:
    return Table(where, [line.split(",") for line in (headings, *lines)])


def fed(*tables: Table, feed: Feed | None = FEED, mapping: Mapping | None = None) -> Snapshot:
    return snapshot_of(tables, as_of=AS_OF, feed=feed, mapping=mapping)


def marks(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    return [(mark.pupil_id, f"{mark.date:%d}{mark.session}", mark.code) for mark in snapshot.register.marks()]


def problems(*tables: Table, feed: Feed | None = FEED) -> tuple[str, ...]:
    with pytest.raises(SourceError) as stop:
        fed(*tables, feed=feed)
    return stop.value.problems


# Tables from elsewhere -----------------------------------------------------------------------------------------------


def test_objects_of_a_service_become_a_table_by_their_keys() -> None:
    rows: list[dict[str, object]] = [
        {"Adno": 101, "Date": "2025-09-03", "Session": "AM", "Code": " / "},
        {"Adno": 102, "PP": True, "Code": None},
    ]
    assert from_objects("feed", rows).rows == [
        ["Adno", "Date", "Session", "Code", "PP"],
        ["101", "2025-09-03", "AM", "/", ""],
        ["102", "", "", "", "true"],
    ]
    with pytest.raises(ValueError, match="lists or objects"):
        from_objects("feed", [{"Adno": {"value": 1}}])


def test_a_known_delimiter_needs_no_known_headings() -> None:
    notes: list[str] = []
    got = from_text("a.csv", b'Who,"When, so"\r\n1,2\r\n', Mapping(), notes, delimiter=",")
    assert got.rows == [["Who", "When, so"], ["1", "2"]]
    with pytest.raises(ValueError, match="it is not CSV"):
        from_text("a.csv", b'Who\n"1', Mapping(), notes, delimiter=",")


def test_problems_of_before_are_told_with_the_others() -> None:
    with pytest.raises(SourceError) as stop:
        snapshot_of([table("101,2025-09-03,AM,Q9")], as_of=AS_OF, problems=["page 3 was missing"])
    assert stop.value.problems[0] == "page 3 was missing"
    assert "Q9" in stop.value.problems[1]


# What comes every morning --------------------------------------------------------------------------------------------


def test_marks_that_contradict_each_other_are_set_aside_and_the_others_are_taken() -> None:
    got = fed(table("101,2025-09-03,AM,/", "101,2025-09-03,AM,N", "101,2025-09-03,AM,I", "101,2025-09-03,PM,\\"))
    assert marks(got) == [("101", "03PM", "\\")]
    (aside,) = got.set_aside
    assert (aside.pupil_id, aside.date, aside.session) == ("101", date(2025, 9, 3), "AM")
    words = "The MIS gives /, I and N for 3 Sep 2025 AM. None of them was taken: say in the MIS which is right."
    assert aside.words == words


def test_a_mark_at_a_weekend_is_set_aside() -> None:
    got = fed(table("101,2025-09-06,AM,/", "101,2025-09-06,PM,#", "101,2025-09-05,PM,\\"))
    assert marks(got) == [("101", "05PM", "\\"), ("101", "06PM", "#")]
    (aside,) = got.set_aside
    assert "6 Sep 2025 AM is at a weekend" in aside.words


def test_a_third_session_of_a_day_is_refused() -> None:
    assert "the session is 'EV', not AM or PM" in problems(table("101,2025-09-03,EV,/"))[0]


def test_rows_that_name_nobody_are_left_out_while_they_are_few() -> None:
    sound = [f"{100 + number},2025-09-03,AM,/" for number in range(4)]
    got = fed(table(*sound, ",2025-09-03,AM,/"))
    assert got.register.count() == 4
    assert any(note.startswith("1 row of 1 pupil left out: there is no admission number") for note in got.notes)
    assert "row 3: there is no admission number" in problems(table(sound[0], ",2025-09-03,AM,/"))[0]
    assert "row 6: there is no admission number" in problems(table(*sound, ",2025-09-03,AM,/"), feed=None)[0]


def test_marks_before_the_feed_begins_are_left_out_and_counted() -> None:
    got = fed(table("101,2025-07-15,AM,/", "101,2025-07-15,PM,H", "101,2025-09-03,AM,/"))
    assert marks(got) == [("101", "03AM", "/")]
    assert "2 marks before 2025-08-01 left out" in got.notes


def test_a_mark_agreed_ahead_is_left_for_the_receiving_to_judge() -> None:
    assert marks(fed(table("101,2025-09-03,AM,/", "101,2025-09-22,AM,C"))) == [
        ("101", "03AM", "/"),
        ("101", "22AM", "C"),
    ]
    assert "is after 2025-09-12" in problems(table("101,2025-09-22,AM,C"), feed=None)[0]


def test_a_pupil_without_a_mark_and_tables_of_pupils_only_are_no_fault() -> None:
    roll = table("101,3", "102,4", headings="Adno,Year Group", where="roll")
    got = fed(roll, table("101,2025-09-03,AM,/"))
    assert "pupil 102 is on roll between 2025-09-03 and 2025-09-03 and has no mark" in got.notes
    assert [pupil.pupil_id for pupil in fed(roll).pupils] == ["101", "102"]
    assert problems(table()) == ("there are no marks in these files",)


def test_minutes_told_twice_leave_the_mark_as_it_is() -> None:
    headings = "Adno,Date,Session,Code,Minutes late"
    got = fed(table("101,2025-09-03,AM,L,5", "101,2025-09-03,AM,L,9", headings=headings))
    assert [(mark.code, mark.minutes_late) for mark in got.register.marks()] == [("L", 5)]
    assert (
        "disagree" in problems(table("101,2025-09-03,AM,L,5", "101,2025-09-03,AM,L,9", headings=headings), feed=None)[0]
    )


# Missing marks, closures, spreadsheets -------------------------------------------------------------------------------


def test_a_dash_and_a_blank_are_no_mark_and_an_absent_row_is_nothing() -> None:
    got = fed(table("101,2025-09-03,AM,-", "101,2025-09-03,PM,", "101,2025-09-04,AM,/"))
    assert marks(got) == [("101", "03AM", "-"), ("101", "03PM", "-"), ("101", "04AM", "/")]
    found = measured(got)
    assert (found.possible, found.attended, found.missing) == (1, 1, 2)


def test_an_afternoon_that_is_closed_leaves_one_possible_session_that_day() -> None:
    found = measured(fed(table("101,2025-09-10,AM,/", "101,2025-09-10,PM,Y4")))
    assert (found.possible, found.attended, found.absent) == (1, 1, 0)


def test_a_slash_and_a_backslash_that_a_spreadsheet_swapped_both_mean_present() -> None:
    found = measured(fed(table("101,2025-09-10,AM,\\", "101,2025-09-10,PM,/")))
    assert (found.possible, found.attended) == (2, 2)


def test_a_code_that_a_spreadsheet_takes_for_a_formula_is_refused_until_it_is_mapped() -> None:
    sheet = table("101,2025-09-03,AM,=")
    assert "code '=' is not a register code" in problems(sheet)[0]
    assert marks(fed(sheet, mapping=Mapping(codes={"=": "I"}))) == [("101", "03AM", "I")]


def test_sessions_padded_with_spaces_and_given_again_count_once() -> None:
    notes: list[str] = []
    data = b"Adno,Date,Session,Code\n101,2025-09-03,AM             ,/\n101,2025-09-03,AM,/\n"
    got = fed(from_text("marks.csv", data, Mapping(), notes))
    assert marks(got) == [("101", "03AM", "/")]
    assert "1 mark given again, always alike, and counted once" in got.notes


def measured(snapshot: Snapshot) -> Measures:
    """The one pupil's measures over everything."""
    register = snapshot.register
    axis = Axis.of(register, Calendar.told({}, register.days_taught), AS_OF)
    [pupil] = snapshot.pupils
    return Sessions.of(pupil, axis, register.by_pupil[pupil.pupil_id]).between(0, axis.stop)


# Grids without a year ------------------------------------------------------------------------------------------------


def grid(*days: str) -> Table:
    above = ["", *[cell for day in days for cell in (day, "")]]
    return Table("grid", [above, ["Adno", *["AM", "PM"] * len(days)], ["101", *["/", "\\"] * len(days)]])


def test_weekday_names_prove_the_school_year_of_dates_without_one() -> None:
    got = fed(grid("Mon 01/09", "Tue 02/09", "Fri 12/09"), feed=None)
    assert got.register.dates[::2] == (date(2025, 9, 1), date(2025, 9, 2), date(2025, 9, 12))
    assert "grid, dates above the grid: they have no year; their weekdays prove 2025/26" in got.notes
    worded = snapshot_of([grid("Thursday 1 January", "Fri 2nd Jan")], as_of=date(2026, 1, 5))
    assert worded.register.dates[::2] == (date(2026, 1, 1), date(2026, 1, 2))


@pytest.mark.parametrize(
    "days",
    [
        ("Mon 02/09",),
        ("Mon 01/09", "Tue 01/09"),
        ("Mon 01/09", "02/09"),
        ("Mon 01/09", "Tue 31/09"),
        ("Sun 01/09", "Mon 02/09"),
    ],
)
def test_weekday_names_that_do_not_all_fit_prove_nothing(days: tuple[str, ...]) -> None:
    told = problems(grid(*days), feed=None)
    assert told == (
        "grid, dates above the grid: the dates have no year, and their weekdays do not fit the school year 2025/26",
    )


def test_weekday_names_that_fit_both_orders_are_asked_about() -> None:
    both = [
        (first, second)
        for first in range(1, 13)
        for second in range(1, first)
        if school_day(first, second).weekday() == school_day(second, first).weekday() < 5
    ]
    first, second = both[0]
    day = f"{school_day(first, second):%a} {first:02}/{second:02}"
    with pytest.raises(SourceError, match="fit day first and month first"):
        snapshot_of([grid(day)], as_of=date(2026, 7, 31))
    stated = Mapping(date_order=DateOrder.DAY_FIRST)
    got = snapshot_of([grid(day)], as_of=date(2026, 7, 31), mapping=stated)
    assert got.register.dates[0] == school_day(first, second)


def school_day(day: int, month: int) -> date:
    """A date of the school year 2025/26."""
    return date(2025 if month >= 8 else 2026, month, day)


def test_the_printed_grid_of_sims_decodes_to_the_truth() -> None:
    sample = DATA / "mis" / "sims" / "grid_export.csv"
    with pytest.raises(SourceError, match="code '\\*' is not a register code"):
        read_table([sample], as_of=AS_OF)
    got = read_table([sample], as_of=AS_OF, mapping=Mapping(codes={"*": ""}))
    wanted = {(true_pupils()[told.pupil]["adm"], told.date, told.session, told.code) for told in true_marks()}
    assert {(mark.pupil_id, mark.date, mark.session, mark.code) for mark in got.register.marks()} == wanted


@settings(deadline=None)
@given(start=st.dates(date(2020, 8, 1), date(2030, 6, 30)), length=st.integers(1, 10))
def test_a_grid_without_a_year_is_never_read_as_another_year(start: date, length: int) -> None:
    days = [date.fromordinal(start.toordinal() + number) for number in range(length)]
    days = [day for day in days if day.weekday() < 5]
    sheet = grid(*[f"{day:%a %d/%m}" for day in days])
    for as_of in (date(start.year, 12, 31), date(start.year + 1, 7, 31)):
        try:
            got = snapshot_of([sheet], as_of=as_of)
        except SourceError:
            continue
        assert set(got.register.dates) <= set(days)


# What is told about pupils -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("C", "C"),
        ("Single Registration", "C"),
        ("Current", "C"),
        ("Main - Dual Registration", "M"),
        ("Current Main (dual registration)", "M"),
        ("Subsidiary", "S"),
        ("S", "S"),
        ("Guest Pupil", "G"),
        ("Leaver", ""),
        ("", ""),
    ],
)
def test_the_enrolment_status_is_read_as_systems_write_it(text: str, letter: str) -> None:
    roll = Table("roll", [["Adno", "Enrolment Status", "Year Group"], ["101", text, "3"]])
    assert fed(roll).pupils[0].enrolment == letter


def test_words_that_nobody_knows_leave_a_blank_and_are_counted() -> None:
    heads = ["Adno", "Enrolment Status", "Year Group", "SEN", "PP", "Gender"]
    roll = Table("roll", [heads, ["101", "Honorary", "Blue", "Wave 2", "perhaps", "other"], ["102", "C"]])
    got = fed(roll)
    first = got.pupils[0]
    assert (first.enrolment, first.year_group, first.sen, first.pupil_premium, first.sex) == ("", "", "", None, "")
    told = [note for note in got.notes if "is not known and was left blank for 1 pupil" in note]
    assert [note.partition(":")[0] for note in told] == ["enrolment", "pupil_premium", "sen", "sex", "year_group"]
    assert not any(word.casefold() in " ".join(told).casefold() for word in ("Honorary", "Blue", "Wave", "perhaps"))


@pytest.mark.parametrize(
    ("text", "flag"), [("T", True), ("F", False), ("True", True), ("no", False), ("Y", True), ("0", False), ("", None)]
)
def test_flags_are_read_as_systems_write_them(text: str, flag: bool | None) -> None:  # noqa: FBT001
    roll = Table("roll", [["Adno", "PP", "SEN", "Year Group"], ["101", text, "K - SEN Support", "3"]])
    pupil: Pupil = fed(roll).pupils[0]
    assert (pupil.pupil_premium, pupil.sen) == (flag, "K")


@pytest.mark.parametrize("name", ["marks_utf8_bom.csv", "marks_mixed_types.xlsx"])
def test_a_sample_reads_the_same_as_a_feed(name: str) -> None:
    strict = read_table([GENERIC / name], as_of=AS_OF)
    found = fed(*read_tables([GENERIC / name], Mapping(), [], []))
    assert list(found.register.marks()) == list(strict.register.marks())
