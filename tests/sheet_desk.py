"""A desk at which a made-up sheet is kept: pages of an invented school, and one sync after another against a Google."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

from tests.google_school import ACCOUNT, NOW, OWNER, Copy, copy, opened

from halfday_sync.sheets import visit
from halfday_sync.sheets.asking import Line
from halfday_sync.sheets.model import HEADING, SLT, Cells, Chart, Column, FilterView, Page, Row, Rule, Sent, Value
from halfday_sync.sheets.plan import MOST_AT_ONCE, Plan
from halfday_sync.sheets.planning import plan
from halfday_sync.sheets.seen import Seen
from halfday_sync.sheets.sharing import Allowed, Gate
from halfday_sync.sheets.stamps import LATE, Known, check

TRACKER, SUMMARY, ACTIONS = 7100, 7000, 7200
NUMBERS = {"summary": SUMMARY, "tracker": TRACKER, "actions": ACTIONS}
ALLOWED = Allowed(ACCOUNT, ["larkfield.example"], {OWNER: "owner"}, account_roles=("writer",))

COLUMNS = (
    Column("name", "Name", "strong", 160),
    Column("stage", "Stage", help="From the policy."),
    Column("share", "Attendance", "percent"),
    Column("since", "Since", "date"),
    Column("agreed", "Agreed action", "wrap", 240, SLT, choices=("Call home", "Meet")),
    Column("decided_on", "Decided on", "date", 110, SLT),
    Column("status", "Status"),
)
RULES = (Rule("stage", "At risk", "amber"), Rule("stage", "Persistent", "red"))
VIEWS = (
    FilterView(7150, "Persistent", {"stage": ["Persistent"]}),
    FilterView(7151, "Both", {"stage": ["At risk", 'Say "so"'], "agreed": []}),
)


def pupil(number: int, stage: str = "At risk", share: float | None = 0.915, **more: Value) -> Row:
    values: dict[str, Value] = {"name": f"Pupil {number}", "stage": stage, "share": share, "since": date(2025, 9, 2)}
    return Row(f"P{number}", {**values, **more})


def tracker(rows: tuple[Row, ...], said: str = "Tracker, as of Fri 5 Dec") -> Page:
    page = Page("tracker", TRACKER, "Tracker", said, COLUMNS, rows, keeps_rows=True, frozen="name")
    return replace(page, rules=RULES, views=VIEWS)


def summary(share: float = 0.931, said: str = "Summary, as of Fri 5 Dec") -> Page:
    columns = (Column("what", "What"), Column("figure", "Figure", "number"), Column("target", "Target", "percent"))
    rows = (
        Row("school", {"what": "The school"}, HEADING),
        Row("all", {"what": "Attendance", "figure": share, "target": 0.95}, formats={"figure": "percent2"}),
        Row("pupils", {"what": "Pupils", "figure": 412}),
    )
    chart = Chart(7050, "COLUMN", "Attendance is below target", "what", ("figure", "target"), "all", "pupils", (3, 5))
    return Page("summary", SUMMARY, "Summary", said, columns, rows, charts=(chart,))


def actions(*keys: str) -> Page:
    columns = (Column("what", "What", "wrap"), Column("due", "Due", "date"))
    rows = tuple(Row(key, {"what": f"Letter for {key}", "due": date(2025, 12, 1)}) for key in keys)
    return Page("actions", ACTIONS, "Actions overdue", "Actions overdue", columns, rows)


def school(*rows: Row, share: float = 0.931, overdue: tuple[str, ...] = ("A1", "A2")) -> tuple[Page, ...]:
    return summary(share), tracker(rows), actions(*overdue)


@dataclass
class Desk:
    """Syncs one after another, with what a store keeps of them.

    Attributes:
        copy: the made-up Google and the file.
        line: the product's line to it.
        sent: what arrived last, and `pending` what was sent after it.
    """

    copy: Copy
    line: Line
    allowed: Allowed
    sent: Sent = field(default_factory=Sent)
    pending: dict[str, Sent] = field(default_factory=dict)
    earlier: list[str] = field(default_factory=list)
    count: int = 0
    last: Plan | None = None
    at_once: int = MOST_AT_ONCE

    @property
    def gate(self) -> Gate:
        return Gate(self.line, self.copy.book, self.allowed, NOW)

    def seen(self) -> Seen:
        """What stands in the sheet now."""
        return visit.look(self.line, self.gate, NUMBERS).seen

    def plan(
        self,
        pages: tuple[Page, ...],
        seen: Seen,
        to_sheet: Mapping[str, Cells] | None = None,
        renamed: Mapping[str, str] | None = None,
        *,
        again: bool = False,
    ) -> Plan:
        """The plan of one more sync."""
        self.count += 1
        stamp = f"halfday 0.6.0 · 2025-12-05T08:02:11Z · {self.count:04}"
        told = to_sheet or {}, renamed or {}
        return plan(pages, seen, self.sent, stamp, *told, account=ACCOUNT, owners=[OWNER], again=again)

    def sync(
        self,
        pages: tuple[Page, ...],
        to_sheet: Mapping[str, Cells] | None = None,
        renamed: Mapping[str, str] | None = None,
        *,
        again: bool = False,
        take_over: bool = False,
    ) -> Plan:
        """One sync, as the product does it: look, judge the stamp, plan, keep, write, acknowledge."""
        gate = self.gate
        looked = visit.look(self.line, gate, NUMBERS)
        known = Known(self.sent.stamp, tuple(self.pending), tuple(self.earlier))
        verdict = check(looked.seen.stamp, known, has_pages=not looked.seen.is_new, take_over=take_over)
        if verdict == LATE:
            self._acknowledge(looked.seen.stamp)
        self.last = self.plan(pages, looked.seen, to_sheet, renamed, again=again)
        if not self.last.is_empty:
            self.pending[self.last.stamp] = self.last.sent_now
            visit.write(self.line, gate, looked, self.last, at_once=self.at_once)
            self._acknowledge(self.last.stamp)
        return self.last

    def nothing_goes_wrong(self) -> None:
        """What was planned to go wrong and did not come up is over."""
        self.copy.google._faults.clear()

    def _acknowledge(self, stamp: str) -> None:
        if self.sent.stamp:
            self.earlier.append(self.sent.stamp)
        self.sent = self.pending.pop(stamp)
        self.earlier += self.pending
        self.pending.clear()

    def text(self, tab: str) -> list[list[str | int | float | bool]]:
        """The cells of a tab, hidden ones too."""
        return self.copy.google.text(self.copy.book, tab)


@contextmanager
def desk(*editors: str) -> Iterator[Desk]:
    """A desk with an empty spreadsheet that these may edit besides, over real HTTP on this computer."""
    with copy() as made:
        made.make_safe()
        for address in editors:
            made.google.share(made.book, address, "writer")
        with opened(made) as line:
            people = {**ALLOWED.people, **dict.fromkeys(editors, "writer")}
            yield Desk(made, line, replace(ALLOWED, people=people))
