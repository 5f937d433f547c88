"""Files, and who may see them."""

import datetime as dt

from tests.google_facts.desk import DRIVE, METADATA, OWNER, SHEETS, Desk, text, update

HEAD = "head@larkfield.example"


def _in_shared_drive(at: Desk) -> None:
    at.book = at.google.make("SLT copy", owner=OWNER, drive="0Adrive")


def _later(at: Desk, **time: float) -> str:
    moment = dt.datetime.fromtimestamp(at.clock(), dt.UTC) + dt.timedelta(**time)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _share(at: Desk, **told: object) -> int:
    return at.ask("POST", f"{at.file}/permissions", told, supportsAllDrives="true").status


def drive_tells_four_things_of_a_file(at: Desk) -> None:
    told = at.given("GET", at.file)
    mime = "application/vnd.google-apps.spreadsheet"
    assert told == {"kind": "drive#file", "id": at.book, "name": "SLT copy", "mimeType": mime}
    assert at.given("GET", at.file, fields="id,trashed") == {"id": at.book, "trashed": False}


def a_files_version_grows_with_every_change(at: Desk) -> None:
    versions = [int(at.given("GET", at.file, fields="version")["version"])]
    for change in (
        lambda: at.write("A1", [["x"]]),
        lambda: at.batch(update([[text("y")]])),
        lambda: at.google.share(at.book, HEAD, "reader"),
        lambda: at.google.person(at.book, OWNER).type("Sheet1", 5, 5, "typed"),
    ):
        change()
        versions.append(int(at.given("GET", at.file, fields="version")["version"]))
    assert versions == sorted(set(versions))
    assert len(versions) == 5
    at.values()
    assert int(at.given("GET", at.file, fields="version")["version"]) == versions[-1]


def a_file_in_the_bin_says_so(at: Desk) -> None:
    at.google.trash(at.book)
    assert at.given("GET", at.file, fields="trashed") == {"trashed": True}
    at.google.untrash(at.book)
    assert at.given("GET", at.file, fields="trashed") == {"trashed": False}


def a_file_in_the_bin_is_still_read(at: Desk) -> None:
    at.write("A1", [["x"]])
    at.google.trash(at.book)
    assert at.values() == [["x"]]


def drive_says_whether_the_caller_may_edit(at: Desk) -> None:
    for role, may in (("reader", False), ("commenter", False), ("writer", True)):
        at.join(role)
        assert at.given("GET", at.file, fields="capabilities(canEdit)") == {"capabilities": {"canEdit": may}}


def a_file_in_a_shared_drive_tells_its_drive(at: Desk) -> None:
    mask = "driveId,writersCanShare,permissions(id)"
    mine = at.given("GET", at.file, fields=mask)
    assert ("driveId" in mine, "writersCanShare" in mine, "permissions" in mine) == (False, True, True)
    _in_shared_drive(at)
    assert at.given("GET", at.file, fields=mask, supportsAllDrives="true") == {"driveId": "0Adrive"}


def a_file_in_a_shared_drive_takes_no_restrictions(at: Desk) -> None:
    assert at.ask("PATCH", at.file, {"writersCanShare": False}).status == 200
    _in_shared_drive(at)
    answer = at.ask("PATCH", at.file, {"writersCanShare": False}, supportsAllDrives="true")
    assert (answer.status, answer.words) == (403, "Sharing restrictions cannot be set on a shared drive item.")
    assert answer.error["errors"][0]["reason"] == "teamDrivesSharingRestrictionNotAllowed"


def a_service_account_cannot_own_a_file(at: Desk) -> None:
    at.join("writer", scopes=f"{SHEETS} {DRIVE}")
    mime = "application/vnd.google-apps.spreadsheet"
    answer = at.ask("POST", "/drive/v3/files", {"name": "Own", "mimeType": mime})
    assert (answer.status, answer.words) == (403, "The user's Drive storage quota has been exceeded.")
    (reason,) = answer.error["errors"]
    assert (reason["domain"], reason["reason"]) == ("usageLimits", "storageQuotaExceeded")


def drive_tells_four_things_of_a_permission(at: Desk) -> None:
    at.google.share(at.book, HEAD, "reader")
    told = at.given("GET", f"{at.file}/permissions")["permissions"]
    assert [set(one) for one in told] == [{"kind", "id", "type", "role"}] * 2
    told = at.given("GET", f"{at.file}/permissions", fields="permissions(emailAddress,role)")["permissions"]
    assert {"emailAddress": HEAD, "role": "reader"} in told
    assert {"emailAddress": OWNER, "role": "owner"} in told
    one = at.given("GET", f"{at.file}/permissions", fields="permissions(id,emailAddress)")["permissions"][1]
    assert at.given("GET", f"{at.file}/permissions/{one['id']}", fields="emailAddress") == {"emailAddress": HEAD}


def permissions_come_in_pages(at: Desk) -> None:
    _in_shared_drive(at)
    for i in range(120):
        at.google.share(at.book, f"person{i}@larkfield.example", "reader")
    asked = {"supportsAllDrives": "true", "fields": "nextPageToken,permissions(id)"}
    first = at.given("GET", f"{at.file}/permissions", **asked)
    assert len(first["permissions"]) == 100
    rest = at.given("GET", f"{at.file}/permissions", **asked, pageToken=first["nextPageToken"])
    assert (len(rest["permissions"]), "nextPageToken" in rest) == (21, False)
    ids = {one["id"] for page in (first, rest) for one in page["permissions"]}
    assert len(ids) == 121
    few = at.given("GET", f"{at.file}/permissions", **asked, pageSize=7)
    assert (len(few["permissions"]), "nextPageToken" in few) == (7, True)


def a_permission_says_whom_it_is_for(at: Desk) -> None:
    whom: list[dict[str, object]] = [{"type": "user"}, {"type": "group"}, {"type": "domain"}]
    assert [_share(at, role="reader", **one) for one in whom] == [400] * 3
    assert _share(at, type="user", role="reader", emailAddress=HEAD) == 200
    assert _share(at, type="group", role="reader", emailAddress="slt@larkfield.example") == 200
    assert _share(at, type="domain", role="reader", domain="larkfield.example") == 200
    assert _share(at, type="anyone", role="reader") == 200
    told = at.given("GET", f"{at.file}/permissions", fields="permissions(type,emailAddress,domain)")["permissions"]
    assert told[1:] == [
        {"type": "user", "emailAddress": HEAD},
        {"type": "group", "emailAddress": "slt@larkfield.example"},
        {"type": "domain", "domain": "larkfield.example"},
        {"type": "anyone"},
    ]


def a_permission_ends_within_a_year_or_not_at_all(at: Desk) -> None:
    user = {"type": "user", "role": "reader", "emailAddress": HEAD}
    assert _share(at, **user, expirationTime=_later(at, days=-1)) in (400, 403)
    assert _share(at, **user, expirationTime=_later(at, days=367)) in (400, 403)
    assert _share(at, type="anyone", role="reader", expirationTime=_later(at, days=30)) in (400, 403)
    assert len(at.given("GET", f"{at.file}/permissions")["permissions"]) == 1
    ends = _later(at, days=30)
    assert _share(at, **user, expirationTime=ends) == 200
    told = at.given("GET", f"{at.file}/permissions", fields="permissions(id,expirationTime)")["permissions"][1]
    assert told["expirationTime"][:16] == ends[:16]
    where = f"{at.file}/permissions/{told['id']}"
    assert at.ask("PATCH", where, {"role": "reader", "expirationTime": _later(at, days=400)}).status in (400, 403)


def of_two_changes_of_a_permission_the_last_one_counts(at: Desk) -> None:
    where = f"{at.file}/permissions/{at.google.share(at.book, HEAD, 'reader')}"
    for role in ("writer", "commenter"):
        at.given("PATCH", where, {"role": role})
    assert at.given("GET", where, fields="role") == {"role": "commenter"}
    assert at.google.share(at.book, HEAD, "writer") == where.rpartition("/")[2]
    assert len(at.given("GET", f"{at.file}/permissions")["permissions"]) == 2


def a_published_view_is_listed_when_it_is_asked_for(at: Desk) -> None:
    at.google.share(at.book, "", "reader", type="anyone", view="published")
    asked = {"fields": "permissions(type,view)"}
    assert len(at.given("GET", f"{at.file}/permissions", **asked)["permissions"]) == 1
    told = at.given("GET", f"{at.file}/permissions", **asked, includePermissionsForView="published")["permissions"]
    assert told[1:] == [{"type": "anyone", "view": "published"}]


def metadata_may_be_read_but_nothing_shared(at: Desk) -> None:
    at.join("writer", scopes=METADATA)
    assert at.ask("GET", f"{at.file}/permissions").status == 200
    assert at.ask("GET", f"{at.file}/revisions").status == 200
    assert _share(at, type="user", role="reader", emailAddress=HEAD) == 403
    assert at.ask("PATCH", at.file, {"trashed": True}).status == 403
    assert at.ask("GET", at.sheets).status == 403
    assert len(at.given("GET", f"{at.file}/permissions")["permissions"]) == 2


def a_revision_says_that_it_is_published(at: Desk) -> None:
    asked = {"fields": "revisions(id,published,publishAuto,publishedOutsideDomain)"}
    told = at.given("GET", f"{at.file}/revisions", **asked)["revisions"]
    assert not any(one.get("published") for one in told)
    at.google.publish(at.book)
    told = at.given("GET", f"{at.file}/revisions", **asked)["revisions"]
    assert any(one.get("published") and one.get("publishAuto") for one in told)
    people = at.given("GET", f"{at.file}/permissions", fields="permissions(type)")["permissions"]
    assert people == [{"type": "user"}], "no permission tells it"
    at.google.unpublish(at.book)
    told = at.given("GET", f"{at.file}/revisions", **asked)["revisions"]
    assert not any(one.get("published") for one in told)


def revisions_come_in_pages(at: Desk) -> None:
    at.google.books[at.book].revisions = 205
    first = at.given("GET", f"{at.file}/revisions", fields="nextPageToken,revisions(id)")
    assert len(first["revisions"]) == 200
    rest = at.given("GET", f"{at.file}/revisions", fields="revisions(id)", pageToken=first["nextPageToken"])
    assert len({one["id"] for page in (first, rest) for one in page["revisions"]}) == 205


def a_reader_sees_no_revisions(at: Desk) -> None:
    at.join("reader")
    assert at.ask("GET", f"{at.file}/revisions").status == 403
    at.join("writer")
    assert at.ask("GET", f"{at.file}/revisions").status == 200


def a_reader_lists_no_permissions(at: Desk) -> None:
    for role in ("reader", "commenter"):
        at.join(role)
        assert at.ask("GET", f"{at.file}/permissions").status == 403
    at.join("writer")
    assert at.ask("GET", f"{at.file}/permissions").status == 200


def a_file_in_a_shared_drive_is_found_by_those_who_know_such(at: Desk) -> None:
    _in_shared_drive(at)
    for where in (at.file, f"{at.file}/permissions"):
        answer = at.ask("GET", where)
        assert (answer.status, answer.words) == (404, f"File not found: {at.book}.")
        assert at.ask("GET", where, supportsAllDrives="true").status == 200
    assert at.ask("GET", f"{at.file}/revisions").status == 200, "which takes no such word"
    assert at.ask("GET", at.sheets).status == 200


def a_permission_of_the_shared_drive_says_that_it_is_inherited(at: Desk) -> None:
    _in_shared_drive(at)
    at.google.share(at.book, HEAD, "reader")
    asked = {"supportsAllDrives": "true", "fields": "permissions(emailAddress,permissionDetails(inherited))"}
    told = at.given("GET", f"{at.file}/permissions", **asked)["permissions"]
    inherited = {one["emailAddress"]: [each["inherited"] for each in one.get("permissionDetails", [])] for one in told}
    assert inherited[OWNER] == [True]
    assert not any(inherited[HEAD])


def readers_cannot_copy_a_restricted_file(at: Desk) -> None:
    mask = "copyRequiresWriterPermission,capabilities(canCopy)"
    at.given("PATCH", at.file, {"copyRequiresWriterPermission": True})
    for role, may in (("reader", False), ("commenter", False), ("writer", True)):
        at.join(role)
        told = at.given("GET", at.file, fields=mask)
        assert told == {"copyRequiresWriterPermission": True, "capabilities": {"canCopy": may}}


def a_writer_shares_unless_the_file_says_no(at: Desk) -> None:
    user = {"type": "user", "role": "reader", "emailAddress": HEAD}
    mask = "capabilities(canShare)"
    at.given("PATCH", at.file, {"writersCanShare": True})
    at.join("writer", scopes=DRIVE)
    assert (at.given("GET", at.file, fields=mask), _share(at, **user)) == ({"capabilities": {"canShare": True}}, 200)
    at.google.books[at.book].settings["writersCanShare"] = False
    assert (at.given("GET", at.file, fields=mask), _share(at, **user)) == ({"capabilities": {"canShare": False}}, 403)


def a_group_has_one_permission(at: Desk) -> None:
    at.google.group("slt@larkfield.example", HEAD, "deputy@larkfield.example")
    at.google.share(at.book, "slt@larkfield.example", "writer", type="group")
    told = at.given("GET", f"{at.file}/permissions", fields="permissions(type,emailAddress)")["permissions"]
    assert told[1:] == [{"type": "group", "emailAddress": "slt@larkfield.example"}]
    at.join("", email=HEAD)
    assert at.write("A1", [["by a member"]]).status == 200
