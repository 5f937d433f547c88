"""The command line: a thin door. Each verb is a module of `commands`; here are the clock and the exit codes."""

import argparse
import io
import sys
import time
import traceback
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial

from halfday_sync.commands import (
    actions,
    addin,
    check,
    chronology,
    demo,
    doctor,
    evaluate,
    importing,
    init,
    letters,
    mirror,
    plans,
    policy,
    refer,
    restore,
    review,
    running,
    source,
    watch,
    why,
)
from halfday_sync.commands.options import Said, wrapped
from halfday_sync.errors import Exit, HalfdayError

_VERBS = (
    demo,
    init,
    source,
    running,
    watch,
    restore,
    importing,
    evaluate,
    why,
    chronology,
    actions,
    review,
    letters,
    mirror,
    plans,
    refer,
    policy,
    check,
    addin,
    doctor,
)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="halfday",
        description="The attendance tracker that fills itself in.",
        epilog="Exit codes: 0 done, 1 a fault in Halfday, 2 usage, 3 settings or policy wrong, 4 source unreachable or "
        "implausible, 5 workbook in use, 6 safety stop. With 3 to 6 the workbook is as it was.",
    )
    top.add_argument("--version", action="store_true", help="say which version this is")
    verbs = top.add_subparsers(dest="command", metavar="COMMAND")
    for module in _VERBS:
        module.add(verbs)
    for action in verbs._choices_actions:  # noqa: SLF001 - argparse keeps the one-line help here and nowhere else
        verbs.choices[action.dest].description = action.help
    return top


def _tell(text: str) -> None:
    """Why a command stopped: in a terminal in lines that fit, else as it is."""
    say: Said = partial(print, file=sys.stderr)
    if sys.stderr.isatty():
        say = wrapped(say)
    for line in text.splitlines():
        say(line)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a console of Windows may lack a letter: show it as ?
            stream.reconfigure(errors="replace")
    top = parser()
    args = top.parse_args(argv)
    if args.version:
        from importlib.metadata import version  # noqa: PLC0415 - it takes longer to import than all the rest

        print(f"halfday {version('halfday')}")
        return int(Exit.DONE)
    if args.command is None:
        top.print_help(sys.stderr)
        return int(Exit.USAGE)
    args.today = date.today()  # noqa: TID251, DTZ011 - the only clock; a school's day is the computer's day
    args.now = datetime.now(UTC)  # noqa: TID251 - to the microsecond: two runs in one second have an order
    args.clock = lambda: datetime.now(UTC)  # noqa: TID251 - a watch asks again and again
    args.wait = time.sleep
    try:
        return int(args.run(args, print))
    except HalfdayError as stop:
        _tell(stop.text())
        return int(stop.code)
    except BrokenPipeError:  # somebody piped us into `head`
        sys.stderr.close()
        return int(Exit.DONE)
    except Exception as fault:  # noqa: BLE001 - whatever it is, say so without showing what it held
        print(
            f"A fault in Halfday ({type(fault).__name__}). Nothing more was done. Please report these lines:",
            file=sys.stderr,
        )
        for frame in traceback.extract_tb(fault.__traceback__)[-6:]:
            print(f"  {frame.filename}:{frame.lineno} in {frame.name}", file=sys.stderr)
        return int(Exit.BUG)


if __name__ == "__main__":
    sys.exit(main())
