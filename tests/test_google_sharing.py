"""Before each write: nobody may have access who is not on the school's list, and what is not understood is not safe."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.google_emulator import Google, answer, before, serve, status
from tests.google_line import line

from halfday_sync.errors import Exit, HalfdayError, SafetyError, SettingsError, UnreachableError
from halfday_sync.sheets.access import FileState, Listed, file_state, page, permission
from halfday_sync.sheets.asking import Line
from halfday_sync.sheets.connecting import Key, key
from halfday_sync.sheets.sharing import FRESH, PAGES, ROLES, Allowed, Gate, check, of_permission, problems

NOW = datetime(2026, 3, 2, 6, 15, tzinfo=UTC)
ACCOUNT = "halfday@larkfield-mirror.iam.gserviceaccount.com"
HEAD, IT, SLT = "head@larkfield.example", "it@larkfield.example", "slt@larkfield.example"
LIST = Allowed(
    ACCOUNT,
    ("larkfield.example",),
    {HEAD: "commenter", IT: "owner", "Deputy@Larkfield.example": "writer"},
    {SLT: "reader"},
)
FILE = {
    "id": "1aB",
    "name": "SLT copy",
    "mimeType": "application/vnd.google-apps.spreadsheet",
    "trashed": False,
    "copyRequiresWriterPermission": True,
    "version": "7",
    "modifiedTime": "2026-03-01T07:00:00.000Z",
    "capabilities": {"canEdit": True},
}


def entry(address: str = HEAD, role: str = "commenter", kind: str = "user", **more: object) -> dict[str, object]:
    return {"id": "17", "type": kind, "role": role, "emailAddress": address, "deleted": False, **more}


OURS = entry(ACCOUNT, "writer")
REVISION = {"id": "1", "published": False, "publishAuto": False, "publishedOutsideDomain": False}
UNPUBLISHED = Listed((REVISION,))


def judged(
    *permissions: Mapping[str, object],
    file: Mapping[str, object] | None = None,
    revisions: Listed | None = UNPUBLISHED,
    allowed: Allowed = LIST,
) -> tuple[str, ...]:
    return problems(file_state({**FILE, **(file or {})}, Listed((OURS, *permissions)), revisions), allowed, NOW)


def one(told: Mapping[str, object], allowed: Allowed = LIST) -> list[str]:
    return list(of_permission(permission(told), allowed, NOW))


# who is on the list


def test_what_is_exactly_on_the_list_is_safe() -> None:
    assert judged(entry(), entry(IT, "owner"), entry(SLT, "reader", "group")) == ()


def test_a_person_on_the_list_who_has_no_access_is_in_order() -> None:
    assert judged() == ()


def test_addresses_are_the_same_in_small_and_capital_letters() -> None:
    assert judged(entry("HEAD@Larkfield.EXAMPLE"), entry("deputy@larkfield.example", "writer")) == ()
    assert problems(file_state(FILE, Listed((entry(ACCOUNT.upper(), "writer"),)), UNPUBLISHED), LIST, NOW) == ()


def test_access_that_comes_from_a_shared_drive_counts_the_same() -> None:
    inherited = {"permissionType": "member", "role": "commenter", "inheritedFrom": "0AB", "inherited": True}
    assert judged(entry(permissionDetails=[inherited])) == ()
    assert "x@larkfield.example is not on" in judged(entry("x@larkfield.example", permissionDetails=[inherited]))[0]
    (fault,) = judged(entry(permissionDetails=[{**inherited, "role": "organizer"}]))
    assert "head@larkfield.example has more access by another way" in fault


REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "anyone": (
        {"id": "anyoneWithLink", "type": "anyone", "role": "reader", "allowFileDiscovery": False},
        "Anyone with the link can open the file: in Share, set General access to Restricted.",
    ),
    "anyone, named": (entry(kind="anyone"), "Anyone with the link can open the file"),
    "a domain": (
        {"id": "k", "type": "domain", "role": "reader", "domain": "larkfield.example"},
        "Everybody at larkfield.example can open the file: in Share, set General access to Restricted.",
    ),
    "a domain without a name": ({"type": "domain", "role": "reader"}, "Everybody at a domain can open"),
    "somebody else": (
        entry("guest@larkfield.example"),
        "guest@larkfield.example is not on the school's list: remove it",
    ),
    "a person as a group": (entry(kind="group"), "head@larkfield.example is not on the school's list"),
    "a group as a person": (entry(SLT, "reader"), "slt@larkfield.example is not on the school's list"),
    "another group": (entry("all@larkfield.example", "reader", "group"), "all@larkfield.example is not on"),
    "more than agreed": (entry(role="writer"), "head@larkfield.example is Editor, but should be Commenter"),
    "less than agreed": (entry(role="reader"), "head@larkfield.example is Viewer, but should be Commenter"),
    "our account as owner": (entry(ACCOUNT, "owner"), "is Owner, but should be Editor or Content manager"),
    "our account as a group": (entry(ACCOUNT, "writer", "group"), "is not on the school's list"),
    "an unknown role": (entry(role="approver"), "has access of a kind that Halfday does not know"),
    "no role": (entry(role=""), "has access of a kind that Halfday does not know"),
    "a role that is none": (entry() | {"role": ["commenter"]}, "does not know (role)"),
    "an unknown type": (entry(kind="robot"), "A kind of access that Halfday does not know is on the list"),
    "no type": ({"role": "reader"}, "A kind of access that Halfday does not know is on the list"),
    "nothing": ({}, "A kind of access that Halfday does not know is on the list"),
    "no address": ({"type": "user", "role": "reader"}, "a user without an address is not on the school's list"),
    "a deleted account": (
        entry(deleted=True),
        "head@larkfield.example was deleted but is still on the list: remove it",
    ),
    "perhaps deleted": (entry(deleted="no"), "was deleted but is still on the list"),
    "a coming owner": (entry(pendingOwner=True), "is asked to become the owner"),
    "a published view": (entry(view="published"), "has access through a view of its own"),
    "another view": (entry(view="metadata"), "has access through a view of its own"),
    "to be found": (entry(allowFileDiscovery=True), "finds the file by searching"),
    "run out": (entry(expirationTime="2026-03-02T06:15:00.000Z"), "has run out but is still on the list"),
    "running out in no time": (entry(expirationTime="soon"), "does not know (expirationTime)"),
    "running out somewhere": (entry(expirationTime="2027-01-01T00:00:00"), "does not know (expirationTime)"),
    "running out as a number": (entry(expirationTime=1), "does not know (expirationTime)"),
    "a new property": (entry(canDoAnything=True), "does not know (canDoAnything)"),
    "a property with a name of no sense": (entry() | {"\n- all is well": 1}, "does not know (a name of no sense)"),
    "details that are none": (entry(permissionDetails=["x"]), "does not know (permissionDetails)"),
    "no details": (entry(permissionDetails=None), "does not know (permissionDetails)"),
    "an unknown detail": (entry(permissionDetails=[{"role": "reader", "via": "x"}]), "does not know (via)"),
    "an unknown role in details": (entry(permissionDetails=[{"role": "boss"}]), "more access by another way"),
    "another domain than said": (entry(domain="evil.example"), "is of another domain than its address says"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_on_the_list_is_named_with_what_to_do(case: str) -> None:
    told, words = REFUSED[case]
    faults = one(told)
    assert any(words in fault for fault in faults), faults
    assert judged(told) == tuple(faults)
    assert all("Share" in fault or "remove it" in fault or "tell us" in fault for fault in faults)
    assert not [fault for fault in faults if "\n" in fault]


def test_access_that_ends_later_is_in_order() -> None:
    assert judged(entry(expirationTime="2026-03-02T06:15:00.001Z")) == ()


LOOK_ALIKES = (
    "head@larkfield.example.evil.example",
    "head@evil-larkfield.example",
    "head@sub.larkfield.example",
    "head@larkfield.example ",
    " head@larkfield.example",
    "head@larkfield.example.",
    "head@larkfield.exampl\N{CYRILLIC SMALL LETTER IE}",
    "head@lar\N{KELVIN SIGN}field.example",
    "head@larkfield.example\n",
    "head@larkfield.example\0",
    "head@evil.example@larkfield.example",
    "head%evil.example@larkfield.example",
    "head+x@larkfield.example",
    "h.ead@larkfield.example",
    "@larkfield.example",
    "head",
    "",
    "\N{FULLWIDTH LATIN SMALL LETTER H}ead@larkfield.example",
)


@pytest.mark.parametrize("address", LOOK_ALIKES, ids=range(len(LOOK_ALIKES)))
def test_an_address_that_only_looks_like_one_of_the_list_is_not_on_it(address: str) -> None:
    (fault, *_) = one(entry(address))
    assert "is not on the school's list" in fault
    assert fault.isascii()


def test_an_address_of_another_domain_is_refused_even_where_the_list_has_it() -> None:
    loose = replace(
        LIST, people={"head@gmail.example": "reader", "head@": "reader"}, groups={"all@gmail.example": "reader"}
    )
    for told in (
        entry("head@gmail.example", "reader"),
        entry("all@gmail.example", "reader", "group"),
        entry("head@", "reader"),
    ):
        assert "is not on the school's list" in one(told, loose)[0]
    assert one(entry("head@gmail.example", "reader"), replace(loose, domains=("GMAIL.example",))) == []
    assert one(entry("head@gmail.example", "reader"), replace(loose, domains=()))
    twice = "head@gmail.example@larkfield.example"
    assert "is not on the school's list" in one(entry(twice, "reader"), replace(LIST, people={twice: "reader"}))[0]


TEXTS = st.text(max_size=12) | st.sampled_from(
    [*ROLES, "user", "group", "anyone", "domain", HEAD, IT, SLT, ACCOUNT, ""]
)
VALUES = TEXTS | st.none() | st.booleans() | st.integers() | st.lists(TEXTS, max_size=2)
NAMES = st.sampled_from(
    ["type", "role", "emailAddress", "domain", "view", "deleted", "pendingOwner", "expirationTime", "permissionDetails"]
)
EXACTLY = {("user", HEAD, "commenter"), ("user", IT, "owner"), ("user", "deputy@larkfield.example", "writer")} | {
    ("group", SLT, "reader"),
    ("user", ACCOUNT, "writer"),
    ("user", ACCOUNT, "fileOrganizer"),
}


@given(st.dictionaries(NAMES | st.text(max_size=8), VALUES, max_size=9))
def test_whatever_is_not_exactly_on_the_list_is_refused(told: dict[str, object]) -> None:
    who = (str(told.get("type")), str(told.get("emailAddress")).lower(), str(told.get("role")))
    harmless = {"id", "kind", "displayName", "photoLink", "type", "role", "emailAddress"}
    plain = all(name in harmless or value is False or (name, value) == ("view", "") for name, value in told.items())
    faults = judged(told)
    if who not in EXACTLY:
        assert faults
    if not faults:
        assert who in EXACTLY
        assert plain or told.get("domain") in ("", "larkfield.example") or told.get("permissionDetails") == []


@given(
    st.sampled_from(sorted(EXACTLY)), st.sampled_from([*ROLES]), st.sampled_from(["user", "group", "domain", "anyone"])
)
def test_of_all_roles_and_kinds_only_the_agreed_one_is_safe(who: tuple[str, str, str], role: str, kind: str) -> None:
    assert (not judged(entry(who[1], role, kind))) == ((kind, who[1], role) in EXACTLY)


# the list itself


def test_a_list_that_was_not_read_whole_is_not_safe() -> None:
    for permissions in (None, Listed()):
        (fault,) = problems(file_state(FILE, permissions, UNPUBLISHED), LIST, NOW)
        assert "does not let Halfday's account see who has access" in fault
    (fault,) = problems(file_state(FILE, Listed((OURS,), ("a page of permissions",)), UNPUBLISHED), LIST, NOW)
    assert "Halfday does not know: a page of permissions" in fault


def test_a_list_without_our_own_account_is_not_safe() -> None:
    (fault,) = problems(file_state(FILE, Listed((entry(),)), UNPUBLISHED), LIST, NOW)
    assert f"share the file with {ACCOUNT}" in fault


@pytest.mark.parametrize(
    "told",
    [{}, {"permissions": None}, {"permissions": {}}, {"permissions": [1]}, {"permissions": [], "nextPageToken": 5}],
    ids=range(5),
)
def test_a_page_that_is_none_is_odd(told: dict[str, object]) -> None:
    listed, token = page(told, "permissions")
    assert (listed.odd, token) == (("a page of permissions",), "")


def test_a_page_with_something_more_on_it_is_odd() -> None:
    assert page({"permissions": [], "more": 1}, "permissions")[0].odd == ("more",)


# the file


FILES: dict[str, tuple[dict[str, object], str]] = {
    "in the bin": ({"trashed": True}, "The file is in the bin: restore it"),
    "perhaps in the bin": ({"trashed": None}, "The file is in the bin"),
    "copies": ({"copyRequiresWriterPermission": False}, "can download, print and copy"),
    "perhaps copies": ({"copyRequiresWriterPermission": None}, "can download, print and copy"),
    "no editing": ({"capabilities": {"canEdit": False}}, "may not edit the file"),
    "no capabilities": ({"capabilities": None}, "may not edit the file"),
    "an Excel file": ({"mimeType": "application/vnd.ms-excel"}, "not a Google Sheet"),
    "a strange name": ({"name": 5}, "does not know: the file's name"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_not_as_it_must_be_is_not_safe(case: str) -> None:
    change, words = FILES[case]
    assert words in "\n".join(judged(file=change))


def test_copying_may_be_allowed() -> None:
    for said in (True, False):
        assert judged(file={"copyRequiresWriterPermission": said}, allowed=replace(LIST, may_copy=True)) == ()


@pytest.mark.parametrize("flag", ["published", "publishAuto", "publishedOutsideDomain", "publishedLink"])
@pytest.mark.parametrize("value", [True, "yes", 1])
def test_a_published_file_is_not_safe_whatever_is_noted(flag: str, value: object) -> None:
    for blocked in (False, True):
        allowed = replace(LIST, publishing_blocked=blocked)
        faults = judged(revisions=Listed((REVISION, {"id": "0", flag: value}, REVISION)), allowed=allowed)
        assert any(
            "published to the web: in File, Share, Publish to web, choose Stop publishing" in one for one in faults
        )


def test_a_revision_with_something_unheard_of_is_not_safe() -> None:
    (fault,) = judged(revisions=Listed(({**REVISION, "publishedElsewhere": True},)))
    assert "a revision's publishedElsewhere" in fault


def test_whether_a_file_is_published_is_seen_or_a_person_has_made_sure() -> None:
    (fault,) = judged(revisions=None)
    assert "IT blocks publishing in the admin console" in fault
    assert judged(revisions=None, allowed=replace(LIST, publishing_blocked=True)) == ()
    for blocked in (False, True):
        (fault,) = judged(revisions=Listed(), allowed=replace(LIST, publishing_blocked=blocked))
        assert "did not say whether the file is published" in fault


def test_every_fault_is_told_at_once() -> None:
    several = [REFUSED[case][0] for case in ("anyone", "a domain", "somebody else", "more than agreed")]
    assert len(judged(*several, file={"copyRequiresWriterPermission": False})) == 5


@given(st.dictionaries(st.sampled_from([*FILE, "driveId", "writersCanShare"]), VALUES | st.dictionaries(TEXTS, VALUES)))
def test_whatever_is_said_about_a_file_is_judged_without_a_fault(told: dict[str, object]) -> None:
    state = file_state(told, Listed((OURS,)), UNPUBLISHED)
    assert isinstance(state, FileState)
    if told.get("trashed") is not False or told.get("copyRequiresWriterPermission") is not True:
        assert problems(state, LIST, NOW)


# asked of Google


@dataclass
class Asked:
    """A file at a made-up Google, shared as it should be."""

    google: Google
    book: str
    key: Key
    base: str = ""
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    def line(self) -> Line:
        return Line(self.key, wait=self.waits.append, now=NOW, ticks=lambda: self.seconds)

    def urls(self) -> list[str]:
        return [f"{call.method} {call.url.partition('?')[0]}" for call in self.google.calls if call.url != "/token"]


@contextmanager
def asked(drive: str = "") -> Iterator[Asked]:
    google = Google()
    book = google.make("SLT copy", IT, drive=drive)
    made = key(json.dumps(google.account(ACCOUNT)))
    google.share(book, ACCOUNT, "fileOrganizer" if drive else "writer")
    google.share(book, HEAD, "commenter")
    google.books[book].settings["copyRequiresWriterPermission"] = True
    with serve(google) as base, line(base):
        yield Asked(google, book, made, base)


IN_DRIVE = replace(LIST, people={**LIST.people, IT: "organizer"})


def refused(at: Asked, allowed: Allowed = LIST) -> SafetyError:
    with at.line() as to_google, pytest.raises(SafetyError) as stop:
        check(to_google, at.book, allowed, NOW)
    assert stop.value.code is Exit.SAFETY
    assert "nothing was written" in stop.value.text()
    return stop.value


def test_a_look_is_one_call() -> None:
    for drive, allowed in (("", LIST), ("0ABdrive", IN_DRIVE)):
        with asked(drive) as at, at.line() as to_google:
            at.seconds = 40.0
            shared = check(to_google, at.book, allowed, NOW)
            assert (shared.sheet_id, shared.at, shared.file.name, shared.file.drive_id) == (
                at.book,
                40.0,
                "SLT copy",
                drive,
            )
            assert at.urls() == ["POST /batch/drive/v3"]


HAPPENED: dict[str, tuple[Any, str]] = {
    "a link": (lambda at: at.google.share(at.book, "", "reader", type="anyone"), "Anyone with the link"),
    "a domain": (lambda at: at.google.share(at.book, "larkfield.example", "reader", type="domain"), "Everybody at"),
    "a stranger": (lambda at: at.google.share(at.book, "x@gmail.example", "reader"), "x@gmail.example is not on"),
    "a group": (lambda at: at.google.share(at.book, SLT, "writer", type="group"), "slt@larkfield.example is Editor"),
    "more rights": (lambda at: at.google.share(at.book, HEAD, "writer"), "is Editor, but should be Commenter"),
    "published": (lambda at: at.google.publish(at.book), "published to the web"),
    "the bin": (lambda at: at.google.trash(at.book), "The file is in the bin"),
    "a published view": (
        lambda at: at.google.share(at.book, HEAD, "commenter", view="published"),
        "has access through a view of its own",
    ),
    "less for us": (lambda at: at.google.share(at.book, ACCOUNT, "commenter"), "may not edit the file"),
}


@pytest.mark.parametrize("case", HAPPENED)
def test_what_people_do_in_google_is_seen_before_anything_is_written(case: str) -> None:
    act, words = HAPPENED[case]
    with asked() as at:
        act(at)
        assert words in refused(at).text()


def test_a_list_of_many_pages_is_read_to_its_end() -> None:
    with asked() as at:
        several = {f"teacher{number:03}@larkfield.example": "reader" for number in range(250)}
        for address, role in several.items():
            at.google.share(at.book, address, role)
        allowed = replace(LIST, people={**LIST.people, **several})
        with at.line() as to_google:
            check(to_google, at.book, allowed, NOW)
        assert at.urls() == ["POST /batch/drive/v3", *[f"GET /drive/v3/files/{at.book}/permissions"] * 2]
        at.google.share(at.book, "last@gmail.example", "reader")
        (fault,) = refused(at, allowed).problems
        assert "last@gmail.example" in fault


def test_a_page_that_does_not_come_is_not_safe() -> None:
    with asked() as at:
        for number in range(150):
            at.google.share(at.book, f"teacher{number:03}@larkfield.example", "reader")
        at.google.fail("pageToken=", status(403, reason="insufficientFilePermissions"))
        assert "a page of permissions" in refused(at).text()


def test_without_the_right_to_see_revisions_a_person_must_have_made_sure() -> None:
    with asked() as at:
        at.google.fail("/revisions", status(403, reason="insufficientFilePermissions"), times=2)
        assert "IT blocks publishing" in refused(at).text()
        with at.line() as to_google:
            assert check(to_google, at.book, replace(LIST, publishing_blocked=True), NOW).file.revisions is None


def test_trouble_with_revisions_is_no_refusal() -> None:
    """What a person has noted counts only where Google says no; a list that breaks off may hide what is published."""
    noted = replace(LIST, publishing_blocked=True)
    with asked() as at:
        at.google.fail("/revisions", answer(b"[]"))
        assert "a page of revisions" in refused(at, noted).text()
        at.google.fail("/revisions", status(501))
        assert "a page of revisions" in refused(at, noted).text()
        many = b'{"revisions": [{"id": "1", "published": false}], "nextPageToken": "2"}'
        at.google.fail("/revisions", answer(many))
        at.google.fail("pageToken=2", status(403, reason="insufficientFilePermissions"))
        assert "a page of revisions" in refused(at, noted).text()


def test_a_list_without_an_end_is_not_safe() -> None:
    with asked() as at:
        more = {"permissions": [OURS], "nextPageToken": "again"}
        at.google.checked = False
        at.google.fail("/permissions", answer(json.dumps(more).encode()), times=1000)
        assert "an endless list of permissions" in refused(at).text()
        assert len(at.urls()) == PAGES + 1


@pytest.mark.parametrize(
    ("act", "kind", "words"),
    [
        (lambda at: at.google.unshare(at.book, ACCOUNT), HalfdayError, f"Perhaps it is not shared with {ACCOUNT}"),
        (lambda at: at.google.delete(at.book), HalfdayError, "does not find the Google Sheet (404)"),
        (lambda at: at.google.revoke(ACCOUNT), SettingsError, "does not accept the key"),
        (
            lambda at: at.google.fail("POST /batch", status(503, html=True), times=5),
            UnreachableError,
            "trouble of its own",
        ),
    ],
    ids=["not shared any more", "gone", "key revoked", "busy"],
)
def test_a_file_out_of_reach_is_told_as_such(act: Any, kind: type[HalfdayError], words: str) -> None:
    with asked() as at:
        act(at)
        with at.line() as to_google, pytest.raises(kind) as stop:
            check(to_google, at.book, LIST, NOW)
        assert words in stop.value.what
        assert not isinstance(stop.value, SafetyError)


def test_an_answer_about_another_file_is_not_safe() -> None:
    with asked() as at:
        held = at.google.books[at.book]
        at.google.books["another-id"] = held
        with at.line() as to_google, pytest.raises(SafetyError, match="about another file"):
            check(to_google, "another-id", LIST, NOW)


# the gate


CELL = {
    "updateCells": {
        "start": {"sheetId": 0, "rowIndex": 0, "columnIndex": 0},
        "rows": [{"values": [{"userEnteredValue": {"stringValue": "=1+1"}}]}],
        "fields": "userEnteredValue",
    }
}


def test_a_change_is_let_through_just_after_a_look_and_only_then() -> None:
    with asked() as at, at.line() as to_google:
        gate = Gate(to_google, at.book, LIST, NOW)
        gate.look()
        to_google.change(at.book, [CELL], gate.fresh)
        assert len(at.urls()) == 2
        at.seconds = FRESH + 1
        to_google.change(at.book, [CELL], gate.fresh)
        assert at.urls()[2:] == ["POST /batch/drive/v3", f"POST /v4/spreadsheets/{at.book}:batchUpdate"]
        at.seconds = 0.0  # a clock that went back says nothing
        to_google.change(at.book, [CELL], gate.fresh)
        assert len(at.urls()) == 6
        assert at.google.cell(at.book, "Sheet1", 0, 0) == "=1+1"


def test_a_look_that_found_something_shuts_the_gate_however_good_the_one_before_was() -> None:
    with asked() as at, at.line() as to_google:
        gate = Gate(to_google, at.book, LIST, NOW)
        gate.look()
        at.google.share(at.book, "", "reader", type="anyone")
        for shut in (gate.look, gate.fresh, lambda: to_google.change(at.book, [CELL], gate.fresh)):
            with pytest.raises(SafetyError, match="Anyone with the link"):
                shut()
        assert at.google.cell(at.book, "Sheet1", 0, 0) is None


def test_after_a_pause_the_gate_looks_again_and_may_stay_shut() -> None:
    """Google asks for a pause; meanwhile somebody shares the file."""
    with asked() as at, at.line() as to_google:
        gate = Gate(to_google, at.book, LIST, NOW)
        gate.look()

        def meanwhile(seconds: float) -> None:
            at.seconds += seconds + FRESH
            at.google.share(at.book, "", "reader", type="anyone")

        to_google._wait = meanwhile
        at.google.fail(":batchUpdate", status(429, retry_after=7))
        with pytest.raises(SafetyError, match="Anyone with the link"):
            to_google.change(at.book, [CELL], gate.fresh)
        with pytest.raises(SafetyError, match="Anyone with the link"):
            to_google.change(at.book, [CELL], gate.fresh)
        assert at.google.cell(at.book, "Sheet1", 0, 0) is None


def test_what_happens_during_a_change_is_seen_by_the_next_look() -> None:
    with asked() as at, at.line() as to_google:
        gate = Gate(to_google, at.book, LIST, NOW)
        gate.look()
        share = before(lambda: at.google.share(at.book, "x@gmail.example", "reader"))
        at.google.fail(":batchUpdate", share)
        to_google.change(at.book, [CELL], gate.fresh)
        with pytest.raises(SafetyError, match="is not on the school's list"):
            gate.look()
