"""People and syncs take turns on one sheet: Halfday's cells are right afterwards, and nothing of people's is lost."""

import os
from random import Random

from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from tests.google_emulator import drop_after, drop_before, status
from tests.sheet_desk import NUMBERS, Desk, actions, desk, pupil, summary, tracker
from tests.sheet_people import People

from halfday_sync.sheets.cells import plain, same
from halfday_sync.sheets.model import AGENT, Page
from halfday_sync.sheets.plan import MOST_AT_ONCE
from halfday_sync.sheets.telling import UnknownOutcomeError

HUNT = int(os.environ.get("HALFDAY_HUNT", "0"))
"""For a long hunt: so many months, each of twenty days."""
NAMES = ("Ann", "=1+1", "+44 7700 900123", "@you", "-", "'quoted", "\tTab", "Ünal\nÖz", "TRUE", "12/12/2025", "0012")
STAGES = ("At risk", "Persistent", "None", "=HYPERLINK(1)")


def pages(chance: Random, roll: list[int], overdue: list[str]) -> tuple[Page, ...]:
    rows = [
        pupil(number, chance.choice(STAGES), chance.choice([None, 0.9, 1, chance.random()]), name=chance.choice(NAMES))
        for number in roll
    ]
    share = chance.choice([0.9, 0.93333])
    return summary(share, f"Summary {share}"), tracker(tuple(rows)), actions(*overdue)


def wrong_cells(page: Page, people: People) -> list[str]:
    """Cells of Halfday's that do not say what they should, on a tab as Google has it."""
    row_keys, columns = people.row_keys(), {name: at for at, name in people.columns().items()}
    wrong = [f"{row.key}: {list(row_keys.values()).count(row.key)} times" for row in page.rows
             if list(row_keys.values()).count(row.key) != 1]  # fmt: skip
    at = {key: row for row, key in sorted(row_keys.items(), reverse=True)}
    for row in page.rows:
        for column in page.columns:
            if column.owner != AGENT or wrong:
                continue
            cell = people.sheet.at(at[row.key], columns[column.key])
            held, wanted = cell.value, plain(row.values.get(column.key))
            held = float(held) if isinstance(held, int) and not isinstance(held, bool) else held
            if cell.formula or not same(held if held != "" else None, wanted):
                wrong.append(f"{row.key}, {column.key}: {held!r}, not {wanted!r}")
    return wrong


TROUBLE = {"none": None, "lost": drop_before(), "made, then lost": drop_after(), "a page": status(503, html=True)}


def trouble(kept: Desk, chance: Random) -> str:
    """Now and then a call that writes goes wrong; now and then there is too much for one call."""
    name = chance.choice([*TROUBLE, "none", "none"])
    if fault := TROUBLE[name]:
        kept.copy.google.fail("POST /v4/spreadsheets", fault)
    kept.at_once = chance.choice([MOST_AT_ONCE, MOST_AT_ONCE, 10])
    return f"{name}, {kept.at_once}"


def settled(kept: Desk, wanted: tuple[Page, ...]) -> str:
    """A sync, and another one where the first was cut off."""
    try:
        return str(kept.sync(wanted).changed)
    except UnknownOutcomeError:
        return f"cut off, then {kept.sync(wanted).changed}"
    finally:
        kept.nothing_goes_wrong()


def a_day(kept: Desk, several: dict[str, People], chance: Random, roll: list[int], overdue: list[str]) -> None:
    for people in several.values():
        note(f"{people.number}: {[people.act() for _ in range(chance.randrange(5))]}")
    order = {number: list(people.row_keys().values()) for number, people in several.items()}
    if chance.random() < 0.5:
        roll.insert(chance.randrange(len(roll) + 1), max(roll) + 1)
    if chance.random() < 0.3:
        overdue.insert(0, f"A{chance.randrange(1000, 9999)}")
    if overdue and chance.random() < 0.4:
        several["actions"].forget_rows({overdue.pop(chance.randrange(len(overdue)))})
    wanted = pages(chance, roll, overdue)
    note(f"{trouble(kept, chance)} {settled(kept, wanted)}")
    for page in wanted:
        people = several[page.id]
        assert not wrong_cells(page, people)
        assert not people.losses()
        keys = list(people.row_keys().values())
        stayed = [key for key in dict.fromkeys(order[page.id]) if key in keys]
        assert [key for key in dict.fromkeys(keys) if key in stayed] == stayed
    assert kept.sync(wanted).is_empty


@given(seed=st.integers(0, 2**32), days=st.integers(1, 20 if HUNT else 6))
@settings(max_examples=HUNT or 12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_halfdays_cells_are_right_and_nothing_of_peoples_is_lost(seed: int, days: int) -> None:
    chance = Random(seed)
    with desk() as kept:
        roll, overdue = [1, 2, 3, 4], ["A1", "A2"]
        kept.sync(pages(chance, roll, overdue))
        several = {page_id: People(kept, number, chance) for page_id, number in NUMBERS.items()}
        for _ in range(days):
            a_day(kept, several, chance, roll, overdue)
