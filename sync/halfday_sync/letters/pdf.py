"""Word files as PDF, by LibreOffice where it is on the computer."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from halfday_sync.errors import SettingsError
from halfday_sync.whole_file import put_whole

_SECONDS, _SECONDS_EACH = 120, 15
_PLACES = (
    Path("C:/Program Files/LibreOffice/program/soffice.exe"),
    Path("C:/Program Files (x86)/LibreOffice/program/soffice.exe"),
    Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
)
_NOW = "The Word files are there: print them from Word, or save them as PDF in it."


def _program() -> str | None:
    return shutil.which("soffice") or next((str(path) for path in _PLACES if path.is_file()), None)


def to_pdf(paths: Sequence[Path]) -> list[Path]:
    """A PDF beside each Word file, by the same name; one that is there is replaced.

    LibreOffice runs with a profile of its own, so that one which somebody has open is not disturbed.

    Raises:
        SettingsError: LibreOffice is not here, or could not do it; no PDF was changed.
    """
    program = _program()
    if program is None:
        raise SettingsError("LibreOffice is not on this computer, so no PDF can be made.", now=_NOW)
    try:
        return _made(program, paths)
    except OSError as fault:  # its words would hold a child's name
        raise SettingsError(
            f"The PDFs cannot be written: {type(fault).__name__}.",
            now=f"Does somebody have one open? Close it, and run the same again. {_NOW}",
        ) from fault


def _made(program: str, paths: Sequence[Path]) -> list[Path]:
    made = []
    with tempfile.TemporaryDirectory(prefix="halfday-pdf-") as name:
        scratch = Path(name)
        # Names in the scratch folder are ours: two letters of one name may come from two folders.
        copies = [Path(shutil.copyfile(path, scratch / f"{at}.docx")) for at, path in enumerate(paths)]
        said = _convert(program, copies, scratch) if copies else ""
        results = [copy.with_suffix(".pdf") for copy in copies]
        # By number: the name of a letter's file may hold a child's name.
        lacking = [f"letter {at} of {len(paths)}" for at, result in enumerate(results, 1) if not result.is_file()]
        if lacking:
            raise SettingsError(
                f"LibreOffice could not make {len(lacking)} of {len(paths)} PDFs.",
                problems=[*lacking, *filter(None, [said])],
                done="No PDF was changed.",
                now=f"Is LibreOffice Writer installed? {_NOW}",
            )
        for path, result in zip(paths, results, strict=True):
            made.append(_put(result, path.with_suffix(".pdf")))
    return made


def _convert(program: str, copies: Sequence[Path], scratch: Path) -> str:
    """Has LibreOffice write the PDFs; what it said where it failed."""
    profile = (scratch / "profile").as_uri()
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", "pdf"]
    try:
        done = subprocess.run(  # noqa: S603  (the program that is installed, and files of ours)
            [*command, "--outdir", str(scratch), *map(str, copies)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS + _SECONDS_EACH * len(copies),
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return "LibreOffice did not finish in time"
    except OSError as fault:
        return f"LibreOffice did not start: {type(fault).__name__}"
    return f"LibreOffice ended with {done.returncode}" if done.returncode else ""


def _put(made: Path, path: Path) -> Path:
    """Puts a finished PDF in place in one step."""
    put_whole(path, made.read_bytes())
    return path
