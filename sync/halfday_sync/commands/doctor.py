"""`halfday doctor`: what is right and what is not on one computer and for one school, and what to do next."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands.options import Said, wrapped
from halfday_sync.errors import Exit, HalfdayError

if TYPE_CHECKING:
    from datetime import datetime

    from halfday_sync.config import Config
    from halfday_sync.doctor.finding import Group


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `doctor`."""
    parser = parsers.add_parser(
        "doctor",
        help="check this computer and a school, and say what to do next; changes nothing",
        epilog="Exit codes: 0 nothing must be put right; otherwise the highest of 3 settings, policy or this computer, "
        "4 the source of the marks, 5 the tracker was open at the last run, 6 a safety stop. What is only good to know "
        "or cannot be told does not count. With --json the same number is exit_code.",
    )
    parser.add_argument(
        "--school", type=Path, metavar="DIR", help="the school's folder (default: here, if there is a halfday.toml)"
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON document, for a program that looks after many schools"
    )
    parser.add_argument("--all", action="store_true", help="also why each thing matters, and what was not looked at")
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="FILE.zip",
        help="also write a file for whoever helps: findings, versions, log and counts; nobody is named in it",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Every check, each in a line, and the one thing to do next."""
    from importlib.metadata import version

    from halfday_sync.doctor import report
    from halfday_sync.doctor.finding import Site, examine
    from halfday_sync.doctor.probes import this_machine

    config, fault = _school(args.school)
    site = Site(this_machine(args.now), version("halfday"), config, fault, args.school)
    findings = examine(_groups(args.now), site)
    if args.json:
        said(report.as_json(findings, site))
    else:
        said = wrapped(said)
        for line in report.lines(findings, everything=args.all):
            said(line)
    if args.bundle:
        from halfday_sync.doctor import bundle

        names = bundle.write(args.bundle, site, findings)
        if not args.json:
            said(f"Written: {args.bundle} ({', '.join(names)}). Nobody is named in it; read it before you send it.")
    return report.exit_code(findings)


def _school(folder: Path | None) -> "tuple[Config | None, HalfdayError | None]":
    """The settings of the school that was named, or of the one that is here; or what is wrong with them."""
    from halfday_sync import config as settings

    if folder is None and not (Path() / settings.FILE).is_file():
        return None, None
    try:
        return settings.load(folder or Path()), None
    except HalfdayError as fault:  # the computer is examined all the same
        return None, fault


def _groups(now: "datetime") -> "tuple[Group, ...]":
    from functools import partial

    from halfday_sync.commands.check import look_at_policy, look_at_store, look_at_workbook
    from halfday_sync.doctor.groups import every_group
    from halfday_sync.services import is_installed

    return every_group(look_at_policy, partial(look_at_store, now=now), look_at_workbook, is_installed)
