"""Conversations that were recorded with the real Google services. They are other people's (MIT) and are not kept here.

They are read beside the checkout (`../shared/recordings`, whose NOTICE.md says where they are from) or where
HALFDAY_RECORDINGS says.
"""

import os
from pathlib import Path

_PLACE = "HALFDAY_RECORDINGS"


def folder() -> Path:
    return Path(os.environ.get(_PLACE) or Path(__file__).parent.parent.parent / "shared" / "recordings")


def recorded() -> Path:
    """The file of the conversations (`google_replay` reads it)."""
    return folder() / "gspread-recordings.jsonl.gz"


def missing() -> str:
    """What is not there, for the first lines of the tests; empty where the recordings are."""
    return "" if recorded().is_file() else f"the folder of recorded conversations with Google ({_PLACE} names it)"
