"""`halfday addin libreoffice`: the extension for LibreOffice as one file, to hand to schools or to IT."""

import argparse
from pathlib import Path

from halfday_sync.commands.options import Said, dry_run_option
from halfday_sync.errors import Exit

_SUFFIX = ".oxt"


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `addin libreoffice`."""
    parser = verbs.add_parser("libreoffice", help="make the extension for LibreOffice Calc")
    parser.add_argument(
        "file", nargs="?", type=Path, default=Path("halfday.oxt"), metavar="FILE.oxt", help="(default: halfday.oxt)"
    )
    dry_run_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Builds the extension, puts the file in place whole, and says what to do with it.

    Raises:
        UsageError: the file's name would not be taken for an extension, or its folder is not there.
        SafetyError: the file could not be written; an older one is as it was.
    """
    from halfday.reference import entries
    from halfday_sync.addins.libreoffice.package import extension
    from halfday_sync.errors import UsageError

    path: Path = args.file
    if path.suffix.lower() != _SUFFIX:
        raise UsageError(
            f"An extension's name must end in {_SUFFIX}, and {path.name} does not.",
            done="Nothing was written.",
            now=f"Give it a name that ends in {_SUFFIX}, for example halfday{_SUFFIX}.",
        )
    if not path.parent.is_dir():
        raise UsageError(
            f"There is no folder {path.parent}.", done="Nothing was written.", now="Make it, or name another one."
        )
    data = extension()
    size = f"{len(entries())} functions, {len(data) / 1024:.0f} KB"
    if args.dry_run:
        said(f"Dry run: {path} would be written ({size}).")
        return Exit.DONE
    _write(path, data)
    said(f"Written: {path} ({size}).")
    said(f"One person: in LibreOffice, Tools, Extension Manager (Extensions in newer versions), Add, {path.name}.")
    said(f"A whole computer, as administrator with LibreOffice closed: unopkg add --force --shared {path.name}")
    said("Then start LibreOffice again. A tracker for it needs this line in halfday.toml, under [school]:")
    said('  functions = "libreoffice"')
    return Exit.DONE


def _write(path: Path, data: bytes) -> None:
    from halfday_sync.errors import SafetyError
    from halfday_sync.whole_file import put_whole

    try:
        put_whole(path, data)
    except OSError as fault:
        raise SafetyError(
            f"The file {path.name} could not be written: {fault.strerror or fault}.",
            done="Whatever was there is as it was.",
            now="Make room on the disk, or ask for the right to write in its folder; then run this again.",
        ) from fault
