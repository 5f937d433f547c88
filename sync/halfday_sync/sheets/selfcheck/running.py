"""The contract's calls are made, one after another, on an empty spreadsheet; what was made is taken away."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from halfday_sync.errors import HalfdayError, SafetyError
from halfday_sync.sheets.access import questions
from halfday_sync.sheets.batching import BATCH, answers, batch
from halfday_sync.sheets.replies import Get, Reply
from halfday_sync.sheets.seen import FIELDS
from halfday_sync.sheets.selfcheck.contract import Step, address, contract
from halfday_sync.sheets.selfcheck.recording import Call

_JSON = "application/json; charset=utf-8"
_LOOK = "sheets(properties(sheetId,title),data(rowData(values(userEnteredValue))))"
_LONG = "x" * 30_001
"""One character more than the limit of developer metadata that Google's guide names for a sheet."""


class Asks(Protocol):
    """The line to Google (`asking.Line`), as far as it is needed here."""

    address: str

    def plain(self, method: str, url: str, body: bytes | None = None, kind: str = "") -> Reply:
        """The answer to one request, whatever it is."""
        ...

    def refusal(self, reply: Reply) -> HalfdayError:
        """What a refusal means."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """A call, how its answer differs from what is expected, and the answer itself."""

    step: Step
    faults: tuple[str, ...]
    status: int
    answer: object


def run(line: Asks, sheet_id: str, judged: Callable[[Judged], None], keep: Callable[[Call], None]) -> None:
    """All calls of the contract.

    Args:
        line: the line to Google.
        sheet_id: a spreadsheet for it, in which nothing stands.
        judged: is told of each call.
        keep: is given every request with its answer, for a recording.

    Raises:
        SafetyError: something stands in the spreadsheet; nothing was done.
        HalfdayError: it cannot be read, or Google stopped answering; what was made by then is taken away if it can be.
    """
    told = words(sheet_id, line.address)
    _clear(line, sheet_id)
    try:
        for step in contract().steps:
            judged(_asked(line, step.filled(told), keep))
    finally:
        _clear(line, sheet_id)


def words(sheet_id: str, account: str) -> dict[str, str]:
    """What the contract's `$` words stand for: the questions are the very ones that a sync asks."""
    file, permissions, revisions = (f"D{urlsplit(get.url).path}?{urlencode(get.params)}" for get in questions(sheet_id))
    named = {"FILE": file, "PERMISSIONS": permissions, "REVISIONS": revisions, "FIELDS": quote(FIELDS, safe="")}
    return {"ID": sheet_id, "ACCOUNT": account, "LONG_TEXT": _LONG, **named}


def _asked(line: Asks, step: Step, keep: Callable[[Call], None]) -> Judged:
    if step.parts:
        return _asked_together(line, step, keep)
    method, url = address(step.ask)
    reply = line.plain(method, url, step.body.encode() or None, _JSON if step.body else "")
    answer = _json(reply)
    keep(Call(step.ask, json.loads(step.body) if step.body else None, reply.status, answer, reply.header("date")))
    return Judged(step, step.faults(reply.status, answer), reply.status, answer)


def _asked_together(line: Asks, step: Step, keep: Callable[[Call], None]) -> Judged:
    """A batch. Recorded are its parts: how they travel is the business of `batching` and its own tests."""
    body, kind = batch([_get(part) for part in step.parts])
    reply = line.plain("POST", BATCH, body, kind)
    found = answers(reply, len(step.parts))
    if found is None:
        return Judged(step, (f"the answer ({reply.status}) is none to a batch",), reply.status, None)
    for part, one in zip(step.parts, found, strict=True):
        keep(Call(part, None, one.status, _json(one), one.header("date")))
    answer = [{"status": one.status, "body": _json(one)} for one in found]
    return Judged(step, step.faults(reply.status, answer), reply.status, answer)


def _get(ask: str) -> Get:
    url = urlsplit(address(ask)[1])
    return Get(f"{url.scheme}://{url.netloc}{url.path}", dict(parse_qsl(url.query)))


def _json(reply: Reply) -> object:
    """The answer as JSON gives it; as text where it is none."""
    try:
        return json.loads(reply.body)
    except ValueError:
        return reply.body.decode("utf-8", errors="replace")


def _clear(line: Asks, sheet_id: str) -> None:
    """Takes away what a self-check left.

    Raises:
        SafetyError: something else stands there.
    """
    ours = contract().tabs
    begin = f"S/v4/spreadsheets/{sheet_id}"
    reply = line.plain(*address(f"GET {begin}?fields={_LOOK}"))
    if reply.status != 200:
        raise line.refusal(reply)
    left, filled = [], []
    for number, (tab, title, is_filled) in enumerate(_tabs(reply.json()), 1):
        if title in ours.get(tab, ()):
            left.append(tab)
        elif is_filled or tab in ours:
            filled.append(f"tab {number} has something in it")
    if filled:
        raise SafetyError(
            "This spreadsheet is not empty, so the self-check does not touch it.",
            problems=filled,
            now="Make a new, empty Google Sheet for it in the same Shared Drive, share it in the same way, and give "
            "that one's address. Delete it afterwards.",
        )
    if left:
        body = json.dumps({"requests": [{"deleteSheet": {"sheetId": tab}} for tab in left]})
        reply = line.plain(*address(f"POST {begin}:batchUpdate"), body.encode(), _JSON)
        if reply.status != 200:
            raise line.refusal(reply)


def _tabs(told: Mapping[str, object]) -> Iterator[tuple[int, str, bool]]:
    """The number and title of each tab, and whether anything stands in it."""
    sheets = told.get("sheets")
    for sheet in sheets if isinstance(sheets, list) else ():
        properties = sheet["properties"]
        yield properties.get("sheetId", 0), properties.get("title", ""), "userEnteredValue" in json.dumps(sheet)
