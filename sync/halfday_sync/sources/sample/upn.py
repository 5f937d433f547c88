"""Unique pupil numbers of the made-up school. Local authority 999 does not exist, so none can be a child's."""

from halfday_sync.sources.upn import check_letter

LA, ESTABLISHMENT = "999", "9999"
"""The made-up school's number. No local authority has 999."""


def made_up(year: int, serial: int) -> str:
    """A valid UPN of the made-up school: the year it was given, and a serial number from 1 to 999 within that year."""
    if not 0 < serial < 1000:
        raise ValueError(f"a UPN's serial number runs from 1 to 999, not {serial}")
    body = f"{LA}{ESTABLISHMENT}{year % 100:02}{serial:03}"
    return check_letter(body) + body
