"""XML of SIMS is read whatever it declares, never resolves anything, and never breaks off unnoticed."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.sims_files import CODES, EXTENDED_READ, PLAIN_READ, SAMPLES, STUDENTS, super_star

from halfday_sync.sources.sims.documents import Document, error_in, read_document, text_of

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


def report(inside: str) -> str:
    return f"<SuperStarReport><Record>{inside}</Record></SuperStarReport>"


def test_captions_come_out_as_the_school_typed_them() -> None:
    first = read_document(text_of(STUDENTS.read_bytes())).records[0]
    assert first["Legal Surname"] == "O’Hara-Okonkwo"
    assert first["DOB"] == "2021-03-14T00:00:00"
    assert first["Pupil Premium"] == "F"


def test_an_absent_element_is_not_told_and_an_empty_one_is_blank() -> None:
    guest = read_document(text_of(STUDENTS.read_bytes())).records[6]
    assert "UPN" not in guest
    assert read_document(report("<UPN/><Adno></Adno>")).records == [{"UPN": "", "Adno": ""}]


@pytest.mark.parametrize(
    ("path", "root", "records"),
    [
        (STUDENTS, "SuperStarReport", 8),
        (PLAIN_READ, "SessionAttendances", 156),
        (EXTENDED_READ, "SessionAttendancesExtended", 24),
        (CODES, "AttendanceCodes", 2),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else value,
)
def test_every_sample_is_read_whole(path: Path, root: str, records: int) -> None:
    document = read_document(text_of(path.read_bytes()))
    assert (document.root, len(document.records)) == (root, records)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "utf-16", "Windows-1252"])
def test_the_bytes_decide_and_not_what_the_declaration_says(encoding: str, declared: str) -> None:
    xml = f'<?xml version="1.0" encoding="{declared}"?>' + report("<Forename>Zoë O’Hara</Forename>")
    assert read_document(text_of(xml.encode(encoding))).records == [{"Forename": "Zoë O’Hara"}]


def test_a_byte_that_means_nothing_becomes_a_question_mark() -> None:
    assert read_document(text_of(report("<Forename>\x81ukasz\xeb</Forename>").encode("latin-1"))).records == [
        {"Forename": "?ukaszë"}
    ]


def test_control_characters_that_a_comment_brought_in_do_no_harm() -> None:
    assert read_document(report("<Comments>rang&#x1F; at\x0b 9&#0;&#10;again &#x1F600;</Comments>")).records == [
        {"Comments": "rang at 9\nagain 😀"}
    ]


@pytest.mark.parametrize(
    "bad",
    [
        '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + report("<Adno>&a;</Adno>"),
        '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + report("<Adno>&b;</Adno>"),
        '<!DOCTYPE SuperStarReport SYSTEM "http://127.0.0.1:9/x.dtd">' + report("<Adno>1</Adno>"),
        report("<Adno>&unknown;</Adno>"),
    ],
    ids=["a file", "entities of entities", "an address", "an unknown entity"],
)
def test_document_types_and_entities_are_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r"document type|broken"):
        read_document(bad)


def test_two_columns_under_one_caption_are_refused_where_they_differ() -> None:
    assert read_document(report("<Surname>A</Surname><Surname>A</Surname>")).records == [{"Surname": "A"}]
    with pytest.raises(ValueError, match="two columns have the caption 'Surname'"):
        read_document(report("<Surname>A</Surname><Surname>B</Surname>"))


def test_a_value_inside_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match="inside another value"):
        read_document(report("<Marks><Mark>/</Mark></Marks>"))


def test_a_document_that_is_cut_off_anywhere_is_never_read() -> None:
    whole = text_of(STUDENTS.read_bytes()).rstrip()
    for length in range(0, len(whole), 97):
        with pytest.raises(ValueError, match="broken or cut off"):
            read_document(whole[:length])


@given(
    st.lists(st.dictionaries(st.sampled_from(["Adno", "Legal Surname", "Mark"]), TEXT.filter(str.strip)), max_size=4)
)
@example([{"Mark": "\\"}, {"Mark": "]]>&<"}])
def test_what_sims_writes_comes_out_as_it_was(records: list[dict[str, str]]) -> None:
    plain = [{name: " ".join(_plain(value).split()) for name, value in record.items()} for record in records]
    told = [{name: value for name, value in record.items() if value} for record in plain]
    assert read_document(super_star(told)) == Document("SuperStarReport", told)


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter >= " " and letter not in "\ufffe\uffff")


@given(st.binary(max_size=200) | TEXT.map(str.encode))
def test_rubbish_never_does_worse_than_to_be_refused(data: bytes) -> None:
    with suppress(ValueError):
        read_document(text_of(data))


def test_the_error_of_commandreporter_is_found_wherever_it_stands() -> None:
    assert error_in((SAMPLES / "commandreporter_error.xml").read_text(encoding="utf-8")) == "Report not found"
    assert error_in("Reading…\n<CommandReporterError><Message>Bad\n log-on</Message></CommandReporterError>") == (
        "Bad log-on"
    )
    assert error_in("<CommandReporterError />") == "no reason given"
    assert error_in("<CommandReporterError>cut o") == "cut o"
    assert error_in(report("<Adno>1</Adno>")) is None
