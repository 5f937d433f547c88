"""A service on this computer that answers as it is told, for the ways in which talking to Google goes wrong."""

import gzip
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.google_line import line

from halfday_sync.sheets.asking import Line
from halfday_sync.sheets.connecting import Key, key

NOW = datetime(2026, 3, 2, 6, 15, tzinfo=UTC)
ACCOUNT = "halfday@larkfield-mirror.iam.gserviceaccount.com"
PASS = "pass-of-the-test"


@cache
def private_key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # short: it is read in each test
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return made.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain).decode()


def key_file(**other: object) -> dict[str, object]:
    """A key file as Google makes it, with a private key of this test run."""
    return {
        "type": "service_account",
        "project_id": "larkfield-mirror",
        "private_key_id": "0123456789abcdef0123456789abcdef01234567",
        "private_key": private_key(),
        "client_email": ACCOUNT,
        "client_id": "100000000000000000000",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/halfday",
        "universe_domain": "googleapis.com",
        **other,
    }


@cache
def a_key() -> Key:
    return key(json.dumps(key_file()))


@dataclass(frozen=True)
class Said:
    """An answer; `how`: `whole`, `cut` off in the middle, or `held` back until the test is over."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json; charset=UTF-8"})
    how: str = "whole"


DROPPED = Said(how="dropped")
"""The request is read, and the connection closed without a word."""
HELD = Said(how="held")
CUT = Said(body=b'{"properties": "cut off', how="cut")
PAGE = b"<!DOCTYPE html><html><title>Blocked</title>This page is blocked. Amelia Hughes</html>"


def told(body: object, status: int = 200, **headers: str) -> Said:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Said(status, json.dumps(body).encode(), {"Content-Type": "application/json; charset=UTF-8", **named})


def page(status: int = 200) -> Said:
    return Said(status, PAGE, {"Content-Type": "text/html; charset=UTF-8"})


def packed(body: object) -> Said:
    plain = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    return Said(200, gzip.compress(json.dumps(body).encode(), mtime=0), plain)


def sheets_error(status: int, word: str, sentence: str = "Amelia Hughes", **detail: str) -> Said:
    """As Sheets puts it: no `errors`, the reason in `details`."""
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", **detail}] if detail else []
    return told({"error": {"code": status, "message": sentence, "status": word, "details": details}}, status)


def drive_error(status: int, reason: str) -> Said:
    """As Drive puts it."""
    errors = [{"domain": "usageLimits", "reason": reason, "message": "Amelia Hughes"}]
    return told({"error": {"code": status, "message": "Amelia Hughes", "errors": errors}}, status)


@dataclass(frozen=True)
class Seen:
    """A request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


A_PASS = told({"access_token": PASS, "expires_in": 3599, "token_type": "Bearer"})


@dataclass
class Script:
    """What is answered, one after the other, the last one again and again; passes have answers of their own."""

    answers: list[Said]
    passes: list[Said] = field(default_factory=lambda: [A_PASS])
    seen: list[Seen] = field(default_factory=list)
    asked_for_pass: list[Seen] = field(default_factory=list)
    base: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    def next(self, seen: Seen) -> Said:
        is_pass = seen.path == "/token"
        (self.asked_for_pass if is_pass else self.seen).append(seen)
        several = self.passes if is_pass else self.answers
        return several.pop(0) if len(several) > 1 else several[0]


@contextmanager
def service(*answers: Said, passes: tuple[Said, ...] = (A_PASS,)) -> Iterator[Script]:
    script = Script(list(answers) or [told({})], list(passes))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else each answer waits for 40 ms
        wbufsize = -1

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            named = {name.lower(): value for name, value in self.headers.items()}
            said = script.next(Seen(self.command, self.path, named, body))
            if said.how == "held":
                script.over.wait(30)
            if said.how in ("held", "dropped"):
                self.close_connection = True
                return
            self.send_response_only(said.status)  # without a date of today's
            length = len(said.body) + 100 * (said.how == "cut")
            for name, value in {**said.headers, "Content-Length": str(length)}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)
            self.wfile.flush()
            self.close_connection = said.how == "cut"

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 - the names of http.server

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    script.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        script.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def talking(base: str, waits: list[float] | None = None, **more: Any) -> Iterator[Line]:
    """A line to a service on this computer; the pauses that it makes are written down, not made."""
    kept = waits if waits is not None else []
    with line(base), Line(a_key(), wait=kept.append, now=NOW, **more) as to_google:
        yield to_google
