"""Drive: files, their permissions, revisions and comments.

A file that is not shared with the caller is not there (404); a shared drive's files only show to who asks with
supportsAllDrives=true. Whether a reader may list permissions or revisions was never recorded: here it may not.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.google_emulator import cells, masks
from tests.google_emulator.book import Book, new_sheet
from tests.google_emulator.protecting import ROLES, Actor, at_least
from tests.google_emulator.replies import (
    GoogleError,
    Json,
    insufficient_role,
    no_restrictions_in_shared_drive,
    no_such_file,
    no_such_permission,
    not_emulated,
    parse,
    storage_full,
)
from tests.google_emulator.values import Query, table

if TYPE_CHECKING:
    from tests.google_emulator.google import Google

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
MOST_PERMISSIONS = 100
_USUAL_FILE = "kind,id,name,mimeType"
_USUAL_PERMISSION = "kind,id,type,role"
_FIELDS = ("emailAddress", "domain", "expirationTime", "allowFileDiscovery", "view", "displayName")

Answer = tuple[int, Json | bytes | None]


@dataclass(frozen=True, slots=True)
class Drive:
    """Drive, for one caller."""

    google: "Google"
    actor: Actor

    def answer(self, method: str, rest: str, query: Query, raw: bytes) -> Answer:
        """The reply to `/drive/v3/files…`."""
        parts = [part for part in rest.split("/") if part]
        if not parts:
            return self._create(parse(raw)) if method == "POST" else self._list(query)
        in_drive = len(parts) > 1 and parts[1] in {"revisions", "comments", "export"}
        book = self._book(parts[0], query, anywhere=in_drive)
        if len(parts) == 1:
            return self._file(method, book, query, raw)
        kinds: dict[str, Callable[[], Answer]] = {
            "copy": lambda: self._copy(book, parse(raw)),
            "comments": lambda: (200, {"comments": list(book.comments)}),
            "export": lambda: (200, _csv(book)),
            "permissions": lambda: self._permissions(method, book, parts[2:], query, raw),
            "revisions": lambda: self._revisions(book, query),
        }
        if parts[1] not in kinds:
            raise not_emulated(f"files/{parts[1]}")
        return kinds[parts[1]]()

    def _book(self, file_id: str, query: Query, *, anywhere: bool = True) -> Book:
        book = self.google.books.get(file_id)
        if book is None or not at_least(book, self.actor, "reader"):
            raise no_such_file(file_id)
        if book.drive and not anywhere and not _true(query, "supportsAllDrives"):
            raise no_such_file(file_id)
        return book

    def _need(self, book: Book, role: str) -> None:
        if not at_least(book, self.actor, role):
            raise insufficient_role()

    # ---- files

    def _create(self, body: Json) -> Answer:
        parents = [parent for parent in body.get("parents") or [] if parent in self.google.drives]
        if not parents and self.actor.email in self.google.accounts:
            raise storage_full()
        name = body.get("name") or "Untitled"
        book = self.google.new_book(name, self.actor.email, drive=parents[0] if parents else "")
        return 200, _short(book)

    def _list(self, query: Query) -> Answer:
        """The newest first; Google promises no order."""
        name = re.search(r'name = "(.*)"', query.get("q", [""])[0])
        books = [
            book
            for book in reversed(self.google.books.values())
            if at_least(book, self.actor, "reader") and (not name or book.name == name[1])
        ]
        listed = {"kind": "drive#fileList", "files": [self._whole(book) for book in books]}
        fields = query.get("fields", [f"kind,nextPageToken,files({_USUAL_FILE})"])[0]
        return 200, masks.applied(listed, masks.parse(fields))

    def _file(self, method: str, book: Book, query: Query, raw: bytes) -> Answer:
        if method == "DELETE":
            self._need(book, "organizer")
            del self.google.books[book.id]
            return 204, None
        if method == "PATCH":
            self._change(book, parse(raw))
        fields = query.get("fields", [_USUAL_FILE])[0]
        return 200, masks.applied(self._whole(book), masks.parse(fields))

    def _change(self, book: Book, body: Json) -> None:
        self._need(book, "writer")
        if book.drive and "writersCanShare" in body:
            raise no_restrictions_in_shared_drive()
        for name, value in body.items():
            if name == "name":
                book.name = book.content.properties["title"] = value
            elif name == "trashed":
                self._need(book, "fileOrganizer")
                book.trashed = value
            elif name in book.settings:
                book.settings[name] = value
            else:
                raise not_emulated(f"files.update of {name}")
        self.google.touch(book)

    def _whole(self, book: Book) -> Json:
        found: Json = {
            "kind": "drive#file",
            "id": book.id,
            "name": book.name,
            "mimeType": SPREADSHEET,
            "trashed": book.trashed,
            "explicitlyTrashed": book.trashed,
            "createdTime": book.created,
            "modifiedTime": book.modified,
            "version": str(book.version),
            "shared": len(book.permissions) > 1,
            "ownedByMe": any(
                held["role"] == "owner" and held.get("emailAddress") == self.actor.email for held in book.permissions
            ),
            "capabilities": self._capabilities(book),
            **book.settings,
        }
        if book.drive:  # "Not populated for items in shared drives": owners, permissions
            found.pop("writersCanShare", None)
            return {**found, "driveId": book.drive, "teamDriveId": book.drive}
        found["owners"] = [
            {"kind": "drive#user", "emailAddress": held["emailAddress"]}
            for held in book.permissions
            if held["role"] == "owner"
        ]
        if found["capabilities"]["canShare"]:
            found["permissions"] = [held for held in book.permissions if "view" not in held]
        return found

    def _capabilities(self, book: Book) -> Json:
        writes = at_least(book, self.actor, "writer")
        masters = at_least(book, self.actor, "organizer")
        may_copy = writes or not book.settings["copyRequiresWriterPermission"]
        return {
            "canComment": at_least(book, self.actor, "commenter"),
            "canCopy": may_copy,
            "canDelete": masters,
            "canDownload": may_copy,
            "canEdit": writes and not book.trashed,
            "canReadRevisions": writes,
            "canShare": masters or (writes and bool(book.settings.get("writersCanShare"))),
            "canTrash": at_least(book, self.actor, "fileOrganizer"),
        }

    def _copy(self, book: Book, body: Json) -> Answer:
        if self.actor.email in self.google.accounts and not book.drive:
            raise storage_full()
        made = self.google.new_book(body.get("name") or "Copy of " + book.name, self.actor.email, drive=book.drive)
        made.content = book.content.copy()
        made.content.properties["title"] = made.name
        return 200, _short(made)

    # ---- permissions

    def _permissions(self, method: str, book: Book, parts: list[str], query: Query, raw: bytes) -> Answer:
        self._need(book, "writer")
        fields = masks.parse(query["fields"][0]) if query.get("fields") else None
        usual = masks.parse(_USUAL_PERMISSION)
        if not parts and method == "GET":
            return 200, self._listed(book, query, fields)
        if method != "GET":
            self._may_share(book)
        if not parts:
            return 200, masks.applied(self._share(book, parse(raw)), fields or usual)
        held = next((held for held in book.permissions if held["id"] == parts[0]), None)
        if held is None:
            raise no_such_permission(parts[0])
        if method == "DELETE":
            book.permissions.remove(held)
            self.google.touch(book)
            return 204, None
        if method == "PATCH":
            changes = parse(raw)
            self._check_end(held["type"], changes.get("expirationTime"))
            held.update(changes)
            self.google.touch(book)
        return 200, masks.applied(held, fields or usual)

    def _may_share(self, book: Book) -> None:
        if not self._capabilities(book)["canShare"] and not (book.drive and at_least(book, self.actor, "organizer")):
            raise insufficient_role()

    def _share(self, book: Book, body: Json) -> Json:
        kind, fields = body.get("type"), {key: body[key] for key in _FIELDS if key in body}
        needed = {"user": "emailAddress", "group": "emailAddress", "domain": "domain"}.get(str(kind))
        if kind not in {"user", "group", "domain", "anyone"} or body.get("role") not in ROLES[1:]:
            raise _invalid("permission", "The specified permission type or role is invalid.")  # ours
        if needed and not body.get(needed):
            raise _invalid("permission", f"The {needed} field is required for this permission type.")  # ours
        self._check_end(kind, body.get("expirationTime"))
        address = fields.pop("emailAddress", "")
        return self.google.permit(book, address, body["role"], kind=kind, **fields)

    def _check_end(self, kind: str, until: str | None) -> None:
        """Only a user's or a group's permission ends, in the future, within a year; the words are ours."""
        if until is None:
            return
        now = self.google.made.seconds()
        seconds = dt.datetime.fromisoformat(until).timestamp()
        if kind not in {"user", "group"} or not now < seconds <= now + 366 * 86_400:
            raise _invalid("expirationTime", "The expiration time is not allowed.")

    def _listed(self, book: Book, query: Query, fields: masks.Tree | None) -> Json:
        """At most a hundred a page, but all of a file in nobody's shared drive where no number is asked for.

        Entries of the published view are listed only to who asks for that view.
        """
        view = query.get("includePermissionsForView", [""])[0]
        held = [item for item in book.permissions if item.get("view") in (None, view)]
        page, following = _page(held, query, MOST_PERMISSIONS, usual=MOST_PERMISSIONS if book.drive else len(held) or 1)
        listed: Json = {"kind": "drive#permissionList", "permissions": page, **following}
        usual = masks.parse(f"kind,nextPageToken,permissions({_USUAL_PERMISSION})")
        found: Json = masks.applied(listed, fields or usual)
        return found

    # ---- revisions

    def _revisions(self, book: Book, query: Query) -> Answer:
        self._need(book, "writer")
        every = [
            {
                "kind": "drive#revision",
                "id": str(number),
                "mimeType": SPREADSHEET,
                "modifiedTime": book.modified,
                "published": book.published and number == book.revisions,
                "publishAuto": book.published and number == book.revisions,
                "publishedOutsideDomain": book.published and number == book.revisions,
            }
            for number in range(1, book.revisions + 1)
        ]
        page, following = _page(every, query, 1000, usual=200)
        listed = {"kind": "drive#revisionList", "revisions": page, **following}
        usual = "kind,nextPageToken,revisions(kind,id,mimeType,modifiedTime)"
        return 200, masks.applied(listed, masks.parse(query.get("fields", [usual])[0]))

    def upload(self, file_id: str, raw: bytes) -> Answer:
        """A CSV in the place of a spreadsheet's content; the time zone becomes Google's own (recorded)."""
        book = self._book(file_id, {})
        self._need(book, "writer")
        sheet = new_sheet(0, book.name)
        for row, line in enumerate(csv.reader(io.StringIO(raw.decode()))):
            for column, text in enumerate(line):
                sheet.put(row, column, cells.entered(cells.EMPTY, text))
        book.content = replace(book.content, sheets=[sheet])
        book.content.properties["timeZone"] = "America/Los_Angeles"
        self.google.touch(book)
        return 200, {"kind": "drive#file", "id": book.id}


def _true(query: Query, name: str) -> bool:
    return query.get(name, [""])[0].lower() == "true"


def _short(book: Book) -> Json:
    return {"kind": "drive#file", "id": book.id, "name": book.name, "mimeType": SPREADSHEET}


def _csv(book: Book) -> bytes:
    sheet = book.content.sheets[0]
    rows = table(sheet, sheet.whole, "FORMATTED_VALUE", "SERIAL_NUMBER")
    width = max(map(len, rows), default=0)
    return "\r\n".join(",".join(map(str, row + [""] * (width - len(row)))) for row in rows).encode()


def _page(every: list[Json], query: Query, most: int, *, usual: int) -> tuple[list[Json], Json]:
    size, token = query.get("pageSize", [""])[0], query.get("pageToken", [""])[0]
    count = int(size) if size else usual
    if size and not 1 <= count <= most:
        raise _invalid("pageSize", f"Invalid value '{size}'. Values must be within the range: [1, {most}]")
    if token and not re.fullmatch(r"page-\d+", token):
        raise _invalid("pageToken", "Invalid Value")
    start = int(token.removeprefix("page-")) if token else 0
    following = {"nextPageToken": f"page-{start + count}"} if start + count < len(every) else {}
    return every[start : start + count], following


def _invalid(parameter: str, words: str) -> GoogleError:
    reason = {"domain": "global", "reason": "invalid", "location": parameter, "locationType": "parameter"}
    return GoogleError(400, words, reason=reason)
