"""The Register: the marks that the cell functions read, one text a pupil and half term, and the key of the codes."""

from dataclasses import replace

from halfday import codes
from halfday_sync.fit import packed
from halfday_sync.workbook.layout import Column, document, table_columns
from halfday_sync.workbook.sections import add_table
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.styles import row_sizes
from halfday_sync.workbook.view import View, name_of

_COUNTS = {
    "present": "attended",
    "activity": "attended",
    "authorised": "absence, authorised",
    "unauthorised": "absence, unauthorised",
    "not_possible": "not counted",
    "administrative": "not counted",
    "missing": "not counted yet",
}


def columns(view: View) -> tuple[Column, ...]:
    """Pupil ID, name and class, then one column a half term; narrow where there are no marks yet."""
    first = table_columns("register")
    said = document("layout")["register"]["half_term"]
    found = list(first)
    for place, term in enumerate(view.half_terms):
        at = len(first) + place
        width = said["width"] if term.start <= view.today else said["width_empty"]
        found.append(Column(f"half_term_{place}", term.title, said["owner"], said["format"], at, at, width))
    return tuple(found)


def write(sheet: Sheet, view: View) -> None:
    """The Register sheet."""
    shown = columns(view)
    sheet.widths({column.at: column.width for column in shown})
    sheet.headers(shown)
    rows = [outcome.pupil for outcome in view.ordered]
    add_table(sheet, "tblRegister", shown, 0, max(1, len(rows)), filters=True)
    size = row_sizes()
    styles = [sheet.style_of(column) for column in shown]
    for pupil in rows:
        texts = view.marks.get(pupil.pupil_id, ("",) * len(view.half_terms))
        for at, text in enumerate((pupil.pupil_id, name_of(pupil), pupil.class_name, *texts)):
            sheet.put(sheet.row, at, text, styles[at])
        most = max((packed(text, column.width) for text, column in zip(texts, shown[3:], strict=True)), default=1)
        sheet.ws.set_row(sheet.row, max(size["least"], most * size["line"] + size["padding"]))
        sheet.row += 1
    frozen = next(c.at for c in shown if c.key == document("layout")["register"]["frozen"])
    sheet.ws.freeze_panes(1, frozen + 1)
    sheet.ws.repeat_rows(0)
    sheet.ws.print_area(0, 0, max(1, len(rows)), shown[-1].at)
    sheet.ws.hide_gridlines(2)
    sheet.ws.ignore_errors({"number_stored_as_text": f"A2:A{len(rows) + 1}"})
    _key(sheet, view, shown[-1].at + 2)
    sheet.ws.protect("", {"autofilter": True, "sort": False, "format_columns": True, "format_rows": True})


def _key(sheet: Sheet, view: View, at: int) -> None:
    """What each code means, beside the marks."""
    shown = [replace(c, at=c.at + at, to=c.to + at) for c in table_columns("register", "key")]
    for column in shown:
        sheet.ws.set_column(column.at, column.at, column.width)
        sheet.put(0, column.at, column.header, sheet.styles(column.owner))
    now = [code for code in codes.all_codes() if code.from_ <= view.today <= code.to]
    rows = [(code.code, code.meaning, _COUNTS[code.class_]) for code in now]
    for row, texts in enumerate(
        [*rows, (".", "No mark: not on roll, or the register is not in yet", "not counted yet")], 1
    ):
        for column, text in zip(shown, texts, strict=True):
            sheet.put(row, column.at, text, sheet.style_of(column))
