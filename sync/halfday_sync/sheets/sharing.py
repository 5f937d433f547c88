"""Who can see the file, before anything is written: what is not on the school's list, or not understood, is unsafe."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from halfday_sync.errors import HalfdayError, SafetyError
from halfday_sync.sheets.access import SPREADSHEET, FileState, Listed, Permission, file_state, page, questions
from halfday_sync.sheets.replies import Get, Reply

ROLES = {
    "reader": "Viewer",
    "commenter": "Commenter",
    "writer": "Editor",
    "fileOrganizer": "Content manager",
    "organizer": "Manager",
    "owner": "Owner",
}
"""Drive's roles, the weakest first, and what the Share dialog calls them
(https://developers.google.com/workspace/drive/api/guides/ref-roles)."""
OWNING = ("organizer", "owner")
"""Those of whoever manages the Shared Drive, or owns the file. Google lets them edit whatever is protected."""
FRESH = 60.0
"""Seconds that a look at who has access is good for. People may share the file in between."""
PAGES = 200
"""More pages than a file that is shared with a school's leaders can have."""
_SHARE = "in Share"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who may have access, and how.

    Attributes:
        account: Halfday's own account, and `account_roles` what it may be.
        domains: what must stand after the @ of people and groups.
        people: by address, which role; a person on it who has no access is in order.
        groups: the same for groups, whose members Halfday cannot see.
        may_copy: whether readers may copy, print and download.
        publishing_blocked: a person has made sure that the admin console lets nobody publish to the web. It counts
            only where Google does not let Halfday see whether the file is published.
    """

    account: str
    domains: Collection[str]
    people: Mapping[str, str]
    groups: Mapping[str, str] = field(default_factory=dict)
    account_roles: Collection[str] = ("writer", "fileOrganizer")
    may_copy: bool = False
    publishing_blocked: bool = False


@dataclass(frozen=True, slots=True)
class Shared:
    """A look at who has access that found nothing wrong.

    Attributes:
        sheet_id: the file.
        file: what Drive said.
        at: when the look began, in `ticks` of the line.
    """

    sheet_id: str
    file: FileState
    at: float


class Drive(Protocol):
    """Whom `check` asks (`asking.Line`)."""

    @property
    def ticks(self) -> Callable[[], float]: ...  # noqa: D102

    def ask(self, gets: Sequence[Get]) -> tuple[Reply, ...]: ...  # noqa: D102

    def refusal(self, reply: Reply) -> HalfdayError: ...  # noqa: D102


def look(drive: Drive, sheet_id: str) -> FileState:
    """What Drive says about a file now: one call, and one more for each further page of a list.

    Raises:
        HalfdayError: the file is out of reach: not shared any more, gone, or Google does not answer.
    """
    asked = questions(sheet_id)
    file, permissions, revisions = drive.ask(asked)
    if file.status != 200 or not file.is_json:
        raise drive.refusal(file)
    return file_state(
        file.json(),
        _all_pages(drive, asked[1], permissions, "permissions"),
        _all_pages(drive, asked[2], revisions, "revisions"),
    )


def check(drive: Drive, sheet_id: str, allowed: Allowed, now: datetime) -> Shared:
    """Looks at who has access.

    Raises:
        SafetyError: somebody has, or may have, who should not; with every one.
        HalfdayError: as `look`.
    """
    at = drive.ticks()
    file = look(drive, sheet_id)
    faults = problems(file, allowed, now)
    if file.id != sheet_id:
        faults = ("Google answered about another file than the one that was asked for.", *faults)
    if faults:
        raise SafetyError(
            "The Google Sheet is not as it must be before anything is written to it, so nothing was written.",
            problems=faults,
            done="The Google Sheet is as it was, and nobody's access was changed: Halfday's account cannot do that.",
            now="Ask whoever owns the file to put that right in Share. If somebody named here should see it, put them "
            "on the school's list with 'halfday mirror setup'. The next run writes again.",
        )
    return Shared(sheet_id, file, at)


@dataclass(slots=True)
class Gate:
    """Lets changes through only just after a look at who has access.

    Attributes:
        drive: whom to ask, about which file (`sheet_id`).
        allowed: the school's list.
        now: the run's time, for access that ends by itself.
    """

    drive: Drive
    sheet_id: str
    allowed: Allowed
    now: datetime
    _last: Shared | None = None

    def look(self) -> Shared:
        """Looks now. Raises as `check`."""
        self._last = None
        self._last = check(self.drive, self.sheet_id, self.allowed, self.now)
        return self._last

    def fresh(self) -> Shared:
        """The last look where it was a moment ago, else another one. Raises as `check`."""
        last = self._last
        if last is not None and 0 <= self.drive.ticks() - last.at <= FRESH:
            return last
        return self.look()


def problems(file: FileState, allowed: Allowed, now: datetime) -> tuple[str, ...]:
    """Why nothing may be written to a file: who or what it is, and what to do. Empty: it is safe."""
    return (
        *_of_file(file, allowed),
        *(f"Google said something about sharing that Halfday does not know: {what}. Tell us." for what in file.odd),
        *_of_list(file, allowed, now),
        *_of_publishing(file, allowed),
    )


def _of_file(file: FileState, allowed: Allowed) -> Iterator[str]:
    if file.trashed is not False:
        yield "The file is in the bin: restore it in Google Drive, or make a new one with 'halfday mirror setup'."
    if file.kind and file.kind != SPREADSHEET:
        yield "The file is not a Google Sheet: open it, and choose File, Save as Google Sheets."
    if file.editable is not True and file.trashed is False:
        yield f"Halfday's account may not edit the file: {_SHARE}, make {allowed.account} Editor or Content manager."
    if file.protected is not True and not allowed.may_copy:
        yield (
            "Viewers and commenters can download, print and copy the file: in Share, settings (the cog wheel), untick "
            "'Viewers and commenters can see the option to download, print, and copy'."
        )


def _of_list(file: FileState, allowed: Allowed, now: datetime) -> Iterator[str]:
    if not file.permissions:
        yield (
            f"Google does not let Halfday's account see who has access: {_SHARE}, make {allowed.account} Editor or "
            "Content manager."
        )
        return
    for permission in file.permissions:
        yield from of_permission(permission, allowed, now)
    if not any(_plain(one.address) == _plain(allowed.account) for one in file.permissions):
        yield f"Halfday's account is not on the list of who has access: share the file with {allowed.account}."


def _of_publishing(file: FileState, allowed: Allowed) -> Iterator[str]:
    if file.published:
        yield "The file is published to the web: in File, Share, Publish to web, choose Stop publishing."
    if file.revisions is None and not allowed.publishing_blocked:
        yield (
            "Google does not let Halfday's account see whether the file is published to the web: make it Editor or "
            "Content manager; or IT blocks publishing in the admin console, and that is noted in halfday.toml."
        )
    if file.revisions == 0:
        yield "Google did not say whether the file is published to the web. Try again; else tell us."


def of_permission(one: Permission, allowed: Allowed, now: datetime) -> Iterator[str]:
    """Why an entry of the list of who has access is not in order."""
    if one.type == "anyone":
        yield "Anyone with the link can open the file: in Share, set General access to Restricted."
        return
    if one.type == "domain":
        whose = _shown(one.domain) or "a domain"
        yield f"Everybody at {whose} can open the file: in Share, set General access to Restricted."
        return
    if one.type not in ("user", "group"):
        yield "A kind of access that Halfday does not know is on the list: remove it in Share, or tell us."
        return
    who = _shown(one.address) or f"a {one.type} without an address"
    wanted = _wanted(one, allowed)
    if not wanted:
        yield f"{who} is not on the school's list: remove it {_SHARE} (members of the Shared Drive: there)."
    elif one.role not in ROLES:
        yield f"{who} has access of a kind that Halfday does not know: remove it {_SHARE}, or tell us."
    elif one.role not in wanted:
        named = " or ".join(ROLES[role] for role in wanted if role in ROLES)
        yield f"{who} is {ROLES[one.role]}, but should be {named}: change it {_SHARE}."
    yield from _odd_about(one, who, now)


def _odd_about(one: Permission, who: str, now: datetime) -> Iterator[str]:
    if one.deleted:  # it may be restored for some weeks, or its address given to somebody else
        yield f"The account {who} was deleted but is still on the list: remove it {_SHARE}."
    if one.pending_owner:
        yield f"{who} is asked to become the owner of the file: take that back {_SHARE}."
    if one.view:
        yield f"{who} has access through a view of its own: remove it {_SHARE}."
    if one.discoverable:
        yield f"{who} finds the file by searching: remove it {_SHARE}."
    if one.expires is not None and one.expires <= now:
        yield f"The access of {who} has run out but is still on the list: remove it {_SHARE}."
    if one.role in ROLES and not all(_at_most(role, one.role) for role in one.roles):
        yield f"{who} has more access by another way (a folder, a Shared Drive): remove it there."
    if one.domain and _plain(one.domain) != _domain(one.address):
        yield f"{who} is of another domain than its address says: remove it {_SHARE}."
    for name in one.odd:
        yield f"Google said something about {who} that Halfday does not know ({name}): remove it {_SHARE}, or tell us."


def _wanted(one: Permission, allowed: Allowed) -> Collection[str]:
    """The roles that an address may have; none where it should have no access."""
    address = _plain(one.address)
    if one.type == "user" and address == _plain(allowed.account):
        return allowed.account_roles
    if _domain(one.address) not in {_plain(domain) for domain in allowed.domains}:
        return ()
    listed = allowed.people if one.type == "user" else allowed.groups
    return tuple(role for known, role in listed.items() if _plain(known) == address)


def _plain(text: str) -> str:
    """As addresses are compared. Only plain letters are: others may look the same, or turn into them (the Kelvin sign).

    >>> _plain("Head@Larkfield.example"), _plain("head@lar\N{KELVIN SIGN}field.example")
    ('head@larkfield.example', 'head@lar\N{KELVIN SIGN}field.example')
    """
    return text.lower() if text.isascii() else text


def _domain(address: str) -> str:
    """What stands after the one @."""
    parts = _plain(address).split("@")
    return parts[1] if len(parts) == 2 and all(parts) else ""


def _at_most(role: str, highest: str) -> bool:
    order = list(ROLES)
    return role in ROLES and order.index(role) <= order.index(highest)


def _shown(text: str) -> str:
    """Fit for a message: one line, not too long, and letters that only look plain are seen."""
    return ascii(text)[1:-1][:120]


def _all_pages(drive: Drive, first: Get, reply: Reply, name: str) -> Listed | None:
    """A list from all its pages; None where Google refuses it from the beginning."""
    if 400 <= reply.status < 500:
        return None
    rows: list[Mapping[str, object]] = []
    odd: list[str] = []
    for _ in range(PAGES):
        listed, token = page(reply.json() if reply.status == 200 else {}, name)
        rows += listed.rows
        odd += listed.odd
        if not token:
            return Listed(tuple(rows), tuple(odd))
        (reply,) = drive.ask([Get(first.url, {**first.params, "pageToken": token})])
    return Listed(tuple(rows), (*odd, f"an endless list of {name}"))
