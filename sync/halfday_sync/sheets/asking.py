"""Google is asked: again where that can help, never twice for the same change, and counted. A door.

gspread tries again by its own rules in ways that fit nobody (`BackOffHTTPClient` of 6.2.1: 970 requests on a lasting
429, and a quota that is used up counts as one), so the rules are here. They go by the HTTP status:

- a question is asked again after 408, 429, 500, 502, 503, 504, a lost connection or a time-out, and so is a pass;
- a change is sent again only where it is certain that it was not made. Else `UnknownOutcomeError` says so, and whoever
  sent it reads the stamp first;
- nothing else is tried again: 400, 401 after a new pass, 403 (but Drive's ways to say 429), 404.

Pauses are spread over the whole of a growing span ("full jitter"), for many schools may share one Google project; what
Google asks for itself (`Retry-After`) is kept. At most five tries, and five minutes of pauses in a run.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Self, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import requests
import tenacity
import urllib3.exceptions
from google.auth.exceptions import GoogleAuthError

from halfday_sync.errors import HalfdayError, SafetyError
from halfday_sync.sheets import telling
from halfday_sync.sheets.access import DRIVE
from halfday_sync.sheets.batching import BATCH, NO_BATCHES, answers, batch
from halfday_sync.sheets.connecting import TOKEN_ADDRESS, Key, PassRefusedError, Spent, connect, time_outs
from halfday_sync.sheets.replies import Get, Reply

TRIES = 5
LONGEST_WAITING = 300.0
"""Seconds in a run, as long as nobody waits for it. A longer pause is left for the next run."""
SHORT_WAITING = 20.0
"""Seconds where somebody does."""
SHEETS = "https://sheets.googleapis.com/v4/spreadsheets"
_JSON = "application/json; charset=utf-8"
_spread = tenacity.wait_random_exponential(multiplier=4, max=60)
"""Up to 4, 8, 16 and 32 seconds: limits are a minute's."""
_a_little = tenacity.wait_random(0, 2)

T = TypeVar("T")


class _Again(Exception):  # noqa: N818 - it is no error yet
    """The same request may go through a little later."""

    def __init__(self, stop: HalfdayError, pause: float | None = None) -> None:
        self.stop, self.pause = stop, pause
        super().__init__(stop.what)


class _LostError(Exception):
    """No answer came; `stop` says why, `sent` whether the request may have arrived, `final` whether to give up."""

    def __init__(self, stop: HalfdayError, *, sent: bool, final: bool = False) -> None:
        self.stop, self.sent, self.final = stop, sent, final
        super().__init__(stop.what)


class Line:
    """The line to Google, for one run.

    Attributes:
        address: the service account's, with which people share the file.
        spent: what the run has cost so far.
        ticks: seconds that only ever grow.
        patience: seconds of asking and of pauses, all together, after which nothing is tried again.
    """

    def __init__(
        self,
        key: Key,
        *,
        wait: Callable[[float], None],
        now: datetime,
        ticks: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.address, self.spent, self.ticks = key.email, Spent(), ticks
        self._wait, self._now = wait, now
        self._http = connect(key, self.spent)
        self._in_batches = True
        self.patience = LONGEST_WAITING

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hangs up."""
        self._http.session.close()

    def read(self, sheet_id: str, fields: str) -> dict[str, object]:
        """What a spreadsheet holds (`spreadsheets.get`), as far as `fields` asks for it.

        Raises:
            UnreachableError: no answer came, after every try.
            RefusedError, SettingsError: Google said no, with what a person can do about it.
        """
        get = Get(_sheet(sheet_id), {"fields": fields})
        return self._tried(lambda: self._good(self._question(get), _host(get.url)).json())

    def change(self, sheet_id: str, changes: Sequence[Mapping[str, object]], may: Callable[[], object]) -> None:
        """Makes all these changes to a spreadsheet, or none (`spreadsheets.batchUpdate`).

        Args:
            sheet_id: which spreadsheet.
            changes: Google's requests, in order.
            may: called before each try; raises where nothing may be written (`sharing.Gate.fresh`).

        Raises:
            UnknownOutcomeError: they were sent and no answer came: they may have been made.
            SafetyError: they are malformed; nothing was sent.
            UnreachableError, RefusedError, SettingsError: as `read`; nothing was changed.
        """
        self._post(f"{_sheet(sheet_id)}:batchUpdate", {"requests": list(changes)}, may)

    def fill(self, sheet_id: str, data: Sequence[Mapping[str, object]], may: Callable[[], object]) -> None:
        """Fills in many cells as they are (`values.batchUpdate`, RAW). Arguments and errors as `change`.

        Args:
            sheet_id: which spreadsheet.
            data: Google's value ranges: `range` and `values`.
            may: as in `change`.
        """
        body = {"valueInputOption": "RAW", "data": list(data)}
        self._post(f"{_sheet(sheet_id)}/values:batchUpdate", body, may)

    def ask(self, gets: Sequence[Get]) -> tuple[Reply, ...]:
        """The answers to several questions to Drive, refusals among them, in one call where Google lets us.

        Raises:
            UnreachableError: no answer came, after every try.
            RefusedError, SettingsError: Google does not answer us at all.
        """
        if self._in_batches and len(gets) > 1:
            together = self._tried(lambda: self._batched(gets))
            self._in_batches = together is not None
            found = list(together or [Reply(0)] * len(gets))
        else:
            found = [Reply(0)] * len(gets)
        return tuple(one if one.status else self._single(get) for one, get in zip(found, gets, strict=True))

    def plain(self, method: str, url: str, body: bytes | None = None, kind: str = "") -> Reply:
        """The answer to one request, whatever it is: `selfcheck` looks at refusals too. Only a 429 is asked again.

        Raises:
            UnreachableError: no answer came.
            SettingsError: Google gives no pass.
        """
        return self._tried(lambda: self._plain(method, url, body, kind))

    def _plain(self, method: str, url: str, body: bytes | None, kind: str) -> Reply:
        try:
            reply = self._send(method, url, body=body, kind=kind)
        except _LostError as lost:
            raise lost.stop from None
        return self._patient(reply, _host(url)) if reply.status == 429 else reply

    def refusal(self, reply: Reply) -> HalfdayError:
        """What an answer of `ask` that is a refusal means, in words."""
        return telling.refused(reply, _host(DRIVE), self.address)

    def _single(self, get: Get) -> Reply:
        return self._tried(lambda: self._patient(self._question(get), _host(get.url)))

    def _batched(self, gets: Sequence[Get]) -> tuple[Reply, ...] | None:
        """None where there are no batches."""
        body, kind = batch(gets)
        host = _host(BATCH)
        try:
            reply = self._patient(self._send("POST", BATCH, body=body, kind=kind), host)
        except _LostError as lost:
            raise _again(lost) from None
        if reply.status in NO_BATCHES or reply.is_page:
            return None
        if reply.status != 200:
            raise telling.refused(reply, host, self.address)
        found = answers(reply, len(gets))
        for one in found or ():
            self._patient(one, host)
        return found

    def _post(self, url: str, body: Mapping[str, object], may: Callable[[], object]) -> None:
        payload = _checked(url, body)
        self._tried(lambda: self._posted(url, payload, may))

    def _posted(self, url: str, payload: bytes, may: Callable[[], object]) -> None:
        may()
        host = _host(url)
        try:
            reply = self._send("POST", url, body=payload, kind=_JSON)
        except _LostError as lost:
            raise telling.unknown(lost.stop) if lost.sent else _again(lost) from None
        if telling.is_known_unmade(reply):
            self._good(reply, host)  # which it is not
        if reply.status >= 500 or reply.status == 408:
            raise telling.unknown(telling.busy(reply, host))
        if reply.status != 200 or not reply.is_json:
            raise telling.unknown(telling.filtered(host) if reply.is_page else telling.not_readable(host))

    def _question(self, get: Get) -> Reply:
        try:
            return self._send("GET", f"{get.url}?{urlencode(get.params)}" if get.params else get.url)
        except _LostError as lost:
            raise _again(lost) from None

    def _patient(self, reply: Reply, host: str) -> Reply:
        """The answer, unless it says that the same may be answered a little later."""
        if telling.is_busy(reply):
            raise _Again(telling.busy(reply, host), reply.pause(self._now))
        return reply

    def _good(self, reply: Reply, host: str) -> Reply:
        """The answer, which is one."""
        self._patient(reply, host)
        if reply.status != 200 or reply.is_page:
            raise telling.refused(reply, host, self.address)
        if not reply.is_json:
            raise _Again(telling.not_readable(host))
        return reply

    def _tried(self, once: Callable[[], T]) -> T:
        tries = tenacity.Retrying(
            sleep=self._pause,
            stop=tenacity.stop_after_attempt(TRIES),
            wait=self._how_long,
            retry=tenacity.retry_if_exception_type(_Again),
            reraise=True,
        )
        try:
            return tries(once)
        except _Again as still:
            raise still.stop from None

    def _how_long(self, state: tenacity.RetryCallState) -> float:
        fault = state.outcome.exception() if state.outcome else None
        asked = fault.pause if isinstance(fault, _Again) else None
        seconds = _spread(state) if asked is None else asked + _a_little(state)
        if isinstance(fault, _Again) and self.spent.seconds + self.spent.waited + seconds > self.patience:
            raise fault.stop
        return seconds

    def _pause(self, seconds: float) -> None:
        self.spent.waited += seconds
        self._wait(seconds)

    def _send(self, method: str, url: str, *, body: bytes | None = None, kind: str = "") -> Reply:
        """One request, passes included. Raises `_LostError` where no answer came, `_Again` where no pass did."""
        began, host = self.ticks(), _host(url)
        self._http.set_timeout(time_outs(self.patience - self.spent.seconds - self.spent.waited))
        try:
            answer = self._http.request(method, url, data=body, headers={"Content-Type": kind} if kind else None)
            return Reply(answer.status_code, answer.content, dict(answer.headers))
        except PassRefusedError as fault:
            raise self._no_pass(fault.reply) from None
        except GoogleAuthError as fault:  # on the way to the pass; nothing of ours was sent
            lost = _lost(fault.__cause__ or fault, _host(TOKEN_ADDRESS))
            raise _LostError(lost.stop, sent=False, final=lost.final) from None
        except requests.RequestException as fault:
            raise _lost(fault, host) from None
        finally:
            self.spent.seconds += self.ticks() - began

    def _no_pass(self, reply: Reply) -> Exception:
        host = _host(TOKEN_ADDRESS)
        if telling.is_busy(reply) or reply.reasons() & {"internal_failure", "server_error", "temporarily_unavailable"}:
            return _Again(telling.busy(reply, host), reply.pause(self._now))
        if reply.status == 200 and not reply.is_page:
            return _Again(telling.not_readable(host))
        return telling.no_pass(reply, host, self.address)


def _again(lost: _LostError) -> Exception:
    return lost.stop if lost.final else _Again(lost.stop)


def _lost(fault: BaseException, host: str) -> _LostError:
    """What became of a request that has no answer. Whether it arrived is only certain where nobody was there."""
    if isinstance(fault, requests.exceptions.ProxyError):
        return _LostError(telling.no_proxy(host), sent=False, final=True)
    if isinstance(fault, requests.exceptions.SSLError) and "certificate" in str(fault).casefold():
        return _LostError(telling.not_trusted(host), sent=False, final=True)
    if isinstance(fault, requests.exceptions.ConnectTimeout):
        return _LostError(telling.too_slow(host), sent=False)
    if isinstance(fault, requests.exceptions.Timeout):
        return _LostError(telling.too_slow(host), sent=True)
    reason = getattr(fault.args[0], "reason", None) if fault.args else None
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return _LostError(telling.unreachable(host), sent=False)
    return _LostError(telling.broke_off(host), sent=True)


def _checked(url: str, body: Mapping[str, object]) -> bytes:
    """The body as it is sent, after a look whether it is what Google describes.

    Raises:
        SafetyError: it is not.
    """
    from halfday_sync.sheets.schema import request_faults  # noqa: PLC0415 - Google's descriptions take time to load

    faults = request_faults("POST", url, body)
    try:
        payload = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (ValueError, TypeError):  # its text may hold what stands in a cell
        faults, payload = (*faults, "a value is not a number, or a text that cannot be written"), b""
    if faults:
        raise SafetyError(
            "Halfday would have sent something malformed to Google, so nothing was sent.",
            problems=faults,
            done=telling.AS_IT_WAS,
            now="Tell us: this should not happen.",
        )
    return payload


def _sheet(sheet_id: str) -> str:
    return f"{SHEETS}/{quote(sheet_id, safe='')}"


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
