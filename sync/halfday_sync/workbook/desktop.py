"""What a workbook with macros has besides: the VBA project, the sheet that xlwings reads, and buttons."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from halfday_sync.workbook.flavour import WORKBOOK_CODE, Flavour
from halfday_sync.workbook.layout import document, number
from halfday_sync.workbook.package import part, rewritten
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.styles import Styles

CONF_SHEET = "xlwings.conf"
"""The name that xlwings looks for; its key is `conf`."""
_FONT = 'face="Calibri"'
_VML = "xl/drawings/vmlDrawing{}.vml"


def code_name(key: str) -> str:
    """How macros call a sheet, whatever people call it.

    >>> code_name("today")
    'SheetToday'
    """
    return f"Sheet{key.title()}"


def add_macros(workbook: Any, styles: Styles, sheets: Mapping[str, Sheet], flavour: Flavour) -> None:
    """The VBA project, each sheet's code name, the sheet of settings and the buttons; nothing without macros."""
    if flavour.vba is None:
        return
    named = dict(sheets)
    if flavour.conf:
        named["conf"] = _conf(workbook, styles, flavour.conf)
    for key, sheet in named.items():
        sheet.ws.set_vba_name(code_name(key))
        _buttons(sheet, document("layout").get(key, {}).get("button", ()))
    workbook.set_vba_name(WORKBOOK_CODE)
    workbook.add_vba_project(BytesIO(flavour.vba([code_name(key) for key in named])), is_stream=True)


def _conf(workbook: Any, styles: Styles, rows: Mapping[str, str]) -> Sheet:
    """The settings of xlwings in columns A and B, on a sheet that no menu of Excel brings up."""
    sheet = Sheet(workbook, styles, CONF_SHEET)
    sheet.widths({0: 30, 1: 60})
    for row, (name, value) in enumerate(rows.items()):
        sheet.ws.write_string(row, 0, name, styles("words"))
        sheet.ws.write_string(row, 1, value, styles("words"))
    sheet.ws.very_hidden()
    return sheet


def _buttons(sheet: Sheet, said: Iterable[Mapping[str, Any]]) -> None:
    """Buttons in the page's first row, beside the title: there they cover nothing. Excel does not print them."""
    size = document("layout")["button"]
    for one in said:
        sheet.ws.insert_button(
            0,
            number(one["at"]),
            {
                "macro": one["macro"],
                "caption": one["caption"],
                "description": one["help"],
                "width": one["width"],
                "height": size["height"],
                "x_offset": one["offset"],
                "y_offset": size["above"],
            },
        )


def in_our_type(data: bytes, font: str) -> bytes:
    """The buttons in the workbook's one typeface; XlsxWriter knows no other than its own."""
    pages = sum(bool(page.get("button")) for page in document("layout").values() if isinstance(page, dict))
    drawn = {_VML.format(n): part(data, _VML.format(n)).decode() for n in range(1, pages + 1)}
    return rewritten(data, {name: text.replace(_FONT, f'face="{font}"').encode() for name, text in drawn.items()})
