"""Google's own description of its services, held against all that is asked and answered here (tier B).

What the description does not allow, and that was done or answered all the same, is a fault of this emulator or of
whoever asked it: `serve` tells it at its end.
"""

import json
from urllib.parse import urlsplit

from tests.google_emulator.calls import Call
from tests.google_emulator.replies import Json

from halfday_sync.sheets.schema import reply_faults, request_faults

_DESCRIBED = ("/v4/spreadsheets", "/drive/v3/files")
_NOT_EMULATED = 501
"""The emulator's own answer, where it does not know what Google would do."""
_ERROR = {"code", "message", "status", "errors", "details"}


class UnlikeGoogleError(AssertionError):
    """What was asked or answered is not as Google describes it."""


def unlike(call: Call, status: int, body: Json | bytes | None) -> list[str]:
    """What is not as Google describes it: an answer, or a request that was not refused."""
    if not urlsplit(call.url).path.startswith(_DESCRIBED) or isinstance(body, bytes) or status == _NOT_EMULATED:
        return []
    if status >= 400:
        return [] if _is_error(status, body) else [f"{call.method}: an error that is not written as Google's"]
    asked = request_faults(call.method, call.url, _json(call.body))
    return [*(f"not refused: {fault}" for fault in asked), *reply_faults(call.method, call.url, body)]


def _is_error(status: int, body: object) -> bool:
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or set(error) - _ERROR:
        return False
    return error.get("code") == status and bool(error.get("message"))


def _json(raw: bytes) -> object:
    """A body's JSON; None where there is none, or where it is none."""
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return None
