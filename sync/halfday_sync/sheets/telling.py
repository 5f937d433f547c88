"""What it means that Google does not do what was asked, in words that an admin or a technician can use. Pure.

Google's own sentences are never repeated: they may hold what stands in a cell.
"""

from halfday_sync.errors import HalfdayError, SettingsError, SourceError, UnreachableError
from halfday_sync.sheets.replies import Reply

AS_IT_WAS = "The Google Sheet is as it was."
LEFT = "It is left for the next run."
RATE = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "sharingRateLimitExceeded"})
"""Drive's ways to say 429 with a 403 (Drive API, "Resolve errors")."""
BUSY = (408, 429, 500, 502, 503, 504)
_STORAGE = frozenset({"storageQuotaExceeded", "teamDriveFileLimitExceeded"})
_DAY = frozenset({"dailyLimitExceeded", "dailyLimitExceededUnreg"})
_OFF = frozenset({"SERVICE_DISABLED", "accessNotConfigured"})
_SCOPES = frozenset({"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions", "insufficientScopes"})
_POLICY = frozenset({"domainPolicy", "ORG_RESTRICTION_VIOLATION"})
_NOTHING = "Nothing has to be done if it works again later: the next run tries it by itself."
_ASK_IT = (
    "Ask the school's IT to let this computer reach oauth2.googleapis.com, sheets.googleapis.com and "
    "www.googleapis.com through the web filter or proxy."
)
_NEW_KEY = (
    "IT makes a new key in the Google Cloud console (IAM and admin, Service accounts, the account, Keys), then runs "
    "'halfday mirror setup --key FILE'."
)


class RefusedError(SourceError):
    """Google understood, and said no: the same request will be refused again.

    Attributes:
        status: the HTTP status, such as 403 where the file is not shared any more.
    """

    def __init__(self, what: str, *, status: int, now: str = "") -> None:
        self.status = status
        super().__init__(what, done=AS_IT_WAS, now=now)


class UnknownOutcomeError(UnreachableError):
    """A change was sent, and no answer came: it may have been made. Whoever sent it reads the stamp, then decides."""


def is_busy(reply: Reply) -> bool:
    """Whether the same question may be answered a little later."""
    return reply.status in BUSY or (reply.status == 403 and bool(reply.reasons() & RATE))


def is_known_unmade(reply: Reply) -> bool:
    """Whether an answer to a change says for certain that it was not made."""
    return 300 <= reply.status < 500 and reply.status != 408


def unreachable(host: str) -> UnreachableError:
    """Nobody is there: offline, or a filter that says nothing."""
    return UnreachableError(
        f"Google cannot be reached ({host}).", done=f"{AS_IT_WAS} {LEFT}", now=f"Is this computer online? {_ASK_IT}"
    )


def broke_off(host: str) -> UnreachableError:
    """The connection was lost."""
    return UnreachableError(f"The connection to Google ({host}) broke off.", done=f"{AS_IT_WAS} {LEFT}", now=_NOTHING)


def too_slow(host: str) -> UnreachableError:
    """A time-out."""
    return UnreachableError(f"Google ({host}) did not answer in time.", done=f"{AS_IT_WAS} {LEFT}", now=_NOTHING)


def no_proxy(host: str) -> UnreachableError:
    """The proxy says no, or is not there."""
    return UnreachableError(
        f"The proxy did not let us through to Google ({host}).", done=f"{AS_IT_WAS} {LEFT}", now=_ASK_IT
    )


def not_trusted(host: str) -> UnreachableError:
    """The certificate is not Google's, or not one that this computer trusts."""
    return UnreachableError(
        f"The connection to Google ({host}) is not trusted: its certificate does not fit.",
        done=f"{AS_IT_WAS} {LEFT}",
        now="Often a web filter stands in between. Ask the school's IT to put the filter's certificate into the "
        "computer's store, or to let googleapis.com through unopened.",
    )


def filtered(host: str) -> UnreachableError:
    """A web page came back: a log-on or blocking page."""
    return UnreachableError(
        f"Instead of an answer from Google, a web page came back for {host}: a log-on or blocking page.",
        done=f"{AS_IT_WAS} {LEFT}",
        now=_ASK_IT,
    )


def not_readable(host: str) -> UnreachableError:
    """It was cut off, or is not what Google gives."""
    return UnreachableError(
        f"What came from Google ({host}) cannot be read: it was cut off.", done=f"{AS_IT_WAS} {LEFT}", now=_NOTHING
    )


def unknown(why: HalfdayError) -> UnknownOutcomeError:
    """A change was sent, and whether it was made is not known."""
    return UnknownOutcomeError(
        why.what,
        done="Whether the last change to the Google Sheet was made is not known. The next run looks first.",
        now=why.now,
    )


def busy(reply: Reply, host: str) -> UnreachableError:
    """Google asks for patience, or has trouble of its own."""
    if reply.status in {429, 403}:
        what = f"Google asks for a pause: its limit of requests a minute is reached ({reply.status})."
    elif reply.status == 408:
        what = f"Google ({host}) did not get the whole request in time (408)."
    else:
        what = f"Google ({host}) has trouble of its own ({reply.status})."
    return UnreachableError(what, done=f"{AS_IT_WAS} {LEFT}", now=_NOTHING)


def refused(reply: Reply, host: str, address: str) -> HalfdayError:
    """Google said no.

    Args:
        reply: what it said.
        host: whom was asked.
        address: the service account's, for sharing the file again.
    """
    if reply.status < 400 or reply.is_page:
        return filtered(host)
    if reply.status == 401:
        return SettingsError(
            "Google does not accept the pass of Halfday's account any more (401).", done=AS_IT_WAS, now=_NEW_KEY
        )
    if reply.status == 403:
        return _forbidden(reply, address)
    if reply.status == 404:
        return RefusedError(
            f"Google does not find the Google Sheet (404). Perhaps it is not shared with {address} (any more), or it "
            "was deleted for good, or its address is another one.",
            status=404,
            now="If the file is there, share it with that account as Editor (in a Shared Drive: as Content manager). "
            "If it is gone, make a new one and give its address to 'halfday mirror setup'.",
        )
    if reply.status == 400:
        return _not_accepted(reply, address)
    return RefusedError(
        f"Google refused what Halfday asked for ({reply.status}).",
        status=reply.status,
        now="Try again later; else tell us.",
    )


def _forbidden(reply: Reply, address: str) -> HalfdayError:
    reasons = reply.reasons()
    if reasons & _STORAGE:
        return RefusedError(
            "The storage of the school's Google Drive is full (403).",
            status=403,
            now="Its owner makes room, or IT moves the file to a Shared Drive with room. It is not tried again before.",
        )
    if reasons & _DAY:
        return RefusedError(
            "The day's limit of the Google Cloud project is used up (403).",
            status=403,
            now="The next run tomorrow tries it by itself. IT can raise the limit in the Google Cloud console, Quotas.",
        )
    if reasons & _OFF:
        return SettingsError(
            "The Google Sheets API or the Google Drive API is not switched on for the project of Halfday's account.",
            done=AS_IT_WAS,
            now="IT opens the project in the Google Cloud console, APIs and services, Library, and switches both on. "
            "It takes a few minutes to count.",
        )
    if reasons & _SCOPES:
        return SettingsError(
            "The pass of Halfday's account does not cover this (403).",
            done=AS_IT_WAS,
            now="Tell us: this should not happen.",
        )
    if reasons & _POLICY:
        return SettingsError(
            "A rule of the school's Google admin console keeps Halfday's account out (403).",
            done=AS_IT_WAS,
            now=f"IT allows Drive for other apps, and sharing with {address}, in the admin console.",
        )
    return RefusedError(
        "The Google Sheet is no longer shared with Halfday's account, or not so that it may write (403).",
        status=403,
        now=f"Share the file again with {address} as Editor (in a Shared Drive: as Content manager).",
    )


def _not_accepted(reply: Reply, address: str) -> HalfdayError:
    if reply.says("protected cell", "protected range"):
        return RefusedError(
            "A protection in the Google Sheet keeps Halfday's account out (400).",
            status=400,
            now=f"In Data, Protect sheets and ranges, let {address} edit, or remove the protection.",
        )
    if reply.says("above the limit of 10000000 cells"):
        return RefusedError(
            "The Google Sheet is full: a file of Google's has room for ten million cells (400).",
            status=400,
            now="Delete tabs or empty rows and columns that nobody needs.",
        )
    if reply.says("not supported for this document"):
        return SettingsError(
            "The file is not a Google Sheet: it is an Excel file that lies in Google Drive (400).",
            done=AS_IT_WAS,
            now="Open it, choose File, Save as Google Sheets, and give the new file's id to 'halfday mirror setup'.",
        )
    return RefusedError(
        "Google did not accept what Halfday sent (400).", status=400, now="Tell us: this should not happen."
    )


def no_pass(reply: Reply, host: str, address: str) -> HalfdayError:
    """The desk for passes gave none, for good."""
    if reply.is_page or reply.status < 400:
        return filtered(host)
    if reply.says("reasonable timeframe", "iat and exp", "short-lived"):
        return SettingsError(
            "Google gives no pass because this computer's clock is wrong.",
            done=AS_IT_WAS,
            now="Set the date, the time and the time zone of this computer, best by itself from the network.",
        )
    return SettingsError(
        f"Google does not accept the key of {address} any more: it was deleted or switched off, or the account was.",
        done=AS_IT_WAS,
        now=f"Is that account still there and switched on? {_NEW_KEY}",
    )
