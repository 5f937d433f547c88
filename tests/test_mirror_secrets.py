"""A run with a Google copy names nobody outside the tracker, the store and the copy, and shows no secret."""

import json
import re
from dataclasses import astuple

import pytest
from tests.google_emulator import answer, drop_after, drop_before, status
from tests.google_school import ACCOUNT
from tests.mirror_desk import CELLS, CHANGE, WHO, Desk, Kept, renamed
from tests.mirror_school import TRACKER
from tests.test_privacy import HOLDING, shown, texts

from halfday_sync import credentials
from halfday_sync.mirroring.opening import KEY

STRANGER = "nosy@elsewhere.example"
ANSWERS = ("a zebra at the gate", "rang Uncle Quincey", "Ms Thistlewood")
PEOPLE = re.compile(r"[\w.+-]+@[\w-]+\.example")
FAULTS = (
    (WHO, drop_before()),
    (WHO, status(403)),
    (CELLS, status(404, message="Requested entity SurP02 was not found.")),
    (CELLS, status(400, message="Invalid value at 'SurP02, ForeP02'")),
    (CELLS, answer(b"<html>SurP02</html>", content="text/html")),
    (CELLS, answer(b'{"spreadsheetId": "SurP02"')),
    (CELLS, answer(b'{"spreadsheetId": 7, "sheets": [{"properties": "SurP02"}]}')),
    (CHANGE, status(400, message="Invalid requests[0].updateCells: SurP02 ForeP02")),
    (CHANGE, status(503, html=True)),
    (CHANGE, drop_after()),
    ("/token", status(400, message="SurP02")),
)


@pytest.fixture
def desk(kept_copy: Kept) -> Desk:
    return kept_copy.back()


def a_bad_day(desk: Desk) -> str:
    """Answers, conflicts, tabs that are renamed and deleted, strangers, every fault; all that was said."""
    said, made = [], desk.copied
    verbs = (["run"], ["mirror", "sync"], ["mirror", "check"], ["mirror", "status"], ["mirror", "sync", "--dry-run"])

    def everything() -> None:
        for words in verbs:
            made.run(*words)
            said.append(made.said)

    for column, words in zip(("agreed", "comment", "decided_by"), ANSWERS, strict=True):
        desk.answer("P02", words, column)
    renamed(made.school, "P03", surname="=HYPERLINK(Quagmire)")
    desk.owner.clear(TRACKER, made.place("P05", "agreed")[0], 0)
    desk.owner.type(TRACKER, *made.place("P04", "surname"), "Somebody")
    made.morning("here")
    said.append(made.said)
    desk.answer("P02", f"{ANSWERS[0]} again")
    desk.type("P02", f"{ANSWERS[0]} never")
    everything()
    for match, how in FAULTS:
        desk.fail(match, how, times=99)
        made.hour = 8
        made.run("mirror", "sync")
        said.append(made.said)
        desk.google._faults.clear()
    desk.google.share(desk.book, STRANGER, "reader")
    made.hour = 8
    everything()
    desk.google.unshare(desk.book, STRANGER)
    desk.owner.rename(TRACKER, "SurP02's tab")
    desk.owner.delete_tab("Statutory")
    everything()
    desk.google.revoke(ACCOUNT)
    made.run("mirror", "sync")
    said.append(made.said)
    return "\n".join(said)


def test_no_child_no_reader_and_no_secret_is_in_what_a_run_says_logs_or_leaves_behind(desk: Desk) -> None:
    passes = set[str]()
    given = desk.google.accounts.grant

    def grant(raw: bytes) -> tuple[int, dict[str, object]]:
        code, told = given(raw)
        passes.update([str(told.get("access_token", "ya29"))], raw.decode().split("assertion=")[1:])
        return code, told

    key = json.loads(credentials.read_long("Little Oak", KEY) or "")["private_key"]
    secrets = {line for line in key.splitlines() if len(line) > 30}
    names = {part for pupil in desk.school.pupils.values() for part in (pupil.surname, pupil.forename, pupil.upn)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(desk.google.accounts), "grant", lambda _self, raw: grant(raw))
        said = a_bad_day(desk)
    with desk.store() as store:
        tries = "\n".join(str(astuple(one)) for one in store.mirror_tries())
    folder = desk.school.folder
    left = {
        path.name: "\n".join(texts(path))
        for path in folder.rglob("*")
        if path.is_file()
        and not HOLDING.fullmatch(path.relative_to(folder).as_posix())
        and path.parts[-2] not in {"mis", "little"}
    }
    assert "halfday.log" in left
    stored = b"".join(path.read_bytes() for path in folder.glob("halfday.db*"))
    assert b"zebra" in stored, "there was something to tell"
    assert len(passes) > 5
    for what, text in {"said": said, "tries": tries, **left}.items():
        assert shown({*names, *ANSWERS, "Quagmire", "Quincey", "Thistlewood", "zebra"}, text) == 0, what
        assert shown(secrets | passes, text) == 0, what
    assert not PEOPLE.search(left["halfday.log"])
    assert not PEOPLE.search(tries)
    assert f"{STRANGER} is not on the school's list" in said, "people are told whom to remove"
    for secret in (secrets | passes) - {"ya29"}:
        assert secret.encode() not in stored
