"""CTF files beyond the contract: strings of marks, what one character cannot say, and what is refused."""

from datetime import date, timedelta
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.ctf import school
from tests.ctf_files import Marks, Told, string_of, write
from tests.source_contract import DATA, Prepared

from halfday_sync.errors import SettingsError, SourceError
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.ctf.strings import Sign, read_marks

SAMPLE = "9999999_CTF_9999998_001.xml"
MONDAY = date(2023, 9, 4)
BEFORE_2024 = "/\\LIMCGNOUBDVPWEJRSTXY#-"
JACK = "K999999919006"

starts = st.dates(date(2006, 9, 1), date(2026, 7, 31)).filter(lambda day: day.weekday() < 5)


@st.composite
def registers(draw: st.DrawFn) -> Marks:
    """Marks of whole school days from some weekday on."""
    start = draw(starts)
    days = draw(st.integers(1, 40))
    marks: Marks = {}
    for day in (start + timedelta(days=step) for step in range(days)):
        if day.weekday() < 5:
            marks[day, "AM"] = draw(st.sampled_from(BEFORE_2024.replace("\\", "")))
            marks[day, "PM"] = draw(st.sampled_from(BEFORE_2024))
    return marks


@given(marks=registers())
def test_a_string_that_was_written_by_the_rule_reads_as_the_marks(marks: Marks) -> None:
    signs = read_marks(string_of(marks), min(marks)[0], end=max(marks)[0])
    assert {(sign.date, sign.session): sign.code for sign in signs} == marks


@given(marks=registers(), place=st.integers(0, 79))
def test_a_string_that_lost_a_character_is_refused(marks: Marks, place: int) -> None:
    text = string_of(marks)
    with pytest.raises(ValueError, match="no whole days"):
        read_marks(text[: place % len(text)] + text[place % len(text) + 1 :], min(marks)[0])


@given(marks=registers(), by=st.integers(1, 5))
def test_a_string_that_ends_on_another_day_than_is_said_is_refused(marks: Marks, by: int) -> None:
    with pytest.raises(ValueError, match="the marks end on"):
        read_marks(string_of(marks), min(marks)[0], end=max(marks)[0] + timedelta(days=by))


@pytest.mark.parametrize("text", ["/\\" * 6, "/\\" * 5 + "##" + "/#"])
def test_a_string_that_skips_weekends_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="at a weekend"):
        read_marks(text, MONDAY)


def test_a_string_that_starts_at_a_weekend_is_refused() -> None:
    with pytest.raises(ValueError, match="start at a weekend"):
        read_marks("####/\\", MONDAY - timedelta(days=2))


def test_backslashes_that_json_doubled_are_refused() -> None:
    with pytest.raises(ValueError, match="out of step, or doubled"):
        read_marks("/\\\\/\\\\", MONDAY)


def test_the_same_string_is_read_once_its_escapes_are_undone() -> None:
    assert [sign.code for sign in read_marks("/\\\\/\\\\".replace("\\\\", "\\"), MONDAY)] == ["/", "\\", "/", "\\"]


@pytest.mark.parametrize("code", "CJY")
def test_c_j_and_y_are_unclear_since_the_codes_of_two_characters(code: str) -> None:
    assert not Sign(date(2024, 8, 16), "AM", code).unclear
    assert Sign(date(2024, 8, 19), "AM", code).unclear


def test_the_sample_is_read_and_its_one_unclear_mark_is_set_aside(tmp_path: Path) -> None:
    copy(DATA / "mis" / "ctf" / SAMPLE, tmp_path)
    snapshot = pulled(tmp_path)
    assert (len(snapshot.pupils), snapshot.register.count(), snapshot.complete) == (2, 29, False)
    [aside] = snapshot.set_aside
    assert (aside.pupil_id, aside.date, aside.session) == (JACK, date(2025, 9, 10), "PM")
    assert "Y1, Y2, Y3, Y4, Y5, Y6 or Y7" in aside.words


def test_years_before_2024_are_read_whole(tmp_path: Path) -> None:
    write(tmp_path / SAMPLE, [told({(MONDAY, "AM"): "C", (MONDAY, "PM"): "Y"})])
    snapshot = pulled(tmp_path)
    assert [mark.code for mark in snapshot.register.marks()] == ["C", "Y"]
    assert not snapshot.set_aside


def test_the_school_may_say_what_a_letter_means(tmp_path: Path) -> None:
    day = date(2025, 9, 10)
    write(tmp_path / SAMPLE, [told({(day, "AM"): "/", (day, "PM"): "Y4"})])
    for own in ({"Y": "Y4"}, {"y": "y4"}, {" y": "Y4 "}):
        assert [mark.code for mark in pulled(tmp_path, codes=own).register.marks()] == ["/", "Y4"]


@pytest.mark.parametrize("name", ["Gender", "Sex"])
def test_sex_is_read_under_both_its_names(tmp_path: Path, name: str) -> None:
    write(tmp_path / SAMPLE, [told({(MONDAY, "AM"): "/"})], sex=name)
    assert pulled(tmp_path).pupils[0].sex == "M"


@pytest.mark.parametrize("name", ["SessionsPossible", "SessionsAttended", "SessionsAuthorised", "SessionsUnauthorised"])
def test_a_count_that_does_not_fit_the_marks_is_a_problem_of_that_upn(tmp_path: Path, name: str) -> None:
    write(tmp_path / SAMPLE, [told({(MONDAY, "AM"): "/", (MONDAY, "PM"): "\\"}, counts={name: 9})])
    with pytest.raises(SourceError, match=f"{JACK}: {name} is 9 in the file"):
        pulled(tmp_path)


def test_sessions_possible_may_count_missing_marks_or_leave_them_out(tmp_path: Path) -> None:
    marks = {(MONDAY, "AM"): "/", (MONDAY, "PM"): "-"}
    for possible in (1, 2):
        write(tmp_path / SAMPLE, [told(marks, counts={"SessionsPossible": possible})])
        assert pulled(tmp_path).register.count() == 2


def test_one_string_that_is_wrong_loads_nothing(tmp_path: Path) -> None:
    pupils = school()
    pupils["p6"].text = "/"
    write(tmp_path / SAMPLE, pupils.values())
    with pytest.raises(SourceError, match=f"{JACK}: 1 character is"):
        pulled(tmp_path)


def test_a_mark_after_the_file_was_written_is_refused(tmp_path: Path) -> None:
    write(tmp_path / SAMPLE, [told({(date(2025, 9, 15), "AM"): "/"})])
    with pytest.raises(SourceError, match="after the file was written"):
        pulled(tmp_path)


def test_leave_may_be_agreed_after_the_file_was_written(tmp_path: Path) -> None:
    write(tmp_path / SAMPLE, [told({(date(2025, 9, 15), "AM"): "V"})])
    assert pulled(tmp_path).register.count() == 2


def test_years_at_other_schools_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    other = told({(MONDAY, "AM"): "I"}, school="9991234")
    write(tmp_path / SAMPLE, [told({(MONDAY, "AM"): "/"}), other])
    snapshot = pulled(tmp_path)
    assert "I" not in {mark.code for mark in snapshot.register.marks()}
    assert "1 year at other schools left out" in snapshot.notes


def test_a_pupil_without_a_upn_is_left_out_and_counted(tmp_path: Path) -> None:
    write(tmp_path / SAMPLE, school().values())
    assert "1 pupil without a UPN left out: nothing else says who they are" in pulled(tmp_path).notes


def test_a_upn_with_a_wrong_letter_is_refused_by_its_place_in_the_file(tmp_path: Path) -> None:
    write(tmp_path / SAMPLE, [Told("A999999919006", "Smith", "Jack", "2015-06-30", "M", {(MONDAY, "AM"): "/"})])
    with pytest.raises(SourceError, match=r"pupil 1: the UPN is with a wrong check letter"):
        pulled(tmp_path)


def test_the_same_year_in_two_files_counts_once(tmp_path: Path) -> None:
    for name in (SAMPLE, "9999999_CTF_9999998_002.xml"):
        write(tmp_path / name, [told({(MONDAY, "AM"): "/"})])
    assert pulled(tmp_path).register.count() == 2


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE CTfile [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE CTfile SYSTEM "http://127.0.0.1:9/ctf.dtd">',
    ],
)
def test_a_file_with_a_doctype_is_not_read(tmp_path: Path, declared: str) -> None:
    (tmp_path / SAMPLE).write_text(f'<?xml version="1.0"?>{declared}<CTfile/>', encoding="utf-8")
    with pytest.raises(SourceError, match="DOCTYPE"):
        pulled(tmp_path)


def test_a_namespace_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path / SAMPLE, [told({(MONDAY, "AM"): "/"})])
    text = (tmp_path / SAMPLE).read_text(encoding="utf-8").replace("<CTfile>", '<CTfile xmlns="urn:example">')
    (tmp_path / SAMPLE).write_text(text, encoding="utf-8")
    assert pulled(tmp_path).register.count() == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<CTfile><CTFpupilData/></CTfile>", "no marks of school"),
        ("<Census/>", "no CTF"),
        ('<?xml version="1.0" encoding="nonsense"?><CTfile/>', "no XML"),
        ("not xml", "no XML"),
    ],
)
def test_another_file_is_refused_and_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / SAMPLE).write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=words):
        pulled(tmp_path)


def test_elements_that_no_ctf_has_give_no_marks_quietly(tmp_path: Path) -> None:
    write(tmp_path / SAMPLE, [told({(MONDAY, "AM"): "/"})])
    text = (tmp_path / SAMPLE).read_text(encoding="utf-8").replace("AttendSessions", "AttendanceDetails")
    (tmp_path / SAMPLE).write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match="AttendSessions"):
        pulled(tmp_path)


@pytest.mark.parametrize("number", ["", "999999", "999/9999", "99999990"])
def test_the_number_of_the_school_has_seven_digits(tmp_path: Path, number: str) -> None:
    with pytest.raises(SettingsError, match=r"source\.school"):
        pulled(tmp_path, school=number)


def told(marks: Marks, **more: Any) -> Told:
    return Told(JACK, "Smith", "Jack", "2015-06-30", "M", marks, **more)


def pulled(folder: Path, **settings: Any) -> Snapshot:
    ready = Prepared(folder, {"kind": "ctf", "files": ["*.xml"], "school": "9999999", **settings}, {})
    return ready.open().pull(None)
