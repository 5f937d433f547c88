"""The Tracker: an Excel table, one row a pupil. Formula cells hold the engine's value and fall back on it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from halfday import cells, printing
from halfday.functions import action_words, trigger_words
from halfday.functions import stage_words as stage_in_words
from halfday.measures import Measures
from halfday.policy.ladder import ADAPTED
from halfday.policy.outcome import Outcome
from halfday_sync.entries import TRACKER, Typed
from halfday_sync.fit import height
from halfday_sync.workbook.layout import STAFF, Column, document, letters, table_columns
from halfday_sync.workbook.pupil_words import figure, next_action, now_words, percent_format, priority_words
from halfday_sync.workbook.sections import add_table
from halfday_sync.workbook.sheet import Sheet, Value
from halfday_sync.workbook.styles import row_sizes, stage_words
from halfday_sync.workbook.typed import added_columns, put_typed, rows_of
from halfday_sync.workbook.view import View

_WORDS = frozenset({"band", "stage", "why", "checklist", "triggers", "pa"})
_SENT = "_sent"


def write(sheet: Sheet, view: View, prefix: str) -> None:
    """The Tracker sheet."""
    typed = rows_of(view, TRACKER)
    columns = (*table_columns("tracker"), *added_columns(typed, table_columns("tracker")))
    for column in columns:
        options = {"hidden": True} if column.hidden else {}
        sheet.ws.set_column(column.at, column.at, column.width, sheet.style_of(column), options)
    sheet.headers(columns)
    rows = view.ordered
    # The table first: it would write over cells that are already there.
    add_table(sheet, "tblTracker", columns, 0, max(1, len(rows)), filters=True)
    shown = formulas(view, prefix)
    styles = {column.key: sheet.style_of(column) for column in columns}
    fine = {c.key: sheet.style_of(c, "percent2") for c in columns if c.key in {"attendance", "attendance_sent"}}
    for outcome in rows:
        row = typed.get(outcome.pupil.pupil_id, {}) | values(view, outcome)
        _write_row(sheet, columns, row, shown, styles | fine if _is_fine(outcome) else styles)
    last = max(1, len(rows))
    for column in columns:
        sheet.inputs(column, 1, last)
        _hint(sheet, column, last)
    _trying(sheet, columns, last)  # before the colours: Excel shows both, LibreOffice the first only
    _colours(sheet, view, columns, last)
    _page(sheet, columns, last)


def _is_fine(outcome: Outcome) -> bool:
    return percent_format(outcome) == "percent2"


def _write_row(
    sheet: Sheet,
    columns: Sequence[Column],
    row: Mapping[str, Value | Typed],
    shown: Mapping[str, str],
    styles: Mapping[str, Any],
) -> None:
    at, ws = sheet.row, sheet.ws
    for column in columns:
        key = column.key
        value = row.get(key)
        if column.owner == STAFF:
            put_typed(sheet, at, column, value)
        elif key in shown:
            sheet.formula(at, column.at, shown[key], value, styles[key])
        elif key.endswith(_SENT) and isinstance(value, str):
            sheet.whole(at, column.at, value, styles[key])
        elif value not in (None, ""):
            sheet.put(at, column.at, value, styles[key])
    long = [(text, c.width) for c in columns if c.wraps and isinstance(text := row.get(c.key), str)]
    lists = [(str(row[c.key]), c.width) for c in columns if c.is_list and row.get(c.key)]
    size = row_sizes()
    ws.set_row(at, max(height(long, size), min(height(lists, size), _list_height())))
    sheet.row += 1


def _list_height() -> float:
    """How tall lists may make a row."""
    size = row_sizes()
    return float(document("layout")["tracker"]["list_lines"] * size["line"] + size["padding"])


def _hint(sheet: Sheet, column: Column, last: int) -> None:
    """Beside a list's cell: how to see all of it. The formula bar shows the formula only."""
    if column.is_list:
        said = {"input_title": column.title, "input_message": document("layout")["tracker"]["list_hint"]}
        sheet.ws.data_validation(1, column.at, last, column.at, {"validate": "any", **said})


def formulas(view: View, prefix: str) -> dict[str, str]:
    """The formula of each function column, with the value as sent to fall back on."""
    title = {column.key: column.title for column in table_columns("tracker")}
    this = {key: f"tblTracker[[#This Row],[{text}]]" for key, text in title.items()}
    halves = [term.title for term in view.half_terms]
    marks = (
        f"INDEX(tblRegister[[{halves[0]}]:[{halves[-1]}]],MATCH({this['pupil_id']},tblRegister[Pupil ID],0),0)"
        if len(halves) > 1
        else f"INDEX(tblRegister[{halves[0]}],MATCH({this['pupil_id']},tblRegister[Pupil ID],0))"
    )
    return {
        key: _with_fallback(text.format(p=prefix, marks=marks, **this), _as_sent(key, this[key + _SENT]))
        for key, text in document("layout")["tracker"]["formula"].items()
    }


def _with_fallback(live: str, sent: str) -> str:
    """A function, or the value as sent: where the add-in is not, and while the Policy page cannot be worked with."""
    if "PolicyText" in live:
        return f'=IF(LEFT(PolicyText,1)="#",{sent},IFERROR({live},{sent}))'
    return f"=IFERROR({live},{sent})"


def _as_sent(key: str, cell: str) -> str:
    """What stands in for a function. A bare reference to an empty cell would show 0, so an empty one gives nothing."""
    return f'{cell}&""' if key in _WORDS else f'IF({cell}="","",{cell})'


def values(view: View, outcome: Outcome) -> dict[str, Value]:
    """What the agent writes in a pupil's row, by column key."""
    pupil, ytd = outcome.pupil, outcome.ytd
    action = next_action(outcome)
    asked, fired = (outcome.checklist, outcome.triggers) if not view.has_left(pupil) else ((), ())
    sent: dict[str, Value] = {
        "attendance": figure(outcome),
        "band": outcome.band or "",
        "stage": stage_in_words(outcome.stage),
        "stage_since": outcome.stage_since if outcome.stage else None,
        "why": outcome.why,
        "checklist": "\n".join(map(action_words, asked)),
        "triggers": "\n".join(map(trigger_words, fired)),
        "pa": "" if outcome.persistent_absence is None else "Yes" if outcome.persistent_absence else "No",
        "penalty": outcome.penalty.count,
    }
    return {
        "pupil_id": pupil.pupil_id,
        "surname": pupil.surname,
        "forename": pupil.forename,
        "year": pupil.year_group,
        "class": pupil.class_name,
        "priority": priority_words(view, pupil),
        "missed": ytd.absent,
        "possible": ytd.possible,
        "changed": _changed(view, pupil.pupil_id),
        "next_action": now_words(outcome, _since(view, outcome)) if action and not view.has_left(pupil) else "",
        "due": action.due if action and not view.has_left(pupil) else None,
        "last_4_weeks": _share(outcome.windows.get("last_4_weeks")),
        "half_term": _share(outcome.windows.get("half_term")),
        "late": ytd.late_before + ytd.late_after,
        "n_marks": outcome.unresolved,
        "pa_note": "Severe"
        if outcome.severe_absence
        else "Early"
        if outcome.persistent_absence and outcome.early
        else "",
        "status": _status(view, outcome),
        "attended": ytd.attended,
        "facts": _facts(view, outcome),
        **sent,
        **{f"{key}{_SENT}": value for key, value in sent.items()},
    }


def _since(view: View, outcome: Outcome) -> date:
    """A step that old marks asked for only today has no date before it in words."""
    return view.today if outcome.pupil.pupil_id in view.by_old_marks else date.min


def _facts(view: View, outcome: Outcome) -> str:
    """What else the cell functions must know, so that a live cell says what was sent."""
    decisions = [one for one in view.decided.get(outcome.pupil.pupil_id, ()) if one.kind != ADAPTED]  # moves no figure
    return cells.facts_told(view.policy, outcome, decisions, view.flags)


def _changed(view: View, pupil_id: str) -> str:
    """The change of stage in words. A value: ATT_CHANGED knows today's marks, not what was shown before them."""
    change = view.changed.get(pupil_id)
    if change is None:
        return ""
    before, after = (stage_in_words(stage, "No stage") for stage in (change.before, change.outcome.stage))
    return f"{before} → {after}{' (old marks were changed)' if change.edited else ''}"


def _share(measures: Measures | None) -> float | None:
    return measures.attended / measures.possible if measures and measures.possible else None


def _status(view: View, outcome: Outcome) -> str:
    end = outcome.pupil.end_date
    return f"Left {printing.day(end)}" if end and view.has_left(outcome.pupil) else "On roll"


def _colours(sheet: Sheet, view: View, columns: Sequence[Column], last: int) -> None:
    """Soft colours behind stage and band, by the words in the cells: they follow sorting and a policy being tried."""
    at = {column.key: column.at for column in columns}
    for word, look in stage_words(sheet.styles, len(view.policy.stages)).items():
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
        sheet.ws.conditional_format(1, at["stage"], last, at["stage"], rule)
    palette = document("styles")["words"]["bands"]
    for band in view.policy.bands:
        if band.colour in palette:
            name = band.name.replace('"', '""')
            rule = {"type": "cell", "criteria": "==", "value": f'"{name}"', "format": sheet.styles.words(band.colour)}
            sheet.ws.conditional_format(1, at["band"], last, at["band"], rule)


def _trying(sheet: Sheet, columns: Sequence[Column], last: int) -> None:
    """Marks each answer that is not the one that was sent: somebody is trying another policy, or other marks."""
    at = {column.key: letters(column.at) for column in columns}
    for column in columns:
        sent = at.get(f"{column.key}{_SENT}")
        if sent is None:
            continue
        live, sent = f"${at[column.key]}2", f"${sent}2"
        # A share is kept with 16 digits in the file, and worked out with all of them.
        differs = f"=ABS(N({live})-N({sent}))>1E-9" if column.format == "percent" else f"={live}<>{sent}"
        rule = {"type": "formula", "criteria": differs, "format": sheet.styles.trying}
        sheet.ws.conditional_format(1, column.at, last, column.at, rule)


def _page(sheet: Sheet, columns: Sequence[Column], last: int) -> None:
    said = document("layout")["tracker"]
    at = {column.key: column.at for column in columns}
    sheet.ws.freeze_panes(1, at[said["frozen"]] + 1)
    sheet.ws.repeat_rows(0)
    sheet.ws.print_area(0, 0, last, at[said["print_until"]])
    sheet.ws.hide_gridlines(2)
    sheet.ws.ignore_errors({"number_stored_as_text": f"A2:E{last + 1}"})  # ids, years and classes are words
