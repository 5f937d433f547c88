"""Several requests to Drive in one."""

import email
import json
from typing import Any

from tests.google_facts.desk import OWNER, Answer, Desk

_PART = "--part\r\nContent-Type: application/http\r\nContent-ID: <{}>\r\n\r\n{}\r\n\r\n"


def _batch(at: Desk, *requests: str) -> Answer:
    body = "".join(_PART.format(f"ask-{i}", request) for i, request in enumerate(requests)) + "--part--\r\n"
    headers = {"Content-Type": "multipart/mixed; boundary=part"}
    return at.ask("POST", "/batch/drive/v3", body.encode(), headers=headers)


def _parts(answer: Answer) -> dict[str, tuple[int, Any]]:
    """Each part's status and JSON, by its name."""
    message = email.message_from_string(f"Content-Type: {answer.headers['content-type']}\r\n\r\n{answer.text}")
    assert message.get_content_type() == "multipart/mixed"
    found = {}
    for part in message.walk():
        if part.is_multipart():
            continue
        assert part.get_content_type() == "application/http"
        head, _, body = str(part.get_payload()).replace("\r\n", "\n").partition("\n\n")
        found[str(part["Content-ID"]).strip("<>")] = int(head.split()[1]), json.loads(body)
    return found


def several_requests_in_one_are_answered_part_by_part(at: Desk) -> None:
    answer = _batch(
        at,
        f"GET {at.file}?fields=id,name",
        f"GET {at.file}/permissions?fields=permissions(emailAddress,role)",
        f"GET {at.file}/revisions?fields=revisions(published)",
    )
    assert answer.status == 200
    parts = _parts(answer)
    assert parts["response-ask-0"] == (200, {"id": at.book, "name": "SLT copy"})
    assert parts["response-ask-1"] == (200, {"permissions": [{"emailAddress": OWNER, "role": "owner"}]})
    assert [status for status, _ in parts.values()] == [200] * 3


def one_part_that_fails_leaves_the_others(at: Desk) -> None:
    parts = _parts(_batch(at, "GET /drive/v3/files/nowhere", f"GET {at.file}?fields=id"))
    status, told = parts["response-ask-0"]
    assert (status, told["error"]["message"]) == (404, "File not found: nowhere.")
    assert parts["response-ask-1"] == (200, {"id": at.book})


def a_batch_takes_a_hundred_requests(at: Desk) -> None:
    asked = f"GET {at.file}?fields=id"
    assert len(_parts(_batch(at, *[asked] * 100))) == 100
    assert _batch(at, *[asked] * 101).status == 400
