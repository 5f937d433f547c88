"""The registration certificate holds every session of the years that are sent, once, and its figures are their sums."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.referral_case import COMMENT, PRESENT, PUPIL, case, kinds, ready_case
from tests.referral_text import text_of

from halfday import codes
from halfday.school_year import Calendar
from halfday_sync.referrals.case import Amended, Case
from halfday_sync.referrals.content import Boxes, Facts, Grid, Table, Words
from halfday_sync.referrals.counting import year_span
from halfday_sync.referrals.profile import Certificate, Profile
from halfday_sync.referrals.sheets.certificate import counts_as, sheet
from halfday_sync.referrals.sheets.herringbone import COUNTED, look

PROFILE = Profile("generic", "Referral", "The local authority")


def profile(**rules: object) -> Profile:
    return replace(PROFILE, certificate=Certificate(**rules))  # type: ignore[arg-type]


def grids(one: Case, **rules: object) -> list[Grid]:
    return [block for block in sheet(one, profile(**rules)).blocks if isinstance(block, Grid)]


def table(one: Case, title: str, **rules: object) -> Table:
    return next(
        block for block in sheet(one, profile(**rules)).blocks if isinstance(block, Table) and block.title == title
    )


def to_know(one: Case, **rules: object) -> tuple[str, ...]:
    said = [block for block in sheet(one, profile(**rules)).blocks if isinstance(block, Words)]
    assert all(block.warning for block in said)
    return tuple(line for block in said for line in block.lines)


def test_the_certificate_reads_as_it_should(golden: Callable[[str, str], None]) -> None:
    golden("referral_certificate", text_of(sheet(case(), profile(sessions=60))))


def test_nothing_is_to_know_of_one_that_is_whole() -> None:
    assert to_know(ready_case()) == ()


# --- The grid ---------------------------------------------------------------------------------------------------------

TODAY = tuple(
    sorted(
        {row.code for row in codes.all_codes() if row.from_ <= date(2024, 9, 2) <= row.to and row.class_ != "missing"}
    )
)
TAUGHT = sorted(day for day, kind in kinds().items() if kind == "school" and day <= date(2026, 5, 15))
DAYS = st.dictionaries(
    st.sampled_from([*TAUGHT, date(2026, 3, 14), date(2025, 10, 28), date(2026, 5, 4)]).map(date.isoformat),
    st.tuples(st.sampled_from([*TODAY, "."]), st.sampled_from([*TODAY, "."])).map(" ".join),
    max_size=40,
)


@settings(deadline=None, max_examples=60)
@given(DAYS)
def test_every_mark_is_in_the_grid_once_and_the_figures_are_the_sums_of_the_rows(marks: dict[str, str]) -> None:
    one = case(marks)
    said = [Counter(code for week in grid.weeks for code in week.codes if code) for grid in grids(one)]
    for year, grid, found in zip((2025, 2024), grids(one), said, strict=True):
        span, axis, table_ = year_span(year), one.sessions.axis, codes.by_id()
        marked = [(axis.dates[at], table_[code].code) for at, code in enumerate(one.sessions.ids) if code]
        mine = [(day, code) for day, code in marked if span.first <= day <= span.last]
        on_weekends = Counter(code for day, code in mine if day.weekday() > 4)
        told = Counter(code for _day, code in mine) - on_weekends
        assert found - Counter({"#": 999}) == told - Counter({"#": 999}), "a week of closures alone has no row"
        columns = zip(*(week.counts for week in grid.weeks), strict=True)
        assert tuple(sum(map(int, column)) for column in columns) == grid.totals
        assert all(len(week.codes) == len(week.looks) == 10 for week in grid.weeks)


@settings(deadline=None, max_examples=40)
@given(DAYS)
def test_its_figures_are_those_that_the_tracker_prints(marks: dict[str, str]) -> None:
    one = case(marks)
    ytd, (this, _last) = one.outcome.ytd, grids(one)
    classes = (ytd.possible, ytd.attended, ytd.authorised, ytd.unauthorised, ytd.late_before, ytd.late_after)
    assert this.totals == classes
    said = {row[0]: row[1] for row in table(one, "In figures").rows}
    assert said["Attendance"] == f"{one.outcome.percent}%"
    assert tuple(said.values())[3:9] == classes


def test_a_week_without_school_has_no_row_and_a_day_without_school_looks_closed() -> None:
    this, last = grids(case())
    assert (len(this.weeks), len(last.weeks)) == (31, 40)
    assert "27 Oct 2025" not in {week.label for week in this.weeks}
    bank_holiday = next(week for week in this.weeks if week.label == "4 May 2026")
    assert bank_holiday.looks[:2] == ("closed", "closed")
    assert bank_holiday.codes[:2] == ("", "")
    assert bank_holiday.counts[:2] == (6, 5), "two sessions without school, two in which she could not come"


def test_a_session_without_a_mark_does_not_look_closed_on_a_school_day() -> None:
    last = grids(case({"2026-05-14": ". ."}))[0].weeks[-1]
    assert (last.codes[6:8], last.looks[6:8]) == (("", ""), ("", ""))


def test_a_week_that_is_closed_throughout_has_no_row() -> None:
    closed = "2025-10-27", "2025-10-28", "2025-10-29", "2025-10-30", "2025-10-31"
    labels = [week.label for week in grids(case(dict.fromkeys(closed, "# #")))[0].weeks]
    assert "27 Oct 2025" not in labels
    assert "20 Oct 2025" in labels


@pytest.mark.parametrize(
    ("code", "how"),
    [("/", "present"), ("B", "present"), ("L", "late"), ("I", "authorised"), ("U", "unauthorised"),
     ("N", "unauthorised"), ("Y1", "other"), ("Y4", "closed"), ("#", "closed"), ("X", "other"),
     ("-", "other"), ("Z", "other")],
)  # fmt: skip
def test_a_session_looks_as_it_counts(code: str, how: str) -> None:
    key = next(iter(case().sessions.axis.sessions))
    assert look(key, code) == how


def test_a_mark_of_a_saturday_is_counted_and_told_beside_the_grid() -> None:
    with_it, without = case({"2026-03-14": "/ ."}), case()
    assert int(grids(with_it)[0].totals[0]) == int(grids(without)[0].totals[0]) + 1
    assert {week.label: week.counts[0] for week in grids(with_it)[0].weeks}["9 Mar 2026"] == 11
    assert (
        "Marks of a Saturday or Sunday are counted and have no place in the grid: Sat 14 Mar 2026: / in the morning."
        in (to_know(with_it))
    )


def test_as_many_years_as_the_profile_asks_for() -> None:
    assert [grid.title for grid in grids(case(), years=1)] == ["School year 2025/26"]
    three = grids(case(), years=3)
    assert [grid.title for grid in three][-1] == "School year 2023/24"
    assert three[-1].weeks == ()
    assert three[-1].totals == (0,) * len(COUNTED)


# --- What to know of it -----------------------------------------------------------------------------------------------


def test_marks_that_begin_in_the_middle_of_a_year_are_told_from_when_on() -> None:
    later = case({"2024-09-03 to 2024-11-08": ". .", "2026-05-12": "O O", "2026-05-15": "/ \\"})
    assert to_know(later) == (
        "Marks of 2024/25 are held from Mon 11 Nov 2024 on. Those before are in the register of the MIS.",
    )


def test_two_days_that_are_missing_at_the_beginning_are_told_too() -> None:
    said = to_know(ready_case({"2024-09-03 to 2024-09-04": ". ."}))
    assert [line.partition(" on.")[0] for line in said] == ["Marks of 2024/25 are held from Thu 5 Sep 2024"]


def test_a_calendar_that_the_marks_tell_does_not_make_a_late_beginning_whole() -> None:
    one = ready_case({"2024-09-03 to 2024-11-08": ". ."})
    told = Calendar.from_days(key.date for key in one.sessions.axis.sessions)
    assert told.school_days[0] == date(2024, 11, 11)
    assert "held from Mon 11 Nov 2024 on" in to_know(replace(one, calendar=told))[0]


def test_a_year_without_marks_is_told_and_not_left_out() -> None:
    none = ready_case({"2024-09-03 to 2025-07-22": ". ."})
    assert to_know(none) == ("No marks of 2024/25 are held. They are in the register of the MIS.",)
    assert {row[2] for row in table(none, "In figures").rows} == {"not held", ""}


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (date(2025, 9, 2), "Isla Fenwick came to this school on Tue 2 Sep 2025: there are no marks of 2024/25."),
        (date(2024, 11, 11), "Isla Fenwick came to this school on Mon 11 Nov 2024: marks of 2024/25 begin there."),
    ],
)
def test_a_child_who_came_later_misses_nothing(start: date, said: str) -> None:
    one = ready_case(pupil=replace(PUPIL, start_date=start))
    assert said in to_know(one)
    assert not any("in the register of the MIS" in line for line in to_know(one))


@pytest.mark.parametrize("wanted", [60, 685])
def test_so_many_last_sessions_as_are_asked_for_are_named(wanted: int) -> None:
    whose = sheet(ready_case(), profile(sessions=wanted)).blocks[0]
    assert isinstance(whose, Facts)
    assert any(fact.label == f"The last {wanted} possible sessions" for fact in whose.rows)
    assert to_know(ready_case(), sessions=wanted) == ()


def test_fewer_sessions_than_are_asked_for_are_told() -> None:
    assert to_know(ready_case(), sessions=687) == ("686 possible sessions held; 687 are asked for.",)


def test_what_is_still_open_is_named_by_day() -> None:
    assert to_know(case()) == (
        "The reason is not known yet (N): Tue 12 May 2026 all day.",
        "There is no mark yet: Fri 15 May 2026 in the afternoon.",
    )


def test_comments_and_minutes_beside_marks_are_not_in_it() -> None:
    one = case()
    assert any(mark.comment == COMMENT for mark in one.notes.values())
    text = text_of(sheet(one, PROFILE))
    assert COMMENT not in text
    assert "unwell" not in text
    assert "55" not in text.split()


# --- Codes, changes, signature ----------------------------------------------------------------------------------------


def test_the_key_explains_the_codes_that_occur_and_no_others() -> None:
    one = case(PRESENT | {"2026-03-03": "O U", "2025-03-03": "V V"})
    assert [row[0] for row in table(one, "What the codes mean").rows] == ["/", "\\", "V", "O", "U", "#"]
    assert "V" not in {row[0] for row in table(one, "What the codes mean", years=1).rows}


def test_a_code_that_changed_its_meaning_is_explained_by_its_dates() -> None:
    rows = table(case({"2024-07-01": "B C"}), "What the codes mean", years=3).rows
    assert [row[1] for row in rows if row[0] == "B"] == [
        "Supervised educational activity off site (from 19 Aug 2024)",
        "Educated off site (until 18 Aug 2024)",
    ]


def test_how_a_code_counts_is_how_the_engine_counts_it() -> None:
    for row in codes.all_codes():
        words = counts_as(row)
        assert ("Attended" in words) == (row.class_ in codes.ATTENDED)
        assert ("Absent, authorised" in words) == (row.class_ == "authorised")
        assert ("unauthorised" in words) == (row.class_ == "unauthorised")
        assert ("threshold" in words) == (row.code in codes.PENALTY)
        assert ("late" in words) == (row.code in codes.LATE)


def test_changes_of_marks_that_are_sent_are_told_and_no_others() -> None:
    early, late = date(2025, 6, 10), date(2026, 3, 3)
    one = replace(case(), amended=tuple(Amended(day, "AM", "N", "I", day) for day in (early, late)))
    title = "Marks that were changed later"
    assert [row[0] for row in table(one, title).rows] == ["Tue 10 Jun 2025", "Tue 3 Mar 2026"]
    assert [row[0] for row in table(one, title, years=1).rows] == ["Tue 3 Mar 2026"]


def test_it_is_signed_by_whom_the_profile_names_and_says_what_for() -> None:
    last = sheet(case(), profile(signed_by="Attendance lead")).blocks[-1]
    assert isinstance(last, Boxes)
    assert last.signed_by == ("Attendance lead",)
    assert "Isla Fenwick, Tue 3 Sep 2024 to Fri 15 May 2026" in last.statements[0]


def test_what_the_mis_does_not_say_is_written_by_hand() -> None:
    whose = sheet(case(pupil=replace(PUPIL, upn="", dob=None)), PROFILE).blocks[0]
    assert isinstance(whose, Facts)
    assert {fact.label for fact in whose.rows if fact.by_hand} == {"Date of birth", "Unique pupil number (UPN)"}


def test_one_without_any_mark_still_says_so() -> None:
    none = ready_case({"2024-09-03 to 2026-05-15": ". .", "2025-09-01": ". ."})
    text = text_of(sheet(none, PROFILE))
    assert "No marks are held up to Fri 15 May 2026" in text
    assert all(grid.weeks == () for grid in grids(none))
