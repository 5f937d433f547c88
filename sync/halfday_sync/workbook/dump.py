"""A workbook as text that a person can read and compare: what golden files hold."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from halfday_sync.workbook.layout import document

_LONGEST = 160
_MANY = 12
"""A row of more short cells than this (the days of a month) becomes one line."""


def dump(path: Path) -> str:
    """Every sheet of a workbook: how it is set up, then its cells, one a line, with formula and look."""
    # Imported here: only reading needs it, and it takes a while.
    from openpyxl import load_workbook  # noqa: PLC0415, TID251  (reading only; nothing here is saved)

    shown, behind = load_workbook(path, data_only=True), load_workbook(path)
    lines = [f"name {name} {said.attr_text}" for name, said in sorted(behind.defined_names.items())]
    for sheet in behind.worksheets:
        lines += ["", f"== {sheet.title} ==", *_setup(sheet), *_cells(sheet, shown[sheet.title])]
    return "\n".join(lines) + "\n"


def _setup(sheet: Any) -> Iterator[str]:
    said = sheet.column_dimensions
    widths = [
        f"{key}={row.width:g}{' hidden' if row.hidden else ''}" for key, row in sorted(said.items(), key=_letters)
    ]
    yield f"columns {' '.join(widths)}"
    parts = {
        "frozen at": sheet.freeze_panes,
        "prints": sheet.print_area,
        "repeats": sheet.print_title_rows,
        "pages tall": sheet.page_setup.fitToHeight,
        "header": f"{sheet.oddHeader.left.text} … {sheet.oddHeader.right.text}",
        "footer": f"{sheet.oddFooter.left.text} … {sheet.oddFooter.right.text}",
        "protected": sheet.protection.sheet or "",
    }
    yield "; ".join(f"{name} {value}" for name, value in parts.items() if value not in (None, ""))
    for name, ref in sheet.tables.items():
        yield f"table {name} {ref}"
    for rule in sheet.data_validations.dataValidation:
        yield f"input {rule.sqref}: {rule.formula1 or 'anything'} ({rule.prompt or 'no hint'})"
    for ranges in sheet.conditional_formatting:
        for rule in ranges.rules:
            fill = rule.dxf.fill.bgColor.rgb if rule.dxf and rule.dxf.fill else None
            yield f"colour {ranges.sqref}: {rule.type} {', '.join(rule.formula)} {_colour_name(fill)}"


def _letters(row: tuple[str, Any]) -> tuple[int, str]:
    return len(row[0]), row[0]


def _cells(sheet: Any, shown: Any) -> Iterator[str]:
    above: dict[int, str] = {}
    for row in sheet.iter_rows():
        filled = [cell for cell in row if cell.value is not None]
        if len(filled) > _MANY and all(len(str(cell.value)) <= 2 for cell in filled):
            short = " ".join(str(cell.value) for cell in filled)
            yield f"{filled[0].coordinate} to {filled[-1].coordinate} | {short}"
            continue
        for cell in filled:
            value, formula = shown[cell.coordinate].value, ""
            if isinstance(cell.value, str) and cell.data_type == "f":
                formula = "=…" if above.get(cell.column) == cell.value else cell.value
                above[cell.column] = cell.value
            if value is not None or formula:
                yield " | ".join(part for part in (cell.coordinate, _text(value), formula, _look(cell)) if part)


def _text(value: object) -> str:
    if isinstance(value, datetime) and (value.hour or value.minute):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    text = f"{value:.6g}" if isinstance(value, float) else str("" if value is None else value)
    text = text.replace("\n", " ⏎ ")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def _look(cell: Any) -> str:
    fill = cell.fill.fgColor.rgb if cell.fill.fill_type else None
    words = [_colour_name(fill), "bold" if cell.font.b else "", cell.number_format]
    return " ".join(word for word in words if word and word not in {"General", "none"})


def _colour_name(rgb: str | None) -> str:
    if not rgb:
        return "none"
    names = {text.lstrip("#").upper(): name for name, text in document("styles")["colour"].items()}
    return str(names.get(rgb[-6:].upper(), rgb))
