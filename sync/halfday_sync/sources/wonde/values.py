"""Single values as Wonde sends them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from halfday_sync.sources.meanings import yes_no

Record = Mapping[str, Any]


def text(value: object) -> str:
    """A text, trimmed; blank for null and for what is no text or number.

    >>> text(" 002101 "), text(17), text(None), text({"data": []})
    ('002101', '17', '', '')
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


def number(value: object) -> int | None:
    """A count, told as a number or as text; None for anything else.

    >>> number(12), number("200"), number(None), number("-1"), number("9" * 5000)
    (12, 200, None, None, None)
    """
    written = text(value)
    return int(written) if written.isdecimal() and len(written) <= 9 else None


def day(value: object) -> date | None:
    """The date part of a date, as written: it is a label, not an instant, and is never moved to another time zone.

    >>> day({"date": "2002-09-29 00:00:00.000000", "timezone_type": 3, "timezone": "Europe/London"})
    datetime.date(2002, 9, 29)
    >>> day({"date": "2025-07-01 09:00:00"}), day("2025-10-26"), day(None), day("soon")
    (datetime.date(2025, 7, 1), datetime.date(2025, 10, 26), None, None)
    """
    written = text(value.get("date")) if isinstance(value, Mapping) else text(value)
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def moment(value: object) -> str:
    """A time as it can be compared with others of the same field; blank where there is none."""
    return text(value.get("date")) if isinstance(value, Mapping) else text(value)


def flag(value: object) -> bool | None:
    """Yes, no, or None: null is not shared, and so is what is neither.

    >>> flag(True), flag("No"), flag(0), flag(None), flag("perhaps")
    (True, False, False, None, None)
    """
    if isinstance(value, bool):
        return value
    return yes_no(text(value))


def inner(record: Record, name: str) -> Record:
    """What was included under a name, one object; empty where it is null, missing or not shared.

    >>> inner({"year": {"data": {"code": "3"}}}, "year"), inner({"year": {"data": None}}, "year"), inner({}, "year")
    ({'code': '3'}, {}, {})
    """
    found = many(record, name)
    return found[0] if found else {}


def many(record: Record, name: str) -> list[Record]:
    """The objects that were included under a name; one alone counts as a list of one."""
    held = record.get(name)
    held = held.get("data", held) if isinstance(held, Mapping) else held
    if isinstance(held, Mapping):
        return [held] if held else []
    return [item for item in held if isinstance(item, Mapping)] if isinstance(held, list) else []


def reference(value: object) -> str:
    """The id that a mark names a pupil or a code by: bare, or inside the object where that was included.

    >>> reference("A17"), reference({"data": {"id": "A17"}}), reference(None)
    ('A17', 'A17', '')
    """
    if isinstance(value, Mapping):
        held = value.get("data", value)
        return text(held.get("id")) if isinstance(held, Mapping) else text(held)
    return text(value)
