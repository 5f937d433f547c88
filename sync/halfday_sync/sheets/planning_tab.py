"""What changes in one tab: one that is there, or one that is made. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from halfday_sync.sheets.cells import EMPTY, Plain, plain
from halfday_sync.sheets.charts import chart_text, is_drawn
from halfday_sync.sheets.model import AGENT, FIRST_ROW, SLT, Cells, Page, Rule, Sent
from halfday_sync.sheets.orders import COLUMNS, ROWS, Json
from halfday_sync.sheets.plan import TabPlan, runs
from halfday_sync.sheets.planning_cells import Now, Place, formats, keys, ours, record
from halfday_sync.sheets.planning_keys import OWN_ROWS, Found, found
from halfday_sync.sheets.planning_lines import fresh
from halfday_sync.sheets.planning_looks import of_a_tab, of_what_is_new
from halfday_sync.sheets.planning_marks import marks
from halfday_sync.sheets.seen import KEY_COLUMN, TITLE, Tab

_CHART_ROWS, _CHART_COLUMNS = 16, 7
"""As much room as a chart takes, at least."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan goes by besides the pages and the sheet.

    Attributes:
        sent: what was sent last, and arrived.
        to_sheet: SLT's cells to be written, by page.
        renamed: rows that are called otherwise now, old key to new.
        account: the address of the service account.
        owners: others that may edit everywhere.
        again: whether tabs that people deleted are made again.
    """

    sent: Sent
    to_sheet: Mapping[str, Cells] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    account: str = ""
    owners: Collection[str] = ()
    again: bool = False

    def base(self, page_id: str) -> Cells:
        """What was sent to a page, under the keys of today."""
        cells = self.sent.cells.get(page_id, {})
        moved = {(self.renamed[row], key): value for (row, key), value in cells.items() if row in self.renamed}
        return {**moved, **{place: value for place, value in cells.items() if place[0] not in self.renamed}}


@dataclass(frozen=True)
class Planned:
    """A tab's plan, and what the store keeps of it.

    Attributes:
        plan: what changes.
        now: where its rows and columns will stand.
        cells, charts, rules: as in `model.Sent`.
    """

    plan: TabPlan
    now: Now
    cells: Cells
    charts: Mapping[int, str]
    rules: tuple[Rule, ...]

    @property
    def stamp_at(self) -> tuple[int, int, int]:
        """Where the stamp stands, if this is the page that has it."""
        return (self.plan.sheet_id, *self.now.at((TITLE, KEY_COLUMN)))


def in_a_tab(page: Page, tab: Tab, asked: Asked) -> Planned:
    """What changes in a tab that is there."""
    base = asked.base(page.id)
    lines = found(page, tab, base, asked.renamed)
    now = Now(lines.rows, lines.columns, tab, base)
    around = marks(page, now, asked.sent, asked.account, asked.owners)
    before: tuple[Json, ...] = (
        *around.before,
        *now.rows.requests(page.sheet_id, ROWS),
        *now.columns.requests(page.sheet_id, COLUMNS),
        *of_what_is_new(page, now),
        *formats(page, now, page.sheet_id),
    )
    return _planned(page, now, asked, lines, before, around.after, around.told)


def in_a_new_tab(page: Page, title: str, index: int, asked: Asked) -> Planned:
    """What makes a tab."""
    rows, columns = [*OWN_ROWS, *(row.key for row in page.rows)], [KEY_COLUMN, *(one.key for one in page.columns)]
    tall = max(len(rows), FIRST_ROW + 1, *(chart.at[0] + _CHART_ROWS for chart in page.charts))
    wide = max(len(columns), *(chart.at[1] + _CHART_COLUMNS for chart in page.charts), 0)
    now = Now(fresh(rows, tall), fresh(columns, wide))
    grid: Json = {"rowCount": tall, "columnCount": wide, "frozenRowCount": FIRST_ROW}
    if page.frozen in now.columns.at:
        grid["frozenColumnCount"] = now.columns.at[page.frozen] + 1
    made: Json = {"sheetId": page.sheet_id, "title": title, "index": index, "gridProperties": grid}
    around = marks(page, now, Sent(), asked.account, asked.owners)
    before: tuple[Json, ...] = ({"addSheet": {"properties": made}}, *of_a_tab(page, now))
    lines = Found(now.rows, now.columns)
    return _planned(page, now, asked, lines, before, around.after, around.told, title=title)


def _planned(  # noqa: PLR0913 - what both ways share
    page: Page,
    now: Now,
    asked: Asked,
    lines: Found,
    before: tuple[Json, ...],
    after: tuple[Json, ...],
    told: tuple[str, ...],
    *,
    title: str = "",
) -> Planned:
    wanted = ours(page, lines.kept)
    answers = _answers(page, now, asked.to_sheet.get(page.id, {}))
    plan = TabPlan(
        page.id,
        page.sheet_id,
        title or (now.tab.title if now.tab else page.title),
        before=before,
        keys=tuple(runs(page.sheet_id, now.changes(keys(page, lines.kept)))),
        cells=tuple(runs(page.sheet_id, {**now.changes({**wanted, **answers}), **_cleared(page, now, lines)})),
        after=after,
        put_back=now.put_back(wanted),
        told=(*lines.told, *told, *_formulas(page, now)),
        is_new=now.tab is None,
    )
    charts = {chart.id: chart_text(chart, now, page.sheet_id) for chart in page.charts if is_drawn(chart, now)}
    return Planned(plan, now, record(page, wanted), charts, page.rules)


def _answers(page: Page, now: Now, to_sheet: Cells) -> dict[Place, Plain]:
    """SLT's cells that are to be written: in their columns, in rows that the tab has, and not over a formula."""
    theirs = {column.key for column in page.columns if column.owner == SLT}
    return {
        place: plain(value)
        for place, value in to_sheet.items()
        if place[1] in theirs and place[0] not in OWN_ROWS and now.has(place) and not now.cell(place).is_formula
    }


def _formulas(page: Page, now: Now) -> Iterator[str]:
    """What Halfday cannot work out is no answer, and that should be known."""
    rows = [key for key in now.rows.at if key not in OWN_ROWS]
    several = [column.title for column in page.answers for key in rows if now.cell((key, column.key)).is_formula]
    if several:
        which = "1 answer is a formula" if len(several) == 1 else f"{len(several)} answers are formulas"
        columns = ", ".join(f"“{title}”" for title in dict.fromkeys(several))
        yield f"{page.title}: {which}, which Halfday cannot read ({columns}). Type what it shows."


def _cleared(page: Page, now: Now, lines: Found) -> Mapping[tuple[int, int], Plain]:
    """The last row of a tab loses Halfday's words: Google does not let it go."""
    if lines.cleared is None or now.tab is None:
        return {}
    row = next(at for at, place in enumerate(now.rows.places) if place.was == lines.cleared)
    columns = [KEY_COLUMN, *(column.key for column in page.columns if column.owner == AGENT)]
    found_: dict[tuple[int, int], Plain] = {}
    for key in columns:
        column = now.columns.places[now.columns.at[key]].was
        if column is not None and now.tab.at(lines.cleared, column) != EMPTY:
            found_[row, now.columns.at[key]] = None
    return found_
