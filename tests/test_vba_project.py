"""The macro project made without Excel: what independent readers find in it, and that it says what it should."""

import json
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlwings
from hypothesis import given
from hypothesis import strategies as st

from halfday.reference import entries
from halfday_sync.addins.vba import sources, vba_project, wrappers
from halfday_sync.addins.vba.compound_file import compound_file
from halfday_sync.addins.vba.compress import compress
from halfday_sync.addins.vba.project import modules
from halfday_sync.addins.vba.protection import NO_PASSWORD, NOT_LOCKED, VISIBLE, encrypted
from halfday_sync.doctor.vba import compound_streams, decompressed

SHEETS = ["Sheet1", "Sheet2", "Sheet3"]
OWN = ["HalfdayExcel", "HalfdayConnection", "HalfdayMemo", "HalfdayButtons", "HalfdayFunctions"]
NAMES = ["ThisWorkbook", *SHEETS, "xlwings", "Dictionary", *OWN]
SHIPPED = Path(xlwings.__file__).parent / "quickstart_standalone.xlsm"
READ = """
import io, json, sys, zipfile
import olefile
from oletools.olevba import VBA_Parser, decompress_stream
data = sys.stdin.buffer.read()
ole = olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_UNSURE)
streams = {"/".join(path): ole.openstream(path).read().hex() for path in ole.listdir()}
parser = VBA_Parser("vbaProject.bin", data=data)
found = {name: text for _, _, name, text in parser.extract_macros()}
folder = bytes(decompress_stream(bytearray(ole.openstream("VBA/dir").read()))).hex()
issues = [str(issue) for issue in ole.parsing_issues]
json.dump({"streams": streams, "modules": found, "dir": folder, "issues": issues}, sys.stdout)
"""
RESERVED = """
    and as boolean byref byte byval call case const date declare dim do double each else end enum eqv error exit
    false for function get global gosub goto if imp in integer is let lib like long loop lset me mod new next not
    nothing null object on option optional or paramarray preserve private property public raiseevent redim rem
    resume return rset select set single static stop string sub then to true type until variant wend while with xor
"""


def as_others_read(data: bytes) -> dict[str, Any]:
    """As olefile and oletools read it, in a process of their own: they warn while they are imported."""
    command = [sys.executable, "-W", "ignore", "-c", READ]
    found: dict[str, Any] = json.loads(subprocess.run(command, input=data, capture_output=True, check=True).stdout)
    return found


@pytest.fixture(scope="module")
def read() -> dict[str, Any]:
    return as_others_read(vba_project(SHEETS))


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    """The project in the workbook that xlwings ships, which Excel opens."""
    return as_others_read(zipfile.ZipFile(SHIPPED).read("xl/vbaProject.bin"))


def records(folder: str) -> list[tuple[int, bytes]]:
    """The records of a dir stream."""
    data, at, found = bytes.fromhex(folder), 0, []
    while at + 6 <= len(data):
        number, size = int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 6], "little")
        size = 6 if number == 9 else size  # the version says 4 and has six bytes
        found.append((number, data[at + 6 : at + 6 + size]))
        at += 6 + size
    return found


# --- the parts -------------------------------------------------------------------------------------------------------


@given(st.one_of(st.binary(max_size=9000), st.text("ab \r\n", max_size=9000).map(str.encode)))
def test_whatever_is_compressed_comes_back(data: bytes) -> None:
    assert decompressed(compress(data)) == data


def test_texts_of_every_length_around_a_chunk_come_back() -> None:
    text = sources.xlwings_module().encode("cp1252")
    for length in (0, 1, 2, 3, 4, 4095, 4096, 4097, 8192, 8193, len(text)):
        assert decompressed(compress(text[:length])) == text[:length]
    assert len(compress(text)) < len(text) / 2


NAME = st.text("abcXYZ_019", min_size=1, max_size=31)
STREAM = st.tuples(st.binary(min_size=1, max_size=5), st.integers(0, 9000)).map(lambda it: (it[0] * it[1])[: it[1]])


@given(st.dictionaries(NAME, STREAM, min_size=1, max_size=12))
def test_whatever_is_put_into_a_compound_file_comes_back(streams: dict[str, bytes]) -> None:
    different = {name.upper(): (name, data) for name, data in streams.items()}  # names differ in more than case
    inside = dict(different.values())
    made = compound_file({"PROJECT": b"p"}, "VBA", inside)
    assert {name: compound_streams(made)[name] for name in inside} == inside


def test_a_big_compound_file_is_refused_and_not_broken() -> None:
    with pytest.raises(ValueError, match=r"6\.8 MB"):
        compound_file({}, "VBA", {"a": bytes(8_000_000)})


def test_protection_is_written_as_excel_reads_it() -> None:
    project = "{5CF9CDAB-B77B-4FE4-BD7E-D29900070E1B}"
    # Those of a project that Excel opens, and our own.
    for text in ("8D8FA61394EA98EA98EA98EA98", encrypted(NOT_LOCKED, project, 0x8D), encrypted(NOT_LOCKED, project)):
        assert deciphered(text, project) == NOT_LOCKED
    for text in ("8D8FA61394EF95EF95EF", encrypted(NO_PASSWORD, project)):
        assert deciphered(text, project) == NO_PASSWORD
    for text in ("8D8FA61394EF95EF9510", encrypted(VISIBLE, project)):
        assert deciphered(text, project) == VISIBLE


def deciphered(text: str, project: str) -> bytes:
    """[MS-OVBA] 2.4.3.3, Decryption."""
    seed, version, key, *rest = bytes.fromhex(text)
    assert (seed ^ version, seed ^ key) == (2, sum(project.encode()) & 0xFF)
    plain, before, one_before, found = seed ^ key, key, version, bytearray()
    for cipher in rest:
        plain = cipher ^ (one_before + plain & 0xFF)
        found.append(plain)
        one_before, before = before, cipher
    data = bytes(found[(seed & 6) // 2 :])
    assert int.from_bytes(data[:4], "little") == len(data) - 4
    return data[4:]


# --- the project -----------------------------------------------------------------------------------------------------


def test_the_same_sheets_make_the_same_bytes() -> None:
    assert vba_project(SHEETS) == vba_project(tuple(SHEETS))
    assert vba_project(SHEETS) != vba_project(SHEETS[:2])


def test_every_module_and_function_is_there(read: dict[str, Any]) -> None:
    assert [name.split(".")[0] for name in read["modules"]] == NAMES
    functions = read["modules"]["HalfdayFunctions.bas"]
    assert [
        line.split("(")[0].split()[-1] for line in functions.splitlines() if line.startswith("Public Function")
    ] == [entry.name for entry in entries()]


def test_every_text_is_the_one_that_went_in(read: dict[str, Any]) -> None:
    for module in modules(SHEETS):
        stored = decompressed(bytes.fromhex(read["streams"][f"VBA/{module.name}"])).decode("cp1252")
        assert stored == module.text
        assert stored.startswith(f'Attribute VB_Name = "{module.name}"\r\n')
        assert "\n" not in stored.replace("\r\n", "")


def test_no_reader_finds_a_fault(read: dict[str, Any]) -> None:
    assert read["issues"] == []
    assert set(read["streams"]) == {"PROJECT", "PROJECTwm", "VBA/dir", "VBA/_VBA_PROJECT", *(f"VBA/{n}" for n in NAMES)}
    assert bytes.fromhex(read["streams"]["VBA/_VBA_PROJECT"]) == bytes.fromhex("cc61ffff000100")


def test_the_records_are_those_of_a_project_that_excel_opens(read: dict[str, Any], shipped: dict[str, Any]) -> None:
    ours, theirs = records(read["dir"]), records(shipped["dir"])
    start = [number for number, _ in theirs].index(0x16)  # where the references start
    assert [number for number, _ in ours][:start] == [number for number, _ in theirs][:start]
    assert [data for number, data in ours if number in {1, 2, 3, 4, 0x14}] == [
        data for number, data in theirs if number in {1, 2, 3, 4, 0x14}
    ]
    per_module = [number for number, _ in theirs][-12:]
    assert [number for number, _ in ours][-12:] == [0x21 if n == 0x22 else n for n in per_module]
    assert [data.decode() for number, data in ours if number == 0x19] == NAMES


def test_the_modules_of_xlwings_are_those_that_it_ships(read: dict[str, Any], shipped: dict[str, Any]) -> None:
    ours, theirs = (found["modules"]["xlwings.bas"].strip("\0").split("\n") for found in (read, shipped))
    assert [line.strip() for line in ours] == [line.strip() for line in theirs]
    ours, theirs = (found["modules"]["Dictionary.cls"].lower().split() for found in (read, shipped))
    assert ours == theirs
    docs = [[data for number, data in records(found["dir"]) if number == 0x1C and data] for found in (read, shipped)]
    assert docs[0] == docs[1]


def test_the_library_that_the_macros_load_has_the_installed_version(read: dict[str, Any]) -> None:
    text = read["modules"]["xlwings.bas"]
    assert f'"xlwings64-{xlwings.__version__}.dll"' in text
    assert f'XLWINGS_VERSION As String = "{xlwings.__version__}"' in text


def test_what_the_project_lists_is_what_it_has(read: dict[str, Any]) -> None:
    text = bytes.fromhex(read["streams"]["PROJECT"]).decode("cp1252")
    listed = [line for line in text.split("\r\n") if line.startswith(("Document=", "Module=", "Class="))]
    assert [line.split("=")[1].split("/")[0] for line in listed] == NAMES
    assert [line.split("=")[0] for line in listed] == ["Document"] * 4 + ["Module", "Class"] + ["Module"] * 5
    assert "C:\\Users" not in str(read)


# --- the wrappers ----------------------------------------------------------------------------------------------------


def test_the_wrappers_are_those_of_the_reference(read: dict[str, Any]) -> None:
    assert read["modules"]["HalfdayFunctions.bas"].replace("\r\n", "\n") == wrappers.functions_module()
    for entry in entries():
        given = [f"{'Optional ' * p.optional}ByVal {p.name} As Variant" for p in entry.parameters]
        assert f"Public Function {entry.name}({', '.join(given)}) As Variant\n" in wrappers.functions_module()


def test_no_argument_has_a_name_that_vba_keeps_for_itself() -> None:
    assert not {p.name for entry in entries() for p in entry.parameters} & set(RESERVED.split())


def test_no_line_is_longer_and_no_statement_is_continued_further_than_vba_allows() -> None:
    for module in modules(SHEETS):
        if module.name in OWN:
            continued = 0
            for line in module.text.split("\r\n"):
                assert len(line) < 1023
                continued = continued + 1 if line.endswith(" _") else 0
                assert continued < 24


def test_each_button_presses_one_that_there_is() -> None:
    from halfday_macros.buttons import BUTTONS

    text = sources.own("HalfdayButtons")
    subs = [line.split()[2].removesuffix("()") for line in text.splitlines() if line.startswith("Public Sub")]
    assert subs == ["RefreshNow", "RecordContact", "AdoptPolicy", "PrepareLetters", "PrepareReferral", "ShowHelp"]
    assert [line.split('"')[1] for line in text.splitlines() if line.startswith("    Press ")] == [
        b.name for b in BUTTONS
    ]


def test_nothing_is_worked_out_in_a_button_and_nothing_is_fetched_or_run_by_the_macros() -> None:
    for name in ("ThisWorkbook", *sources.OWN_MODULES):
        text = sources.own(name).lower()
        assert not [word for word in ("shell", "http", "kill ", "for input", "wscript") if word in text], name


# --- in a workbook ---------------------------------------------------------------------------------------------------


def workbook(path: Path) -> Path:
    import xlsxwriter  # noqa: TID251 - the tracker itself is written through workbook/; here only the macros matter

    binary = BytesIO(vba_project(SHEETS))
    with xlsxwriter.Workbook(path) as book:
        book.add_vba_project(binary, is_stream=True)
        book.set_vba_name("ThisWorkbook")
        for name in SHEETS:
            book.add_worksheet().set_vba_name(name)
    return path


def test_the_project_goes_into_a_workbook_byte_for_byte(tmp_path: Path) -> None:
    made = zipfile.ZipFile(workbook(tmp_path / "tracker.xlsm"))
    assert made.read("xl/vbaProject.bin") == vba_project(SHEETS)


@pytest.mark.libreoffice
def test_libreoffice_takes_every_module_in(tmp_path: Path) -> None:
    from unittest import mock

    from tests import libreoffice

    with mock.patch.object(libreoffice, "_PROGRAM", Path(__file__).with_name("vba_uno.py")):
        office = libreoffice.Office(tmp_path / "profile")
    try:
        with office.open(workbook(tmp_path / "tracker.xlsm")) as book:
            library = book.ask("library")
    finally:
        office.stop()
    assert set(library) == set(NAMES)
    for entry in entries():
        assert f"Public Function {entry.name}(" in library["HalfdayFunctions"]
    assert "Function XLPy()" in library["xlwings"]
