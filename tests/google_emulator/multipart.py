"""Drive's batch endpoint: several calls in one body, `multipart/mixed`, each part a request of its own.

As Drive's guide "Batch requests" describes it: a part is `application/http`; the part of the reply has the Content-ID
of the request's with `response-` before it; at most a hundred calls.
"""

import email
import json
from collections.abc import Callable
from email.message import Message
from http import HTTPStatus

from tests.google_emulator.replies import GoogleError, Json

MOST_CALLS = 100

Inner = Callable[[str, str, bytes], tuple[int, Json | bytes | None]]


def answer(content: str, raw: bytes, boundary: str, inner: Inner) -> tuple[bytes, str]:
    """The reply's body and content type.

    Args:
        content: the request's content type, which names its boundary.
        raw: the request's body.
        boundary: the reply's.
        inner: answers one call, by method, path and body.
    """
    message = email.message_from_bytes(b"Content-Type: " + content.encode() + b"\r\n\r\n" + raw)
    parts = message.get_payload()
    if not message.is_multipart() or not isinstance(parts, list):
        raise _refused("Failed to parse batch request, no boundary.")  # ours
    if len(parts) > MOST_CALLS:
        raise _refused(f"The batch request could not be processed: more than {MOST_CALLS} calls.")  # ours
    written = []
    for part in parts:
        assert isinstance(part, Message)
        held = part.get_payload(decode=True)
        if not isinstance(held, bytes):
            raise _refused("Failed to parse batch request, error in a part.")  # ours
        status, reply = _one(held, inner)
        written.append(_part(part.get("Content-ID", ""), status, reply))
    body = b"".join(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in written) + f"--{boundary}--\r\n".encode()
    return body, f"multipart/mixed; boundary={boundary}"


def _one(held: bytes, inner: Inner) -> tuple[int, bytes]:
    head, _, body = held.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")
    words = head.split(b"\n")[0].decode().split(" ")
    if len(words) < 2:
        raise _refused("Failed to parse batch request, error in a request line.")  # ours
    status, reply = inner(words[0], words[1], body.strip())
    return status, reply if isinstance(reply, bytes) else b"" if reply is None else json.dumps(reply).encode()


def _part(content_id: str, status: int, reply: bytes) -> bytes:
    name = content_id.strip().removeprefix("<").removesuffix(">")
    lines = ["Content-Type: application/http"]
    lines += [f"Content-ID: <response-{name}>"] if name else []
    lines += ["", f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", "Content-Type: application/json; charset=UTF-8"]
    lines += [f"Content-Length: {len(reply)}", "", ""]
    return "\r\n".join(lines).encode() + reply


def _refused(words: str) -> GoogleError:
    return GoogleError(400, words, reason={"domain": "global", "reason": "badRequest"})
