"""The VBA project of a tracker: its modules, and the streams they become ([MS-OVBA] 2.2)."""

from collections.abc import Sequence
from functools import cache

from halfday_sync.addins.vba import sources, wrappers
from halfday_sync.addins.vba.compound_file import compound_file
from halfday_sync.addins.vba.compress import compress
from halfday_sync.addins.vba.directory import CODE_PAGE, Kind, Module, directory
from halfday_sync.addins.vba.protection import NO_PASSWORD, NOT_LOCKED, VISIBLE, encrypted

_NAME = "VBAProject"
_PROJECT_ID = "{5D0C7A1E-6A0B-4B36-9C5E-0F1B6E6C9A42}"
_SOURCE_ONLY = bytes.fromhex("cc61ffff000100")  # 2.3.4.1: a version of 0xFFFF, so nothing compiled is read
_WORKBOOK, _WORKSHEET = "00020819-0000-0000-C000-000000000046", "00020820-0000-0000-C000-000000000046"


def vba_project(sheet_code_names: Sequence[str]) -> bytes:
    """The bytes of `xl/vbaProject.bin` for a workbook with these sheets, by code name and in order.

    The same names give the same bytes.
    """
    return _bytes(tuple(sheet_code_names))


@cache
def _bytes(sheet_code_names: tuple[str, ...]) -> bytes:
    packed = modules(sheet_code_names)
    texts = {module.name: compress(module.text.encode(CODE_PAGE)) for module in packed}
    streams = {**texts, "dir": compress(directory(_NAME, packed)), "_VBA_PROJECT": _SOURCE_ONLY}
    root = {"PROJECT": _project_text(packed).encode(CODE_PAGE), "PROJECTwm": _name_map(packed)}
    return compound_file(root, "VBA", streams)


def modules(sheet_code_names: Sequence[str]) -> tuple[Module, ...]:
    """Every module of the project, in the order in which the editor lists them."""
    return (
        _document("ThisWorkbook", _WORKBOOK, sources.own("ThisWorkbook")),
        *(_document(name, _WORKSHEET) for name in sheet_code_names),
        Module("xlwings", Kind.PROCEDURAL, sources.xlwings_module()),
        sources.dictionary_class(),
        *(Module(name, Kind.PROCEDURAL, sources.own(name)) for name in sources.OWN_MODULES),
        Module("HalfdayFunctions", Kind.PROCEDURAL, sources.lines(wrappers.functions_module())),
    )


def _document(name: str, class_id: str, text: str = "") -> Module:
    """The module behind the workbook or one of its sheets (2.3.4.3: the attributes that Excel writes)."""
    attributes = (
        f'Attribute VB_Name = "{name}"',
        f'Attribute VB_Base = "0{{{class_id}}}"',
        "Attribute VB_GlobalNameSpace = False",
        "Attribute VB_Creatable = False",
        "Attribute VB_PredeclaredId = True",
        "Attribute VB_Exposed = True",
        "Attribute VB_TemplateDerived = False",
        "Attribute VB_Customizable = True",
    )
    return Module(name, Kind.DOCUMENT, "".join(f"{line}\r\n" for line in attributes) + text)


def _project_text(packed: Sequence[Module]) -> str:
    """The PROJECT stream (2.3.1): what there is, no lock on it, and windows that are closed."""
    listed = (f"{one.kind.value}={one.name}{'/&H00000000' * (one.kind is Kind.DOCUMENT)}" for one in packed)
    lines = (
        f'ID="{_PROJECT_ID}"',
        *listed,
        f'Name="{_NAME}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{encrypted(NOT_LOCKED, _PROJECT_ID)}"',
        f'DPB="{encrypted(NO_PASSWORD, _PROJECT_ID)}"',
        f'GC="{encrypted(VISIBLE, _PROJECT_ID)}"',
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{one.name}=0, 0, 0, 0, C" for one in packed),
    )
    return "".join(f"{line}\r\n" for line in lines)


def _name_map(packed: Sequence[Module]) -> bytes:
    """The PROJECTwm stream (2.3.3): each name in the code page and in UTF-16."""
    names = (one.name.encode(CODE_PAGE) + b"\0" + one.name.encode("utf-16-le") + b"\0\0" for one in packed)
    return b"".join(names) + b"\0\0"
