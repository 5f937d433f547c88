r"""One cell of a sheet's XML: read as a value, and written so that text stays text."""

import re
from collections.abc import Sequence
from html import unescape
from math import isfinite
from typing import NamedTuple
from xml.sax.saxutils import escape

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.layout import letters
from halfday_sync.workbook.update.seen import Cell, Value

_ATTRIBUTES = re.compile(rb'\s([A-Za-z][\w.:-]*)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_USUAL = re.compile(rb'<c r="[A-Z]+\d+"(?: s="(\d+)")?(?: t="(\w+)")?/?>')
"""How Excel and our own builder begin a cell."""
_VALUE = re.compile(rb"<v\b[^>]*?(?:/>|>(.*?)</v>)", re.DOTALL)
_FORMULA = re.compile(rb"<f\b([^>]*?)(?:/>|>(.*?)</f>)", re.DOTALL)
_PHONETIC = re.compile(rb"<rPh\b.*?</rPh>", re.DOTALL)
_TEXT = re.compile(rb"<t\b[^>]*?(?:/>|>(.*?)</t>)", re.DOTALL)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_COUNTED = {"s", "n"}
"""Kinds of cells in which a number stands: the value itself, or which text it is."""
LONGEST = 32_767
"""No cell holds more characters."""


class Formula(NamedTuple):
    """A formula as it stands in the file: its text, and for one that cells share, which it is.

    `whole` is the XML of the element, so that it can be kept to the byte.
    """

    text: str
    shared: str = ""
    whole: bytes = b""


def attributes(tag: bytes) -> dict[str, str]:
    """The attributes of a start tag."""
    found = _ATTRIBUTES.findall(tag.partition(b">")[0])
    return {name.decode(): unescape((one or other).decode()) for name, one, other in found}


def formula_of(xml: bytes) -> Formula | None:
    """The formula of a cell, if it has one."""
    found = _FORMULA.search(xml)
    if found is None:
        return None
    said = attributes(b"<f" + found[1])
    shared = said.get("si", "") if said.get("t") == "shared" else ""
    return Formula(_plain(found[2] or b""), shared, found[0])


def read(xml: bytes, strings: Sequence[str], shared: dict[str, str] | None = None) -> Cell:
    r"""A cell as what it holds.

    Args:
        xml: the whole element.
        strings: the shared strings of the workbook.
        shared: texts of shared formulas by number, of the cells before this one; a new one is added.

    Raises:
        SafetyError: it says that it is a number, or which text it is, and is not.

    >>> read(b'<c r="A1" s="3"><v>2101</v></c>', ())
    Cell(value=2101.0, formula='', style=3)
    >>> read(b'<c r="A1" t="inlineStr"><is><t>a &lt; b_x000D_</t></is></c>', ()).value
    'a < b\r'
    """
    usual = _USUAL.match(xml)
    if usual:
        style, kind = int(usual[1] or 0), (usual[2] or b"n").decode()
    else:
        said = attributes(xml)
        style, kind = int(said.get("s") or 0), said.get("t", "n")
    formula = ""
    if b"<f" in xml and (found := formula_of(xml)) is not None:
        formula = found.text
        if found.shared and shared is not None:
            formula = shared.setdefault(found.shared, formula) if formula else shared.get(found.shared, "")
        formula = formula or "?"  # part of an array or a data table: it is a formula, though not spelled out here
    return Cell(_value(xml, kind, strings), formula, style)


def _value(xml: bytes, kind: str, strings: Sequence[str]) -> Value:
    if kind == "inlineStr":
        return inline_text(xml)
    if b"<v" not in xml or (found := _VALUE.search(xml)) is None or not found[1]:
        return None
    text = found[1].decode()
    if kind in _COUNTED:
        try:
            return unescaped(strings[int(text)]) if kind == "s" else _finite(float(text))
        except (ValueError, IndexError) as fault:
            if not text.strip():
                return None
            raise _unreadable(xml) from fault
    return text.strip() == "1" if kind == "b" else unescaped(unescape(text))


def _finite(value: float) -> float:
    if not isfinite(value):
        raise ValueError(value)
    return value


def _unreadable(xml: bytes) -> SafetyError:
    return SafetyError(
        f"The cell {attributes(xml).get('r', '')} of a sheet holds something that is neither a number nor a text.",
        now="Open the workbook in Excel, save it once, and run again.",
    )


def inline_text(xml: bytes) -> str:
    """The text of a string element, its runs together, without the hints of how it is read aloud."""
    runs = _TEXT.findall(_PHONETIC.sub(b"", xml))
    return "".join(unescaped(_plain(run)) for run in runs)


def unescaped(text: str) -> str:
    r"""A text in which a file spells out what XML cannot hold.

    >>> unescaped("a_x0009_b_x005F_x0041_")
    'a\tb_x0041_'
    """
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def escaped(text: str) -> str:
    r"""A text as XML can hold it, and as Excel reads it back.

    >>> escaped("a\x07 _x0041_ <b>")
    'a_x0007_ _x005F_x0041_ &lt;b&gt;'
    """
    kept = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    return escape(_CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", kept))


def _plain(text: bytes) -> str:
    return unescape(text.decode())


def written(row: int, column: int, style: int, value: Value, formula: str | bytes = "") -> bytes:
    """A cell as XML. Text is text whatever it looks like; the value of a formula is stored beside it.

    Args:
        row: from 1.
        column: from 1.
        style: the number of its format in this workbook.
        value: what it holds.
        formula: without `=`; or the whole element of a formula that is to stay as it is.
    """
    look = f' s="{style}"' if style else ""
    start = f'<c r="{letters(column - 1)}{row}"{look}'
    if formula:
        told = formula if isinstance(formula, bytes) else f"<f>{escape(formula)}</f>".encode()
        return _beside(start, told, value)
    if value is None or value == "":
        return f"{start}/>".encode()
    if isinstance(value, bool):
        return f'{start} t="b"><v>{int(value)}</v></c>'.encode()
    if isinstance(value, str):
        return f'{start} t="inlineStr"><is><t xml:space="preserve">{escaped(value[:LONGEST])}</t></is></c>'.encode()
    return f"{start}><v>{number(value)}</v></c>".encode()


def _beside(start: str, formula: bytes, value: Value) -> bytes:
    if value is None or isinstance(value, str):
        kind, text = ' t="str"', escaped((value or "")[:LONGEST])
    elif isinstance(value, bool):
        kind, text = ' t="b"', str(int(value))
    else:
        kind, text = "", number(value)
    return f"{start}{kind}>".encode() + formula + f"<v>{text}</v></c>".encode()


def number(value: float) -> str:
    """A number as a file holds it.

    >>> number(3.0), number(0.1), number(45996)
    ('3', '0.1', '45996')
    """
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
