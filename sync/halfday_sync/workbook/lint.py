"""Our own check for what makes Excel offer to repair a workbook, of which LibreOffice and most validators say nothing.

Findings name parts and cells, never a cell's text.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from halfday_sync.workbook.lint_parts import part_findings
from halfday_sync.workbook.lint_sheet import Limits, sheet_findings
from halfday_sync.workbook.lint_table import reference_findings, table_findings
from halfday_sync.workbook.package import MAIN, REL, TYPES, WORKBOOK, Package

LONGEST_TEXT = 32_767


def lint(data: bytes) -> list[str]:
    """Everything that Excel may complain about in a workbook file; empty when there is nothing."""
    package = Package.of(data)
    if package.faults or WORKBOOK not in package.trees or TYPES not in package.trees:
        return [*package.faults, *(f"{name}: missing" for name in (WORKBOOK, TYPES) if name not in package.names)]
    return [finding for check in _CHECKS for finding in check(package)]


def _names(package: Package) -> Iterator[str]:
    for name, count in Counter(name.lower() for name in package.names).items():
        if count > 1:
            yield f"{name}: the part is there twice"


def _content_types(package: Package) -> Iterator[str]:
    tree = package.trees[TYPES]
    named = {row.get("PartName", "").lstrip("/") for row in tree if row.tag.endswith("Override")}
    endings = {row.get("Extension", "").lower() for row in tree if row.tag.endswith("Default")}
    for name in package.names:
        if name != TYPES and name not in named and name.rpartition(".")[2].lower() not in endings:
            yield f"{name}: no content type"
    for name in sorted(named - set(package.names)):
        yield f"{TYPES}: names {name}, which is not in the file"


def _relationships(package: Package) -> Iterator[str]:
    there = set(package.names)
    for source, rows in package.relationships.items():
        for rel_id, count in Counter(rel_id for rel_id, _target in rows).items():
            if count > 1:
                yield f"{source}: relationship {rel_id} is there twice"
        for rel_id, target in rows:
            if not target.outside and target.part.partition("#")[0] not in there:
                yield f"{source}: relationship {rel_id} leads to {target.part}, which is not in the file"


def _used_relationships(package: Package) -> Iterator[str]:
    for name, content in package.parts.items():
        if name in package.trees and b":id=" in content and not name.endswith(".rels"):
            known = {rel_id for rel_id, _target in package.relationships.get(name, [])}
            for wanted in _wanted(package.trees[name]):
                if wanted not in known:
                    yield f"{name}: uses relationship {wanted}, which it does not have"


def _wanted(tree: Element) -> Iterator[str]:
    """The relationships that a part uses; cells have none."""
    for branch in tree:
        if branch.tag != f"{MAIN}sheetData":
            yield from filter(None, (element.get(f"{REL}id") for element in branch.iter()))


def _sheet_names(package: Package) -> Iterator[str]:
    names = [name for name, _part in package.sheets]
    for name in names:
        if not 0 < len(name) <= 31 or re.search(r"[\[\]:*?/\\]", name) or name.startswith("'") or name.endswith("'"):
            yield f"workbook: a sheet cannot be called {name!r}"
    for name, count in Counter(name.lower() for name in names).items():
        if count > 1:
            yield f"workbook: two sheets are called {name!r}"


def _defined_names(package: Package) -> Iterator[str]:
    rows = [
        (r.get("name", "").lower(), r.get("localSheetId")) for r in package.trees[WORKBOOK].iter(f"{MAIN}definedName")
    ]
    for (name, _sheet), count in Counter(rows).items():
        if count > 1:
            yield f"workbook: the name {name} is defined twice"
    known = {name.lower() for name, _part in package.sheets}
    for row in package.trees[WORKBOOK].iter(f"{MAIN}definedName"):
        match = re.match(r"'?([^'!\[\]]+)'?!", row.text or "")
        if match and match[1].lower() not in known:
            yield f"workbook: the name {row.get('name')} points at a sheet that is not there"


def _strings(package: Package) -> Iterator[str]:
    for at, text in enumerate(package.strings):
        if len(text) > LONGEST_TEXT:
            yield f"sharedStrings: text {at} has {len(text):,} characters; a cell holds {LONGEST_TEXT:,}"


def _sheets(package: Package) -> Iterator[str]:
    limits = _limits(package)
    for name, part in package.sheets:
        tree = package.trees.get(part)
        if tree is None:
            yield f"workbook: the sheet {name!r} has no part"
        elif tree.tag == f"{MAIN}worksheet":
            yield from sheet_findings(name, tree, limits)


def _limits(package: Package) -> Limits:
    styles = package.trees.get("xl/styles.xml")
    formats = styles.find(f"{MAIN}cellXfs") if styles is not None else None
    laid_over = styles.find(f"{MAIN}dxfs") if styles is not None else None
    return Limits.of(
        strings=len(package.strings),
        styles=len(formats) if formats is not None else 1,
        laid_over=len(laid_over) if laid_over is not None else 0,
    )


def _calculation_chain(package: Package) -> Iterator[str]:
    chain = package.trees.get("xl/calcChain.xml")
    if chain is None:
        return
    ids = [row.get("sheetId") for row in package.trees[WORKBOOK].iter(f"{MAIN}sheet")]
    with_formula: dict[str | None, set[str | None]] = {}
    for sheet_id, (_name, part) in zip(ids, package.sheets, strict=True):
        cells = package.trees[part].iter(f"{MAIN}c") if part in package.trees else ()
        with_formula[sheet_id] = {cell.get("r") for cell in cells if cell.find(f"{MAIN}f") is not None}
    current = None
    for row in chain:
        current = row.get("i") or current
        if row.get("r") not in with_formula.get(current, set()):
            yield f"calcChain: lists {row.get('r')} of sheet {current}, which has no formula"


_CHECKS: tuple[Callable[[Package], Iterator[str]], ...] = (
    _names,
    _content_types,
    _relationships,
    _used_relationships,
    _sheet_names,
    _defined_names,
    _strings,
    _sheets,
    table_findings,
    reference_findings,
    part_findings,
    _calculation_chain,
)
