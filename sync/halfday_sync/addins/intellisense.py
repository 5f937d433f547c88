"""The words that appear while somebody types `=ATT_` into a cell, for Excel-DNA's IntelliSense on Windows.

Excel shows help for its own functions as they are typed, and none for anybody else's. The free add-in
`ExcelDna.IntelliSense` (IT installs it; Halfday neither brings nor needs it) shows ours from a file beside the tracker.
Its source says which: the workbook's path with the ending `.intellisense.xml` in place of its own
(`WorkbookIntelliSenseProvider.GetXmlPath`), a document in the namespace below (`XmlIntelliSense.Namespace`). Names and
sentences are those of the reference, so they are the ones of the function wizard and of the documents.
"""

import xml.etree.ElementTree as ET
from pathlib import Path

from halfday.reference import Entry, entries

_NAMESPACE = "http://schemas.excel-dna.net/intellisense/1.0"
_SUFFIX = ".intellisense.xml"


def intellisense_path(workbook: Path) -> Path:
    """Where the helper looks for the words of a workbook.

    >>> intellisense_path(Path("school/tracker.xlsm")).as_posix()
    'school/tracker.intellisense.xml'
    """
    return workbook.with_suffix(_SUFFIX)


def intellisense_xml() -> bytes:
    """The document: every function with its line, every argument with its own. Always the same bytes."""
    top = ET.Element("IntelliSense", xmlns=_NAMESPACE)
    functions = ET.SubElement(top, "FunctionInfo")
    for entry in entries():
        functions.append(_function(entry))
    ET.indent(top)
    document: bytes = ET.tostring(top, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _function(entry: Entry) -> ET.Element:
    element = ET.Element("Function", Name=entry.name, Description=entry.summary)
    for parameter in entry.parameters:
        name = f"[{parameter.name}]" if parameter.optional else parameter.name
        ET.SubElement(element, "Argument", Name=name, Description=parameter.help)
    return element
