"""The texts of the macro project: Halfday's own, and the two modules that the BSD part of xlwings brings."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from halfday_sync.addins.vba.directory import CODE_PAGE, Kind, Module
from halfday_sync.errors import SettingsError

OWN_MODULES = ("HalfdayExcel", "HalfdayConnection", "HalfdayMemo", "HalfdayButtons")
"""The modules of `macros/vba`, beside the few lines of the workbook's own module."""

_CLASS_BASE = 'Attribute VB_Base = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"'
_CLASS_END = "Attribute VB_TemplateDerived = False\r\nAttribute VB_Customizable = False"


@cache
def vba_dir() -> Path:
    """The folder of Halfday's own VBA texts: in the package in a wheel, at the top of a checkout otherwise."""
    package = Path(__file__).parents[2]
    shipped = package / "macros_vba"
    return shipped if shipped.is_dir() else package.parents[1] / "macros" / "vba"


def own(name: str) -> str:
    """The text of one of Halfday's own modules."""
    return lines((vba_dir() / f"{name}.bas").read_text(encoding="utf-8"))


def lines(text: str) -> str:
    r"""A text with the line ends that VBA wants.

    >>> lines("Sub A()\nEnd Sub\r\n")
    'Sub A()\r\nEnd Sub\r\n'
    """
    return re.sub(r"\r?\n", "\r\n", text)


def xlwings_module() -> str:
    """The module `xlwings`, as upstream's own standalone workbook holds it."""
    return _of_xlwings("xlwings.bas")


def dictionary_class() -> Module:
    """The class `Dictionary` that the module needs on a Mac, in the form that a project holds a class."""
    text = _of_xlwings("addin/Dictionary.cls")
    head, name, rest = text[text.index("Attribute VB_Name") :].partition("\r\n")
    exposed = "Attribute VB_Exposed = True"
    about = re.search(r'^Attribute VB_Description = "(.*)"\r$', text, re.MULTILINE)
    text = f"{head}{name}{_CLASS_BASE}\r\n" + rest.replace(exposed, f"{exposed}\r\n{_CLASS_END}", 1)
    said = about[1].replace("\\r\\n", "\r\n") if about else ""
    return Module("Dictionary", Kind.CLASS, text, said)


def _of_xlwings(file: str) -> str:
    # Found, not imported: xlwings looks for Excel when it is imported, and only its text is wanted.
    spec = find_spec("xlwings")
    if spec is None or spec.origin is None:
        raise SettingsError("xlwings is not installed, so the macros of the tracker cannot be made.")
    return lines((Path(spec.origin).parent / file).read_bytes().decode(CODE_PAGE))
