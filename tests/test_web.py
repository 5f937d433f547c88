"""A web service is asked politely, again where that can help, and explained in words that give nothing away."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import trustme

from halfday_sync.errors import SettingsError, SourceError, UnreachableError
from halfday_sync.sources import web as web_module
from halfday_sync.sources.way import way_to
from halfday_sync.sources.web import ATTEMPTS, LONGEST_WAIT, RefusedError, Web

NOW = datetime(2025, 9, 15, 6, 15, tzinfo=UTC)
SECRET = "secret-of-the-test"


@dataclass
class Scripted:
    """Answers, one after the other, the last one again and again: status, headers, body; None hangs up."""

    answers: list[tuple[int, dict[str, str], bytes] | None]
    base: str = ""
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def service(
    *answers: tuple[int, dict[str, str], bytes] | None, tls: ssl.SSLContext | None = None
) -> Iterator[Scripted]:
    script = Scripted(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            script.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            answer = script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
            if answer is None:
                return
            status, headers, body = answer
            self.send_response_only(status)  # without a date of today's
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    script.base = f"http{'s' * bool(tls)}://127.0.0.1:{server.server_address[1]}/v1/"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def asked(script: Scripted, waits: list[float] | None = None, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {SECRET}"}
    with Web(
        "Somebody", script.base, wait=(waits if waits is not None else []).append, now=NOW, headers=headers
    ) as web:
        return web.json("marks", {"upn": "hidden", **more}, asked="marks")


def stopped(script: Scripted, waits: list[float] | None = None) -> SourceError:
    with pytest.raises(SourceError) as stop:
        asked(script, waits)
    assert not [word for word in (SECRET, "hidden", "upn=", "secret words") if word in str(stop.value)]
    return stop.value


def told(body: object, status: int = 200, **headers: str) -> tuple[int, dict[str, str], bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, named, json.dumps(body).encode()


# addresses


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.0.0.1:8443"])
def test_only_to_this_computer_itself_may_anything_travel_unencrypted(host: str) -> None:
    with Web("Somebody", f"http://{host}/", wait=_never, now=NOW) as web:
        assert web.requests == 0


@pytest.mark.parametrize(
    "base", ["http://example.org/", "http://127.0.0.1.example.org/", "http://10.0.0.7/", "HTTP://example.org"]
)
def test_an_address_that_would_send_pupils_unencrypted_is_refused(base: str) -> None:
    with pytest.raises(SettingsError, match="http://"):
        Web("Somebody", base, wait=_never, now=NOW)


@pytest.mark.parametrize("base", ["", "https://", "example.org/v1", "file:///etc/hosts", "https://a:b/", "https://[1/"])
def test_what_is_no_address_is_refused(base: str) -> None:
    with pytest.raises(SettingsError, match="is not one"):
        Web("Somebody", base, wait=_never, now=NOW)


def test_an_address_with_other_letters_is_compared_as_it_is_asked_for() -> None:
    with Web("Somebody", "https://schüle.example/", wait=_never, now=NOW) as web:
        assert web.host == "xn--schle-mva.example"
        assert web._address("marks?page=2") == "https://xn--schle-mva.example/marks?page=2"


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError, match="holds a user name or a password") as stop:
        Web("Somebody", f"https://me:{SECRET}@example.org/", wait=_never, now=NOW)
    assert SECRET not in str(stop.value)


def test_the_host_is_named_without_its_usual_port() -> None:
    with Web("Somebody", "https://example.org:443/x", wait=_never, now=NOW) as web:
        assert web.host == "example.org"
    with Web("Somebody", "https://example.org:8443", wait=_never, now=NOW) as web:
        assert web.host == "example.org:8443"


LINKS = ("https://elsewhere.example/marks", "//elsewhere.example/", "https://127.0.0.1:1/", "http://[", "marks\0")


@pytest.mark.parametrize("link", LINKS, ids=range(len(LINKS)))
def test_a_link_to_another_computer_is_never_followed(link: str) -> None:
    with service(told({})) as script:
        with Web("Somebody", script.base, wait=_never, now=NOW) as web, pytest.raises(SourceError, match="another"):
            web.json(link)
        assert script.seen == []


def test_a_link_to_the_same_computer_is_followed_with_its_own_query() -> None:
    with service(told({})) as script, Web("Somebody", script.base, wait=_never, now=NOW) as web:
        web.json(f"{script.base}marks?page=2&per_page=5")
        assert [path for path, _ in script.seen] == ["/v1/marks?page=2&per_page=5"]


# what passes


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 520, 529])
def test_a_busy_service_is_asked_again_after_a_while(status: int) -> None:
    waits: list[float] = []
    with service(told({}, status), told({}, status), told({"data": []})) as script:
        assert asked(script, waits) == {"data": []}
        assert len(script.seen) == 3
    assert 1 <= waits[0] <= 2
    assert 2 <= waits[1] <= 3


def test_after_every_try_it_is_left_for_the_next_run() -> None:
    waits: list[float] = []
    with service(told({}, 503)) as script:
        assert isinstance(stopped(script, waits), UnreachableError)
        assert len(script.seen) == ATTEMPTS
    assert len(waits) == ATTEMPTS - 1
    assert waits == sorted(waits)
    assert 31 <= sum(waits) <= 36


def test_the_waits_differ_from_school_to_school() -> None:
    waits: list[float] = []
    for _ in range(3):
        with service(told({}, 503), told({})) as script:
            asked(script, waits)
    assert len(set(waits)) == 3


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"Retry_After": "20"}, 20),
        ({"Retry_After": "Mon, 15 Sep 2025 07:00:30 GMT", "Date": "Mon, 15 Sep 2025 07:00:00 GMT"}, 30),
        ({"Retry_After": "Mon, 15 Sep 2025 07:00:00 GMT", "Date": "Mon, 15 Sep 2025 07:00:30 GMT"}, 1),
        ({"Retry_After": "Mon, 15 Sep 2025 06:15:40 GMT"}, 40),
        ({"Retry_After": "soon"}, 1),
        ({"Retry_After": ""}, 1),
        ({"Retry_After": "-5"}, 1),
    ],
)
def test_a_pause_that_is_asked_for_is_kept(headers: dict[str, str], least: int) -> None:
    waits: list[float] = []
    with service(told({}, 429, **headers), told({})) as script:
        asked(script, waits)
    assert least <= waits[0] <= max(least, 2)


def test_a_pause_that_is_too_long_is_left_for_the_next_run() -> None:
    waits: list[float] = []
    with service(told({}, 429, Retry_After=str(int(LONGEST_WAIT) + 1))) as script:
        assert isinstance(stopped(script, waits), UnreachableError)
        assert (len(script.seen), waits) == (1, [])


@pytest.mark.parametrize(
    "broken",
    [
        None,
        (200, {"Content-Length": "500"}, b'{"data": ['),
        (200, {}, b'{"data": ['),
        (200, {}, b""),
        (200, {}, b"\xff\xfe{"),
        (200, {}, b"[" * 100_000),
        (200, {"Content-Encoding": "gzip"}, b"no gzip"),
    ],
    ids=["hangs up", "breaks off", "cut off", "nothing", "no utf-8", "too deep", "no gzip"],
)
def test_an_answer_that_breaks_off_is_asked_for_again(broken: Any) -> None:
    with service(broken, told({"data": [1]})) as script:
        assert asked(script) == {"data": [1]}
    with service(broken) as script:
        assert "broke off" in str(stop := stopped(script)) or "cut off or is not JSON" in str(stop)
        assert len(script.seen) == ATTEMPTS


def test_a_service_that_does_not_answer_in_time_is_left_for_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_module, "_TIMEOUT", httpx.Timeout(0.05))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        script = Scripted([], f"http://127.0.0.1:{silent.getsockname()[1]}/")
        waits: list[float] = []
        stop = stopped(script, waits)
    assert isinstance(stop, UnreachableError)
    assert "did not answer in time" in stop.what
    assert len(waits) == ATTEMPTS - 1


def test_a_closed_port_is_left_for_the_next_run() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        base = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    stop = stopped(Scripted([], base))
    assert isinstance(stop, UnreachableError)
    assert "cannot be reached" in stop.what


# what stays


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "does not accept the key"),
        (403, "does not let us read marks"),
        (404, "does not find marks"),
        (410, "refused to give marks (410)"),
        (204, "refused to give marks (204)"),
    ],
)
def test_a_refusal_is_final_and_says_what_to_do(status: int, words: str) -> None:
    waits: list[float] = []
    with service(told({"error": "secret words"}, status)) as script:
        stop = stopped(script, waits)
        assert (len(script.seen), waits) == (1, [])
    assert isinstance(stop, RefusedError)
    assert stop.status == status
    assert words in stop.what
    assert stop.now


def test_fields_that_are_not_understood_are_named_and_the_services_own_words_are_not() -> None:
    with service(told({"updated_after": ["secret words"]}, 422)) as script:
        assert stopped(script).problems == ("updated_after",)


@pytest.mark.parametrize("status", [200, 403])
def test_a_page_of_a_web_filter_is_known_for_one(status: int) -> None:
    with service((status, {"Content-Type": "text/HTML; charset=utf-8"}, b"<html>secret words")) as script:
        stop = stopped(script)
    assert isinstance(stop, UnreachableError)
    assert "a log-on or blocking page" in stop.what


def test_a_redirect_is_not_followed() -> None:
    with service((302, {"Location": "https://log-on.example/?who=hidden"}, b"")) as script:
        assert "a log-on or blocking page" in stopped(script).what
        assert len(script.seen) == 1


# certificates


def _tls(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(name).configure_cert(context)
    return context


def test_a_certificate_that_nobody_trusts_is_told_and_the_key_is_not_sent() -> None:
    waits: list[float] = []
    with service(told({}), tls=_tls("127.0.0.1")) as script:
        stop = stopped(script, waits)
        assert (script.seen, waits) == ([], [])
    assert isinstance(stop, UnreachableError)
    assert "its certificate does not fit" in stop.what


def test_the_way_to_a_service_ends_at_its_certificate() -> None:
    with service(told({}), tls=_tls("127.0.0.1")) as script:
        with Web("Somebody", script.base, wait=_never, now=NOW) as web:
            steps = [(look.title, look.well) for look in way_to(web)]
        assert script.seen == []
    assert steps == [("name", True), ("connection", True), ("certificate", False)]


def test_the_way_to_a_name_that_nobody_knows_ends_there() -> None:
    with Web("Somebody", "https://nobody.invalid/", wait=_never, now=NOW) as web:
        steps = list(way_to(web))
    if steps[0].title != "proxy":  # a computer behind a proxy asks that for names
        assert [(look.title, look.well) for look in steps] == [("name", False)]


def test_a_proxy_is_told_and_none_stands_before_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.invalid:3128")
    monkeypatch.setenv("http_proxy", "http://proxy.invalid:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    with Web("Somebody", "https://example.org/", wait=_never, now=NOW) as web:
        assert [look.title for look in way_to(web)] == ["proxy"]
    with service(told({"data": 1})) as script:
        assert asked(script) == {"data": 1}


def test_requests_are_counted_with_every_try() -> None:
    with service(told({}, 503), told({})) as script, Web("S", script.base, wait=lambda _: None, now=NOW) as web:
        web.json("marks")
        web.json("marks")
        assert web.requests == 3


def _never(_seconds: float) -> None:
    raise AssertionError("nothing was to be waited for")
