"""How cells of the Google copy look: formats, colours and rows of `mirror.toml`, with the palette of `styles.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from halfday_sync.sheets.model import AGENT, HEADER, ROW, SLT, Column
from halfday_sync.sheets.orders import Json
from halfday_sync.templates import templates_dir

TITLE = "title"


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour, each part from 0 to 255. Google keeps eight bits of each, and leaves a part of 0 out."""

    red: int
    green: int
    blue: int

    @property
    def json(self) -> Json:
        """As Google writes it: parts from 0 to 1.

        Google keeps eight bits and cuts off what is below them (recorded: 0.5 becomes 127/255), so each part is a
        quarter of a step more than it should be: whole after cutting as after rounding.
        """
        return {name: round(min(part + 0.25, 255) / 255, 5) if part else 0 for name, part in self._parts}

    @property
    def _parts(self) -> tuple[tuple[str, int], ...]:
        return ("red", self.red), ("green", self.green), ("blue", self.blue)


@cache
def _document(name: str) -> Mapping[str, Any]:
    return tomllib.loads((templates_dir() / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def pair(name: str) -> tuple[Colour, Colour]:
    """Ink and fill of a colour's name."""
    styles = _document("styles")
    said = styles["pair"][_document("mirror")["colour"][name]]
    ink, fill = (_colour(styles["colour"][said[part]]) for part in ("ink", "fill"))
    return ink, fill


def _colour(text: str) -> Colour:
    return Colour(*(int(text[at : at + 2], 16) for at in (1, 3, 5)))


def colours() -> tuple[str, ...]:
    """The names that a rule's colour may have."""
    return tuple(_document("mirror")["colour"])


def formats() -> tuple[str, ...]:
    """The names that a column's format may have."""
    return tuple(_document("mirror")["format"])


@cache
def number(name: str) -> str:
    """A format's number format as `TYPE pattern`, as `cells.Cell` has it; empty: Google's own choice.

    >>> number("percent"), number("text"), number("number")
    ('PERCENT 0.0%', 'TEXT', '')
    """
    said = _document("mirror")["format"][name]
    return f"{said.get('type', '')} {said.get('pattern', '')}".strip()


def number_json(name: str) -> Json:
    """A format's number format as Google writes it; empty: Google's own choice."""
    said = _document("mirror")["format"][name]
    wanted: Json = {key: said[key] for key in ("type", "pattern") if key in said}
    return {"numberFormat": wanted} if wanted else {}


def is_date(name: str) -> bool:
    """Whether a format shows days."""
    return number(name).startswith("DATE")


@cache
def row_look(look: str, format_: str, owner: str) -> Json:
    """The look of a cell: its row's, its column's or its own format, and whose it is. Not to be changed."""
    form = _document("mirror")["format"][format_]
    said = _document("mirror")["look"]
    name = f"{look}-slt" if owner == SLT and f"{look}-slt" in said else look
    row = said[name]
    wanted: Json = dict(number_json(format_))
    text: Json = {"bold": True} if row.get("bold") or form.get("bold") else {}
    if "size" in row:
        text["fontSize"] = row["size"]
    if "colour" in row:
        ink, fill = pair(row["colour"])
        white = Colour(255, 255, 255)
        wanted |= {"backgroundColorStyle": {"rgbColor": fill.json}} if fill != white else {}
        text |= {"foregroundColorStyle": {"rgbColor": ink.json}} if row["colour"] != "text" else {}
    if text:
        wanted["textFormat"] = text
    if row.get("wrap") or (form.get("wrap") and look == ROW):
        wanted["wrapStrategy"] = "WRAP"
    if "align" in form and look in (ROW, HEADER):
        wanted["horizontalAlignment"] = form["align"]
        if form["align"] == "RIGHT":  # figures must not run into the words of the next column
            wanted["padding"] = {"top": 2, "right": 9, "bottom": 2, "left": 3}
    wanted["verticalAlignment"] = "BOTTOM" if look == HEADER else "TOP"
    return wanted


def title_look() -> Json:
    """The look of the title and of the words beside it: they may run over the cells at the right."""
    return row_look(TITLE, "text", AGENT)


def header_look(column: Column) -> Json:
    """The look of a column's header."""
    return row_look(HEADER, column.format, column.owner)


def header(column: Column) -> str:
    """The words of a column's header: a pencil stands before those that people fill in."""
    sign = str(_document("mirror")["look"]["header-slt"]["sign"])
    return (
        f"{sign}{column.title}" if column.owner == SLT and not column.title.startswith(sign.strip()) else column.title
    )


@cache
def typeface() -> str:
    """The one typeface."""
    return str(_document("styles")["font"]["name"])


@cache
def chart_colours() -> tuple[Colour, ...]:
    """The colours of a chart's lines and bars, the first one for what matters most."""
    styles = _document("styles")
    return tuple(_colour(styles["colour"][name]) for name in _document("mirror")["look"]["charts"])
