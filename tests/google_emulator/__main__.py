"""The emulator by itself, for clients in any language: `python -m tests.google_emulator --port 8099`.

Without --account nobody is asked for a token and everything may be done. Ends with Ctrl+C.
"""

import argparse
import json
import sys
import threading
from pathlib import Path

from tests.google_emulator import Google, serve

_WORDS = """\
A made-up Google answers at {base} (Sheets v4, Drive v3; only the path of an address counts).

  googleapis (Python)  build("sheets", "v4", client_options={{"api_endpoint": "{base}"}})
                       with credentials=google.auth.credentials.AnonymousCredentials()
  googleapis (Node)    google.sheets({{version: "v4", rootUrl: "{base}/"}})
  gspread              gspread.authorize(None, session=…) with a requests session whose adapter for https://
                       sends to {base} instead (tests/google_line.py does so)
  anything             curl {base}/v4/spreadsheets/ID

A new spreadsheet:     curl -X POST {base}/drive/v3/files -d '{{"name": "Mine"}}'
Recorded replies:      python tests/google_replay.py FILE.jsonl.gz --against {base}
"""


def main(words: list[str]) -> int:
    """Serves until it is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.google_emulator", description="A made-up Google.")
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1; any free one without it")
    parser.add_argument("--account", metavar="EMAIL", help="a service account; from then on tokens are asked for")
    parser.add_argument("--key", type=Path, metavar="FILE", help="where its key goes; its tokens come from here")
    given = parser.parse_args(words)
    if bool(given.account) != bool(given.key):
        parser.error("--account and --key belong together")
    google = Google()
    with serve(google, given.port) as base:
        if given.account:
            key = google.account(given.account, token_uri=f"{base}/token")
            given.key.write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8")
            given.key.chmod(0o600)
            sys.stdout.write(_shared(google, given.account))
        sys.stdout.write(_WORDS.format(base=base))
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


def _shared(google: Google, account: str) -> str:
    """With accounts in use nobody can begin with nothing: a spreadsheet is there, shared with the account."""
    book = google.make("A spreadsheet to begin with")
    google.share(book, account, "writer")
    return f"The spreadsheet {book} is shared with {account} as a writer.\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
