"""What is measured: 2,000 cells of Excel on Windows, one call a cell or a column at once. Python's side of it.

The genuine code of xlwings runs over stand-ins for pywin32, so what Excel, VBA and COM take is not in these figures;
upstream's own report of it is 3.8 ms a call (xlwings issue 1976).
"""

from datetime import date

from tests.windows import Windows, as_excel

CELLS, COLUMNS = 2000, ("ATT_PERCENT", "ATT_BAND", "ATT_STAGE", "ATT_WHY")
AS_OF = date(2026, 2, 12)


def measure() -> dict[str, float]:
    """Seconds for 2,000 cells of a tracker (500 pupils, four columns), and how many calls each way takes."""
    columns = _columns()
    calls = [(name, row) for name, rows in columns.items() for row in rows]
    batches = [batch for name, rows in columns.items() for batch in _batches(name, rows)]
    windows = Windows()
    try:
        single, batched = windows.ask("time", calls, batches)
    finally:
        windows.stop()
    # The macros let one cell of a column ask alone before they ask for all: two calls a column.
    return {
        "one call a cell": single,
        "a column at once": batched,
        "calls, one a cell": float(len(calls)),
        "calls, a column at once": float(2 * len(batches)),
    }


def _columns() -> dict[str, list[tuple[object, ...]]]:
    """The arguments of every cell, by the column's function."""
    from halfday import cells
    from halfday.school_year import Calendar
    from halfday_sync.sources.sample import sample_school
    from halfday_sync.templates import policy_path, usable_policy

    school = sample_school(pupils=CELLS // len(COLUMNS), seed=5)
    calendar = Calendar.from_kinds(school.calendar)
    shown = cells.shown_half_terms(school.register, calendar, AS_OF)
    texts, days = cells.marks_texts(school.register, calendar, shown), cells.calendar_text(calendar, shown)
    policy = cells.policy_text(usable_policy(policy_path("stanton-road")))
    found: dict[str, list[tuple[object, ...]]] = {name: [] for name in COLUMNS}
    for at, pupil in enumerate(school.pupils):
        marks, facts = [list(texts[pupil.pupil_id])], cells.facts_text(pupil)
        for name in COLUMNS:
            given: tuple[object, ...] = (marks, policy, days, AS_OF, facts)
            if name == "ATT_PERCENT":
                given = (marks, days, AS_OF, facts)
            if name == "ATT_BAND":
                given = (float(250 - at % 60), 250.0, policy)
            found[name].append(tuple(map(as_excel, given)))
    return found


def _batches(name: str, rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """The column in one call: what differs from row to row as columns, the rest once."""
    varies = [len({repr(row[at]) for row in rows}) > 1 for at in range(len(rows[0]))]
    columns = tuple(tuple(_cells(row[at]) for row in rows) if differs else None for at, differs in enumerate(varies))
    return [(name, rows[0], columns)]


def _cells(value: object) -> object:
    return value[0] if isinstance(value, tuple) else (value,)
