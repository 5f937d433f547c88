"""Pages laid out inside a workbook, and that workbook read back, for the tests."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook  # noqa: TID251 - it plays the staff's Excel, and reads
from tests.libreoffice import Office
from tests.little_school import OFFICE, little_school

from halfday_sync.workbook.build import checked_bytes
from halfday_sync.workbook.package import WORKBOOK, Package, rewritten
from halfday_sync.workbook.update.added_sheet import add_sheet
from halfday_sync.workbook.update.look import Look
from halfday_sync.workbook.update.looks import Looks, looks_of
from halfday_sync.workbook.update.pages import PageName, PageParts, Terms, lay_out
from halfday_sync.workbook.update.workbook_part import with_names

STYLES = "xl/styles.xml"
Change = Callable[[Any], object]
PAGES = ("Today", "Statutory", "Register", "Policy", "Calendar", "About")
WEDNESDAY, FRIDAY = date(2025, 10, 15), date(2025, 10, 17)


@cache
def built(day: date) -> bytes:
    """The tracker of the little school on a day, as our own builder writes it."""
    return checked_bytes(little_school(day), OFFICE)


def looks(now: Package, fresh: Package) -> Looks:
    return Looks(now.parts[STYLES], fresh.parts[STYLES])


def laid(
    now: bytes,
    fresh: bytes,
    sent: bytes | None,
    names: Iterable[str] = PAGES,
    terms: Terms | None = None,
    **now_names: str,
) -> bytes:
    """A workbook with pages laid out afresh, and their names set; `now_names` are what people call sheets."""
    book, fresh_book = Package.of(now), Package.of(fresh)
    sent_book = Package.of(sent) if sent else None
    formats = looks(book, fresh_book)
    for name in names:
        page = PageName(name, now_names.get(name, name))
        book = _with(book, page.now, lay_out(book, fresh_book, sent_book, page, formats, terms))
    return book.with_parts({STYLES: formats.data()}).packed()


def grafted(now: bytes, fresh: bytes) -> bytes:
    """A workbook of people's with every sheet of ours added in front of theirs."""
    book, fresh_book = Package.of(now), Package.of(fresh)
    formats, after = looks(book, fresh_book), ""
    for name, _part in fresh_book.sheets:
        book = _with(book, name, add_sheet(book, fresh_book, PageName(name, name), after, formats, Terms()))
        after = name
    return book.with_parts({STYLES: formats.data()}).packed()


def _with(book: Package, sheet: str, parts: PageParts) -> Package:
    book = book.with_parts(parts.parts, parts.gone)
    at = [name for name, _part in book.sheets].index(sheet)
    printed = {(at, name): text for name, text in parts.printed.items()}
    return book.with_parts({WORKBOOK: with_names(book.parts[WORKBOOK], dict(parts.names), printed)})


def changed_by_staff(data: bytes, change: Change) -> bytes:
    """A workbook opened in the staff's Excel, changed and saved there."""
    book = load_workbook(BytesIO(data))
    change(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def after_a_morning(change: Change) -> bytes:
    """The workbook of Wednesday, changed by people, on Friday."""
    return laid(changed_by_staff(built(WEDNESDAY), change), built(FRIDAY), built(WEDNESDAY))


def with_part(data: bytes, sheet: str, was: str, new: str) -> bytes:
    """A workbook with something else in the XML of a sheet."""
    book = Package.of(data)
    part = dict(book.sheets)[sheet]
    assert was.encode() in book.parts[part], was
    return rewritten(data, {part: book.parts[part].replace(was.encode(), new.encode(), 1)})


def saved_by_libreoffice(office: Office, data: bytes, folder: Path) -> bytes:
    """A workbook opened in LibreOffice and saved there as an Excel workbook."""
    before, after = folder / "before.xlsx", folder / "saved.xlsx"
    before.write_bytes(data)
    with office.open(before) as book:
        book.ask("save", str(after), "Calc MS Excel 2007 XML")
    return after.read_bytes()


def sheet_of(data: bytes, name: str) -> Any:
    return opened(data)[name]


@lru_cache(maxsize=8)
def opened(data: bytes, *, values: bool = False) -> Any:
    """A workbook, to be read: its formulas, or the values that are stored with them."""
    return load_workbook(BytesIO(data), data_only=values)


def shown(data: bytes, name: str) -> dict[str, tuple[Any, Any, Look]]:
    """Every cell of a sheet that holds something: its formula, its value and how it looks."""
    formulas, values = opened(data)[name], opened(data, values=True)[name]
    formats = looks_of(Package.of(data).parts[STYLES])
    indexes = style_indexes(data, name)
    return {
        cell.coordinate: (cell.value, values[cell.coordinate].value, formats[indexes[cell.coordinate]])
        for row in formulas.iter_rows()
        for cell in row
        if cell.coordinate in indexes and (cell.value is not None or indexes[cell.coordinate])
    }


def style_indexes(data: bytes, name: str) -> dict[str, int]:
    """The number of each cell's format, as the file has it."""
    book = Package.of(data)
    tree = book.trees[dict(book.sheets)[name]]
    return {cell.get("r", ""): int(cell.get("s", "0")) for cell in tree.iter() if cell.tag.endswith("}c")}


def over(data: bytes, name: str) -> dict[str, Any]:
    """What lies over the cells of a sheet."""
    sheet = sheet_of(data, name)
    rules = [
        (
            str(area.sqref),
            rule.type,
            rule.text or "",
            tuple(rule.formula),
            repr(rule.dxf.fill),
            repr(rule.dxf.font and rule.dxf.font.color),
        )
        for area in sheet.conditional_formatting
        for rule in area.rules
    ]
    asked = [
        (str(rule.sqref), rule.type or "none", rule.formula1 if rule.type == "list" else "", rule.prompt)
        for rule in sheet.data_validations.dataValidation
    ]
    return {
        "merged": sorted(map(str, sheet.merged_cells.ranges)),
        "rules": sorted(rules),
        "asked": sorted(asked),
        "tables": dict(sheet.tables.items()),
        "printed": (sheet.print_area, sheet.print_title_rows),
        "header": (sheet.oddHeader.right.text, sheet.oddFooter.left.text),
        "heights": {at: row.height for at, row in sheet.row_dimensions.items() if row.height is not None},
    }


def keys(data: bytes) -> dict[str, int]:
    """The rows of Today by their hidden keys."""
    sheet = sheet_of(data, "Today")
    cells = [cell for row in sheet.iter_rows(min_col=10, max_col=10) for cell in row]
    return {cell.value: cell.row for cell in cells if isinstance(cell.value, str) and "|" in cell.value}
