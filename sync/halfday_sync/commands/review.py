"""`halfday review`: the agendas of the meetings as text, as they stand on Review. For those who meet: with names."""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands.new_file import write_new
from halfday_sync.commands.opening import opened
from halfday_sync.commands.options import Said, as_of_option, school_option
from halfday_sync.errors import Exit

if TYPE_CHECKING:
    from halfday_sync.workbook.sections import Section
    from halfday_sync.workbook.sheet import Cell

_SECTIONS = {
    "check-in": ("check-in",),
    "weekly": ("weekly", "groups-weekly"),
    "half-term": ("half-term", "better", "groups-half-termly", "caseload", "impact"),
    "families": ("families", "schools"),
}
_STAFF = ("agreed", "owner", "next_due", "note")


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `review`."""
    parser = parsers.add_parser("review", help="print the agenda of a meeting; with names, for those who meet")
    parser.add_argument("--meeting", choices=[*_SECTIONS], help="which meeting (default: all of them)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write it into a new file instead")
    school_option(parser)
    as_of_option(parser, "the day of the meeting (default: today)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Works the day out from what the store has, and tells the agendas. Nothing is changed."""
    from halfday_sync.pipeline import view_of, work_out
    from halfday_sync.store import Store
    from halfday_sync.workbook.review import sections

    config, policy = opened(args.school)
    today = args.as_of or args.today
    with Store.open(config.store, school=config.school) as store:
        day = work_out(store, policy, today)
        view = view_of(config, store, day, now=args.now, live=False)
    wanted = _SECTIONS[args.meeting] if args.meeting else [name for names in _SECTIONS.values() for name in names]
    shown = [section for section in sections(view) if section.id in wanted]
    lines = [f"{config.school}, {today:%A} {today.day} {today:%B %Y}", *(line for one in shown for line in told(one))]
    if args.out is None:
        for line in lines:
            said(line)
        return Exit.DONE
    write_new(args.out, lines)
    said(f"Written: {args.out}")
    return Exit.DONE


def told(section: "Section") -> Iterator[str]:
    """A section as text: its heading, what to know, a paragraph for each row; last what is agreed, where it is."""
    from halfday_sync.workbook.layout import document

    yield from ("", section.heading, *section.notes)
    if not section.lines:
        yield section.empty or str(document("layout")["empty"])
    for line in section.lines:
        values = {c.key: _text(line.values.get(c.key), line.num.get(c.key, c.format)) for c in section.columns}
        names = ", ".join(filter(None, [values.get("pupil", ""), values.get("class", "")]))
        rest = [values[c.key] for c in section.columns if c.key not in {"order", "pupil", "class", *_STAFF}]
        order = f"{values['order']}. " if values.get("order") else "- "
        yield f"{order}{_in_a_line([names, *rest])}"
        agreed = "; ".join(filter(None, (values.get(name, "") for name in _STAFF)))
        if agreed:
            yield f"   Agreed: {agreed}"


def _in_a_line(parts: Iterable[str]) -> str:
    r"""Cells after one another: sentences as sentences, the rest with semicolons between.

    >>> _in_a_line(["Ava, 4B", "Stage 2", "Down 3 points.\nWith Ben.", ""])
    'Ava, 4B; Stage 2; Down 3 points. With Ben.'
    """
    said = ""
    for line in (line for part in parts for line in part.splitlines() if line.strip()):
        said += f"{' ' if said.endswith(('.', '!', '?')) else '; '}{line}" if said else line
    return said


def _text(value: "Cell", style: str) -> str:
    """A cell as the page shows it: the same decimals, rounded in the same way."""
    from datetime import date
    from fractions import Fraction

    from halfday.printing import day, half_up
    from halfday_sync.workbook.sheet import told as words

    said = words(value)
    if said is None:
        return ""
    if isinstance(said, float) and style.startswith("percent"):
        return f"{half_up(100 * Fraction(str(said)), 2 if style.endswith('2') else 1)}%"
    return day(said) if isinstance(said, date) else str(said)
