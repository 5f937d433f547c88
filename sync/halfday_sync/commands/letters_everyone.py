"""`halfday letters everyone`: one letter to every family, as Word files in a folder of their own, or as a table."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from halfday.printing import counted
from halfday_sync.commands.letters_told import desk_of, end, named, put
from halfday_sync.commands.options import Said
from halfday_sync.commands.progress import Progress
from halfday_sync.entries import TRACKER
from halfday_sync.errors import Exit, SafetyError, SettingsError
from halfday_sync.letters import catalogue
from halfday_sync.letters.fields import copies
from halfday_sync.letters.merge import Merged, merge_table
from halfday_sync.letters.rendering import render
from halfday_sync.posting import Picture, to_everyone
from halfday_sync.posting.everyone import ToFamily, having
from halfday_sync.posting.file_names import SUFFIX, plain
from halfday_sync.whole_file import put_whole

KIND = "letter to all"
"""What the store calls it, once a pupil."""


def everyone(args: argparse.Namespace, said: Said) -> Exit:
    """Makes the letter; a file that is there already stays as it is."""
    who = named(args.who)
    if args.table and args.table.exists():
        raise SafetyError(f"{args.table.name} is there already.", now="Give another name, or take it away first.")
    with desk_of(args) as desk:
        seen = desk.seen
        have = having(seen, args.letter, desk.store.letters())
        letter, families, by_hand = to_everyone(seen, args.letter, desk.store.entries(TRACKER), have)
        children = sum(len(one.pupil_ids) for one in families)
        said(f"{letter.title}, approved by {who}: {counted(len(families), 'letter')} about {children} children.")
        if have:
            many = counted(len(have), "child has", "children have")
            said(f"{many} a letter of their own on Letters, and are left out.")
        if by_hand:
            said(f"Adapted route, or nobody is down to get letters; write in your own words: {', '.join(by_hand)}.")
        if not args.dry_run:
            said(_table(args.table, letter.title, families) if args.table else _files(seen, letter.title, families))
            for pupil_id in (pupil_id for one in families for pupil_id in one.pupil_ids):
                desk.store.announce(KIND, pupil_id, f"{letter.id} {seen.today}", on=seen.today)
    return end(args, said)


def _table(path: Path, title: str, families: list[ToFamily]) -> str:
    put(path, merge_table([Merged(one.pupil_ids[0], title, one.fields) for one in families]))
    return f"As a table: {path}"


def _files(seen: Picture, title: str, families: list[ToFamily]) -> str:
    """Word files, in a folder of the day; what lies there whole is not made again."""
    folder = seen.settings.folder / plain(f"{seen.today.isoformat()} {title}")
    made = there = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Progress() as progress:
            for at, one in enumerate(families):
                progress("letters", at, len(families))
                for path, fields in ((folder / name, fields) for name, fields in _copies(one)):
                    there += path.exists()
                    if not path.exists():
                        source = catalogue.find(seen.settings, one.template, one.language)
                        put_whole(path, render(source, fields, seen.settings))
                        made += 1
    except OSError as fault:
        raise SettingsError(
            f"The letters cannot be written: {type(fault).__name__}.",
            done=f"{made} were made.",
            now="Run the same again: it goes on from there.",
        ) from fault
    before = f" {there} were there already." if there else ""
    return f"Made: {counted(made, 'file')}, in {folder}.{before}"


def _copies(one: ToFamily) -> Iterator[tuple[str, dict[str, Any]]]:
    """The copies of a family's letter with their names; the first child's id tells namesakes apart."""
    classes = dict.fromkeys(str(child.get("class", "")) for child in one.fields.get("children", ()))
    base = f"{' '.join(filter(None, classes))} {one.fields.get('pupil', '')} {one.pupil_ids[0]}"
    each = copies(catalogue.template(one.template), one.fields)
    for number, fields in enumerate(each, 1):
        yield f"{plain(base)}{f' ({number})' if len(each) > 1 else ''}{SUFFIX}", fields
