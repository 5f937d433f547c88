"""What Google is asked to change: one function a kind of request, as `spreadsheets.batchUpdate` takes it. Pure.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from halfday_sync.sheets.cells import Plain, typed

Json = dict[str, object]
ROWS, COLUMNS = "ROWS", "COLUMNS"


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a tab: from and up to (without), from 0; an end of None is open: to the last one, now and later."""

    sheet_id: int
    top: int = 0
    bottom: int | None = None
    left: int = 0
    right: int | None = None

    @property
    def json(self) -> Json:
        """As Google writes it (GridRange): what is open is left out."""
        ends = {"endRowIndex": self.bottom, "endColumnIndex": self.right}
        return {
            "sheetId": self.sheet_id,
            "startRowIndex": self.top,
            "startColumnIndex": self.left,
            **{name: end for name, end in ends.items() if end is not None},
        }

    def is_open_down(self, rows: int) -> bool:
        """Whether it reaches to the last of so many rows."""
        return self.bottom is None or self.bottom >= rows


def cells(sheet_id: int, row: int, column: int, rows: Sequence[Sequence[Plain]]) -> Json:
    """Values from a cell on, and nothing but values: looks, notes and drop-downs stay as they are."""
    return {
        "updateCells": {
            "start": {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column},
            "rows": [{"values": [typed(value) for value in one]} for one in rows],
            "fields": "userEnteredValue",
        }
    }


def looks(sheet_id: int, row: int, formats: Sequence[Sequence[Mapping[str, object]]]) -> Json:
    """The looks of whole rows from column A on; an empty one is the plain look."""
    return {
        "updateCells": {
            "start": {"sheetId": sheet_id, "rowIndex": row, "columnIndex": 0},
            "rows": [{"values": [{"userEnteredFormat": one} if one else {} for one in row]} for row in formats],
            "fields": "userEnteredFormat",
        }
    }


def look(area: Area, wanted: Mapping[str, object], fields: str = "userEnteredFormat") -> Json:
    """The same look for every cell of an area."""
    return {"repeatCell": {"range": area.json, "cell": {"userEnteredFormat": wanted}, "fields": fields}}


def note(sheet_id: int, row: int, column: int, words: str) -> Json:
    """The note of a cell; no words take it away."""
    return {
        "updateCells": {
            "start": {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column},
            "rows": [{"values": [{"note": words} if words else {}]}],
            "fields": "note",
        }
    }


def insert(sheet_id: int, dimension: str, at: int, count: int, *, after_the_last: bool) -> Json:
    """Room for rows or columns before the one that stands at a place, or behind the last one.

    They take after what stands behind them, never after headers or hidden keys; after the last one Google refuses that.
    """
    return {"insertDimension": {"range": _span(sheet_id, dimension, at, count), "inheritFromBefore": after_the_last}}


def delete(sheet_id: int, dimension: str, at: int, count: int) -> Json:
    """Takes rows or columns away."""
    return {"deleteDimension": {"range": _span(sheet_id, dimension, at, count)}}


def dimension(sheet_id: int, which: str, at: int, count: int, **properties: object) -> Json:
    """Width or height (`pixelSize`), or whether it is shown (`hiddenByUser`), of rows or columns."""
    return {
        "updateDimensionProperties": {
            "range": _span(sheet_id, which, at, count),
            "properties": properties,
            "fields": ",".join(properties),
        }
    }


def _span(sheet_id: int, dimension: str, at: int, count: int) -> Json:
    return {"sheetId": sheet_id, "dimension": dimension, "startIndex": at, "endIndex": at + count}


def choices(area: Area, words: Sequence[str]) -> Json:
    """A drop-down that lets other words pass as well. A choice that Google might take for a formula is left out."""
    values = [{"userEnteredValue": word} for word in words if is_only_text(word)]
    rule = {"condition": {"type": "ONE_OF_LIST", "values": values}, "strict": False, "showCustomUi": True}
    return {"setDataValidation": {"range": area.json, "rule": rule}}


def letters(column: int) -> str:
    """A column's letters, from 0.

    >>> letters(0), letters(25), letters(26), letters(702)
    ('A', 'Z', 'AA', 'AAA')
    """
    text, rest = "", column + 1
    while rest:
        rest, at = divmod(rest - 1, 26)
        text = chr(ord("A") + at) + text
    return text


def is_only_text(words: str) -> bool:
    """Whether Google takes words for words where it reads them as if typed: in conditions.

    >>> is_only_text("At risk"), is_only_text("=1+1")
    (True, False)
    """
    return bool(words.strip()) and not words.lstrip().startswith(("=", "+", "-", "@", "'"))
