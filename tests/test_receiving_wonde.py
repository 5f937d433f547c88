"""`halfday run` over a service that can be asked for changes: what it is asked for, what fails, what goes on."""

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.keyring_file import InAFile, in_use
from tests.wonde_school import SCHOOL_ID, little_school
from tests.wonde_service import TOKEN, Fault, Service

from halfday_sync import cli, config, credentials
from halfday_sync.errors import Exit
from halfday_sync.store import Store

DATA = Path(__file__).parent / "data"
NAME = "Little School"
AS_OF = "2025-09-15"


@dataclass
class Office:
    """A school's folder, and the service its marks come from."""

    folder: Path
    wonde: Service

    def run(self, *words: str) -> tuple[int, str]:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = cli.main(["run", "--school", str(self.folder), "--as-of", AS_OF, *words])
        assert TOKEN not in out.getvalue()
        assert "Okonkwo" not in out.getvalue()
        return code, out.getvalue()

    def store(self) -> Store:
        return Store.open(config.load(self.folder).store)

    def asked_since(self) -> set[date]:
        """Since which days the marks were asked for; the list of what was asked begins anew."""
        queries = [parse_qs(urlsplit(one).query) for one in self.wonde.asked if "attendance/session" in one]
        self.wonde.asked.clear()
        return {date.fromisoformat(query["updated_after"][0][:10]) for query in queries}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "school"
    folder.mkdir()
    policy = (DATA / "workbook_policy.toml").read_text(encoding="utf-8")
    policy = policy.replace("weeks    = 6", 'weeks    = 6\nreview   = "every 4 school weeks"')
    (folder / "policy.toml").write_text(policy, encoding="utf-8")
    with Service(little_school()) as wonde, in_use(InAFile(), tmp_path / "keyring.json"):
        credentials.keep(NAME, "Wonde token", TOKEN)
        settings = (
            f'[school]\nname = "{NAME}"\npolicy = "policy.toml"\n'
            f'[source]\nkind = "wonde"\nschool_id = "{SCHOOL_ID}"\naddress = "{wonde.address}"\n'
        )
        (folder / "halfday.toml").write_text(settings, encoding="utf-8")
        yield Office(folder, wonde)


def test_the_first_pull_is_whole_the_next_asks_for_changes_and_whole_asks_again(office: Office) -> None:
    code, said = office.run()
    assert code == 0, said
    (begins,) = office.asked_since()
    assert begins <= date(2025, 8, 1), "of this school year, and ten school weeks"
    code, said = office.run()
    assert (code, "new mark" in said) == (0, False), said
    (changes,) = office.asked_since()
    assert office.run("--whole")[0] == 0
    assert office.asked_since() == {begins}
    with office.store() as store:
        assert changes == store.snapshots()[0].recorded_at.date() - timedelta(days=1), "a day of overlap"
        assert [row.since is None for row in store.snapshots()] == [True, False, True]
        assert store.broken() == ()


def test_a_change_is_brought_by_the_next_pull_and_said(office: Office) -> None:
    assert office.run()[0] == 0
    with office.store() as store:
        last = store.snapshots()[-1].recorded_at
    school = office.wonde.school
    ill = next(mark for mark in school.marks.values() if mark.code == "I")
    school.amend(ill.id, "C", last)
    code, said = office.run()
    assert code == 0
    assert f"A mark of {ill.day.day} Sep changed from I to C (pupil " in said


def test_case_51_a_token_that_was_revoked_leaves_what_was_known(office: Office) -> None:
    assert office.run()[0] == 0
    tracker = (office.folder / "tracker.xlsx").read_bytes()
    office.wonde.token = None
    code, said = office.run()
    assert (code, "the tracker goes on showing it." in said) == (Exit.SOURCE, True)
    assert (office.folder / "tracker.xlsx").read_bytes() == tracker
    with office.store() as store:
        assert len(store.snapshots()) == 1
        assert [one.exit_code for one in store.runs()] == [0, Exit.SOURCE]


def test_case_50_a_pull_that_fails_midway_keeps_nothing_and_asks_for_the_same_again(office: Office) -> None:
    assert office.run()[0] == 0
    with office.store() as store:
        last = store.snapshots()[-1].recorded_at
    school = office.wonde.school
    ill = next(mark for mark in school.marks.values() if mark.code == "I")
    school.amend(ill.id, "C", last)
    office.wonde.always = lambda path: Fault(404) if "attendance" in path and "codes" not in path else None
    assert office.run()[0] == Exit.SOURCE
    office.wonde.always = lambda _path: None
    code, said = office.run()
    assert (code, "changed from I to C" in said) == (0, True)


def test_case_29_the_service_changes_its_ids(office: Office) -> None:
    (office.folder / "halfday.toml").write_text(
        (office.folder / "halfday.toml").read_text(encoding="utf-8") + 'pupil_id = "mis_id"\n', encoding="utf-8"
    )
    assert office.run()[0] == 0
    office.wonde.school.migrate()
    code, said = office.run("--whole")
    assert (code, "pupils have new IDs, by their UPNs" in said) == (Exit.SOURCE, True), said
    key = said.split("--accept ")[1].split()[0]
    code, said = office.run("--whole", "--accept", key, "--who", "Jo")
    assert code == 0, said
    with office.store() as store:
        assert len(store.moved()) >= 7
        assert store.broken() == ()
