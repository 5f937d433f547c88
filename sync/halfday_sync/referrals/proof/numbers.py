"""Telephone numbers, UPNs and addresses: how they are told apart from other figures."""

import re
from collections.abc import Iterator

_RUN = re.compile(r"\d(?:[\s().+/,_\-\u2010-\u2015]{0,3}\d){5,}")
_GROUP = re.compile(r"\d+")
_LONG = re.compile(r"\d{6,}")
_UPN = re.compile(r"(?=([A-Za-z](?:[\W_]{0,3}\d){11}[\W_]{0,3}[A-Za-z\d]))")
_BEFORE = ("", "0", "44", "440", "0044", "00440")
"""What may stand before the core of a number, in the same group of figures."""
_POSTCODE = re.compile(r"\b([A-Za-z]{1,2}\d[A-Za-z\d]?)\s*(\d[A-Za-z]{2})\b")
_SURE = 9
"""From so many figures on a number is found within a longer run of figures; a shorter one only by itself."""


def core(phone: str) -> str:
    """A telephone number's figures without the country and the first nought; empty where there are too few.

    >>> core("+44 (0)7700 900 123"), core("07700 900123"), core("0044 7700900123"), core("ext 12")
    ('7700900123', '7700900123', '7700900123', '')
    """
    figures = "".join(one for one in phone if one.isdecimal())
    if len(figures) > 10:
        figures = re.sub(r"^(?:00)?44", "", figures)
    figures = figures.removeprefix("0")
    return figures if len(figures) > 5 else ""


def cores_in(text: str, lengths: frozenset[int], *, in_groups: bool = True) -> Iterator[str]:
    """Everything in a text that may be the core of a telephone number of such lengths.

    A number begins and ends where a group of figures does: else any long table of figures would hold one by chance.
    Without `in_groups` it is written in one piece.
    """
    for match in (_RUN if in_groups else _LONG).finditer(text):
        figures, starts = "", []
        for group in _GROUP.findall(match.group()):
            starts.append(len(figures))
            figures += group
        yield core(figures)
        ends = {*starts[1:], len(figures)}
        for start in starts:
            for before in _BEFORE:
                first = start + len(before)
                if figures.startswith(before, start):
                    yield from (figures[first : first + one] for one in lengths if one >= _SURE and first + one in ends)


def upns_in(text: str) -> Iterator[str]:
    """Everything in a text that may be a UPN, in capitals, whatever stands between its figures."""
    for match in _UPN.finditer(text):
        yield "".join(one for one in match.group(1).upper() if one.isalnum())


def postcodes_in(text: str) -> frozenset[str]:
    """The postcodes of a text, in capitals and in one piece."""
    return frozenset("".join(found).upper() for found in _POSTCODE.findall(text))
