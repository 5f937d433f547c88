"""Tables as schools export them, to one snapshot: everything proven, or every reason why not."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from halfday.register import Pupil, Register
from halfday.school_year import year_of
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.meanings import Unread
from halfday_sync.sources.tabular.columns import Mapping, did_you_mean, heading_key
from halfday_sync.sources.tabular.contacts import contacts_apart, read_contacts
from halfday_sync.sources.tabular.day_columns import DayColumn, day_columns
from halfday_sync.sources.tabular.details import FIELDS, Details, read_details
from halfday_sync.sources.tabular.identity import Identities, IdPair, identify
from halfday_sync.sources.tabular.layout import Layout, lay_out
from halfday_sync.sources.tabular.marks import Marks
from halfday_sync.sources.tabular.rules import Feed, Rules
from halfday_sync.sources.tabular.strays import match_strays
from halfday_sync.sources.tabular.tables import Table, headings, read_tables
from halfday_sync.sources.wording import listed, refusal, shown_pupil

_NOW = "Put these right in the export (or state them in a mapping file) and run the import again."


def read_table(
    paths: Sequence[Path], *, as_of: date, mapping: Mapping | None = None, years: tuple[int, ...] | None = None
) -> Snapshot:
    """Pupils and marks of exported files: CSV, TXT or workbooks, in one file or several that complete each other.

    Args:
        paths: the files; every sheet of a workbook is read.
        as_of: the last day that may have marks. Its school year is the one that is read.
        mapping: what the files do not say of themselves (see `columns`).
        years: further school years to let in, by the calendar year in which they begin.

    Returns:
        Pupils in the order of their ids, and what was repaired or left out as notes. Not `complete`: an export may hold
        a week only, so what is not in it may still exist.

    Raises:
        SourceError: with every problem of every file; then nothing is returned.
    """
    mapping = mapping or Mapping()
    problems: list[str] = []
    notes: list[str] = []
    tables = read_tables(paths, mapping, problems, notes)
    return snapshot_of(tables, as_of=as_of, mapping=mapping, years=years, problems=problems, notes=notes)


def snapshot_of(
    tables: Sequence[Table],
    *,
    as_of: date,
    mapping: Mapping | None = None,
    years: tuple[int, ...] | None = None,
    feed: Feed | None = None,
    problems: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Snapshot:
    """Tables that are in memory already, as one snapshot: a service's answer, or files that somebody else opened.

    Args:
        tables: see `tables.from_objects` and `tables.from_text` for making them.
        as_of: as `read_table`. Dates without a year are read in its school year, if their weekdays prove it.
        mapping: as `read_table`.
        years: as `read_table`; a feed begins at its own day instead.
        feed: what is different for a source that is asked every morning; None for an import that a person watches.
        problems: what was wrong while the tables were made; told with everything else.
        notes: what was repaired then.

    Raises:
        SourceError: with every problem of every table; then nothing is returned.
    """
    mapping = mapping or Mapping()
    found, told = list(problems), list(notes)
    tables, contacts = contacts_apart(tables, mapping)
    carers = read_contacts(contacts, mapping, told)
    if contacts and not tables and not found:
        return Snapshot((), Register(), complete=False, notes=tuple(told), carers=carers)
    found.extend(_missing_columns(tables, mapping))
    layouts = [layout for table in tables if (layout := lay_out(table, mapping, found, told))]
    if not layouts:
        raise refusal(found or ["no sheet has a row of headings that is known"], _now(feed))
    identities = identify(_id_pairs(layouts), found, told)
    marks = Marks(Rules(as_of, frozenset({year_of(as_of), *(years or ())}), mapping, feed), found, told)
    details, unread = Details(), Unread()
    for layout in layouts:
        days = day_columns(layout, mapping.date_order, as_of, found, told)
        if layout.halves:
            marks.take(layout, identities, days["date"])
        _tell(layout, identities, days, details, found, unread)
    match_strays(layouts, details, marks, found, told)
    pupils = details.pupils(identities.upns, found, told)
    told.extend(unread.tell())
    register = marks.finish([pupil.pupil_id for pupil in pupils])
    _judge_the_whole(
        [pupil for pupil in pupils if pupil.pupil_id not in marks.faulty],
        register,
        marks,
        found,
        told,
        contacts=carers is not None,
    )
    if found:
        raise refusal(found, _now(feed))
    complete = feed is not None and feed.complete
    aside = marks.set_aside()
    return Snapshot(pupils, register, complete=complete, notes=tuple(told), set_aside=aside, carers=carers)


def _now(feed: Feed | None) -> str:
    return feed.now if feed and feed.now else _NOW


def _judge_the_whole(
    pupils: Sequence[Pupil], register: Register, marks: Marks, problems: list[str], notes: list[str], *, contacts: bool
) -> None:
    """Whether there are marks, and whether somebody on roll has none."""
    if register.sessions and not marks.patchy:
        (notes if marks.rules.feed else problems).extend(_markless(pupils, register))
    elif not problems and not (marks.rules.feed and pupils) and not contacts:
        problems.append("there are no marks in these files")


def _missing_columns(tables: Sequence[Table], mapping: Mapping) -> list[str]:
    found = list(dict.fromkeys(text for table in tables for text in headings(table, mapping) if text))
    keys = {heading_key(text) for text in found}
    return [
        f"the mapping file says that {name} is under '{heading}', but no table has that heading"
        f"{did_you_mean(heading, found)}; the headings are {listed(found)}"
        for name, heading in mapping.columns.items()
        if found and heading_key(heading) not in keys
    ]


def _id_pairs(layouts: Sequence[Layout]) -> dict[IdPair, str]:
    pairs: dict[IdPair, str] = {}
    for layout in layouts:
        for number, cells in layout.body:
            pair = layout.cell(cells, "pupil_id"), layout.cell(cells, "upn")
            if pair not in pairs:
                pairs[pair] = f"{layout.where}, row {number}"
    return pairs


def _tell(
    layout: Layout,
    identities: Identities,
    days: dict[str, DayColumn],
    details: Details,
    problems: list[str],
    unread: Unread,
) -> None:
    """Tell what each row says about its pupil. A mark list repeats that on every row, so each saying is read once."""
    at = [layout.columns[name] for name in ("pupil_id", "upn", *FIELDS) if name in layout.columns]
    latest: dict[tuple[str, ...], tuple[date, int, list[str]]] = {}
    firsts: dict[tuple[str, ...], int] = {}
    for number, cells in layout.body:
        saying = tuple([cells[i] for i in at])
        day = _day(layout, cells, days)
        firsts.setdefault(saying, number)
        if saying not in latest or latest[saying][0] <= day:
            latest[saying] = day, number, cells
    for saying, (day, _, cells) in sorted(latest.items(), key=lambda item: item[1][:2]):
        pupil_id = identities.pupil_ids.get((layout.cell(cells, "pupil_id"), layout.cell(cells, "upn")))
        if pupil_id:
            found: list[str] = []
            where = f"{layout.where}, row {firsts[saying]}"
            details.tell(pupil_id, read_details(layout, cells, days, found, unread, pupil_id), where, day)
            problems.extend(f"{where} ({shown_pupil(pupil_id)}): {problem}" for problem in found)


def _day(layout: Layout, cells: Sequence[str], days: dict[str, DayColumn]) -> date:
    """The day of a row's mark; the earliest of all where it has none."""
    if "date" not in layout.columns or not layout.halves:
        return date.min
    try:
        return days["date"].day(layout.cell(cells, "date")) or date.min
    except ValueError:
        return date.min


def _markless(pupils: Sequence[Pupil], register: Register) -> list[str]:
    """Pupils on roll on a day between the first mark and the last, without any: no school has those."""
    first, last = register.dates[0], register.dates[-1]
    return [
        f"{shown_pupil(pupil.pupil_id)} is on roll between {first} and {last} and has no mark"
        for pupil in pupils
        if not any(register.by_pupil[pupil.pupil_id])
        and (pupil.start_date is None or pupil.start_date <= last)
        and (pupil.end_date is None or pupil.end_date >= first)
    ]
