"""`halfday mirror selfcheck`: whether Google does what Halfday relies on, on a throw-away Google Sheet."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands.options import Said, school_option, wrapped
from halfday_sync.errors import Exit, SafetyError, UsageError

if TYPE_CHECKING:
    from halfday_sync.sheets.asking import Line
    from halfday_sync.sheets.selfcheck.recording import Call
    from halfday_sync.sheets.selfcheck.running import Judged


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `mirror selfcheck`."""
    parser = parsers.add_parser(
        "selfcheck", help="for IT: try all that Halfday asks of Google, on an empty throw-away sheet"
    )
    school_option(parser)
    parser.add_argument("--sheet", required=True, metavar="ADDRESS", help="an empty Google Sheet made for this only")
    parser.add_argument("--who", required=True, metavar="NAME", help="who made it for this, and will delete it")
    parser.add_argument("--key", type=Path, metavar="FILE", help="a key file, where none is kept for a school here")
    parser.add_argument(
        "--record", type=Path, metavar="FILE.jsonl.gz", help="also write what was said, without anything of the school"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Every call, each in a line: as it should be, not, or only looked at; 4 where one is not as it should be."""
    from halfday_sync.mirroring.settings import sheet_id
    from halfday_sync.sheets.selfcheck import recording, running
    from halfday_sync.sheets.selfcheck.contract import contract

    said = wrapped(said)
    number = sheet_id(args.sheet)
    if not number:
        raise UsageError("--sheet is not the address of a Google Sheet.", now="Copy it whole from the browser.")
    if not args.who.strip():
        raise UsageError("--who needs a name.", now="Say who made the sheet for this: --who NAME.")
    _not_the_copy(args.school, number)
    if args.record and args.record.exists():
        raise UsageError(f"{args.record.name} is there already.", now="Choose another name, or delete it first.")
    judged: list[Judged] = []
    calls: list[Call] = []
    with _line(args) as line:
        scrub = recording.Scrub(number, line.address)

        def tell(one: "Judged") -> None:
            judged.append(one)
            for words in _told(one, scrub):
                said(words)

        running.run(line, number, tell, calls.append)
        secrets = (number, line.address)
    wrong, looked = sum(bool(one.faults) for one in judged), sum(one.step.only_look for one in judged)
    said("")
    said(
        f"{len(judged)} calls: {len(judged) - wrong - looked} as they should be, {wrong} not, {looked} only looked at."
    )
    said("What only a person can try, with a second account:")
    for words in contract().by_hand:
        said(f"  {words}")
    if args.record:
        recording.write(args.record, recording.line_of([scrub.call(call) for call in calls], *secrets))
        said(f"Written: {args.record}. Nothing of the school is in it; read it before you send it.")
    said(f"The tabs that were made are gone again; {args.who.strip()} can delete the sheet.")
    return Exit.SOURCE if wrong else Exit.DONE


def _told(one: "Judged", scrub: object) -> list[str]:
    import json

    from halfday_sync.sheets.selfcheck.recording import Scrub

    assert isinstance(scrub, Scrub)
    if one.step.only_look:
        text = json.dumps(scrub.value(one.answer), ensure_ascii=False)
        return [f"see {one.step.what}: {one.status}, {text[:160]}"]
    if not one.faults:
        return [f"ok  {one.step.what}"]
    faults = (f"    {scrub.text(fault)}" for fault in one.faults[:5])
    return [f"no  {one.step.what}", *faults, f"    Expected because of: {one.step.says}"]


def _not_the_copy(folder: Path, number: str) -> None:
    from halfday_sync import config as settings
    from halfday_sync.mirroring.settings import sheet_id

    if (folder / settings.FILE).is_file() and sheet_id(settings.load(folder).mirror.get("sheet", "")) == number:
        raise SafetyError(
            "That is the school's Google copy itself.", now="Make an empty Google Sheet for the self-check."
        )


def _line(args: argparse.Namespace) -> "Line":
    from halfday_sync import config as settings
    from halfday_sync.mirroring.opening import opened
    from halfday_sync.sheets.asking import Line
    from halfday_sync.sheets.connecting import key

    if args.key is None:
        return opened(settings.load(args.school).school, wait=args.wait, now=args.now)
    try:
        text = args.key.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(f"The key file cannot be read ({type(fault).__name__}).") from None
    return Line(key(text), wait=args.wait, now=args.now)
