"""`contacts.csv`, as programs write it and as offices save it: whom to ring, and what is told of rows with faults."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfday.carer import Carer
from halfday.register import Mark, Pupil, Register
from halfday_sync import cli, config
from halfday_sync.errors import SourceError
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.tabular import Table, read_contract, read_table, snapshot_of, write_contract
from halfday_sync.sources.tabular.columns import Mapping
from halfday_sync.sources.tabular.contacts import is_contacts, read_contacts_file
from halfday_sync.store import Store

AS_OF = date(2025, 9, 15)
HEADINGS = "pupil_id,order,name,relationship,phone,phone_2,letters"
MOTHER = Carer("2101", 1, "Mrs A Example", "Mother", ("01632 960001", "07700 900001"))


def read(*rows: str, headings: str = HEADINGS) -> tuple[list[Carer], list[str]]:
    """Whom the rows name, and the notes; columns are separated by commas."""
    cells = [line.split(",") for line in (headings, *rows)]
    found = snapshot_of([Table("contacts.csv", cells)], as_of=AS_OF)
    return list(found.carers or ()), list(found.notes)


def test_the_documented_file_is_read_in_the_order_in_which_they_are_rung() -> None:
    found, notes = read(
        "2101,2,Mr B Example,Father,07700 900002,,no",
        "2101,1,Mrs A Example,Mother,01632 960001,07700 900001,yes",
        "2102,,Ms C Example,,,,1",
    )
    assert found == [
        MOTHER,
        Carer("2101", 2, "Mr B Example", "Father", ("07700 900002",), letters=False),
        Carer("2102", 1, "Ms C Example"),
    ]
    assert notes == []


def test_the_headings_of_an_mis_are_known(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text(
        "Family contacts\n\n"
        "Adm No;Surname;Priority;Contact Title;Contact Forename;Contact Surname;Relationship to pupil;Home Telephone;"
        "Mobile Phone;Correspondence;Parental Responsibility;Court Order\n"
        '="002101";Example;1;Mrs;A;Example;Mother;01632 960001;07700 900001;F;T;\n'
        "002101;Example;2;Mr;B;Example;Father;;07700 900002;T;T;T\n"
        "002101;Example;3;Mrs;G;Example;Grandmother;01632 960003;;F;F;F\n",
        encoding="utf-16",
    )
    found = read_table([path], as_of=AS_OF)
    assert found.carers == (
        Carer("002101", 1, "Mrs A Example", "Mother", ("01632 960001", "07700 900001")),
        Carer("002101", 2, "Mr B Example", "Father", ("07700 900002",), letters=False),
        Carer("002101", 3, "Mrs G Example", "Grandmother", ("01632 960003",), letters=False),
    )
    assert (found.pupils, found.complete) == ((), False)


def test_rows_with_faults_are_told_by_number_and_cost_nobody_else() -> None:
    found, notes = read(
        "2101,1,Mrs A Example,Mother,01632 960001,07700 900001,1",
        ",1,Mr Stray,Father,01632 960002,,1",
        "2101,4,,Uncle,n/a,,1",
        "2101,soon,Mr Late,Uncle,01632 960004,,perhaps",
        "",
        "2101,2",
    )
    assert found == [MOTHER, Carer("2101", 2, "Mr Late", "Uncle", ("01632 960004",), letters=False)]
    assert notes == [
        "contacts.csv: 1 row left out, as no pupil is named (row 3)",
        "contacts.csv: 2 rows left out, as there is neither a name nor a number (rows 4, 7)",
        "contacts.csv: 1 row without a number as order: rung last (row 5)",
        "contacts.csv: 1 row with a word under letters that is neither yes nor no: no letter goes there (row 5)",
    ]


@pytest.mark.parametrize("phone", ["1632960001", "7700 900001"])
def test_a_number_that_lost_its_zero_is_told_and_shown_as_it_came(phone: str) -> None:
    found, notes = read(f"2101,1,Mrs A Example,Mother,{phone},,1")
    assert found[0].phones == (phone,)
    (note,) = notes
    assert note.startswith(
        "contacts.csv: 1 row with a number that may have lost its first 0 in a spreadsheet: it is shown"
    )
    assert note.endswith("Make the column text before saving (row 2)")


def test_a_number_in_powers_of_ten_is_no_number_any_more() -> None:
    found, (note,) = read("2101,1,Mrs A Example,Mother,7.7009E+09,01632 960001,1")
    assert found[0].phones == ("01632 960001",)
    assert "its digits are lost (row 2)" in note


def test_of_more_than_five_numbers_five_are_kept_and_each_once() -> None:
    headings = "pupil_id,order,name,relationship,phone,phone_2,phone_3,phone_4,phone_5,work phone,mobile,letters"
    numbers = ["01632 960001", "01632960001", "+44 1632 960001", *(f"01632 96000{n}" for n in range(2, 6))]
    (found,), _ = read(f"2101,1,Mrs A Example,Mother,{','.join(numbers)},1", headings=headings)
    assert found.phones == tuple(f"01632 96000{n}" for n in range(1, 6))


def test_two_in_one_place_stay_in_the_order_of_the_file_and_one_person_twice_is_one() -> None:
    found, (note,) = read(
        "2101,1,Mr B Example,Father,07700 900002,,1",
        "2101,1,Mrs A Example,Mother,01632 960001,,1",
        "2101,3,mrs a example,Mother,07700 900001,,0",
    )
    assert found == [
        Carer("2101", 1, "Mr B Example", "Father", ("07700 900002",)),
        Carer("2101", 2, "Mrs A Example", "Mother", ("01632 960001", "07700 900001"), letters=False),
    ]
    assert note == "contacts.csv: 1 contact told twice: taken as one person each"


def test_to_whom_letters_go_is_never_guessed() -> None:
    found, (note,) = read("2101,1,Mrs A Example,Mother,01632 960001", headings="pupil_id,order,name,relationship,phone")
    assert not found[0].letters
    assert "no letter has a carer's name" in note


def test_a_list_of_pupils_with_a_contact_in_each_row_is_both() -> None:
    rows = [
        ["Adno", "Legal Surname", "Preferred Forename", "DOB", "Relationship", "Contact Name", "Phone", "Letters"],
        ["2101", "Example", "Ayla", "21/02/2017", "Mother", "Mrs A Example", "01632 960001", "yes"],
    ]
    found = snapshot_of([Table("pupils.csv", rows)], as_of=AS_OF)
    assert found.pupils == (Pupil("2101", surname="Example", forename="Ayla", dob=date(2017, 2, 21)),)
    assert found.carers == (Carer("2101", 1, "Mrs A Example", "Mother", ("01632 960001",)),)


@pytest.mark.parametrize(
    "headings",
    [
        "Admission Number,Name,Phone",  # a list of pupils
        "Adno,Date,Session,Mark,Phone,Relationship",  # marks
        "Name,Relationship,Phone",  # nobody's
        "Admission Number,Relationship",
    ],
)
def test_other_lists_are_no_contacts(headings: str) -> None:
    assert not is_contacts(Table("list.csv", [headings.split(",")]), Mapping())


def test_a_huge_list_is_read_and_ten_of_one_pupil_are_kept() -> None:
    rows = [f"{number % 2000},{number},Mr N{number},Uncle,01632 96{number % 1000:04},,1" for number in range(30_000)]
    found, notes = read(*rows)
    assert len(found) == 20_000
    assert notes[0].startswith("contacts.csv: more than 10 contacts each; the first 10 are kept: pupil 0, pupil 1,")
    assert notes[0].endswith("and 1,990 more")


def test_the_contract_s_file_lies_beside_the_pupils_and_what_is_written_is_read(tmp_path: Path) -> None:
    pupils = (Pupil("2101", surname="Example"), Pupil("2102"))
    carers = (MOTHER, Carer("2101", 2, "Mr B, Example", "", ("07700 900002",), letters=False), Carer("2102", 1, "Ms C"))
    given_ = Snapshot(pupils, Register.from_marks([Mark("2101", AS_OF, "AM", "/")], ["2101", "2102"]), carers=carers)
    write_contract(tmp_path, given_)
    found = read_contract(tmp_path / "pupils.csv", tmp_path / "marks.csv", None, tmp_path / "contacts.csv")
    assert found.carers == carers
    assert read_contract(tmp_path / "pupils.csv", tmp_path / "marks.csv", None).carers is None, "evaluate asks for none"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x00\x01", "it is not a text file"),
        (b'pupil_id,order,name,phone\n"1', "it is not CSV"),
        (b"name,phone\nMrs A Example,01632 960001\n", "it is no list of contacts; its columns are pupil_id, order"),
        (b"", "it is no list of contacts"),
    ],
)
def test_a_file_that_is_no_list_of_contacts_is_refused_without_its_words(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / "contacts.csv").write_bytes(data)
    problems: list[str] = []
    assert read_contacts_file(tmp_path / "contacts.csv", problems, []) is None
    assert problems[0].startswith(f"contacts.csv: {why}")
    assert "Example" not in problems[0]


CELLS = st.lists(
    st.sampled_from(("Zz Secretname", "Zz Secretname 7", "99977123", "", "1", "2101")), min_size=7, max_size=8
)


@settings(max_examples=60)
@given(st.lists(CELLS, min_size=1, max_size=6))
def test_no_note_and_no_refusal_repeats_a_name_or_a_number(rows: list[list[str]]) -> None:
    try:
        found = snapshot_of([Table("contacts.csv", [HEADINGS.split(","), *rows])], as_of=AS_OF)
        said = " ".join(found.notes)
    except SourceError as stop:
        said = stop.text()
    assert "Secretname" not in said
    assert "99977123" not in said


@pytest.fixture
def school(tmp_path: Path) -> Path:
    folder = tmp_path / "school"
    folder.mkdir()
    config.write(folder, "Little Oak", "stanton-road")
    pupils = tuple(Pupil(f"210{n}", surname=f"Sur{n}", year_group="4", class_name="Ash") for n in range(1, 6))
    marks = [
        Mark(one.pupil_id, date(2025, 9, day), half, "/" if half == "AM" else "\\")
        for one in pupils
        for day in (11, 12)
        for half in ("AM", "PM")
    ]
    write_contract(folder / "mis", Snapshot(pupils, Register.from_marks(marks)))
    assert (
        cli.main(
            [
                "import",
                str(folder / "mis" / "pupils.csv"),
                str(folder / "mis" / "marks.csv"),
                "--school",
                str(folder),
                "--as-of",
                str(AS_OF),
            ]
        )
        == 0
    )
    return folder


def test_import_takes_a_list_of_contacts_alone(school: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = school / "contacts.csv"
    path.write_text(
        f"{HEADINGS}\n2101,1,Mrs A Example,Mother,01632 960001,07700 900001,1\n7,1,Mr Stray,,01632 960009,,\n"
    )
    assert cli.main(["import", str(path), "--school", str(school), "--as-of", str(AS_OF)]) == 0
    said = capsys.readouterr().out
    assert "Read contacts of 2 pupils, with a number to ring for 2." in said
    assert "Contacts of 1 pupil not known here were left out: pupil 7." in said
    assert "Example" not in said
    assert "96000" not in said
    with Store.open(school / "halfday.db") as store:
        assert store.carers() == {"2101": (MOTHER,)}
        assert len(store.pupils()) == 5
