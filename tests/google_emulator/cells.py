"""One cell: what is in it, how typed text is understood, and how a value is shown."""

import ast
import datetime as dt
import operator
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.google_emulator import masks
from tests.google_emulator.replies import TOO_LONG, Json, bad

Value = str | int | float | bool

DAY_ZERO = dt.date(1899, 12, 30)
LONGEST = 50_000
_EXACT = 2**53
_SUMS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_THOUSANDS = {"type": "NUMBER", "pattern": "#,##0.00"}
_ISO_DATE = {"type": "DATE", "pattern": "yyyy-mm-dd"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; never changed, only replaced, so that a copy of a sheet is cheap.

    Attributes:
        value: what it comes to; None where nothing is entered.
        formula: what was entered, where that is a formula.
        format: `userEnteredFormat`.
        rest: the other things a cell holds (dataValidation, textFormatRuns, …), by name.
    """

    value: Value | None = None
    formula: str = ""
    format: Json | None = None
    note: str = ""
    rest: Json | None = None


EMPTY = Cell()


def entered(cell: Cell, value: Value, locale: str = "en_US") -> Cell:
    """The cell after somebody typed the value, or sent it as USER_ENTERED."""
    number_format = (cell.format or {}).get("numberFormat", {})
    if not isinstance(value, str) or number_format.get("type") == "TEXT":
        return raw(cell, value)
    if value.startswith("=") or (value.startswith("+") and len(value) > 1):
        formula = value if value.startswith("=") else "=" + value
        return replace(cell, value=result(value.removeprefix("=")), formula=formula)
    understood, number_format = _understood(value, locale)
    cell = raw(cell, understood)
    if number_format and "numberFormat" not in (cell.format or {}):
        cell = replace(cell, format={**(cell.format or {}), "numberFormat": number_format})
    return cell


def raw(cell: Cell, value: Value) -> Cell:
    """The cell with exactly this value; empty text empties it."""
    if isinstance(value, str) and len(value) > LONGEST:
        raise bad(TOO_LONG)
    if isinstance(value, float) and value == int(value) and abs(value) < _EXACT:
        value = int(value)  # JSON has one kind of number, and Google writes 5, never 5.0
    return replace(cell, value=None if value == "" else value, formula="")


def _understood(text: str, locale: str) -> tuple[Value, Json | None]:
    if text.startswith("'"):
        return text[1:], None
    if text.upper() in {"TRUE", "FALSE"}:
        return text.upper() == "TRUE", None
    return _numbered(text) or _dated(text, locale) or (text, None)


def _numbered(text: str) -> tuple[Value, Json | None] | None:
    if "," in text and re.fullmatch(r"-?\d{1,3}(,\d{3})*\.\d\d", text):
        return float(text.replace(",", "")), _THOUSANDS
    if re.fullmatch(r"-?\d+", text):
        return int(text), None
    if re.fullmatch(r"-?\d*\.\d+", text):
        return float(text), None
    if found := re.fullmatch(r"(-?\d+(?:\.\d+)?)%", text):
        return float(found[1]) / 100, {"type": "PERCENT", "pattern": "0.00%" if "." in text else "0%"}
    return None


def _dated(text: str, locale: str) -> tuple[Value, Json | None] | None:
    """Dates as 2026-09-01 everywhere, and with slashes in the order of the file's locale."""
    month_first = locale == "en_US"
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return (dt.date.fromisoformat(text) - DAY_ZERO).days, _ISO_DATE
        if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
            first, second, year = int(found[1]), int(found[2]), int(found[3])
            day = dt.date(year, first, second) if month_first else dt.date(year, second, first)
            return (day - DAY_ZERO).days, {"type": "DATE", "pattern": "m/d/yyyy" if month_first else "dd/mm/yyyy"}
    except ValueError:
        return None
    return None


def result(source: str) -> Value:
    """What a formula of numbers comes to; anything else is `#NAME?`, for this is no spreadsheet engine."""
    try:
        return _worked(ast.parse(source.strip(), mode="eval").body)
    except ZeroDivisionError:
        return "#DIV/0!"
    except (ValueError, SyntaxError):
        return "#NAME?"


def _worked(node: ast.AST) -> int | float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in _SUMS:
        answer: int | float = _SUMS[type(node.op)](_worked(node.left), _worked(node.right))
        return answer
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return -_worked(node.operand) if isinstance(node.op, ast.USub) else _worked(node.operand)
    raise ValueError(node)


def shown(cell: Cell) -> str:
    """The value as a person sees it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    return _number(value, (cell.format or {}).get("numberFormat", {}))


def _number(value: float, number_format: Json) -> str:
    kind, pattern = number_format.get("type", ""), number_format.get("pattern", "")
    if kind == "DATE":
        return _date(value, pattern or "m/d/yyyy")
    if kind == "PERCENT":
        return f"{value * 100:.{_decimals(pattern)}f}%"
    if kind == "NUMBER" and pattern:
        comma = "," if "," in pattern else ""
        return f"{value:{comma}.{_decimals(pattern)}f}"
    return str(int(value)) if value == int(value) else f"{value:.10g}"


def _decimals(pattern: str) -> int:
    return len(pattern.partition(".")[2].rstrip("%"))


def _date(days: float, pattern: str) -> str:
    day = DAY_ZERO + dt.timedelta(days=int(days))
    parts = {
        "yyyy": f"{day:%Y}",
        "mmmm": f"{day:%B}",
        "mmm": f"{day:%b}",
        "mm": f"{day:%m}",
        "dddd": f"{day:%A}",
        "ddd": f"{day:%a}",
        "dd": f"{day:%d}",
        "m": str(day.month),
        "d": str(day.day),
    }
    return re.sub(r"yyyy|m{1,4}|d{1,4}", lambda found: parts[found[0]], pattern)


def rendered(cell: Cell, option: str, dates: str) -> Value:
    """The value as a values reply gives it, by valueRenderOption and dateTimeRenderOption."""
    if cell.value is None:
        return ""
    if option == "FORMULA":
        return cell.formula or cell.value
    if option == "UNFORMATTED_VALUE":
        is_date = (cell.format or {}).get("numberFormat", {}).get("type") == "DATE"
        return shown(cell) if is_date and dates == "FORMATTED_STRING" else cell.value
    return shown(cell)


def typed(value: Value) -> Json:
    """The value as an ExtendedValue."""
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"numberValue": value} if isinstance(value, int | float) else {"stringValue": value}


def data(cell: Cell, wanted: masks.Tree) -> Json:
    """The CellData of a reply; `wanted` names what the mask asks for, empty for all."""
    found: Json = {}
    if cell.value is not None:
        found["userEnteredValue"] = {"formulaValue": cell.formula} if cell.formula else typed(cell.value)
        if not wanted or "effectiveValue" in wanted:
            found["effectiveValue"] = typed(cell.value)
        if not wanted or "formattedValue" in wanted:
            found["formattedValue"] = shown(cell)
    if cell.format:
        found["userEnteredFormat"] = cell.format
    if cell.note:
        found["note"] = cell.note
    if cell.rest:
        found |= cell.rest
    return found


def updated(cell: Cell, given: Json, tree: masks.Tree) -> Cell:
    """The cell after updateCells or repeatCell."""
    everything = "*" in tree
    if everything or "userEnteredValue" in tree:
        cell = _with_value(cell, given.get("userEnteredValue") or {})
    if everything or "note" in tree:
        cell = replace(cell, note=given.get("note") or "")
    if everything or "userEnteredFormat" in tree:
        below = {} if everything else tree["userEnteredFormat"]
        source = given.get("userEnteredFormat") or {}
        made = masks.assigned(_one_form(cell.format or {}, below), source, below) if below else dict(source)
        cell = replace(cell, format=_coloured(made) or None)
    others = {"dataValidation", "textFormatRuns", "hyperlink", "pivotTable", "chipRuns"}
    others &= others if everything else set(tree)
    if others:
        rest = {key: item for key, item in (cell.rest or {}).items() if key not in others}
        rest |= {key: given[key] for key in others if given.get(key)}
        cell = replace(cell, rest=rest or None)
    return cell


def _with_value(cell: Cell, value: Json) -> Cell:
    if len(value) > 1:
        raise bad("Invalid value at 'user_entered_value' (oneof), oneof field 'value' is already set.")
    if "formulaValue" in value:
        return replace(cell, value=result(value["formulaValue"].removeprefix("=")), formula=value["formulaValue"])
    return raw(cell, next(iter(value.values()), ""))


def _one_form(held: Json, tree: Json) -> Json:
    """A format without the other form of the colours that a mask names: the new one counts for both."""
    other = {key.removesuffix("Style") if key.endswith("Style") else f"{key}Style" for key in tree if "Color" in key}
    kept = {key: item for key, item in held.items() if key not in other - set(tree)}
    return kept | {
        key: _one_form(kept[key], tree[key]) for key in tree if isinstance(kept.get(key), dict) and tree[key]
    }


def _coloured(made: Json) -> Json:
    """Colours come back in both forms, as Google keeps them in eight bits (recorded: 0.5 becomes 0.49803922)."""
    out = dict(made)
    for key, item in made.items():
        if key in {"backgroundColor", "foregroundColor"} and isinstance(item, dict):
            out[key] = eight_bits(item)
            out[key + "Style"] = {"rgbColor": out[key]}
        elif key in {"backgroundColorStyle", "foregroundColorStyle"} and "rgbColor" in item:
            out[key] = {"rgbColor": eight_bits(item["rgbColor"])}
            out[key.removesuffix("Style")] = out[key]["rgbColor"]
        elif isinstance(item, dict):
            out[key] = _coloured(item)
    return out


def eight_bits(colour: Json) -> Json:
    """A colour as Google stores it; parts that are nothing are left out."""
    return {part: _eighth(amount) for part, amount in colour.items() if amount}


def _eighth(amount: float) -> float:
    single: float = struct.unpack("f", struct.pack("f", int(amount * 255) / 255))[0]
    return float(f"{single:.9g}")
