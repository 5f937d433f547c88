"""`halfday letters`: what is to approve, made, sent or withdrawn; and the same steps as on the page Letters."""

import argparse
from pathlib import Path

from halfday_sync.commands.logged import logged
from halfday_sync.commands.options import Said, as_of_option, dry_run_option, iso_date, school_option
from halfday_sync.errors import Exit


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `letters`."""
    parser = parsers.add_parser("letters", help="list letters; approve them, make the Word files, say which went")
    _usual(parser)
    parser.set_defaults(run=run, verb="")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    approve = verbs.add_parser("approve", help="say yes to letters, and make them")
    _keys(approve, "+")
    approve.add_argument("--who", required=True, metavar="NAME", help="who approves; kept with the letter")
    approve.add_argument("--line", default="", metavar="TEXT", help="a line for this family; it is printed")
    sent = verbs.add_parser("sent", help="say that letters have gone; their steps are done then")
    _keys(sent, "+")
    sent.add_argument("--on", type=iso_date, required=True, metavar="DATE", help="the day, as 2025-12-05")
    sent.add_argument("--who", required=True, metavar="NAME", help="who sent them; kept with the letter")
    make = verbs.add_parser("make", help="make the Word files of approved letters")
    _keys(make, "*")
    make.add_argument("--pupil", action="append", default=[], metavar="ID", help="only letters about these pupils")
    make.add_argument("--pdf", action="store_true", help="a PDF beside each file (needs LibreOffice)")
    table = verbs.add_parser("table", help="approved letters as a table for mail merge, a row a letter and parent")
    table.add_argument("file", type=Path, metavar="FILE.xlsx", help="where to write it")
    everyone = verbs.add_parser("everyone", help="a letter to every family, such as the termly one")
    everyone.add_argument("letter", metavar="LETTER", help="its id in the policy, for example termly-letter")
    everyone.add_argument("--who", required=True, metavar="NAME", help="who approves it; kept in the log")
    everyone.add_argument(
        "--table", type=Path, metavar="FILE.xlsx", help="a table for mail merge instead of Word files"
    )
    lint = verbs.add_parser("lint", help="find what is wrong in the Word templates")
    fields = verbs.add_parser("fields", help="list what a template can fill in")
    for verb in (approve, sent, make, table, everyone, lint, fields):
        _usual(verb)
        verb.set_defaults(run=logged(run))


def _usual(parser: argparse.ArgumentParser) -> None:
    school_option(parser)
    as_of_option(parser, "the day of the page (default: today)")
    dry_run_option(parser)


def _keys(parser: argparse.ArgumentParser, many: str) -> None:
    parser.add_argument("keys", nargs=many, metavar="KEY", help="a letter as 'halfday letters' lists it")


def run(args: argparse.Namespace, said: Said) -> Exit:
    """One verb; ids and counts, no names."""
    from halfday_sync.commands import letters_everyone
    from halfday_sync.commands import letters_told as told

    verbs = {
        "": told.listed,
        "approve": told.approve,
        "sent": told.sent,
        "make": told.make,
        "table": told.table,
        "everyone": letters_everyone.everyone,
        "lint": told.lint,
        "fields": told.fields,
    }
    return verbs[args.verb or ""](args, said)
