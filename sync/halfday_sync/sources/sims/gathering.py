"""Everything SIMS gave, of whatever shape, as tables; and from there one snapshot, or every reason why not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.sims.attendances import CODES, EXTENDED, PLAIN, marks_table, odd_codes
from halfday_sync.sources.sims.columns import Headed, People, headed, missing
from halfday_sync.sources.sims.documents import Document, error_in, read_document
from halfday_sync.sources.tabular.columns import Mapping
from halfday_sync.sources.tabular.read import snapshot_of
from halfday_sync.sources.tabular.rules import Feed
from halfday_sync.sources.tabular.tables import Table, from_objects

REPORT = "SuperStarReport"
_NOW = (
    "Put these right in SIMS or in its report; a mapping file says which caption means what, and [source.codes] of "
    "halfday.toml what a code means. Then run this again; halfday source test shows what came."
)


@dataclass
class Gathered:
    """What came so far. Files and reports are added one by one; `settled` judges them together."""

    mapping: Mapping
    tables: list[Headed] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _lists: list[Document] = field(default_factory=list)

    def add_xml(self, where: str, text: str) -> int:
        """A document of any kind that SIMS writes; gives how many records it has."""
        words = error_in(text)
        if words is not None:
            self.problems.append(f"{where}: it holds no report, but an error of CommandReporter: {words}")
            return 0
        try:
            document = read_document(text)
        except ValueError as fault:
            self.problems.append(f"{where}: {fault}")
            return 0
        self._sort_in(where, document)
        return len(document.records)

    def _sort_in(self, where: str, document: Document) -> None:
        if not document.records and document.root in {REPORT, PLAIN, EXTENDED}:
            self.problems.append(f"{where}: it has no records")
        elif document.root == REPORT:
            self.add_tables([from_objects(where, document.records)])
        elif document.root in {PLAIN, EXTENDED}:
            self.add_tables([marks_table(where, document, self.mapping, self.problems, self.notes)])
        elif document.root == CODES:
            self._lists.append(document)
        else:
            self.problems.append(f"{where}: it is XML, but none of SIMS' that Halfday knows (<{document.root[:40]}>)")

    def add_tables(self, tables: Sequence[Table]) -> None:
        """Tables of text files and workbooks."""
        self.tables.extend(headed(table, self.mapping) for table in tables)

    def require(self, *, marks_in: str = "") -> None:
        """Every table has what it needs; the one named `marks_in` must have marks."""
        for one in self.tables:
            self.problems.extend(missing(one, marks=one.table.where == marks_in))

    def settled(self, today: date, begins: date, *, whole_roll: bool) -> Snapshot:
        """One snapshot of it all.

        Raises:
            SourceError: with every problem; then nothing is returned.
        """
        people = People()
        people.learn(self.tables)
        tables = [people.named(one, self.notes) for one in self.tables]
        problems = [*self.problems, *people.problems]
        if self._lists:
            problems += odd_codes(self._codes_used(), self._lists, self.mapping)
        feed = Feed("SIMS", begins, complete=whole_roll, now=_NOW)
        return snapshot_of(tables, as_of=today, mapping=self.mapping, feed=feed, problems=problems, notes=self.notes)

    def _codes_used(self) -> set[str]:
        used: set[str] = set()
        for one in self.tables:
            for at in one.head.columns.get("code", []) if one.head else []:
                used |= {row[at].strip() for row in one.body if at < len(row)}
        return used
