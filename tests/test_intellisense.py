"""The help that appears while a formula is typed: its words are the reference's, in the form that Excel-DNA reads."""

import xml.etree.ElementTree as ET
from pathlib import Path

from halfday import functions, reference
from halfday_sync.addins.intellisense import intellisense_path, intellisense_xml

SPACE = {"is": "http://schemas.excel-dna.net/intellisense/1.0"}


def described() -> list[ET.Element]:
    return ET.fromstring(intellisense_xml()).findall("is:FunctionInfo/is:Function", SPACE)


def test_every_cell_function_is_described_once_and_nothing_else_is() -> None:
    assert [one.get("Name") for one in described()] == sorted(
        name for name in functions.__all__ if name.startswith("ATT_")
    )


def test_the_words_are_those_of_the_reference() -> None:
    for element, entry in zip(described(), reference.entries(), strict=True):
        assert element.get("Description") == entry.summary
        arguments = element.findall("is:Argument", SPACE)
        assert [(one.get("Name"), one.get("Description")) for one in arguments] == [
            (f"[{word.name}]" if word.optional else word.name, word.help) for word in entry.parameters
        ]
        assert all(one.get("Description") for one in [element, *arguments])


def test_only_attributes_that_the_helper_reads_are_written() -> None:
    assert all(set(one.attrib) == {"Name", "Description"} for one in described())
    assert {one.tag.partition("}")[2] for one in ET.fromstring(intellisense_xml()).iter()} == {
        "IntelliSense", "FunctionInfo", "Function", "Argument",
    }  # fmt: skip


def test_the_same_reference_gives_the_same_bytes() -> None:
    assert intellisense_xml() == intellisense_xml()


def test_letters_outside_ascii_and_marks_of_xml_survive() -> None:
    text = intellisense_xml().decode("utf-8")
    assert text.startswith("<?xml")
    assert ET.fromstring(text.encode()).tag == f"{{{SPACE['is']}}}IntelliSense"


def test_the_file_stands_beside_the_workbook_under_its_name() -> None:
    assert intellisense_path(Path("a.b/Our tracker 2025.6.xlsm")).name == "Our tracker 2025.6.intellisense.xml"
