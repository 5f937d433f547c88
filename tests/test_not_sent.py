"""A mark of which the source says nothing is missing where the school took the session; and nothing else is."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfday import codes
from halfday.not_sent import with_gaps
from halfday.register import AM, PM, SESSIONS, Mark, Pupil, Register
from halfday.school_year import Calendar
from halfday_sync.sources.sample import sample_school

DAYS = [day for n in range(28) if (day := date(2025, 9, 1) + timedelta(days=n)).weekday() < 5]
CALENDAR = Calendar.from_kinds(dict.fromkeys(DAYS, "school"))
LAST = DAYS[-1]
CLASSES = ("Ash", "Birch", "Cedar", "Elm")
PUPILS = [Pupil(f"{name}{n}", class_name=name) for name in CLASSES for n in range(10)]


Says = Callable[[date, str, str], bool]
"""Whether the source says something of a day, a session and a pupil."""


def register(says: Says = lambda _day, _session, _who: True, pupils: list[Pupil] = PUPILS) -> Register:
    """Everybody present, but for what the source says nothing of."""
    return Register.from_marks(
        (
            Mark(one.pupil_id, day, session, "/")
            for day in DAYS
            for session in SESSIONS
            for one in pupils
            if says(day, session, one.pupil_id)
        ),
        [one.pupil_id for one in pupils],
    )


def gaps(given: Register, pupils: list[Pupil] = PUPILS, until: date = LAST) -> set[tuple[str, date, str]]:
    """The marks that are taken as missing; nothing else may change."""
    found = with_gaps(given, pupils, CALENDAR, until)
    before, after = ({(m.pupil_id, m.date, m.session): m.code for m in one.marks()} for one in (given, found))
    assert all(after[key] == code for key, code in before.items())
    assert {after[key] for key in after.keys() - before.keys()} <= {"-"}
    return after.keys() - before.keys()


def test_where_the_source_says_all_nothing_is_missing() -> None:
    assert gaps(register()) == set()


def test_one_pupil_without_a_row_in_a_session_that_was_taken_is_missing() -> None:
    assert gaps(register(lambda day, session, who: (day, session, who) != (DAYS[7], PM, "Ash3"))) == {
        ("Ash3", DAYS[7], PM)
    }


def test_a_register_that_was_not_taken_is_missing_for_the_whole_class_even_in_a_small_school() -> None:
    found = gaps(register(lambda day, session, who: (day, session) != (DAYS[7], AM) or not who.startswith("Ash")))
    assert found == {(f"Ash{n}", DAYS[7], AM) for n in range(10)}


def test_where_a_source_gives_one_class_only_nobody_else_is_missing() -> None:
    assert gaps(register(lambda day, _session, who: day < DAYS[5] or who.startswith("Ash"))) == set()
    assert gaps(register(lambda day, _session, who: day != DAYS[7] or who.startswith("Ash"))) == set()
    assert gaps(register(lambda day, _session, who: day != DAYS[7] or who[:3] in {"Ash", "Bir"})) == set()


def test_a_school_with_two_classes_may_have_told_one_of_them_only() -> None:
    two = PUPILS[:20]
    assert gaps(register(lambda day, _s, who: day != DAYS[7] or who.startswith("Ash"), two), two) == set()


@pytest.mark.parametrize(
    "usual",
    [
        lambda _day, session, who: who != "Ash3" or session == AM,  # mornings only
        lambda day, _session, who: who != "Ash3" or day.weekday() != 4,  # never on Fridays
        lambda day, _session, who: who != "Ash3" or day >= DAYS[7],  # begins later
    ],
    ids=["mornings only", "never on Fridays", "begins later"],
)
def test_a_child_who_does_not_usually_come_then_is_not_missing(usual: Says) -> None:
    assert gaps(register(usual)) == set()


def test_a_child_of_whom_nothing_is_told_any_more_is_missing_for_a_week_at_most() -> None:
    found = gaps(register(lambda day, _session, who: who != "Ash3" or day < DAYS[5]))
    assert {day for _who, day, _session in found} == set(DAYS[5:10])


def test_nobody_is_missing_before_the_first_day_or_after_the_last_one_on_roll_nor_after_the_finished_days() -> None:
    pupils = [Pupil("Ash0", class_name="Ash", end_date=DAYS[8]), *PUPILS[1:]]
    given = register(lambda day, _session, who: who != "Ash0" or day < DAYS[7])
    assert gaps(given, pupils) == {("Ash0", day, session) for day in DAYS[7:9] for session in SESSIONS}
    assert gaps(given, pupils, until=DAYS[7]) == {("Ash0", DAYS[7], session) for session in SESSIONS}


def test_guests_and_children_of_the_nursery_are_left_alone() -> None:
    given = register(lambda day, _session, who: who != "Ash0" or day != DAYS[7])
    for kind in (Pupil("Ash0", enrolment="G"), Pupil("Ash0", year_group="N1")):
        assert gaps(given, [kind, *PUPILS[1:]]) == set()


def test_nothing_is_missing_on_a_day_that_is_no_school_day_or_that_was_closed() -> None:
    given = register(lambda day, _session, who: day != DAYS[7] or who != "Ash0")
    inset = Calendar.from_kinds({**dict.fromkeys(DAYS, "school"), DAYS[7]: "inset"})
    assert with_gaps(given, PUPILS, inset, LAST).rows == given.rows
    closed = codes.code_id("#", DAYS[7])
    rows = tuple(
        row.replace(b"\x02", bytes([closed])) if key.date == DAYS[7] else row
        for key, row in zip(given.sessions, given.rows, strict=True)
    )
    shut = Register(given.pupils, given.sessions, rows)
    assert with_gaps(shut, PUPILS, CALENDAR, LAST).rows == shut.rows


SCHOOL = sample_school(pupils=120, seed=5)
YEAR = Calendar.from_kinds(SCHOOL.calendar)


@settings(max_examples=40, deadline=None, database=None)
@given(st.data())
def test_rows_that_are_left_out_of_a_school_are_found_again_and_only_they(data: st.DataObject) -> None:
    """A few marks of a real year are gone: what is taken as missing is among them, and most of them are."""
    year = [n for n, day in enumerate(SCHOOL.register.dates) if YEAR.is_school_day(day)]
    rows = [bytearray(row) for row in SCHOOL.register.rows]
    whole = with_gaps(SCHOOL.register, SCHOOL.pupils, YEAR, SCHOOL.register.dates[-1])
    known = {(n, c) for n, row in enumerate(whole.rows) for c, code in enumerate(row) if code != rows[n][c]}
    lost = data.draw(st.sets(st.tuples(st.sampled_from(year), st.integers(0, len(rows[0]) - 1)), max_size=20))
    for at, column in lost:
        rows[at][column] = codes.NO_ROW
    given_ = Register(SCHOOL.register.pupils, SCHOOL.register.sessions, tuple(map(bytes, rows)))
    found = with_gaps(given_, SCHOOL.pupils, YEAR, given_.dates[-1])
    changed = {(n, c) for n, row in enumerate(found.rows) for c, code in enumerate(row) if code != rows[n][c]}
    assert changed <= lost | known
    assert all(found.rows[n][c] == codes.MISSING for n, c in changed)
