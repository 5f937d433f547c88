"""How Google says no: the statuses and words of its errors, each as it was recorded or is cited.

Sheets answers `{"error": {code, message, status, details}}`; Drive the same with `errors[]` and without status. Words
marked "ours" are nowhere cited: nothing should be built on them.
"""

import json
from typing import Any

Json = dict[str, Any]

ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
PROTECTED = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if "
    "you need to edit."
)
"""github.com/theoephraim/node-google-spreadsheet, issue 20."""
TOO_MANY_CELLS = (
    "This action would increase the number of cells in the workbook above the limit of {limit} cells."  # airbyte 41977
)
TOO_LONG = "Your input contains more than the maximum of 50000 characters in a single cell."  # airbyte 54157


class GoogleError(Exception):
    """An answer that is not 2xx."""

    def __init__(
        self,
        code: int,
        message: str,
        status: str = "",
        *,
        details: list[Json] | None = None,
        reason: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.details = details
        self.reason = reason

    def body(self) -> Json:
        """The error as Google writes it."""
        error: Json = {"code": self.code, "message": self.message}
        if self.reason:
            error["errors"] = [{"message": self.message, **self.reason}]
        if self.status:
            error["status"] = self.status
        if self.details:
            error["details"] = self.details
        return {"error": error}


def bad(message: str) -> GoogleError:
    """The request makes no sense, or is not allowed by the spreadsheet itself."""
    return GoogleError(400, message, "INVALID_ARGUMENT")


def violation(field: str, description: str) -> GoogleError:
    """A value has the wrong type or a name is unknown; Google names the field."""
    details = [
        {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{"field": field, "description": description}],
        }
    ]
    return GoogleError(400, description, "INVALID_ARGUMENT", details=details)


def no_such_spreadsheet() -> GoogleError:
    """Recorded."""
    return GoogleError(404, "Requested entity was not found.", "NOT_FOUND")


def not_permitted() -> GoogleError:
    """Recorded, for a spreadsheet that is not shared with the caller."""
    return GoogleError(403, "The caller does not have permission", "PERMISSION_DENIED")


def no_such_file(file_id: str) -> GoogleError:
    """Drive says this of a file that is not there and of one that is not shared with the caller."""
    reason = {"domain": "global", "reason": "notFound", "location": "fileId", "locationType": "parameter"}
    return GoogleError(404, f"File not found: {file_id}.", reason=reason)


def no_such_permission(permission_id: str) -> GoogleError:
    """Drive, for an id that is not in the list."""
    reason = {"domain": "global", "reason": "notFound", "location": "permissionId", "locationType": "parameter"}
    return GoogleError(404, f"Permission not found: {permission_id}.", reason=reason)


def insufficient_role() -> GoogleError:
    """Drive, for a caller whose role is too small."""
    reason = {"domain": "global", "reason": "insufficientFilePermissions"}
    return GoogleError(403, "The user does not have sufficient permissions for this file.", reason=reason)


def storage_full() -> GoogleError:
    """Service accounts have no storage (github.com/burnash/gspread, issues 1592 and 1568)."""
    reason = {"domain": "usageLimits", "reason": "storageQuotaExceeded"}
    return GoogleError(403, "The user's Drive storage quota has been exceeded.", reason=reason)


def no_restrictions_in_shared_drive() -> GoogleError:
    """A shared drive has its own settings (google-apis-rs 453)."""
    reason = {"domain": "global", "reason": "teamDrivesSharingRestrictionNotAllowed"}
    return GoogleError(403, "Sharing restrictions cannot be set on a shared drive item.", reason=reason)


def no_identity(*, drive: bool) -> GoogleError:
    """No token, one that ran out, or one that Google never gave."""
    if drive:
        reason = {"domain": "global", "reason": "authError", "location": "Authorization", "locationType": "header"}
        return GoogleError(401, "Invalid Credentials", reason=reason)
    words = (
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
    )
    return GoogleError(401, words, "UNAUTHENTICATED")


def too_narrow_a_scope() -> GoogleError:
    """The token was asked for with scopes that do not allow this call."""
    info = {"@type": ERROR_INFO, "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "domain": "googleapis.com"}
    return GoogleError(
        403, "Request had insufficient authentication scopes.", "PERMISSION_DENIED", details=[{**info, "metadata": {}}]
    )


def quota_spent(kind: str) -> GoogleError:
    """The 429 as data_curator 110 quotes it; kind is Read or Write."""
    words = (
        f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests per minute per user' of service "
        "'sheets.googleapis.com' for consumer 'project_number:1'."
    )
    metadata = {
        "quota_limit": f"{kind}RequestsPerMinutePerUser",
        "quota_metric": f"sheets.googleapis.com/{kind.lower()}_requests",
        "service": "sheets.googleapis.com",
        "consumer": "projects/1",
    }
    info = {"@type": ERROR_INFO, "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com", "metadata": metadata}
    return GoogleError(429, words, "RESOURCE_EXHAUSTED", details=[info])


def not_emulated(what: str) -> GoogleError:
    """Not Google's: the emulator says so where it does not know what Google would do."""
    return GoogleError(501, f"The emulator does not know {what}.", "UNIMPLEMENTED")


def protected() -> GoogleError:
    """The caller is not an editor of a protected range."""
    return bad(PROTECTED)


def _no_number(word: str) -> None:
    raise ValueError(word)  # NaN and Infinity are not JSON


def parse(raw: bytes) -> Json:
    """The body of a request."""
    if not raw:
        return {}
    try:
        found = json.loads(raw, parse_constant=_no_number)
    except ValueError as error:
        raise bad("Invalid JSON payload received. Unexpected token.") from error
    if not isinstance(found, dict):
        raise bad("Invalid JSON payload received. Unknown name.")
    return found
