"""Register codes: what each one counts as, on the date it was written. Source: `codes.toml`, which names its own."""

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

NO_ROW = 0
"""The id that stands where a register has no mark row at all (a pupil not yet on roll, a session not yet taken)."""


class CodeClass(StrEnum):
    """The statistical class of a code (DfE): decides what a mark counts towards."""

    PRESENT = "present"
    ACTIVITY = "activity"
    AUTHORISED = "authorised"
    UNAUTHORISED = "unauthorised"
    NOT_POSSIBLE = "not_possible"
    ADMINISTRATIVE = "administrative"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Code:
    """One meaning of one register code, with the dates between which it holds (both inclusive)."""

    id: int
    code: str
    class_: CodeClass
    meaning: str
    from_: date
    to: date
    instead: str = ""


class UnknownCodeError(ValueError):
    """A mark whose code does not exist, or did not exist on its date. The message says what to write instead."""


@cache
def all_codes() -> tuple[Code, ...]:
    """Every row of the code table, in the order of `codes.toml`."""
    rows = tomllib.loads((Path(__file__).parent / "codes.toml").read_text(encoding="utf-8"))["code"]
    return tuple(
        Code(
            id=row["id"],
            code=row["code"],
            class_=CodeClass(row["class"]),
            meaning=row["meaning"],
            from_=row.get("from", date.min),
            to=row.get("to", date.max),
            instead=row.get("instead", ""),
        )
        for row in rows
    )


@cache
def by_id() -> dict[int, Code]:
    """Code rows by the id that the store writes."""
    return {row.id: row for row in all_codes()}


def tidy(text: str) -> str:
    r"""The code as the table spells it: trimmed, upper case, and `-` for a blank.

    >>> tidy(" y4 "), tidy(""), tidy("\\")
    ('Y4', '-', '\\')
    """
    return text.strip().upper() or "-"


@cache
def code_id(text: str, on: date) -> int:
    """The id of a code as it was understood on a date.

    Raises:
        UnknownCodeError: the code does not exist, or not on that date.

    >>> by_id()[code_id("J", date(2024, 7, 1))].class_, by_id()[code_id("J1", date(2024, 9, 2))].class_
    (<CodeClass.ACTIVITY: 'activity'>, <CodeClass.AUTHORISED: 'authorised'>)
    >>> code_id("H", date(2024, 9, 2))
    Traceback (most recent call last):
        ...
    halfday.codes.UnknownCodeError: code 'H' ended on 18 Aug 2024; use C if the head granted leave, else G
    """
    wanted = tidy(text)
    rows = [row for row in all_codes() if row.code == wanted]
    for row in rows:
        if row.from_ <= on <= row.to:
            return row.id
    raise UnknownCodeError(_why_unknown(wanted, rows, on))


def _why_unknown(code: str, rows: list[Code], on: date) -> str:
    if not rows:
        return f"code {code!r} is not a register code"
    ended = [row for row in rows if row.to < on]
    if ended:
        last = max(ended, key=lambda row: row.to)
        instead = f"; use {last.instead}" if last.instead else ""
        return f"code {code!r} ended on {last.to.day} {last.to:%b %Y}{instead}"
    first = min(row.from_ for row in rows)
    return f"code {code!r} did not exist before {first.day} {first:%b %Y}"


@cache
def ids(*names: str) -> frozenset[int]:
    """Ids of the given classes and codes, of any date: `ids("N")`, `ids("present", "activity")`."""
    return frozenset(row.id for row in all_codes() if row.code in names or row.class_ in names)


UNEXPLAINED, ILLNESS, LATE_BEFORE, LATE_AFTER = (min(ids(code)) for code in ("N", "I", "L", "U"))
MISSING = min(ids("missing"))
"""Ids of the codes that the engine looks for one by one."""
ATTENDED = ("present", "activity")
"""Classes that count as attended (DfE statistics): `/ \\ L` and `B K P V W`."""
POSSIBLE = (*ATTENDED, "authorised", "unauthorised")
"""Classes that count as a possible session."""
PENALTY = ("G", "N", "O", "U")
"""Codes that count towards the national penalty threshold."""
LATE = ("L", "U")
"""Codes beside which minutes late stand."""
SEEN_ON_THE_DAY = ids("/", "\\", "L", "N", "U")
"""Ids of the codes that only the day itself can give: nobody knows them ahead."""
NO_MARK = ids("missing") | {NO_ROW}
"""Ids that say that there is no mark."""
