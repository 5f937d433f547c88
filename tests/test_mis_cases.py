"""Cases of the ledger (`data/mis/cases.toml`) that are about figures and the roll, tried on the invented school."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.pulls import CLASS, IDS, day, known, opened, taken, told, whole_days
from tests.source_contract import Prepared, true_marks, true_pupils

from halfday import codes
from halfday.measures import Axis, Measures, Sessions, is_persistent, is_severe
from halfday.register import SESSIONS, Mark, Pupil, Register, SessionKey
from halfday.school_year import Calendar
from halfday_sync.errors import SourceError
from halfday_sync.sources.assembly import Assembly, Rules
from halfday_sync.sources.base import Snapshot

FRIDAY = date(2025, 9, 12)
INSET, CLOSED_PM = date(2025, 9, 1), date(2025, 9, 10)
PUPILS = Prepared(Path(), {}, {key: key for key in true_pupils()}).pupils()
MARKS = tuple(Mark(mark.pupil, mark.date, mark.session, mark.code) for mark in true_marks())


def figures(key: str, marks: tuple[Mark, ...] = MARKS, *, pupil: Pupil | None = None, until: date = FRIDAY) -> Measures:
    """A pupil's measures since the start of the year."""
    register = Register.from_marks(marks, PUPILS)
    axis = Axis.of(register, Calendar.from_days(register.days_taught), until)
    return Sessions.of(pupil or PUPILS[key], axis, register.by_pupil[key]).ytd


def assembled(*marks: tuple[date, str, str], pupils: tuple[Pupil, ...] = (Pupil("7"),)) -> Snapshot:
    """A snapshot of these marks of pupil 7."""
    assembly = Assembly("the MIS", Rules(FRIDAY))
    for pupil in pupils:
        assembly.pupil(pupil)
    for on, session, code in marks:
        assembly.mark("7", on, session, code)
    return assembly.finish()


def test_case_1_a_missing_mark_is_neither_possible_nor_absent_nor_present() -> None:
    jack = figures("p6")
    without = figures("p6", tuple(mark for mark in MARKS if mark.code != "-"))
    assert (jack.missing, without.missing) == (1, 0)
    assert (jack.possible, jack.attended, jack.absent) == (without.possible, without.attended, without.absent)


def test_case_7_a_joiners_sessions_count_from_the_day_of_joining() -> None:
    earlier = tuple(Mark("p4", date(2025, 9, 4), session, "I") for session in SESSIONS)
    assert figures("p4").possible == figures("p4", (*MARKS, *earlier)).possible == 9


def test_case_9_a_day_at_the_other_school_is_not_possible_here() -> None:
    assert PUPILS["p5"].enrolment == "M"
    assert figures("p5") == Measures(attended=13)


def test_case_10_a_subsidiary_school_counts_its_own_sessions_only() -> None:
    assert PUPILS["p9"].enrolment == "S"
    assert figures("p9") == Measures(attended=4)


def test_case_12_a_z_before_admission_counts_nowhere() -> None:
    assert codes.by_id()[codes.code_id("Z", FRIDAY)].class_ is codes.CodeClass.ADMINISTRATIVE
    ahead = tuple(Mark("p4", date(2025, 9, 4), session, "Z") for session in SESSIONS)
    pupil = replace(PUPILS["p4"], start_date=None)
    assert figures("p4", (*MARKS, *ahead), pupil=pupil) == figures("p4")


def test_case_13_a_session_before_compulsory_age_that_nobody_asked_for_is_not_possible() -> None:
    ayla = figures("p1")
    assert (ayla.possible, ayla.absent) == (13, 0)


def test_case_14_a_part_time_timetable_is_an_authorised_absence_from_a_possible_session() -> None:
    part = tuple(mark._replace(code="C2") if mark.pupil_id == "p2" and mark.code == "\\" else mark for mark in MARKS)
    before, after = figures("p2"), figures("p2", part)
    assert after.possible == before.possible
    assert after.authorised - before.authorised == before.attended - after.attended > 0


def test_case_15_an_inset_day_is_no_session_and_no_zero() -> None:
    assert figures("p2", until=INSET) == Measures()
    assert INSET not in Register.from_marks(MARKS, PUPILS).days_taught


def test_case_17_a_closed_afternoon_leaves_one_possible_session() -> None:
    before, after = figures("p2", until=date(2025, 9, 9)), figures("p2", until=CLOSED_PM)
    assert after.possible - before.possible == 1


@pytest.mark.parametrize("session", ["am ", "Am", " pm"])
def test_case_23_a_session_is_named_am_or_pm_whatever_its_spelling(session: str) -> None:
    [key] = assembled((FRIDAY, session, "/")).register.sessions
    assert key == SessionKey(FRIDAY, session.strip().upper())


def test_case_26_a_child_with_another_surname_is_the_same_child_by_its_number() -> None:
    upn = true_pupils()["p2"]["upn"]
    rows = (Pupil("7", upn=upn, surname="Khan"), Pupil("7", upn=upn, surname="Khan-Ali"))
    [pupil] = assembled(pupils=rows).pupils
    assert pupil.surname == "Khan-Ali"


@pytest.mark.parametrize("day", [date(2025, 10, 24), date(2025, 10, 27), date(2026, 3, 27), date(2026, 3, 30)])
def test_case_44_a_session_is_a_label_and_no_instant_so_clock_changes_move_nothing(day: date) -> None:
    snapshot = assembled(*((day, session, "/") for session in SESSIONS))
    assert snapshot.register.sessions == tuple(SessionKey(day, session) for session in SESSIONS)


def test_case_54_exactly_ninety_per_cent_is_persistent_absence_and_exactly_half_is_severe() -> None:
    assert is_persistent(absent=1, possible=10, on=FRIDAY)
    assert not is_persistent(absent=9, possible=91, on=FRIDAY)
    assert is_severe(absent=1, possible=2, on=FRIDAY)


def test_case_55_no_possible_session_is_no_percentage() -> None:
    away = tuple(mark for mark in MARKS if mark.pupil_id == "p9" and mark.code in ("D", "Y4"))
    nothing = figures("p9", away)
    assert nothing == Measures()
    assert is_persistent(nothing.absent, nothing.possible, FRIDAY) is None


def test_case_58_a_mark_ahead_of_time_counts_once_its_day_has_come() -> None:
    ahead = tuple(Mark("p2", date(2025, 9, 19), session, "C") for session in SESSIONS)
    assert figures("p2", (*MARKS, *ahead)) == figures("p2")


def test_case_59_a_mark_on_a_saturday_is_set_aside() -> None:
    snapshot = assembled((date(2025, 9, 13), "AM", "/"))
    assert not snapshot.register.count()
    assert [(aside.pupil_id, aside.date) for aside in snapshot.set_aside] == [("7", date(2025, 9, 13))]


def test_case_16_a_closure_that_was_entered_over_marks_wins_and_the_clash_is_told(tmp_path: Path) -> None:
    taught = whole_days([0, 1])
    closed = whole_days([1], code="#")
    with opened(tmp_path) as store:
        taken(store, told(taught), day(2))
        changed = taken(store, told([*taught, *closed]), day(3)).difference
        assert {known(store)[who, day(1), session] for who in IDS for session in SESSIONS} == {"#"}
    assert {(mark.before, mark.after) for mark in changed.amended} == {("/", "#"), ("\\", "#")}
    assert len(changed.amended) == 2 * len(IDS)


def test_case_53_a_flag_that_changes_in_the_year_holds_from_the_pull_that_tells_it(tmp_path: Path) -> None:
    before, after = replace(CLASS[0], sen="K", pupil_premium=False), replace(CLASS[0], sen="E", pupil_premium=True)
    with opened(tmp_path) as store:
        taken(store, told(whole_days([0]), (before, *CLASS[1:])), day(1))
        taken(store, told(whole_days([0, 1]), (after, *CLASS[1:])), day(2))
        past, present = store.pupil_history(before.pupil_id)
    assert (past.pupil.sen, past.pupil.pupil_premium, past.until) == ("K", False, present.since)
    assert (present.pupil.sen, present.pupil.pupil_premium, present.until) == ("E", True, None)


@pytest.mark.parametrize("session", ["09:00", "P1", "PM2", ""])
def test_case_23_59_a_session_that_is_neither_am_nor_pm_is_refused(session: str) -> None:
    with pytest.raises(SourceError, match="neither AM nor PM"):
        assembled((FRIDAY, session, "/"))
