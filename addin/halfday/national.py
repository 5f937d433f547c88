"""National law and statistics as dated values. Source: `national.toml`, where each number names its paragraph."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Value:
    """A number of the law: what it is, in which unit, from when, and where it is written."""

    id: str
    value: int
    unit: str
    from_: date
    source: str


@cache
def document() -> dict[str, Any]:
    """The whole of `national.toml`."""
    return tomllib.loads((Path(__file__).parent / "national.toml").read_text(encoding="utf-8"))


@cache
def values() -> tuple[Value, ...]:
    """Every dated value."""
    return tuple(
        Value(id=row["id"], value=row["value"], unit=row["unit"], from_=row["from"], source=row["source"])
        for row in document()["value"]
    )


@cache
def value(name: str, on: date) -> int:
    """A number as the law had it on a date; before its first date, its first value.

    Raises:
        KeyError: there is no such value.

    >>> value("register_years", date(2024, 8, 18)), value("register_years", date(2024, 8, 19))
    (3, 6)
    """
    rows = sorted((row for row in values() if row.id == name), key=lambda row: row.from_)
    if not rows:
        raise KeyError(name)
    return max((row for row in rows if row.from_ <= on), key=lambda row: row.from_, default=rows[0]).value


def compulsory_from(dob: date) -> date:
    """The day compulsory school age starts: 31 Dec, 31 Mar or 31 Aug on or after the fifth birthday.

    Source: Education Act 1996 s8; the Education (Start of Compulsory School Age) Order 1998.

    >>> compulsory_from(date(2020, 10, 15)), compulsory_from(date(2021, 3, 31)), compulsory_from(date(2021, 4, 1))
    (datetime.date(2025, 12, 31), datetime.date(2026, 3, 31), datetime.date(2026, 8, 31))
    """
    fifth = _birthday(dob, 5)
    days = (date(fifth.year, 3, 31), date(fifth.year, 8, 31), date(fifth.year, 12, 31))
    return next(day for day in days if fifth <= day)


def compulsory_until(dob: date) -> date:
    """The day compulsory school age ends: the last Friday of June of the school year of the sixteenth birthday.

    Source: Education Act 1996 s8(4); the Education (School Leaving Date) Order 1997.

    >>> compulsory_until(date(2010, 9, 1)), compulsory_until(date(2010, 8, 31))
    (datetime.date(2027, 6, 25), datetime.date(2026, 6, 26))
    """
    sixteenth = _birthday(dob, 16)
    year = sixteenth.year + (1 if sixteenth >= date(sixteenth.year, 9, 1) else 0)
    last = date(year, 6, 30)
    return last - timedelta(days=(last.weekday() - 4) % 7)


def _birthday(dob: date, age: int) -> date:
    try:
        return dob.replace(year=dob.year + age)
    except ValueError:  # born on 29 February: the birthday falls on 1 March
        return date(dob.year + age, 3, 1)
