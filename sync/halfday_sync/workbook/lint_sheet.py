"""Checks of one sheet: the order of rows and cells, indexes that lead nowhere, limits that Excel enforces."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from xml.etree.ElementTree import Element

from halfday_sync.workbook.package import MAIN

ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection"),
    *("protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells"),
    *(
        "phoneticPr",
        "conditionalFormatting",
        "dataValidations",
        "hyperlinks",
        "printOptions",
        "pageMargins",
        "pageSetup",
    ),
    *("headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags"),
    *(
        "drawing",
        "legacyDrawing",
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
    ),
    *("tableParts", "extLst"),
)
_PLACE = {f"{MAIN}{name}": at for at, name in enumerate(ORDER)}
_VALIDATION_TEXTS = (("errorTitle", 32), ("error", 225), ("promptTitle", 32), ("prompt", 255))
_V, _F = f"{MAIN}v", f"{MAIN}f"
_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!", "#GETTING_DATA"}


class Box(NamedTuple):
    """A range: first column and row, last column and row, counted from 1."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: "Box") -> bool:
        """Whether two ranges share a cell."""
        across = self.left <= other.right and other.left <= self.right
        return across and self.top <= other.bottom and other.top <= self.bottom


def box(reference: str) -> Box:
    """A range reference as numbers; one that cannot be read is all zeros.

    >>> box("B2:C10"), box("$A$1")
    (Box(left=2, top=2, right=3, bottom=10), Box(left=1, top=1, right=1, bottom=1))
    """
    match = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?", reference)
    if not match:
        return Box(0, 0, 0, 0)
    left, top, right, bottom = match.groups()
    return Box(column_number(left), int(top), column_number(right or left), int(bottom or top))


@cache
def column_number(letters: str) -> int:
    """Letters of a column as a number from 1."""
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found


@dataclass(frozen=True, slots=True)
class Limits:
    """Which shared strings, cell formats and conditional formats the workbook has, as the numbers that cells write."""

    strings: frozenset[str]
    styles: frozenset[str]
    laid_over: frozenset[str]

    @classmethod
    def of(cls, strings: int, styles: int, laid_over: int) -> "Limits":
        """Limits from the counts."""
        return cls(*(frozenset(map(str, range(count))) for count in (strings, styles, laid_over)))


def sheet_findings(name: str, tree: Element, limits: Limits) -> Iterator[str]:
    """What is wrong with a sheet's own part."""
    for finding in (
        *_order(tree),
        *_rows(tree, limits),
        *_merges(tree),
        *_conditional(tree, limits),
        *_validations(tree),
        *_header_footer(tree),
    ):
        yield f"{name}: {finding}"


def _order(tree: Element) -> Iterator[str]:
    places = [_PLACE[child.tag] for child in tree if child.tag in _PLACE]
    if places != sorted(places):
        yield "its parts are not in the order that the format asks for"


def _rows(tree: Element, limits: Limits) -> Iterator[str]:
    last = 0
    for row in tree.iterfind(f"{MAIN}sheetData/{MAIN}row"):
        at = int(row.get("r") or last + 1)
        if at <= last:
            yield f"row {at} comes after row {last}"
        last = at
        yield from _cells(row, str(at), limits)


def _cells(row: Element, number: str, limits: Limits) -> Iterator[str]:
    last = 0
    styles, strings, width = limits.styles, limits.strings, -len(number)
    for cell in row:
        said = cell.attrib
        reference = said.get("r", "")
        letters = reference[:width]
        if not letters.isalpha() or not reference.endswith(number):
            yield f"cell {reference} stands in row {number}"
            letters = reference.rstrip("0123456789")
        column = column_number(letters)
        if column <= last:
            yield f"cell {reference} is there twice, or out of order"
        last = column
        if said.get("s", "0") not in styles:
            yield f"cell {reference} has a format that does not exist"
        if said.get("t") == "s" and len(cell) == 1:
            if cell[0].text not in strings:
                yield f"cell {reference} points at a text that does not exist"
        elif fault := _value(cell, limits):
            yield f"cell {reference} {fault}"


def _value(cell: Element, limits: Limits) -> str:
    """What is wrong with a cell's content; empty for nothing."""
    kind, value = cell.get("t", "n"), None
    for part in cell:
        if part.tag == _V:
            value = part.text
        elif part.tag == _F and part.text and (fault := _formula(part.text)):
            return fault
    if kind == "s":
        return "" if value in limits.strings else "points at a text that does not exist"
    check = _KINDS.get(kind)
    return check(value) if check else ""


def _number(value: str | None) -> str:
    try:
        float(value or 0)
    except ValueError:
        return "says that it is a number and is not"
    return ""


def _truth(value: str | None) -> str:
    return "" if value in {"0", "1"} else "says that it is true or false and is neither"


def _error(value: str | None) -> str:
    return "" if value in _ERRORS else "holds an error that Excel does not know"


_KINDS = {"n": _number, "b": _truth, "e": _error}


@cache
def _formula(text: str) -> str:
    if len(text) > 8192:
        return "has a formula longer than 8,192 characters"
    if any(len(quoted) > 255 for quoted in text.split('"')[1::2]):
        return "has a text longer than 255 characters in its formula"
    bare = re.sub(r'"[^"]*"', "", text)
    if bare.count("(") != bare.count(")") or bare.count('"'):
        return "has a formula whose brackets or quotes do not match"
    return ""


def _merges(tree: Element) -> Iterator[str]:
    boxes = sorted((box(row.get("ref", "")) for row in tree.iter(f"{MAIN}mergeCell")), key=lambda b: (b.top, b.left))
    # On pages merged cells stand in single rows: those of one row are neighbours in this order.
    if any(one.meets(other) for one, other in pairwise(boxes)) or _tall_overlap(boxes):
        yield "merged cells overlap"


def _tall_overlap(boxes: Sequence[Box]) -> bool:
    tall = [one for one in boxes if one.bottom > one.top]
    return any(one.meets(other) for one in tall for other in boxes if one is not other)


def _conditional(tree: Element, limits: Limits) -> Iterator[str]:
    for rule in tree.iter(f"{MAIN}cfRule"):
        if rule.get("dxfId") and rule.get("dxfId") not in limits.laid_over:
            yield "a conditional format uses a look that does not exist"


def _validations(tree: Element) -> Iterator[str]:
    for rule in tree.iter(f"{MAIN}dataValidation"):
        listed = rule.findtext(f"{MAIN}formula1") or ""
        if listed.startswith('"') and len(listed) > 257:
            yield f"the drop-down of {rule.get('sqref')} has more than 255 characters"
        for key, most in _VALIDATION_TEXTS:
            if len(rule.get(key) or "") > most:
                yield f"the {key} of {rule.get('sqref')} has more than {most} characters"


def _header_footer(tree: Element) -> Iterator[str]:
    for part in tree.iterfind(f"{MAIN}headerFooter/*"):
        if len(part.text or "") > 255:
            yield "a header or footer has more than 255 characters"
