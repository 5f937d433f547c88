"""Google is asked again where that can help, a change is never sent twice blindly, and every refusal is explained."""

import math
import socket
from collections.abc import Callable

import pytest
import requests
import urllib3.exceptions
from tests.google_script import (
    A_PASS,
    ACCOUNT,
    CUT,
    DROPPED,
    HELD,
    PASS,
    Said,
    Script,
    drive_error,
    packed,
    page,
    private_key,
    service,
    sheets_error,
    talking,
    told,
)

from halfday_sync.errors import Exit, HalfdayError, SafetyError, SettingsError, UnreachableError
from halfday_sync.sheets import asking, connecting
from halfday_sync.sheets.asking import LONGEST_WAITING, TRIES, Line
from halfday_sync.sheets.replies import Get
from halfday_sync.sheets.telling import RefusedError, UnknownOutcomeError

SHEET = "1aB-sheet_id"
FINE = told({"properties": {"title": "SLT copy"}})
CHANGES = [
    {
        "updateCells": {
            "start": {"sheetId": 7, "rowIndex": 3, "columnIndex": 2},
            "rows": [{"values": [{"userEnteredValue": {"stringValue": "=Amelia Hughes"}}]}],
            "fields": "userEnteredValue",
        }
    }
]
DATA = [{"range": "'Tracker'!B4:C4", "values": [["=Amelia Hughes", 91.5]]}]
FILE = Get("https://www.googleapis.com/drive/v3/files/1aB-sheet_id", {"fields": "id"})


def freely() -> None:
    """Everything may be written."""


WRITES: dict[str, Callable[[Line], None]] = {
    "changes": lambda to_google: to_google.change(SHEET, CHANGES, freely),
    "many cells": lambda to_google: to_google.fill(SHEET, DATA, freely),
}
BUSY = (408, 429, 500, 502, 503, 504)


def stopped(script: Script, act: Callable[[Line], object], waits: list[float] | None = None) -> HalfdayError:
    """What the act stops with; nothing that must not be told is in it."""
    with talking(script.base, waits) as to_google, pytest.raises(HalfdayError) as stop:
        act(to_google)
    text = stop.value.text()
    assert not [word for word in ("Amelia", "Hughes", PASS, "PRIVATE KEY", private_key()[40:80]) if word in text]
    assert stop.value.what.endswith(".")
    assert stop.value.now
    return stop.value


def read(to_google: Line) -> object:
    return to_google.read(SHEET, "properties(title)")


# questions


def test_a_question_is_asked_with_a_pass_and_answered() -> None:
    with service(FINE) as script, talking(script.base) as to_google:
        assert read(to_google) == {"properties": {"title": "SLT copy"}}
        assert read(to_google) == {"properties": {"title": "SLT copy"}}
        assert [(one.method, one.path) for one in script.seen] == [
            ("GET", "/v4/spreadsheets/1aB-sheet_id?fields=properties%28title%29")
        ] * 2
        assert {one.headers["authorization"] for one in script.seen} == {f"Bearer {PASS}"}
        assert len(script.asked_for_pass) == 1


@pytest.mark.parametrize("status", BUSY)
@pytest.mark.parametrize("kind", ["JSON", "a page"])
def test_a_question_is_asked_again_where_google_is_busy_whatever_it_says(status: int, kind: str) -> None:
    fault = page(status) if kind == "a page" else sheets_error(status, "UNAVAILABLE")
    waits: list[float] = []
    with service(fault, fault, FINE) as script, talking(script.base, waits) as to_google:
        assert read(to_google)
        assert len(script.seen) == 3
    assert len(waits) == 2
    assert waits[0] <= 4
    assert waits[1] <= 8


@pytest.mark.parametrize(
    "fault", [DROPPED, CUT, told([]), Said(body=b'{"a": ')], ids=["dropped", "cut", "list", "half"]
)
def test_a_question_is_asked_again_where_the_answer_did_not_arrive_whole(fault: Said) -> None:
    with service(fault, FINE) as script, talking(script.base) as to_google:
        assert read(to_google)
        assert len(script.seen) == 2


def test_a_question_is_asked_again_where_google_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "TIMEOUTS", (5, 0.2))
    with service(HELD, FINE) as script, talking(script.base) as to_google:
        assert read(to_google)
        assert len(script.seen) == 2


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (sheets_error(429, "RESOURCE_EXHAUSTED"), "its limit of requests a minute is reached (429)"),
        (page(502), "Google (sheets.googleapis.com) has trouble of its own (502)"),
        (page(408), "did not get the whole request in time (408)"),
        (DROPPED, "The connection to Google (sheets.googleapis.com) broke off"),
        (Said(body=b"{"), "cannot be read: it was cut off"),
    ],
    ids=["429", "502", "408", "dropped", "cut off"],
)
def test_after_five_tries_it_is_left_for_the_next_run(fault: Said, words: str) -> None:
    waits: list[float] = []
    with service(fault) as script:
        stop = stopped(script, read, waits)
        assert isinstance(stop, UnreachableError)
        assert (len(script.seen), len(waits)) == (TRIES, TRIES - 1)
    assert words in stop.what
    assert "The Google Sheet is as it was. It is left for the next run." in stop.text()
    assert stop.code is Exit.SOURCE


def test_nobody_there_is_told_as_being_offline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        base = f"http://127.0.0.1:{closed.getsockname()[1]}"
    waits: list[float] = []
    with talking(base, waits) as to_google, pytest.raises(UnreachableError, match="cannot be reached") as stop:
        read(to_google)
    assert "Is this computer online?" in stop.value.now
    assert len(waits) == TRIES - 1


def test_pauses_are_spread_over_the_whole_of_a_growing_span() -> None:
    several: list[list[float]] = []
    with service(page(503)) as script:
        for _ in range(12):
            waits: list[float] = []
            stopped(script, read, waits)
            several.append(waits)
    for number, most in enumerate((4, 8, 16, 32)):
        kept = [waits[number] for waits in several]
        assert all(0 <= wait <= most for wait in kept)
        assert len(set(kept)) == len(kept), "schools that share a Google project do not come back together"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "7"}, 7),
        ({"Retry_After": "Mon, 02 Mar 2026 06:15:40 GMT"}, 40),
        ({"Retry_After": "Mon, 02 Mar 2026 06:30:40 GMT", "Date": "Mon, 02 Mar 2026 06:30:30 GMT"}, 10),
        ({"Retry_After": "Mon, 02 Mar 2026 06:00:00 GMT"}, 0),
    ],
    ids=["seconds", "a date", "a date on its own clock", "a date that is past"],
)
def test_the_pause_that_google_asks_for_is_kept(headers: dict[str, str], seconds: float) -> None:
    waits: list[float] = []
    with service(told({}, 429, **headers), FINE) as script, talking(script.base, waits) as to_google:
        read(to_google)
    assert seconds <= waits[0] <= seconds + 2


@pytest.mark.parametrize("asked", ["soon", "-5", "1e3", "²", "Mon, 99 Mar 2026", "Mon, 02 Mar 2026 06:15:40 -0000"])
def test_a_pause_that_cannot_be_read_is_none(asked: str) -> None:
    waits: list[float] = []
    fault = Said(429, b"{}", {"Retry-After": asked.encode("utf-8").decode("latin-1")})
    with service(fault, FINE) as script, talking(script.base, waits) as to_google:
        read(to_google)
    assert waits[0] <= 4


def test_a_pause_longer_than_a_run_may_wait_is_left_for_the_next_run() -> None:
    waits: list[float] = []
    with service(told({}, 503, Retry_After="301")) as script:
        assert isinstance(stopped(script, read, waits), UnreachableError)
        assert (len(script.seen), waits) == (1, [])


def test_a_run_waits_five_minutes_in_all_however_many_questions_it_asks() -> None:
    waits: list[float] = []
    slow = told({}, 503, Retry_After="70")
    with service(slow, FINE, slow, FINE, slow, slow, slow) as script, talking(script.base, waits) as to_google:
        read(to_google)
        read(to_google)
        with pytest.raises(UnreachableError):
            read(to_google)
        assert to_google.spent.waited == sum(waits) <= LONGEST_WAITING
        assert len(waits) == 4
        with pytest.raises(UnreachableError):
            read(to_google)
        assert len(waits) == 4


# refusals


@pytest.mark.parametrize("act", [read, *WRITES.values()], ids=["a question", *WRITES])
@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 410, 413, 422])
def test_a_refusal_is_never_tried_again(status: int, act: Callable[[Line], object]) -> None:
    with service(sheets_error(status, "FAILED")) as script:
        stop = stopped(script, act)
        assert len(script.seen) == 1
    assert isinstance(stop, RefusedError)
    assert stop.status == status
    assert stop.done == "The Google Sheet is as it was."


@pytest.mark.parametrize("act", [read, *WRITES.values()], ids=["a question", *WRITES])
def test_a_pass_that_is_not_accepted_is_renewed_once(act: Callable[[Line], object]) -> None:
    no = sheets_error(401, "UNAUTHENTICATED")
    with service(no, FINE) as script, talking(script.base) as to_google:
        act(to_google)
        assert (len(script.seen), len(script.asked_for_pass)) == (2, 2)
    with service(no) as script:
        stop = stopped(script, act)
        assert (len(script.seen), len(script.asked_for_pass)) == (2, 2)
    assert isinstance(stop, SettingsError)
    assert "does not accept the pass" in stop.what


@pytest.mark.parametrize("reason", ["rateLimitExceeded", "userRateLimitExceeded", "sharingRateLimitExceeded"])
def test_drives_own_way_to_say_too_many_is_tried_again(reason: str) -> None:
    with service(drive_error(403, reason), told({"id": SHEET})) as script, talking(script.base) as to_google:
        assert [reply.json() for reply in to_google.ask([FILE])] == [{"id": SHEET}]
        assert len(script.seen) == 2
    with service(drive_error(403, reason)) as script:
        assert "its limit of requests a minute" in stopped(script, lambda to_google: to_google.ask([FILE])).what
        assert len(script.seen) == TRIES


STATES: dict[str, tuple[Said, type[HalfdayError], str, str]] = {
    "not shared any more": (
        sheets_error(403, "PERMISSION_DENIED"),
        RefusedError,
        "no longer shared with Halfday's account",
        f"Share the file again with {ACCOUNT} as Editor",
    ),
    "gone": (sheets_error(404, "NOT_FOUND"), RefusedError, "does not find the Google Sheet (404)", "share it with"),
    "storage is full": (drive_error(403, "storageQuotaExceeded"), RefusedError, "storage", "makes room"),
    "the day's limit": (drive_error(403, "dailyLimitExceeded"), RefusedError, "The day's limit", "tomorrow"),
    "Sheets is off": (
        sheets_error(403, "PERMISSION_DENIED", reason="SERVICE_DISABLED"),
        SettingsError,
        "is not switched on",
        "APIs and services, Library",
    ),
    "Drive is off": (drive_error(403, "accessNotConfigured"), SettingsError, "is not switched on", "Library"),
    "a rule of the school": (drive_error(403, "domainPolicy"), SettingsError, "A rule of the school's Google", ACCOUNT),
    "too small a pass": (
        sheets_error(403, "PERMISSION_DENIED", reason="ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
        SettingsError,
        "does not cover this",
        "Tell us",
    ),
    "protected": (
        sheets_error(400, "INVALID_ARGUMENT", "You are trying to edit a protected cell or object. Amelia Hughes"),
        RefusedError,
        "A protection in the Google Sheet",
        f"let {ACCOUNT} edit",
    ),
    "full": (
        sheets_error(400, "INVALID_ARGUMENT", "increase the number of cells above the limit of 10000000 cells. Amelia"),
        RefusedError,
        "ten million cells",
        "Delete tabs",
    ),
    "an Excel file": (
        sheets_error(400, "FAILED_PRECONDITION", "This operation is not supported for this document"),
        SettingsError,
        "an Excel file",
        "Save as Google Sheets",
    ),
    "not accepted": (
        sheets_error(400, "INVALID_ARGUMENT"),
        RefusedError,
        "did not accept what Halfday sent",
        "Tell us",
    ),
    "blocked by a web filter": (page(403), UnreachableError, "a log-on or blocking page", "web filter or proxy"),
    "a log-on page": (page(200), UnreachableError, "a log-on or blocking page", "sheets.googleapis.com"),
    "sent elsewhere": (
        Said(302, b"", {"Location": "https://filter.example/login"}),
        UnreachableError,
        "a log-on or blocking page",
        "web filter or proxy",
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_told_in_plain_words_with_what_to_do(state: str) -> None:
    said, kind, what, now = STATES[state]
    with service(said) as script:
        stop = stopped(script, read)
        assert len(script.seen) == 1
    assert type(stop) is kind
    assert what in stop.what
    assert now in stop.now


ODD = [
    b'{"error": "x"}',
    b'{"error": {}}',
    b'{"error": {"code": "a", "errors": 5, "details": [7, {"reason": []}]}}',
    b"[",
]


@pytest.mark.parametrize("body", [*ODD, b"[" * 100_000, b"\xff\xfe", b""], ids=range(len(ODD) + 3))
def test_an_error_that_is_put_in_an_unheard_of_way_is_still_told(body: bytes) -> None:
    with service(Said(403, body, {"Content-Type": "application/json"})) as script:
        assert "no longer shared" in stopped(script, read).what


# changes


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize(
    "fault",
    [
        DROPPED,
        CUT,
        page(500),
        page(502),
        sheets_error(503, "UNAVAILABLE"),
        page(504),
        page(505),
        page(408),
        page(),
        told([]),
    ],
    ids=["dropped", "cut", "500", "502", "503", "504", "505", "408", "a page", "no object"],
)
def test_a_change_of_unknown_outcome_is_sent_once_and_said_to_be_unknown(fault: Said, write: str) -> None:
    with service(fault) as script:
        stop = stopped(script, WRITES[write])
        assert len(script.seen) == 1
    assert isinstance(stop, UnknownOutcomeError)
    assert "Whether the last change to the Google Sheet was made is not known." in stop.text()
    assert "is as it was" not in stop.text()
    assert fault.status == 200 or f"({fault.status})" in stop.what


def test_a_change_that_takes_too_long_is_of_unknown_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "TIMEOUTS", (5, 0.2))
    with service(HELD) as script:
        assert isinstance(stopped(script, WRITES["changes"]), UnknownOutcomeError)
        assert len(script.seen) == 1


@pytest.mark.parametrize("write", WRITES)
def test_a_change_that_was_not_let_in_is_sent_again(write: str) -> None:
    fault = sheets_error(429, "RESOURCE_EXHAUSTED", reason="RATE_LIMIT_EXCEEDED")
    with service(fault, fault, FINE) as script, talking(script.base) as to_google:
        WRITES[write](to_google)
        assert len(script.seen) == 3
        assert len({one.body for one in script.seen}) == 1
    with service(fault) as script:
        stop = stopped(script, WRITES[write])
        assert not isinstance(stop, UnknownOutcomeError)
        assert "is as it was" in stop.text()


def test_a_change_that_reached_nobody_is_sent_again_and_not_of_unknown_outcome() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        base = f"http://127.0.0.1:{closed.getsockname()[1]}"
    waits: list[float] = []
    with service(FINE) as script, talking(script.base, waits) as to_google:
        read(to_google)  # the pass is there
        to_google._http.session.mount("https://sheets.", _to(base))
        with pytest.raises(UnreachableError, match="cannot be reached") as stop:
            to_google.change(SHEET, CHANGES, freely)
    assert not isinstance(stop.value, UnknownOutcomeError)
    assert len(waits) == TRIES - 1


def _to(base: str) -> requests.adapters.BaseAdapter:
    from tests.google_line import ToBase

    return ToBase(base)


def test_what_is_sent_is_what_was_given_and_texts_stay_texts() -> None:
    with service(FINE) as script, talking(script.base) as to_google:
        WRITES["changes"](to_google)
        WRITES["many cells"](to_google)
        first, second = script.seen
    assert (first.method, first.path) == ("POST", "/v4/spreadsheets/1aB-sheet_id:batchUpdate")
    assert b'"userEnteredValue":{"stringValue":"=Amelia Hughes"}' in first.body
    assert (second.method, second.path) == ("POST", "/v4/spreadsheets/1aB-sheet_id/values:batchUpdate")
    assert second.body.startswith(b'{"valueInputOption":"RAW","data":[')


def test_before_each_try_it_is_asked_whether_anything_may_be_written() -> None:
    asked: list[int] = []

    def twice() -> None:
        asked.append(1)
        if len(asked) > 2:
            raise SafetyError("Somebody has shared the file.", now="Look.")

    with service(told({}, 429)) as script, talking(script.base) as to_google:
        with pytest.raises(SafetyError, match="Somebody has shared"):
            to_google.change(SHEET, CHANGES, twice)
        assert (len(script.seen), len(asked)) == (2, 3)


MALFORMED: dict[str, list[dict[str, object]]] = {
    "a kind that there is not": [{"updateCell": {}}],
    "no mask": [{"updateCells": {"rows": []}}],
    "a text where a number belongs": [
        {"updateSheetProperties": {"properties": {"sheetId": "Amelia Hughes"}, "fields": "title"}}
    ],
    "no number at all": [
        {
            "updateCells": {
                "start": {"sheetId": 7},
                "rows": [{"values": [{"userEnteredValue": {"numberValue": math.nan}}]}],
                "fields": "userEnteredValue",
            }
        }
    ],
    "half a letter": [
        {
            "updateCells": {
                "start": {"sheetId": 7},
                "rows": [{"values": [{"userEnteredValue": {"stringValue": "\ud800 Amelia Hughes"}}]}],
                "fields": "userEnteredValue",
            }
        }
    ],
}


@pytest.mark.parametrize("fault", MALFORMED)
def test_what_is_malformed_is_not_sent(fault: str) -> None:
    with service(FINE) as script:
        stop = stopped(script, lambda to_google: to_google.change(SHEET, MALFORMED[fault], freely))
        assert (script.seen, script.asked_for_pass) == ([], [])
    assert isinstance(stop, SafetyError)
    assert stop.problems
    assert "something malformed" in stop.what


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("act", [read, *WRITES.values()], ids=["a question", *WRITES])
def test_nothing_follows_a_web_filter_to_another_computer(status: int, act: Callable[[Line], object]) -> None:
    with service(FINE) as elsewhere:
        away = Said(status, b"", {"Location": f"{elsewhere.base}/login"})
        with service(away) as script:
            assert isinstance(stopped(script, act), UnreachableError)
            assert len(script.seen) == 1
        assert elsewhere.seen == []


# passes

ENDLESS = told({"access_token": PASS, "expires_in": "soon"})


@pytest.mark.parametrize("act", [read, *WRITES.values()], ids=["a question", *WRITES])
@pytest.mark.parametrize(
    "fault",
    [
        page(500),
        page(503),
        told({"error": "internal_failure"}, 400),
        told({}, 429),
        DROPPED,
        told({}),
        told([]),
        ENDLESS,
    ],
    ids=["500", "503", "internal", "429", "dropped", "empty", "no object", "for how long"],
)
def test_a_pass_is_asked_for_again_and_nothing_is_sent_without_one(fault: Said, act: Callable[[Line], object]) -> None:
    with service(FINE, passes=(fault, fault, A_PASS)) as script, talking(script.base) as to_google:
        act(to_google)
        assert (len(script.asked_for_pass), len(script.seen)) == (3, 1)
    with service(FINE, passes=(fault,)) as script:
        stop = stopped(script, act)
        assert isinstance(stop, UnreachableError)
        assert not isinstance(stop, UnknownOutcomeError)
        assert "oauth2.googleapis.com" in stop.what or "limit of requests" in stop.what
        assert (len(script.asked_for_pass), script.seen) == (TRIES, [])


@pytest.mark.parametrize(
    ("said", "what", "now"),
    [
        (told({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400), "key of", "a new key"),
        (told({"error": "invalid_grant", "error_description": "Invalid grant: account not found"}, 400), "key", "key"),
        (told({"error": "deleted_client", "error_description": "The OAuth client was deleted."}, 401), "key", "key"),
        (
            told(
                {
                    "error": "invalid_grant",
                    "error_description": "Invalid JWT: Token must be a short-lived token (60 minutes) and in a "
                    "reasonable timeframe. Check your iat and exp values in the JWT claim.",
                },
                400,
            ),
            "this computer's clock is wrong",
            "Set the date",
        ),
    ],
    ids=["deleted key", "deleted account", "deleted client", "wrong clock"],
)
def test_a_key_that_is_good_for_nothing_any_more_is_told_at_once(said: Said, what: str, now: str) -> None:
    for act in (read, *WRITES.values()):
        with service(FINE, passes=(said,)) as script:
            stop = stopped(script, act)
            assert (len(script.asked_for_pass), script.seen) == (1, [])
        assert isinstance(stop, SettingsError)
        assert what in stop.what
        assert now in stop.now
        assert stop.code is Exit.SETTINGS


def test_a_key_that_is_taken_back_during_a_run_is_told_and_nothing_is_unknown() -> None:
    no = told({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400)
    for act in (read, *WRITES.values()):
        with service(sheets_error(401, "UNAUTHENTICATED"), passes=(A_PASS, no)) as script:
            assert "does not accept the key" in stopped(script, act).what
            assert (len(script.asked_for_pass), len(script.seen)) == (2, 1)


def test_a_web_filter_before_the_desk_for_passes_is_told() -> None:
    with service(FINE, passes=(page(403),)) as script:
        assert "a log-on or blocking page" in stopped(script, read).what


# what became of a request that has no answer


def _wrapped(reason: Exception) -> requests.ConnectionError:
    pool = urllib3.HTTPConnectionPool("127.0.0.1")
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/", reason))


FATES: dict[str, tuple[requests.RequestException, bool, bool, str]] = {
    "no proxy": (requests.exceptions.ProxyError("x"), False, True, "proxy"),
    "a certificate": (requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED"), False, True, "not trusted"),
    "other encryption trouble": (requests.exceptions.SSLError("EOF"), True, False, "broke off"),
    "not connected in time": (requests.exceptions.ConnectTimeout("x"), False, False, "in time"),
    "not answered in time": (requests.exceptions.ReadTimeout("x"), True, False, "in time"),
    "lost": (requests.ConnectionError("x"), True, False, "broke off"),
    "nobody there": (
        _wrapped(urllib3.exceptions.NewConnectionError(urllib3.connection.HTTPConnection("x"), "x")),
        False,
        False,
        "cannot be reached",
    ),
    "lost after many": (_wrapped(urllib3.exceptions.ProtocolError("x")), True, False, "broke off"),
    "cut off": (requests.exceptions.ChunkedEncodingError("x"), True, False, "broke off"),
    "badly packed": (requests.exceptions.ContentDecodingError("x"), True, False, "broke off"),
    "nothing said": (requests.RequestException(), True, False, "broke off"),
}


@pytest.mark.parametrize("fate", FATES)
def test_only_what_certainly_reached_nobody_counts_as_not_sent(fate: str) -> None:
    fault, sent, final, words = FATES[fate]
    lost = asking._lost(fault, "sheets.googleapis.com")
    assert (lost.sent, lost.final) == (sent, final)
    assert words in lost.stop.what


# what it cost


def test_what_a_run_costs_is_counted() -> None:
    ticks = iter(range(100))
    long = {"properties": {"title": "x" * 5000}}
    with service(told({}, 503), packed(long), FINE) as script:
        with talking(script.base, ticks=lambda: float(next(ticks))) as to_google:
            read(to_google)
            WRITES["changes"](to_google)
            spent = to_google.spent
        sent = sum(len(one.body) for one in (*script.seen, *script.asked_for_pass))
    assert (spent.calls, spent.passes, spent.seconds) == (3, 1, 3.0)
    assert spent.sent == sent > 100
    assert spent.unpacked - 5000 < 200
    assert spent.received < 400


def test_google_is_told_that_answers_may_be_packed() -> None:
    with service(FINE) as script, talking(script.base) as to_google:
        read(to_google)
        headers = script.seen[0].headers
    assert "gzip" in headers["accept-encoding"]
    assert "gzip" in headers["user-agent"]
