"""A1 notation: columns by letter, titles quoted as Google quotes them, ranges as boxes of rows and columns."""

import re
from typing import NamedTuple

_REFERENCE = re.compile(r"\$?([A-Za-z]{0,3})\$?(\d*)(?::\$?([A-Za-z]{0,3})\$?(\d*))?")
_QUOTED = re.compile(r"^'((?:[^']|'')*)'(?:!(.*))?$", re.DOTALL)


class Box(NamedTuple):
    """Rows and columns from zero, the ends not included."""

    top: int
    bottom: int
    left: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell is in it."""
        return self.top <= row < self.bottom and self.left <= column < self.right

    def meets(self, other: "Box") -> bool:
        """Whether the two share a cell."""
        return (
            self.top < other.bottom and other.top < self.bottom and self.left < other.right and other.left < self.right
        )

    def without(self, hole: "Box") -> "list[Box]":
        """What is left of it, in up to four pieces."""
        if not self.meets(hole):
            return [self]
        top, bottom = max(self.top, hole.top), min(self.bottom, hole.bottom)
        pieces = [
            Box(self.top, top, self.left, self.right),
            Box(bottom, self.bottom, self.left, self.right),
            Box(top, bottom, self.left, max(self.left, hole.left)),
            Box(top, bottom, min(self.right, hole.right), self.right),
        ]
        return [piece for piece in pieces if piece.top < piece.bottom and piece.left < piece.right]


def letters(column: int) -> str:
    """A for 0, AA for 26."""
    name, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        name = chr(65 + letter) + name
    return name


def column(name: str) -> int:
    """0 for A, 26 for AA."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def quoted(title: str) -> str:
    """A title in quotes unless it is a plain word that cannot be read as a cell (recorded)."""
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", title) and not re.fullmatch(r"[A-Za-z]{1,3}\d+", title)
    return title if plain else "'" + title.replace("'", "''") + "'"


def written(title: str, box: Box) -> str:
    """The box as Google echoes it: `Sheet1!A1:B2`, one cell as `Sheet1!A1`."""
    first, last = f"{letters(box.left)}{box.top + 1}", f"{letters(box.right - 1)}{box.bottom}"
    return quoted(title) + "!" + (first if first == last else f"{first}:{last}")


def split(text: str) -> tuple[str | None, str | None]:
    """Title and reference; each is None where it is not there."""
    if found := _QUOTED.match(text):
        return found[1].replace("''", "'"), found[2]
    if "!" in text:
        title, _, reference = text.rpartition("!")
        return title, reference
    return None, text


def box_of(reference: str, rows: int, columns: int) -> Box | None:
    """The cells of a reference, clipped at the grid's end; None where it cannot be read.

    The start may lie outside the grid: the caller says no to that in Google's words. Corners may be swapped (recorded:
    D4:A1 is A1:D4).
    """
    found = _REFERENCE.fullmatch(reference)
    if not found or not (found[1] or found[2]):
        return None
    left, top = (column(found[1]) if found[1] else 0), (int(found[2]) - 1 if found[2] else 0)
    if ":" not in reference:
        right = left + 1 if found[1] else columns
        bottom = top + 1 if found[2] else rows
    else:
        right = column(found[3]) + 1 if found[3] else columns
        bottom = int(found[4]) if found[4] else rows
        left, right = (right - 1, left + 1) if found[3] and right <= left else (left, right)
        top, bottom = (bottom - 1, top + 1) if found[4] and bottom <= top else (top, bottom)
    return Box(top, min(bottom, rows) if top < rows else bottom, left, min(right, columns) if left < columns else right)
