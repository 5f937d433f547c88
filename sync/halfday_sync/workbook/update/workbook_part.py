"""The part that holds the whole workbook together: its names, and when it is worked out again."""

from collections.abc import Mapping

from halfday_sync.workbook.package import WORKBOOK
from halfday_sync.workbook.update.markup import Splice, attribute, parsed, spliced, with_attributes, with_children

_BEFORE_CALC = {"definedNames"}


def with_names(
    data: bytes,
    names: Mapping[str, str],
    printed: Mapping[tuple[int, str], str] | None = None,
    *,
    hidden: bool = False,
) -> bytes:
    """The workbook's own part with names set: those of the whole workbook, and those of sheets.

    Args:
        data: `xl/workbook.xml`.
        names: what each name of the workbook refers to, without `=`.
        printed: likewise for names of a sheet's own, by the sheet's place (from 0) and name.
        hidden: names that are new are not shown to people.

    Raises:
        SafetyError: the part cannot be read.
    """
    wanted: dict[tuple[str, str], str] = {("", name): text for name, text in names.items()}
    wanted |= {(str(at), name): text for (at, name), text in (printed or {}).items()}
    root = parsed(data, WORKBOOK, "workbook")
    splices = []
    for group in root.all("definedNames"):
        for row in group.children:
            text = wanted.pop((row.attributes.get("localSheetId", ""), row.attributes.get("name", "")), None)
            if text is not None:
                start = data[row.start : row.inner].replace(b"/>", b">")
                splices.append(Splice(row.start, row.end, start + attribute(text).encode() + b"</definedName>"))
    mark = ' hidden="1"' if hidden else ""
    new = "".join(
        f'<definedName name="{attribute(name)}"{_local(at)}{mark}>{attribute(text)}</definedName>'
        for (at, name), text in wanted.items()
    ).encode()
    return _with_new_names(spliced(data, splices), new) if new else spliced(data, splices)


def _local(at: str) -> str:
    return f' localSheetId="{at}"' if at else ""


_BEFORE_NAMES = {
    *("fileVersion", "fileSharing", "workbookPr", "AlternateContent", "revisionPtr", "workbookProtection", "bookViews"),
    *("sheets", "functionGroups", "externalReferences"),
}


def _with_new_names(data: bytes, new: bytes) -> bytes:
    root = parsed(data, WORKBOOK, "workbook")
    group = root.first("definedNames")
    if group is not None:
        grown = with_children(group.of(data), "definedNames", new)
        return data[: group.start] + grown + data[group.end :]
    at = next((row.start for row in root.children if row.name not in _BEFORE_NAMES), root.close)
    return data[:at] + b"<definedNames>" + new + b"</definedNames>" + data[at:]


def recalculated_on_load(data: bytes) -> bytes:
    """The workbook part that asks for all formulas to be worked out when it is opened.

    Raises:
        SafetyError: the part cannot be read.
    """
    root = parsed(data, WORKBOOK, "workbook")
    node = root.first("calcPr")
    if node is not None:
        asked = with_attributes(node.of(data), {"fullCalcOnLoad": "1"})
        return data[: node.start] + asked + data[node.end :]
    before = _BEFORE_NAMES | _BEFORE_CALC
    at = next((row.start for row in root.children if row.name not in before), root.close)
    return data[:at] + b'<calcPr fullCalcOnLoad="1"/>' + data[at:]
