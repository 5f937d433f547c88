"""In a real LibreOffice the drop-downs of Contacts and Decisions lead to pupils and stages."""

from pathlib import Path

import pytest
from tests import libreoffice
from tests.libreoffice import Office
from tests.little_school import FLAVOURS, little_school

from halfday_sync.workbook.build import build_tracker

pytestmark = pytest.mark.libreoffice
bare_office = libreoffice.bare_office


def test_lists_lead_to_the_tracker_and_the_policy(bare_office: Office, tmp_path: Path) -> None:
    view = little_school()
    build_tracker(tmp_path / "tracker.xlsx", view, FLAVOURS["libreoffice"])
    asked = ["=COUNTA(PupilIDs)", "=INDEX(PupilIDs;2)", "=MAX(StageNumbers)", "=HalfdayDesign"]
    with bare_office.open(tmp_path / "tracker.xlsx") as book:
        book.ask("write", "Contacts", "K3:K6", [[formula] for formula in asked])
        pupils, second, stages, design = (row[0] for row in book.ask("values", "Contacts", "K3:K6"))
    assert (pupils, stages) == (len(view.outcomes), len(view.policy.stages))
    assert second == view.ordered[1].pupil.pupil_id
    assert design >= 2
