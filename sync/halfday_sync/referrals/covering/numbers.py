"""UPNs and telephone numbers in people's own words. For `covering` alone."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from halfday_sync.referrals.covering.words import COVER, fold

_APART = r"[\s./\-\u2010\u2011\u2013]{0,3}"
_UPN = re.compile(rf"(?i)(?=([a-z](?:{_APART}\d){{11}}{_APART}[a-z\d]))")
_RUN = re.compile(r"\+?\(?\d(?:[\s()./+,_\-\u2010-\u2015]{0,3}\d){5,}")
_FIGURES = re.compile(r"\d+")


class Covered(NamedTuple):
    """A text, and in how many places it was covered."""

    text: str
    places: int


def dialled(phone: str) -> str:
    """A number as it is dialled within the country; empty for what is none.

    >>> dialled("+44 (0)7700 900123"), dialled("07700-900 123"), dialled("n/a")
    ('07700900123', '07700900123', '')
    """
    digits = "".join(letter for letter in phone if letter.isdecimal())
    if len(digits) > 10 and digits.startswith(("44", "0044")):
        digits = digits.removeprefix("00").removeprefix("44")
    digits = digits.removeprefix("0")
    return f"0{digits}" if len(digits) > 5 else ""


def cover_numbers(text: str, upns: frozenset[str], phones: frozenset[str]) -> Covered:
    """A text with other pupils' UPNs and their carers' numbers covered."""
    found = [match.span(1) for match in _UPN.finditer(text) if fold(match.group(1)) in upns]
    found += [span for match in _RUN.finditer(text) for span in _numbers(text, match.span(), phones)]
    parts, last, places = [], 0, 0
    for start, end in sorted(found):
        if start >= last:
            parts += [text[last:start], COVER]
            last, places = end, places + 1
    return Covered("".join([*parts, text[last:]]), places)


def _numbers(text: str, span: tuple[int, int], phones: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where telephone numbers stand in a run of figures: from the beginning of a group to the end of one."""
    groups = [match.span() for match in _FIGURES.finditer(text, *span)]
    after = 0
    for at, (start, _) in enumerate(groups):
        for _, end in reversed(groups[at:]):
            if start >= after and dialled(text[start:end]) in phones:
                yield start - (text[start - 1 : start] == "+"), end
                after = end
