"""Who may do what: roles on a file, and the protected ranges of a tab."""

from collections.abc import Collection
from dataclasses import dataclass

from tests.google_emulator.a1 import Box
from tests.google_emulator.book import Book, Sheet
from tests.google_emulator.replies import Json, protected

ROLES = ("", "reader", "commenter", "writer", "fileOrganizer", "organizer", "owner")
"""From nothing to everything."""
_MASTERS = ("organizer", "owner")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person in the page, a service account by its token, or, where no token is asked for, the emulator.

    Attributes:
        trusted: may do everything: nobody asked who it is.
        scopes: what its token was asked for; None for a person in the page.
        groups: the groups it is a member of.
    """

    email: str
    trusted: bool = False
    scopes: frozenset[str] | None = None
    groups: frozenset[str] = frozenset()


def role(book: Book, actor: Actor) -> str:
    """The largest role that any permission gives; empty without one."""
    if actor.trusted:
        return "" if book.hidden else "owner"
    domain = actor.email.rpartition("@")[2]
    given = [""]
    for permission in book.permissions:
        kind, address = permission["type"], permission.get("emailAddress", "").lower()
        if (
            kind == "anyone"
            or (kind == "user" and address == actor.email.lower())
            or (kind == "group" and address in actor.groups)
            or (kind == "domain" and permission.get("domain") == domain)
        ):
            given.append(permission["role"])
    return max(given, key=ROLES.index)


def at_least(book: Book, actor: Actor, needed: str) -> bool:
    """Whether the role is as large as this one."""
    return ROLES.index(role(book, actor)) >= ROLES.index(needed)


def is_editor(protection: Json, book: Book, actor: Actor) -> bool:
    """Whether the protection lets this one in; the file's owner always may."""
    editors = protection.get("editors", {})
    listed: Collection[str] = [address.lower() for address in editors.get("users", [])]
    return bool(
        protection.get("warningOnly")
        or role(book, actor) in _MASTERS
        or actor.email.lower() in listed
        or actor.groups.intersection(editors.get("groups", []))
        or editors.get("domainUsersCanEdit")
    )


def is_whole_sheet(protection: Json) -> bool:
    """Whether a whole tab is protected rather than some of its cells."""
    return not {"startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex"} & set(protection["range"])


def guard(book: Book, sheet: Sheet, box: Box, actor: Actor) -> None:
    """Refuses an edit of cells that are protected against the actor.

    Raises:
        GoogleError: 400, in the words Google uses.
    """
    for protection in sheet.protections:
        if is_editor(protection, book, actor):
            continue
        shut = [box] if box.meets(sheet.box(protection["range"])) else []
        if shut and not is_whole_sheet(protection):
            shut = [_overlap(box, sheet.box(protection["range"]))]
        for hole in protection.get("unprotectedRanges", []):
            shut = [piece for part in shut for piece in part.without(sheet.box(hole))]
        if shut:
            raise protected()


def guard_insert(book: Book, sheet: Sheet, dimension: str, at: int, actor: Actor) -> None:
    """Refuses new rows or columns inside a protected range; before its first or after its last they are allowed."""
    for protection in sheet.protections:
        if is_editor(protection, book, actor):
            continue
        box = sheet.box(protection["range"])
        start, end = (box.top, box.bottom) if dimension == "ROWS" else (box.left, box.right)
        if is_whole_sheet(protection) or start < at < end:
            raise protected()


def guard_sheet(book: Book, sheet: Sheet, actor: Actor, *, any_part: bool = False) -> None:
    """Refuses a change of the tab itself; with any_part also where only some of its cells are protected."""
    for protection in sheet.protections:
        if (any_part or is_whole_sheet(protection)) and not is_editor(protection, book, actor):
            raise protected()


def _overlap(one: Box, other: Box) -> Box:
    return Box(
        max(one.top, other.top), min(one.bottom, other.bottom), max(one.left, other.left), min(one.right, other.right)
    )
