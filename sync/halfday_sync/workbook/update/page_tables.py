"""Tables on a page: they get the rows and columns of the fresh page, and keep the number and name they have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.lint_sheet import Box, box
from halfday_sync.workbook.package import MAIN, Package
from halfday_sync.workbook.update.areas import address
from halfday_sync.workbook.update.file_parts import OFFICE, free_ids, related
from halfday_sync.workbook.update.frame import Frame
from halfday_sync.workbook.update.markup import Node, Splice, parsed, plain, spliced, with_attributes
from halfday_sync.workbook.update.own_page import Place, tables
from halfday_sync.workbook.update.page_ranges import Over, attributes

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
_COLUMNS = f"{MAIN}tableColumns/{MAIN}tableColumn"
_FILTERS = f"{MAIN}autoFilter"
Titles = Mapping[str, Mapping[str, str]]
"""How people call headers: by table and by the title in the fresh workbook."""


@dataclass(frozen=True)
class TableParts:
    """The tables of a page, ready to be written.

    Attributes:
        parts: changed and new parts.
        kinds: the kinds of new parts.
        headers: cells with headers that people call otherwise.
    """

    parts: Mapping[str, bytes]
    kinds: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[Place, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Where:
    """A sheet of the workbook that people work in: its part, and what it is called."""

    package: Package
    part: str
    sheet: str


def lay_tables(where: Where, frame: Frame, over: Over, titles: Titles) -> TableParts:
    """The tables of a page, as the fresh page has them.

    Raises:
        SafetyError: a table of people's stands where the page goes, or a table of the page stands elsewhere.
    """
    there = dict(tables(where.package, where.part))
    matched = _matched(there, over)
    _refuse_in_the_way(where, there, set(matched.values()), over.area)
    parts: dict[str, bytes] = {}
    headers: dict[Place, str] = {}
    missing: list[str] = []
    for name, (_part, tree) in over.fresh.tables.items():
        called = {name_now.lower(): one for name_now, one in titles.items()}.get(name.lower(), {})
        headers |= _headers(tree, called)
        if name in matched:
            part = there[matched[name]][0]
            sent = over.sent.tables[name][1] if over.sent and name in over.sent.tables else None
            parts[part] = _Laid(where.package.parts[part], part, tree, called, over.area).table(sent)
        else:
            missing.append(name)
    _refuse_elsewhere(where, missing)
    added = _added(where, frame, over, missing, titles)
    return TableParts(parts | added, {part: KIND for part in added if part.startswith("xl/tables/")}, headers)


def _matched(there: Mapping[str, tuple[str, Element]], over: Over) -> dict[str, str]:
    """The tables of the page by the names that people know them by: the same, or else what has the same columns."""
    lower = {name.lower(): name for name in there}
    found = {name: lower[name.lower()] for name in over.fresh.tables if name.lower() in lower}
    before = over.sent.tables if over.sent else over.fresh.tables
    for name in over.fresh.tables.keys() - found.keys():
        wanted = _titles(before[name][1]) if name in before else []
        for other in there.keys() - set(found.values()):
            if wanted and _titles(there[other][1]) == wanted:
                found[name] = other
    return found


def _titles(tree: Element) -> list[str]:
    return [row.get("name", "") for row in tree.iterfind(_COLUMNS)]


def _headers(tree: Element, called: Mapping[str, str]) -> dict[Place, str]:
    area = box(tree.get("ref", ""))
    return {
        (area.top, area.left + at): called[title]
        for at, title in enumerate(_titles(tree))
        if called.get(title, title) != title
    }


def _refuse_in_the_way(where: Where, there: Mapping[str, tuple[str, Element]], ours: set[str], area: Box) -> None:
    foreign = [
        name for name, (_part, tree) in there.items() if name not in ours and box(tree.get("ref", "")).meets(area)
    ]
    if foreign:
        raise SafetyError(
            f"On the sheet {where.sheet} a table of yours stands where Halfday writes its page.",
            problems=foreign,
            now="Move it to the right of the page, or to a sheet of your own; then run again.",
        )


def _refuse_elsewhere(where: Where, missing: Sequence[str]) -> None:
    sought = {name.lower() for name in missing}
    for sheet, part in where.package.sheets:
        for name, _table in tables(where.package, part):
            if name.lower() in sought:
                raise SafetyError(
                    f"The table {name} stands on the sheet {sheet}; it belongs on the sheet {where.sheet}.",
                    now=f"Cut it and paste it into {where.sheet}, or give it another name; then run again.",
                )


def _added(where: Where, frame: Frame, over: Over, missing: Sequence[str], titles: Titles) -> dict[str, bytes]:
    if not missing:
        return {}
    package = where.package
    parts, links = new_tables(package, [over.fresh.tables[name] for name in missing], over)
    called = [{one.lower(): said for one, said in titles.items()}.get(name.lower(), {}) for name in missing]
    parts = {part: _renamed_columns(data, part, said) for (part, data), said in zip(parts.items(), called, strict=True)}
    ids = free_ids(package, where.part, len(links))
    new = "".join(f'<tablePart xmlns:r="{OFFICE}" r:id="{one}"/>' for one in ids)
    node = next(iter(frame.all("tableParts")), None)
    kept = [] if node is None else [frame.raw(row) for row in node.children]
    body = b"".join(kept) + new.encode()
    frame.put("tableParts", f'<tableParts count="{len(kept) + len(ids)}">'.encode() + body + b"</tableParts>")
    return parts | related(package, where.part, [(one, "table", part) for one, part in zip(ids, links, strict=True)])


def _renamed_columns(data: bytes, part: str, called: Mapping[str, str]) -> bytes:
    node = parsed(data, part, "table").first("tableColumns")
    rows = node.children if node is not None else []
    changes = [(row, called.get(title, title)) for row in rows if (title := row.attributes.get("name", ""))]
    return spliced(
        data,
        [
            Splice(row.start, row.inner, with_attributes(data[row.start : row.inner], {"name": title}))
            for row, title in changes
            if title != row.attributes["name"]
        ],
    )


def new_tables(
    package: Package, wanted: Sequence[tuple[str, Element]], over: Over
) -> tuple[dict[str, bytes], list[str]]:
    """Tables of the fresh workbook as new parts of another one, with numbers of their own; the parts in order."""
    here = [
        (part, package.trees[part]) for part in package.names if part.startswith("xl/tables/") and part in package.trees
    ]
    last = max([int(tree.get("id") or 0) for _part, tree in here], default=0)
    last = max([last, *(int(digits) for part, _tree in here if (digits := "".join(filter(str.isdigit, part))))])
    parts = {}
    for part, tree in wanted:
        # Numbers of the fresh workbook differ from each other: those added in several steps do so too.
        number = last + int(tree.get("id") or 1)
        data = over.fresh.package.parts[part]
        root = parsed(data, part, "table", depth=4)
        tag = with_attributes(data[root.start : root.inner], {"id": str(number)})
        parts[f"xl/tables/table{number}.xml"] = spliced(
            data, [Splice(root.start, root.inner, tag), *_columns_looks(data, root, over)]
        )
    return parts, list(parts)


def _columns_looks(data: bytes, root: Node, over: Over) -> list[Splice]:
    rows = [row for group in root.all("tableColumns") for row in group.children]
    found = []
    for row in rows:
        laid = {
            name: str(over.looks.dxf(int(value))) for name, value in row.attributes.items() if name.endswith("DxfId")
        }
        if laid:
            found.append(Splice(row.start, row.inner, with_attributes(data[row.start : row.inner], dict(laid))))
        for part in row.children:
            formula = escape(over.renamed(plain(data[part.inner : part.close])))
            found.append(Splice(part.inner, part.close, formula.encode()))
    return found


class _Laid:
    """A table that is there, with the place and the columns of the fresh one."""

    def __init__(self, data: bytes, part: str, fresh: Element, called: Mapping[str, str], page: Box) -> None:
        self._data = data
        self._root = parsed(data, part, "table")
        self._fresh, self._called = fresh, called
        self._area = box(fresh.get("ref", ""))
        self._extra = self._extra_columns(page)
        self._area = self._area._replace(right=self._area.right + len(self._extra))

    def _extra_columns(self, page: Box) -> list[Node]:
        """Columns that people added right of the page and whose header still stands in the table's first row."""
        was = box(self._root.attributes.get("ref", ""))
        rows = [row for group in self._root.all("tableColumns") for row in group.children]
        beside = was.right - page.right
        fits = self._area.right == page.right and was.left == self._area.left and was.top == self._area.top
        known = {self._called.get(title, title) for title in _titles(self._fresh)}
        extra = rows[len(rows) - beside :] if fits and 0 < beside < len(rows) else []
        return [] if any(row.attributes.get("name") in known for row in extra) else extra

    def table(self, sent: Element | None) -> bytes:
        """The part."""
        data, root = self._data, self._root
        whole = address(self._area)
        said = {"ref": whole, "totalsRowCount": None, "headerRowCount": None, "insertRow": None}
        splices = [Splice(root.start, root.inner, with_attributes(data[root.start : root.inner], dict(said)))]
        filters, columns = root.first("autoFilter"), root.first("tableColumns")
        wants = self._fresh.find(_FILTERS) is not None
        if sent is not None and (sent.find(_FILTERS) is not None) == wants:
            wants = filters is not None  # people choose whether there are filters
        if wants and filters is None:
            splices.append(Splice(root.inner, root.inner, f'<autoFilter ref="{whole}"/>'.encode()))
        splices += [Splice(row.start, row.end, b"") for row in root.all("sortState")]
        if filters is not None:
            tag = with_attributes(data[filters.start : filters.inner], {"ref": whole})
            tag = tag if tag.endswith(b"/>") else tag[:-1] + b"/>"
            splices.append(Splice(filters.start, filters.end, tag if wants else b""))
        if columns is not None:
            splices.append(Splice(columns.start, columns.end, self._columns(columns)))
        return spliced(data, splices)

    def _columns(self, columns: Node) -> bytes:
        there = {row.attributes.get("name", ""): row for row in columns.children}
        free = max([int(row.attributes.get("id") or 0) for row in columns.children], default=0)
        rows = []
        for title in [self._called.get(one, one) for one in _titles(self._fresh)]:
            if title in there:
                rows.append(there[title].of(self._data))
            else:
                free += 1
                rows.append(f"<tableColumn{attributes({'id': str(free), 'name': title}.items())}/>".encode())
        rows += [row.of(self._data) for row in self._extra]
        return f'<tableColumns count="{len(rows)}">'.encode() + b"".join(rows) + b"</tableColumns>"
