"""The look: named styles of `styles.toml` as formats of the workbook that is being built, each made once."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from halfday_sync.workbook.layout import document

_DASHES = 3


def colour(name: str) -> str:
    """A colour of the palette, as `#RRGGBB`."""
    return str(document("styles")["colour"][name])


def font() -> dict[str, Any]:
    """The one typeface, and its size for text."""
    said = document("styles")["font"]
    return {"font_name": said["name"], "font_size": said["text"]}


def row_sizes() -> dict[str, float]:
    """Points: for a line of text, around it, and the least for a row."""
    found: dict[str, float] = document("styles")["row"]
    return found


@cache
def number_format(name: str) -> str:
    """The number format of a column's format; general text has none of its own."""
    return str(document("styles")["format"].get(name, "General"))


def contrast(ink: str, fill: str) -> float:
    """The contrast of two colours (WCAG 2.2).

    >>> round(contrast("#000000", "#FFFFFF"), 1)
    21.0
    """
    light, dark = sorted((_luminance(ink), _luminance(fill)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(text: str) -> float:
    parts = [int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class Styles:
    """Formats by name, made when first asked for."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[Any, ...], Any] = {}

    def __call__(self, name: str, num: str = "general", fill: str = "") -> Any:
        """A named style, with a number format and a fill of its own where given."""
        key = (name, num, fill)
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._workbook.add_format(_properties(name, num, fill))
        return made

    def words(self, name: str) -> Any:
        """What a conditional format lays over a word: a soft fill from the palette, dark ink."""
        key = ("words", name)
        made = self._made.get(key)
        if made is None:
            wanted = {"bg_color": colour(name), "font_color": colour("ink")}
            made = self._made[key] = self._workbook.add_format(wanted)
        return made

    @property
    def stale(self) -> Any:
        """What a conditional format lays over old freshness lines."""
        made = self._made.get(("stale",))
        if made is None:
            made = self._made["stale",] = self._workbook.add_format({"font_color": colour("warning"), "bold": True})
        return made

    @property
    def trying(self) -> Any:
        """What a conditional format lays over a cell that somebody's try has changed: italics in a dashed frame."""
        made = self._made.get(("trying",))
        if made is None:
            said = document("styles")["trying"]
            wanted = {"italic": said["italic"], "border": _DASHES, "border_color": colour(said["line"])}
            made = self._made["trying",] = self._workbook.add_format(wanted)
        return made


def _properties(name: str, num: str, fill: str) -> dict[str, Any]:
    sheet = document("styles")
    said = sheet["style"][name]
    pair = sheet["pair"][said["pair"]]
    found = {
        "font_name": sheet["font"]["name"],
        "font_size": sheet["font"]["title" if said.get("title") else "text"],
        "font_color": colour(pair["ink"]),
        "bold": said.get("bold", False),
        "valign": "top" if said.get("top") else "vcenter",
        "text_wrap": said.get("wrap", False),
        "align": said.get("align", "left"),
        "indent": said.get("indent", 0),
        "num_format": number_format(num),
        "locked": not said.get("open", False),
    }
    if said.get("under"):
        found["underline"] = 1
    if fill or pair["fill"] != "paper":
        found["bg_color"] = colour(fill or pair["fill"])
    if said.get("line"):
        found |= {"bottom": 1, "bottom_color": colour("line")}
    if said.get("rule"):
        found |= {"bottom": 2, "bottom_color": colour("accent")}
    return found


def stage_words(styles: Styles, count: int) -> dict[str, Any]:
    """The formats of "Stage 1" and so on: the last stage is red, and the colours before it grow calmer."""
    ramp: Sequence[str] = document("styles")["words"]["stages"]
    names = [ramp[max(0, len(ramp) - count + n)] for n in range(count)]
    return {f"Stage {n}": styles.words(name) for n, name in enumerate(names, 1)}
