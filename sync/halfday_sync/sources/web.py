"""A web service of an MIS: asked politely, again where that can help, and explained in words where it cannot.

Nothing that identifies an account is ever repeated: a message names the host and the thing asked for, never an address
with its query, a header or a body.
"""

import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx
import tenacity

from halfday_sync.errors import SettingsError, SourceError, UnreachableError

ATTEMPTS = 6
"""With waits of 1, 2, 4, 8 and 16 seconds, a little more or less: half a minute in all."""
LONGEST_WAIT = 120.0
"""A service that asks for a longer pause is left for the next run."""
HERE = ("127.0.0.1", "localhost", "::1")
"""Only on its way to this computer itself may anything travel unencrypted."""
_TIMEOUT = httpx.Timeout(60.0, connect=15.0)
_TRY_LATER = (408, 425, 429)
_LATER = "Nothing has to be done if it works again later: the next run tries it by itself."
_ASK_IT = "Ask the school's IT to let this computer reach it through the web filter or proxy."
_PORTS = {"https": 443, "http": 80}

T = TypeVar("T")


class RefusedError(SourceError):
    """The service understood, and said no: the same request will be refused again.

    Attributes:
        status: the HTTP status, such as 403 where the school has not approved what was asked for.
    """

    def __init__(self, what: str, *, status: int, problems: tuple[str, ...] = (), now: str = "") -> None:
        self.status = status
        super().__init__(what, problems=problems, now=now)


class _Again(Exception):  # noqa: N818 - it is no error yet
    """The same request may go through a little later."""

    def __init__(self, stop: SourceError, pause: float | None = None) -> None:
        self.stop, self.pause = stop, pause
        super().__init__(stop.what)


class Web:
    """One web service.

    Attributes:
        name: what people call it ("Wonde").
        requests: how many were made, tries included.

    Raises:
        SettingsError: the address is none, or would send a secret unencrypted over a network.
    """

    def __init__(
        self,
        name: str,
        base: str,
        *,
        wait: Callable[[float], None],
        now: datetime,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        attempts: int = ATTEMPTS,
    ) -> None:
        self.name, self.base, self.requests = name, base.strip().rstrip("/") + "/", 0
        self._wait, self._now, self._attempts = wait, now, attempts
        self._place = _place(check_address(name, self.base))
        self._client = httpx.Client(
            headers={"Accept": "application/json", "User-Agent": "Halfday", **(headers or {})},
            auth=auth,
            timeout=_TIMEOUT,
            # The computer's own list of whom to trust: web filters of schools put themselves there.
            verify=ssl.create_default_context() if self._place[0] == "https" else True,
            follow_redirects=False,
            trust_env=self._place[1] not in HERE,  # no proxy stands between this computer and itself
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @property
    def host(self) -> str:
        """The host alone, for messages."""
        _, name, port = self._place
        return name if port in _PORTS.values() else f"{name}:{port}"

    def get(self, path: str, params: Mapping[str, str | int] | None = None, *, asked: str = "") -> httpx.Response:
        """One answer; waits and tries again where the service is busy or broke off.

        Args:
            path: below the base, or a whole address on the same host (a link to the next page).
            params: the query; None keeps the one that is in the address.
            asked: what is asked for, as messages name it (`pupils`, `marks`).

        Raises:
            UnreachableError: it could not be reached, or was still busy after every try.
            RefusedError: it refused, with what a person can do about it.
            SourceError: what came back is not what was asked for.
        """
        return self._tried(lambda: self._once(self._address(path), params, asked or "data"))

    def json(self, path: str, params: Mapping[str, str | int] | None = None, *, asked: str = "") -> Any:
        """One answer, as JSON; asked for again where it was cut off. Raises as `get`."""
        return self._tried(lambda: self._parsed(self._once(self._address(path), params, asked or "data"), asked))

    def _address(self, path: str) -> str:
        try:
            address = str(httpx.URL(urljoin(self.base, path)))
            there = _place(urlsplit(address))
        except (ValueError, httpx.InvalidURL):
            address, there = "", ("", "", 0)
        if there != self._place:
            raise SourceError(
                f"{self.name} answered with a link to another computer, so nothing was sent there.",
                now="Tell us: this should not happen.",
            )
        return address

    def _tried(self, once: Callable[[], T]) -> T:
        tries = tenacity.Retrying(
            sleep=self._wait,
            stop=tenacity.stop_after_attempt(self._attempts),
            wait=_pause,
            retry=tenacity.retry_if_exception_type(_Again),
            reraise=True,
        )
        try:
            return tries(once)
        except _Again as still:
            raise still.stop from None

    def _once(self, address: str, params: Mapping[str, str | int] | None, asked: str) -> httpx.Response:
        self.requests += 1
        try:
            answer = self._client.get(address, params=params)
        except httpx.TimeoutException:
            raise _Again(UnreachableError(f"{self.name} ({self.host}) did not answer in time.", now=_LATER)) from None
        except httpx.RequestError as fault:
            raise self._no_way(fault) from None
        if answer.status_code in _TRY_LATER or answer.is_server_error:
            raise _Again(self._busy(answer), self._asked_pause(answer))
        if answer.status_code != httpx.codes.OK:
            raise self._refused(answer, asked)
        if _is_page(answer):
            raise self._not_data(answer, asked)
        return answer

    def _parsed(self, answer: httpx.Response, asked: str) -> Any:
        try:
            return answer.json()
        except (ValueError, RecursionError):
            raise _Again(self._not_data(answer, asked or "data")) from None

    def _asked_pause(self, answer: httpx.Response) -> float | None:
        """The pause that the service asks for, in seconds."""
        text = answer.headers.get("retry-after", "")
        try:
            if text.isdecimal():
                return float(text)
            theirs = answer.headers.get("date")  # a long pull began a while before
            since = parsedate_to_datetime(theirs) if theirs else self._now
            return (parsedate_to_datetime(text) - since).total_seconds()
        except (ValueError, TypeError):
            return None

    def _busy(self, answer: httpx.Response) -> SourceError:
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            return UnreachableError(f"{self.name} asks for a longer pause between requests (429).", now=_LATER)
        return UnreachableError(f"{self.name} ({self.host}) has trouble of its own ({answer.status_code}).", now=_LATER)

    def _no_way(self, fault: httpx.RequestError) -> Exception:
        if "certificate" in str(fault).casefold():
            return UnreachableError(
                f"The connection to {self.name} ({self.host}) is not trusted: its certificate does not fit.",
                now="Often a web filter stands in between. Ask the school's IT to put the filter's certificate into "
                f"the computer's store, or to let {self.host} through unopened.",
            )
        if isinstance(fault, httpx.ProxyError):
            return UnreachableError(f"The proxy did not let us through to {self.name} ({self.host}).", now=_ASK_IT)
        if isinstance(fault, httpx.ConnectError):
            return _Again(
                UnreachableError(
                    f"{self.name} ({self.host}) cannot be reached.", now=f"Is this computer online? {_LATER} {_ASK_IT}"
                )
            )
        return _Again(UnreachableError(f"The connection to {self.name} ({self.host}) broke off.", now=_LATER))

    def _refused(self, answer: httpx.Response, asked: str) -> SourceError:
        code = answer.status_code
        if code == httpx.codes.UNAUTHORIZED:
            return RefusedError(
                f"{self.name} does not accept the key that was given (401).",
                status=code,
                now="It may have been changed or taken back. Give the new one; 'halfday init' asks for it.",
            )
        if answer.is_redirect or (code == httpx.codes.FORBIDDEN and _is_page(answer)):
            return self._not_data(answer, asked)
        if code == httpx.codes.FORBIDDEN:
            return RefusedError(
                f"{self.name} does not let us read {asked} (403).",
                status=code,
                now=f"Ask whoever looks after {self.name} at the school to approve reading {asked}.",
            )
        if code == httpx.codes.NOT_FOUND:
            return RefusedError(
                f"{self.name} does not find {asked} under this address (404).",
                status=code,
                now="Is it the right school, and the right address? 'halfday init' asks for both.",
            )
        if code == httpx.codes.UNPROCESSABLE_ENTITY:
            return RefusedError(
                f"{self.name} does not understand what we asked for about {asked} (422).",
                status=code,
                problems=_fields(answer),
                now="Tell us: the service has changed.",
            )
        return RefusedError(
            f"{self.name} refused to give {asked} ({code}).", status=code, now="Try again later; else tell us."
        )

    def _not_data(self, answer: httpx.Response, asked: str) -> SourceError:
        if _is_page(answer) or answer.is_redirect:
            return UnreachableError(
                f"Instead of {asked}, a web page came back for {self.name} ({self.host}): a log-on or blocking page.",
                now=_ASK_IT,
            )
        return SourceError(
            f"What {self.name} sent about {asked} cannot be read: it was cut off or is not JSON.", now=_LATER
        )


def check_address(name: str, base: str) -> SplitResult:
    """The parts of an address, which is https (or stays on this computer) and holds no secret.

    Raises:
        SettingsError: it is not so.
    """
    try:
        urlsplit(base)  # stricter than httpx where brackets are left open
        parts = urlsplit(str(httpx.URL(base)))
        scheme, host, _ = _place(parts)
    except (ValueError, httpx.InvalidURL):
        scheme, host, parts = "", "", urlsplit("")
    if scheme not in _PORTS or not host:
        raise SettingsError(
            f"The address of {name} is not one.", now="Write it whole in halfday.toml, beginning with https://."
        )
    if scheme == "http" and host not in HERE:
        raise SettingsError(
            f"The address of {name} begins with http://: pupils' data would travel where others can read it.",
            now="Write https:// in its place, in halfday.toml.",
        )
    if parts.username or parts.password:
        raise SettingsError(
            f"The address of {name} holds a user name or a password.",
            now="Take it out of the address: 'halfday init' keeps it where it belongs.",
        )
    return parts


def _place(parts: SplitResult) -> tuple[str, str, int]:
    """Scheme, host and port: what must not change from one page to the next. Raises `ValueError` on a wrong port."""
    return parts.scheme, (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme, 0)


def _is_page(answer: httpx.Response) -> bool:
    """Whether it is for people to look at: no service of an MIS answers so."""
    return "html" in answer.headers.get("content-type", "").casefold()


def _pause(state: tenacity.RetryCallState) -> float:
    """How long to wait: what the service asks for, else twice as long each time, spread so that schools differ."""
    fault = state.outcome.exception() if state.outcome else None
    asked = fault.pause if isinstance(fault, _Again) else None
    if asked is not None and asked > LONGEST_WAIT and isinstance(fault, _Again):
        raise fault.stop
    usual = tenacity.wait_exponential_jitter(initial=1, max=60, jitter=1)(state)
    return max(usual, asked or 0.0)


def _fields(answer: httpx.Response) -> tuple[str, ...]:
    """Which fields the service complains about; its own sentences may repeat what was sent, so they stay out."""
    try:
        told = answer.json()
    except (ValueError, RecursionError):
        return ()
    return tuple(str(name)[:60] for name in told)[:10] if isinstance(told, dict) else ()
