"""`halfday addin`: the cell functions for each program that can open the tracker."""

import argparse

from halfday_sync.commands import addin_desktop, addin_libreoffice, addin_officejs


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The verbs of `addin`, one group a host."""
    parser = parsers.add_parser("addin", help="bring the cell functions into Excel or LibreOffice")
    verbs = parser.add_subparsers(dest="verb", metavar="WHAT", required=True)
    for host in (addin_officejs, addin_desktop, addin_libreoffice):
        host.add(verbs)
    for action in verbs._choices_actions:  # noqa: SLF001 - argparse keeps the one-line help here and nowhere else
        verbs.choices[action.dest].description = action.help
