"""What two workbooks have in common, feature by feature: everything a person may have put into one, whoever saved it.

Both files are read through their relationships and compared as what they say, not as how it is written: names of parts,
prefixes, numbers of formats and texts are for the writer to choose. Nothing is left out: a part or an element of which
this page has never heard is a feature by the name it has in the file.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from tests.features_graph import Graph, canonical, local
from tests.features_sheet import Found, SheetFeatures, digested
from tests.features_styles import Styles

Features = Mapping[str, Mapping[str, Counter[str]]]
"""By feature and place, all that is said there."""

_KINDS = {
    "chart": "Charts",
    "chartEx": "Charts, new kinds",
    "chartStyle": "Charts: style and colours",
    "chartColorStyle": "Charts: style and colours",
    "chartUserShapes": "Charts: shapes",
    "chartsheet": "Chart sheets",
    "drawing": "Drawings: shapes, pictures and where they stand",
    "vmlDrawing": "Drawings of notes and controls",
    "image": "Pictures",
    "comments": "Notes",
    "threadedComment": "Comments with answers",
    "person": "People who commented",
    "pivotTable": "Pivot tables",
    "pivotCacheDefinition": "Pivot caches",
    "pivotCacheRecords": "Pivot caches",
    "slicer": "Slicers",
    "slicerCache": "Slicers",
    "timeline": "Timelines",
    "timelineCache": "Timelines",
    "table": "Tables",
    "tableSingleCells": "Tables",
    "queryTable": "Query tables",
    "connections": "Connections",
    "powerPivotData": "Data model",
    "ctrlProp": "Controls",
    "control": "ActiveX controls",
    "activeXControlBinary": "ActiveX controls",
    "oleObject": "Embedded files",
    "package": "Embedded files",
    "vbaProject": "Macros",
    "vbaProjectSignature": "Macros",
    "customXml": "Custom XML",
    "customXmlProps": "Custom XML",
    "custom-properties": "Document properties",
    "extended-properties": "Document properties",
    "core-properties": "Document properties",
    "classificationlabels": "Sensitivity labels",
    "printerSettings": "Printer settings",
    "externalLink": "Links to other workbooks",
    "externalLinkPath": "Links to other workbooks",
    "sheetMetadata": "Dynamic arrays, pictures in cells, data types",
    "theme": "Theme",
    "xmlMaps": "XML maps",
    "origin": "Signatures",
    "signature": "Signatures",
    "webextension": "Web add-ins",
    "webextensiontaskpanes": "Web add-ins",
    "calcChain": "Order of calculation",
    "thumbnail": "Thumbnail",
}
_READ_APART = {"officeDocument", "worksheet", "styles", "sharedStrings"}
_BOOK_EACH = {
    "externalReferences": "Links to other workbooks",
    "pivotCaches": "Pivot caches",
    "extLst": "Workbook: extensions",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A feature that is not the same: `lost`, `changed` or `added`, with what was said before and after."""

    feature: str
    place: str
    verdict: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.feature} at {self.place}: {self.verdict}: {list(self.before)} -> {list(self.after)}"


@dataclass(frozen=True)
class Comparison:
    """How many instances of each feature were kept, and every difference."""

    kept: Mapping[str, int]
    differences: tuple[Difference, ...]

    def without(self, *verdicts: str) -> list[Difference]:
        """The differences but for some kinds of them."""
        return [one for one in self.differences if one.verdict not in verdicts]

    def verdicts(self) -> Mapping[str, str]:
        """Feature by feature: kept, or the worst that happened to it."""
        worst = dict.fromkeys(self.kept, "kept")
        for verdict in ("added", "changed", "lost"):
            worst |= {one.feature: verdict for one in self.differences if one.verdict == verdict}
        return worst


def features(data: bytes, apart: Collection[str] = ()) -> Features:
    """Everything in a workbook, but for the sheets `apart` and what hangs on them."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for feature, place, said in _found(Graph(data), apart):
        found.setdefault(feature, {}).setdefault(place, Counter())[digested(said)] += 1
    return found


def compare(before: bytes, after: bytes, apart: Collection[str] = ()) -> Comparison:
    """Two workbooks, feature by feature."""
    was, now = features(before, apart), features(after, apart)
    kept: Counter[str] = Counter()
    differences = []
    for feature in sorted(was.keys() | now.keys()):
        old, new = was.get(feature, {}), now.get(feature, {})
        for place in sorted(old.keys() | new.keys()):
            one, other = old.get(place, Counter()), new.get(place, Counter())
            kept[feature] += (one & other).total()
            if one != other:
                gone, come = one - other, other - one
                verdict = "added" if not gone else "lost" if gone.total() > come.total() else "changed"
                differences.append(Difference(feature, place, verdict, tuple(gone.elements()), tuple(come.elements())))
    return Comparison({name: count for name, count in kept.items() if count}, tuple(differences))


def _found(graph: Graph, apart: Collection[str]) -> Found:
    rels = graph.rels(graph.workbook).values()
    named = {rel.kind: rel.target for rel in rels if rel.kind in {"styles", "sharedStrings"}}
    styles = Styles(graph.tree(named.get("styles", "")))
    strings = graph.tree(named.get("sharedStrings", ""))
    yield from _book(graph)
    yield from _style_sheet(styles)
    for name, part in graph.sheets.items():
        if name not in apart and graph.places[part][0] == "worksheet":
            yield from SheetFeatures(graph, name, part, styles, list(strings) if strings is not None else []).found()
    for part, (kind, place) in graph.places.items():
        if kind not in _READ_APART and place.split("/")[0] not in apart:
            yield _KINDS.get(kind, f"Part: {kind}"), place, graph.said(part)
    yield from (("Parts that nothing leads to", "", name) for name in _loose(graph))


def _loose(graph: Graph) -> Iterator[str]:
    for name in graph.parts:
        if name not in graph.places and not name.endswith((".rels", "/")) and name != "[content_types].xml":
            yield name


def _book(graph: Graph) -> Found:
    names = list(graph.sheets)
    for child in graph.root:
        name = local(child.tag)
        if name == "sheets":
            yield from (("Sheets", one.get("name", ""), canonical(one, graph.rels(graph.workbook))) for one in child)
            yield "Order of sheets", "", " | ".join(names)
        elif name == "definedNames":
            yield from (_name(one, names) for one in child)
        elif name in _BOOK_EACH:
            yield from ((_BOOK_EACH[name], "", canonical(one, graph.rels(graph.workbook))) for one in child)
        else:
            yield f"Workbook: {name}", "", canonical(child, graph.rels(graph.workbook))


def _name(row: ET.Element, sheets: list[str]) -> tuple[str, str, str]:
    """A name; one of a sheet belongs to the sheet, wherever that stands."""
    at = row.get("localSheetId")
    place = f"{sheets[int(at)] if at and int(at) < len(sheets) else ''}!{row.get('name')}"
    return "Names", place, canonical(row, drop=("localSheetId",))


def _style_sheet(styles: Styles) -> Found:
    for name, said in styles.named.items():
        yield "Named styles of cells", name, said
    for row in styles.sections.get("tableStyles", ()):
        over = "".join(styles.over(one.get("dxfId")) for one in row)
        yield "Styles of tables", row.get("name", ""), canonical(row, drop=("dxfId",)) + over
    for name in ("colors", "extLst"):
        if name in styles.sections:
            yield f"Styles: {name}", "", canonical(styles.sections[name])
