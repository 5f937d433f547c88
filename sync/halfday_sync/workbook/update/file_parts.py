"""What ties the parts of a workbook file together: relationships, the list of kinds, the order of calculation."""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping

from halfday_sync.workbook.lint_sheet import box
from halfday_sync.workbook.package import TYPES, WORKBOOK, Package
from halfday_sync.workbook.update.markup import Node, Splice, attribute, parsed, spliced, with_attributes, with_children
from halfday_sync.workbook.update.own_page import Place

RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KINDS = "http://schemas.openxmlformats.org/package/2006/content-types"
_NO_RELATIONSHIPS = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{RELATIONSHIPS}"/>'
).encode()


def rels_part(part: str) -> str:
    """The part with the relationships of a part.

    >>> rels_part("xl/worksheets/sheet1.xml")
    'xl/worksheets/_rels/sheet1.xml.rels'
    """
    folder, file = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{file}.rels")


def related(package: Package, source: str, more: Iterable[tuple[str, str, str]]) -> dict[str, bytes]:
    """The relationships of a part with more of them: id, kind (`table`) and part.

    Raises:
        SafetyError: they cannot be read.
    """
    name = rels_part(source)
    data = package.parts.get(name, _NO_RELATIONSHIPS)
    parsed(data, name, "Relationships", space=RELATIONSHIPS)
    folder = posixpath.dirname(source)
    new = "".join(
        f'<Relationship Id="{rel_id}" Type="{OFFICE}/{kind}" Target="{attribute(posixpath.relpath(part, folder))}"/>'
        for rel_id, kind, part in more
    )
    return {name: with_children_of_root(data, "Relationships", new.encode())} if new else {}


def with_children_of_root(data: bytes, root: str, more: bytes) -> bytes:
    """A part with further elements at the end of its root, which has no prefix."""
    node = parsed(data, root)
    return data[: node.start] + with_children(node.of(data), root, more) + data[node.end :]


def free_ids(package: Package, source: str, count: int) -> list[str]:
    """Ids for new relationships of a part."""
    taken = {rel_id for rel_id, _target in package.relationships.get(source, [])}
    free = (f"rId{number}" for number in range(len(taken) + 1, len(taken) * 2 + count + 2))
    return [one for one in free if one not in taken][:count]


def with_kinds(
    package: Package, kinds: Mapping[str, str], endings: Mapping[str, str] | None = None
) -> dict[str, bytes]:
    """The list of the parts' kinds with more of them: by part, and by the ending of a part's name.

    Raises:
        SafetyError: it cannot be read.
    """
    root = parsed(package.parts[TYPES], TYPES, "Types", space=_KINDS)
    there = {row.attributes.get("Extension", "").lower() for row in root.all("Default")}
    new = [
        f'<Default Extension="{ending}" ContentType="{kind}"/>'
        for ending, kind in (endings or {}).items()
        if ending not in there
    ]
    parts = [f'<Override PartName="/{attribute(part)}" ContentType="{kind}"/>' for part, kind in kinds.items()]
    data = package.parts[TYPES]
    if parts:
        data = with_children_of_root(data, "Types", "".join(parts).encode())
    if new:
        data = data[: root.inner] + "".join(new).encode() + data[root.inner :]
    return {TYPES: data} if parts or new else {}


def without_part(package: Package, part: str, source: str = WORKBOOK) -> dict[str, bytes]:
    """What else changes when a part goes: its kind, and the relationship that led to it.

    Raises:
        SafetyError: one of the lists cannot be read.
    """
    rels = rels_part(source)
    gone_ids = {rel_id for rel_id, target in package.relationships.get(source, []) if target.part == part}
    lists = (
        (TYPES, "Types", _KINDS, lambda row: row.attributes.get("PartName", "").lstrip("/") == part),
        (rels, "Relationships", RELATIONSHIPS, lambda row: row.attributes.get("Id") in gone_ids),
    )
    changed = {}
    for name, root, space, is_gone in lists:
        data = package.parts[name]
        rows = parsed(data, name, root, space=space).children
        changed[name] = spliced(data, [Splice(row.start, row.end, b"") for row in rows if is_gone(row)])
    return changed


def calculated(package: Package, sheet_id: int, formulas: Collection[Place]) -> tuple[dict[str, bytes], frozenset[str]]:
    """The order of calculation without the cells of a sheet that hold no formula any more.

    Args:
        package: the workbook.
        sheet_id: the number of the sheet that changed.
        formulas: the cells of it that hold a formula now.

    Returns:
        Changed parts, and parts that go.

    Raises:
        SafetyError: the list cannot be read.
    """
    part = next((t.part for _id, t in package.relationships.get(WORKBOOK, []) if t.kind == "calcChain"), "")
    if part not in package.parts:
        return {}, frozenset()
    data = package.parts[part]
    entries = list(_entries(parsed(data, part, "calcChain").children))
    gone = [_is_gone(row, at, sheet_id, formulas) for row, at in entries]
    if not any(gone):
        return {}, frozenset()
    if all(gone):
        return without_part(package, part), frozenset({part})
    splices, told = [], 0
    for (row, at), goes in zip(entries, gone, strict=True):
        if goes:
            splices.append(Splice(row.start, row.end, b""))
            continue
        if "i" not in row.attributes and told != at:
            splices.append(Splice(row.start, row.end, with_attributes(row.of(data), {"i": str(at)})))
        told = at
    return {part: spliced(data, splices)}, frozenset()


def _entries(rows: Iterable[Node]) -> Iterator[tuple[Node, int]]:
    """Cells with the number of their sheet, which holds until another one is named."""
    sheet = 0
    for row in rows:
        sheet = int(row.attributes.get("i", sheet))
        yield row, sheet


def _is_gone(row: Node, at: int, sheet_id: int, formulas: Collection[Place]) -> bool:
    area = box(row.attributes.get("r", ""))
    return at == sheet_id and (area.top, area.left) not in formulas
