"""`halfday mirror setup`: walks a person through making the Google copy, and checks each step."""

import argparse
import sys
from pathlib import Path

from halfday_sync.commands.options import Said, school_option, wrapped, wrapped_ask
from halfday_sync.errors import Exit, UsageError

_EPILOG = """it asks for what no option says, tells what to do in Google in between, and
looks whether it was done. Stopped anywhere, it begins there again. Nothing is
written to Google; the first sync is a command of its own.

With --yes it asks nothing, and what is missing is told at once (exit 2):

  halfday mirror setup --school larkfield --key key.json \\
    --sheet https://docs.google.com/spreadsheets/d/…/edit \\
    --domain larkfield.example --person head@larkfield.example=Commenter --yes
"""


RUN = {"as_of": None, "whole": False, "accept": (), "who": "", "pull": False, "only_copy": True, "again": False}
"""What `halfday run` is told where it is about the copy alone."""


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `mirror setup`."""
    parser = parsers.add_parser(
        "setup",
        help="walk through making the copy, step by step; safe to run again",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    school_option(parser)
    parser.add_argument("--key", type=Path, metavar="FILE", help="the key file of the service account")
    parser.add_argument("--sheet", metavar="ADDRESS", help="the empty Google Sheet that a person made")
    parser.add_argument("--domain", help="what stands after the @ in the school's addresses")
    for name, who in (("person", "a person"), ("group", "a group")):
        parser.add_argument(
            f"--{name}",
            action="append",
            default=[],
            metavar="ADDRESS=ROLE",
            help=f"{who} who may see it, as Viewer, Commenter or Editor; no: not any more",
        )
    parser.add_argument("--publishing-blocked", choices=("yes", "no"), help="IT has switched off publishing to the web")
    parser.add_argument(
        "--again", action="store_true", help="make tabs of Halfday's again that people deleted; no more"
    )
    parser.add_argument("--yes", action="store_true", help="ask nothing, write what the options say")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Each step, with what is to be done next; 6 where something is not as it must be yet."""
    if args.again:
        return _again(args, said)
    said = wrapped(said)
    try:
        return _run(args, said)
    except (KeyboardInterrupt, EOFError):
        said("")
        said("Stopped. What was done so far stays; 'halfday mirror setup' goes on from there.")
        return Exit.USAGE


def _run(args: argparse.Namespace, said: Said) -> Exit:
    from halfday_sync.setting_up.asking import Asking
    from halfday_sync.setting_up.mirror_access import of_options
    from halfday_sync.setting_up.mirror_steps import Ways, set_up
    from halfday_sync.setting_up.mirror_words import closing

    people, wrong = of_options(args.person)
    groups, more = of_options(args.group)
    someone = sys.stdin.isatty() and not args.yes
    given = {"--sheet": args.sheet, "--domain": args.domain, "--publishing-blocked": args.publishing_blocked}
    asking = Asking(
        said,
        given={option: value for option, value in given.items() if value is not None},
        ask=wrapped_ask(input, said) if someone else None,
        stop="Ctrl+C stops; it goes on from here another time.",
    )
    if faults := [f"--person {one}" for one in wrong] + [f"--group {one}" for one in more]:
        raise UsageError("What the command line says is wrong.", problems=faults)
    if not someone and not args.yes:
        asking.problems.append("--yes: is missing, as nobody is there to agree")
    left = set_up(asking, Ways(args.school, args.wait, args.now, args.key, tuple(people), tuple(groups)))
    where = "" if args.school == Path() else f' --school "{args.school}"'
    said("")
    if left:
        said(f"Not ready yet; nothing was written to the Google Sheet. Then: halfday mirror setup{where}")
        return Exit.SAFETY
    for line in closing(where):
        said(line)
    return Exit.DONE


def _again(args: argparse.Namespace, said: Said) -> Exit:
    """A sync that makes deleted tabs again: only on this word, for people may have meant it."""
    from halfday_sync import config as settings
    from halfday_sync.commands import running
    from halfday_sync.commands.logged import logged
    from halfday_sync.mirroring.settings import read_settings

    read_settings(settings.load(args.school).mirror)  # not in the log: its faults name addresses
    for name, value in {**RUN, "again": True, "take_over": False, "dry_run": False}.items():
        setattr(args, name, value)
    return logged(running.run)(args, said)
