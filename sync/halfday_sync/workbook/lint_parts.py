"""Checks of the parts beside sheets and tables: what each part says it is, macros, buttons, and add-ins."""

import re
from collections import Counter
from collections.abc import Iterator

from halfday_sync.workbook.package import MAIN, REL, TYPES, WORKBOOK, Package

_MACRO = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_OFFICE = "application/vnd.ms-office"
_KINDS = {
    "worksheet": f"{_BOOK}.worksheet+xml",
    "table": f"{_BOOK}.table+xml",
    "styles": f"{_BOOK}.styles+xml",
    "sharedStrings": f"{_BOOK}.sharedStrings+xml",
    "vmlDrawing": "application/vnd.openxmlformats-officedocument.vmlDrawing",
    "vbaProject": f"{_OFFICE}.vbaProject",
    "ctrlProp": "application/vnd.ms-excel.controlproperties+xml",
    "webextension": f"{_OFFICE}.webextension+xml",
    "webextensiontaskpanes": f"{_OFFICE}.webextensiontaskpanes+xml",
}
_WEB = "{http://schemas.microsoft.com/office/webextensions/webextension/2010/11}"
_GUID = re.compile(r"\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")
_SHAPE = re.compile(rb'<v:shape\s[^>]*?\bid="_x0000_s(\d+)"')
_LONGEST_CODE_NAME = 31


def part_findings(package: Package) -> Iterator[str]:
    """What is wrong with the parts beside sheets and tables."""
    yield from _what_they_say(package)
    yield from _macros(package)
    yield from _buttons(package)
    yield from _add_ins(package)


def _said(package: Package) -> dict[str, str]:
    """What the file says each part is."""
    rows = package.trees[TYPES]
    endings = {row.get("Extension", "").lower(): row.get("ContentType", "") for row in rows if row.get("Extension")}
    found = {name: endings.get(name.rpartition(".")[2].lower(), "") for name in package.names}
    return found | {row.get("PartName", "")[1:]: row.get("ContentType", "") for row in rows if row.get("PartName")}


def _targets(package: Package, kind: str) -> list[tuple[str, str]]:
    """Each relationship of a kind: the part where it starts, and the part where it leads."""
    return [
        (source, target.part)
        for source, rows in package.relationships.items()
        for _rel_id, target in rows
        if target.kind == kind and target.part in package.parts
    ]


def _what_they_say(package: Package) -> Iterator[str]:
    said = _said(package)
    for kind, content_type in _KINDS.items():
        for _source, name in _targets(package, kind):
            if said.get(name, content_type) != content_type:
                yield f"{name}: leads there as {kind}, and the content type says otherwise"


def _macros(package: Package) -> Iterator[str]:
    has_macros = any(source == WORKBOOK for source, _name in _targets(package, "vbaProject"))
    if has_macros != (_said(package).get(WORKBOOK) == _MACRO):
        yield f"{WORKBOOK}: macros and the content type do not go together"
    if not has_macros:
        return
    pages = [package.trees[part] for _name, part in package.sheets if part in package.trees]
    owners = [package.trees[WORKBOOK].find(f"{MAIN}workbookPr"), *(tree.find(f"{MAIN}sheetPr") for tree in pages)]
    names = [owner.get("codeName", "") if owner is not None else "" for owner in owners]
    for name in names:
        if not re.fullmatch(r"[^\W\d_]\w*", name) or len(name) > _LONGEST_CODE_NAME:
            yield f"workbook: {name!r} is no name by which macros can call a sheet"
    for name, count in Counter(name.lower() for name in names if name).items():
        if count > 1:
            yield f"workbook: macros would call two sheets {name!r}"


def _buttons(package: Package) -> Iterator[str]:
    drawn: dict[str, list[str]] = {}
    for source, name in _targets(package, "vmlDrawing"):
        shapes = [number.decode() for number in _SHAPE.findall(package.parts[name])]
        drawn.setdefault(source, []).extend(shapes)
        for shape, count in Counter(shapes).items():
            if count > 1:
                yield f"{name}: shape {shape} is there twice"
    for title, part in package.sheets:
        tree = package.trees.get(part)
        if tree is None:
            continue
        for row in tree.iterfind(f"{MAIN}legacyDrawing"):
            target = package.target(part, row.get(f"{REL}id", ""))
            if target and target.kind != "vmlDrawing":
                yield f"{title}: its buttons and notes lead to a part of another kind"
        for control in tree.iter(f"{MAIN}control"):
            if control.get("shapeId") not in drawn.get(part, ()):
                yield f"{title}: the control {control.get('shapeId')} is not drawn"


def _add_ins(package: Package) -> Iterator[str]:
    own: list[str] = []
    for _source, name in _targets(package, "webextension"):
        tree = package.trees.get(name)
        reference = tree.find(f"{_WEB}reference") if tree is not None else None
        if tree is None or reference is None or not all(reference.get(k) for k in ("id", "version", "storeType")):
            yield f"{name}: does not say which add-in it brings up"
            continue
        if not _GUID.fullmatch(tree.get("id", "")):
            yield f"{name}: has no id of its own"
        own.append(tree.get("id", ""))
    if len(set(own)) != len(own):
        yield "webextensions: two add-ins have the same id"
