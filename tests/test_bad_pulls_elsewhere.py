"""`halfday run` while Arbor, Bromcom, SIMS or files cannot be read: words, nothing changed, and it catches up later."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests import arbor_service, bromcom_service
from tests.contracts import arbor as arbor_contract
from tests.contracts.bromcom import SECRETS as BROMCOM_SECRETS
from tests.pull_office import NAME, office, office_of, truth
from tests.source_contract import names, prepared

from halfday_sync import credentials
from halfday_sync.errors import Exit


@pytest.mark.parametrize(
    ("kind", "way", "fault", "told"),
    [
        ("arbor", "live feed json", "gone", "has trouble of its own (503)"),
        ("arbor", "live feed json", "cut off", "cut off or is not JSON"),
        ("arbor", "live feed csv", "gone", "has trouble of its own (503)"),
        ("bromcom", "by week", "gone", "has trouble of its own (503)"),
        ("bromcom", "by week", "cut off", "cut off or is not JSON"),
        ("bromcom", "basic", "cut off", "cut off or is not JSON"),
        ("sims", "saved reports", "cut off", "its XML is broken or cut off"),
        ("sims", "saved reports", "gone", "Report not found"),
        ("tabular", "", "gone", "exports/*.csv"),
    ],
)
def test_of_every_source_a_broken_answer_changes_nothing(
    kind: str, way: str, fault: str, told: str, tmp_path: Path
) -> None:
    with prepared(kind, way, _made(tmp_path / "school")) as source, office_of(source, tmp_path, names()) as made:
        assert made.run()[0] == 0
        assert made.marks() == truth(source)
        source.spoil[fault]()
        made.refused(Exit.SOURCE, told)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


ARBOR: dict[str, tuple[Callable[[Any], object], str]] = {
    "401 the password was changed": (lambda arbor: _answers(arbor, 401), "(401)"),
    "403": (lambda arbor: _answers(arbor, 403), "(403)"),
    "404 the feed was made anew": (lambda arbor: _answers(arbor, 404), "(404)"),
    "429": (lambda arbor: _answers(arbor, 429), "(429)"),
    "500": (lambda arbor: _answers(arbor, 500), "(500)"),
    "a log-on page": (lambda arbor: setattr(arbor, "body", (b"<html>Log in</html>", "text/html")), "page"),
    "an empty report": (lambda arbor: arbor.rows.clear(), "Arbor's report is empty"),
    "a column that was taken out": (lambda arbor: [row.pop("Mark") for row in arbor.rows], "which heading means code"),
}


def _answers(arbor: Any, status: int) -> None:
    arbor.status, arbor.body = status, (b"{}", "application/json")


@pytest.mark.parametrize("fault", ARBOR)
def test_what_arbor_answers_changes_nothing_and_the_next_pull_catches_up(fault: str, tmp_path: Path) -> None:
    spoil, told = ARBOR[fault]
    settings = {"kind": "arbor", "format": "json"}
    with arbor_service.serving("json") as arbor, office(tmp_path, settings, arbor.secrets, names()) as made:
        arbor.rows = arbor_contract.report()
        assert made.run()[0] == 0
        known = made.marks()
        made.on.wait(3600)
        arbor.rows = [row | {"Mark": "I"} if row["Adm no"] == "001805" else row for row in arbor.rows]
        rows = [dict(row) for row in arbor.rows]
        spoil(arbor)
        made.refused(Exit.SOURCE, told)
        arbor.rows, arbor.status, arbor.body = rows, 200, None
        assert made.run()[0] == 0
        assert made.marks() == {key: "I" if key[0] == "001805" else code for key, code in known.items()} != known


@pytest.mark.parametrize(
    ("kind", "way", "missing"),
    [
        *(("arbor", "live feed json", name) for name in arbor_service.SECRETS),
        *(("bromcom", "by week", name) for name in BROMCOM_SECRETS),
    ],
)
def test_a_secret_that_is_not_kept_here_is_asked_for_by_its_name(
    kind: str, way: str, missing: str, tmp_path: Path
) -> None:
    with prepared(kind, way, _made(tmp_path / "school")) as source, office_of(source, tmp_path, names()) as made:
        assert made.run()[0] == 0
        credentials.forget(NAME, missing)
        made.refused(Exit.SETTINGS, missing)
        credentials.keep(NAME, missing, source.secrets[missing])
        assert made.run()[0] == 0
        assert made.marks() == truth(source)


@pytest.mark.parametrize("entity", ["StudentFlatView", "StudentAttendanceByWeek"])
def test_a_scope_that_bromcom_took_back_changes_nothing(entity: str, tmp_path: Path) -> None:
    with bromcom_service.serving() as (bromcom, _):
        settings = {"kind": "bromcom", "school_id": bromcom_service.SCHOOL, "address": bromcom.address}
        with office(tmp_path, settings, BROMCOM_SECRETS, names()) as made:
            assert made.run()[0] == 0
            known = made.marks()
            bromcom.refused = {entity}
            made.refused(Exit.SOURCE, "(403)")
            bromcom.refused, bromcom.answer = set(), {"success": False, "data": None}
            made.refused(Exit.SOURCE, "Bromcom")
            bromcom.answer = None
            assert made.run()[0] == 0
            assert made.marks() == known


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("fails.txt", "so it is"),
        ("crashes", "The SIMS report 'Halfday pupils' gave nothing at all."),
        ("silent", "The SIMS report 'Halfday pupils' gave nothing at all."),
        ("to_screen", "The report stopped"),
    ],
    ids=["CommandReporterError with exit code 0", "a crash", "nothing written", "an error beside half a file"],
)
def test_what_commandreporter_does_changes_nothing_and_the_next_pull_catches_up(
    does: str, told: str, tmp_path: Path
) -> None:
    folder = _made(tmp_path / "school")
    with prepared("sims", "saved reports", folder) as sims, office_of(sims, tmp_path, names()) as made:
        assert made.run()[0] == 0
        (folder / "sims" / does).write_text("so it is", encoding="utf-8")
        made.refused(Exit.SOURCE, told)
        (folder / "sims" / does).unlink()
        assert made.run()[0] == 0
        assert made.marks() == truth(sims)
