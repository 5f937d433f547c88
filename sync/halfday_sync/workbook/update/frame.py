"""A sheet without its rows: what stands before and after them, with parts taken out, changed and put in."""

from operator import itemgetter

from halfday_sync.workbook.lint_sheet import ORDER
from halfday_sync.workbook.update.markup import Node, Splice, parsed, spliced
from halfday_sync.workbook.update.rows import SheetRows

_RANK = {name: at for at, name in enumerate(ORDER)}
_END = b"</sheetData>"


class Frame:
    """What a sheet says besides its rows. Changes are noted, and made in `done`."""

    def __init__(self, sheet: SheetRows, part: str) -> None:
        self.data = sheet.head + sheet.tail
        self.root = parsed(self.data, part, "worksheet", depth=4)
        self._splices: list[Splice] = []
        self._inserted: list[tuple[int, Splice]] = []

    def all(self, name: str) -> list[Node]:
        """The elements of a name, directly in the sheet."""
        return list(self.root.all(name))

    def raw(self, node: Node) -> bytes:
        """An element's bytes."""
        return node.of(self.data)

    def replace(self, node: Node, new: bytes) -> None:
        """Puts other bytes in an element's place."""
        if new != self.raw(node):
            self._splices.append(Splice(node.start, node.end, new))

    def insert(self, name: str, new: bytes) -> None:
        """Puts in an element at the place that the format asks for."""
        if not new:
            return
        rank = _RANK[name]
        at = next((child.start for child in self.root.children if self._rank(child) > rank), self.root.close)
        self._inserted.append((rank, Splice(at, at, new)))

    def put(self, name: str, new: bytes) -> None:
        """Has exactly this in place of an element that a sheet has once; empty: it goes."""
        nodes = self.all(name)
        for node in nodes:
            self.replace(node, new if node is nodes[0] else b"")
        if not nodes:
            self.insert(name, new)

    def _rank(self, node: Node) -> int:
        """Where an element belongs; one with alternatives, where the first of them does."""
        if node.name in _RANK:
            return _RANK[node.name]
        inner = (self._rank(child) for child in node.children)
        return next((rank for rank in inner if rank >= 0), -1)

    def done(self, sheet: SheetRows) -> bytes:
        """The sheet with these rows and all changes."""
        inserted = (splice for _rank, splice in sorted(self._inserted, key=itemgetter(0)))
        data = spliced(self.data, [*inserted, *self._splices])
        at = data.index(_END)
        return SheetRows(data[:at], data[at:], sheet.rows).data()
