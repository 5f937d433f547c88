"""A profile that makes no sense is found out before a pack is made: what nobody is asked, what stands nowhere."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from halfday.policy.lint import FAULT, NOTE
from halfday_sync.casework.referral_clock import ClockRule
from halfday_sync.commands.refer_lint import lint_profiles
from halfday_sync.errors import Exit
from halfday_sync.referrals import profiles
from halfday_sync.referrals.lint import Known, lint
from halfday_sync.referrals.profile import Asked, Part, Profile

VOICE = ("voice", "voice_by", "voice_on")
TODAY = date(2026, 11, 22)
KNOWN = Known(
    ("cover", "certificate", "declaration", "attachments", "family", "voice"),
    ("no_n", "voice", "in_time"),
    ("warning",),
)
GOOD = Profile(
    id="ours",
    title="Ours",
    authority="Our council",
    form_read=True,
    checked=date(2026, 9, 1),
    source="The form",
    reasons=("leave",),
    parts=(Part("All", tuple(map(Asked, ("reason", "dob", "parent_name", "parent_dob", *VOICE)))),),
    sheets=("cover", "certificate", "declaration", "attachments"),
    checks={"no_n": "needed", "voice": "needed", "in_time": "needed"},
    attachments=("Letters",),
    statements=("It is true.",),
    signed_by=("Headteacher",),
    clock=ClockRule(("warning",), 10, "Ten days."),
)


def found(profile: Profile, today: date = TODAY) -> list[str]:
    return [f"{finding.level}: {finding}" for finding in lint(profile, KNOWN, today)]


def asks(*fields: str) -> tuple[Part, ...]:
    return (Part("All", tuple(map(Asked, fields))),)


def test_a_good_profile_has_nothing_to_say_about_it() -> None:
    assert found(GOOD) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"sheets": (*GOOD.sheets, "certifcate")},
            "fault: sheets: there is no 'certifcate'; did you mean 'certificate'?",
        ),
        ({"sheets": (*GOOD.sheets, "cover")}, "fault: sheets: 'cover' stands there twice"),
        ({"checks": {**GOOD.checks, "no_m": "advised"}}, "fault: ready: there is no 'no_m'; did you mean 'no_n'?"),
        ({"parts": asks("reason", "voice", "dob", "dob")}, "fault: part: 'dob' stands there twice"),
        ({"parts": asks("voice")}, "fault: part: a referral says why: ask for 'reason'"),
        ({"parts": asks("reason", "voice", "parent_dob")}, "fault: part: asks about parents but not for 'parent_name'"),
        ({"parts": asks("reason", "voice", "voice_on")}, "fault: ready.voice: 'voice_by' is in no part, so nobody"),
        (
            {"sheets": (*GOOD.sheets, "voice")} | {"parts": asks("reason")},
            "fault: part: there is a sheet for what the child",
        ),
        ({"parts": asks("reason")}, "fault: ready.voice: 'voice' is in no part, so nobody is asked for it"),
        ({"parts": asks("reason", "voice", "other_siblings")}, "fault: siblings: is not true, yet the parts ask for"),
        (
            {"parts": asks("reason", "voice", "sibling_dob"), "siblings": True},
            "fault: part: asks about brothers and sisters but not for 'sibling_name'",
        ),
        ({"siblings": True}, "note: siblings: is true, but no part and no sheet has a place for them"),
        ({"parts": ()}, "fault: part: the cover has no parts"),
        ({"sheets": ("certificate", "declaration", "attachments")}, "fault: sheets: without 'cover'"),
        ({"sheets": ("cover", "certificate", "attachments")}, "fault: sheets: without 'declaration'"),
        ({"sheets": ("cover", "certificate", "declaration")}, "fault: sheets: without 'attachments'"),
        ({"sheets": ("cover", "declaration", "attachments")}, "note: sheets: there is no registration certificate"),
        ({"statements": ()}, "note: statements: there is no declaration for anybody to sign"),
        ({"reasons": ()}, "fault: reasons: a referral has at least one"),
        ({"clock": None}, "fault: ready.in_time: there is no [clock] to be in time by"),
        ({"clock": ClockRule(("warning",), 0, "W.")}, "fault: clock.working_days: say within how many working days"),
        ({"clock": ClockRule((), 5, "W.")}, "fault: clock.after: say which letter or plan starts it"),
        ({"clock": ClockRule(("warning",), 5)}, "fault: clock.words: say the rule in a sentence, for staff"),
        ({"clock": ClockRule(("last",), 5, "W.")}, "note: clock.after: 'last' is no letter of ours"),
        ({"checks": {"no_n": "needed"}}, "note: ready: the clock is on Today, but the gate does not look at it"),
        ({"checks": {"in_time": "advised"}}, "note: ready: nothing is needed: every pack would count as ready"),
        ({"source": ""}, "fault: source: say what was read"),
        ({"checked": None}, "fault: checked: say on which day"),
        ({"checked": date(2026, 11, 23)}, "fault: checked: is a day that is still to come"),
        ({"checked": date(2025, 11, 21)}, "note: checked: over a year ago"),
        ({"form_read": False}, "note: form_read: the form in use was not read"),
        ({"kind": "summary"}, "fault: part: a summary names nobody and asks nothing about a child"),
    ],
)
def test_each_thing_that_makes_no_sense_is_found(change: Mapping[str, Any], said: str) -> None:
    assert [one for one in found(replace(GOOD, **change)) if one.startswith(said)], found(replace(GOOD, **change))


def test_faults_stand_before_notes_and_all_of_them_are_told() -> None:
    levels = [one.partition(":")[0] for one in found(replace(GOOD, form_read=False, source="", reasons=()))]
    assert levels == [FAULT, FAULT, NOTE]


def test_a_year_old_to_the_day_is_not_old_yet() -> None:
    assert found(replace(GOOD, checked=date(2025, 11, 22))) == []


def test_the_profiles_that_come_with_halfday_have_no_faults() -> None:
    lines: list[str] = []
    assert lint_profiles((), None, TODAY, lines.append) == Exit.DONE, lines
    told = {line.partition(":")[0]: line for line in lines if not line.startswith(" ")}
    assert set(told) == set(profiles.names())
    assert told["rotherham"] == "rotherham: 0 faults, 0 notes"
    assert told["wirral"] == "wirral: 0 faults, 1 note"


def test_a_schools_own_profiles_are_looked_at_too_and_a_fault_ends_in_3(tmp_path: Path) -> None:
    folder = tmp_path / profiles.OWN_FOLDER
    folder.mkdir()
    (folder / "our-town.toml").write_text(
        'title = "Ours"\nauthority = "Our council"\nkind = "referral"\nsheets = ["covr"]\nreasons = ["leave"]\n',
        encoding="utf-8",
    )
    (folder / "broken.toml").write_text("title = 1\n", encoding="utf-8")
    lines: list[str] = []
    assert lint_profiles(("our-town", "broken", "nowhere"), tmp_path, TODAY, lines.append) == Exit.SETTINGS
    said = "\n".join(lines)
    assert "fault: sheets: there is no 'covr'; did you mean 'cover'?" in said
    assert "The referral profile broken.toml has faults." in said
    assert "There is no referral profile 'nowhere'." in said
