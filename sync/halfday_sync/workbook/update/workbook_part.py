"""The part that holds the whole workbook together: its names, and when it is worked out again."""

import re
from collections.abc import Mapping

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.update.cell import escaped

_NAMES_END = re.compile(rb"</definedNames>")
_EMPTY_NAMES = re.compile(rb"<definedNames\s*/>")
_BEFORE_NAMES = (b"</externalReferences>", b"</functionGroups>", b"</sheets>")
_CALC = re.compile(rb"<calcPr\b[^>]*?/?>")
_ON_LOAD = re.compile(rb'\sfullCalcOnLoad="[^"]*"')


def with_names(xml: bytes, names: Mapping[str, str], hidden: bool = False) -> bytes:  # noqa: FBT001, FBT002
    """The workbook part with names of the whole workbook set to refer to something (without `=`).

    Raises:
        SafetyError: the part is written in a way that Halfday does not know.
    """
    for name, refers_to in names.items():
        text = escaped(refers_to).encode()
        there = re.compile(
            rb'(<definedName\b(?=[^>]*\sname="' + re.escape(name.encode()) + rb'")(?![^>]*\slocalSheetId=)[^>]*>)'
            rb"[^<]*(</definedName>)"
        )
        if there.search(xml):
            xml = there.sub(lambda match, text=text: match[1] + text + match[2], xml, count=1)  # type: ignore[misc]
        else:
            mark = b' hidden="1"' if hidden else b""
            xml = _added(xml, b'<definedName name="%s"%s>%s</definedName>' % (name.encode(), mark, text))
    return xml


def _added(xml: bytes, element: bytes) -> bytes:
    if _NAMES_END.search(xml):
        return _NAMES_END.sub(lambda match: element + match[0], xml, count=1)
    whole = b"<definedNames>" + element + b"</definedNames>"
    if _EMPTY_NAMES.search(xml):
        return _EMPTY_NAMES.sub(lambda _match: whole, xml, count=1)
    for end in _BEFORE_NAMES:
        if end in xml:
            return xml.replace(end, end + whole, 1)
    raise SafetyError(
        "The workbook is written in a way that Halfday does not change: its list of sheets cannot be read.",
        now="Open it in Excel, save it once, and run again.",
    )


def recalculated_on_load(xml: bytes) -> bytes:
    """The workbook part that asks for all formulas to be worked out when it is opened."""
    found = _CALC.search(xml)
    if found is None:
        for end in (b"</definedNames>", *_BEFORE_NAMES):
            if end in xml:
                return xml.replace(end, end + b'<calcPr fullCalcOnLoad="1"/>', 1)
        return xml
    tag = _ON_LOAD.sub(b"", found[0])
    return xml.replace(found[0], tag.replace(b"<calcPr", b'<calcPr fullCalcOnLoad="1"', 1), 1)
