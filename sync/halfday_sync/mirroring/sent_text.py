"""What a sync wrote, as the store keeps it: compressed text of its own, which any later version can read or refuse."""

import json
import zlib
from collections.abc import Mapping
from datetime import date

from halfday_sync.sheets.model import Rule, Sent, Value

_SHAPE = 1
"""The number of this shape. What was kept in another one is as if it had not been kept."""


def dump(sent: Sent) -> bytes:
    """What was sent, as bytes."""
    told = {
        "shape": _SHAPE,
        "stamp": sent.stamp,
        "cells": {page: _by_row(cells) for page, cells in sent.cells.items()},
        "charts": {str(number): words for number, words in sent.charts.items()},
        "rules": {page: [[one.column, one.text, one.colour] for one in rules] for page, rules in sent.rules.items()},
    }
    return zlib.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())


def load(data: bytes) -> Sent | None:
    """What was sent; nothing where it was kept in another shape.

    Raises:
        ValueError: it is damaged.
    """
    try:
        told = json.loads(zlib.decompress(data))
    except zlib.error as error:
        raise ValueError("what was sent cannot be read") from error
    if told["shape"] != _SHAPE:
        return None
    return Sent(
        told["stamp"],
        {page: _by_cell(rows) for page, rows in told["cells"].items()},
        {int(number): words for number, words in told["charts"].items()},
        {page: tuple(Rule(*one) for one in rules) for page, rules in told["rules"].items()},
    )


_Plain = str | float | bool | list[str] | None
"""A value in JSON: a day is a list of one text."""


def _by_row(cells: Mapping[tuple[str, str], Value]) -> dict[str, dict[str, _Plain]]:
    found: dict[str, dict[str, _Plain]] = {}
    for (row, column), value in cells.items():
        found.setdefault(row, {})[column] = [value.isoformat()] if isinstance(value, date) else value
    return found


def _by_cell(rows: Mapping[str, Mapping[str, _Plain]]) -> dict[tuple[str, str], Value]:
    return {
        (row, column): date.fromisoformat(value[0]) if isinstance(value, list) else value
        for row, cells in rows.items()
        for column, value in cells.items()
    }
