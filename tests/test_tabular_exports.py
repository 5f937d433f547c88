"""Files as schools export them: decoded to the truth of the sample school, or refused with the rows that say why."""

import csv
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter  # noqa: TID251 - the test writes a workbook for the reader to read

from halfday.register import SessionKey
from halfday_sync.errors import SettingsError, SourceError
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.tabular import Mapping, read_mapping, read_table

DATA = Path(__file__).parent / "data"
GENERIC = DATA / "generic"
AS_OF = date(2025, 9, 12)
HEADINGS = "Admission Number,UPN,Surname,Forename,DOB,Class,Date,Session,Code"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / "truth" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


PUPILS = {row["k"]: row for row in rows("pupils.csv")}
TRUTH = {(PUPILS[row["pupil"]]["adm"], row["date"], row["session"]): row for row in rows("marks.csv")}


def codes(snapshot: Snapshot) -> dict[tuple[str, str, str], str]:
    return {(mark.pupil_id, str(mark.date), mark.session): mark.code for mark in snapshot.register.marks()}


def read(folder: Path, *texts: str, mapping: Mapping | None = None, as_of: date = AS_OF) -> Snapshot:
    paths = [folder / f"{number}.csv" for number in range(1, len(texts) + 1)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return read_table(paths, as_of=as_of, mapping=mapping)


def problems(folder: Path, *texts: str, mapping: Mapping | None = None, as_of: date = AS_OF) -> list[str]:
    with pytest.raises(SourceError) as stop:
        read(folder, *texts, mapping=mapping, as_of=as_of)
    return list(stop.value.problems)


def marks(*lines: str, headings: str = "Adno,Date,Session,Code") -> str:
    return "\n".join([headings, *lines]) + "\n"


@pytest.mark.parametrize(
    "name",
    [
        "marks_utf8_bom.csv",
        "marks_cp1252_semicolon.csv",
        "marks_utf16le_tab.txt",
        "marks_title_rows.csv",
        "marks_mixed_types.xlsx",
    ],
)
def test_a_sample_decodes_to_the_truth(name: str) -> None:
    got = read_table([GENERIC / name], as_of=AS_OF)
    assert codes(got) == {slot: row["code"] for slot, row in TRUTH.items()}
    assert {slot: mark.minutes_late for slot, mark in got.register.extras.items()} == {
        (slot[0], SessionKey(date.fromisoformat(slot[1]), slot[2])): int(row["minutes_late"])
        for slot, row in TRUTH.items()
        if row["minutes_late"]
    }
    told = {pupil.pupil_id: (pupil.upn, str(pupil.dob), pupil.year_group, pupil.class_name) for pupil in got.pupils}
    assert told == {row["adm"]: (row["upn"], row["dob"], row["y"], row["reg"]) for row in PUPILS.values()}
    assert not any(mark.comment for mark in got.register.extras.values()), "comments stay behind"
    assert not got.complete, "an export may hold a part of the register only"


def test_what_was_repaired_is_told() -> None:
    grid = " ".join(read_table([GENERIC / "marks_mixed_types.xlsx"], as_of=AS_OF).notes)
    assert "leading zeros put back, as the files prove them: 001511," in grid
    assert "sheet 2, row 10: left out, as it has no id and only repeats marks of pupil 002150" in grid
    assert "138 marks given again, always alike" in grid
    old = " ".join(read_table([GENERIC / "marks_cp1252_semicolon.csv"], as_of=AS_OF).notes)
    assert "read as Windows-1252" in old
    assert "a ? stands for a lost letter in 1 name: pupil 001511" in old
    titled = " ".join(read_table([GENERIC / "marks_title_rows.csv"], as_of=AS_OF).notes)
    assert "left out, as not part of the table: rows 1 to 2 and row 162" in titled


def test_a_letter_lost_in_one_file_is_taken_from_another() -> None:
    got = read_table([GENERIC / "marks_cp1252_semicolon.csv", GENERIC / "marks_utf8_bom.csv"], as_of=AS_OF)
    assert next(pupil.surname + pupil.forename for pupil in got.pupils if pupil.pupil_id == "001511") == "NowakŁukasz"


REFUSED = {
    "marks_us_dates_AMBIGUOUS.csv": {"column 'Date': every date can be read day first and month first": 1},
    "marks_duplicates_conflicting.csv": {"row 4 and marks_duplicates_conflicting.csv, row 9": 1},
    "marks_excel_mangled.csv": {
        "the date is '04-Sep', not a whole": 16,
        "row 107 (pupil 1512): the code is '0'": 1,
    },
}


@pytest.mark.parametrize(("name", "says"), REFUSED.items())
def test_a_sample_that_cannot_be_proven_is_refused_by_row(name: str, says: dict[str, int]) -> None:
    with pytest.raises(SourceError) as stop:
        read_table([GENERIC / name], as_of=AS_OF)
    told = stop.value.problems
    assert {text: sum(text in line for line in told) for text in says} == says
    assert len(told) == sum(says.values())


def test_the_american_sample_reads_once_its_order_is_stated(tmp_path: Path) -> None:
    toml = tmp_path / "map.toml"
    toml.write_text('date_order = "month first"\n', encoding="utf-8")
    got = read_table([GENERIC / "marks_us_dates_AMBIGUOUS.csv"], as_of=AS_OF, mapping=read_mapping(toml))
    assert codes(got) == {slot: row["code"] for slot, row in TRUTH.items()}


def test_what_excel_mangled_is_repaired_where_it_is_proven(tmp_path: Path) -> None:
    """Everything but the dates without a year and the 0 is repaired; another file gives the zeros back."""
    text = (GENERIC / "marks_excel_mangled.csv").read_text(encoding="cp1252")
    kept = [line for line in text.splitlines() if ",04-Sep," not in line and ",0," not in line]
    roll = "Admission Number,UPN\n" + "".join(f"{row['adm']},{row['upn']}\n" for row in PUPILS.values())
    got = read(tmp_path, "\n".join(kept), roll)
    wanted = {slot: row["code"] for slot, row in TRUTH.items() if slot[1] != "2025-09-04" and row["code"] != "-"}
    assert codes(got) == wanted
    assert {pupil.pupil_id: pupil.upn for pupil in got.pupils} == {row["adm"]: row["upn"] for row in PUPILS.values()}
    assert "UPN dropped, as it is a number, as Excel leaves it: pupil 001512 and pupil 001930" in got.notes


FAULTS = {
    "101,2025-09-03,AM,Q9": "1.csv, row 2 (pupil 101): code 'Q9' is not a register code",
    "101,2025-09-03,AM,Y": "code 'Y' ended on 18 Aug 2024; use one of Y1 to Y7",
    "101,2025-09-15,AM,/": "2025-09-15 is after 2025-09-12",
    "101,2025-07-15,AM,/": "2025-07-15 is in the school year 2024/25, which was not asked for",
    "101,2025-09-06,AM,N": "code 'N' on Saturday 2025-09-06",
    "101,2025-09-03,EV,/": "the session is 'EV', not AM or PM",
    "101,04-Sep,AM,/": "the date is '04-Sep', not a whole date",
    "101,03/09/25,AM,/": "column 'Date': years have two digits only",
    "101,03/09/2025,AM,/": "every date can be read day first and month first",
    "101,13/09/2025,AM,/\n101,09/13/2025,AM,/": "some dates can only be day first and others only month first",
    "101,2025-01-09,AM,/\n101,15/01/2025,AM,/": "Excel seems to have swapped day and month",
    "101,2025-09-03,AM,/\n101,2025-09-03,AM,N": "the marks for 2025-09-03 AM disagree in 1.csv, row 2 and 1.csv, row 3",
    ",2025-09-03,AM,/\n101,2025-09-03,AM,/": "row 2: there is no admission number and no right UPN",
    "0101,2025-09-03,AM,/\n00101,2025-09-03,PM,/": "00101 and 0101: they differ only in leading zeros",
    "101,2025-09-03,AM,/,oops": "row 2: there are 5 cells under 4 headings",
    '101,2025-09-03,AM,"/': "1.csv: no row of headings was found",
    "": "there are no marks in these files",
}


@pytest.mark.parametrize(("lines", "says"), FAULTS.items())
def test_every_fault_is_told_by_row(tmp_path: Path, lines: str, says: str) -> None:
    told = problems(tmp_path, marks(lines))
    assert any(says in line for line in told), told


def test_everything_is_told_at_once(tmp_path: Path) -> None:
    told = problems(tmp_path, marks("101,2025-09-15,EV,Q9"), marks("102,2025-09-06,AM,N"))
    assert len(told) == 4


def test_a_pupil_on_roll_without_a_mark_is_a_problem_and_a_leaver_is_not(tmp_path: Path) -> None:
    roll = "Adno,Start date,Leaving date\n101,,\n102,,\n103,,2025-07-18\n104,2025-09-10,\n105,2025-09-01,\n"
    told = problems(tmp_path, roll, marks("101,2025-09-03,AM,/", "101,2025-09-04,AM,/"))
    assert told == [
        "pupil 102 is on roll between 2025-09-03 and 2025-09-04 and has no mark",
        "pupil 105 is on roll between 2025-09-03 and 2025-09-04 and has no mark",
    ]


def test_an_earlier_school_year_is_let_in_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    path.write_text(marks("101,2025-07-15,AM,/", "101,2025-09-03,AM,/"), encoding="utf-8")
    assert read_table([path], as_of=AS_OF, years=(2024,)).register.count() == 2


@pytest.mark.parametrize(
    ("day", "dob"), [("03/09/2025", "14/03/2021"), ("45903", ""), ("3 Sep 2025", ""), ("2025-09-03T00:00:00", "")]
)
def test_a_date_is_taken_when_it_is_proven(tmp_path: Path, day: str, dob: str) -> None:
    got = read(tmp_path, marks(f"101,{day},{dob},AM,/", headings="ID,Date,DOB,AM/PM,Mark"))
    assert got.register.dates == (date(2025, 9, 3),)


def test_zeros_are_put_back_when_the_width_is_unanimous_and_not_otherwise(tmp_path: Path) -> None:
    lines = ["0101,2025-09-03,AM,/", "0102,2025-09-03,AM,/", "103,2025-09-03,AM,/"]
    assert read(tmp_path, marks(*lines)).register.pupils == ("0101", "0102", "0103")
    assert read(tmp_path, marks(*lines, "20104,2025-09-03,AM,/")).register.pupils == ("0101", "0102", "103", "20104")
    assert read(tmp_path, marks(*lines[1:])).register.pupils == ("0102", "103")


def test_upns_join_files_and_stand_in_for_admission_numbers(tmp_path: Path) -> None:
    roll = "Adno,UPN\n101,B801200005001\n102,Q207000016049\n"
    got = read(tmp_path, roll, marks("B801200005001,2025-09-03,AM,/", headings="UPN,Date,Session,Code")
               + "R674123101121,2025-09-03,AM,/\n", marks("102,2025-09-03,AM,/"))  # fmt: skip
    assert got.register.pupils == ("101", "102", "R674123101121")
    assert [pupil.upn for pupil in got.pupils] == ["B801200005001", "", "R674123101121"]
    assert "UPN dropped, as it is with a wrong check letter: pupil 102" in got.notes
    assert "1 pupil known by UPN, as there is no admission number" in got.notes


def test_a_upn_of_two_pupils_identifies_neither(tmp_path: Path) -> None:
    roll = "Adno,UPN\n101,B801200005001\n102,B801200005001\n"
    (told, *_) = problems(tmp_path, roll, marks("B801200005001,2025-09-03,AM,/", headings="UPN,Date,Session,Code"))
    assert told == "2.csv, row 2: there is no admission number, and the UPN belongs to pupil 101 and pupil 102"


def test_two_people_under_one_number_are_refused(tmp_path: Path) -> None:
    roll = "Adno,Surname,Forename,DOB\n101,Khan,Samira,2017-11-02\n101,Nowak,Łukasz,2014-12-09\n"
    told = problems(tmp_path, roll, marks("101,2025-09-03,AM,/"))
    assert told == [
        "pupil 101: different dob in 1.csv, row 2 and 1.csv, row 3",
        "pupil 101: surname and forename both differ in 1.csv, row 2 and 1.csv, row 3; is it somebody else?",
    ]


def test_a_change_over_time_takes_the_latest_and_says_so(tmp_path: Path) -> None:
    headings = "Adno,Date,Session,Code,Class"
    got = read(tmp_path, marks("101,2025-09-04,AM,/,4 Oak", "101,2025-09-03,AM,/,4 Ash", headings=headings))
    assert got.pupils[0].class_name == "4 Oak"
    assert "class differs between rows, the latest was taken: pupil 101" in got.notes


def test_details_are_read_as_schools_write_them(tmp_path: Path) -> None:
    headings = "Adno,Gender,NC Year,PP,FSM,In care,SEN,EAL,House"
    got = read(tmp_path, marks("101,Female,Year  4,Yes,N,,EHCP,0,Elm", "102,M,Reception,,,,,,", headings=headings),
               marks("101,2025-09-03,AM,/", "102,2025-09-03,AM,/"))  # fmt: skip
    first, second = got.pupils
    assert (first.sex, first.year_group, first.pupil_premium, first.fsm) == ("F", "4", True, False)
    assert (first.lac, first.sen, first.eal, first.house) == (None, "E", False, "Elm")
    assert (second.year_group, second.pupil_premium) == ("R", None)


def test_one_row_a_day_with_am_and_pm_columns(tmp_path: Path) -> None:
    got = read(tmp_path, marks("101,2025-09-03,/,\\", "101,2025-09-04,N,", headings="Adno,Date,AM,PM"))
    assert [mark.code for mark in got.register.marks()] == ["/", "\\", "N"], "a blank beside a mark says nothing"


def test_a_grid_with_a_bad_date_names_the_column(tmp_path: Path) -> None:
    (told, *_) = problems(tmp_path, ",1 Sep,\nAdno,AM,PM\n101,/,\\\n")
    assert told == "1.csv, column B: the date is '1 Sep', not a whole date with day, month and year"


def test_a_mapping_file_describes_another_layout(tmp_path: Path) -> None:
    toml = tmp_path / "map.toml"
    toml.write_text(
        'header_row = 3\ndate_order = "day first"\nkeep_comments = true\n'
        '[columns]\npupil_id = "Learner"\ndate = "On"\nsession = "Half"\ncode = "Kind"\ncomment = "Why"\n'
        '[codes]\nPRES = "/"\n"*" = ""\n[sessions]\nMorning = "AM"\nAfternoon = "PM"\n',
        encoding="utf-8",
    )
    lines = ["A1;03/09/25;Morning;PRES;", "A1;03/09/25;Afternoon;N;no call", "A1;04/09/25;Morning;*;"]
    got = read(
        tmp_path, "Our report\n\n" + marks(*lines, headings="Learner;On;Half;Kind;Why"), mapping=read_mapping(toml)
    )
    assert [(mark.session, mark.code, mark.comment) for mark in got.register.marks()] == [
        ("AM", "/", ""),
        ("PM", "N", "no call"),
    ]


def test_a_mapped_heading_that_is_not_there_lists_those_that_are(tmp_path: Path) -> None:
    (told, other) = problems(tmp_path, marks("101,2025-09-03,AM,/"), mapping=Mapping(columns={"code": "Coda"}))
    assert told == (
        "the mapping file says that code is under 'Coda', but no table has that heading (did you mean 'Code'?); "
        "the headings are Adno, Date, Session and Code"
    )
    assert other == "1.csv, row 1: there are marks, but no 'code' column"
    (told,) = problems(tmp_path, marks("101,2025-09-03,AM,/"), mapping=Mapping(columns={"house": "Adn"}))
    assert "no table has that heading (did you mean 'Adno'?); the headings are Adno, Date, Session and Code" in told


def test_a_wrong_mapping_file_is_told_whole(tmp_path: Path) -> None:
    toml = tmp_path / "map.toml"
    toml.write_text(
        'date_ordr = 1\ndate_order = "us"\nheader_row = 0\nsheet = 1\nkeep_comments = 1\n'
        '[columns]\nsurnme = "x"\n[codes]\nA = "QQ"\n[sessions]\nB = "EV"\n',
        encoding="utf-8",
    )
    with pytest.raises(SettingsError) as stop:
        read_mapping(toml)
    assert len(stop.value.problems) == 8
    assert "date_ordr: there is no such setting (did you mean 'date_order'?)" in stop.value.problems
    toml.write_text("[", encoding="utf-8")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_mapping(toml)


def test_rows_of_a_workbook_keep_their_numbers_and_words_like_null_stay_words(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(2, 0, ["Adno", "Surname", "Date", "Session", "Code"])
        sheet.write_row(4, 0, ["0101", "Null", 45903, "AM", "/"])
        sheet.write_row(6, 0, ["0101", "Null", 45903, "PM", "Q9"])
        book.add_worksheet().write(0, 0, "Kept by the office")
    with pytest.raises(SourceError, match=r"a.xlsx, sheet 1, row 7 \(pupil 0101\): code 'Q9'"):
        read_table([path], as_of=AS_OF)
    toml = Mapping(codes={"Q9": "N"})
    got = read_table([path], as_of=AS_OF, mapping=toml)
    assert got.pupils[0].surname == "Null"
    assert "a.xlsx, sheet 2: not read, as it has no row of headings" in got.notes
    with pytest.raises(SourceError, match="names a sheet that is not there; there are 2 sheets"):
        read_table([path], as_of=AS_OF, mapping=Mapping(sheet="Marks"))


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.xlsx", b"no workbook", "it is not a workbook, or it has a password"),
        ("a.csv", b"PK\0\0\0", "it is not a text file"),
        ("a.csv", b"\x81\x8d", "it is neither UTF-8, UTF-16 nor Windows-1252 text"),
        ("a.csv", b"", "no row of headings was found"),
        ("a.csv", b"Adno,Date,Session\n1,2,3\n", "there are marks, but no 'code' column"),
        ("a.csv", b"Surname,Forename\n1,2\n", "there is neither an admission number nor a UPN column"),
        ("a.csv", b"Adno,Date,Session,Code,Mark\n", ""),
        ("a.csv", b"Adno,Date,Session,Code,Code\n", "two headings mean 'code' (columns D and E)"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError) as stop:
        read_table([tmp_path / name, tmp_path / "none.csv"], as_of=AS_OF)
    assert says in stop.value.problems[0] + stop.value.problems[-1]
    assert any("none.csv: it could not be opened" in line for line in stop.value.problems)


def test_page_breaks_and_totals_are_not_pupils(tmp_path: Path) -> None:
    head = "Adno,Date,Session,Code"
    lines = [
        "Marks",
        "",
        head,
        '="0101",2025-09-03,AM,/',
        "",
        head,
        "0101,2025-09-03,PM,\\",
        "",
        "Total rows,2",
        "Printed",
    ]
    text = "\n".join(lines)
    got = read(tmp_path, text)
    assert got.register.count() == 2
    assert "1.csv: left out, as not part of the table: row 1, row 6 and rows 9 to 10" in got.notes
