"""Workbooks saved by real Excel, one for each feature that people use. They are other people's and are not kept here.

They are read beside the checkout (`../shared/fixtures/excel`, whose SOURCES.md says where each is from) or where
HALFDAY_EXCEL_FILES says.
"""

import os
from functools import cache
from pathlib import Path

_PLACE = "HALFDAY_EXCEL_FILES"


def folder() -> Path:
    """Where the workbooks are."""
    beside = Path(__file__).parent.parent.parent / "shared" / "fixtures" / "excel"
    return Path(os.environ.get(_PLACE) or beside)


@cache
def workbooks() -> tuple[Path, ...]:
    """The workbooks, by name; one that is there under several names, for several features, is given once."""
    found = {path.read_bytes(): path for path in sorted(folder().glob("*.xls[xm]"), reverse=True)}
    return tuple(sorted(found.values()))


def missing() -> str:
    """What is not there, for the first lines of the tests; empty where the workbooks are."""
    return "" if workbooks() else f"the folder of workbooks saved by Excel ({_PLACE} names it)"
