"""Whether a value has the type that Google asks for. What is wrong is told by places and types, never by contents.

Nothing that was written into a cell may come back in a message: an unknown name is not repeated either, only the
known name that it resembles.
"""

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from halfday_sync.sheets.schema_documents import Document, Type

Check = Callable[[object], Sequence[str]]
"""Gives the faults of a value, each beginning with the place inside it: `.values[3]: string expected, ...`."""

FINE: Final[Sequence[str]] = ()
_INT32, _INT64 = 2**31, 2**63
_FORMS = {
    "int64": re.compile(r"-?\d{1,19}"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
    "google-datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
}
_KINDS: Mapping[type, str] = {
    dict: "object",
    list: "array",
    tuple: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
}

ONE_OF: Mapping[str, Sequence[Collection[str]]] = {
    "ColorStyle": ({"rgbColor", "themeColor"},),
    "ConditionalFormatRule": ({"booleanRule", "gradientRule"},),
    "DataFilter": ({"a1Range", "developerMetadataLookup", "gridRange"},),
    "EmbeddedObjectPosition": ({"newSheet", "overlayPosition", "sheetId"},),
    "ExtendedValue": ({"boolValue", "errorValue", "formulaValue", "numberValue", "stringValue"},),
    "UpdateCellsRequest": ({"range", "start"},),
    "ChartSpec": (
        {
            "basicChart",
            "bubbleChart",
            "candlestickChart",
            "histogramChart",
            "orgChart",
            "pieChart",
            "scorecardChart",
            "treemapChart",
            "waterfallChart",
        },
    ),
}
"""Fields of which an object holds one at most: "union fields" in Google's reference pages, which its documents leave
out."""


def resembling(name: object, known: Iterable[str]) -> str:
    """Words on an unknown name that do not repeat it.

    >>> resembling("startRow", ["startRowIndex", "endRowIndex"])
    'a name that Google does not know (nearest: startRowIndex)'
    """
    near = _nearest(str(name)[:80], tuple(known))
    return "a name that Google does not know" + (f" (nearest: {near})" if near else "")


@lru_cache(maxsize=64)
def _nearest(name: str, known: tuple[str, ...]) -> str:
    return next(iter(get_close_matches(name, known, n=1)), "")


def kind_of(value: object) -> str:
    """What a value is, in JSON's words."""
    return "null" if value is None else _KINDS.get(type(value), "something that is not JSON")


class Checks:
    """The checks of a document's types, each made when it is first asked for."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._made: dict[str, Check] = {}

    def of(self, name: str) -> Check:
        """The check of a type of the document."""
        if name not in self._made:
            self._made[name] = self._check(self._document.types[name], name)
        return self._made[name]

    def _check(self, told: Type, name: str = "") -> Check:
        if told.kind == "named":
            return self._later(told.name)
        if told.kind == "object":
            fields = {key: self._check(one) for key, one in told.fields.items()}
            return _object(fields, None if told.each is None else self._check(told.each), ONE_OF.get(name, ()))
        if told.kind == "array" and told.each is not None:
            return _array(self._check(told.each))
        return _plain(told)

    def _later(self, name: str) -> Check:
        """Types hold one another in circles, so a named one is looked up when a value comes."""
        made, of = self._made, self.of

        def check(value: object) -> Sequence[str]:
            return (made.get(name) or of(name))(value)

        return check


def _object(fields: Mapping[str, Check], other: Check | None, one_of: Sequence[Collection[str]]) -> Check:
    def strange(key: object, item: object) -> Sequence[str]:
        if other is None:
            return (f": {resembling(key, fields)}",)
        return FINE if item is None else [f".*{fault}" for fault in other(item)]

    def check(value: object) -> Sequence[str]:
        if not isinstance(value, dict):
            return _unlike("object", value)
        faults: Sequence[str] = FINE
        for key, item in value.items():
            known = fields.get(key)
            if known is None:
                faults = [*faults, *strange(key, item)]
            elif item is not None:  # null is as good as left out, in the JSON of Google's services
                found = known(item)
                if found:
                    faults = [*faults, *(f".{key}{fault}" for fault in found)]
        return [*faults, *_too_many(value, one_of)] if one_of else faults

    return check


def _too_many(value: Mapping[object, object], one_of: Sequence[Collection[str]]) -> Sequence[str]:
    both = (sorted(key for key in group if value.get(key) is not None) for group in one_of)
    return [f": only one of {', '.join(names)} may be there" for names in both if len(names) > 1]


def _array(each: Check) -> Check:
    def check(value: object) -> Sequence[str]:
        if not isinstance(value, list | tuple):
            return _unlike("array", value)
        faults: list[str] = []
        for i, item in enumerate(value):
            found = each(item)
            if found:
                faults += (f"[{i}]{fault}" for fault in found)
        return faults

    return check


def _plain(told: Type) -> Check:
    if told.kind == "string":
        return _string(told)
    return {"boolean": _boolean, "integer": _integer, "number": _number, "any": _anything}[told.kind]


def _string(told: Type) -> Check:
    form = _FORMS.get(told.form)
    if told.words:
        return _word(told.words)
    if form is None:
        return lambda value: FINE if isinstance(value, str) else _unlike("string", value)

    def check(value: object) -> Sequence[str]:
        if told.form == "int64" and isinstance(value, int) and not isinstance(value, bool):
            return FINE if -_INT64 <= value < _INT64 else (": too large a whole number",)
        if not isinstance(value, str):
            return _unlike("string", value)
        return FINE if form.fullmatch(value) else (f": not written as {told.form}",)

    return check


def _word(words: frozenset[str]) -> Check:
    some = ", ".join(sorted(words)[:6]) + (", ..." if len(words) > 6 else "")

    def check(value: object) -> Sequence[str]:
        if not isinstance(value, str):
            return _unlike("string", value)
        return FINE if value in words else (f": not one of {some}",)

    return check


def _boolean(value: object) -> Sequence[str]:
    return FINE if isinstance(value, bool) else _unlike("boolean", value)


def _integer(value: object) -> Sequence[str]:
    if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, float) and value.is_integer())):
        return _unlike("integer", value)
    return FINE if -_INT32 <= value < _INT32 else (": too large a whole number",)


def _number(value: object) -> Sequence[str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _unlike("number", value)
    return FINE if math.isfinite(value) else (": not a finite number",)


def _anything(value: object) -> Sequence[str]:
    """A cell of a range of values: whatever it is, it is one value."""
    if isinstance(value, float):
        return FINE if math.isfinite(value) else (": not a finite number",)
    return FINE if value is None or isinstance(value, str | int) else _unlike("one value", value)


def _unlike(wanted: str, value: object) -> Sequence[str]:
    return (f": {wanted} expected, {kind_of(value)} given",)
