"""Marks of Wonde come out as they are, and what changed comes by itself. The numbers are of mis_formats' cases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.source_contract import true_marks, true_pupils
from tests.wonde_pull import NOW, by_admission, ids, marks, site, source
from tests.wonde_school import dated, little_school, payload, wonde_id
from tests.wonde_service import Service

from halfday_sync.errors import SettingsError, SourceError

MONDAY = date(2025, 9, 8)


def test_every_mark_of_the_invented_school_comes_out_on_its_own_day_and_session() -> None:
    adm = {key: row["adm"] for key, row in true_pupils().items()}
    with Service(little_school()) as wonde:
        snapshot = source(wonde).pull(None)
    assert marks(snapshot) == {(adm[one.pupil], one.date, one.session): one.code for one in true_marks()}
    assert snapshot.complete
    assert snapshot.every_session
    assert snapshot.since is None
    assert snapshot.as_of == NOW


def test_1_a_mark_that_is_null_or_a_hyphen_is_no_mark_and_an_absent_row_is_none_at_all() -> None:
    with Service(little_school()) as wonde:
        mark = wonde.school.mark(by_admission(wonde, "001805"), MONDAY, "AM")
        rows = [wonde._shown_mark(one) for one in wonde.school.marks.values()]
        next(row for row in rows if row["id"] == mark.id)["attendance_code"] = None
        absent = wonde.school.mark(by_admission(wonde, "001806"), MONDAY, "AM")
        wonde.lists["attendance/session"] = [row for row in rows if row["id"] != absent.id]
        wonde.lists["attendance-leavers/session"] = []
        found = marks(source(wonde).pull(None))
    assert found["001805", MONDAY, "AM"] == "-"
    assert found["001512", date(2025, 9, 9), "PM"] == "-"
    assert ("001806", MONDAY, "AM") not in found


def test_2_an_amended_mark_supersedes_the_first_and_two_pulls_give_one_mark_each() -> None:
    pulls = payload("amended_mark_two_pulls")
    at = ("001806", date(2025, 9, 4), "AM")
    with Service(little_school()) as wonde:
        first, second = pulls["first"]["data"][0], pulls["second"]["data"][0]
        assert first["id"] == second["id"]
        wonde.school.amend(first["id"], "N", datetime(2025, 9, 4, 8, tzinfo=UTC))
        assert marks(source(wonde).pull(None))[at] == "N"
        wonde.school.amend(first["id"], "I", datetime(2025, 9, 9, 9, tzinfo=UTC))
        changed = source(wonde).pull(datetime(2025, 9, 9, 6, tzinfo=UTC))
    assert marks(changed)[at] == "I"
    assert changed.since == datetime(2025, 9, 9, 6, tzinfo=UTC)


def test_3_a_mark_that_is_amended_months_later_comes_with_what_changed() -> None:
    months_later = datetime(2026, 3, 3, 9, tzinfo=UTC)
    with Service(little_school()) as wonde:
        wonde.school.amend(next(iter(wonde.school.marks)), "I", months_later)
        at = site(today=months_later.date(), now=months_later + timedelta(hours=12))
        changed = source(wonde, at).pull(months_later - timedelta(hours=20))
    assert list(marks(changed).values()) == ["I"]


def test_2_the_later_of_two_rows_of_one_mark_counts_by_its_time_where_that_is_told() -> None:
    with Service(little_school(), extra=True) as wonde:
        mark = next(iter(wonde.school.marks.values()))
        old = wonde._shown_mark(mark)
        wonde.school.amend(mark.id, "I", datetime(2025, 9, 12, 9, tzinfo=UTC))
        rows = [wonde._shown_mark(one) for one in wonde.school.marks.values()]
        wonde.lists |= {"attendance/session": [*rows, old], "attendance-leavers/session": []}
        assert marks(source(wonde).pull(None))[ids(wonde)[mark.student], mark.day, mark.session] == "I"


def test_12_the_marks_of_a_child_who_is_not_on_roll_yet_are_left_out() -> None:
    with Service(little_school()) as wonde:
        wonde.school.write("A404", MONDAY, "AM", "Z", datetime(2025, 9, 8, 9, tzinfo=UTC))
        assert len(marks(source(wonde).pull(None))) == len(true_marks())


def test_a_mark_of_a_child_in_no_list_stops_the_pull_and_names_ids_only() -> None:
    with Service(little_school()) as wonde:
        wonde.school.write("A404", MONDAY, "AM", "/", datetime(2025, 9, 8, 9, tzinfo=UTC))
        with pytest.raises(SourceError, match="in no list of pupils: pupil A404"):
            source(wonde).pull(None)


def test_a_child_who_comes_while_the_marks_are_read_is_found_by_reading_the_lists_again() -> None:
    school = little_school()
    late = school.students.pop("A1000275822")
    with Service(school) as wonde:
        wonde.before[7] = lambda: school.students.update({late["id"]: late})
        with_all = source(wonde).pull(None)
    assert len(with_all.pupils) == 9
    assert len(marks(with_all)) == len(true_marks())


def test_21_two_marks_for_one_session_with_different_codes_are_set_aside() -> None:
    with Service(little_school()) as wonde:
        wonde.school.write(by_admission(wonde, "001805"), MONDAY, "AM", "I", datetime(2025, 9, 8, 9, tzinfo=UTC))
        snapshot = source(wonde).pull(None)
    assert [(one.pupil_id, one.date, one.session) for one in snapshot.set_aside] == [("001805", MONDAY, "AM")]
    assert "/ and I" in snapshot.set_aside[0].words
    assert ("001805", MONDAY, "AM") not in marks(snapshot)


def test_21_a_session_without_a_mark_does_not_contradict_the_mark_that_came_later() -> None:
    with Service(little_school()) as wonde:
        at = (by_admission(wonde, "001512"), date(2025, 9, 9), "PM")
        wonde.school.write(*at, "\\", datetime(2025, 9, 10, 9, tzinfo=UTC))
        snapshot = source(wonde).pull(None)
    assert marks(snapshot)["001512", *at[1:]] == "\\"
    assert snapshot.set_aside == ()


@pytest.mark.parametrize("day", [date(2025, 10, 27), date(2026, 3, 30), date(2025, 10, 24), date(2026, 3, 27)])
def test_44_marks_around_the_change_of_the_clocks_stay_on_their_day(day: date) -> None:
    with Service(little_school()) as wonde:
        student = by_admission(wonde, "001805")
        for zone in ("UTC", "Europe/London"):
            row = wonde._shown_mark(wonde.school.mark(student, MONDAY, "AM")) | {"date": dated(day, zone)}
            wonde.lists |= {"attendance/session": [row], "attendance-leavers/session": []}
            at = site(today=date(2026, 4, 1), now=datetime(2026, 4, 1, 6, tzinfo=UTC))
            assert list(marks(source(wonde, at).pull(None))) == [("001805", day, "AM")]


def test_45_what_changed_is_asked_for_from_a_day_before_in_utc() -> None:
    with Service(little_school()) as wonde:
        source(wonde).pull(datetime.fromisoformat("2025-09-12T07:15:00+01:00"))
        assert {"updated_after=2025-09-11+06%3A15%3A00" in path for path in wonde.asked if "session" in path} == {True}
        assert [path for path in wonde.asked if "/students" in path and "updated_after" in path] == []


def test_45_a_mark_that_wonde_got_hours_after_it_was_written_is_in_the_next_pull() -> None:
    with Service(little_school()) as wonde:
        since = datetime(2025, 9, 12, 6, 15, tzinfo=UTC)
        wonde.school.amend(next(iter(wonde.school.marks)), "I", since - timedelta(hours=5))
        assert "I" in marks(source(wonde).pull(since)).values()


def test_a_whole_reading_asks_a_month_further_back_for_what_was_written_ahead() -> None:
    with Service(little_school()) as wonde:
        source(wonde).pull(None)
        (after,) = {path.partition("updated_after=")[2][:10] for path in wonde.asked if "/session" in path}
    assert date.fromisoformat(after) == site().begins - timedelta(days=31)


def test_57_comments_stay_behind_unless_the_school_keeps_them() -> None:
    with Service(little_school()) as wonde:
        assert not any(one.comment for one in source(wonde).pull(None).register.marks())
        assert any(one.comment for one in source(wonde, keep_comments=True).pull(None).register.marks())


def test_minutes_and_times_of_change_are_taken_where_wonde_gives_them_after_all() -> None:
    with Service(little_school(), extra=True) as wonde:
        late = next(mark for mark in wonde.school.marks.values() if mark.code == "L")
        late.minutes = 12
        assert 12 in {mark.minutes_late for mark in source(wonde).pull(None).register.marks()}


def test_59_a_mark_at_a_weekend_is_set_aside() -> None:
    with Service(little_school()) as wonde:
        student = by_admission(wonde, "001805")
        wonde.school.write(student, date(2025, 9, 6), "AM", "/", datetime(2025, 9, 8, 9, tzinfo=UTC))
        snapshot = source(wonde).pull(None)
    assert [(one.pupil_id, one.date) for one in snapshot.set_aside] == [("001805", date(2025, 9, 6))]


def test_62_a_code_of_the_schools_own_stops_everything_and_is_named_until_it_is_mapped() -> None:
    with Service(little_school()) as wonde:
        wonde.school.amend(wonde.school.mark(by_admission(wonde, "001805"), MONDAY, "AM").id, "ZZ", NOW)
        with pytest.raises(SourceError, match=r"code 'ZZ' is not a register code \(1 mark\)"):
            source(wonde).pull(None)
        assert marks(source(wonde, codes={"zz": "C2"}).pull(None))["001805", MONDAY, "AM"] == "C2"


def test_62_an_attendance_code_that_is_in_no_list_stops_everything() -> None:
    with Service(little_school()) as wonde:
        wonde.lists["attendance-codes"] = [{"id": wonde.school.codes["/"], "code": "/", "description": "", "type": ""}]
        with pytest.raises(SourceError, match="not in the school's list of codes"):
            source(wonde).pull(None)


def test_codes_that_come_inside_the_mark_are_read_as_well() -> None:
    with Service(little_school()) as wonde:
        row = wonde._shown_mark(wonde.school.mark(by_admission(wonde, "001805"), MONDAY, "AM"))
        row["attendance_code"] = {"data": {"id": row["attendance_code"], "code": "/"}}
        row["student"] = {"data": {"id": row["student"]}}
        wonde.lists |= {"attendance/session": [row], "attendance-leavers/session": []}
        assert marks(source(wonde).pull(None)) == {("001805", MONDAY, "AM"): "/"}


@pytest.mark.parametrize(
    ("settings", "told"),
    [({"school_id": "A1/../A2"}, "school_id"), ({"per_page": 0}, "per_page"), ({"sen": {"W": "yes"}}, "source.sen.W")],
)
def test_settings_that_cannot_be_right_are_named(settings: dict[str, Any], told: str) -> None:
    with Service(little_school()) as wonde, pytest.raises(SettingsError, match=told):
        source(wonde, **settings)


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "Schlüssel"])
def test_what_cannot_be_a_token_is_refused_before_it_is_sent_and_not_repeated(token: str) -> None:
    with Service(little_school()) as wonde:
        with pytest.raises(SettingsError, match="cannot be one") as stop:
            source(wonde, site(token=token))
        assert wonde.asked == []
    assert not token or token not in str(stop.value)


def test_the_token_is_in_no_text_of_the_source() -> None:
    with Service(little_school()) as wonde:
        assert site().secret("Wonde token") not in repr(source(wonde))
        assert not [path for path in wonde.asked if site().secret("") in path]


def test_progress_is_told_page_by_page() -> None:
    told: list[tuple[str, int, int | None]] = []
    with Service(little_school()) as wonde:
        source(wonde, site(progress=lambda *words: told.append(words))).pull(None)
    assert [(count, whole) for what, count, whole in told if what == "marks"] == [(50, None), (100, None), (146, None)]
    assert ("pupils", 8, None) in told


def test_one_wonde_id_is_always_the_same() -> None:
    assert wonde_id("a") == wonde_id("a") != wonde_id("b")
