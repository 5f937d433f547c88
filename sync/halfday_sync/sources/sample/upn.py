"""Unique pupil numbers: thirteen characters, of which the first is a check letter over the other twelve.

Source: UK Government Data Standards Catalogue, "Unique Pupil Number"; the check vectors in the tests are from
python-stdnum and the DfE's own fixtures. Local authority 999 does not exist, so no number made here can be a child's.
"""

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""The 23 letters used: A to Z without I, O and S."""
LA, ESTABLISHMENT = "999", "9999"
"""The made-up school's number. No local authority has 999."""


def check_letter(body: str) -> str:
    """The check letter for the twelve characters that follow it (digits; a temporary number ends in a letter).

    >>> check_letter("801200005001"), check_letter("674123101121")
    ('B', 'R')
    """
    if len(body) != 12:
        raise ValueError(f"a UPN has twelve characters after its check letter, not {len(body)}")
    values = (int(character) if character.isdigit() else LETTERS.index(character) for character in body)
    return LETTERS[sum(weight * value for weight, value in zip(range(2, 14), values, strict=True)) % 23]


def made_up(year: int, serial: int) -> str:
    """A valid UPN of the made-up school: the year it was given, and a serial number from 1 to 999 within that year."""
    if not 0 < serial < 1000:
        raise ValueError(f"a UPN's serial number runs from 1 to 999, not {serial}")
    body = f"{LA}{ESTABLISHMENT}{year % 100:02}{serial:03}"
    return check_letter(body) + body
