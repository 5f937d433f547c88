"""Who has access to a file, as Google Drive says it; parsed strictly, so that what is not understood is seen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from halfday_sync.sheets.batching import MOST
from halfday_sync.sheets.replies import Get

DRIVE = "https://www.googleapis.com/drive/v3/files"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"
FILE_FIELDS = (
    "id,name,mimeType,trashed,driveId,copyRequiresWriterPermission,writersCanShare,version,modifiedTime,"
    "capabilities(canEdit)"
)
PERMISSION_FIELDS = (
    "nextPageToken,permissions(id,type,role,emailAddress,domain,deleted,pendingOwner,expirationTime,view,"
    "allowFileDiscovery,inheritedPermissionsDisabled,permissionDetails(permissionType,role,inheritedFrom,inherited))"
)
REVISION_FIELDS = "nextPageToken,revisions(id,published,publishAuto,publishedOutsideDomain,publishedLink)"
_PERMISSION = {
    "kind": str,
    "id": str,
    "type": str,
    "role": str,
    "emailAddress": str,
    "domain": str,
    "displayName": str,
    "photoLink": str,
    "deleted": bool,
    "pendingOwner": bool,
    "expirationTime": str,
    "view": str,
    "allowFileDiscovery": bool,
    "inheritedPermissionsDisabled": bool,
    "permissionDetails": list,
}
"""What Drive may say about a permission (its discovery document), and as what."""
_DETAIL = {"permissionType": str, "role": str, "inheritedFrom": str, "inherited": bool}
_REVISION = {"kind": str, "id": str, "published": bool, "publishAuto": bool, "publishedOutsideDomain": bool}
_REVISION_LINK = {"publishedLink": str}


@dataclass(frozen=True, slots=True)
class Permission:
    """One entry of the list of who has access.

    Attributes:
        type: `user`, `group`, `domain` or `anyone`; `role`: from `reader` to `owner`.
        address: of the user or group; `domain`: of a whole domain.
        roles: every role that stands in its details, inherited ones included.
        expires: when it ends by itself; None: never.
        odd: what of it was not understood.
    """

    type: str
    role: str
    address: str = ""
    domain: str = ""
    roles: tuple[str, ...] = ()
    view: str = ""
    deleted: bool = False
    pending_owner: bool = False
    discoverable: bool = False
    expires: datetime | None = None
    odd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileState:
    """A file, as Drive described it at one moment.

    Attributes:
        id: its id, and `name` what people call it.
        trashed, protected, editable: None where Drive did not say. `protected`: readers may not copy, print, download.
        drive_id: the Shared Drive that it lies in; blank where it lies in somebody's My Drive.
        writers_share: whether its editors may share it further.
        permissions: from all pages; None where they could not be read whole.
        revisions: how many, and `published`: how many of them are published to the web; None where Drive refused.
        odd: what of it was not understood.
    """

    id: str = ""
    name: str = ""
    kind: str = ""
    trashed: bool | None = None
    protected: bool | None = None
    editable: bool | None = None
    drive_id: str = ""
    writers_share: bool | None = None
    version: str = ""
    permissions: tuple[Permission, ...] | None = None
    revisions: int | None = None
    published: int = 0
    odd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """What stands on the pages of a list. `odd`: what of it was not understood."""

    rows: tuple[Mapping[str, object], ...] = ()
    odd: tuple[str, ...] = ()


def questions(sheet_id: str) -> tuple[Get, Get, Get]:
    """What to ask Drive: the file, the first page of who has access, the first page of its revisions."""
    file = f"{DRIVE}/{quote(sheet_id, safe='')}"
    return (
        Get(file, {"supportsAllDrives": "true", "fields": FILE_FIELDS}),
        Get(
            f"{file}/permissions",
            {
                "supportsAllDrives": "true",
                "includePermissionsForView": "published",
                "pageSize": str(MOST),
                "fields": PERMISSION_FIELDS,
            },
        ),
        Get(f"{file}/revisions", {"pageSize": "1000", "fields": REVISION_FIELDS}),
    )


def page(told: Mapping[str, object], name: str) -> tuple[Listed, str]:
    """One page of a list, and the token of the next one; a page without its list is odd."""
    rows, token = told.get(name), told.get("nextPageToken", "")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not isinstance(token, str):
        return Listed(odd=(f"a page of {name}",)), ""
    return Listed(tuple(rows), tuple(_unknown(told, {"kind": str, "nextPageToken": str, name: list}))), token


def permission(told: Mapping[str, object]) -> Permission:
    """One entry of the list."""
    odd = [*_unknown(told, _PERMISSION)]
    details = told.get("permissionDetails", [])
    details = details if isinstance(details, list) else []
    for detail in details:
        odd += _unknown(detail, _DETAIL) if isinstance(detail, dict) else ["permissionDetails"]
    expires = _time(told["expirationTime"]) if "expirationTime" in told else None
    if "expirationTime" in told and expires is None:
        odd.append("expirationTime")
    return Permission(
        type=_text(told, "type"),
        role=_text(told, "role"),
        address=_text(told, "emailAddress"),
        domain=_text(told, "domain"),
        roles=tuple(_text(detail, "role") for detail in details if isinstance(detail, dict)),
        view=_text(told, "view"),
        deleted=told.get("deleted", False) is not False,
        pending_owner=told.get("pendingOwner", False) is not False,
        discoverable=told.get("allowFileDiscovery", False) is not False,
        expires=expires,
        odd=tuple(dict.fromkeys(odd)),
    )


def file_state(told: Mapping[str, object], permissions: Listed | None, revisions: Listed | None) -> FileState:
    """A file with all that was said about it.

    Args:
        told: what Drive said of the file itself.
        permissions: who has access, from all pages; None where that could not be read whole.
        revisions: its revisions, from all pages; None where Drive refused to list them.
    """
    can = told.get("capabilities")
    rows = revisions.rows if revisions else ()
    odd = (
        *(f"the file's {name}" for name in _file_faults(told)),
        *(permissions.odd if permissions else ()),
        *(revisions.odd if revisions else ()),
        *(f"a revision's {name}" for row in rows for name in _unknown(row, _REVISION | _REVISION_LINK)),
    )
    return FileState(
        id=_text(told, "id"),
        name=_text(told, "name"),
        kind=_text(told, "mimeType"),
        trashed=_flag(told, "trashed"),
        protected=_flag(told, "copyRequiresWriterPermission"),
        editable=_flag(can, "canEdit") if isinstance(can, dict) else None,
        drive_id=_text(told, "driveId"),
        writers_share=_flag(told, "writersCanShare"),
        version=_text(told, "version"),
        permissions=None if permissions is None else tuple(permission(row) for row in permissions.rows),
        revisions=None if revisions is None else len(rows),
        published=sum(_is_published(row) for row in rows),
        odd=tuple(dict.fromkeys(odd)),
    )


def _is_published(row: Mapping[str, object]) -> bool:
    """A flag that is no flag counts as one that is set."""
    names = (*(name for name, kind in _REVISION.items() if kind is bool), *_REVISION_LINK)
    return any(row.get(name) not in (None, False, "") for name in names)


def _file_faults(told: Mapping[str, object]) -> Iterator[str]:
    for name in ("id", "name", "mimeType", "driveId", "version", "modifiedTime"):
        if not isinstance(told.get(name, ""), str):
            yield name
    for name in ("trashed", "copyRequiresWriterPermission", "writersCanShare"):
        if not isinstance(told.get(name, False), bool):
            yield name


def _unknown(told: Mapping[str, object], known: Mapping[str, type]) -> Iterator[str]:
    """Names that Drive does not describe, and those with something else than it describes."""
    for name, value in told.items():
        if name not in known or not isinstance(value, known[name]):
            yield name if name.isascii() and name.isidentifier() and len(name) <= 40 else "a name of no sense"


def _text(told: Mapping[str, object], name: str) -> str:
    found = told.get(name, "")
    return found if isinstance(found, str) else ""


def _flag(told: Mapping[str, object], name: str) -> bool | None:
    found = told.get(name)
    return found if isinstance(found, bool) else None


def _time(text: object) -> datetime | None:
    """A moment with its time zone (RFC 3339)."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None
