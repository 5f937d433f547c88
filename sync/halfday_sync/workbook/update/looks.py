"""The formats of a fresh workbook, found or added among those of the workbook that people work in."""

import re
from collections.abc import Sequence
from functools import cached_property
from xml.etree import ElementTree as ET

from halfday_sync.workbook.package import MAIN
from halfday_sync.workbook.update.look import (
    BUILT_IN,
    Look,
    Said,
    border,
    code_of,
    fill,
    font,
    laid_over,
    looks,
    number_codes,
    plain_code,
)
from halfday_sync.workbook.update.markup import (
    Node,
    Splice,
    attribute,
    counted,
    parsed,
    spliced,
    start_tag,
    with_attributes,
    with_children,
)

_PART = "xl/styles.xml"
_OWN = 164
"""Number formats of a workbook's own are numbered from here."""
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles")
_LOCK = re.compile(rb"<protection\b[^>]*?(?:/>|>\s*</protection>)")
_ALIGNED = re.compile(rb"\s*<alignment\b[^>]*?(?:/>|>\s*</alignment>)")
_SCHEME = re.compile(rb"<scheme\b[^>]*/>")
"""Ties a font to the theme. The theme is people's, the font is named."""


class Looks:
    """The formats of the workbook that people work in; what it lacks of the fresh one is added at the end.

    Every number is the position that cells write in `s`. `data` gives the styles with all that was asked for.

    Raises:
        SafetyError: one of the two is written in a way that cannot be added to with certainty.
    """

    def __init__(self, now_styles: bytes, fresh_styles: bytes) -> None:
        self._now, self._fresh = _Styles(now_styles), _Styles(fresh_styles)
        self._added: dict[str, list[bytes]] = {}
        self._looks = list(self._now.looks)
        self._xfs = [self._now.raw(node) for node in self._now.children("cellXfs")]
        self._by_look = _places(self._looks)
        self._parts = {
            name: _places([make(row) for row in self._now.tree.iterfind(f"{MAIN}{name}/*")])
            for name, make in _MAKE.items()
        }
        self._lengths = {name: len(self._now.children(name)) for name in _ORDER}
        self._codes = dict(number_codes(self._now.tree))
        self._seen: dict[int, int] = {}
        self._laid: dict[int, int] = {}

    def xf(self, fresh_index: int) -> int:
        """The cell format of this workbook that looks like one of the fresh workbook."""
        found = self._seen.get(fresh_index)
        if found is None:
            look = self._fresh.looks[fresh_index]
            found = self._by_look.get(look)
            found = self._seen[fresh_index] = self._add(fresh_index, look) if found is None else found
        return found

    def dxf(self, fresh_index: int) -> int:
        """What a conditional format lays over cells: the one of this workbook like one of the fresh workbook."""
        found = self._laid.get(fresh_index)
        if found is None:
            found = self._laid[fresh_index] = self._part("dxfs", str(fresh_index))
        return found

    def with_number(self, now_index: int, code: str) -> int:
        """A cell format of this workbook like another one of it, but for the code of its number format."""
        look = self._looks[now_index]._replace(number=plain_code(code))
        if look == self._looks[now_index]:
            return now_index
        found = self._by_look.get(look)
        if found is not None:
            return found
        changes: dict[str, str | None] = {"numFmtId": str(self._number(code)), "applyNumberFormat": "1"}
        return self._append(with_attributes(self._xfs[now_index], changes), look)

    def opened(self, now_index: int, *, is_open: bool) -> int:
        """A cell format of this workbook like another one of it, but for whether people may type in a locked page."""
        look = self._looks[now_index]._replace(is_open=is_open)
        found = self._by_look.get(look)
        if look == self._looks[now_index] or found is not None:
            return now_index if found is None else found
        raw = with_attributes(_LOCK.sub(b"", self._xfs[now_index]), {"applyProtection": "1"})
        kept = {"hidden": "1"} if look.is_hidden else {}
        lock = with_attributes(b"<protection/>", {"locked": "0" if is_open else "1", **kept})
        tag = start_tag(raw)
        rest = raw[len(tag) :] if not tag.endswith(b"/>") else b"</xf>"
        tag = tag if not tag.endswith(b"/>") else tag[:-2].rstrip() + b">"
        at = aligned.end() if (aligned := _ALIGNED.match(rest)) else 0
        return self._append(tag + rest[:at] + lock + rest[at:], look)

    def number_code(self, now_index: int) -> str:
        """The code of the number format of a cell format of this workbook; `#44` where it depends on the country."""
        found = re.search(rb"\snumFmtId\s*=\s*[\"'](\d+)", self._xfs[now_index])
        return code_of(self._codes, found[1].decode() if found else "0")

    def look(self, now_index: int) -> Look:
        """A cell format of this workbook by what it does."""
        return self._looks[now_index]

    def data(self) -> bytes:
        """The styles of this workbook with what was added; the same bytes where nothing was."""
        if not any(self._added.values()):
            return self._now.data
        return spliced(
            self._now.data, [self._section(name, more) for name in _ORDER if (more := self._added.get(name))]
        )

    # --- adding ------------------------------------------------------------------------------------------------------

    def _section(self, name: str, more: Sequence[bytes]) -> Splice:
        node = self._now.root.first(name)
        if node is not None:
            grown = with_children(counted(self._now.raw(node), len(more)), name, b"".join(more))
            return Splice(node.start, node.end, grown)
        later = (*_ORDER[_ORDER.index(name) + 1 :], "colors", "extLst")
        at = next((child.start for child in self._now.root.children if child.name in later), self._now.root.close)
        return Splice(at, at, f'<{name} count="{len(more)}">'.encode() + b"".join(more) + f"</{name}>".encode())

    def _add(self, fresh_index: int, look: Look) -> int:
        node = self._fresh.children("cellXfs")[fresh_index]
        said = node.attributes
        code = code_of(self._fresh.codes, said.get("numFmtId"))
        changes: dict[str, str | None] = {
            "numFmtId": said.get("numFmtId") if code.startswith("#") else str(self._number(code)),
            "xfId": "0",
        }
        for name, key in (("fonts", "fontId"), ("fills", "fillId"), ("borders", "borderId")):
            changes[key] = str(self._part(name, said.get(key, "0")))
        return self._append(with_attributes(self._fresh.raw(node), changes), look)

    def _append(self, raw: bytes, look: Look) -> int:
        self._added.setdefault("cellXfs", []).append(raw)
        self._looks.append(look)
        self._xfs.append(raw)
        return self._by_look.setdefault(look, len(self._looks) - 1)

    def _part(self, name: str, fresh_index: str) -> int:
        """A font, a fill, a border or what is laid over: its place here."""
        at = int(fresh_index)
        said = _MAKE[name](self._fresh.rows(name)[at])
        found = self._parts[name].get(said)
        if found is None:
            raw = _SCHEME.sub(b"", self._fresh.raw(self._fresh.children(name)[at]))
            added = self._added.setdefault(name, [])
            added.append(raw)
            found = self._parts[name][said] = self._lengths[name] + len(added) - 1
        return found

    def _number(self, code: str) -> int:
        wanted = plain_code(code)
        built_in = (number for number in BUILT_IN if number in self._codes)
        own = (number for number in self._codes if number >= _OWN)
        for number in (*built_in, *own):
            if plain_code(self._codes[number]) == wanted:
                return number
        number = max(_OWN - 1, *self._codes) + 1
        self._codes[number] = code
        new = f'<numFmt numFmtId="{number}" formatCode="{attribute(code)}"/>'
        self._added.setdefault("numFmts", []).append(new.encode())
        return number


_MAKE = {"fonts": font, "fills": fill, "borders": border, "dxfs": laid_over}


def looks_of(styles: bytes) -> Sequence[Look]:
    """The cell formats of any workbook by what they do.

    Raises:
        SafetyError: they cannot be read.
    """
    return _Styles(styles).looks


class _Styles:
    """A workbook's styles: read, and as bytes with places."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.root = parsed(data, _PART, "styleSheet")
        self.tree = ET.fromstring(data)  # noqa: S314  (read just now, and it has no rules of its own)

    @cached_property
    def looks(self) -> Sequence[Look]:
        return looks(self.tree)

    @cached_property
    def codes(self) -> dict[int, str]:
        return dict(number_codes(self.tree))

    def children(self, name: str) -> list[Node]:
        section = self.root.first(name)
        return section.children if section is not None else []

    def rows(self, name: str) -> Sequence[ET.Element]:
        return self.tree.findall(f"{MAIN}{name}/*")

    def raw(self, node: Node) -> bytes:
        return node.of(self.data)


def _places(found: Sequence[Look] | Sequence[Said]) -> dict[object, int]:
    places: dict[object, int] = {}
    for at, one in enumerate(found):
        places.setdefault(one, at)
    return places
