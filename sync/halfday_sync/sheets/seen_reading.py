"""Reads Google's answer about a spreadsheet into a frozen picture; an answer of another form stops. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from halfday_sync.errors import SafetyError
from halfday_sync.sheets.cells import EMPTY, Cell, Plain
from halfday_sync.sheets.looks import Colour
from halfday_sync.sheets.orders import Area
from halfday_sync.sheets.seen import Protection, Seen, SeenRule, Tab, with_marker

_MOST_ROWS = 200_000
"""More than any school has: an answer that says so is not looked through."""


class _OddError(Exception):
    """An answer has another form than Google describes; says where, never what stands there."""


def seen(reply: object, numbers: Mapping[str, int]) -> Seen:
    """A spreadsheet as it is now.

    Args:
        reply: the JSON of the answer to a GET with the mask `seen.FIELDS`.
        numbers: the number of each page's tab, by page.

    Raises:
        SafetyError: the answer has not the form that Google describes. Nothing of what it holds is repeated.
    """
    try:
        return _seen(reply, numbers)
    except _OddError as odd:
        raise SafetyError(
            "What Google told about the sheet has not the form that Halfday knows.",
            problems=[str(odd)],
            done="Nothing was written to the sheet.",
            now="Run again later. If it stays so, tell us.",
        ) from None


def _seen(reply: object, numbers: Mapping[str, int]) -> Seen:
    whole = _map(reply, "answer")
    said = _map(whole.get("properties", {}), "properties")
    title = _text(said.get("title", ""), "properties.title")
    tabs = []
    for at, one in enumerate(_list(whole.get("sheets"), "sheets")):
        place = f"sheets[{at}]"
        tabs.append(_tab(_map(one, place), place, numbers))
    if len({tab.sheet_id for tab in tabs}) != len(tabs) or not tabs:
        raise _OddError("sheets: none, or two with one number")
    return Seen(
        _text(whole.get("spreadsheetId"), "spreadsheetId"),
        title,
        tuple(sorted(tabs, key=lambda tab: tab.index)),
        dict(numbers),
        _text(said.get("locale", ""), "properties.locale"),
    )


def _tab(said: Mapping[str, object], place: str, numbers: Mapping[str, int]) -> Tab:
    told = _map(said.get("properties"), f"{place}.properties")
    grid = _map(told.get("gridProperties", {}), f"{place}.gridProperties")
    # Google leaves a number of 0 out of some answers: the first tab of a new file has the number 0.
    sheet_id = _whole(told.get("sheetId", 0), f"{place}.sheetId")
    tab = Tab(
        sheet_id=sheet_id,
        title=_text(told.get("title", ""), f"{place}.title"),
        index=_whole(told.get("index", 0), f"{place}.index"),
        row_count=_whole(grid.get("rowCount", 0), f"{place}.rowCount"),
        column_count=_whole(grid.get("columnCount", 0), f"{place}.columnCount"),
        frozen_rows=_whole(grid.get("frozenRowCount", 0), f"{place}.frozenRowCount"),
    )
    if sheet_id not in numbers.values():
        return tab  # people's own: its cells are nobody's business here
    rows = _rows(said.get("data", []), f"{place}.data")
    row, column, page_id = with_marker(rows, numbers)
    if len(rows) > tab.row_count or max(map(len, rows), default=0) > tab.column_count:
        raise _OddError(f"{place}.data: larger than the tab")
    return replace(
        tab,
        rows=rows,
        key_row=row,
        key_column=column,
        page_id=page_id,
        protections=tuple(_protections(said.get("protectedRanges", []), sheet_id, place)),
        charts=_numbers(said.get("charts", []), "chartId", place),
        views=_numbers(said.get("filterViews", []), "filterViewId", place),
        rules=tuple(
            _rule(_map(one, place), sheet_id, f"{place}.conditionalFormats")
            for one in _list(said.get("conditionalFormats", []), f"{place}.conditionalFormats")
        ),
    )


# Cells ----------------------------------------------------------------------------------------------------------------


def _rows(data: object, place: str) -> tuple[tuple[Cell, ...], ...]:
    found = _list(data, place)
    if not found:
        return ()
    block = _map(found[0], place)
    if len(found) > 1 or block.get("startRow", 0) != 0 or block.get("startColumn", 0) != 0:
        raise _OddError(f"{place}: not the whole tab in one piece")
    several = _list(block.get("rowData", []), f"{place}.rowData")
    if len(several) > _MOST_ROWS:
        raise _OddError(f"{place}.rowData: too many rows")
    rows = [_row(_map(one, f"{place}.rowData"), f"{place}.rowData[{at}]") for at, one in enumerate(several)]
    while rows and not rows[-1]:
        rows.pop()
    return tuple(rows)


def _row(said: Mapping[str, object], place: str) -> tuple[Cell, ...]:
    cells = [_cell(_map(one, place), place) for one in _list(said.get("values", []), place)]
    while cells and cells[-1].is_blank:
        cells.pop()
    return tuple(cells)


def _cell(said: Mapping[str, object], place: str) -> Cell:
    if not said:
        return EMPTY
    value = _map(said.get("userEnteredValue", {}), place)
    look = _map(said.get("userEnteredFormat", {}), place)
    kind = _map(look.get("numberFormat", {}), place)
    number = f"{_text(kind.get('type', ''), place)} {_text(kind.get('pattern', ''), place)}".strip()
    note = _text(said.get("note", ""), place)
    is_formula = bool(value.keys() & {"formulaValue", "errorValue"})
    return Cell(_value(value, place), is_formula, number, note)


def _value(said: Mapping[str, object], place: str) -> Plain:
    if len(said) > 1:
        raise _OddError(f"{place}: a cell with two values")
    for name, held in said.items():
        if name in ("stringValue", "formulaValue") and isinstance(held, str):
            return _whole_letters(held) or None
        if name == "boolValue" and isinstance(held, bool):
            return held
        if name == "numberValue" and isinstance(held, int | float) and not isinstance(held, bool):
            return float(held)
        if name != "errorValue":
            raise _OddError(f"{place}: a value of a kind that is not known")
    return None


# What belongs to a tab ------------------------------------------------------------------------------------------------


def _protections(said: object, sheet_id: int, place: str) -> Iterator[Protection]:
    place = f"{place}.protectedRanges"
    for one in _list(said, place):
        told = _map(one, place)
        editors = _map(told.get("editors", {}), place)
        yield Protection(
            id=_whole(told.get("protectedRangeId", 0), place),
            area=_area(told.get("range", {}), sheet_id, place),
            free=tuple(_area(free, sheet_id, place) for free in _list(told.get("unprotectedRanges", []), place)),
            users=frozenset(_text(user, place).lower() for user in _list(editors.get("users", []), place)),
            is_wider=bool(editors.get("groups")) or bool(editors.get("domainUsersCanEdit")),
            only_warns=bool(told.get("warningOnly")),
        )


def _area(said: object, sheet_id: int, place: str) -> Area:
    told = _map(said, place)
    bottom, right = (told.get(f"end{name}Index") for name in ("Row", "Column"))
    return Area(
        _whole(told.get("sheetId", sheet_id), place),
        top=_whole(told.get("startRowIndex", 0), place),
        bottom=None if bottom is None else _whole(bottom, place),
        left=_whole(told.get("startColumnIndex", 0), place),
        right=None if right is None else _whole(right, place),
    )


def _rule(said: Mapping[str, object], sheet_id: int, place: str) -> SeenRule:
    areas = tuple(_area(one, sheet_id, place) for one in _list(said.get("ranges", []), place))
    if "booleanRule" not in said:
        return SeenRule(areas)
    told = _map(said["booleanRule"], place)
    condition = _map(told.get("condition", {}), place)
    texts = tuple(
        _text(_map(one, place).get("userEnteredValue", ""), place) for one in _list(condition.get("values", []), place)
    )
    look = _map(told.get("format", {}), place)
    return SeenRule(
        areas,
        kind=_text(condition.get("type", ""), place),
        texts=texts,
        ink=_colour(_map(look.get("textFormat", {}), place), "foregroundColor", place),
        fill=_colour(look, "backgroundColor", place),
    )


def _colour(look: Mapping[str, object], name: str, place: str) -> Colour | None:
    """A colour that is given as such; a colour of the theme is none."""
    style = _map(look.get(f"{name}Style", {}), place)
    said = style.get("rgbColor", None if style else look.get(name))
    if said is None:
        return None
    parts = _map(said, place)
    found = [parts.get(part, 0) for part in ("red", "green", "blue")]
    if not all(isinstance(part, int | float) and 0 <= part <= 1 for part in found):
        raise _OddError(f"{place}: a colour of a kind that is not known")
    return Colour(*(round(part * 255) for part in found if isinstance(part, int | float)))


def _numbers(said: object, name: str, place: str) -> frozenset[int]:
    several = _list(said, place)
    return frozenset(_whole(_map(one, place).get(name, 0), f"{place}.{name}") for one in several)


# Forms ----------------------------------------------------------------------------------------------------------------


def _map(said: object, place: str) -> Mapping[str, object]:
    if not isinstance(said, dict):
        raise _OddError(f"{place}: not what was expected there")
    return said


def _list(said: object, place: str) -> list[object]:
    if not isinstance(said, list):
        raise _OddError(f"{place}: no list")
    return said


def _text(said: object, place: str) -> str:
    if not isinstance(said, str):
        raise _OddError(f"{place}: no text")
    return _whole_letters(said)


def _whole_letters(text: str) -> str:
    """A text without halves of letters, which JSON can name and no file can hold: the tracker would not be written."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _whole(said: object, place: str) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or said < 0:
        raise _OddError(f"{place}: no whole number")
    return said
