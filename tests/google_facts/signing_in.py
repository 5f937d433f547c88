"""Who asks, and what for."""

from tests.google_facts.desk import AGENT, METADATA, SHEETS, Desk, text, update


def a_signed_assertion_gets_a_token(at: Desk) -> None:
    key = at.google.account(AGENT)
    at.google.share(at.book, AGENT, "writer")
    told = at.ask_token(key, f"{SHEETS} {METADATA}").told
    assert (told["token_type"], 3_500 < told["expires_in"] <= 3_600) == ("Bearer", True)
    at.token = told["access_token"]
    assert (at.write("A1", [["x"]]).status, at.ask("GET", at.file).status) == (200, 200)
    at.clock.now += 3_700
    assert (at.write("A1", [["y"]]).status, at.ask("GET", at.file).status) == (401, 401)


def a_key_that_was_taken_back_gets_no_token(at: Desk) -> None:
    key = at.google.account(AGENT)
    at.google.revoke(AGENT)
    answer = at.ask_token(key, SHEETS)
    assert (answer.status, answer.told["error"]) == (400, "invalid_grant")
    assert answer.told["error_description"] == "Invalid JWT Signature."


def a_token_that_google_did_not_give_is_refused(at: Desk) -> None:
    at.google.account(AGENT)
    for token in ("", "ya29.made-up"):
        at.token = token
        answer = at.ask("GET", at.sheets)
        assert (answer.status, answer.error["status"]) == (401, "UNAUTHENTICATED")
        assert answer.words.startswith("Request had invalid authentication credentials. Expected OAuth 2 access token")
        assert at.ask("GET", at.file).status == 401


def a_token_for_less_is_refused(at: Desk) -> None:
    at.join("writer", scopes=METADATA)
    answer = at.ask("GET", at.sheets)
    assert (answer.status, answer.error["status"]) == (403, "PERMISSION_DENIED")
    assert answer.words == "Request had insufficient authentication scopes."
    at.join("writer", scopes=f"{SHEETS}.readonly")
    assert (at.ask("GET", at.sheets).status, at.write("A1", [["x"]]).status) == (200, 403)


def a_commenter_changes_no_cell(at: Desk) -> None:
    for role in ("reader", "commenter"):
        at.join(role)
        assert at.ask("GET", at.sheets).status == 200
        answers = [
            at.write("A1", [["x"]]),
            at.ask("POST", f"{at.sheets}:batchUpdate", {"requests": [update([[text("x")]])]}),
        ]
        assert [answer.status for answer in answers] == [403, 403]
        assert answers[0].words == "The caller does not have permission"
    at.join("writer")
    assert (at.values(), at.write("A1", [["x"]]).status) == ([], 200)
