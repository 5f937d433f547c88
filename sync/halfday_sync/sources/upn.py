"""Unique pupil numbers: 13 characters, of which the first is a check letter over the other twelve.

Letter, LA (3), school (4), year (2), serial (3); a temporary number ends in a letter. I, O and S are not used. The LA
number is not checked, since the lists of LAs that go round are out of date. Source: UK Government Data Standards
Catalogue, "Unique Pupil Number".
"""

import re
from enum import StrEnum

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_SHAPE = re.compile(rf"[{LETTERS}]\d{{11}}[\d{LETTERS}]", re.ASCII)
_NUMBER = re.compile(r"\d+([.,]\d+)?(E\+?\d+)?", re.ASCII)
_BLANK = frozenset({"", "-", "N/A", "NONE", "NULL"})


class UpnKind(StrEnum):
    """What the text in a UPN column is; only the first two are UPNs."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    BLANK = "blank"
    NUMBER = "a number, as Excel leaves it"
    SHAPE = "not shaped like one"
    LETTER = "with a wrong check letter"


def check_letter(rest: str) -> str:
    """The check letter for the twelve characters after it.

    >>> check_letter("801200005001"), check_letter("207000016049"), check_letter("80120000500A")
    ('B', 'P', 'M')
    """
    if len(rest) != 12:
        raise ValueError(f"a UPN has twelve characters after its check letter, not {len(rest)}")
    values = (int(letter) if letter.isdigit() else LETTERS.index(letter) for letter in rest)
    return LETTERS[sum(weight * value for weight, value in enumerate(values, 2)) % 23]


def read_upn(text: str) -> tuple[UpnKind, str]:
    """What the text is, and the UPN in its usual spelling (blank unless it is a right one).

    >>> read_upn(" r674123101121")
    (<UpnKind.PERMANENT: 'permanent'>, 'R674123101121')
    >>> read_upn("Q207000016049"), read_upn("9.99999E+11")[0].name, read_upn("-")[0].name
    ((<UpnKind.LETTER: 'with a wrong check letter'>, ''), 'NUMBER', 'BLANK')
    """
    upn = text.strip().lstrip("'").replace(" ", "").upper()
    if upn in _BLANK:
        return UpnKind.BLANK, ""
    if _NUMBER.fullmatch(upn):
        return UpnKind.NUMBER, ""
    if not _SHAPE.fullmatch(upn):
        return UpnKind.SHAPE, ""
    if check_letter(upn[1:]) != upn[0]:
        return UpnKind.LETTER, ""
    return (UpnKind.TEMPORARY if upn[-1].isalpha() else UpnKind.PERMANENT), upn
