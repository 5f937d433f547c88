"""Nothing is asked of the emulator, and nothing answered by it, that is not as Google describes it (tier B)."""

import json
from collections.abc import Mapping

import pytest
from tests.google_emulator import Call, UnlikeGoogleError
from tests.google_emulator.described import unlike
from tests.google_facts.desk import Desk, desk, text, update

SHEETS, FILE = "/v4/spreadsheets/1made-up", "/drive/v3/files/1made-up"


def call(method: str, url: str, body: object = None) -> Call:
    return Call(method, url, b"" if body is None else json.dumps(body).encode())


def test_a_test_fails_in_which_the_emulator_answers_as_google_would_not() -> None:
    def wrong(at: Desk) -> None:
        at.google.books[at.book].content.properties["colour"] = "red"
        at.given("GET", at.sheets)

    with pytest.raises(UnlikeGoogleError, match=r"answer\.properties: a name that Google does not know"), desk() as at:
        wrong(at)


def test_a_test_fails_in_which_somebody_asks_what_google_would_refuse() -> None:
    with pytest.raises(UnlikeGoogleError, match=r"not refused: drive\.files\.get: query fields: a name"), desk() as at:
        at.ask("GET", at.file, fields="id,colour")


def test_a_failed_test_says_its_own_reason() -> None:
    def fails(at: Desk) -> None:
        at.google.unlike.append("something else")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), desk() as at:
        fails(at)


def test_a_test_may_look_away() -> None:
    with desk() as at:
        at.google.checked = False
        at.google.books[at.book].content.properties["colour"] = "red"
        assert at.given("GET", at.sheets)["properties"]["colour"] == "red"


def test_the_parts_of_a_batch_are_looked_at_too() -> None:
    asked = "--part\r\nContent-Type: application/http\r\n\r\nGET {}?fields=colour\r\n\r\n--part--\r\n"
    headers = {"Content-Type": "multipart/mixed; boundary=part"}
    with pytest.raises(UnlikeGoogleError, match=r"drive\.files\.get"), desk() as at:
        at.ask("POST", "/batch/drive/v3", asked.format(at.file).encode(), headers=headers)


def test_what_a_test_lets_go_wrong_is_not_googles_answer() -> None:
    from tests.google_emulator import answer, status

    with desk() as at:
        at.google.fail("GET", answer(b"<html>a firewall's page</html>", content="text/html"))
        at.google.fail("GET", status(503, html=True))
        assert [at.ask("GET", at.sheets).status for _ in range(3)] == [200, 503, 200]
        at.batch(update([[text("x")]]))


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        (call("GET", SHEETS), 200, {"spreadsheetId": "1made-up"}),
        (call("GET", SHEETS), 404, {"error": {"code": 404, "message": "Not found.", "status": "NOT_FOUND"}}),
        (call("DELETE", FILE), 204, None),
        (call("GET", f"{FILE}/export?mimeType=text/csv"), 200, b"a,b"),
        (call("GET", f"{SHEETS}/values"), 501, {"error": {"code": 501, "message": "The emulator does not know."}}),
        (call("POST", "/token", {"any": "thing"}), 200, {"access_token": "x"}),
        (call("PUT", "/upload/drive/v2/files/1made-up", "a,b"), 200, {"id": "1made-up"}),
    ],
)
def test_what_google_describes_or_has_nothing_to_do_with_is_left(
    asked: Call, status: int, told: Mapping[str, object] | bytes | None
) -> None:
    assert unlike(asked, status, told if isinstance(told, bytes) or told is None else dict(told)) == []


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        (call("GET", SHEETS), 200, {"spreadsheetID": "1made-up"}),
        (call("GET", SHEETS), 404, {"error": {"code": 403, "message": "Not found."}}),
        (call("GET", SHEETS), 404, {"error": "Not found."}),
        (call("GET", SHEETS), 404, {"error": {"code": 404, "message": "Not found.", "hint": "Look elsewhere."}}),
        (call("DELETE", FILE), 200, {"id": "1made-up"}),
        (call("POST", f"{SHEETS}:batchUpdate", {"requests": [{"deleteTab": {}}]}), 200, {"replies": [{}]}),
        (call("GET", f"{SHEETS}?fields=spreadsheetId"), 200, {"spreadsheetId": "1made-up", "sheets": []}),
    ],
)
def test_what_google_would_not_do_is_told(asked: Call, status: int, told: Mapping[str, object]) -> None:
    assert len(unlike(asked, status, dict(told))) == 1
