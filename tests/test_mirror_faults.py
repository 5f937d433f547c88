"""Whatever people, Google or the network do to the copy: nothing of people's is lost, and a plain sentence says it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from signal import SIGKILL

import pytest
from tests.google_emulator import Fault, answer, before, drop_after, drop_before, status
from tests.google_school import ACCOUNT, HEAD
from tests.mirror_desk import CELLS, CHANGE, WHO, Desk, Kept
from tests.mirror_process import Doomed
from tests.mirror_school import TRACKER, Copied

from halfday_sync.errors import Exit
from halfday_sync.mirroring.design import design

STRANGER = "nosy@elsewhere.example"
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
NAMES = re.compile(r"(Sur|Fore)[A-Z]\d\d")
NOT = "The Google copy was not brought up to date. "
DAY = "Wednesday 15 October"
ALL_THERE = {"P01", "P02", "P03", "P04", "P05", "P06", "P07", "P08"}


@pytest.fixture
def desk(kept_copy: Kept) -> Iterator[Desk]:
    """A copy with an answer, a note and a colour of SLT's, one of their own columns, and one of their own tabs."""
    desk = kept_copy.back()
    desk.answer("P02", "Meet the family")
    desk.head.note(TRACKER, *desk.copied.place("P02", "comment"), "rang the aunt")
    desk.owner.colour(TRACKER, *desk.copied.place("P02", "surname"), "ff8800")
    desk.owner.add_tab("Our own")
    desk.owner.type("Our own", 0, 0, "Minutes")
    yield desk
    assert not NAMES.search(desk.log())
    assert not ADDRESS.search(desk.log()), "people's addresses are on Today and in 'halfday mirror check'"


def is_right(desk: Desk) -> None:
    """The tracker is of today, the copy shows it, and what SLT made is beside its pupil."""
    made = desk.copied
    assert DAY in desk.today()
    rows = made.rows(next(tab for tab in made.google.tabs(made.book) if _is_tracker(made, tab)))
    assert set(rows) >= ALL_THERE
    for pupil_id in ALL_THERE:
        assert (rows[pupil_id]["surname"], rows[pupil_id]["forename"]) == (f"Sur{pupil_id}", f"Fore{pupil_id}")
    assert rows["P02"]["agreed"] == desk.action("P02") == "Meet the family"
    assert "Marks up to Tue 14 Oct" in str(made.google.text(made.book, "Summary"))
    assert made.google.cell(made.book, "Our own", 0, 0) == "Minutes"


def _is_tracker(made: Copied, tab: str) -> bool:
    return any("halfday:tracker" in row for row in made.google.text(made.book, tab)) and "Copy of" not in tab


def still_theirs(desk: Desk, tab: str = TRACKER) -> None:
    """SLT's note and colour are in the row and column in which they were made."""
    made = desk.copied
    assert made.google.note_at(made.book, tab, *made.place("P02", "comment", tab)) == "rang the aunt"
    colour = made.google.colour_at(made.book, tab, *made.place("P02", "surname", tab))
    assert colour
    assert round(colour["red"], 2) == 1.0


def calm(desk: Desk) -> None:
    """What was told once is not told for ever: soon there is nothing to write."""
    for _ in range(2):
        assert desk.copied.run("mirror", "sync") == 0, desk.copied.said
    assert desk.copied.calls == ["POST who has access", "GET cells"]
    assert not NAMES.search(desk.copied.said)


# --- What people do in the sheet, and Halfday goes on -----------------------------------------------------------------


def sort(desk: Desk) -> None:
    desk.owner.sort(TRACKER, 1, descending=True)


def rename(desk: Desk) -> None:
    desk.owner.rename(TRACKER, "Our children's list")


def hide(desk: Desk) -> None:
    desk.owner.hide_column(TRACKER, 5)
    desk.owner.hide_rows(TRACKER, 4, 2)
    desk.owner.hide_tab("Statutory")


def filter_(desk: Desk) -> None:
    desk.owner.filter(TRACKER, 4, ["Ash"])
    desk.owner.filter_view(TRACKER, "Mine")


def insert_rows(desk: Desk) -> None:
    desk.owner.insert_rows(TRACKER, 5, 3)
    desk.owner.type(TRACKER, 6, 1, "our own words")
    desk.owner.insert_rows(TRACKER, 0)
    desk.owner.insert_rows("Summary", 1, 2)


def insert_columns(desk: Desk) -> None:
    desk.owner.insert_columns(TRACKER, 3, 2)
    desk.owner.type(TRACKER, 2, 3, "Our own")
    desk.owner.type(TRACKER, 4, 3, "seen")
    desk.owner.insert_columns(TRACKER, 0)
    desk.owner.insert_columns("Summary", 0, 2)


def move_columns(desk: Desk) -> None:
    row, column = desk.copied.place("P02", "agreed")
    del row
    desk.owner.move_column(TRACKER, column, 1)
    desk.owner.move_column(TRACKER, 5, 9)
    desk.owner.move_tab(TRACKER, 0)


def delete_agent_column(desk: Desk) -> None:
    desk.owner.delete_columns(TRACKER, desk.copied.place("P02", "class")[1])


def delete_slt_column(desk: Desk) -> None:
    assert desk.copied.run() == 0
    desk.owner.delete_columns(TRACKER, desk.copied.place("P02", "agreed")[1])


def copy_tab(desk: Desk) -> None:
    content = desk.google.books[desk.book].content
    twin = desk.google.sheet(desk.book, TRACKER).copy()
    twin.properties |= {"sheetId": 4711, "title": "Copy of Tracker"}
    twin.protections, twin.charts, twin.filter_views = [], [], []
    content.sheets.append(twin)
    content.reindex()


def empty_key(desk: Desk) -> None:
    desk.owner.clear(TRACKER, desk.copied.place("P02", "agreed")[0], 0)


def copy_row(desk: Desk) -> None:
    row = desk.copied.place("P03", "agreed")[0]
    desk.owner.insert_rows(TRACKER, row + 1)
    sheet = desk.google.sheet(desk.book, TRACKER)
    for column in range(sheet.columns):
        sheet.put(row + 1, column, sheet.at(row, column))


def overwrite(desk: Desk) -> None:
    desk.owner.type(TRACKER, *desk.copied.place("P03", "surname"), "=1+1")
    desk.owner.clear(TRACKER, *desk.copied.place("P04", "forename"))


def unprotect(desk: Desk) -> None:
    desk.owner.unprotect(TRACKER)


def delete_row(desk: Desk) -> None:
    desk.owner.delete_rows(TRACKER, desk.copied.place("P05", "agreed")[0])


GOES_ON: dict[Callable[[Desk], None], str] = {
    sort: "",
    rename: "",
    hide: "",
    filter_: "",
    insert_rows: "",
    insert_columns: "",
    move_columns: "",
    delete_agent_column: "Tracker: the column “Class” was deleted in the sheet and has been put back.",
    delete_slt_column: "Tracker: the column “Agreed action” was deleted in the sheet and has been put back.",
    copy_tab: "",
    empty_key: "Tracker: 1 row had lost its hidden key and has it again.",
    copy_row: "Tracker: row 6 is a copy of another row and is not kept up to date. Delete it once nobody needs it.",
    overwrite: "2 cells that belong to Halfday were changed in the sheet and have been put back.",
    unprotect: "Tracker: the protection was missing and has been put back.",
    delete_row: "",
}


@pytest.mark.parametrize("act", GOES_ON, ids=lambda act: act.__name__)
def test_what_people_do_in_the_sheet_is_put_right_beside_their_words_and_told(
    act: Callable[[Desk], None], desk: Desk
) -> None:
    act(desk)
    assert desk.copied.morning("here") == 0
    assert desk.copied.calls == ["POST who has access", "GET cells", "POST changes"]
    told = [*desk.copied.lines, *(words for row in desk.google.text(desk.book, "Data health") for words in row)]
    if act is empty_key:  # it could not know yet whose answer it was
        assert desk.copied.run() == 0
    tab = "Our children's list" if act is rename else TRACKER
    is_right(desk)
    still_theirs(desk, tab)
    if GOES_ON[act]:
        assert told.count(GOES_ON[act]) == 2, "in the run's lines, and for SLT"
    else:
        assert desk.copied.lines[-1].startswith("The Google copy was brought up to date: ")
    calm(desk)
    is_right(desk)
    still_theirs(desk, tab)


def test_their_own_rows_columns_filters_and_hidden_ones_stay(desk: Desk) -> None:
    insert_columns(desk)
    desk.owner.filter(TRACKER, 5, ["SurP02"])
    place = next(at for at, cell in desk.google.sheet(desk.book, TRACKER).cells.items() if cell.value == "seen")
    key = desk.google.cell(desk.book, TRACKER, place[0], 1)
    sort(desk)
    desk.owner.hide_column(TRACKER, 8)
    assert desk.copied.morning("here") == 0
    sheet = desk.google.sheet(desk.book, TRACKER)
    row, column = next(at for at, cell in sheet.cells.items() if cell.value == "seen")
    assert sheet.at(row, 1).value == key
    assert (
        sheet.at(next(at for at in range(9) if sheet.at(at, 1).value == "halfday:headers"), column).value == "Our own"
    )
    assert sheet.sizes["COLUMNS"][8]["hiddenByUser"]
    assert sheet.basic_filter


def test_an_answer_in_a_copied_row_is_told_and_not_taken_for_the_childs(desk: Desk) -> None:
    copy_row(desk)
    row, column = desk.copied.place("P03", "agreed")
    desk.owner.type(TRACKER, row + 1, column, "in the copy")
    assert desk.copied.morning("here") == 0
    assert desk.action("P03") is None
    assert desk.google.cell(desk.book, TRACKER, row + 1, column) == "in the copy"


# --- Stops ------------------------------------------------------------------------------------------------------------


def refused(desk: Desk, sentence: str, code: Exit, *, today: bool = True, now: str = "") -> None:
    """Not one byte of the sheet changes, the tracker is written all the same, and it is said in plain words.

    Args:
        desk: the school.
        sentence: what happened.
        code: how `halfday mirror sync` and `check` end.
        today: whether it stands on Today: where people must do something.
        now: what to do.
    """
    was = desk.state()
    assert desk.copied.morning("here") == 0
    said = desk.copied.said
    assert desk.state() == was
    assert DAY in desk.today(), "the tracker does not wait for the copy"
    assert NOT in said
    assert (NOT in desk.today()) is today
    if today:
        assert sentence in desk.today()
    assert not NAMES.search(said)
    assert not ADDRESS.search(said), "a run's lines go to the log"
    for verb in ("sync", "check"):
        assert desk.copied.run("mirror", verb) == code, desk.copied.said
        assert not NAMES.search(desk.copied.said)
        assert desk.state() == was
    assert sentence in desk.copied.said
    assert "as it was" in desk.copied.said or "Nothing was written" in desk.copied.said
    assert now in desk.copied.said


def anyone(desk: Desk) -> None:
    desk.google.share(desk.book, "", "reader", type="anyone")


def domain(desk: Desk) -> None:
    desk.google.share(desk.book, "larkfield.example", "reader", type="domain")


def stranger(desk: Desk) -> None:
    desk.google.share(desk.book, STRANGER, "reader")


def other_role(desk: Desk) -> None:
    desk.google.share(desk.book, "deputy@larkfield.example", "writer")


def inherited(desk: Desk) -> None:
    details = [{"permissionType": "member", "role": "organizer", "inheritedFrom": "drive", "inherited": True}]
    desk.google.share(desk.book, HEAD, "writer", permissionDetails=details)


def group(desk: Desk) -> None:
    desk.google.share(desk.book, "slt@larkfield.example", "reader", type="group")


def published(desk: Desk) -> None:
    desk.google.publish(desk.book)


def published_view(desk: Desk) -> None:
    desk.google.share(desk.book, HEAD, "reader", view="published")


def copying(desk: Desk) -> None:
    desk.google.books[desk.book].settings["copyRequiresWriterPermission"] = False


def many(desk: Desk) -> None:
    """Over a hundred people: the stranger is on the second page alone."""
    crowd = [f"teacher{number}@larkfield.example" for number in range(104)]
    settings = desk.school.folder / "halfday.toml"
    lines = "".join(f'"{address}" = "reader"\n' for address in crowd)
    settings.write_text(settings.read_text(encoding="utf-8") + lines, encoding="utf-8")
    for address in crowd:
        desk.google.share(desk.book, address, "reader")


def stranger_on_page_two(desk: Desk) -> None:
    many(desk)
    stranger(desk)


def trashed(desk: Desk) -> None:
    desk.google.trash(desk.book)


def deleted_tab(desk: Desk) -> None:
    desk.owner.delete_tab("Statutory")


def lost_marker(desk: Desk) -> None:
    desk.owner.clear(TRACKER, 0, 0)


def restored(desk: Desk) -> None:
    version = desk.google.version(desk.book)
    assert desk.copied.morning("here") == 0
    desk.owner.restore(version)
    desk.school.today -= timedelta(days=1)


def deleted_tabs(desk: Desk) -> None:
    """As in a new, empty sheet in the place of the old one."""
    for tab in design().tabs:
        desk.owner.delete_tab(tab.title)


def other_writer(desk: Desk) -> None:
    desk.owner.type("Summary", 1, 0, "halfday 0.6.0 · 2025-10-14T08:02:11Z · 12345678")


def no_stamp(desk: Desk) -> None:
    desk.owner.clear("Summary", 1, 0)


SHARED: dict[Callable[[Desk], None], str] = {
    anyone: "Anyone with the link can open the file: in Share, set General access to Restricted.",
    domain: "Everybody at larkfield.example can open the file: in Share, set General access to Restricted.",
    stranger: f"{STRANGER} is not on the school's list: remove it in Share",
    other_role: "deputy@larkfield.example is Editor, but should be Commenter: change it in Share.",
    inherited: f"{HEAD} has more access by another way (a folder, a Shared Drive): remove it there.",
    group: "slt@larkfield.example is not on the school's list: remove it in Share",
    published: "The file is published to the web: in File, Share, Publish to web, choose Stop publishing.",
    published_view: f"{HEAD} has access through a view of its own: remove it in Share.",
    copying: "download, print and copy",
    stranger_on_page_two: f"{STRANGER} is not on the school's list: remove it in Share",
    trashed: "The file is in the bin: restore it in Google Drive",
}
OTHERWISE: dict[Callable[[Desk], None], tuple[str, str]] = {
    deleted_tab: ("The tab “Statutory” was deleted.", "halfday mirror setup --again"),
    deleted_tabs: ("None of Halfday's tabs is in this Google Sheet", "halfday mirror setup --again"),
    lost_marker: ("The tab “Tracker” has lost the hidden cell by which Halfday knows it.", "Version history"),
    restored: ("An earlier version of the Google Sheet was brought back.", "halfday mirror sync --take-over"),
    other_writer: ("Another computer writes to this Google Sheet", "halfday mirror sync --take-over"),
    no_stamp: ("The Google Sheet does not say any more which sync was the last one", "--take-over"),
}


@pytest.mark.parametrize("act", SHARED, ids=lambda act: act.__name__)
def test_nothing_is_written_while_somebody_has_access_who_is_not_on_the_schools_list(
    act: Callable[[Desk], None], desk: Desk
) -> None:
    act(desk)
    refused(desk, SHARED[act], Exit.SAFETY, now="The next run writes again.")
    assert desk.copied.run("mirror", "status") == Exit.SAFETY


@pytest.mark.parametrize("act", OTHERWISE, ids=lambda act: act.__name__)
def test_nothing_is_written_where_it_is_not_certain_whose_the_sheet_is(act: Callable[[Desk], None], desk: Desk) -> None:
    act(desk)
    sentence, now = OTHERWISE[act]
    refused(desk, sentence, Exit.SAFETY, now=now)


def test_every_page_of_people_is_read(desk: Desk) -> None:
    many(desk)
    assert desk.copied.morning("here") == 0
    assert desk.copied.calls == ["POST who has access", "GET drive", "GET cells", "POST changes"]
    is_right(desk)


def test_who_is_removed_again_lets_the_next_run_write(desk: Desk) -> None:
    stranger(desk)
    desk.copied.morning("here")
    desk.google.unshare(desk.book, STRANGER)
    assert desk.copied.run() == 0
    is_right(desk)
    assert NOT not in desk.today()


def test_a_sheet_without_any_tab_of_halfdays_is_filled_in_by_the_setup_with_slts_answers(desk: Desk) -> None:
    assert desk.copied.run() == 0
    deleted_tabs(desk)
    assert desk.copied.morning("here") == 0
    assert TRACKER not in desk.google.tabs(desk.book)
    assert desk.copied.run("mirror", "setup", "--again") == 0, desk.copied.said
    is_right(desk)
    calm(desk)


@pytest.mark.parametrize("tab", ["Statutory", TRACKER])
def test_a_deleted_tab_is_made_again_by_the_setup_and_slts_answers_with_it(tab: str, desk: Desk) -> None:
    assert desk.copied.run() == 0
    desk.owner.delete_tab(tab)
    assert desk.copied.morning("here") == 0
    assert tab not in desk.google.tabs(desk.book)
    assert desk.action("P02") == "Meet the family", "a tab that is gone took nothing back"
    assert desk.copied.run("mirror", "setup", "--again") == 0, desk.copied.said
    is_right(desk)
    calm(desk)


def test_an_earlier_version_is_gone_on_with_on_a_word_and_what_differs_is_listed(desk: Desk) -> None:
    assert desk.copied.run() == 0
    version = desk.google.version(desk.book)
    desk.answer("P02", "Write again")
    assert desk.copied.morning("here") == 0
    desk.owner.restore(version)
    assert desk.copied.run("mirror", "sync") == Exit.SAFETY
    assert desk.copied.run("mirror", "sync", "--take-over") == 0, desk.copied.said
    assert (desk.action("P02"), desk.answered("P02")) == ("Write again", "Meet the family")
    assert "the Google Sheet says “Meet the family”, Actions says “Write again”" in desk.today()


def test_a_file_that_is_deleted_for_good_is_not_found(desk: Desk) -> None:
    book = desk.google.books.pop(desk.book)
    assert desk.copied.morning("here") == 0
    assert DAY in desk.today()
    assert "Google does not find the Google Sheet (404)" in desk.today()
    for verb in ("sync", "check"):
        assert desk.copied.run("mirror", verb) == Exit.SOURCE
        assert "share it with that account" in desk.copied.said
    desk.google.books[book.id] = book
    assert desk.copied.run() == 0
    is_right(desk)


def test_a_key_that_was_revoked_is_told_and_a_new_one_asked_for(desk: Desk) -> None:
    desk.google.revoke(ACCOUNT)
    now = "IT makes a new key in the Google Cloud console"
    refused(desk, "Google does not accept the key of", Exit.SETTINGS, now=now)
    assert desk.waited == [], "nobody tries that again and again"


@pytest.mark.parametrize("how", ["taken off", "only a reader"])
def test_a_permission_that_was_removed_is_told_with_what_to_do(how: str, desk: Desk) -> None:
    desk.google.unshare(desk.book, ACCOUNT)
    if how == "only a reader":
        desk.google.share(desk.book, ACCOUNT, "reader")
        refused(desk, "Halfday's account see who has access", Exit.SAFETY)
    else:
        refused(desk, "Google does not find the Google Sheet (404)", Exit.SOURCE, now="share it with")
    desk.google.share(desk.book, ACCOUNT, "writer")
    assert desk.copied.run() == 0
    is_right(desk)


def test_a_refusal_of_the_change_itself_is_told(desk: Desk) -> None:
    """Sheets says 403 though Drive said that all is well."""
    desk.fail(CHANGE, status(403), times=99)
    was = desk.state()
    assert desk.copied.morning("here") == 0
    assert desk.state() == was
    assert NOT + "The Google Sheet is no longer shared with Halfday's account" in desk.copied.said
    assert desk.copied.run("mirror", "sync") == Exit.SOURCE
    desk.google._faults.clear()
    desk.copied.run()
    is_right(desk)


# --- Google's own trouble, and the network's --------------------------------------------------------------------------


def test_a_pause_that_google_asks_for_is_kept(desk: Desk) -> None:
    desk.fail(CELLS, status(429, retry_after=7), times=2)
    assert desk.copied.morning("here") == 0
    assert [7 <= one <= 9 for one in desk.waited] == [True, True]
    is_right(desk)


def test_without_a_word_on_it_pauses_are_spread_and_grow(desk: Desk) -> None:
    desk.fail(CHANGE, status(429), times=3)
    assert desk.copied.morning("here") == 0
    assert len(desk.waited) == 3
    assert all(0 <= one <= most for one, most in zip(desk.waited, (4, 8, 16), strict=True))
    is_right(desk)


TROUBLE = {
    "quota for good": (CELLS, status(429), "Google asks for a pause: its limit of requests a minute is reached (429)."),
    "quota for long": (CELLS, status(429, retry_after=9000), "Google asks for a pause"),
    "500 page": (CELLS, status(500, html=True), "Google (sheets.googleapis.com) has trouble of its own (500)."),
    "503 page": (CELLS, status(503, html=True), "Google (sheets.googleapis.com) has trouble of its own (503)."),
    "offline": ("", drop_before(), "The connection to Google (oauth2.googleapis.com) broke off."),
    "passes": ("/token", status(503), "Google (oauth2.googleapis.com) has trouble of its own (503)."),
    "web filter": (
        CELLS,
        answer(b"<html>Sign in to the school's network</html>", content="text/html"),
        "Instead of an answer from Google, a web page came back for sheets.googleapis.com: a log-on or blocking page.",
    ),
    "cut off": (CELLS, answer(b'{"spreadsheetId": "1'), "What came from Google (sheets.googleapis.com) cannot be read"),
}


@pytest.mark.parametrize(("match", "how", "sentence"), TROUBLE.values(), ids=TROUBLE)
def test_trouble_that_lasts_leaves_the_sheet_to_the_next_run(match: str, how: Fault, sentence: str, desk: Desk) -> None:
    was = desk.state()
    desk.google._faults.clear()
    desk.google.accounts.tokens.clear()
    desk.fail(match, how, times=999)
    assert desk.copied.morning("here") == 0
    assert DAY in desk.today()
    assert NOT not in desk.today(), "nobody has to do anything"
    assert NOT + sentence in desk.copied.said
    assert len(desk.google.calls) <= 11, "five tries"
    assert desk.copied.run("mirror", "sync") == Exit.SOURCE
    assert desk.state() == was
    desk.google._faults.clear()
    assert desk.copied.run() == 0
    is_right(desk)


def test_storage_that_is_full_is_never_tried_again(desk: Desk) -> None:
    desk.fail(CHANGE, status(403, reason="storageQuotaExceeded"), times=99)
    was = desk.state()
    assert desk.copied.morning("here") == 0
    assert NOT + "The storage of the school's Google Drive is full (403)." in desk.copied.said
    assert "Its owner makes room" in desk.copied.said
    assert desk.copied.calls.count("POST changes") == 1
    assert desk.waited == []
    assert desk.state() == was


@pytest.mark.parametrize("how", [drop_after(), status(503, html=True, after=True), status(502, after=True)])
def test_a_change_whose_answer_was_lost_is_acknowledged_by_its_stamp_and_made_once(how: Fault, desk: Desk) -> None:
    desk.school.join("P20")  # a row is inserted: twice would be seen
    desk.fail(CHANGE, how)
    assert desk.copied.morning("here") == 0
    assert desk.copied.calls.count("POST changes") == 1
    is_right(desk)
    assert [row[0] for row in desk.google.text(desk.book, TRACKER)].count("P20") == 1
    assert desk.last_try.outcome == "written"
    calm(desk)


@pytest.mark.parametrize("how", [drop_before(), status(503)])
def test_a_change_that_never_arrived_is_sent_again_where_that_does_no_harm(how: Fault, desk: Desk) -> None:
    assert desk.copied.morning("here") == 0
    desk.type("P02", "Next week", "comment")
    desk.fail(CHANGE, how)
    assert desk.copied.run() == 0
    assert desk.copied.calls.count("POST changes") == 2
    assert desk.answered("P02", "comment") == "Next week"
    is_right(desk)
    calm(desk)


@pytest.mark.parametrize("how", [drop_before(), status(503)])
def test_a_change_that_moves_rows_is_not_sent_again_as_it_may_still_arrive(how: Fault, desk: Desk) -> None:
    desk.school.join("P20")
    desk.fail(CHANGE, how)
    was = desk.state()
    assert desk.copied.morning("here") == 0
    assert desk.state() == was
    assert NOT in desk.copied.said
    assert desk.last_try.outcome == "unsure"
    assert desk.copied.run() == 0
    is_right(desk)
    calm(desk)


@pytest.mark.parametrize("how", [drop_before(), drop_after()])
def test_an_unknown_outcome_that_cannot_be_looked_up_is_left_to_the_next_run(how: Fault, desk: Desk) -> None:
    """A row is inserted, the answer is lost, and then Google is gone."""
    desk.school.join("P20")
    sent: list[int] = []
    desk.fail(CHANGE, Fault(first=lambda: sent.append(1), drop=how.drop))
    desk.google.fail(lambda _call: bool(sent), drop_before(), times=99)
    assert desk.copied.morning("here") == 0
    assert NOT in desk.copied.said
    assert DAY in desk.today()
    desk.google._faults.clear()
    desk.answer("P04", "Ring")
    assert desk.copied.run() == 0
    is_right(desk)
    assert desk.action("P04") == "Ring"
    assert [row[0] for row in desk.google.text(desk.book, TRACKER)].count("P20") == 1
    calm(desk)


def test_a_stranger_who_is_let_in_between_check_and_write_is_told_by_the_next_run(desk: Desk) -> None:
    """Google knows no condition: seconds are left. Afterwards nothing more is written, and it is said."""
    desk.fail(CHANGE, before(lambda: stranger(desk)))
    assert desk.copied.morning("here") == 0
    is_right(desk)
    desk.school.today -= timedelta(days=1)
    refused(desk, f"{STRANGER} is not on the school's list", Exit.SAFETY)


def test_a_stranger_who_is_let_in_while_google_asks_for_a_pause_is_seen_before_it_is_sent_again(desk: Desk) -> None:
    """More than a minute later who has access is looked at again."""
    desk.fail(CHANGE, status(429, retry_after=90))
    desk.fail(WHO, Fault())  # the first look
    desk.fail(WHO, before(lambda: stranger(desk)))
    was = desk.state().content
    assert desk.copied.morning("here") == 0
    assert desk.state().content == was
    assert NOT in desk.copied.said
    assert DAY in desk.today()


def test_a_token_that_runs_out_in_the_middle_is_asked_for_again(desk: Desk) -> None:
    desk.fail(CHANGE, before(desk.google.expire_tokens))
    assert desk.copied.morning("here") == 0
    is_right(desk)


# --- Killed -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "drop"),
    [(WHO, "before"), (CELLS, "after"), (CHANGE, "before"), (CHANGE, "after")],
    ids=["at the check", "once it had looked", "before the change", "while the reply is under way"],
)
def test_a_run_that_is_killed_is_made_good_by_the_next_one(match: str, drop: str, desk: Desk) -> None:
    desk.school.join("P20")
    desk.school.go_on(["here"])
    desk.school.tell()
    at = datetime(2025, 10, 15, 8, tzinfo=UTC)
    assert Doomed(desk.google, desk.copied.base).run(desk.school.folder, at, match, drop) == -SIGKILL
    desk.answer("P04", "Ring")
    desk.copied.hour = 9
    assert desk.copied.run() == 0, desk.copied.said
    is_right(desk)
    still_theirs(desk)
    assert desk.action("P04") == "Ring"
    assert [row[0] for row in desk.google.text(desk.book, TRACKER)].count("P20") == 1
    calm(desk)
