"""The way to Google: a key of the right kind, a pass for two things only, and nobody else is ever asked."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import google.auth.jwt
import google.auth.transport.requests
import google.oauth2.service_account
import pytest
import requests
import trustme
from tests.google_line import ToBase, line
from tests.google_script import ACCOUNT, NOW, PASS, a_key, key_file, private_key, service, talking, told

from halfday_sync.errors import Exit, SettingsError, UnreachableError
from halfday_sync.sheets import connecting
from halfday_sync.sheets.asking import Line
from halfday_sync.sheets.connecting import SCOPES, TIMEOUTS, Spent, connect, key

# keys


def test_a_key_file_is_understood_and_only_what_is_needed_is_kept() -> None:
    found = key(json.dumps(key_file(token_uri="https://evil.example/token")))
    assert (found.email, found.private_key) == (ACCOUNT, private_key())
    kept = json.loads(found.text())
    assert set(kept) == {"type", "client_email", "private_key_id", "private_key"}
    assert key(found.text()) == found


def test_nothing_secret_is_seen_where_a_key_is_shown() -> None:
    assert repr(a_key()) == f"Key(email={ACCOUNT!r})"


WRONG: dict[str, tuple[object, str]] = {
    "nothing": ("", "it is not the text of a JSON file"),
    "a path": ("C:\\keys\\halfday.json", "it is not the text of a JSON file"),
    "an API key": ("AIzaSyA-invented-0123456789", "it is an API key"),
    "only the private key": ("-----BEGIN PRIVATE KEY-----\nabc", "only the private key"),
    "half a file": (json.dumps(key_file())[:200], "cut off or has other text around it"),
    "a list": ([1, 2], "it is not the text of a JSON file"),
    "for people": ({"installed": {"client_id": "x"}}, "for people who log on"),
    "a logged-on person": ({"type": "authorized_user", "refresh_token": "x"}, "for people who log on"),
    "another type": (key_file(type="external_account"), "its type is not service_account"),
    "a person's address": (key_file(client_email="head@larkfield.example"), "client_email is not the address"),
    "an address like one": (key_file(client_email="a@x.gserviceaccount.com.evil.example"), "client_email is not"),
    "no address": (key_file(client_email=None), "client_email is not"),
    "no id": (key_file(private_key_id=""), "private_key_id is missing"),
    "another cloud": (key_file(universe_domain="evil.example"), "universe_domain names another cloud"),
    "no private key": (key_file(private_key=""), "private_key is not a private key"),
    "half a private key": (key_file(private_key=private_key()[:900]), "lost its line breaks or its end"),
    "a number as private key": (key_file(private_key=5), "private_key is not a private key"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_key_is_refused_in_words_that_help(wrong: str) -> None:
    given, words = WRONG[wrong]
    text = given if isinstance(given, str) else json.dumps(given)
    with pytest.raises(SettingsError, match="key of a service account") as stop:
        key(text)
    assert words in stop.value.text()
    assert "Create new key, JSON" in stop.value.now
    assert stop.value.code is Exit.SETTINGS
    assert private_key()[60:100] not in stop.value.text()


def test_every_fault_of_a_key_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as stop:
        key(json.dumps(key_file(client_email="x", private_key_id="", private_key="x", universe_domain="x")))
    assert len(stop.value.problems) == 4


# passes


def test_a_pass_is_for_two_things_only_and_comes_from_googles_own_desk() -> None:
    with service() as script, talking(script.base) as to_google:
        to_google.read("1aB", "properties")
        (asked,) = script.asked_for_pass
    assertion = parse_qs(asked.body.decode())["assertion"][0]
    claims = google.auth.jwt.decode(assertion, verify=False)  # type: ignore[no-untyped-call]
    assert claims["scope"].split(" ") == list(SCOPES)
    assert SCOPES == (
        "https://www.googleapis.com/auth/spreadsheets",
        "https://www.googleapis.com/auth/drive.metadata.readonly",
    )
    assert (claims["iss"], claims["aud"]) == (ACCOUNT, "https://oauth2.googleapis.com/token")
    assert "sub" not in claims


def started_since(before: set[threading.Thread]) -> list[threading.Thread]:
    """Threads that are not those of the service, one for each connection."""
    return [thread for thread in set(threading.enumerate()) - before if "process_request" not in thread.name]


def _asks_where_it_may_be_used(base: str) -> None:
    """As Google's own class does it; the thread that it starts is waited for."""
    before = set(threading.enumerate())
    desk = requests.Session()
    desk.mount("https://", ToBase(base))
    account = google.oauth2.service_account.Credentials.from_service_account_info(key_file(), scopes=SCOPES)  # type: ignore[no-untyped-call]
    session = google.auth.transport.requests.AuthorizedSession(  # type: ignore[no-untyped-call]
        account, auth_request=google.auth.transport.requests.Request(desk)
    )
    session.mount("https://", ToBase(base))
    session.get("https://sheets.googleapis.com/v4/spreadsheets/1aB", timeout=5)
    for thread in started_since(before):
        thread.join(5)
    session.close()  # type: ignore[no-untyped-call]
    desk.close()


def test_nobody_is_asked_in_which_regions_the_account_may_be_used() -> None:
    """Google's own class does ask, in a thread of its own; this would be seen."""
    with service(told({"locations": [], "encodedLocations": "0x0"})) as script:
        _asks_where_it_may_be_used(script.base)
        assert [one.path for one in script.seen if "allowedLocations" in one.path]
    with service() as script:
        before = set(threading.enumerate())
        with talking(script.base) as to_google:
            for _ in range(3):
                to_google.read("1aB", "properties")
        assert {one.path for one in script.seen} == {"/v4/spreadsheets/1aB?fields=properties"}
        assert [one.path for one in script.asked_for_pass] == ["/token"]
        assert started_since(before) == []


def test_a_pass_of_another_kind_in_this_computers_own_list_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine sheets.googleapis.com login somebody password else\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    with service() as script, talking(script.base) as to_google:
        to_google.read("1aB", "properties")
        assert script.seen[0].headers["authorization"] == f"Bearer {PASS}"


# the way


def test_every_request_has_time_outs() -> None:
    waited: list[object] = []

    class Watched(ToBase):
        def send(self, request: requests.PreparedRequest, *args: object, **more: object) -> requests.Response:
            waited.append(more.get("timeout"))
            return super().send(request, *args, **more)

    with service() as script, pytest.MonkeyPatch.context() as patch:
        patch.setattr(connecting, "https_adapter", lambda: Watched(script.base))
        with Line(a_key(), wait=waited.append, now=NOW) as to_google:
            to_google.read("1aB", "properties")
    assert waited == [TIMEOUTS, TIMEOUTS]
    assert TIMEOUTS == (5, 90)


def test_nothing_travels_unencrypted() -> None:
    with service() as script, line(script.base):
        http = connect(a_key(), Spent())
        with pytest.raises(requests.exceptions.InvalidSchema):
            http.request("GET", "http://sheets.googleapis.com/v4/spreadsheets/1aB")
        http.session.close()
    assert script.seen == []


@dataclass
class Filter:
    """A school's web filter: a proxy that opens what is encrypted, with a certificate of its own."""

    base: str = ""
    asked: list[str] = field(default_factory=list)
    refuses: bool = False


@contextmanager
def web_filter(authority: trustme.CA) -> Iterator[Filter]:
    found = Filter()

    class Inside(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = json.dumps({"access_token": PASS, "expires_in": 3599}).encode()
            self.send_response_only(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer  # noqa: N815

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_CONNECT(self) -> None:
            found.asked.append(self.path)
            self.close_connection = True
            if found.refuses:
                self.send_response_only(403)
                self.end_headers()
                return
            self.send_response_only(200)
            self.end_headers()
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            authority.issue_cert(self.path.partition(":")[0]).configure_cert(context)
            with context.wrap_socket(self.connection, server_side=True) as opened:
                Inside(opened, self.client_address, self.server)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    found.base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this computer trusts, and nothing of its environment that changes the way."""
    made = trustme.CA()
    file = tmp_path / "trusted.pem"
    made.cert_pem.write_to_path(str(file))
    for name in (
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "NO_PROXY",
        "no_proxy",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return made


def test_a_proxy_and_the_computers_own_list_of_whom_to_trust_are_honoured(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_filter(authority) as found:
        monkeypatch.setenv("HTTPS_PROXY", found.base)
        with Line(a_key(), wait=_never, now=NOW) as to_google:
            assert to_google.read("1aB", "properties")["access_token"] == PASS
    assert found.asked == ["oauth2.googleapis.com:443", "sheets.googleapis.com:443"]


@pytest.mark.usefixtures("authority")
def test_a_certificate_that_this_computer_does_not_trust_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with web_filter(trustme.CA()) as found:
        monkeypatch.setenv("HTTPS_PROXY", found.base)
        with (
            Line(a_key(), wait=_never, now=NOW) as to_google,
            pytest.raises(UnreachableError, match="not trusted") as stop,
        ):
            to_google.read("1aB", "properties")
    assert "certificate into the computer's store" in stop.value.now
    assert len(found.asked) == 1


@pytest.mark.usefixtures("authority")
def test_a_proxy_that_lets_nothing_through_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with web_filter(trustme.CA()) as found:
        found.refuses = True
        monkeypatch.setenv("HTTPS_PROXY", found.base)
        with (
            Line(a_key(), wait=_never, now=NOW) as to_google,
            pytest.raises(UnreachableError, match="The proxy did not"),
        ):
            to_google.read("1aB", "properties")


def test_on_the_way_to_this_computer_itself_no_proxy_stands(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_filter(authority) as found, service() as script:
        monkeypatch.setenv("HTTPS_PROXY", found.base)
        monkeypatch.setenv("HTTP_PROXY", found.base)
        with talking(script.base) as to_google:
            to_google.read("1aB", "properties")
        assert len(script.seen) == 1
    assert found.asked == []


def _never(seconds: float) -> None:
    raise AssertionError(f"nothing waits here, but {seconds} seconds were asked for")
