"""A web service of an MIS: asked politely, again where that can help, and explained in words where it cannot.

Nothing that identifies an account is ever repeated: a message names the host and the thing asked for, never an address
with its query, a header or a body.
"""

import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpx
import tenacity

from halfday_sync.errors import SourceError, UnreachableError

ATTEMPTS = 6
"""With waits of 1, 2, 4, 8 and 16 seconds, a little more or less: half a minute in all."""
LONGEST_WAIT = 120.0
"""A service that asks for a longer pause is left for the next run."""
_TIMEOUT = httpx.Timeout(60.0, connect=15.0)
_TRY_LATER = (408, 425, 429, 500, 502, 503, 504)
_LATER = "Nothing has to be done if it works again later: the next run tries it by itself."
_ASK_IT = "Ask the school's IT to let this computer reach it through the web filter or proxy."


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
    ) -> None:
        self.name, self.base, self.requests = name, base.rstrip("/") + "/", 0
        self._wait, self._now = wait, now
        self._client = httpx.Client(
            headers={"Accept": "application/json", "User-Agent": "Halfday", **(headers or {})},
            auth=auth,
            timeout=_TIMEOUT,
            verify=ssl.create_default_context(),  # the computer's own list: web filters of schools put theirs there
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @property
    def host(self) -> str:
        """The host alone, for messages."""
        return urlsplit(self.base).netloc

    def get(self, path: str, params: Mapping[str, str | int] | None = None, *, asked: str = "") -> httpx.Response:
        """One answer; waits and tries again where the service is busy or broke off.

        Args:
            path: below the base, or a whole address on the same host (a link to the next page).
            params: the query; None keeps the one that is in the address.
            asked: what is asked for, as messages name it (`pupils`, `marks`).

        Raises:
            UnreachableError: it could not be reached, or was still busy after every try.
            SourceError: it refused, with what a person can do about it.
        """
        address = urljoin(self.base, path)
        if urlsplit(address)[:2] != urlsplit(self.base)[:2]:
            raise SourceError(
                f"{self.name} answered with a link to another computer, so nothing was sent there.",
                now="Tell us: this should not happen.",
            )
        tries = tenacity.Retrying(
            sleep=self._wait,
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=_pause,
            retry=tenacity.retry_if_exception_type(_Again),
            reraise=True,
        )
        try:
            return tries(self._once, address, params, asked or "data")
        except _Again as still:
            raise still.stop from None

    def json(self, path: str, params: Mapping[str, str | int] | None = None, *, asked: str = "") -> Any:
        """One answer, as JSON. Raises as `get`."""
        answer = self.get(path, params, asked=asked)
        try:
            return answer.json()
        except ValueError:
            raise self._not_data(answer, asked or "data") from None

    def _once(self, address: str, params: Mapping[str, str | int] | None, asked: str) -> httpx.Response:
        self.requests += 1
        try:
            answer = self._client.get(address, params=params)
        except httpx.TimeoutException:
            raise _Again(UnreachableError(f"{self.name} ({self.host}) did not answer in time.", now=_LATER)) from None
        except httpx.TransportError as fault:
            raise self._no_way(fault) from None
        if answer.status_code in _TRY_LATER:
            raise _Again(self._busy(answer), self._asked_pause(answer))
        if answer.status_code != httpx.codes.OK:
            raise self._refused(answer, asked)
        if answer.headers.get("content-type", "").startswith("text/html"):
            raise self._not_data(answer, asked)
        return answer

    def _asked_pause(self, answer: httpx.Response) -> float | None:
        """The pause that the service asks for, in seconds."""
        text = answer.headers.get("retry-after", "")
        try:
            return float(text) if text.isdecimal() else (parsedate_to_datetime(text) - self._now).total_seconds()
        except (ValueError, TypeError):
            return None

    def _busy(self, answer: httpx.Response) -> SourceError:
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            return UnreachableError(f"{self.name} asks for a longer pause between requests (429).", now=_LATER)
        return UnreachableError(f"{self.name} ({self.host}) has trouble of its own ({answer.status_code}).", now=_LATER)

    def _no_way(self, fault: httpx.TransportError) -> Exception:
        words = str(fault).casefold()
        if "certificate" in words or "ssl" in words:
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
            return SourceError(
                f"{self.name} does not accept the key that is kept on this computer (401).",
                now="It may have been changed or taken back. Run 'halfday init' and give the new one.",
            )
        if code == httpx.codes.FORBIDDEN:
            return SourceError(
                f"{self.name} does not let us read {asked} (403).",
                now=f"Ask whoever looks after {self.name} at the school to approve reading {asked}.",
            )
        if code == httpx.codes.NOT_FOUND:
            return SourceError(
                f"{self.name} knows no {asked} under this address (404).",
                now="Look at [source] in halfday.toml: is it the right school, and the right address?",
            )
        if code == httpx.codes.UNPROCESSABLE_ENTITY:
            return SourceError(
                f"{self.name} does not understand what we asked for about {asked} (422).",
                problems=_fields(answer),
                now="Tell us: the service has changed.",
            )
        if answer.is_redirect:
            return self._not_data(answer, asked)
        return SourceError(f"{self.name} refused to give {asked} ({code}).", now="Try again later; else tell us.")

    def _not_data(self, answer: httpx.Response, asked: str) -> SourceError:
        if "html" in answer.headers.get("content-type", "") or answer.is_redirect:
            return UnreachableError(
                f"Instead of {asked}, a web page came back for {self.name} ({self.host}): a log-on or blocking page.",
                now=_ASK_IT,
            )
        return SourceError(
            f"What {self.name} sent about {asked} cannot be read: it was cut off or is not JSON.", now=_LATER
        )


def _pause(state: tenacity.RetryCallState) -> float:
    """How long to wait: what the service asks for, else twice as long each time, spread so that schools differ."""
    fault = state.outcome.exception() if state.outcome else None
    asked = fault.pause if isinstance(fault, _Again) else None
    if asked is not None and asked > LONGEST_WAIT and isinstance(fault, _Again):
        raise fault.stop
    usual = tenacity.wait_exponential_jitter(initial=1, max=60, jitter=1)(state)
    return max(usual, asked or 0.0)


def _fields(answer: httpx.Response) -> list[str]:
    """Which fields the service complains about; its own sentences may repeat what was sent, so they stay out."""
    try:
        told = answer.json()
    except ValueError:
        return []
    return [str(name)[:60] for name in told][:10] if isinstance(told, dict) else []
