"""Exported files of SIMS, of every shape, decode to the truth of the invented school or are refused with the reason."""

import csv
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
import xlsxwriter  # noqa: TID251 - the test writes a workbook for the reader to read
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sims_files import (
    CODES,
    EXTENDED_READ,
    GRID,
    MARKS,
    NUMBERS,
    PLAIN_READ,
    STUDENTS,
    csv_rows,
    extended_read,
    mark_records,
    super_star,
)
from tests.source_contract import NOW, TODAY, names, true_marks

from halfday.register import Mark
from halfday_sync.errors import SettingsError, SourceError
from halfday_sync.source_kinds import completed
from halfday_sync.sources.base import Site, Snapshot, Source
from halfday_sync.sources.opening import open_source
from halfday_sync.sources.sims.attendances import marks_table
from halfday_sync.sources.sims.documents import Document
from halfday_sync.sources.sims.gathering import Gathered
from halfday_sync.sources.sims.meaning import meaning_of
from halfday_sync.sources.tabular.columns import Mapping

NAMES = ("Okonkwo", "Ferreira", "Łukasz", "O’Hara-Blythe", "Zebedee", "samira", "De La Cruz", "Marko")
TRUTH = {(NUMBERS[told.pupil], told.date, told.session): told.code for told in true_marks()}
Pull = Callable[..., Snapshot]


def never_wait(_seconds: float) -> None:
    raise AssertionError("it waited")


def no_secret(name: str) -> str:
    raise AssertionError(f"the secret {name} was asked for")


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., Source]:
    """Opens files in `exports/`, given as paths to copy, or as (name, text)."""

    def opened(*files: Path | tuple[str, str], **given: Any) -> Source:
        at = tmp_path / "exports"
        at.mkdir(exist_ok=True)
        for file in files:
            if isinstance(file, Path):
                copy(file, at)
            else:
                (at / file[0]).write_text(file[1], encoding="utf-8", newline="")
        completed_settings = completed({"kind": "sims", "files": ["exports/*"], **given})
        return open_source(completed_settings, Site(tmp_path, TODAY, NOW, never_wait, no_secret))

    return opened


@pytest.fixture
def pull(source: Callable[..., Source]) -> Pull:
    return lambda *files, **given: source(*files, **given).pull(None)


@pytest.fixture
def refused(source: Callable[..., Source]) -> Callable[..., str]:
    def said(*files: Path | tuple[str, str], **given: Any) -> str:
        with pytest.raises(SourceError) as stop:
            source(*files, **given).pull(None)
        text = stop.value.text()
        assert not [name for name in names() if name in text]
        return text

    return said


def codes(snapshot: Snapshot) -> dict[tuple[str, Any, str], str]:
    return {(mark.pupil_id, mark.date, mark.session): mark.code for mark in snapshot.register.marks()}


def first(snapshot: Snapshot) -> Mark:
    return next(iter(snapshot.register.marks()))


def rows(*lines: str, headings: str = "Adno,Date,Session,Mark") -> tuple[str, str]:
    return "marks.csv", "\r\n".join([headings, *lines]) + "\r\n"


def one_read(mark: str, sub_code: str = "", day: str = "2025-09-15", **more: str) -> tuple[str, str]:
    record = {"primary_id": "9002", "Date": day, "Session": "AM", "Mark": mark, "Subcode": sub_code, "Minutes late": ""}
    return "read.xml", extended_read([record | more])


def test_case_34_a_windows_1252_export_is_read_and_a_lost_letter_is_counted(pull: Pull) -> None:
    snapshot = pull(MARKS)
    assert codes(snapshot) == TRUTH
    assert any("a ? stands for a lost letter in 1 name" in note for note in snapshot.notes)
    assert any("Windows-1252" in note for note in snapshot.notes)


def test_case_34_a_good_name_elsewhere_is_not_overwritten_by_the_lost_letter(pull: Pull) -> None:
    snapshot = pull(MARKS, STUDENTS)
    assert {pupil.forename for pupil in snapshot.pupils if pupil.pupil_id == NUMBERS["p5"]} == {"Łukasz"}


def test_dates_of_sims_are_day_first_even_where_none_is_after_the_twelfth(pull: Pull) -> None:
    assert str(first(pull(rows("001805,03/09/2025,AM,/"))).date) == "2025-09-03"


def test_the_same_report_as_a_workbook_gives_the_same(pull: Pull, tmp_path: Path) -> None:
    path = tmp_path / "marks.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(csv.reader(MARKS.read_text(encoding="cp1252").splitlines())):
            sheet.write_row(at, 0, row)
    assert codes(pull(path)) == TRUTH


def test_the_printed_grid_is_read_when_its_weekdays_prove_the_year(pull: Pull) -> None:
    snapshot = pull(GRID)
    assert codes(snapshot) == TRUTH
    assert any("weekdays prove 2025/26" in note for note in snapshot.notes)


def test_the_year_with_two_blanks_and_the_enrolment_in_words_are_understood(pull: Pull) -> None:
    pupils = {pupil.pupil_id: pupil for pupil in pull(STUDENTS, MARKS).pupils}
    assert [pupils[NUMBERS[key]].enrolment for key in ("p1", "p5", "p8", "p9")] == ["C", "M", "G", "S"]
    assert [pupils[NUMBERS[key]].year_group for key in ("p1", "p2")] == ["R", "3"]
    assert [pupils[NUMBERS[key]].pupil_premium for key in ("p1", "p2", "p7")] == [False, True, None]


def test_case_18_a_read_of_one_character_a_mark_is_refused_and_never_guessed(refused: Callable[..., str]) -> None:
    text = refused(STUDENTS, PLAIN_READ)
    assert "8 marks Y, which may be any of Y1, Y2, Y3, Y4, Y5, Y6, Y7" in text
    assert "SessionAttendancesExtended" in text


def test_case_18_a_read_of_one_character_says_what_it_cannot_carry(source: Callable[..., Source]) -> None:
    assert source(STUDENTS, PLAIN_READ).carries.two_characters is False
    assert "Codes of two characters" in " ".join(source().carries.losses())
    assert source(EXTENDED_READ).carries.two_characters is False


def test_case_18_a_bare_c_counts_as_any_c_does_and_is_told(pull: Pull) -> None:
    read = PLAIN_READ.read_text(encoding="utf-8").replace(
        "<AttendanceMark>Y</AttendanceMark>", "<AttendanceMark>C</AttendanceMark>"
    )
    snapshot = pull(STUDENTS, ("read.xml", read))
    assert any("8 marks C, which in a read of one character may be any of C, C1, C2" in note for note in snapshot.notes)


def test_case_18_before_19_august_2024_codes_had_one_character_and_lost_none() -> None:
    record = {"PersonID": "9002", "AttendanceDate": "2024-07-01T09:00:00", "SessionName": "AM", "AttendanceMark": "Y"}
    problems: list[str] = []
    notes: list[str] = []
    table = marks_table("read.xml", Document("SessionAttendances", [record]), Mapping(), problems, notes)
    assert not problems + notes
    assert table.rows[1][:4] == ["9002", "2024-07-01", "AM", "Y"]


def test_case_18_a_school_that_says_what_its_bare_y_is_is_believed(pull: Pull) -> None:
    assert codes(pull(STUDENTS, PLAIN_READ, codes={"Y": "Y4"})).items() <= TRUTH.items()


def test_case_18_minutes_and_leavers_of_the_plain_read(pull: Pull) -> None:
    read = PLAIN_READ.read_text(encoding="utf-8").replace("<AttendanceMark>Y<", "<AttendanceMark>#<")
    snapshot = pull(STUDENTS, ("read.xml", read))
    late = {(mark.code, mark.minutes_late) for mark in snapshot.register.marks() if mark.minutes_late is not None}
    assert late == {("L", 12), ("U", 47)}
    left_out = [note for note in snapshot.notes if "left out, of persons" in note]
    assert [note.partition(";")[0] for note in left_out] == [
        "read.xml: 10 rows left out, of persons who are not in the report with the pupils (9007)"
    ]
    assert codes(snapshot).keys() == {key for key in TRUTH if key[0] != NUMBERS["p7"]}


def test_the_extended_read_has_the_sub_code_beside_the_mark(pull: Pull) -> None:
    assert first(pull(STUDENTS, one_read("Y", "Y4"))).code == "Y4"
    assert first(pull(STUDENTS, one_read("C", "C2"))).code == "C2"


def test_the_sample_of_the_extended_read_is_the_truth_of_its_two_days(pull: Pull) -> None:
    found = codes(pull(STUDENTS, EXTENDED_READ))
    assert len(found) == 21
    assert not any("not used" in note for note in pull().notes)
    assert found.items() <= TRUTH.items()


@pytest.mark.parametrize(
    ("mark", "sub_code", "code"),
    [("X", "X01", "X"), ("X", "X07", "X"), ("I", "I01", "I"), ("I", "I02", "I"), ("X", "+", "X"), ("+", "", "X")],
)
def test_case_19_a_sub_code_is_folded_to_the_code_it_belongs_to(
    pull: Pull, mark: str, sub_code: str, code: str
) -> None:
    assert first(pull(STUDENTS, one_read(mark, sub_code))).code == code
    assert first(pull(rows(f"001805,15/09/2025,AM,{sub_code or mark}"))).code == code


def test_case_19_a_sub_code_in_a_column_of_its_own_is_folded_too(pull: Pull) -> None:
    lines = ["001805,15/09/2025,AM,Y,Y4", "001806,15/09/2025,AM,X,X03", "001511,15/09/2025,AM,/,"]
    snapshot = pull(rows(*lines, headings="Adno,Date,Session,Mark,Subcode"))
    assert {mark.pupil_id: mark.code for mark in snapshot.register.marks()} == {
        "001805": "Y4",
        "001806": "X",
        "001511": "/",
    }


@pytest.mark.parametrize(("mark", "sub_code"), [("7", ""), ("8", ""), ("9", ""), ("X", "X99"), ("/", "X01"), ("[", "")])
def test_case_19_a_code_that_nobody_explained_is_refused_and_named(
    refused: Callable[..., str], mark: str, sub_code: str
) -> None:
    text = refused(STUDENTS, one_read(mark, sub_code))
    named = {"/X01": "/+X01"}.get(mark + sub_code, sub_code or mark)
    assert f"'{named}'" in text
    assert "register code" in text
    assert "[source.codes]" in text


def test_case_19_the_school_says_what_its_own_codes_are(pull: Pull) -> None:
    assert first(pull(STUDENTS, one_read("7"), codes={"7": "I", "X99": "X"})).code == "I"
    assert first(pull(STUDENTS, one_read("X", "X99"), codes={"7": "I", "X99": "X"})).code == "X"


def test_case_19_the_list_of_codes_says_what_an_unknown_one_is_in_sims(refused: Callable[..., str]) -> None:
    listed = CODES.read_text(encoding="utf-8").replace("<Code>X</Code>", "<Code>8</Code>")
    text = refused(STUDENTS, one_read("8"), ("codes.xml", listed))
    assert (
        "code '8' is \"DfES X: Non-compulsory school age absence\" in SIMS and counts there as "
        '"Attendance not required": say in [source.codes] which register code it is'
    ) in text


def test_case_20_a_session_with_trailing_blanks_given_twice_counts_once(pull: Pull) -> None:
    snapshot = pull(rows("001805,15/09/2025,AM,/", "001805,15/09/2025,AM             ,/"))
    assert [mark.code for mark in snapshot.register.marks()] == ["/"]
    assert any("1 mark given again" in note for note in snapshot.notes)


def test_case_31_a_upn_that_is_blank_temporary_wrong_or_a_number_never_stops_the_file(pull: Pull) -> None:
    snapshot = pull(
        rows(
            "001805,,15/09/2025,AM,/",
            "001806,W99999992504K,15/09/2025,AM,/",
            "001511,A999999919005,15/09/2025,AM,/",
            "001512,9.99999E+11,15/09/2025,AM,/",
            headings="Adno,UPN,Date,Session,Mark",
        )
    )
    assert [pupil.upn for pupil in snapshot.pupils] == ["", "", "", "W99999992504K"]
    assert any("wrong check letter" in note and "001511" in note for note in snapshot.notes)
    assert any("as Excel leaves it" in note and "001512" in note for note in snapshot.notes)


def test_case_40_what_a_spreadsheet_makes_of_a_code_is_undone_or_refused(
    pull: Pull, refused: Callable[..., str]
) -> None:
    assert first(pull(rows('"=""001805""",15/09/2025,AM,"=""/"""'))) == Mark("001805", TODAY, "AM", "/")
    assert "Excel makes that of -" in refused(rows("001805,15/09/2025,AM,0"))
    assert "'=' is not a register code" in refused(rows("001805,15/09/2025,AM,="))
    assert first(pull(rows("001805,15/09/2025,AM,="), codes={"=": "I"})).code == "I"


def test_case_56_minutes_beside_another_code_are_kept_and_told_and_a_late_mark_may_have_none(pull: Pull) -> None:
    snapshot = pull(
        rows("001805,15/09/2025,AM,I,12", "001806,15/09/2025,AM,L,", headings="Adno,Date,Session,Mark,Minutes late")
    )
    assert [(mark.code, mark.minutes_late) for mark in snapshot.register.marks()] == [("I", 12), ("L", None)]
    assert any("12 minutes late kept beside code I" in note for note in snapshot.notes)


def test_case_56_the_nought_minutes_that_every_mark_of_the_extended_read_has_say_nothing(pull: Pull) -> None:
    snapshot = pull(STUDENTS, EXTENDED_READ)
    assert {mark.minutes_late for mark in snapshot.register.marks()} == {None}
    assert not any("minutes" in note for note in snapshot.notes)


def test_case_57_comments_are_left_behind_unless_asked_for_and_statutory_ones_always(pull: Pull) -> None:
    read = one_read("/")[1].replace("Mum rang", "Mum rang,\nagain 😀")
    assert first(pull(STUDENTS, ("read.xml", read))).comment == ""
    kept = pull(STUDENTS, ("read.xml", read), keep_comments=True)
    assert first(kept).comment == "Mum rang,\nagain 😀"
    assert "social worker" not in repr(kept)


def test_marks_that_contradict_each_other_are_set_aside(pull: Pull) -> None:
    snapshot = pull(rows("001805,15/09/2025,AM,/", "001805,15/09/2025,AM,I", "001806,15/09/2025,AM,/"))
    assert [aside.pupil_id for aside in snapshot.set_aside] == ["001805"]
    assert [mark.pupil_id for mark in snapshot.register.marks()] == ["001806"]


def test_a_person_with_two_admission_numbers_is_refused(refused: Callable[..., str]) -> None:
    pupils = super_star([{"primary_id": "9002", "Adno": "001805"}, {"primary_id": "9002", "Adno": "001806"}])
    assert "person 9002 of SIMS has two admission numbers" in refused(("students.xml", pupils), one_read("/"))


def test_marks_by_person_without_a_report_of_the_pupils_are_refused(refused: Callable[..., str]) -> None:
    assert "put the report with the pupils beside it, with both columns" in refused(EXTENDED_READ)


def test_case_60_an_export_whose_marks_are_blank_in_every_row_is_refused(refused: Callable[..., str]) -> None:
    blank = [row | {"Mark": ""} for row in csv_rows()]
    headings = ",".join(blank[0])
    text = refused(("marks.csv", "\n".join([headings, *(",".join(_ascii(row)) for row in blank)])))
    assert "marks.csv: no row has a value for: mark" in text


def _ascii(row: dict[str, str]) -> list[str]:
    return [value.replace(",", " ") for value in row.values()]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (("error.xml", "<CommandReporterError>Report not found</CommandReporterError>"), "an error of CommandReporter"),
        (("other.xml", "<html><body/></html>"), "none of SIMS' that Halfday knows"),
        (("parameters.xml", "<ReportParameters/>"), "none of SIMS' that Halfday knows"),
        (("empty.xml", "<SuperStarReport/>"), "it has no records"),
        (("blank.xml", ""), "broken or cut off"),
    ],
)
def test_a_file_that_is_no_export_is_told_beside_those_that_are(
    refused: Callable[..., str], file: tuple[str, str], words: str
) -> None:
    text = refused(MARKS, file)
    assert f"{file[0]}: " in text
    assert words in text


def test_files_that_are_not_there_are_told_with_their_folder(refused: Callable[..., str], tmp_path: Path) -> None:
    text = refused(files=["nowhere/*.xml"])
    assert "nowhere/*.xml" in text
    assert str(tmp_path) in text


def test_a_link_to_a_file_that_is_gone_is_no_file(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "marks.xml").symlink_to(tmp_path / "gone.xml")
    assert "No file in" in refused()


def test_the_data_is_as_of_the_newest_file(pull: Pull, source: Callable[..., Source], tmp_path: Path) -> None:
    source(STUDENTS, MARKS)
    written = datetime(2025, 9, 14, 16, 30, tzinfo=UTC)
    for path in (tmp_path / "exports").iterdir():
        os.utime(path, (written.timestamp(), written.timestamp()))
    assert pull().as_of == written


def test_settings_that_name_two_ways_or_none_are_refused(source: Callable[..., Source]) -> None:
    with pytest.raises(SettingsError, match="two ways at once"):
        source(marks_report="Halfday marks")
    with pytest.raises(SettingsError, match="name the saved report with the marks"):
        source(files=[])


def test_a_mapping_file_says_what_captions_mean(pull: Pull, tmp_path: Path) -> None:
    (tmp_path / "sims.toml").write_text('[columns]\npupil_id = "Learner"\n', encoding="utf-8")
    marks = rows("001805,15/09/2025,AM,X01", headings="Learner,Date,Session,Mark")
    assert first(pull(marks, mapping="sims.toml")) == Mark("001805", TODAY, "AM", "X")


def test_a_look_tells_the_files_their_columns_and_the_newest_day(source: Callable[..., Source]) -> None:
    looks = list(source(STUDENTS, MARKS).look())
    assert all(look.well for look in looks)
    assert looks[0].words == "commandreporter_marks_cp1252.csv, commandreporter_students.xml"
    assert "code: 'Mark'" in looks[1].words
    assert looks[-1].words == "156 marks of 9 pupils; the newest are of Fri 12 Sep 2025"


def test_a_look_at_pupils_without_any_mark_ends_badly(source: Callable[..., Source]) -> None:
    *_, last = source(STUDENTS).look()
    assert not last.well
    assert last.now


def test_the_same_marks_by_three_routes_are_the_same(pull: Pull, tmp_path: Path) -> None:
    by_csv = codes(pull(STUDENTS, MARKS))
    for path in (tmp_path / "exports").iterdir():
        path.unlink()
    by_report = codes(pull(("pupils.xml", super_star(mark_records()))))
    for path in (tmp_path / "exports").iterdir():
        path.unlink()
    assert by_csv == by_report == codes(pull(GRID)) == TRUTH


ANYTHING = st.sampled_from([*NAMES, "", "1", "9002", "001805", "2025-09-15T00:00:00", "AM", "/", "N", "Q9", "0", "<"])
CAPTIONS = ("primary_id", "Adno", "UPN", "Legal Surname", "Forename", "DOB", "Date", "Session", "Mark", "Subcode")
RECORDS = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(CAPTIONS, ANYTHING)), min_size=1, max_size=5)


@given(RECORDS, st.lists(st.tuples(ANYTHING, ANYTHING, ANYTHING, ANYTHING), max_size=4))
@settings(max_examples=150, deadline=None)
def test_no_name_gets_into_a_message_however_the_report_was_made(
    pupils: list[dict[str, str]], reads: list[tuple[str, str, str, str]]
) -> None:
    names = ("primary_id", "Date", "Session", "Mark")
    read = extended_read([dict.fromkeys(("Subcode", "Minutes late"), "") | _safe(names, told) for told in reads])
    gathered = Gathered(meaning_of({}, Path()))
    gathered.add_xml("pupils.xml", super_star(pupils))
    gathered.add_xml("read.xml", read)
    gathered.require()
    try:
        told = " ".join(gathered.settled(TODAY, TODAY, whole_roll=False).notes)
    except SourceError as stop:
        told = stop.text()
    assert not [name for name in NAMES if name in told]


def _safe(names: tuple[str, ...], told: tuple[str, ...]) -> dict[str, str]:
    return {name: value.replace("<", "") for name, value in zip(names, told, strict=True)}
