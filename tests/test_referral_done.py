"""`halfday refer` makes a whole pack for every profile: no formula, no link, sealed, and the same again to the byte."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import openpyxl  # noqa: TID251 - what the local authority opens
import pytest
from tests import libreoffice, referral_case
from tests.libreoffice import LibreOfficeError, Office
from tests.referral_school import ISLA, ReferralSchool, bytes_of, copy_of, opened
from tests.two_way_school import BEGIN, FIRST, school_days

from halfday_sync.commands import refer_told
from halfday_sync.commands.refer_password import ask_password
from halfday_sync.referrals import profiles
from halfday_sync.referrals.fields import SIBLING, all_fields
from halfday_sync.referrals.sealed import opened as unsealed

bare_office = libreoffice.bare_office
PASSWORD = "four words do well"
AUTHORITIES = ("dudley", "essex", "generic", "kent", "lancashire", "norfolk", "oxfordshire", "rotherham", "wirral")
OTHERS = ("governors-summary", "send-review", "transfer-record")
PROFILES = (*AUTHORITIES, *OTHERS)
FILES = ("manifest.toml", "pack to send.xlsx", "pack.pdf", "pack.xlsx")
AWAY = tuple(school_days(FIRST + timedelta(days=20), FIRST + timedelta(days=24)))
"""A week in September in which the family went away, and nobody had granted it."""
ANSWERS = {
    **referral_case.ANSWERS,
    "reason": "Leave in term time", "lac": "No", "referrer_name": "Jo Bell", "new_school": "Mill Lane Primary School",
    "voice_on": "2025-10-09", "parent_checked.1": "2025-10-01", "parent_checked.2": "2025-10-02",
}  # fmt: skip
EVERYTHING = f"""\
title = "Everything that people can be asked"
authority = "Exampleshire Council"
kind = "referral"
form_read = true
checked = 2025-10-01
source = "made up"
reasons = ["leave"]
sheets = ["cover", "declaration"]
siblings = false
statements = ["What stands here is true."]
signed_by = ["Headteacher"]
[ready]
reason = "needed"
[[part]]
title = "All"
asked = {json.dumps([one.id for one in all_fields().values() if one.asked and one.of != SIBLING])}
"""
_FRESH = """\
import sys
from halfday_sync import cli
from halfday_sync.commands import refer_told
refer_told.ask_password = lambda _said: "another word or two"
sys.exit(max(cli.main(["refer", *words.split(), "--school", sys.argv[1]]) for words in sys.argv[2:]))
"""


def words_of(profile: str) -> tuple[str, ...]:
    """How the command is called for a profile."""
    if profile == "governors-summary":
        return "--profile", profile, "--encrypt"
    reason = ("--reason", "leave") if profile in AUTHORITIES else ()
    return (ISLA, "--profile", profile, *reason, "--encrypt")


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> ReferralSchool:
    """Isla was away for a week without leave; staff have answered everything that any form asks.

    The school is large enough to tell its governors something.
    """
    school = opened(tmp_path_factory.mktemp("oak") / "oak")
    school.pupils[ISLA] = replace(school.pupils[ISLA], start_date=FIRST, sen="K")
    school.marks |= {(ISLA, day): "holiday" for day in AWAY}
    for number in range(7, 19):
        school.join(f"P{number:02d}")
        school.marks |= {(f"P{number:02d}", day): "here" for day in school_days(FIRST, BEGIN)}
    school.morning()
    school.morning()
    (school.folder / "referral_profiles" / "everything.toml").write_text(EVERYTHING, encoding="utf-8")
    assert "is not ready" in school.refer(ISLA, "--profile", "everything")[1]
    school.answer(**ANSWERS)
    return school


@pytest.fixture(scope="module")
def packs(answered: ReferralSchool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Path]]:
    """The folder of each profile's pack: none is a draft, each has its sealed file."""
    school = copy_of(answered.folder, tmp_path_factory.mktemp("made") / "oak")
    school.today = answered.today
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(refer_told, "ask_password", partial(ask_password, ask=lambda _words: PASSWORD))
        yield {name: school.pack(*words_of(name)) for name in PROFILES}


def test_there_is_a_pack_for_every_profile_that_is_shipped() -> None:
    assert tuple(sorted(profiles.names(None))) == tuple(sorted(PROFILES))
    assert len(AUTHORITIES) == 9


def test_each_is_ready_and_has_its_files(packs: Mapping[str, Path], answered: ReferralSchool) -> None:
    assert answered.today > BEGIN
    for name, folder in packs.items():
        assert folder.name == f"{answered.today} {name}"
        assert tuple(sorted(bytes_of(folder))) == FILES, name


def test_the_same_comes_again_to_the_byte_in_another_process(
    packs: Mapping[str, Path], answered: ReferralSchool, tmp_path: Path
) -> None:
    school = copy_of(answered.folder, tmp_path / "oak")
    day = ("--as-of", answered.today.isoformat())
    told = [" ".join((*words_of(name), *day)) for name in PROFILES]
    done = subprocess.run(
        [sys.executable, "-c", _FRESH, str(school.folder), *told], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for name, folder in packs.items():
        again = bytes_of(school.packs / folder.relative_to(folder.parents[1]))
        first = bytes_of(folder)
        sealed = again.pop(FILES[1]), first.pop(FILES[1])
        assert again == first, name
        assert sealed[0] != sealed[1], "each has a salt of its own"


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.libreoffice
def test_libreoffice_opens_both_files_and_finds_no_formula_and_no_link(
    bare_office: Office, packs: Mapping[str, Path], name: str
) -> None:
    folder = packs[name]
    shown = openpyxl.load_workbook(BytesIO((folder / "pack.xlsx").read_bytes())).sheetnames
    for file, password in (("pack.xlsx", ""), ("pack to send.xlsx", PASSWORD)):
        with bare_office.open(folder / file, password) as book:
            assert book.ask("sheets") == shown
            assert book.ask("formulas_and_links") == [0, 0]
    for wrong in ("", "four words do wel"):
        with pytest.raises(LibreOfficeError):
            bare_office.open(folder / "pack to send.xlsx", wrong)


@pytest.mark.libreoffice
def test_formulas_and_links_would_be_counted(bare_office: Office, tmp_path: Path) -> None:
    """What the test above asks LibreOffice, of a workbook that has both."""
    (tmp_path / "other.xlsx").write_bytes(_little(12))
    with bare_office.open(tmp_path / "other.xlsx") as book:
        assert book.ask("formulas_and_links") == [0, 0]
    with bare_office.new() as book:
        book.ask("write", "Sheet1", "A1:A1", [["=1+1"]])
        assert book.ask("formulas_and_links") == [1, 0]
        book.ask("write", "Sheet1", "A2:A2", [[f"='{(tmp_path / 'other.xlsx').as_uri()}'#$Sheet.A1"]])
        formulas, links = book.ask("formulas_and_links")
        assert formulas == 2
        assert links > 0


@pytest.mark.parametrize("name", PROFILES)
def test_what_is_sent_is_the_workbook_itself(packs: Mapping[str, Path], name: str) -> None:
    files = bytes_of(packs[name])
    assert unsealed(files["pack to send.xlsx"], PASSWORD) == files["pack.xlsx"]


def _little(value: int) -> bytes:
    book = openpyxl.Workbook()
    book["Sheet"]["A1"] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()
