"""`halfday addin desktop`: the Python behind Excel on Windows, served now or at every log-on."""

import argparse
import sys

from halfday_sync.commands.options import Said, dry_run_option
from halfday_sync.errors import Exit


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The verb `desktop` of `halfday addin`, with verbs of its own."""
    desktop = verbs.add_parser("desktop", help="Excel on Windows: serve the cells of the tracker, now or at log-on")
    parts = desktop.add_subparsers(dest="desktop", metavar="COMMAND", required=True)
    serve = parts.add_parser("serve", help="answer the cells of every tracker until the user logs off")
    serve.set_defaults(run=run_serve)
    logon = parts.add_parser("logon", help="have that started whenever this user logs on")
    logon.add_argument("--remove", action="store_true", help="no longer start it at log-on")
    dry_run_option(logon)
    logon.set_defaults(run=run_logon)


def run_serve(_args: argparse.Namespace, said: Said) -> Exit:
    """Serves; ends at log-off, or at once where it is served already."""
    from halfday_sync.addins import desktop

    if not desktop.serve():
        said("The cells of the tracker are served already: nothing to do.")
    return Exit.DONE


def run_logon(args: argparse.Namespace, said: Said) -> Exit:
    """Says what it did."""
    from halfday_sync.addins import desktop

    for line in desktop.logon(sys.executable, remove=args.remove, dry_run=args.dry_run):
        said(line)
    return Exit.DONE
