"""The emulator over HTTP: faults, quotas by the clock, tokens, sharing, several calls in one, packed answers."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import google.auth.transport.requests
import pytest
import requests
from google.oauth2 import service_account
from tests.google_client import Client, asking, write
from tests.google_emulator import Google, UnlikeGoogleError, answer, before, drop_after, drop_before, status

HEAD = "head@larkfield.example"
AGENT = "halfday@larkfield.iam.gserviceaccount.com"
SCOPES = ["https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive.metadata.readonly"]


@dataclass
class Clock:
    """Stands still until a test moves it."""

    seconds: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[Client]:
    with asking(Google(clock)) as client:
        yield client


@pytest.fixture
def made_up(client: Client) -> Google:
    return client.google


# ---- faults


def test_a_connection_lost_before_has_done_nothing_and_one_lost_after_has_done_it(
    client: Client, made_up: Google
) -> None:
    made_up.fail("batchUpdate", drop_before())
    with pytest.raises(http.client.RemoteDisconnected):
        client.batch(write(["first"]))
    assert made_up.text(client.book, "Sheet1") == []
    made_up.fail("batchUpdate", drop_after())
    with pytest.raises(http.client.RemoteDisconnected):
        client.batch(write(["second"]))
    assert made_up.text(client.book, "Sheet1") == [["second"]]
    assert client.batch(write(["third"])).status == 200
    assert [call.status for call in made_up.calls] == [0, 0, 200]


def test_a_fault_happens_to_the_calls_it_is_for_as_often_as_it_is_said(client: Client, made_up: Google) -> None:
    made_up.fail("GET /v4/", status(503, html=True), times=2)
    made_up.fail(lambda call: b"secret" in call.body, status(429, retry_after=7))
    assert client.batch(write(["x"])).status == 200
    page = client.ask("GET", f"/v4/spreadsheets/{client.book}")
    assert (page.status, page.headers["content-type"], b"<title>" in page.raw) == (
        503,
        "text/html; charset=UTF-8",
        True,
    )
    busy = client.batch(write(["secret"]))
    assert (busy.status, busy.headers["retry-after"], busy.json["error"]["status"]) == (429, "7", "RESOURCE_EXHAUSTED")
    assert [client.ask("GET", f"/v4/spreadsheets/{client.book}").status for _ in range(2)] == [503, 200]
    assert made_up.text(client.book, "Sheet1") == [["x"]]


def test_an_answer_may_say_that_it_failed_although_it_is_done(client: Client, made_up: Google) -> None:
    made_up.fail("batchUpdate", status(500, after=True))
    assert client.batch(write(["x"])).status == 500
    made_up.fail("batchUpdate", answer(b"{"))
    assert client.batch(write(["y"])).raw == b"{"
    assert made_up.text(client.book, "Sheet1") == [["x"]]


def test_people_may_act_between_the_check_and_the_write(client: Client, made_up: Google) -> None:
    made_up.fail("batchUpdate", before(lambda: made_up.share(client.book, "", "reader", type="anyone")))
    client.batch(write(["x"]))
    kinds = [held["type"] for held in client.drive("/permissions").json["permissions"]]
    assert (kinds, made_up.text(client.book, "Sheet1")) == (["user", "anyone"], [["x"]])


# ---- quota


def test_the_quota_counts_the_last_sixty_seconds_and_reads_and_writes_apart(
    client: Client, made_up: Google, clock: Clock
) -> None:
    made_up.quota = 2
    assert [client.batch(write(["x"])).status for _ in range(3)] == [200, 200, 429]
    assert client.ask("GET", f"/v4/spreadsheets/{client.book}").status == 200
    clock.seconds += 59
    refused = client.batch(write(["x"]))
    assert refused.words.startswith(
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute"
    )
    assert refused.json["error"]["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    clock.seconds += 1
    assert client.batch(write(["x"])).status == 200


# ---- tokens


def token(key: dict[str, Any], base: str) -> str:
    """What Google's own library gets with the account's key. Its sessions would ask more of Google behind our back."""
    there = {**key, "token_uri": f"{base}/token"}
    account = service_account.Credentials.from_service_account_info(there, scopes=SCOPES)  # type: ignore[no-untyped-call]
    with requests.Session() as plain:
        plain.trust_env = False
        account.refresh(google.auth.transport.requests.Request(plain))
    return str(account.token)


def with_token(given: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {given}"}


def test_googles_own_library_gets_a_token_with_the_key_and_none_once_it_is_revoked(
    client: Client, made_up: Google, clock: Clock
) -> None:
    key = made_up.account(AGENT)
    made_up.share(client.book, AGENT, "writer")
    first = with_token(token(key, client.base))
    assert client.drive(fields="id").status == 401
    client.headers = first
    assert client.drive(fields="id").status == 200
    clock.seconds += 3600
    assert client.drive(fields="id").status == 401, "a token runs out after an hour"
    client.headers = with_token(token(key, client.base))
    assert client.drive(fields="id").status == 200
    made_up.revoke(AGENT)
    assert client.drive(fields="id").status == 401
    with pytest.raises(google.auth.exceptions.RefreshError, match="invalid_grant"):
        token(key, client.base)


def test_without_a_token_or_with_one_of_nobodys_nothing_is_answered(client: Client, made_up: Google) -> None:
    made_up.account(AGENT)
    made_up.share(client.book, AGENT, "writer")
    for headers in ({}, {"Authorization": "Bearer ya29.invented"}):
        client.headers = headers
        sheets, drive = client.ask("GET", f"/v4/spreadsheets/{client.book}"), client.drive()
        assert (sheets.status, sheets.json["error"]["status"]) == (401, "UNAUTHENTICATED")
        assert (drive.status, drive.json["error"]["errors"][0]["reason"]) == (401, "authError")


def test_a_signature_of_another_key_gets_no_token(client: Client, made_up: Google) -> None:
    key = made_up.account(AGENT)
    other = made_up.account("other@larkfield.iam.gserviceaccount.com")
    with pytest.raises(google.auth.exceptions.RefreshError, match="invalid_grant"):
        token({**key, "private_key": other["private_key"]}, client.base)


def signed_in(client: Client, role: str = "") -> Client:
    """The agent, with a token of its own, and with a role."""
    key = client.google.account(AGENT)
    if role:
        client.google.share(client.book, AGENT, role)
    client.headers = with_token(token(key, client.base))
    return client


@pytest.mark.parametrize(
    ("role", "read", "written", "listed"),
    [("", 403, 403, 404), ("reader", 200, 403, 403), ("commenter", 200, 403, 403), ("writer", 200, 200, 200)],
)
def test_each_role_may_do_what_it_may(client: Client, role: str, read: int, written: int, listed: int) -> None:
    signed_in(client, role)
    assert client.ask("GET", f"/v4/spreadsheets/{client.book}").status == read
    assert client.batch(write(["x"])).status == written
    assert client.drive("/permissions").status == client.drive("/revisions").status == listed
    assert client.drive(fields="capabilities.canEdit").status == (200 if role else 404)


def test_the_agents_scopes_let_it_look_at_the_sharing_and_change_nothing_of_it(client: Client, made_up: Google) -> None:
    signed_in(client, "writer")
    anyone = {"type": "anyone", "role": "reader"}
    refused = client.ask("POST", f"/drive/v3/files/{client.book}/permissions", anyone)
    assert (refused.status, refused.words) == (403, "Request had insufficient authentication scopes.")
    assert client.ask("POST", "/drive/v3/files", {"name": "New"}).status == 403
    assert client.ask("DELETE", f"/drive/v3/files/{client.book}").status == 403
    assert list(made_up.books) == [client.book]


# ---- sharing


def everybody(client: Client, **query: object) -> list[list[str]]:
    """The addresses, page by page."""
    pages: list[list[str]] = []
    more: dict[str, object] = {}
    while more or not pages:
        fields = "nextPageToken,permissions(emailAddress)"
        page = client.drive("/permissions", supportsAllDrives="true", fields=fields, **query, **more).json
        pages.append([held["emailAddress"] for held in page["permissions"]])
        more = {"pageToken": page["nextPageToken"]} if "nextPageToken" in page else {}
    return pages


def test_permissions_come_in_pages_of_at_most_a_hundred() -> None:
    with asking(drive="0ABshared") as client:
        for number in range(240):
            client.google.share(client.book, f"staff{number}@larkfield.example", "reader")
        assert [len(page) for page in everybody(client)] == [100, 100, 41]
        assert [len(page) for page in everybody(client, pageSize=90)] == [90, 90, 61]
        assert len({address for page in everybody(client) for address in page}) == 241
        assert client.drive("/permissions", pageSize=101, supportsAllDrives="true").status == 400


def test_a_shared_drives_file_shows_only_to_who_asks_for_all_drives() -> None:
    with asking(drive="0ABshared") as client:
        assert (client.drive().status, client.drive(supportsAllDrives="true").status) == (404, 200)
        found = client.drive(supportsAllDrives="true", fields="*").json
        assert (found["driveId"], "permissions" in found, "owners" in found) == ("0ABshared", False, False)


def test_published_to_the_web_is_told_by_the_last_revision_and_by_no_permission(
    client: Client, made_up: Google
) -> None:
    made_up.books[client.book].revisions = 3
    made_up.publish(client.book)
    first = client.drive("/revisions", pageSize=2, fields="nextPageToken,revisions(id,published,publishAuto)").json
    assert [held["published"] for held in first["revisions"]] == [False, False]
    last = client.drive("/revisions", pageSize=2, pageToken=first["nextPageToken"], fields="*").json
    assert [(held["id"], held["published"], held["publishedOutsideDomain"]) for held in last["revisions"]] == [
        ("3", True, True)
    ]
    assert [held["type"] for held in client.drive("/permissions").json["permissions"]] == ["user"]
    made_up.unpublish(client.book)
    assert not any(
        held["published"] for held in client.drive("/revisions", fields="revisions.published").json["revisions"]
    )


def test_a_file_in_the_bin_says_so_in_drive_while_sheets_goes_on_answering(client: Client, made_up: Google) -> None:
    made_up.trash(client.book)
    assert client.drive(fields="trashed,capabilities.canEdit").json == {
        "trashed": True,
        "capabilities": {"canEdit": False},
    }
    assert client.ask("GET", f"/v4/spreadsheets/{client.book}").status == 200
    made_up.untrash(client.book)
    assert client.drive(fields="trashed").json == {"trashed": False}


# ---- several calls in one


def parts(*calls: str) -> tuple[bytes, str]:
    """The body and content type of a batch of GETs."""
    written = "".join(
        f"--halfday\r\nContent-Type: application/http\r\nContent-ID: <{number}>\r\n\r\nGET {call} HTTP/1.1\r\n\r\n\r\n"
        for number, call in enumerate(calls)
    )
    return (written + "--halfday--\r\n").encode(), "multipart/mixed; boundary=halfday"


def test_several_calls_go_in_one_and_each_part_may_fail_alone(client: Client, made_up: Google) -> None:
    made_up.fail("/revisions", status(403, reason="insufficientFilePermissions"))
    file = f"/drive/v3/files/{client.book}"
    body, kind = parts(f"{file}?fields=id,trashed", f"{file}/permissions?fields=permissions.role", f"{file}/revisions")
    reply = client.ask("POST", "/batch/drive/v3", body, headers={"Content-Type": kind})
    assert reply.headers["content-type"].startswith("multipart/mixed; boundary=batch_")
    found = [part.strip() for part in reply.raw.decode().split(reply.headers["content-type"].partition("=")[2])][1:-1]
    heads = [part.partition("\r\n\r\n") for part in found]
    assert [f"<response-{number}>" in head for number, (head, _, _) in enumerate(heads)] == [True] * 3
    assert [inner.split()[1] for _, _, inner in heads] == ["200", "200", "403"]
    bodies = [json.loads(inner.partition("\r\n\r\n")[2].removesuffix("--").strip()) for _, _, inner in heads]
    assert bodies[:2] == [{"id": client.book, "trashed": False}, {"permissions": [{"role": "owner"}]}]
    assert bodies[2]["error"]["errors"][0]["reason"] == "insufficientFilePermissions"
    assert len(made_up.calls) == 1


def test_a_connection_lost_in_one_part_is_lost_for_all(client: Client, made_up: Google) -> None:
    made_up.fail("/permissions", drop_before())
    body, kind = parts(f"/drive/v3/files/{client.book}/permissions")
    with pytest.raises(http.client.RemoteDisconnected):
        client.ask("POST", "/batch/drive/v3", body, headers={"Content-Type": kind})


# ---- the wire, and by itself


def test_answers_are_packed_for_those_who_can_unpack_and_both_sizes_are_kept(client: Client, made_up: Google) -> None:
    client.batch(write(*[["the same again"]] * 500))
    where = f"/v4/spreadsheets/{client.book}/values/Sheet1"
    plain, packed = client.ask("GET", where), client.ask("GET", where, headers={"Accept-Encoding": "gzip"})
    assert (plain.raw, packed.headers["content-encoding"]) == (packed.raw, "gzip")
    first, last = made_up.calls[-2:]
    assert first.received == len(first.reply) == len(last.reply) > 5 * last.received > 0


def test_no_token_is_kept_with_the_calls(client: Client, made_up: Google) -> None:
    client.headers = {"Authorization": "Bearer ya29.secret", "X-Goog-Api-Client": "test"}
    client.drive()
    assert made_up.calls[-1].headers["x-goog-api-client"] == "test"
    assert "ya29" not in str(made_up.calls)


def test_it_runs_by_itself_for_clients_in_any_language(tmp_path: Path) -> None:
    key = tmp_path / "key.json"
    words = [sys.executable, "-m", "tests.google_emulator", "--account", AGENT, "--key", str(key)]
    root = Path(__file__).parent.parent
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=root) as running:
        assert running.stdout is not None
        try:
            shared, told = running.stdout.readline().split(), running.stdout.readline().split()
            base, book = told[5], shared[2]
            headers = with_token(token(json.loads(key.read_text(encoding="utf-8")), base))
            client = Client(Google(), base, book, headers)
            assert client.get("properties.title") == {"properties": {"title": "A spreadsheet to begin with"}}
        finally:
            running.terminate()


def test_a_failure_of_the_emulator_itself_is_told_and_changes_nothing() -> None:
    with asking() as client:
        refused = client.batch(write(["x"]), {"insertDimension": {}})
        assert (refused.status, client.google.text(client.book, "Sheet1")) == (500, [])
        told = client.google.unlike.pop()
    assert told == f"POST /v4/spreadsheets/{client.book}:batchUpdate: the emulator failed: KeyError('range')"


def test_what_is_not_as_google_describes_it_is_told_when_the_emulator_ends() -> None:
    served = asking()
    client = served.__enter__()
    client.google.unlike.append("a reply of another kind")
    with pytest.raises(UnlikeGoogleError, match="a reply of another kind"):
        served.__exit__(None, None, None)
