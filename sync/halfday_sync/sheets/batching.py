"""Several questions to Drive in one call: multipart/mixed there and back, matched by content id.

https://developers.google.com/workspace/drive/api/guides/performance ("Batching requests"): at most 100 calls; each part
is `application/http`; the answers stand in any order, and the answer to part `<x>` has the content id `<response-x>`.
"""

from collections.abc import Sequence
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import urlencode, urlsplit

from halfday_sync.sheets.replies import Get, Reply

BATCH = "https://www.googleapis.com/batch/drive/v3"
"""`rootUrl` and `batchPath` of Drive's discovery document."""
MOST = 100
NO_BATCHES = (404, 405, 410, 501)
"""What a batch address answers that is none any more, or that a proxy does not let through."""
_BOUNDARY = "===halfday==="
"""Cannot stand in an address: `=` is written as %3D there."""


def batch(gets: Sequence[Get]) -> tuple[bytes, str]:
    """The body that asks all these, and its content type."""
    lines = []
    for number, get in enumerate(gets[:MOST]):
        query = f"?{urlencode(get.params)}" if get.params else ""
        lines += [
            f"--{_BOUNDARY}",
            "Content-Type: application/http",
            f"Content-ID: <{_id(number)}>",
            "",
            f"GET {urlsplit(get.url).path}{query} HTTP/1.1",
            "",
            "",
        ]
    lines += [f"--{_BOUNDARY}--", ""]
    return "\r\n".join(lines).encode("ascii"), f'multipart/mixed; boundary="{_BOUNDARY}"'


def answers(reply: Reply, count: int) -> tuple[Reply, ...] | None:
    """The answers to `count` questions, in the order in which they were asked.

    Returns:
        one each, with status 0 where none came that can be read; None where this is no answer to a batch.
    """
    whole = _message(f"Content-Type: {reply.header('content-type')}\r\n\r\n".encode("latin-1", "replace") + reply.body)
    if reply.status != 200 or whole.get_content_type() != "multipart/mixed" or not whole.is_multipart():
        return None
    found: dict[str, list[Reply]] = {}
    for part in whole.iter_parts():
        name = str(part.get("Content-ID", "")).strip().removeprefix("<").removesuffix(">")
        found.setdefault(name, []).append(_answer(part))
    several = [found.get(f"response-{_id(number)}", []) for number in range(count)]
    return tuple(one[0] if len(one) == 1 else Reply(0) for one in several)


def _id(number: int) -> str:
    return f"halfday-{number}"


def _answer(part: Message) -> Reply:
    """An answer that stands in a part: its first line, headers, and the body."""
    payload = part.get_payload(decode=True)
    if part.get_content_type() != "application/http" or not isinstance(payload, bytes):
        return Reply(0)
    first, _, rest = payload.lstrip().partition(b"\n")
    words = first.split()
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        return Reply(0)
    inner = _message(rest)
    body = inner.get_payload(decode=True)
    headers = {name: str(value) for name, value in inner.items()}
    return Reply(int(words[1]), body if isinstance(body, bytes) else b"", headers)


def _message(text: bytes) -> EmailMessage:
    return BytesParser(policy=HTTP).parsebytes(text)
