"""Asks an emulator what clients once asked the real Google, and compares its answers with Google's own.

    python tests/google_replay.py FILE.jsonl.gz [--against http://127.0.0.1:PORT]

A line of the file is one conversation: {"case": name, "calls": [[method, path, body, status, reply, date], …]}. A path
begins with S (sheets.googleapis.com) or D (www.googleapis.com); in a reply "$default" stands for the format and the
theme of every new spreadsheet. Without --against the project's own emulator is started, anew for each conversation.

What Google makes up (ids of files, tabs, names and protected ranges) is learnt from the answers and put into the
requests that follow; times and the service account's address are not compared. A conversation begins without files
(`DELETE /emulator/files`), but for those that were there before it was recorded (`POST /emulator/files`); an emulator
that does not know these calls is asked all the same.
"""

import argparse
import gzip
import http.client
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.google_emulator import Google, serve
from tests.google_emulator.book import defaults

Ask = Callable[[str, str, object], tuple[int, Any]]
"""Asks by method, path and body; gives status and reply, parsed where it is JSON."""

_TIMES = {"createdTime", "modifiedTime"}
_ACCOUNT = re.compile(r"[\w.+-]+@[\w.-]+gserviceaccount\.com")
_FILES = "/drive/v3/files"
_FEW_LINES = 3


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call and what Google answered."""

    method: str
    path: str
    body: object
    status: int
    reply: Any


@dataclass(frozen=True, slots=True)
class Conversation:
    """Calls in the order in which they were made; the later ones depend on the earlier."""

    case: str
    exchanges: tuple[Exchange, ...]

    def was_there(self) -> dict[int, dict[str, str]]:
        """Files that the conversation lists but did not make: names by id, oldest first.

        They are given by the call before which they must be there: the making of the file that Google, which lists the
        newest first, lists before them.
        """
        known: set[str] = set()
        found: dict[int, dict[str, str]] = {}
        last_made = 0
        for at, exchange in enumerate(self.exchanges):
            if not isinstance(exchange.reply, dict):
                continue
            if exchange.method == "POST" and exchange.path.startswith(_FILES) and "id" in exchange.reply:
                known.add(exchange.reply["id"])
                last_made = at
            for listed in reversed(exchange.reply.get("files", [])):
                if listed["id"] not in known:
                    known.add(listed["id"])
                    found.setdefault(last_made, {})[listed["id"]] = listed["name"]
        return found

    def not_shared(self) -> set[str]:
        """Ids of files that Google said the caller may not see."""
        paths = (exchange.path.split("?")[0] for exchange in self.exchanges if exchange.status == 403)
        return {path.rpartition("/")[2] for path in paths}


@dataclass(frozen=True, slots=True)
class Difference:
    """A reply that is not Google's."""

    at: int
    asked: str
    found: tuple[str, ...]


@dataclass(slots=True)
class Score:
    """What came of all the conversations: their differences, by case."""

    calls: int = 0
    by_case: dict[str, list[Difference]] = field(default_factory=dict)

    @property
    def whole(self) -> list[str]:
        """The cases in which every reply was Google's."""
        return [case for case, found in self.by_case.items() if not found]

    def text(self) -> str:
        """For people."""
        wrong = sum(map(len, self.by_case.values()))
        whole = f"{len(self.whole)} of {len(self.by_case)} conversations match whole"
        lines = [f"{whole}, {self.calls - wrong} of {self.calls} replies."]
        for case, differences in self.by_case.items():
            for difference in differences:
                lines.append(f"{case}, call {difference.at}: {difference.asked}")
                lines += [f"    {line}" for line in difference.found[:_FEW_LINES]]
        return "\n".join(lines) + "\n"


def conversations(path: Path) -> list[Conversation]:
    """The recordings of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_conversation(json.loads(line)) for line in lines]


def _conversation(line: dict[str, Any]) -> Conversation:
    exchanges = tuple(
        Exchange(method, path[1:], body, status, _full(reply))
        for method, path, body, status, reply, *_ in line["calls"]
    )
    return Conversation(line["case"], exchanges)


def _full(reply: Any) -> Any:
    if isinstance(reply, list):
        return [_full(item) for item in reply]
    if isinstance(reply, dict):
        return {key: defaults()[key] if item == "$default" else _full(item) for key, item in reply.items()}
    return reply


class _Learnt:
    """What the emulator made up, by what Google had made up in its place."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def told(self, recorded: Any) -> Any:
        """The recorded request or reply with the emulator's own ids."""
        text = json.dumps(recorded)
        for theirs in sorted(self._names, key=len, reverse=True):
            text = text.replace(theirs, self._names[theirs])
        return json.loads(text)

    def learn(self, recorded: Any, given: Any, key: str = "") -> None:
        """Compares two replies for ids."""
        if isinstance(recorded, dict) and isinstance(given, dict):
            for name in recorded.keys() & given.keys():
                self.learn(recorded[name], given[name], name)
        elif isinstance(recorded, list) and isinstance(given, list):
            for theirs, ours in zip(recorded, given, strict=False):
                self.learn(theirs, ours, key)
        elif (key in {"id", "spreadsheetId", "namedRangeId"} and len(str(recorded)) > 5) or (
            key in {"sheetId", "protectedRangeId"} and isinstance(recorded, int) and recorded > 1000
        ):
            self._names[str(recorded)] = str(given)


def replay(conversation: Conversation, ask: Ask) -> list[Difference]:
    """Has one conversation and compares every reply."""
    learnt = _Learnt()
    differences = []
    for file_id in conversation.not_shared():
        ask("POST", "/emulator/files", {"id": file_id, "name": "Somebody's own", "private": True})
    there = conversation.was_there()
    for at, exchange in enumerate(conversation.exchanges):
        for file_id, name in there.get(at, {}).items():
            ask("POST", "/emulator/files", {"id": file_id, "name": name})
        path = learnt.told(exchange.path)
        status, given = ask(exchange.method, path, learnt.told(exchange.body))
        learnt.learn(exchange.reply, given)
        found = [f"status {status}, Google's {exchange.status}"] if status != exchange.status else []
        found += differing(_compared(learnt.told(exchange.reply)), _compared(given))
        if found:
            differences.append(Difference(at, f"{exchange.method} {path}", tuple(found)))
    return differences


def _compared(reply: Any, key: str = "") -> Any:
    if isinstance(reply, list):
        return [_compared(item, key) for item in reply]
    if isinstance(reply, dict):
        return {name: _compared(item, name) for name, item in reply.items()}
    if isinstance(reply, str):
        return "(time)" if key in _TIMES else _ACCOUNT.sub("(account)", reply)
    return reply


def differing(theirs: Any, ours: Any, where: str = "reply") -> list[str]:
    """What differs between Google's reply and the emulator's, each with its place."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        lacking = [f"{where}.{key}: lacking, Google's {_short(theirs[key])}" for key in theirs.keys() - ours.keys()]
        extra = [
            f"{where}.{key}: {_short(ours[key])}, which Google does not give" for key in ours.keys() - theirs.keys()
        ]
        both = [
            line for key in theirs.keys() & ours.keys() for line in differing(theirs[key], ours[key], f"{where}.{key}")
        ]
        return sorted(lacking + extra + both)
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        pairs = enumerate(zip(theirs, ours, strict=True))
        return [line for at, (one, other) in pairs for line in differing(one, other, f"{where}[{at}]")]
    if _same(theirs, ours):
        return []
    return [f"{where}: {_short(ours)}, Google's {_short(theirs)}"]


def _same(theirs: Any, ours: Any) -> bool:
    numbers = [isinstance(value, int | float) and not isinstance(value, bool) for value in (theirs, ours)]
    if all(numbers):
        return bool(abs(theirs - ours) < 1e-6)
    return type(theirs) is type(ours) and bool(theirs == ours)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 90 else text[:89] + "…"


@contextmanager
def asking(base: str) -> Iterator[Ask]:
    """Asks over one connection to the address."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)

    def ask(method: str, path: str, body: object) -> tuple[int, Any]:
        raw = None if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        connection.request(method, path, raw, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.headers.get_content_type() == "application/json" and text:
            return answer.status, json.loads(text)
        return answer.status, text

    try:
        yield ask
    finally:
        connection.close()


def replay_all(recordings: list[Conversation], against: str = "") -> Score:
    """Has all conversations, each with an emulator of its own unless an address is given."""
    score = Score()
    for conversation in recordings:
        if against:
            with asking(against) as ask:
                ask("DELETE", "/emulator/files", None)
                differences = replay(conversation, ask)
        else:
            with serve(Google()) as base, asking(base) as ask:
                differences = replay(conversation, ask)
        score.calls += len(conversation.exchanges)
        score.by_case[conversation.case] = differences
    return score


def main(words: list[str]) -> int:
    """Prints what matches; 1 where something does not."""
    parser = argparse.ArgumentParser(prog="google_replay.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path, help="the recordings, FILE.jsonl.gz")
    parser.add_argument("--against", default="", metavar="ADDRESS", help="an emulator that runs already")
    given = parser.parse_args(words)
    score = replay_all(conversations(given.file), given.against)
    sys.stdout.write(score.text())
    return 0 if len(score.whole) == len(score.by_case) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
