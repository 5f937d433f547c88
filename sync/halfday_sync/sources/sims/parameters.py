"""The parameters of a saved report: which days it is asked for.

CommandReporter tells a report's parameters as XML, and takes the same XML back with other values. Two types hold days
(confidence A, both read in scripts that schools run): `DateRange` with a start and an end, and `Date`, a single day. A
Date is the first day where its name says so (start, from, since …), else the last: SIMS' own EffectiveDate is one.
"""

import re
from datetime import date
from xml.etree import ElementTree as ET

_FIRST = frozenset({"start", "from", "begin", "begins", "beginning", "since", "after", "first"})
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_FOUND = re.compile(r"<ReportParameters\b[^>]*?(?:/>|>.*?</ReportParameters\s*>)", re.DOTALL)


def with_days(definition: str, first: date, last: date) -> str | None:
    """The definition with these days in it; None where the report has no day among its parameters.

    Args:
        definition: what CommandReporter wrote, with whatever stands around it.
        first: the first day to ask for.
        last: the last day to ask for.

    Raises:
        ValueError: the definition cannot be read.
    """
    found = _FOUND.search(definition)
    if not found:
        return None
    if "<!" in found[0]:
        raise ValueError("the report's parameters hold more than plain XML")
    try:
        root = ET.fromstring(found[0])  # noqa: S314 - no document type, so no entities
    except ET.ParseError as fault:
        raise ValueError("the report's parameters are broken XML") from fault
    set_any = [_set(parameter, first, last) for parameter in root.iter("Parameter")]
    return ET.tostring(root, encoding="unicode") if any(set_any) else None


def _set(parameter: ET.Element, first: date, last: date) -> bool:
    starts = bool(_FIRST & set(_words(parameter.findtext("Name") or parameter.get("id") or "")))
    done = False
    for element in parameter.iter("DateRange"):
        for name, day, time in (("Start", first, "00:00:00"), ("End", last, "23:59:59")):
            part = element.find(name)
            part = ET.SubElement(element, name) if part is None else part
            part.text, done = f"{day.isoformat()}T{time}", True
    for element in parameter.iter("Date"):
        element.text, done = _written(first if starts else last, element.text or ""), True
    return done


def _words(name: str) -> list[str]:
    """The words of a parameter's name.

    >>> _words("EffectiveDate"), _words("date_from"), _words("Start date")
    (['effective', 'date'], ['date', 'from'], ['start', 'date'])
    """
    return [word.lower() for word in _WORDS.findall(name)]


def _written(day: date, like: str) -> str:
    """A day in the way another was written.

    >>> _written(date(2025, 9, 15), "12/09/2024 00:00:00"), _written(date(2025, 9, 15), "2024-01-01T00:00:00")
    ('15/09/2025 00:00:00', '2025-09-15T00:00:00')
    """
    return f"{day.isoformat()}T00:00:00" if _ISO.match(like.strip()) else f"{day:%d/%m/%Y} 00:00:00"
