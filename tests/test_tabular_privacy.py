"""No message about a file ever holds a pupil's name, however the file's columns and rows are jumbled."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from halfday_sync.errors import HalfdayError
from halfday_sync.sources.tabular import Mapping, read_contract, read_table

NAMES = ("Okonkwo", "Ferreira", "Łukasz", "O’Hara-Blythe", "Zebedee", "samira", "De La Cruz", "Coder", "Marko")
RUBBISH = ("", "1", "001805", "2025-09-03", "03/09/2025", "04-Sep", "AM", "EV", "/", "N", "Q9", "0", "9.99999E+11", '"')
HEADS = {
    "contract": ("pupil_id", "upn", "surname", "forename", "dob", "class", "fsm", "sen"),
    "marks": ("pupil_id", "date", "session", "code", "minutes_late", "comment"),
    "export": (
        "Admission Number",
        "UPN",
        "Surname",
        "Forename",
        "DOB",
        "Class",
        "PP",
        "Date",
        "Session",
        "Code",
        "Name",
    ),
}
CELL = st.sampled_from(NAMES + RUBBISH)


def file(kind: str) -> st.SearchStrategy[str]:
    """A file of the kind, sometimes without its headings, with names and rubbish in any cell."""
    heads = HEADS[kind]
    heading = st.permutations(heads).map(",".join)
    line = st.lists(CELL, min_size=len(heads), max_size=len(heads) + 1).map(",".join)
    return st.tuples(heading | line, st.lists(line, max_size=8)).map(lambda parts: "\n".join([parts[0], *parts[1]]))


def said(read: object) -> str:
    assert callable(read)
    try:
        snapshot = read()
    except HalfdayError as error:
        return "\n".join([str(error), *error.problems])
    return "\n".join(snapshot.notes)


def named(text: str) -> list[str]:
    return [name for name in NAMES if name.casefold() in text.casefold()]


@settings(deadline=None, max_examples=120)
@given(pupils=file("contract"), marks=file("marks"))
def test_a_contract_file_full_of_rubbish_tells_no_name(pupils: str, marks: str) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = folder / "pupils.csv", folder / "marks.csv"
        for path, text in zip(files, (pupils, marks), strict=True):
            path.write_text(text, encoding="utf-8")
        assert not named(said(lambda: read_contract(*files, calendar=files[0])))


@settings(deadline=None, max_examples=120)
@given(texts=st.lists(file("export"), min_size=1, max_size=2), mapped=st.booleans())
def test_an_export_full_of_rubbish_tells_no_name(texts: list[str], mapped: bool) -> None:  # noqa: FBT001
    with TemporaryDirectory() as name:
        paths = [Path(name) / f"{number}.csv" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text, encoding="utf-8")
        mapping = Mapping(columns={"house": "Hause"}, keep_comments=True) if mapped else None
        assert not named(said(lambda: read_table(paths, as_of=date(2025, 9, 12), mapping=mapping)))
