"""How a pack looks, for the workbook and the paper: colours of `styles.toml`, widths, the few words that pages add."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from halfday.printing import day_and_year
from halfday_sync.fit import digits
from halfday_sync.referrals.content import Grid, Pack, Sheet, Table
from halfday_sync.templates import templates_dir

DRAFT = "DRAFT: something is still missing. Please do not send it."
NAME, SIGNED, DATE, TOTAL, WEEK = "Name", "Signed", "Date", "Total", "Week beginning"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
SESSIONS = ("AM", "PM")
SHADES: Mapping[str, tuple[str, str]] = {
    "unauthorised": ("red", "Unauthorised absence"),
    "authorised": ("blue", "Authorised absence"),
    "late": ("amber", "Late, before the register closed"),
    "other": ("turquoise", "Does not count"),
    "closed": ("grey", "School closed"),
}
"""By look of a session: its colour, and what it means. A session that looks `present`, or like nothing, stays white."""
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FIGURE = re.compile(r"-?\d[\d,]*(\.\d+)?[%½]?|½")
_WIDE = 8
"""A table with more columns than this is drawn on a page that lies on its side."""


@cache
def styles() -> Mapping[str, Any]:
    """The palette and the typeface."""
    return tomllib.loads((templates_dir() / "styles.toml").read_text(encoding="utf-8"))


def colour(name: str) -> str:
    """A colour of the palette, as `#RRGGBB`."""
    return str(styles()["colour"][name])


def made(pack: Pack) -> str:
    """When it was made and how far its marks go: on every page."""
    return f"Made on {day_and_year(pack.made_on)}, from marks up to {day_and_year(pack.marks_until)}"


def is_wide(sheet: Sheet) -> bool:
    """Whether its pages lie on their side."""
    return any(isinstance(block, Table) and len(block.headings) > _WIDE for block in sheet.blocks)


def shades_in(grid: Grid) -> tuple[str, ...]:
    """The looks that occur in a grid and have a colour, in the order of `SHADES`: what its key explains."""
    there = set(chain.from_iterable(week.looks for week in grid.weeks))
    return tuple(look for look in SHADES if look in there)


def plain(text: str) -> str:
    r"""A text as every file can hold it: lines end alike, control signs go, and so do halves of characters.

    >>> plain("one\r\ntwo\x07")
    'one\ntwo'
    """
    return _NO_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def page_words() -> tuple[str, ...]:
    """Every word that the pages add to what the pack says: nobody's name."""
    said = (DRAFT, NAME, SIGNED, DATE, TOTAL, WEEK, *DAYS, *SESSIONS, *(words for _colour, words in SHADES.values()))
    return (*said, "Page of", "Made on", "from marks up to")


# --- how wide columns are ---------------------------------------------------------------------------------------------

UPRIGHT, LYING = 92.0, 136.0
"""How many digits go side by side on a page of the workbook, upright and on its side, between its margins."""
SESSION, WEEK_LABEL, SMALL = 3.1, 10.0, 0.9
"""In the herringbone: how wide a session and the week's Monday are, and how much smaller its words are."""
_ROOM, _NARROW = 3.0, 1.7
"""What a cell leaves free at its sides, in a table and in the herringbone, in digits."""
_WHOLE_WORD = 15.0
"""How wide a word may be and still be kept on one line, in digits."""


def widths(table: Table, whole: float) -> tuple[float, ...]:
    """The table's columns, which come to `whole` digits: as wide as is wished, and wide enough for every usual word."""
    columns = zip(table.headings, *table.rows, strict=True)
    least = [_ROOM + _longest([str(heading)], map(str, cells)) for heading, *cells in columns]
    return _shared(table.widths, least, whole)


def grid_widths(grid: Grid, whole: float) -> tuple[float, ...]:
    """The herringbone's columns: the week, ten sessions, and the figures."""
    rest = whole - WEEK_LABEL - 10 * SESSION
    least = [SMALL * (_NARROW + _longest([heading])) for heading in grid.counted]
    return (WEEK_LABEL, *(SESSION,) * 10, *_shared([1] * len(least), least, rest))


def figures(table: Table) -> tuple[bool, ...]:
    """Whether a column holds figures alone, as far as it holds anything: they stand at the right, below one another."""
    if not table.rows:
        return (False,) * len(table.headings)
    columns = ([str(one) for one in cells if one != ""] for cells in zip(*table.rows, strict=True))
    return tuple(bool(cells) and all(map(_FIGURE.fullmatch, cells)) for cells in columns)


def _longest(headings: Iterable[str], cells: Iterable[str] = ()) -> float:
    """How wide the longest word is that is to stay on one line."""
    usual = (width for text in cells for width in map(digits, text.split()) if width <= _WHOLE_WORD)
    titled = (min(digits(word, bold=True), _WHOLE_WORD) for text in headings for word in text.split())
    return max((*usual, *titled), default=0.0)


def _shared(wished: Sequence[int], least: Sequence[float], whole: float) -> tuple[float, ...]:
    """`whole` shared out as wished; who would get less than the least gets that, and the others share what is left."""
    if sum(least) >= whole:
        return tuple(one * whole / sum(least) for one in least)
    held: set[int] = set()
    while True:
        rest = whole - sum(least[at] for at in held)
        parts = sum(wish for at, wish in enumerate(wished) if at not in held)
        found = [least[at] if at in held else rest * wish / parts for at, wish in enumerate(wished)]
        short = {at for at, one in enumerate(found) if one < least[at]}
        if not short:
            return tuple(found)
        held |= short
