"""The way to Google: a service account's key, a pass for two kinds of things, and gspread with time-outs. A door.

The pass covers the cells of spreadsheets that people share with the account, and reading who has access to them. It
covers no sharing and no making of files, so nothing that goes wrong here can give anybody access.
"""

import json
import re
import ssl
from dataclasses import dataclass, field
from typing import Any

import google.auth.credentials
import google.auth.crypt
import google.auth.transport
import google.auth.transport.requests
import google.oauth2.service_account
import gspread
import requests

from halfday_sync.errors import SettingsError
from halfday_sync.sheets.replies import Reply

SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive.metadata.readonly",
)
"""What the pass is for. `drive` or `drive.file` would let the account share and make files: never."""
TOKEN_ADDRESS = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
"""Where Google gives passes. The one that a key file names is not used: a forged file could name another."""
TIMEOUTS = (5.0, 90.0)
"""Seconds to connect, and between two pieces of an answer. gspread has none of its own (6.2.1, HTTPClient.timeout)."""
_SHORTEST = 5.0
"""Seconds that an answer may take where patience has run out."""
_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9.-]*@[a-z0-9.-]+\.gserviceaccount\.com")
_AGENT = "Halfday (gzip)"
"""Google packs its answers only for those whose name says so (Sheets API, "Improve performance", gzip)."""
_FROM = (
    "In the Google Cloud console, IT opens the project, IAM and admin, Service accounts, the account, Keys, Add key, "
    "Create new key, JSON. Halfday needs the file that is downloaded then, whole and unchanged."
)


@dataclass(frozen=True, slots=True)
class Key:
    """A service account's key: as much of Google's key file as is needed.

    Attributes:
        email: the account's address, with which people share the file.
        private_key_id: Google's name of the key.
        private_key: PEM; it is shown nowhere.
    """

    email: str
    private_key_id: str = field(repr=False)
    private_key: str = field(repr=False)

    def text(self) -> str:
        """The key for keeping, as `key` reads it; only what is needed."""
        return json.dumps(
            {
                "type": "service_account",
                "client_email": self.email,
                "private_key_id": self.private_key_id,
                "private_key": self.private_key,
            }
        )


@dataclass(slots=True)
class Spent:
    """What a run has cost so far; the headers of requests and answers are not counted.

    Attributes:
        calls: requests that were sent, tries included, and `passes` those for a pass, which is good for an hour.
        sent: bytes of their bodies.
        received: bytes of the answers' bodies as they travelled, and `unpacked` after unpacking.
        seconds: until the answers were there, and `waited` between tries.
    """

    calls: int = 0
    passes: int = 0
    sent: int = 0
    received: int = 0
    unpacked: int = 0
    seconds: float = 0.0
    waited: float = 0.0


class PassRefusedError(Exception):
    """Google gave no pass; `reply` is what it said."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__(f"no pass ({reply.status})")


def key(text: str) -> Key:
    """The key that a key file of a service account holds.

    Raises:
        SettingsError: it is none, with what it is instead where that can be seen.
    """
    found = _members(text)
    email, key_id, private = (str(found.get(name) or "") for name in ("client_email", "private_key_id", "private_key"))
    email = email.strip().lower()
    faults = []
    if not _ACCOUNT.fullmatch(email):
        faults.append("client_email is not the address of a service account (…gserviceaccount.com)")
    if not key_id.strip():
        faults.append("private_key_id is missing")
    if found.get("universe_domain") not in (None, "googleapis.com"):
        faults.append("universe_domain names another cloud than Google's own")
    if not _is_private_key(private):
        faults.append("private_key is not a private key: has the text lost its line breaks or its end?")
    if faults:
        raise SettingsError("This key of a service account cannot be used.", problems=faults, now=_FROM)
    return Key(email, key_id.strip(), private)


def _members(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SettingsError(f"This is not the key of a service account: {_instead(text)}.", now=_FROM)
    kind = found.get("type")
    if kind != "service_account":
        what = (
            "it is for people who log on (OAuth)"
            if kind == "authorized_user" or {"installed", "web", "refresh_token"} & found.keys()
            else ("its type is not service_account")
        )
        raise SettingsError(f"This is not the key of a service account: {what}.", now=_FROM)
    return found


def _instead(text: str) -> str:
    start = text.strip()
    if start.startswith("AIza"):
        return "it is an API key, which opens no files that are not public"
    if "PRIVATE KEY" in start[:60]:
        return "it is only the private key out of it"
    return "it is cut off or has other text around it" if start.startswith("{") else "it is not the text of a JSON file"


def _is_private_key(pem: str) -> bool:
    try:
        google.auth.crypt.RSASigner.from_string(pem)  # type: ignore[no-untyped-call]
    except (ValueError, TypeError):
        return False
    return True


def https_adapter() -> requests.adapters.HTTPAdapter:
    """How https addresses are reached. Tests put another one in its place (`tests/google_line.py`)."""
    return _SystemsTrust()


def connect(key: Key, spent: Spent) -> gspread.HTTPClient:
    """A client of gspread on this key. Nothing is sent before the first request; `spent` is counted up.

    Google's library would ask for a pass twice more by itself where the first is refused (401); once is enough.
    """
    account = _Account(key)
    session = _Session(account, max_refresh_attempts=1, auth_request=_PassDesk(spent))  # type: ignore[no-untyped-call]
    _prepare(session, spent)
    client = gspread.authorize(account, http_client=Client, session=session)
    client.set_timeout(TIMEOUTS)
    http: gspread.HTTPClient = client.http_client
    return http


def time_outs(left: float) -> tuple[float, float]:
    """Seconds to connect and for an answer, where patience lasts for so many more.

    A web filter that takes what is sent and says nothing must not keep a tracker waiting.
    """
    return TIMEOUTS[0], min(TIMEOUTS[1], max(left, _SHORTEST))


class Client(gspread.HTTPClient):
    """What gspread asks with, giving every answer as it is.

    Its own `APIError` cannot be made of each (an `error` without a code), and what an answer means is for `telling`.
    """

    def request(self, method: str, endpoint: str, *args: Any, **more: Any) -> requests.Response:
        """Sends one request; gives the answer whatever its status."""
        names = ("params", "data", "json", "files", "headers")
        return self.session.request(
            method, endpoint, timeout=self.timeout, **dict(zip(names, args, strict=False)), **more
        )


class _SystemsTrust(requests.adapters.HTTPAdapter):
    """Trusts whom this computer trusts: web filters of schools put themselves there (as in `sources/web`)."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:  # noqa: FBT001, FBT002
        super().init_poolmanager(connections, maxsize, block, ssl_context=ssl.create_default_context(), **more)

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=ssl.create_default_context(), **more)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leaves out the list that `requests` brings; IT may have named another one (REQUESTS_CA_BUNDLE)."""
        if verify is not True:
            super().cert_verify(conn, url, verify, cert)


class _Account(google.auth.credentials.Credentials):
    """Passes for a service account, from Google's own library, and nothing besides.

    Its class for service accounts also asks, in a thread of its own and without a time-out, in which regions the
    account may be used (google-auth 2.62, CredentialsWithRegionalAccessBoundary: iamcredentials.googleapis.com). That
    is for Google Cloud, needs a hole in a school's firewall, and is not of the plain class of credentials.
    """

    def __init__(self, key: Key) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._account = google.oauth2.service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
            {
                "type": "service_account",
                "client_email": key.email,
                "private_key_id": key.private_key_id,
                "private_key": key.private_key,
                "token_uri": TOKEN_ADDRESS,
            },
            scopes=SCOPES,
        )

    def refresh(self, request: google.auth.transport.Request) -> None:
        self._account.refresh(request)
        self.token, self.expiry = self._account.token, self._account.expiry


class _Plain(requests.Session):
    """Counts, and follows nobody: a web filter's redirection would carry what is sent to another computer."""

    spent: Spent
    is_for_passes = False

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        return None

    def send(self, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        self.spent.calls += not self.is_for_passes
        self.spent.passes += self.is_for_passes
        self.spent.sent += int(request.headers.get("Content-Length", 0))
        answer = super().send(request, **more)
        self.spent.unpacked += len(answer.content)
        self.spent.received += answer.raw.tell()
        return answer


class _Session(_Plain, google.auth.transport.requests.AuthorizedSession):
    """Asks with a pass."""


class _PassDesk(google.auth.transport.requests.Request):
    """Asks for a pass, once: Google's library would sleep and ask again by itself."""

    def __init__(self, spent: Spent) -> None:
        session = _Plain()
        session.is_for_passes = True
        _prepare(session, spent)
        super().__init__(session)

    def __call__(self, *args: Any, **more: Any) -> Any:
        answer = super().__call__(*args, **more)  # type: ignore[no-untyped-call]
        reply = Reply(answer.status, answer.data, dict(answer.headers))
        given = reply.json()
        is_pass = isinstance(given.get("access_token"), str) and isinstance(given.get("expires_in", 0), int)
        if reply.status != 200 or not is_pass:
            raise PassRefusedError(reply)
        return answer


def _prepare(session: _Plain, spent: Spent) -> None:
    session.spent = spent
    session.headers["User-Agent"] = _AGENT
    session.auth = _as_it_is  # else a .netrc of this computer might replace the pass
    session.mount("https://", https_adapter())
    session.adapters.pop("http://")  # nothing travels unencrypted


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
