"""Requests to Google, and its answers, against Google's own description of both.

Google refuses a whole request for one misspelt name, and says so in words that may repeat what stood in a cell. So
every request is looked at here before it is sent. What is said names places and types, never contents: no message can
hold a pupil's name. Answers are looked at by tests alone: those of the emulator, and of the recordings.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from halfday_sync.sheets import schema_documents as documents
from halfday_sync.sheets.schema_checks import Checks, kind_of, resembling
from halfday_sync.sheets.schema_documents import DRIVE, SHEETS, Document, Method, Parameter
from halfday_sync.sheets.schema_masks import ROOTS, MaskError, Masks, beyond, read

MOST = 20
"""So many faults are told at once."""

_BATCH, _KIND = "BatchUpdateSpreadsheetRequest", "Request"
_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Service:
    """One of Google's services, as it describes itself."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.checks = Checks(document)
        self.masks = Masks(document)
        self.masked = frozenset(
            kind
            for kind, told in (document.types[_KIND].fields.items() if _KIND in document.types else ())
            if "fields" in document.types[told.name].fields
        )
        """The kinds of change that say in a mask which fields they mean."""

    def body_faults(self, method: Method, body: object) -> Iterator[str]:
        """What is wrong with the body of a request."""
        if not method.request:
            if body not in (None, "", b"", {}):
                yield "body: nothing expected"
            return
        body = {} if body is None else body
        yield from (f"body{fault}" for fault in self.checks.of(method.request)(body))
        if isinstance(body, dict):
            yield from self._needed(method, body)
            if method.request == _BATCH:
                yield from self._changes(body.get("requests"))

    def _needed(self, method: Method, body: Mapping[str, object]) -> Iterator[str]:
        for name, told in self.document.types[method.request].fields.items():
            if method.id in told.needed_by and body.get(name) is None:
                yield f"body.{name}: missing"

    def _changes(self, changes: object) -> Iterator[str]:
        """Each change is of one kind, and says which fields it means."""
        if not isinstance(changes, list | tuple) or not changes:
            yield "body.requests: at least one change expected"
            return
        for i, change in enumerate(changes):
            if not isinstance(change, dict):
                continue
            if len(change) != 1:
                yield f"body.requests[{i}]: exactly one kind of change expected, {len(change)} given"
            for kind, told in change.items():
                if kind in self.masked and isinstance(told, dict) and _needs_mask(kind, told):
                    name = self.document.types[_KIND].fields[kind].name
                    place = f"body.requests[{i}].{kind}.fields"
                    yield from (place + fault for fault in self.masks.faults(told.get("fields"), name, ROOTS[kind]))


def _needs_mask(kind: str, told: Mapping[str, object]) -> bool:
    """A chart that moves to a sheet of its own changes no field of a position over cells."""
    position = told.get("newPosition")
    return kind != "updateEmbeddedObjectPosition" or (
        isinstance(position, dict) and position.get("overlayPosition") is not None
    )


@cache
def service(name: str) -> Service:
    """Google Sheets (`SHEETS`) or Drive (`DRIVE`)."""
    return Service(documents.document(name))


def request_faults(method: str, url: str, body: object) -> tuple[str, ...]:
    """Why Google would refuse a request; empty where nothing speaks against it.

    The parts of a batch (`multipart/mixed`) are requests of their own, to be looked at one by one.

    Args:
        method: the HTTP method.
        url: the address, with or without its host.
        body: what the body's JSON holds; None where there is none.
    """
    told = _service(url)
    if told is None:
        return ("no service of Google's that Halfday uses has such an address",)
    if _is_batch(told, url):
        return () if method == "POST" else ("a batch is sent with POST",)
    wanted = _method(told, method, url)
    if isinstance(wanted, str):
        return (wanted,)
    faults = (*_address_faults(told, wanted, url), *told.body_faults(wanted, body))
    return _few(f"{wanted.id}: {fault}" for fault in faults)


def request_warnings(method: str, url: str) -> tuple[str, ...]:
    """Names of a query that Google does not describe but lets pass: Drive does so, Sheets refuses them."""
    told = _service(url)
    if told is None or told.document.name != DRIVE or _is_batch(told, url):
        return ()
    wanted = _method(told, method, url)
    if isinstance(wanted, str):
        return ()
    return tuple(f"{wanted.id}: {fault}" for fault in _unknown(wanted, url))


def reply_faults(method: str, url: str, body: object) -> tuple[str, ...]:
    """What an answer of Google's holds that it does not describe, or that was not asked for.

    Args:
        method: the HTTP method of the request.
        url: its address, with or without its host.
        body: what the JSON of the answer holds; None where it is empty. Not an error's: Google does not describe those.
    """
    told = _service(url)
    if told is None or _is_batch(told, url):
        return ()
    wanted = _method(told, method, url)
    if isinstance(wanted, str):
        return (wanted,)
    query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    if query.get("alt") == "media" or wanted.id.endswith(".export"):  # a file's contents
        return ()
    if not wanted.response:
        return () if body in (None, "", b"") else (f"{wanted.id}: answer: nothing expected",)
    faults = [*told.checks.of(wanted.response)({} if body is None else body)]
    if body is not None and query.get("fields"):
        faults += _beyond(query["fields"], body)
    return _few(f"{wanted.id}: answer{fault}" for fault in faults)


def _beyond(mask: str, body: object) -> Iterator[str]:
    try:
        yield from beyond(read(mask), body)
    except MaskError as fault:
        yield f": {fault}"


def _service(url: str) -> Service | None:
    """The service of an address."""
    path = urlsplit(url).path
    for name in (SHEETS, DRIVE):
        told = service(name)
        if path.startswith(told.document.root) or path == told.document.batch:
            return told
    return None


def _is_batch(told: Service, url: str) -> bool:
    return urlsplit(url).path == told.document.batch


def _method(told: Service, verb: str, url: str) -> Method | str:
    """The method of an address, or why there is none."""
    there = list(told.document.at(urlsplit(url).path))
    for method in there:
        if method.verb == verb:
            return method
    name = told.document.name
    if there:
        verbs = ", ".join(sorted({method.verb for method in there}))
        return f"{name}: {verb if verb in _VERBS else 'this verb'} is not answered there; {verbs} would be"
    return f"{name}: no method has such an address"


def _address_faults(told: Service, method: Method, url: str) -> Iterator[str]:
    """What is wrong with an address."""
    parts = urlsplit(url)
    match = method.path.fullmatch(parts.path)
    for name, text in match.groupdict().items() if match else ():
        yield from (f"path {name}{fault}" for fault in _text_faults(method.in_path[name], text))
    given: dict[str, list[str]] = {}
    for name, text in parse_qsl(parts.query, keep_blank_values=True):
        given.setdefault(name, []).append(text)
    for name, texts in given.items():
        if name in method.in_query:
            yield from (f"query {name}{fault}" for fault in _query_faults(method.in_query[name], texts))
    yield from (f"query {name}: missing" for name, one in method.in_query.items() if one.needed and name not in given)
    if method.response and "fields" in given:
        yield from (f"query fields{fault}" for fault in told.masks.faults(given["fields"][-1], method.response))
    if told.document.name == SHEETS:
        yield from _unknown(method, url)


def _unknown(method: Method, url: str) -> Iterator[str]:
    """Names of a query that Google does not describe."""
    for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        if name not in method.in_query:
            yield f"query: {resembling(name, method.in_query)}"


def _query_faults(told: Parameter, texts: list[str]) -> Iterator[str]:
    if len(texts) > 1 and not told.repeated:
        yield ": said more than once"
    for text in texts:
        yield from _text_faults(told, text)


def _text_faults(told: Parameter, text: str) -> Iterator[str]:
    """What is wrong with a parameter, written as text."""
    if told.type.words and text not in told.type.words:
        yield f": not one of {', '.join(sorted(told.type.words))}"
    if told.type.kind == "boolean" and text.casefold() not in ("true", "false"):
        yield ": true or false expected"
    if told.type.kind == "integer":
        if not text.removeprefix("-").isdecimal():
            yield f": integer expected, {kind_of(text)} given"
        elif not (told.low is None or told.low <= int(text)) or not (told.high is None or int(text) <= told.high):
            yield f": from {told.low} to {told.high} expected"


def _few(faults: Iterable[str]) -> tuple[str, ...]:
    """The first of many faults, and how many more there are."""
    rest = iter(faults)
    first = tuple(islice(rest, MOST))
    more = sum(1 for _ in rest)
    return (*first, f"and {more:,} more") if more else first
