"""`halfday refer PUPIL`: one child's pack for the local authority, another school or a review; and nobody else's."""

import argparse
import sys

from halfday_sync.commands.logged import logged
from halfday_sync.commands.options import Said, as_of_option, dry_run_option, school_option, wrapped
from halfday_sync.errors import Exit, UsageError


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `refer`."""
    parser = parsers.add_parser("refer", help="make a child's pack for the local authority, a new school or a review")
    parser.add_argument("pupil", nargs="?", default="", metavar="PUPIL", help="a pupil id or UPN")
    parser.add_argument("--pupil", dest="pupil_named", default="", metavar="PUPIL", help="the same, by name of option")
    parser.add_argument("--profile", default="", metavar="NAME", help="who asks: kent, generic, …, or a file")
    parser.add_argument("--reason", default="", metavar="ID", help="why: unauthorised, leave, late or exclusion")
    parser.add_argument("--who", default="", metavar="NAME", help="who prepares it; stands on the pack")
    parser.add_argument("--draft", action="store_true", help="make it with what is missing on its first page")
    parser.add_argument(
        "--siblings", action="store_true", help="you confirm that brothers and sisters may go in, where the form asks"
    )
    parser.add_argument("--encrypt", action="store_true", help="an encrypted workbook besides; asks for a password")
    parser.add_argument("--again", default="", metavar="KEY", help="the files of a pack that was made, once more")
    parser.add_argument("--log", action="store_true", help="list the packs that were made; writes nothing")
    parser.add_argument(
        "--lint", nargs="*", default=None, metavar="NAME", help="find what is wrong in profiles (default: all)"
    )
    school_option(parser)
    as_of_option(parser, "the day on the pack (default: today)")
    dry_run_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """One child, or what else was asked for; ids and counts, no names."""
    from halfday_sync.commands import refer_told as told

    if args.lint is not None:
        return _lint(args, said)
    args.pupil = _one_of(args.pupil, args.pupil_named)
    if args.log:
        return told.log(args, said)
    said = wrapped(said) if sys.stdout.isatty() else said  # a box on the screen breaks lines by itself
    args.aloud = said  # a password is said, and never logged
    return logged(told.again if args.again else told.refer)(args, said)


def _one_of(pupil: str, named: str) -> str:
    """The pupil, however it was said."""
    if pupil and named and pupil != named:
        raise UsageError("Two pupils are named.", done="Nothing was made.", now="One pack is about one child.")
    return pupil or named


def _lint(args: argparse.Namespace, said: Said) -> Exit:
    from halfday_sync.commands.refer_lint import lint_profiles
    from halfday_sync.config import FILE

    folder = args.school if (args.school / FILE).is_file() else None
    return lint_profiles(args.lint, folder, args.as_of or args.today, said)
