"""A stand-in for SIMS' CommandReporter: a real program that takes its options and answers from a folder.

`command_reporter.py FOLDER /KEY:value …`, started through a launcher (`install`). In the folder: `NAME.xml` is what a
report gives, `NAME.parameters.xml` its parameters, `fails.txt` the words of an error (with exit code 0, as the real one
does), and `hangs`, `silent`, `crashes`, `to_screen` (the error on the screen, half a file) change what it does. What it
was called with goes to `calls.txt`, and the parameter file it was given to `asked.xml`.
"""

import re
import sys
import threading
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET


def install(folder: Path) -> Path:
    """The launcher of a stand-in that answers from a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    launcher = folder / "CommandReporter.exe"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{__file__}" "{folder}" "$@"\n', encoding="utf-8")
    launcher.chmod(0o755)
    return launcher


def calls(folder: Path) -> list[list[str]]:
    """The options of each call, oldest first."""
    return [line.split("\t") for line in (folder / "calls.txt").read_text(encoding="utf-8").splitlines()]


def main(folder: Path, options: list[str]) -> int:
    with (folder / "calls.txt").open("a", encoding="utf-8") as log:
        log.write("\t".join(options) + "\n")
    given = dict(option.lstrip("/").partition(":")[::2] for option in options)
    if (folder / "hangs").exists():
        threading.Event().wait()
    if (folder / "crashes").exists():
        return 3
    report, failing = folder / f"{given.get('REPORT')}.xml", folder / "fails.txt"
    words = failing.read_text(encoding="utf-8") if failing.exists() else ""
    if "TRUSTED" not in given:
        words = "No user"
    elif not words and not report.exists():
        words = "Report not found"
    if words:
        sys.stdout.write(f"<CommandReporterError>{words}</CommandReporterError>")
    elif "PARAMDEF" in given:
        definition = folder / f"{given['REPORT']}.parameters.xml"
        sys.stdout.write(definition.read_text(encoding="utf-8") if definition.exists() else "<ReportParameters />")
    elif not (folder / "silent").exists():
        data = asked_for(report.read_bytes(), given.get("PARAMFILE"), folder)
        half = (folder / "to_screen").exists()
        Path(given["OUTPUT"]).write_bytes(data[: len(data) // 2] if half else data)
        if half:
            sys.stdout.write("<CommandReporterError>The report stopped</CommandReporterError>")
    return 0


def asked_for(data: bytes, parameters: str | None, folder: Path) -> bytes:
    """The records of the days that the parameters ask for; what is no whole XML goes through as it is."""
    if not parameters:
        return data
    text = Path(parameters).read_text(encoding="utf-8")
    (folder / "asked.xml").write_text(text, encoding="utf-8")
    first, last = re.search("<Start>([^<]*)", text), re.search("<End>([^<]*)", text)
    if first is None or last is None:
        return data
    try:
        root = ET.fromstring(data)
    except ET.ParseError:
        return data
    for record in list(root):
        day = datetime.fromisoformat(record.findtext("Date") or "0001-01-01")
        if not datetime.fromisoformat(first[1]) <= day <= datetime.fromisoformat(last[1]):
            root.remove(record)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
