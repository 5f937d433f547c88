"""The rows of a page, laid out afresh: our cells are new, people's cells beside and below them stay to the byte."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.layout import letters
from halfday_sync.workbook.lint_sheet import Box, box
from halfday_sync.workbook.package import MAIN
from halfday_sync.workbook.update.cell import attributes, formula_of
from halfday_sync.workbook.update.markup import start_tag, with_attributes
from halfday_sync.workbook.update.own_page import Place
from halfday_sync.workbook.update.page_ranges import Over
from halfday_sync.workbook.update.rows import SheetRows, cells

_OURS = ("ht", "customHeight", "hidden", "outlineLevel", "collapsed", "spans", "thickTop", "thickBot")
"""What is said of a row of ours in the fresh page's words. A row that is hidden today might be about somebody else
tomorrow, so it is shown again."""
_SPREAD = {"array", "dataTable"}


@dataclass(frozen=True)
class Special:
    """Cells that are not as in the fresh page: formats that people gave, and headers that people renamed."""

    formats: Mapping[Place, int]
    headers: Mapping[Place, str]


def laid_out(there: SheetRows, over: Over, special: Special, sheet: str) -> SheetRows:
    """The rows of a sheet with a page laid out afresh in its rectangle.

    Raises:
        SafetyError: a formula that fills many cells reaches from people's cells into the page, or out of it.
    """
    kept = {at: _beside(row, over.area) for at, row in there.rows.items() if at <= over.area.bottom}
    kept = _own_formulas(there, over.area, kept, sheet)
    new = _new_cells(over, special)
    rows = dict(there.rows)
    for at in range(1, over.area.bottom + 1):
        said = over.fresh.rows.get(at)
        row = _row(at, said, rows.get(at), [*new.get(at, ()), *kept.get(at, ())])
        if row:
            rows[at] = row
        else:
            rows.pop(at, None)
    return SheetRows(there.head, there.tail, rows)


def _beside(row: bytes, area: Box) -> list[bytes]:
    return [xml for column, xml in cells(row) if column > area.right]


def _row(at: int, said: Element | None, was: bytes | None, inner: list[bytes]) -> bytes:
    """A row with these cells, and what the fresh page and people say of it."""
    ours = {name: said.get(name) if said is not None else None for name in _OURS if name != "spans"}
    if was is None:
        start = f'<row r="{at}">'.encode()
    else:
        tag = with_attributes(start_tag(was), dict.fromkeys(_OURS))
        start = tag[:-2].rstrip() + b">" if tag.endswith(b"/>") else tag
    start = with_attributes(start, ours)
    if not inner and len(attributes(start)) == 1:
        return b""
    return start + b"".join(inner) + b"</row>" if inner else start[:-1] + b"/>"


# --- our cells -------------------------------------------------------------------------------------------------------


def _new_cells(over: Over, special: Special) -> dict[int, list[bytes]]:
    found: dict[int, list[bytes]] = {}
    for (row, column), cell in over.fresh.cells.items():
        if column <= over.area.right:
            found.setdefault(row, []).append(_new_cell((row, column), cell, over, special))
    return found


def _new_cell(place: Place, cell: Element, over: Over, special: Special) -> bytes:
    style = special.formats.get(place)
    style = over.looks.xf(int(cell.get("s", "0"))) if style is None else style
    start = f'<c r="{letters(place[1] - 1)}{place[0]}"' + (f' s="{style}"' if style else "")
    if place in special.headers:
        return (start + _text(escape(special.headers[place]))).encode()
    if cell.get("t") == "s":
        return (start + _text(escape(over.fresh.text(cell)))).encode()
    kind = f' t="{cell.get("t")}"' if "t" in cell.attrib else ""
    inner = "".join(_part(part, over) for part in cell)
    return f"{start}{kind}>{inner}</c>".encode() if inner else f"{start}/>".encode()


def _text(text: str) -> str:
    return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>' if text else "/>"


def _part(part: Element, over: Over) -> str:
    name, text = part.tag.removeprefix(MAIN), part.text or ""
    said = "".join(f' {key}="{escape(value)}"' for key, value in part.attrib.items())
    return f"<{name}{said}>{escape(over.renamed(text) if name == 'f' and text else text)}</{name}>"


# --- formulas that people's cells share with ours --------------------------------------------------------------------


def _own_formulas(there: SheetRows, area: Box, kept: dict[int, list[bytes]], sheet: str) -> dict[int, list[bytes]]:
    """People's cells, with a formula of their own where they shared that of a cell that is written anew."""
    first: dict[str, tuple[str, str]] = {}
    for column, xml in _with_formulas(there):
        place = attributes(start_tag(xml)).get("r", "")
        at = box(place)
        formula = formula_of(xml)
        if formula is None:
            continue
        said = attributes(start_tag(formula.whole))
        within = column <= area.right and at.bottom <= area.bottom
        if said.get("t") in _SPREAD and "ref" in said and _crosses(box(said["ref"]), area, within=within):
            raise SafetyError(
                f"On the sheet {sheet} one formula fills cells of yours and of Halfday's together ({said['ref']}).",
                now="Move that formula to the right of the page, or to a sheet of your own; then run again.",
            )
        if within and formula.shared and formula.text:
            first[formula.shared] = (formula.text, place)
    if not first:
        return kept
    for number, row in there.rows.items():
        if number > area.bottom and any(f'si="{shared}"'.encode() in row for shared in first):
            raise SafetyError(
                f"On the sheet {sheet} cells below the page share a formula with a cell of the page (row {number}).",
                now="Type the formula again in the cells below the page; then run again.",
            )
    return {number: [_alone(xml, first) for xml in row] for number, row in kept.items()}


def _with_formulas(there: SheetRows) -> Iterator[tuple[int, bytes]]:
    for row in there.rows.values():
        if b"<f" in row:
            yield from (one for one in cells(row) if b"<f" in one[1])


def _crosses(filled: Box, area: Box, *, within: bool) -> bool:
    out = filled.right > area.right or filled.bottom > area.bottom
    return out if within else filled.meets(area)


def _alone(xml: bytes, first: Mapping[str, tuple[str, str]]) -> bytes:
    formula = formula_of(xml) if b"<f" in xml else None
    if formula is None or formula.text or formula.shared not in first:
        return xml
    # Imported here: only this reads a formula, and it takes a while.
    from openpyxl.formula.translate import Translator  # noqa: PLC0415, TID251  (reading only; nothing is saved)

    text, origin = first[formula.shared]
    place = attributes(start_tag(xml))["r"]
    moved = str(Translator(f"={text}", origin).translate_formula(place))
    return xml.replace(formula.whole, f"<f>{escape(moved[1:])}</f>".encode(), 1)
