"""From the tracker's view of a morning to the pages that the Google copy should show. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from halfday_sync.mirroring.content import Block, Content, Of, Told
from halfday_sync.mirroring.design import HIDE, INITIAL, Design, Tab, TabChart, TabColumn, TabView, design
from halfday_sync.mirroring.discretion import Discretion, initials
from halfday_sync.mirroring.lists import content_of
from halfday_sync.mirroring.settings import MirrorSettings
from halfday_sync.sheets.model import HEADING, NOTE, SLT, STAMP_PAGE, Chart, FilterView, Page, Row, Rule, Value
from halfday_sync.workbook.freshness import late, words
from halfday_sync.workbook.layout import document
from halfday_sync.workbook.pupil_words import stage_text
from halfday_sync.workbook.view import View

_SIZE = (520, 290)
"""Of a chart, in pixels: two fit below each other on a laptop's screen."""


def pages_of(
    view: View,
    settings: MirrorSettings,
    told: Told | None = None,
    there: Collection[str] = (),
    rules: Design | None = None,
) -> tuple[Page, ...]:
    """The pages, in the order of the tabs.

    Args:
        view: the morning, as the tracker shows it.
        settings: what the school says of its copy.
        told: what a sync has to tell of the copy itself.
        there: keys of the pupils' rows that the copy has already; a leaver's row stays where SLT has one.
        rules: the tabs, where they are not those that come with Halfday.
    """
    rules = rules or design()
    wanted = settings.tabs or [tab.id for tab in rules.tabs]
    return tuple(
        _page(tab, _of(tab, view, settings, told or Told(), there, rules), settings)
        for tab in rules.tabs
        if tab.id in {STAMP_PAGE, *wanted}
    )


def _of(tab: Tab, view: View, settings: MirrorSettings, told: Told, there: Collection[str], rules: Design) -> Of:
    own = {_rule(tab, one, settings) for one in tab.columns if one.is_name}
    names = own or {_rule(each, one, settings) for each in rules.tabs for one in each.columns if one.is_name}
    shown_as = next((rule for rule in (HIDE, INITIAL) if rule in names), "")
    titles = {
        one.column.key: one.column.title for each in rules.tabs for one in each.columns if one.column.owner == SLT
    }
    discretion = Discretion(view, rules.discreet, shown_as)
    return Of(view, tab, discretion, told, titles, there, settings.benchmark)


def _page(tab: Tab, of: Of, settings: MirrorSettings) -> Page:
    content = content_of(of)
    rule_of = {one.column.key: _rule(tab, one, settings) for one in tab.columns}
    columns = tuple(one.column for one in tab.columns if rule_of[one.column.key] != HIDE)
    shown = {column.key for column in columns}
    return Page(
        tab.id,
        tab.sheet_id,
        tab.title,
        _said(tab, of.view),
        columns,
        tuple(_redacted(row, rule_of) for row in content.rows),
        keeps_rows=tab.keeps_rows,
        frozen=_frozen(tab, shown),
        rules=tuple(_colours(tab, of.view, shown)),
        views=tuple(_views(tab, of.view, shown)),
        charts=tuple(_charts(tab.charts, content, shown)),
    )


def _said(tab: Tab, view: View) -> str:
    """The title, how fresh the figures are, and in plain words when they are old."""
    return " ".join(filter(None, (f"{view.school}: {tab.title}.", words(view), late(view))))


# --- What the school lets be seen -------------------------------------------------------------------------------------


def _rule(tab: Tab, one: TabColumn, settings: MirrorSettings) -> str:
    """What happens to a column: the school's own rule, its rule for names, or what the design says."""
    named = settings.names if one.is_name else ""
    return settings.redact.get((tab.id, one.column.key)) or named or one.rule


def _redacted(row: Row, rule_of: Mapping[str, str]) -> Row:
    """A row as the school lets it be seen. Notes and headings move to a column that is shown."""
    if row.look in (NOTE, HEADING):
        first = next((key for key, rule in rule_of.items() if rule != HIDE), "")
        moved = {first if rule_of[key] == HIDE else key: value for key, value in row.values.items() if first}
        return replace(row, values=moved, formats=dict.fromkeys(moved, "text"))
    values = {key: _shown(value, rule_of[key]) for key, value in row.values.items() if rule_of[key] != HIDE}
    return replace(row, values=values, formats={key: one for key, one in row.formats.items() if key in values})


def _shown(value: Value, rule: str) -> Value:
    return initials(value) if rule == INITIAL and isinstance(value, str) else value


def _frozen(tab: Tab, shown: Collection[str]) -> str:
    """The last column that stays in sight: that of the design, or the one before it where it is not shown."""
    keys = [one.column.key for one in tab.columns]
    until = keys[: keys.index(tab.frozen) + 1] if tab.frozen else []
    return next((key for key in reversed(until) if key in shown), "")


# --- Colours, filter views, charts ------------------------------------------------------------------------------------


def _words(of_what: str, view: View) -> Mapping[str, str]:
    """Words with the colours that the tracker gives them: the last stage is red, bands are as the policy says."""
    palette = document("styles")["words"]
    if of_what == "stages":
        ramp, count = palette["stages"], len(view.policy.stages)
        return {stage_text(n): ramp[max(0, len(ramp) - count + n - 1)] for n in range(1, count + 1)}
    return {band.name: band.colour for band in view.policy.bands if band.colour in palette["bands"]}


def _colours(tab: Tab, view: View, shown: Collection[str]) -> Iterator[Rule]:
    for column, said in tab.colours.items():
        if column in shown:
            words_of = _words(said, view) if isinstance(said, str) else said
            yield from (Rule(column, text, colour) for text, colour in words_of.items())


def _views(tab: Tab, view: View, shown: Collection[str]) -> Iterator[FilterView]:
    for one in tab.views:
        if {*one.shows, *filter(None, [one.column])} <= {*shown}:
            yield from _each(one, view)


def _each(one: TabView, view: View) -> Iterator[FilterView]:
    if not one.each:
        yield FilterView(one.id, one.title, one.shows)
        return
    for rung in view.policy.stages:
        text = stage_text(rung.number)
        yield FilterView(one.id + rung.number - 1, one.title.format(text), {one.column: [text]})


def _charts(charts: Sequence[TabChart], content: Content, shown: Collection[str]) -> Iterator[Chart]:
    """The charts whose rows and columns are there."""
    for one in charts:
        block = content.blocks.get(one.block)
        if block is None or not {one.labels, *one.series} <= {*shown}:
            continue
        drawn = _rows(content.rows, block)
        series = tuple(key for key in one.series if any(isinstance(row.values.get(key), int | float) for row in drawn))
        if series:
            edges = one.at, _SIZE, one.percent, _least(one, series, drawn)
            yield Chart(one.id, one.kind, block.finding, one.labels, series, block.first, block.last, *edges)


def _least(chart: TabChart, series: Sequence[str], rows: Sequence[Row]) -> float | None:
    """Where the axis begins: where the design says, unless a figure is below that."""
    figures = [value for row in rows for key in series if isinstance(value := row.values.get(key), int | float)]
    return chart.least if chart.least is not None and min(figures) >= chart.least else None


def _rows(rows: Sequence[Row], block: Block) -> Sequence[Row]:
    """The rows that a chart draws."""
    keys = [row.key for row in rows]
    return rows[keys.index(block.first) : keys.index(block.last) + 1]
