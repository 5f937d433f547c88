"""The files that other programs write for `halfday evaluate`: read whole, or refused with every problem at once."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfday.codes import all_codes
from halfday.register import FLAGS, Mark, Pupil, Register, SessionKey
from halfday_sync.errors import SourceError
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.tabular import read_contract, write_contract

MON = date(2025, 9, 1)


def read(
    folder: Path, pupils: str, marks: str = "pupil_id,date,session,code\n", calendar: str | None = None
) -> Snapshot:
    for name, text in (("pupils", pupils), ("marks", marks), ("calendar", calendar or "")):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    days = folder / "calendar.csv" if calendar is not None else None
    return read_contract(folder / "pupils.csv", folder / "marks.csv", days)


def problems(
    folder: Path, pupils: str, marks: str = "pupil_id,date,session,code\n", calendar: str | None = None
) -> list[str]:
    with pytest.raises(SourceError) as stop:
        read(folder, pupils, marks, calendar)
    return list(stop.value.problems)


def test_the_plain_case(tmp_path: Path) -> None:
    got = read(
        tmp_path,
        "pupil_id,surname,fsm,sen,start_date\np1,Khan,1,k,2025-09-01\np2,,no,,\np3,,,E,\n",
        "pupil_id,date,session,code\np2,2025-09-02,PM,N\np1,2025-09-01,AM,/\np1,2025-09-02,PM,y4\n",
        "date,kind\n2025-09-01,school\n2025-09-03,INSET\n",
    )
    assert [pupil.pupil_id for pupil in got.pupils] == ["p1", "p2", "p3"]
    assert got.pupils[0] == Pupil("p1", surname="Khan", fsm=True, sen="K", start_date=MON)
    assert [pupil.fsm for pupil in got.pupils] == [True, False, None], "a blank flag is not shared, which is not no"
    assert got.register.pupils == ("p1", "p2", "p3"), "a pupil without marks keeps a column"
    assert got.register.sessions == (SessionKey(MON, "AM"), SessionKey(date(2025, 9, 2), "PM"))
    assert got.register.rows == (bytes([2, 0, 0]), bytes([30, 21, 0]))
    assert got.calendar == {MON: "school", date(2025, 9, 3): "inset"}
    assert got.complete


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        ("pupil_id,date,session,code", "p1,2025-09-01,AM,/"),
        ("code,session,date,pupil_id", "/,AM,2025-09-01,p1"),
        ("\ufeffpupil_id,date,session,code", "p1,2025-09-01,AM,/"),
        (" Pupil_ID , DATE,session,code", " p1 , 2025-09-01 , am , / "),
        ('"pupil_id","date","session","code"', '"p1","2025-09-01","AM","/"'),
        ("pupil_id,date,session,code,recorded_at", "p1,2025-09-01,AM,/,2025-09-01T08:55:00"),
        ("pupil_id,date,session,code,minutes_late,comment", "p1,2025-09-01,AM,/,,"),
        ("pupil_id,date,session,code", "p1,2025-09-01,AM,/,,"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_order_case_spaces_quotes_and_line_ends_do_not_matter(tmp_path: Path, heading: str, row: str, end: str) -> None:
    got = read(tmp_path, f"pupil_id{end}p1{end}", f"{heading}{end}{row}{end}{end}")
    assert list(got.register.marks()) == [Mark("p1", MON, "AM", "/")]
    assert not got.register.extras, "a time alone does not make a mark worth more than its byte"


def test_minutes_and_comment_are_kept_for_the_marks_that_have_them(tmp_path: Path) -> None:
    got = read(
        tmp_path,
        "pupil_id\np1\n",
        "pupil_id,date,session,code,minutes_late,comment,recorded_at\n"
        'p1,2025-09-01,AM,L,12,"bus, late",2025-09-01T09:12:00\np1,2025-09-01,PM,\\,,,2025-09-01T13:00:00\n',
    )
    key = SessionKey(MON, "AM")
    said = Mark("p1", MON, "AM", "L", 12, "bus, late", datetime(2025, 9, 1, 9, 12))  # noqa: DTZ001 - the file has no zone
    assert got.register.extras == {("p1", key): said}


def test_a_blank_code_is_a_missing_mark_and_a_short_row_has_one(tmp_path: Path) -> None:
    got = read(tmp_path, "pupil_id\np1\n", "pupil_id,date,session,code\np1,2025-09-01,AM,\np1,2025-09-01,PM\n")
    assert [mark.code for mark in got.register.marks()] == ["-", "-"]


def test_marks_after_any_date_and_codes_of_their_day_are_read(tmp_path: Path) -> None:
    marks = "pupil_id,date,session,code\np1,2024-07-01,AM,H\np1,2030-07-01,AM,C\n"
    got = read(tmp_path, "pupil_id\np1\n", marks)
    assert got.register.rows == (bytes([44]), bytes([10]))


def test_exact_repeats_count_once_and_are_told(tmp_path: Path) -> None:
    got = read(
        tmp_path,
        "pupil_id\np1\n",
        "pupil_id,date,session,code,minutes_late\np1,2025-09-01,AM,L,5\np1,2025-09-01,AM,l,5\n",
        "date,kind\n2025-09-01,school\n2025-09-01,school\n",
    )
    assert got.register.count() == 1
    assert got.notes == ("marks.csv: 1 row repeated an earlier row and counted once",)


PUPIL_FAULTS = {
    "pupil_id\np1\np1\n": "pupils.csv, row 3 (pupil p1): the same pupil_id is in row 2",
    "pupil_id,sex\n,F\n": "row 2 (a pupil (id not shown, as it may be a name)): the pupil_id is blank",
    "pupil_id,dob\np1,14/03/2021\n": "pupils.csv, row 2 (pupil p1): dob is '14/03/2021', not a date as YYYY-MM-DD",
    "pupil_id,dob\np1,2021-02-30\n": "dob is '2021-02-30'",
    "pupil_id,cp\n\np1,maybe\n": "pupils.csv, row 3 (pupil p1): cp is text of 5 characters, not 1, 0 or blank",
    "pupil_id,start_date,end_date\np1,2025-09-02,2025-09-01\n": "the end_date 2025-09-01 is before",
    "pupil_id,sex\np1,F,oops\n": "there are 3 cells under 2 headings",
    "upn\nB801200005001\n": "pupils.csv, row 1: the column 'pupil_id' is missing",
    "pupilid,upn\np1,\n": "the column 'pupil_id' is missing (is 'pupilid' meant to be it?)",
    "pupil_id,upn,UPN\np1,,\n": "pupils.csv, row 1: the column 'upn' is there twice",
    'pupil_id\np1\n"p2\n': "pupils.csv, after row 2: it is not CSV",
    "": "the column 'pupil_id' is missing",
}
MARK_FAULTS = {
    "p9,2025-09-01,AM,/": "marks.csv, row 2 (pupil p9): the pupil is not in the pupils file",
    "p1,2025-09-01,AM,Q9": "marks.csv, row 2 (pupil p1): code 'Q9' is not a register code",
    "p1,2025-09-01,AM,H": "code 'H' ended on 18 Aug 2024; use C if the head granted leave, else G",
    "p1,2025-09-01,AM,Khan": "the code is text of 4 characters, not a register code",
    "p1,01/09/2025,AM,/": "the date is '01/09/2025', not a date as YYYY-MM-DD",
    "p1,20250901,AM,/": "the date is '20250901'",
    "p1,2025-09-01,EV,/": "the session is 'EV', not AM or PM",
    "p1,2025-09-01": "the session is a blank, not AM or PM",
    "p1,2025-09-06,AM,/": "code '/' on Saturday 2025-09-06: only # and - can stand at a weekend",
    "p1,2025-09-01,AM,/\np1,2025-09-01,am,N": "rows 2 and 3 (pupil p1): the marks for 2025-09-01 AM disagree",
    "p1,2025-09-01,AM,/,x,y": "there are 6 cells under 4 headings",
    ",2025-09-01,AM,/": "the pupil_id is blank",
    'p1,2025-09-01,AM,"/': "marks.csv, after row 1: it is not CSV",
}


@pytest.mark.parametrize(("text", "says"), PUPIL_FAULTS.items())
def test_every_fault_of_a_pupils_file_is_told_by_row(tmp_path: Path, text: str, says: str) -> None:
    (told,) = problems(tmp_path, text)
    assert says in told


@pytest.mark.parametrize(("text", "says"), MARK_FAULTS.items())
def test_every_fault_of_a_marks_file_is_told_by_row(tmp_path: Path, text: str, says: str) -> None:
    (told,) = problems(tmp_path, "pupil_id\np1\n", f"pupil_id,date,session,code\n{text}\n")
    assert says in told


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("L,late,,", "minutes_late is text of 4 characters, not a whole number"),
        ("L,5,,yesterday", "recorded_at is text of 9 characters"),
    ],
)
def test_faults_beside_a_mark(tmp_path: Path, row: str, says: str) -> None:
    heading = "pupil_id,date,session,code,minutes_late,comment,recorded_at"
    (told,) = problems(tmp_path, "pupil_id\np1\n", f"{heading}\np1,2025-09-01,AM,{row}\n")
    assert says in told


def test_marks_that_differ_in_their_minutes_disagree(tmp_path: Path) -> None:
    rows = "p1,2025-09-01,AM,L,5\np1,2025-09-01,AM,L,6\n"
    (told,) = problems(tmp_path, "pupil_id\np1\n", f"pupil_id,date,session,code,minutes_late\n{rows}")
    assert "rows 2 and 3" in told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "2025-09-01,feast",
            "the kind is text of 5 characters; it can be school, inset, holiday, bank_holiday or closure",
        ),
        ("1 Sep,school", "calendar.csv, row 2: the date is '1 Sep'"),
        (
            "2025-09-01,school\n2025-09-01,inset",
            "calendar.csv, row 3: 2025-09-01 is 'inset' here and 'school' in row 2",
        ),
    ],
)
def test_faults_of_a_calendar(tmp_path: Path, text: str, says: str) -> None:
    (told,) = problems(tmp_path, "pupil_id\n", calendar=f"date,kind\n{text}\n")
    assert says in told


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        "pupil_id,dob\np1,x\np1,\n",
        "pupil_id,date,session,code\np1,x,y,/\np2,2025-09-01,AM,/\n",
        "date,kind\n2025-09-01,x\n",
    )
    assert [line.split(" (")[0].split(":")[0] for line in told] == [
        "pupils.csv, row 2",
        "pupils.csv, row 3",
        "marks.csv, row 2",
        "marks.csv, row 2",
        "marks.csv, row 3",
        "calendar.csv, row 2",
    ]


def test_files_that_are_not_there_or_not_text(tmp_path: Path) -> None:
    (tmp_path / "marks.csv").write_bytes("pupil_id,date,session,code\nZoë".encode("cp1252"))
    with pytest.raises(SourceError) as stop:
        read_contract(tmp_path / "pupils.csv", tmp_path / "marks.csv", None)
    assert stop.value.problems == (
        "pupils.csv: it could not be opened (No such file or directory)",
        "marks.csv: it is not UTF-8 text; save it as 'CSV UTF-8 (comma delimited)'",
    )
    assert stop.value.done
    assert stop.value.now


def test_columns_of_no_use_are_told(tmp_path: Path) -> None:
    assert read(tmp_path, "pupil_id,shoe size\np1,3\n").notes == (
        "pupils.csv: not used, as the contract has no such column: shoe size",
    )


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8).map(str.strip)
PUPIL_TEXTS = ("upn", "surname", "forename", "sex", "year_group", "class_name", "house", "family_id")
FLAG = st.sampled_from([True, False, None])
DAY = st.dates(date(2006, 9, 1), date(2030, 7, 31))


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    ids = draw(st.lists(st.from_regex(r"[A-Za-z0-9]{1,6}", fullmatch=True), unique=True, max_size=5))
    pupils = []
    for pupil_id in ids:
        start = draw(st.none() | DAY)
        length = draw(st.none() | st.integers(0, 900))
        end = None if start is None or length is None else start + timedelta(length)
        texts = draw(st.tuples(*[TEXT] * len(PUPIL_TEXTS)))
        flags = draw(st.tuples(*[FLAG] * len(FLAGS)))
        dob = draw(st.none() | DAY)
        sen = draw(st.sampled_from(["", "N", "K", "E"]))
        pupils.append(
            Pupil(
                pupil_id=pupil_id,
                **dict(zip(PUPIL_TEXTS, texts, strict=True)),
                **dict(zip(FLAGS, flags, strict=True)),
                dob=dob,
                start_date=start,
                end_date=end,
                sen=sen,
            )
        )
    marks = []
    slots = st.tuples(st.sampled_from(ids or ["p"]), DAY, st.sampled_from(["AM", "PM"]))
    for pupil_id, day, session in draw(st.lists(slots, unique=True, max_size=8 if ids else 0)):
        possible = [row.code for row in all_codes() if row.from_ <= day <= row.to]
        code = draw(st.sampled_from(["#", "-"] if day.weekday() >= 5 else possible))
        extra = draw(st.tuples(st.none() | st.integers(0, 600), TEXT, st.none() | st.datetimes()))
        marks.append(Mark(pupil_id, day, session, code, *extra))
    calendar = draw(st.dictionaries(DAY, st.sampled_from(["school", "inset", "holiday", "bank_holiday", "closure"])))
    return Snapshot(tuple(pupils), Register.from_marks(marks, ids), calendar, whole=True)


@settings(deadline=None, max_examples=60)
@given(snapshot=snapshots())
def test_what_is_written_is_read_back_the_same(snapshot: Snapshot) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name) / "new"
        write_contract(folder, snapshot)
        assert read_contract(folder / "pupils.csv", folder / "marks.csv", folder / "calendar.csv") == snapshot


def test_a_pupil_of_the_register_only_is_written_too(tmp_path: Path) -> None:
    write_contract(tmp_path, Snapshot((), Register.from_marks([Mark("p1", MON, "AM", "/")])))
    with (tmp_path / "pupils.csv").open(encoding="utf-8") as file:
        assert [row["pupil_id"] for row in csv.DictReader(file)] == ["p1"]


@given(pads=st.lists(st.sampled_from(["", " ", "  ", "\t"]), min_size=8, max_size=8), quoted=st.booleans())
@settings(deadline=None)
def test_spaces_around_any_word_change_nothing(*, pads: list[str], quoted: bool) -> None:
    """The same marks, padded: the same register (a padded pupil id once made a session a byte too wide)."""
    rows = [("1", "2025-09-01", "AM", "/"), ("2", "2025-09-01", "AM", "I"), ("1", "2025-09-01", "PM", "\\")]
    rows.append(("2", "2025-09-02", "AM", "n"))
    plain = [[f"{pads[at]}{word}{pads[at + 4]}" for at, word in enumerate(row)] for row in rows]
    text = "\n".join(",".join(f'"{word}"' if quoted else word for word in row) for row in plain)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pupils.csv").write_text("pupil_id\n1\n2\n", encoding="utf-8")
        (folder / "marks.csv").write_text(f"pupil_id,date,session,code\n{text}\n", encoding="utf-8")
        found = read_contract(folder / "pupils.csv", folder / "marks.csv", None).register
    assert [(mark.pupil_id, str(mark.date), mark.session, mark.code) for mark in found.marks()] == [
        (pupil, day, session, code.upper()) for pupil, day, session, code in rows
    ]
