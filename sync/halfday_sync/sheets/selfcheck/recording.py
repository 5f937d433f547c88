"""What was asked and answered, without anything of the school, in the form of the recordings that the tests replay.

One line of JSON a conversation: `{"case", "calls": [[method, path, request body, status, answer, date]]}`; `S` begins
the paths of Sheets, `D` those of Drive.
"""

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from halfday_sync.errors import SafetyError
from halfday_sync.sheets.selfcheck.contract import contract
from halfday_sync.whole_file import put_new

CASE = "Halfday self-check"
SHEET = "1SELFCHECK0000000000000000000000000000000000"
ACCOUNT = "halfday@self-check.iam.gserviceaccount.com"
_ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_PROJECT = re.compile(r"(projects?[_/](?:number:)?)\d+")
_NAMES = {"displayName": "Person", "domain": "domain", "driveId": "DRIVE", "inheritedFrom": "INHERITED"}
"""Members whose texts are replaced by a word and a number; the same text always by the same."""
_GOOGLES_OWN = ("errors", "details")
"""Where a `domain` is a part of Google itself."""
_TITLES = ("name", "title")
_GONE = ("photoLink", "lastModifyingUser", "publishedLink", "exportLinks")


@dataclass(frozen=True, slots=True)
class Call:
    """A request and its answer.

    Attributes:
        ask: the method, and the path with S/ or D/ before it.
        body: of the request, and `answer` that of the answer, as JSON gives them.
        date: the answer's, as Google writes it.
    """

    ask: str
    body: object
    status: int
    answer: object
    date: str = ""


class Scrub:
    """Replaces what would tell of a school: ids, addresses, titles, names. The same by the same, wherever it stands."""

    def __init__(self, sheet_id: str, account: str) -> None:
        self._fixed = {sheet_id: SHEET, account: ACCOUNT}
        self._found: dict[str, str] = {}
        self._kept = {title for titles in contract().tabs.values() for title in titles} | {CASE, "Sheet1"}

    def call(self, call: Call) -> Call:
        """A call without them."""
        return Call(self.text(call.ask), self.value(call.body), call.status, self.value(call.answer), call.date)

    def value(self, value: object, name: str = "", owner: str = "") -> object:
        """A JSON value without them; `name` is the member that holds it, `owner` the one that holds that."""
        if isinstance(value, dict):
            return {key: self.value(one, key, name) for key, one in value.items() if key not in _GONE}
        if isinstance(value, list):
            return [self.value(one, name, owner) for one in value]
        return self._said(value, name, owner) if isinstance(value, str) else value

    def _said(self, text: str, name: str, owner: str) -> str:
        if name in _NAMES and owner not in _GOOGLES_OWN:
            return self._named(text, _NAMES[name])
        if name == "id" and owner == "permissions":
            return self._named(text, "permission")
        if name in _TITLES and owner in ("", "properties") and text not in self._kept:
            return self._named(text, "Title")
        return self.text(text)

    def text(self, text: str) -> str:
        """A text without them."""
        for found, instead in self._fixed.items():
            text = text.replace(found, instead)
        text = _PROJECT.sub(r"\g<1>0", text)
        return _ADDRESS.sub(lambda found: self._address(found[0]), text)

    def _address(self, found: str) -> str:
        if found == ACCOUNT:
            return found
        at = self._named(found.casefold(), "person")
        return f"{at.replace(' ', '')}@school.example"

    def _named(self, found: str, word: str) -> str:
        count = sum(one.startswith(word) for one in self._found.values())
        return self._found.setdefault(f"{word}|{found}", f"{word} {count + 1}")


def line_of(calls: Sequence[Call], *secrets: str) -> str:
    """A conversation as a line of a recording, of calls that were scrubbed.

    Raises:
        SafetyError: one of these secrets stands in it all the same.
    """
    rows = [[*call.ask.split(" ", 1), call.body, call.status, call.answer, call.date] for call in calls]
    line = json.dumps({"case": CASE, "calls": rows}, ensure_ascii=False, separators=(",", ":"))
    others = [found for found in _ADDRESS.findall(line) if found != ACCOUNT and not found.endswith("@school.example")]
    if others or any(secret and secret in line for secret in secrets):
        raise SafetyError(
            "The recording would hold something of the school's own, so it was not written.",
            done="",
            now="Tell us: this should not happen.",
        )
    return line


def write(path: Path, line: str) -> None:
    """Writes a recording, packed, readable for its owner only.

    Raises:
        UsageError: there is a file of that name, or it cannot be written there.
    """
    put_new(path, gzip.compress(f"{line}\n".encode(), mtime=0))
