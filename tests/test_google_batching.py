"""Several questions to Drive go in one call, each answer is matched to its question; else they go one by one."""

import json
from collections.abc import Sequence
from email import message_from_bytes
from email.policy import HTTP
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.google_script import PASS, Said, Script, drive_error, page, service, sheets_error, talking, told

from halfday_sync.errors import HalfdayError, UnreachableError
from halfday_sync.sheets.asking import TRIES
from halfday_sync.sheets.batching import BATCH, answers, batch
from halfday_sync.sheets.replies import Get, Reply

FILES = "https://www.googleapis.com/drive/v3/files"
GETS = (
    Get(f"{FILES}/1aB", {"supportsAllDrives": "true", "fields": "id,capabilities(canEdit)"}),
    Get(f"{FILES}/1aB/permissions", {"pageSize": "100", "fields": "nextPageToken"}),
    Get(f"{FILES}/1aB/revisions"),
)
BODIES: tuple[dict[str, object], ...] = (
    {"id": "1aB", "name": "SLT copy\r\n--b--\r\nZoë 日本"},
    {"permissions": []},
    {"revisions": [{"id": "1"}]},
)


def part(number: int, body: object, status: int = 200, line_end: str = "\r\n", **headers: str) -> bytes:
    text = json.dumps(body, ensure_ascii=False)
    named = {"Content-Type": "application/json; charset=UTF-8", **headers}
    lines = [
        "Content-Type: application/http",
        f"Content-ID: <response-halfday-{number}>",
        "",
        f"HTTP/1.1 {status} Whatever",
        *(f"{name.replace('_', '-')}: {value}" for name, value in named.items()),
        "",
        text,
        "",
    ]
    return line_end.join(lines).encode()


def replied(*parts: bytes, boundary: str = "batch_7Xp52oGIwpA", line_end: bytes = b"\r\n") -> Said:
    body = b"".join(b"--" + boundary.encode() + line_end + one for one in parts) + b"--" + boundary.encode() + b"--"
    return Said(200, body + line_end, {"Content-Type": f"multipart/mixed; boundary={boundary}"})


def reply(said: Said) -> Reply:
    return Reply(said.status, said.body, dict(said.headers))


def whole() -> Said:
    return replied(*(part(number, body) for number, body in enumerate(BODIES)))


def bodies(found: Sequence[Reply] | None) -> list[dict[str, object]]:
    assert found is not None
    return [one.json() for one in found]


# the body


def test_each_question_is_a_part_with_an_id_of_its_own() -> None:
    body, kind = batch(GETS)
    parts = list(message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=HTTP).iter_parts())
    assert [one.get_content_type() for one in parts] == ["application/http"] * 3
    assert [one["Content-ID"] for one in parts] == ["<halfday-0>", "<halfday-1>", "<halfday-2>"]
    asked = [str(one.get_payload()).splitlines()[0].split(" ") for one in parts]
    assert [(method, urlsplit(url).path, version) for method, url, version in asked] == [
        ("GET", urlsplit(get.url).path, "HTTP/1.1") for get in GETS
    ]
    assert [parse_qs(urlsplit(url).query) for _, url, _ in asked] == [
        {name: [value] for name, value in get.params.items()} for get in GETS
    ]


@given(st.text(max_size=30))
def test_nothing_in_a_question_breaks_out_of_its_part(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    body, _ = batch([Get(f"{FILES}/1aB", {"pageToken": text}), GETS[2]])
    assert body.count(b"--===halfday===") == 3
    assert body.count(b"GET ") == 2


# the answers


def test_answers_are_matched_by_id_in_whatever_order_they_stand() -> None:
    said = replied(*(part(number, BODIES[number]) for number in (2, 0, 1)))
    assert bodies(answers(reply(said), 3)) == list(BODIES)


@pytest.mark.parametrize("boundary", ["batch_x", '"batch x"'])
def test_any_boundary_is_understood(boundary: str) -> None:
    said = replied(*(part(number, body) for number, body in enumerate(BODIES)), boundary=boundary.strip('"'))
    one = Reply(200, said.body, {"content-TYPE": f"multipart/mixed; boundary={boundary}"})
    assert bodies(answers(one, 3)) == list(BODIES)


def test_lines_may_end_in_either_way() -> None:
    said = replied(*(part(number, body, line_end="\n") for number, body in enumerate(BODIES)), line_end=b"\n")
    assert bodies(answers(reply(said), 3)) == list(BODIES)


def test_each_answer_keeps_its_status_and_headers() -> None:
    said = replied(part(0, {}, 403), part(1, {}, 429, Retry_After="9"), part(2, {}))
    found = answers(reply(said), 3)
    assert found is not None
    assert [one.status for one in found] == [403, 429, 200]
    assert found[1].header("Retry-After") == "9"


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        part(0, BODIES[0]),
        part(7, {}),
        part(1, {}).replace(b"response-", b""),
        part(1, {}).replace(b"application/http", b"text/html"),
        part(1, {}).replace(b"HTTP/1.1 200", b"HTTP/1.1"),
        part(1, {}).replace(b"HTTP/1.1 200", b"SIP/2.0 200"),
        part(1, {}).replace(b"HTTP/1.1 200", b"HTTP/1.1 OK"),
    ],
    ids=[
        "none",
        "another twice",
        "a number too high",
        "no id of an answer",
        "a page",
        "no status",
        "not HTTP",
        "words",
    ],
)
def test_an_answer_that_is_missing_or_cannot_be_read_is_none_at_all(bad: bytes) -> None:
    parts = [part(0, BODIES[0]), *([bad] if bad else []), part(2, BODIES[2])]
    found = answers(reply(replied(*parts)), 3)
    assert found is not None
    assert (found[1].status, found[2].json()) == (0, BODIES[2])
    assert found[0].status == (0 if bad == part(0, BODIES[0]) else 200), "of two answers to one question neither counts"


@pytest.mark.parametrize(
    "said",
    [told({}), page(), Said(200, b"", {}), Said(200, b"--x--", {"Content-Type": "multipart/mixed"}), page(404)],
    ids=["JSON", "a page", "nothing", "no boundary", "404"],
)
def test_what_is_no_answer_to_a_batch_is_seen_as_such(said: Said) -> None:
    assert answers(reply(said), 3) is None


@given(st.binary(max_size=300))
def test_whatever_comes_is_taken_without_a_fault(noise: bytes) -> None:
    for body in (noise, replied(noise, part(0, {})).body):
        found = answers(Reply(200, body, {"Content-Type": "multipart/mixed; boundary=batch_7Xp52oGIwpA"}), 3)
        assert found is None or len(found) == 3


# asking


def paths(script: Script) -> list[str]:
    return [urlsplit(one.path).path for one in script.seen]


ALONE = [urlsplit(get.url).path for get in GETS]
SINGLES = tuple(told(body) for body in BODIES)
TOGETHER = urlsplit(BATCH).path


def test_three_questions_are_one_call() -> None:
    with service(whole()) as script, talking(script.base) as to_google:
        assert bodies(to_google.ask(GETS)) == list(BODIES)
        assert paths(script) == [TOGETHER]
        assert script.seen[0].method == "POST"
        assert script.seen[0].headers["authorization"] == f"Bearer {PASS}"
        assert to_google.spent.calls == 1


@pytest.mark.parametrize(
    "no",
    [page(404), told({}, 404), told({}, 405), told({}, 410), told({}, 501), page(403), page(200), told({})],
    ids=["404", "404 in JSON", "405", "410", "501", "a filter's page", "a page", "JSON"],
)
def test_without_batches_each_is_asked_alone_for_the_rest_of_the_run(no: Said) -> None:
    with service(no, *SINGLES, *SINGLES) as script, talking(script.base) as to_google:
        assert bodies(to_google.ask(GETS)) == list(BODIES)
        assert bodies(to_google.ask(GETS)) == list(BODIES)
        assert paths(script) == [TOGETHER, *ALONE, *ALONE]


def test_what_is_missing_from_a_batch_is_asked_alone() -> None:
    said = replied(part(0, BODIES[0]), part(2, BODIES[2]))
    with service(said, SINGLES[1], whole()) as script, talking(script.base) as to_google:
        assert bodies(to_google.ask(GETS)) == list(BODIES)
        assert bodies(to_google.ask(GETS)) == list(BODIES)
        assert paths(script) == [TOGETHER, ALONE[1], TOGETHER]


@pytest.mark.parametrize("fault", [page(503), told({}, 429)], ids=["503", "429"])
def test_a_batch_is_asked_again_where_google_is_busy(fault: Said) -> None:
    with service(fault, whole()) as script, talking(script.base) as to_google:
        assert bodies(to_google.ask(GETS)) == list(BODIES)
        assert paths(script) == [TOGETHER, TOGETHER]


def test_a_batch_is_asked_again_where_google_is_busy_with_one_of_its_parts() -> None:
    busy = json.loads(drive_error(403, "userRateLimitExceeded").body)
    for said in (part(1, {}, 503), part(1, {}, 429, Retry_After="9"), part(1, busy, 403)):
        waits: list[float] = []
        fault = replied(part(0, BODIES[0]), said, part(2, BODIES[2]))
        with service(fault, whole()) as script, talking(script.base, waits) as to_google:
            assert bodies(to_google.ask(GETS)) == list(BODIES)
            assert len(script.seen) == 2
        assert b"Retry-After" not in said or waits[0] >= 9
        with service(fault) as script, talking(script.base) as to_google, pytest.raises(UnreachableError):
            to_google.ask(GETS)
        assert len(script.seen) == TRIES


def test_a_part_that_is_refused_is_given_back_and_not_asked_again() -> None:
    said = replied(part(0, BODIES[0]), part(1, BODIES[1]), part(2, {"error": {"code": 403}}, 403))
    with service(said) as script, talking(script.base) as to_google:
        found = to_google.ask(GETS)
        assert [one.status for one in found] == [200, 200, 403]
        assert "no longer shared" in to_google.refusal(found[2]).what
        assert len(script.seen) == 1


def test_a_batch_that_is_refused_as_a_whole_is_told() -> None:
    with (
        service(sheets_error(403, "PERMISSION_DENIED", reason="SERVICE_DISABLED")) as script,
        talking(script.base) as to_google,
        pytest.raises(HalfdayError, match="is not switched on"),
    ):
        to_google.ask(GETS)
    assert len(script.seen) == 1
