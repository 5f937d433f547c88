"""`halfday review`: the agendas of the meetings as text, as they stand on Review. For those who meet: with names."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands.options import Said, as_of_option, school_option
from halfday_sync.errors import Exit, SourceError, UsageError

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
    from halfday_sync import config as settings
    from halfday_sync.pipeline import view_of, work_out
    from halfday_sync.store import Store
    from halfday_sync.templates import policy_path, usable_policy
    from halfday_sync.workbook.review import sections

    config = settings.load(args.school)
    policy = usable_policy(policy_path(config.policy, config.folder))
    if not config.store.is_file():
        raise SourceError("There are no marks yet.", now="Import pupils and marks first: halfday import FILE …")
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
    _write(args.out, lines)
    said(f"Written: {args.out}")
    return Exit.DONE


def _write(path: Path, lines: list[str]) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except FileExistsError as fault:
        raise UsageError(f"{path} is there already. It was left as it is.", now="Give another name.") from fault
    except OSError as fault:
        raise UsageError(f"{path} could not be written ({fault.strerror}).", now="Give another place.") from fault


def told(section: "Section") -> Iterator[str]:
    """A section as text: its heading, what to know, a paragraph for each row; last what is agreed, where it is."""
    from halfday_sync.workbook.layout import document

    yield from ("", section.heading, *section.notes)
    if not section.lines:
        yield section.empty or str(document("layout")["empty"])
    for line in section.lines:
        values = {column.key: _text(line.values.get(column.key), column.format) for column in section.columns}
        names = ", ".join(filter(None, [values.get("pupil", ""), values.get("class", "")]))
        rest = [values[c.key] for c in section.columns if c.key not in {"order", "pupil", "class", *_STAFF}]
        order = f"{values['order']}. " if values.get("order") else "- "
        yield f"{order}{'; '.join(filter(None, [names, *rest]))}".replace("\n", "; ")
        agreed = "; ".join(filter(None, (values.get(name, "") for name in _STAFF)))
        if agreed:
            yield f"   Agreed: {agreed}"


def _text(value: "Cell", style: str) -> str:
    from datetime import date

    from halfday.printing import day
    from halfday_sync.workbook.sheet import told as words

    said = words(value)
    if said is None:
        return ""
    if isinstance(said, float) and style.startswith("percent"):
        return f"{100 * said:.1f}%"
    return day(said) if isinstance(said, date) else str(said)
