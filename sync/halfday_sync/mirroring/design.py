"""The tabs as `mirror.toml` has them: what each shows, its columns, what may never be on one. Data, checked whole."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from halfday_sync.errors import SettingsError
from halfday_sync.sheets.model import AGENT, SLT, STAMP_PAGE, Column
from halfday_sync.templates import templates_dir
from halfday_sync.workbook.layout import STAFF, choices, document

SHOW, INITIAL, HIDE = "show", "initial", "hide"
RULES = (SHOW, INITIAL, HIDE)
"""What may happen to a column: it is shown, shown as initials (names only), or not there at all."""
_KINDS = ("LINE", "COLUMN", "BAR")
_SHEETS = ("tracker", "actions")
"""Tabs that take their columns from a sheet of the workbook by the same keys."""


@dataclass(frozen=True, slots=True)
class TabColumn:
    """A column of a tab, what happens to it unless the school says otherwise, and whether it names a child."""

    column: Column
    rule: str
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class TabView:
    """A filter view; with `each` one for each word of a column, its title with the word in place of `{}`."""

    id: int
    title: str
    shows: Mapping[str, Sequence[str]] = field(default_factory=dict)
    each: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class TabChart:
    """A chart over the rows of a block."""

    id: int
    kind: str
    block: str
    labels: str
    series: tuple[str, ...]
    at: tuple[int, int]
    percent: bool = False
    least: float | None = None


@dataclass(frozen=True, slots=True)
class Tab:
    """An entry: a tab, what it shows, and how.

    `colours` says by column whose colours its words have: `stages`, `bands`, or a colour for each word.
    """

    id: str
    sheet_id: int
    title: str
    shows: str
    columns: tuple[TabColumn, ...]
    frozen: str = ""
    keeps_rows: bool = False
    colours: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    views: tuple[TabView, ...] = ()
    charts: tuple[TabChart, ...] = ()


@dataclass(frozen=True, slots=True)
class Discreet:
    """Words that tell of something else than attendance, what stands in their place, and the codes that do not."""

    words: tuple[str, ...]
    instead: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Design:
    """All tabs in their order, the words to be discreet about, and which columns of which section may be shown."""

    tabs: tuple[Tab, ...]
    discreet: Discreet
    never: Mapping[str, Sequence[str]]
    may: Mapping[str, Sequence[str]]

    @property
    def numbers(self) -> Mapping[str, int]:
        """The number of each tab in the spreadsheet, by its id."""
        return {tab.id: tab.sheet_id for tab in self.tabs}

    def tab(self, tab_id: str) -> Tab | None:
        """A tab by its id."""
        return next((tab for tab in self.tabs if tab.id == tab_id), None)


@cache
def design(path: Path | None = None) -> Design:
    """The design that comes with Halfday, or another one.

    Raises:
        SettingsError: it has faults; every one is named.
    """
    said = tomllib.loads((path or templates_dir() / "mirror.toml").read_text(encoding="utf-8"))
    if faults := [*_faults(said)]:
        raise SettingsError("The design of the Google copy has faults.", problems=faults, now="Put mirror.toml right.")
    discreet = said["discreet"]
    return Design(
        tuple(_tab(row, said["names"]["columns"]) for row in said["tab"]),
        Discreet(tuple(discreet["words"]), discreet["instead"], frozenset(discreet["codes"])),
        said["never"],
        said["may"],
    )


def _tab(row: Mapping[str, Any], names: Sequence[str]) -> Tab:
    return Tab(
        row["id"],
        row["sheet_id"],
        row["title"],
        row["shows"],
        tuple(TabColumn(_column(one), one["redact"], one["key"] in names) for one in row["column"]),
        row.get("frozen", ""),
        row.get("keeps_rows", False),
        row.get("colours", {}),
        tuple(TabView(**one) for one in row.get("view", ())),
        tuple(
            TabChart(**one | {"series": tuple(one["series"]), "at": tuple(one["at"])}) for one in row.get("chart", ())
        ),
    )


def _column(row: Mapping[str, Any]) -> Column:
    listed = tuple(choices(row["list"])) if "list" in row else ()
    return Column(
        row["key"],
        row["title"],
        row["format"],
        row["width"],
        row.get("owner", AGENT),
        row.get("help", ""),
        listed,
    )


# --- What is wrong with it --------------------------------------------------------------------------------------------


def _faults(said: Mapping[str, Any]) -> Iterator[str]:
    tabs = said["tab"]
    for name in ("id", "sheet_id"):
        if len({tab[name] for tab in tabs}) < len(tabs):
            yield f"two tabs have the same {name}"
    numbers = [one["id"] for tab in tabs for kind in ("view", "chart") for one in tab.get(kind, ())]
    if len({*numbers}) < len(numbers):
        yield "two charts or filter views have the same id"
    if tabs[0]["id"] != STAMP_PAGE:
        yield f"the first tab is not {STAMP_PAGE}"
    for tab in tabs:
        yield from (f"{tab['id']}.{fault}" for fault in _tab_faults(tab, said))


def _tab_faults(tab: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[str]:
    keys = [column["key"] for column in tab["column"]]
    if len({*keys}) < len(keys):
        yield "column: two have the same key"
    for column in tab["column"]:
        key, rule = column["key"], column.get("redact")
        if rule not in RULES:
            yield f"{key}: every column has a rule; write redact = one of {', '.join(RULES)}"
        elif rule == INITIAL and key not in said["names"]["columns"]:
            yield f"{key}: only a name can be shown as initials"
        if column["format"] not in said["format"]:
            yield f"{key}: there is no format {column['format']!r}"
        if column.get("owner", AGENT) == AGENT and is_never(said["never"], said["may"], tab["shows"], key):
            yield f"{key}: never goes to Google"
    for chart in tab.get("chart", ()):
        if chart["kind"] not in _KINDS:
            yield f"chart {chart['id']}: the kind is one of {', '.join(_KINDS)}"
        if missing := {chart["labels"], *chart["series"]} - {*keys}:
            yield f"chart {chart['id']}: there is no column {', '.join(sorted(missing))}"


def is_never(never: Mapping[str, Sequence[str]], may: Mapping[str, Sequence[str]], shows: str, key: str) -> bool:
    """Whether a column of Halfday's cannot be on a tab that shows this: a list, or a section of a page."""
    place, dot, _section = shows.partition(".")
    if dot:
        return key not in may.get(shows, ())
    if place in never["sheets"]:
        return True
    return place in _SHEETS and (key in never[place] or key in _of_people(place))


def _of_people(sheet: str) -> frozenset[str]:
    return frozenset(column["key"] for column in document("layout")[sheet]["column"] if column["owner"] == STAFF)


def never_keys(tab: Tab, never: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The keys of the columns that a tab's place in the workbook has, and that never go to Google."""
    if tab.shows not in _SHEETS:
        return frozenset()
    own = {one.column.key for one in tab.columns if one.column.owner == SLT}
    return frozenset({*never[tab.shows], *_of_people(tab.shows)} - own)
