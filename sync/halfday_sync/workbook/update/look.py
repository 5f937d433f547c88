r"""What a cell format looks like, whoever wrote it down: programs say the same in many ways."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.etree import ElementTree as ET

from halfday_sync.workbook.package import MAIN

Said = tuple[object, ...]
"""A part of a look as plain values that can be compared."""

_UNSEEN = {"family", "charset", "scheme"}
"""What of a font only helps to find another one where it is not installed."""
_SIDES = {"start": "left", "end": "right"}
_THEME = {"0": "FFFFFF", "1": "000000"}
_INDEXED = {"8": "000000", "9": "FFFFFF", "64": "", "65": ""}
_DEFAULTS = {
    *(("horizontal", "general"), ("vertical", "bottom"), ("textRotation", "0"), ("indent", "0"), ("wrapText", "0")),
    *(("shrinkToFit", "0"), ("justifyLastLine", "0"), ("readingOrder", "0"), ("relativeIndent", "0")),
}
_TRUTH = {"true": "1", "false": "0"}
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm", 37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)",
    39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0",
    48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""Number formats that have a number and no code in a file (ECMA-376-1, 18.8.30)."""


class Look(NamedTuple):
    """A cell format by what it does: two that are equal look and behave the same."""

    font: Said
    fill: Said
    border: Said
    number: str
    alignment: Said
    is_open: bool
    is_hidden: bool
    more: Said


def looks(styles: ET.Element) -> Sequence[Look]:
    """The cell formats of a workbook, by the number that cells write.

    Args:
        styles: the root of its `xl/styles.xml`.
    """
    fonts, fills, borders = (
        [make(row) for row in styles.iterfind(f"{MAIN}{name}/*")]
        for name, make in (("fonts", font), ("fills", fill), ("borders", border))
    )
    codes = number_codes(styles)
    return [
        Look(
            _at(fonts, row.get("fontId")),
            _at(fills, row.get("fillId")),
            _at(borders, row.get("borderId")),
            plain_code(code_of(codes, row.get("numFmtId"))),
            *_behaviour(row),
        )
        for row in styles.iterfind(f"{MAIN}cellXfs/{MAIN}xf")
    ]


def _at(found: Sequence[Said], index: str | None) -> Said:
    at = int(index or 0)
    return found[at] if at < len(found) else ()


def _behaviour(row: ET.Element) -> tuple[Said, bool, bool, Said]:
    alignment = tuple(sorted(set(_said(row.find(f"{MAIN}alignment"))) - _DEFAULTS))
    protection = dict(_said(row.find(f"{MAIN}protection")))
    more = [name for name in ("quotePrefix", "pivotButton") if truth(row.get(name))]
    more += [ET.tostring(child, "unicode") for child in row if child.tag == f"{MAIN}extLst"]
    return alignment, protection.get("locked", "1") == "0", protection.get("hidden", "0") == "1", tuple(more)


def _said(row: ET.Element | None) -> Iterator[tuple[str, str]]:
    return ((name, _TRUTH.get(value, value)) for name, value in (row.attrib.items() if row is not None else ()))


def truth(text: str | None) -> bool:
    """Whether an attribute says yes."""
    return text in {"1", "true"}


def number_codes(styles: ET.Element) -> Mapping[int, str]:
    """The codes of number formats by their numbers."""
    own = {int(row.get("numFmtId", "0")): row.get("formatCode", "") for row in styles.iterfind(f"{MAIN}numFmts/*")}
    return BUILT_IN | own


def code_of(codes: Mapping[int, str], number: str | None) -> str:
    """The code of a number format; `#44` for one whose code depends on the country."""
    return codes.get(int(number or 0), f"#{number}")


def plain_code(code: str) -> str:
    r"""A number format without the marks that say of a character that it stands for itself.

    >>> plain_code('ddd\\ d\\ mmm", "hh:mm') == plain_code("ddd d mmm, hh:mm")
    True
    >>> plain_code('0", "0') == plain_code("0, 0"), plain_code("GENERAL")
    (False, 'General')
    """
    bare = re.sub(r'"[^"]*"|\\.', "", code)
    for_itself = " -/:()+" + ("" if re.search("[0#?]", bare) else ",")
    parts = re.findall(r'"([^"]*)"|\\(.)|([_*].|\[[^\]]*\]|.)', code, re.DOTALL)
    found = [
        marked or "".join(one if one in for_itself else f"\\{one}" for one in quoted + escaped)
        for quoted, escaped, marked in parts
    ]
    text = "".join(found)
    return "General" if text.lower() == "general" else text


def colour(row: ET.Element | None) -> str:
    """A colour as RRGGBB; empty for what the program chooses itself."""
    if row is None or truth(row.get("auto")):
        return ""
    if (rgb := row.get("rgb")) is not None:
        return rgb[-6:].upper()
    if (theme := row.get("theme")) is not None:
        tint = float(row.get("tint") or 0)
        return _THEME[theme] if theme in _THEME and not tint else f"theme {theme} {tint:.3f}"
    indexed = row.get("indexed")
    return _INDEXED.get(indexed, f"indexed {indexed}") if indexed is not None else ""


def font(row: ET.Element) -> Said:
    """A font by what is seen of it."""
    found: list[object] = []
    for part in row:
        name, value = part.tag.rpartition("}")[2], part.get("val")
        if name in _UNSEEN or value in {"0", "false", "none", "baseline"}:
            continue
        if name == "color":
            found.append((name, colour(part) or "000000"))
        elif name == "sz":
            found.append((name, f"{float(value or 0):g}"))
        else:
            found.append((name, "" if value in {None, "1", "true", "single"} else value))
    known = {str(one[0]) for one in found if isinstance(one, tuple)}
    return tuple(sorted([*found, *([] if "color" in known else [("color", "000000")])], key=str))


def fill(row: ET.Element) -> Said:
    """A fill by what is seen of it: behind a solid one there is nothing."""
    pattern = row.find(f"{MAIN}patternFill")
    if pattern is None:
        return ("other", ET.tostring(row[0], "unicode")) if len(row) else ()
    kind = pattern.get("patternType", "none")
    front, back = (colour(pattern.find(f"{MAIN}{name}")) for name in ("fgColor", "bgColor"))
    if kind == "none":
        return ()
    return (kind, front) if kind == "solid" else (kind, front, back)


def border(row: ET.Element) -> Said:
    """The lines of a border that are drawn."""
    found = []
    for side in row:
        name, style = side.tag.rpartition("}")[2], side.get("style", "none")
        if style == "none":
            continue
        drawn = tuple(key for key in ("diagonalUp", "diagonalDown") if name == "diagonal" and truth(row.get(key)))
        found.append((_SIDES.get(name, name), style, colour(side.find(f"{MAIN}color")) or "000000", *drawn))
    return tuple(sorted(found))


def laid_over(row: ET.Element) -> Said:
    """What a conditional format lays over a cell. In its fill, the colour behind is the one that is seen."""
    made: dict[str, Callable[[ET.Element], Said]] = {"font": _font_over, "fill": _fill_over, "border": border}
    found = []
    for part in row:
        name = part.tag.rpartition("}")[2]
        said = made[name](part) if name in made else (ET.tostring(part, "unicode"),)
        if said:
            found.append((name, said))
    return tuple(sorted(found, key=str))


def _font_over(row: ET.Element) -> Said:
    found = []
    for part in row:
        name, value = part.tag.rpartition("}")[2], part.get("val")
        said = colour(part) if name == "color" else _TRUTH.get(value or "1", value or "1")
        found.append((name, said))
    return tuple(sorted(found))


def _fill_over(row: ET.Element) -> Said:
    pattern = row.find(f"{MAIN}patternFill")
    if pattern is None:
        return (ET.tostring(row, "unicode"),)
    kind = pattern.get("patternType", "solid")
    front, back = (colour(pattern.find(f"{MAIN}{name}")) for name in ("fgColor", "bgColor"))
    return (kind, back or front) if kind == "solid" else (kind, front, back)
