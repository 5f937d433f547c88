"""The door for hosts that have no xlwings: a browser page with Pyodide, LibreOffice. Values in, a value out.

What a cell holds comes as the host has it: one value or a matrix of rows; an empty cell as nothing, "" or 0; a date as
a serial number; an error cell of Office.js as `{"type": "Error", "basicValue": "#N/A"}`. Dates go back as serial
numbers, blanks as "". Nothing is ever raised.
"""

import gc
import json
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import Any

from halfday import reference, udfs
from halfday.functions.arguments import EXCEL_DAY_0, instead

Answer = str | float | int | bool


@cache
def _callables() -> dict[str, tuple[Callable[..., Any], tuple[bool, ...], int]]:
    """By name: the function, which arguments are tables, and how many must be there."""
    return {
        entry.name: (
            getattr(udfs, entry.name),
            tuple(one.table for one in entry.parameters),
            sum(not one.optional for one in entry.parameters),
        )
        for entry in reference.entries()
    }


def answer(name: str, args: Sequence[object]) -> Answer:
    """What a cell function answers.

    >>> answer("ATT_PA", [[[315]], 350]), answer("ATT_PA", [0, [[None]]])
    ('Yes', '')
    >>> answer("ATT_BADN", [])
    "#There is no function 'ATT_BADN'; did you mean 'ATT_BAND'?"
    """
    found = _callables().get(name)
    if found is None:
        return f"#There is no function {name!r}{instead(name, _callables())}"
    function, tables, least = found
    if not least <= len(args) <= len(tables):
        entry = reference.entry(name)
        return f"#{name}: write it as {entry.signature}" if entry else ""
    given = [_table(arg) if table else _cell(arg) for arg, table in zip(args, tables, strict=False)]
    while len(given) > least and given[-1] is None:
        given.pop()
    return _out(function(*given))


def _table(arg: object) -> object:
    if isinstance(arg, list | tuple):
        return [[_value(cell) for cell in row] if isinstance(row, list | tuple) else _value(row) for row in arg]
    return _value(arg)


def _cell(arg: object) -> object:
    """One cell. Where a range was given instead, the function says so."""
    while isinstance(arg, list | tuple) and len(arg) == 1:
        arg = arg[0]
    return _value(arg)


def _value(cell: object) -> object:
    if isinstance(cell, dict):
        return cell.get("basicValue") if cell.get("type") == "Error" else cell.get("basicValue", "")
    return cell


def _out(value: Any) -> Answer:
    if isinstance(value, date):
        return (value - EXCEL_DAY_0).days
    return "" if value is None else value


def answer_all(request: str) -> str:
    """Answers to many calls at once, as JSON. One that is wrong answers its own sentence and disturbs no other.

    The request is `{"texts": [...], "calls": [{"name": ..., "args": [...]}]}`; in arguments, `{"text": n}` stands for
    text `n`, so that two thousand rows do not carry two thousand copies of the policy.

    >>> answer_all('{"texts": [], "calls": [{"name": "ATT_PA", "args": [[[315]], [[350]]]}]}')
    '{"answers": ["Yes"]}'
    """
    collects = gc.isenabled()
    gc.disable()  # it would look again and again through what stays to the end: a third of the time
    try:
        said = json.loads(request)
        texts: list[str] = said["texts"]
        answers = [answer(call["name"], [_with_texts(arg, texts) for arg in call["args"]]) for call in said["calls"]]
        return json.dumps({"answers": answers}, ensure_ascii=False)
    finally:
        if collects:
            gc.enable()


def _with_texts(arg: object, texts: Sequence[str]) -> object:
    kind = type(arg)
    if kind is list:
        return [_with_texts(cell, texts) for cell in arg]  # type: ignore[attr-defined]
    return texts[arg["text"]] if kind is dict and "text" in arg else arg  # type: ignore[index,operator]
