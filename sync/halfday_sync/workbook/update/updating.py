"""One update, bytes in and bytes out: pages laid out afresh, tables changed cell by cell, everything else as it was."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from halfday_sync.entries import TRACKER
from halfday_sync.workbook.keyed import keyed_tables, page_titles
from halfday_sync.workbook.layout import AGENT
from halfday_sync.workbook.package import MAIN, WORKBOOK, Package
from halfday_sync.workbook.update.added_sheet import add_sheet
from halfday_sync.workbook.update.columns import new_word_colours, with_columns
from halfday_sync.workbook.update.file_parts import calculated
from halfday_sync.workbook.update.grow import grown, grown_sheet
from halfday_sync.workbook.update.looks import Looks
from halfday_sync.workbook.update.naming import translator
from halfday_sync.workbook.update.number_formats import STYLES, number_codes
from halfday_sync.workbook.update.page_changed import page_changed
from halfday_sync.workbook.update.pages import PageName, Terms, lay_out
from halfday_sync.workbook.update.picture import Picture
from halfday_sync.workbook.update.plan import Plan, TablePlan
from halfday_sync.workbook.update.planning import Wishes, plan
from halfday_sync.workbook.update.prove import Claim, prove
from halfday_sync.workbook.update.ranges import Growth
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.update.rows import SheetRows
from halfday_sync.workbook.update.seen import DESIGN, STAMP, Seen, Sheet, Table
from halfday_sync.workbook.update.sent import notes, recalled
from halfday_sync.workbook.update.splice import Splicer
from halfday_sync.workbook.update.workbook_part import recalculated_on_load, with_names


@dataclass(frozen=True)
class Sent:
    """What Halfday sent last: the fresh workbook of that day, and what it became in the file (`sent.notes`)."""

    fresh: Package
    noted: bytes

    @cached_property
    def seen(self) -> Seen:
        """What was sent, as it was in the file."""
        return recalled(seen(self.fresh), self.noted)


@dataclass(frozen=True)
class Updated:
    """A workbook after an update.

    Attributes:
        data: the file.
        plan: what was changed.
        stamp: which of Halfday's versions of the file this is.
        noted: what to keep beside the fresh workbook (`sent.notes`).
        claim: what may differ from the file before.
    """

    data: bytes
    plan: Plan
    stamp: str
    noted: bytes
    claim: Claim

    def prove(self, before: Package, after: bytes) -> None:
        """Stops unless a file differs from the one before in what was planned only.

        Raises:
            SafetyError: it differs in something else.
        """
        prove(before, after, self.claim)


def stamp_of(fresh: bytes, before: bytes = b"") -> str:
    """The stamp of a version of the file: other data, or another file before it, give another one."""
    return hashlib.sha256(hashlib.sha256(fresh).digest() + hashlib.sha256(before).digest()).hexdigest()[:16]


def stamped(data: bytes) -> tuple[bytes, str, bytes]:
    """A fresh workbook with its stamp, the stamp, and what to keep beside it (`sent.notes`)."""
    package, stamp = opened(data), stamp_of(data)
    made = package.with_parts({WORKBOOK: with_names(package.parts[WORKBOOK], {STAMP: f'"{stamp}"'}, hidden=True)})
    packed = made.packed()
    return packed, stamp, notes(seen(package), Plan(), hashlib.sha256(packed).hexdigest())


def updated(now: Package, fresh: Package, sent: Sent | None, wishes: Wishes) -> Updated:
    """The workbook that people work in, with what a fresh one says.

    Args:
        now: as it was read.
        fresh: how it would look if nobody had touched it.
        sent: what was sent last; None where the store does not know the file's stamp.
        wishes: what else decides; pages that did not change since they were sent are left alone by itself.

    Raises:
        SafetyError: something must be put right first, or the workbook cannot be changed with certainty.
    """
    shown = _picture(fresh)
    before = Picture(sent.seen, number_codes(sent.fresh)) if sent else None
    wishes = replace(wishes, pages=[*wishes.pages, *_changed_pages(fresh, sent)])
    planned = plan(_picture(now), shown, before, wishes)
    work = _Work(now, fresh, sent, planned)
    return work.done(stamp_of(fresh.data, now.data))


def _picture(package: Package) -> Picture:
    return Picture(seen(package), number_codes(package))


def _changed_pages(fresh: Package, sent: Sent | None) -> list[str]:
    there = dict(fresh.sheets)
    pages = [title for title in page_titles().values() if title in there]
    return [title for title in pages if sent is None or page_changed(fresh, sent.fresh, title)]


class _Work:
    """An update on its way: each step gives the package for the next one."""

    def __init__(self, now: Package, fresh: Package, sent: Sent | None, planned: Plan) -> None:
        self._now, self._fresh, self._sent, self._plan = now, fresh, sent, planned
        self._looks = Looks(now.parts[STYLES], fresh.parts[STYLES])
        self._said = translator(planned.sheet_names, planned.titles)
        self._laid: dict[str, tuple[int, int]] = {}
        self._fresh_seen = seen(fresh)

    def done(self, stamp: str) -> Updated:
        package = self._pages(self._now)
        package = self._columns(package)
        package = self._tables(package)
        package = self._workbook(package, stamp)
        if (styles := self._looks.data()) != package.parts[STYLES]:
            package = package.with_parts({STYLES: styles})
        changes, gone = package.parts.changes, package.parts.gone
        claim = Claim(self._plan, frozenset(changes), gone, self._laid)
        packed = package.packed()
        noted = notes(seen(package), self._plan, hashlib.sha256(packed).hexdigest())
        return Updated(packed, self._plan, stamp, noted, claim)

    def _pages(self, package: Package) -> Package:
        sent = self._sent.fresh if self._sent else None
        terms = Terms(self._said, self._plan.titles)
        order = list(self._fresh_seen.sheets)
        for name, called in self._plan.pages.items():
            page = PageName(name, called or name)
            if called:
                made = lay_out(package, self._fresh, sent, page, self._looks, terms)
                self._laid[called] = (made.area.right, made.area.bottom)
            else:
                there = {one for one, _part in package.sheets}
                before = [self._plan.sheet_names.get(one, one) for one in order[: order.index(name)]]
                after = next((one for one in reversed(before) if one in there), "")
                made = add_sheet(package, self._fresh, page, after, self._looks, terms)
            package = package.with_parts(made.parts, made.gone)
            place = [one for one, _part in package.sheets].index(page.now)
            printed = {(place, local): text for local, text in made.printed.items()}
            xml = with_names(package.parts[WORKBOOK], dict(made.names), printed)
            package = package.with_parts({WORKBOOK: xml})
        return package

    def _columns(self, package: Package) -> Package:
        for name, titles in self._plan.columns.items():
            table, fresh = seen(package).tables[name], self._fresh_seen.tables[name]
            called = self._plan.titles.get(name, {})
            made = with_columns(package, self._fresh, table, fresh, titles, self._looks, called)
            package = package.with_parts(made)
        tracker = seen(package).tables.get(TRACKER)
        if self._sent and tracker:
            fresh, called = self._fresh_seen.tables[TRACKER], self._plan.titles.get(TRACKER, {})
            sent, looks = self._sent.fresh, self._looks
            package = package.with_parts(new_word_colours(package, self._fresh, sent, tracker, fresh, looks, called))
        return package

    def _tables(self, package: Package) -> Package:
        """Cells and new rows of every table; then all that ended on a last row reaches the new one."""
        there = seen(package)
        plans = [table for table in self._plan.tables if not table.is_empty]
        growths = [Growth.of(there.tables[one.name], len(one.appended)) for one in plans if one.appended]
        for one in plans:
            part = there.sheets[one.sheet].part
            rows = SheetRows.of(package.parts[part], one.sheet)
            table = there.tables[one.name]
            splicer = Splicer(rows, there.sheets[one.sheet], table, self._looks.with_number, self._usual(table))
            made = splicer.apply(one)
            head, tail = grown_sheet(made.head, made.tail, one.sheet, growths) if growths else (made.head, made.tail)
            package = package.with_parts({part: replace(made, head=head, tail=tail).data()})
            package = _without_lost_formulas(package, there.sheets[one.sheet], one)
        if growths:
            package = package.with_parts(grown(package, growths, [there.sheets[one.sheet].part for one in plans]))
        return package

    def _usual(self, table: Table) -> dict[tuple[str, int], int]:
        """The format that the design has for each column of ours and for its header, where it stands now."""
        fresh, titles = self._fresh_seen.tables[table.name], self._plan.titles.get(table.name, {})
        at = {column.title: column.at for column in table.columns}
        sheet = self._fresh_seen.sheets[fresh.sheet]
        looks = _column_looks(self._fresh, sheet.part)
        found = {}
        for column in fresh.columns:
            here = at.get(titles.get(column.title, column.title))
            if here is not None:
                found["row", here] = self._looks.xf(looks.get(column.at, 0))
                found["header", here] = self._looks.xf(sheet.at(fresh.top, column.at).style)
        return found

    def _workbook(self, package: Package, stamp: str) -> Package:
        """The names and the stamp; all is worked out on opening where people's own formulas may rest on changes."""
        there = seen(package).names
        new = {name: self._said(text) for name, text in self._fresh_seen.names.items() if name not in there}
        xml = with_names(package.parts[WORKBOOK], new)
        xml = with_names(xml, {DESIGN: f"{self._fresh_seen.design}"}, hidden=True)
        xml = with_names(xml, {STAMP: f'"{stamp}"'}, hidden=True)
        if self._has_own_formulas():
            xml = recalculated_on_load(xml)
        return package.with_parts({WORKBOOK: xml})

    def _has_own_formulas(self) -> bool:
        """Whether a formula stands anywhere but in cells of ours."""
        package, there = self._now, seen(self._now)
        pages = set(self._laid) | {self._plan.sheet_names.get(title, title) for title in page_titles().values()}
        tables = {there.tables[k.name].sheet: k for k in keyed_tables() if k.name in there.tables}
        for name, sheet in there.sheets.items():
            if name in tables:
                keyed, titles = tables[name], self._plan.titles.get(tables[name].name, {})
                ours = {titles.get(column.header, column.header) for column in keyed.columns if column.owner == AGENT}
                at = {column.at for column in there.tables[keyed.name].columns if column.title in ours}
                if any(cell.formula and column not in at for (_row, column), cell in sheet.cells.items()):
                    return True
            elif name not in pages and sheet.part in package.parts and b"<f" in package.parts[sheet.part]:
                return True
        return False


def _without_lost_formulas(package: Package, was: Sheet, plan: TablePlan) -> Package:
    """The workbook whose order of calculation no longer lists cells that a plan made constants of."""
    lost = {(write.row, write.column) for write in plan.writes if not write.formula} & was.cells.keys()
    if not any(was.at(*place).formula for place in lost):
        return package
    left = frozenset(place for place, cell in seen(package).sheets[was.name].cells.items() if cell.formula)
    return package.with_parts(*calculated(package, was.sheet_id, left))


def _column_looks(package: Package, part: str) -> Mapping[int, int]:
    """The format of each column of a sheet of ours, for cells that are empty."""
    found = {}
    for row in package.trees[part].iterfind(f"{MAIN}cols/{MAIN}col"):
        for at in range(int(row.get("min", "1")), int(row.get("max", "0")) + 1):
            found[at] = int(row.get("style") or 0)
    return found
