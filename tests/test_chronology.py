"""The chronology of a pupil: everything that is known, once, in the order of days, as plain text."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from halfday.contacted import CALL, TOLD, VISIT, Contacted
from halfday.policy.ladder import Decision
from halfday.policy.outcome import Fired
from halfday_sync.casework import Approval, Casework, Child, Letter, Minute, SupportPlan
from halfday_sync.chronology import Answered, Story, Ticked, as_text, chronology
from halfday_sync.templates import policy_path, usable_policy

POLICY = usable_policy(policy_path("rivington"))
CONTACTS = (
    Contacted("2101", date(2026, 1, 13), CALL, "No answer", "Rang twice", "Jo Bell", key="2101|call|2026-01-13"),
    Contacted("2101", date(2026, 1, 14), VISIT, "Ill: expected back", "", "AB", date(2026, 1, 16), key="C1"),
    Contacted("2101", date(2026, 1, 14), TOLD, "Told", "Social worker", key="2101|told|2026-01-14"),
    Contacted("2102", date(2026, 1, 14), CALL, "Another child", key="C2"),
)


def letter(pupil_id: str = "2101", **more: object) -> Letter:
    due = date(2026, 1, 20)
    found = next(one for one in POLICY.letters)
    child = Child(pupil_id, "warning-letter", date(2026, 1, 12), due)
    said = {"proposed": date(2026, 1, 13), **more}
    return Letter(f"{pupil_id}|warning-letter|{due}", found.id, (child,), **said)  # type: ignore[arg-type]


APPROVED = Approval("Mrs Reed", datetime(2026, 1, 15, 9, tzinfo=UTC), date(2026, 1, 14), "warning", "long illness")
STORY = Story(
    "2101",
    POLICY,
    Casework(
        contacts=CONTACTS,
        letters=(
            letter(approval=APPROVED, sent=date(2026, 1, 16)),
            letter(proposed=date(2026, 2, 3), withdrawn=date(2026, 2, 5), reason="a mark of Mon 2 Feb was changed"),
            letter("2102"),
        ),
        plans=(
            SupportPlan(
                "P3", "2101", POLICY.plans[0].id, date(2026, 1, 19), date(2026, 2, 13), "94",
                (date(2026, 1, 30), date(2026, 2, 13)), "Going well", "Mrs Reed", "Mum 19/1",
                "Buses", "Breakfast club",
            ),
            SupportPlan("P4", "2101", "Not begun yet"),
        ),
        minutes=(Minute("M1", date(2026, 1, 23), "Weekly meeting", "2101", "Visit", "Mr Cole", date(2026, 1, 26)),),
    ),
    stages=[(date(2026, 1, 12), 2), (date(2026, 2, 13), 1), (date(2026, 3, 27), 0)],
    triggers=[Fired("pa", "Persistently absent", date(2026, 1, 12), "14 of 130 sessions missed")],
    ticked=(Ticked("warning-letter", date(2026, 1, 20), date(2026, 1, 16), "By post\nand mail", "Jo Bell"),),
    answers=(
        Answered(date(2026, 2, 10), "Meet the family", "Before half term", "Mrs Head"),
        Answered(date(2026, 2, 12), "Meet the family", "They came.", "Jo Bell", is_done=True),
        Answered(date(2026, 3, 2), note="Thank you"),
    ),
    decisions=(
        Decision("2101", "hold", date(2026, 2, 2), date(2026, 2, 13), "An operation", "Head"),
        Decision("2101", "override", date(2026, 2, 16), date(2026, 2, 20), "Agreed", "Head", 1),
        Decision("2102", "review", date(2026, 2, 2), date(2026, 2, 2), "Another child", "Head"),
    ),
    noted=((date(2026, 1, 12), "Likes football"),),
    marks_until=date(2026, 3, 27),
)  # fmt: skip


def test_the_chronology_reads_as_it_should(golden: Callable[[str, str], None]) -> None:
    golden("chronology", "\n".join(as_text(chronology(STORY))) + "\n")


def test_nothing_of_another_child_is_in_it() -> None:
    text = "\n".join(as_text(chronology(STORY)))
    assert "Another child" not in text
    assert "2102" not in text
    assert text.count("proposed") == 2


@given(st.dates(date(2025, 12, 1), date(2026, 4, 1)))
def test_from_a_day_on_means_that_day_and_all_after_it(since: date) -> None:
    whole = chronology(STORY)
    assert chronology(STORY, since) == tuple(one for one in whole if one.day >= since)
    assert [one.day for one in whole] == sorted(one.day for one in whole)


CONTACT = st.builds(
    Contacted,
    pupil_id=st.sampled_from(["2101", "2102"]),
    day=st.dates(date(2025, 9, 1), date(2026, 7, 1)),
    what=st.sampled_from([CALL, VISIT, TOLD, "Dojo"]),
    outcome=st.text(max_size=20),
    note=st.text(max_size=40),
    who=st.text(max_size=10),
    key=st.uuids().map(str),
)


@settings(deadline=None)
@given(st.lists(CONTACT, max_size=8))
def test_every_contact_is_one_line_however_it_is_written(contacts: list[Contacted]) -> None:
    events = chronology(Story("2101", POLICY, Casework(contacts=contacts)))
    lines = as_text(events)
    mine = [one for one in contacts if one.pupil_id == "2101"]
    assert len(lines) == len(mine), "two tries of a day that are alike are two tries"
    assert sorted((one.day, one.what) for one in events) == sorted((one.day, one.what) for one in mine)
    assert all("\n" not in line and line[:3] in {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} for line in lines)
