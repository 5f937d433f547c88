"""The tracker workbook, built whole: every sheet, then checked, then put in place in one step."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from halfday_sync.errors import SafetyError
from halfday_sync.whole_file import put_whole
from halfday_sync.workbook import (
    about,
    actions_sheet,
    calendar_sheet,
    contacts_sheet,
    decisions_sheet,
    letters_sheet,
    minutes_sheet,
    plans_sheet,
    policy_sheet,
    register_sheet,
    review,
    statutory,
    today,
    tracker,
)
from halfday_sync.workbook.desktop import add_macros, in_our_type
from halfday_sync.workbook.file_faults import trouble
from halfday_sync.workbook.flavour import Flavour
from halfday_sync.workbook.in_use import refuse_if_in_use
from halfday_sync.workbook.layout import document
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.styles import Styles, font
from halfday_sync.workbook.update.seen import DESIGN
from halfday_sync.workbook.view import View
from halfday_sync.workbook.web_extension import with_web_extension

_ENGINE = 191029
_LONGEST = 32_767


def build_tracker(path: Path, view: View, flavour: Flavour) -> None:
    """Writes the tracker. The file in place is whole at every instant: the old one, or the new one.

    Raises:
        InUseError: somebody has the workbook open.
        SafetyError: it could not be built or written as it should be; the old file is as it was.
    """
    refuse_other_ending(path, flavour)
    refuse_if_in_use(path)
    put_in_place(path, checked_bytes(view, flavour))


def refuse_other_ending(path: Path, flavour: Flavour) -> None:
    """Stops where the file's name ends otherwise than its content.

    Raises:
        SafetyError: it does, and Excel would not open such a file.
    """
    if path.suffix.lower() != flavour.suffix:
        raise SafetyError(
            f"The workbook {path.name} would hold what belongs into a file that ends in {flavour.suffix}.",
            now=f"Give the workbook a name that ends in {flavour.suffix}.",
        )


def checked_bytes(view: View, flavour: Flavour) -> bytes:
    """The tracker as the bytes of a workbook file in which our own check finds nothing.

    Raises:
        SafetyError: it finds something.
    """
    with no_collection():
        data = tracker_bytes(view, flavour)
        findings = lint(data)
    if findings:
        raise SafetyError(
            "The workbook that was built has faults that Excel would offer to repair.",
            problems=findings,
            done="The workbook in place was left as it was.",
            now="Send this message to whoever looks after Halfday.",
        )
    return data


@contextmanager
def no_collection() -> Iterator[None]:
    """Without the garbage collector: it would look again and again through cells that all stay to the end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def tracker_bytes(view: View, flavour: Flavour) -> bytes:
    """The tracker as the bytes of a workbook file. The same view and flavour give the same bytes."""
    if not view.half_terms:
        raise SafetyError(
            "The calendar has no half term of this school year, so there is nothing to put on the Register."
        )
    for name, text in (("policy", view.policy_text), ("calendar", view.calendar_text)):
        if len(text) > _LONGEST:
            raise SafetyError(f"The {name} as one text has {len(text):,} characters; a cell holds {_LONGEST:,}.")
    out = BytesIO()
    workbook = _workbook(out, view)
    styles = Styles(workbook)
    sheets = {name: Sheet(workbook, styles, document("layout")[name]["title"]) for name in _WRITERS}
    for name, write in _WRITERS.items():
        write(sheets[name], view, flavour.prefix)
        tall = document("layout")[name].get("pages_tall", 0)
        day = f"{view.today.day} {view.today:%B %Y}" if document("layout")[name].get("dated", True) else ""
        sheets[name].print_setup(view.school, sheets[name].name, day, tall)
        if "tab" in document("layout")[name]:
            sheets[name].tab(document("layout")[name]["tab"])
    named = about.names(view) | calendar_sheet.names(sheets["calendar"], view)
    named |= policy_sheet.names(sheets["policy"], view) | decisions_sheet.names()
    named[DESIGN] = f"={document('layout')['design']}"
    for name, where in sorted(named.items()):
        workbook.define_name(name, where)
    add_macros(workbook, styles, sheets, flavour)
    workbook.close()
    data = out.getvalue()
    if flavour.has_macros:
        data = in_our_type(data, font()["font_name"])
    return with_web_extension(data, flavour.web_extension) if flavour.web_extension else data


_WRITERS: dict[str, Any] = {
    "today": lambda sheet, view, _prefix: today.write(sheet, view),
    "tracker": tracker.write,
    "actions": lambda sheet, view, _prefix: actions_sheet.write(sheet, view),
    "contacts": lambda sheet, view, _prefix: contacts_sheet.write(sheet, view),
    "decisions": lambda sheet, view, _prefix: decisions_sheet.write(sheet, view),
    "letters": lambda sheet, view, _prefix: letters_sheet.write(sheet, view),
    "plans": lambda sheet, view, _prefix: plans_sheet.write(sheet, view),
    "review": lambda sheet, view, _prefix: review.write(sheet, view),
    "minutes": lambda sheet, view, _prefix: minutes_sheet.write(sheet, view),
    "statutory": lambda sheet, view, _prefix: statutory.write(sheet, view),
    "register": lambda sheet, view, _prefix: register_sheet.write(sheet, view),
    "policy": policy_sheet.write,
    "calendar": lambda sheet, view, _prefix: calendar_sheet.write(sheet, view),
    "about": lambda sheet, view, _prefix: about.write(sheet, view),
}


def _workbook(out: BytesIO, view: View) -> Any:
    # Imported here: only writing a workbook needs it, and it takes a while.
    import xlsxwriter  # noqa: PLC0415, TID251  (this is its one door)

    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": font(),
    }
    workbook = xlsxwriter.Workbook(out, options)
    created = datetime(view.today.year, view.today.month, view.today.day)  # noqa: DTZ001  (a file's date has no zone)
    workbook.set_properties({"title": f"{view.school}: attendance tracker", "author": "Halfday", "created": created})
    workbook.calc_id = _ENGINE
    workbook.calc_on_load = False
    workbook.set_size(1366, 768)
    return workbook


def put_in_place(path: Path, data: bytes, *, may: Callable[[], bool] = lambda: True) -> bool:
    """Writes a file whole: a temporary one beside it, flushed to the disk, then put in place in one step.

    `may` is asked at the last moment, when only the replacing is left to do; whether the file was put in place.

    Raises:
        InUseError: somebody has opened the file meanwhile.
        SafetyError: it could not be written; the old file is as it was.
    """

    def free() -> bool:
        refuse_if_in_use(path)
        return may()

    try:
        return put_whole(path, data, may=free)
    except OSError as fault:
        raise trouble(path, fault) from fault
