"""`halfday init`: sets up a school, question by question; or by options, for many schools."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from halfday_sync.commands.options import Said, as_of_option, dry_run_option, school_option, wrapped, wrapped_ask
from halfday_sync.errors import Exit, SettingsError, UsageError

if TYPE_CHECKING:
    from halfday_sync.setting_up.keeping import Plan

_EPILOG = """it asks for what no option says. With --yes it asks nothing, and what is
missing is told at once (exit 2). Secrets are typed (not shown), or come on
standard input, one in a line:

  halfday init --school larkfield --name "Larkfield" --policy wath-central \\
    --kind wonde --set school_id=A1930499544 --secrets-from-stdin \\
    --yes < secrets.txt
  Wonde token: …

They are kept in the credential store of this computer for this user, and
nowhere else. 'halfday source kinds' lists the kinds, their settings and
secrets. Run again, it shows what is set and changes what is answered
differently only.
"""


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `init`."""
    parser = parsers.add_parser(
        "init",
        help="set up a school: where its marks come from, which policy, when to run; safe to run again",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    school_option(parser)
    parser.add_argument("--name", help="the name of the school")
    parser.add_argument("--policy", metavar="NAME_OR_FILE", help="the attendance policy")
    parser.add_argument("--kind", help="where the marks come from; none: files are imported by hand")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the kind")
    parser.add_argument("--times", metavar="TIMES", help="when to run on a school day, for example 07:15,09:30")
    parser.add_argument("--secrets-from-stdin", action="store_true", help="read secrets, 'NAME: SECRET', a line each")
    parser.add_argument("--untested", action="store_true", help="do not try the source")
    parser.add_argument("--no-calendar", action="store_true", help="do not look for the calendar in the marks")
    parser.add_argument("--yes", action="store_true", help="ask nothing, write what the options say")
    dry_run_option(parser)
    as_of_option(parser, "the day of the pull (default: today)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Asks, tries, shows, and writes at the end. Stopped before that, nothing is changed."""
    said = wrapped(said)
    try:
        return _run(args, said)
    except (KeyboardInterrupt, EOFError):
        said("")
        said("Stopped. Nothing was changed.")
        return Exit.USAGE


def _run(args: argparse.Namespace, said: Said) -> Exit:
    from halfday_sync import credentials
    from halfday_sync.commands.progress import Progress
    from halfday_sync.setting_up.answers import present
    from halfday_sync.setting_up.asking import Asking
    from halfday_sync.setting_up.keeping import carry_out
    from halfday_sync.setting_up.wizard import Ways, set_up
    from halfday_sync.sources.base import Site

    given = _given(args)
    secrets = _secrets(sys.stdin) if args.secrets_from_stdin else {}
    someone = sys.stdin.isatty() and not (args.yes or args.secrets_from_stdin)
    progress = Progress()
    ask, hidden = (progress.before(wrapped_ask(put, said)) if someone else None for put in (input, _hidden))
    asking = Asking(progress.before(said), given=given, secrets=secrets, ask=ask, hidden=hidden)
    if not someone and not args.yes and not args.dry_run:
        asking.problems.append("--yes: is missing, as nobody is there to agree")
    now = present(args.school)
    with progress:
        site = Site(
            args.school, args.as_of or args.today, args.now, args.wait, credentials.reader(now.answers.name), progress
        )
        plan = set_up(asking, now, site, Ways(not args.untested, not args.no_calendar, args.clock))
    lines = list(plan.lines())
    if not lines:
        said("Nothing differs from what is set already, so nothing was written.")
        return Exit.DONE
    said("Would be written:" if args.dry_run else "To be written:")
    for line in lines:
        said(f"  {line}")
    if args.dry_run or not asking.yes("Write this (yes or no)"):
        said("Nothing was changed.")
        return Exit.DONE
    carry_out(plan)
    for line in _next(args.school, plan, has_store=now.has_store):
        said(line)
    return Exit.DONE


def _given(args: argparse.Namespace) -> dict[str, str]:
    """What the options answer, by option; a list may be given in several parts."""
    options: Mapping[str, str | None] = {
        "--name": args.name, "--policy": args.policy, "--kind": args.kind, "--times": args.times,
    }  # fmt: skip
    given = {option: value for option, value in options.items() if value is not None}
    for pair in args.set:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"--set {pair.split('=')[0]}: write KEY=VALUE, for example --set school_id=A1930499544.")
        option = f"--set {key.strip()}"
        given[option] = f"{given[option]}, {value}" if option in given else value
    return given


def _secrets(lines: TextIO) -> dict[str, str]:
    """Secrets out of lines like `Wonde token: …`. A line is never repeated in a message: it may be a secret."""
    if lines.isatty():
        raise UsageError(
            "--secrets-from-stdin is for a file or another program; what is typed here would be shown.",
            now="Leave it out: secrets are asked for, and not shown.",
        )
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not value.strip() or name.strip() in found:
            raise UsageError(
                f"Line {number} of standard input is not a secret with its name, or names one again.",
                now="Write NAME: SECRET, one in a line, for example 'Wonde token: …'.",
            )
        found[name.strip()] = value.strip()
    return found


def _hidden(words: str) -> str:
    """A secret from the keyboard, not shown; refused where it would be."""
    import getpass
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(words)
        except getpass.GetPassWarning:
            raise SettingsError(
                "This window cannot hide what is typed, so no secret was asked for.",
                now="Use another terminal, or --secrets-from-stdin.",
            ) from None


def _next(folder: Path, plan: "Plan", *, has_store: bool) -> tuple[str, ...]:
    """What to do now: nothing where the school runs already."""
    where = "" if folder == Path() else f' --school "{folder}"'
    if has_store:
        return ("Written. It counts from the next run on.",)
    first = (f"  put exports with pupils and marks into {plan.exports}",) if plan.exports else ()
    return (
        "Written. Next:",
        *first,
        f"  halfday run{where}             the first tracker",
        f"  halfday watch install{where}   from then on by itself",
    )
