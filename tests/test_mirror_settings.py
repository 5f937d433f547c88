"""What a school says of its Google copy is read whole, every fault in it is named at once; benchmarks have sources."""

import tomllib
from datetime import date

import pytest

from halfday_sync.errors import Exit, SettingsError
from halfday_sync.mirroring.benchmarks import benchmarks, places, usual_place
from halfday_sync.mirroring.design import design
from halfday_sync.mirroring.settings import MirrorSettings, read_settings, sheet_id

ID = "1aBcDeFgHiJkLmNoPqRsTuVwXyZ"
KNOWN = "sheet, domain, tabs, publishing_blocked, may_copy, benchmark, people, groups, redact"
BOSS = 'mirror.people."head@elsewhere.example"'
WHOLE = {
    "sheet": f"https://docs.google.com/spreadsheets/d/{ID}/edit?usp=sharing#gid=0",
    "domain": "larkfield.example",
    "tabs": ["tracker", "summary"],
    "publishing_blocked": True,
    "benchmark": "England, primary",
    "people": {"Head@larkfield.example": "commenter"},
    "groups": {"slt@larkfield.example": "reader"},
    "redact": {"tracker.surname": "initial", "tracker.why": "hide", "names": "hide"},
}


def faults(**said: object) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as stop:
        read_settings(said)
    assert stop.value.code == Exit.SETTINGS
    return stop.value.problems


def test_settings_are_read_as_they_are_meant() -> None:
    assert read_settings(WHOLE) == MirrorSettings(
        sheet=ID,
        domains=("larkfield.example",),
        tabs=("summary", "tracker"),
        publishing_blocked=True,
        people={"head@larkfield.example": "commenter"},
        groups={"slt@larkfield.example": "reader"},
        redact={("tracker", "surname"): "initial", ("tracker", "why"): "hide"},
        names="hide",
        benchmark="England, primary",
    )


def test_without_settings_there_is_no_copy_and_every_tab() -> None:
    assert read_settings({}) == MirrorSettings(tabs=tuple(tab.id for tab in design().tabs))


@pytest.mark.parametrize(
    "said",
    [
        ID,
        f"  {ID} ",
        f"https://docs.google.com/spreadsheets/d/{ID}",
        f"https://docs.google.com/spreadsheets/d/{ID}/edit",
    ],
)
def test_a_sheet_is_known_by_its_address_or_its_id(said: str) -> None:
    assert sheet_id(said) == ID


@pytest.mark.parametrize(
    "said", ["", "my sheet", f"https://example.org/spreadsheets/d/{ID}", f"http://docs.google.com/spreadsheets/d/{ID}"]
)
def test_anything_else_is_no_sheet(said: str) -> None:
    assert sheet_id(said) == ""


def test_all_faults_are_named_at_once() -> None:
    assert faults(
        sheet="the one on my desktop",
        domain=["larkfield.example", "nonsense"],
        tabs=["summary", "governors"],
        may_copy="no",
        colour="blue",
        benchmark="Atlantis, primary",
        people={"head": "reader", "head@elsewhere.example": "boss", "slt@larkfield.example": "reader"},
        groups={"SLT@larkfield.example": "reader"},
        redact={
            "names": "blur",
            "tracker.priority": "show",
            "tracker.notes": "show",
            "tracker.professionals": "hide",
            "actions.outcome": "show",
            "tracker.agreed": "hide",
            "tracker.why": "initial",
            "tracker.shoe_size": "hide",
            "governors.why": "hide",
            "why": "hide",
        },
    ) == (
        "mirror.may_copy: write true or false",
        f"mirror.colour: not a setting; known: {KNOWN}",
        "mirror.sheet: write the sheet's address as the browser shows it, or its ID",
        'mirror.domain: write the part of the addresses after the @, in quotes: "our-school.example"',
        'mirror.people."head": not an e-mail address',
        f"{BOSS}: not in the school's domain; mirror.domain says: larkfield.example, nonsense",
        f"{BOSS}: write one of reader, commenter, writer, fileOrganizer, organizer, owner",
        'mirror.groups."slt@larkfield.example": stands under mirror.people as well',
        "mirror.tabs: there is no tab 'governors'; known: summary, changes, tracker, actions, statutory, health",
        f"mirror.benchmark: there are no figures of 'Atlantis, primary'; known: {'; '.join(places())}",
        "mirror.redact.names: write one of show, initial, hide",
        "mirror.redact.tracker.priority: never goes to Google, whatever is written here",
        "mirror.redact.tracker.notes: never goes to Google, whatever is written here",
        "mirror.redact.tracker.professionals: never goes to Google, whatever is written here",
        "mirror.redact.actions.outcome: never goes to Google, whatever is written here",
        "mirror.redact.tracker.agreed: SLT fills this column in: it cannot be left out",
        "mirror.redact.tracker.why: only names can be shown as initials; write show or hide",
        "mirror.redact.tracker.shoe_size: this tab has no such column; it has "
        + ", ".join(one.column.key for tab in design().tabs if tab.id == "tracker" for one in tab.columns),
        "mirror.redact.governors.why: there is no tab 'governors'; write a tab and a column, as in tracker.why",
        "mirror.redact.why: there is no tab 'why'; write a tab and a column, as in tracker.why",
    )


@pytest.mark.parametrize(
    "said",
    [
        {"domain": 5},
        {"domain": [5]},
        {"tabs": "summary"},
        {"tabs": [["summary"]]},
        {"people": ["head@larkfield.example"]},
        {"people": {"head@larkfield.example": 5}, "domain": "larkfield.example"},
        {"people": {"head@larkfield.example": ["reader"]}, "domain": "larkfield.example"},
        {"redact": {"tracker.why": {"hide": True}}},
        {"redact": {"tracker": {"why": ["hide"]}}},
        {"sheet": 5},
        {"benchmark": ["England"]},
    ],
)
def test_values_of_another_kind_are_faults_and_no_crash(said: dict[str, object]) -> None:
    assert faults(**said)


@pytest.mark.parametrize(
    "column",
    [
        "notes",
        "who",
        "by_when",
        "done",
        "professionals",
        "other_schools",
        "language",
        "facts",
        "priority",
        "checklist",
        "triggers",
    ],
)
def test_what_people_typed_and_flags_cannot_be_shown(column: str) -> None:
    assert faults(redact={f"tracker.{column}": "show"}) == (
        f"mirror.redact.tracker.{column}: never goes to Google, whatever is written here",
    )


def test_a_column_may_be_named_without_quotes() -> None:
    said = tomllib.loads('[redact]\ntracker.surname = "initial"\n"tracker.why" = "hide"\nnames = "hide"\n')
    found = read_settings(said)
    assert found.redact == {("tracker", "surname"): "initial", ("tracker", "why"): "hide"}
    assert found.names == "hide"


# --- benchmarks ------------------------------------------------------------------------------------------------------


def test_the_newest_figure_that_was_out_on_the_day_stands_beside_the_schools() -> None:
    then, now = benchmarks("England, primary", date(2025, 12, 5)), benchmarks("England, primary", date(2026, 11, 1))
    assert (float(then["attendance"].value), then["attendance"].period) == (94.75, "September 2024 to July 2025")
    assert (float(now["attendance"].value), now["attendance"].period) == (94.72, "September 2025 to July 2026")
    assert float(now["persistent"].value) == 13.77
    assert all(one.source.startswith("Department for Education") for one in (*then.values(), *now.values()))


def test_severe_absence_is_known_of_england_alone() -> None:
    assert {place for place in places() if "severe" in benchmarks(place, date(2026, 11, 1))} == {"England, all schools"}


def test_every_place_has_attendance_and_persistent_absence_that_can_be() -> None:
    assert len(places()) > 40
    for place in places():
        found = benchmarks(place, date(2026, 11, 1))
        assert 80 < found["attendance"].value < 97, place
        assert 10 < found["persistent"].value < 40, place


def test_a_school_is_compared_with_schools_of_its_phase() -> None:
    assert usual_place(["N2", "R", "6"]) in places()
    assert usual_place(["7", "13"]) == "England, secondary"
    assert usual_place(["R", "11"]) == "England, all schools"
