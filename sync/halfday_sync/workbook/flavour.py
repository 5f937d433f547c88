"""The flavours of the tracker: one spec, and what differs between the spreadsheet programs that open it.

Each program names cell functions in its own way, and a file that does it in another program's way shows none of them.
This is plain data: who knows the programs fills it in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

WORKBOOK_CODE = "ThisWorkbook"
"""How macros call the workbook itself; sheets are called `SheetToday` and so on."""


@dataclass(frozen=True, slots=True)
class WebExtension:
    """The Office.js add-in that a workbook brings up when it is opened.

    Attributes:
        manifest_id: the id in the add-in's manifest.
        version: the manifest's version.
        store: where Excel finds the manifest; what this says depends on `store_type`.
        store_type: `EXCatalog` (the Microsoft 365 admin centre), `OMEX`, `FileSystem`, `Registry`.
        functions: the ids of the cell functions.
    """

    manifest_id: str
    version: str
    store: str = "EXCatalog"
    store_type: str = "EXCatalog"
    functions: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Flavour:
    """What one host asks of the file. As it stands without arguments: an Office.js workbook that brings up no add-in.

    Attributes:
        suffix: how the file's name ends.
        prefix: what stands before the name of a cell function in the file; empty on the desktop.
        vba: given the code names of the sheets, the bytes of `vbaProject.bin`; none for a file without macros.
        conf: the rows of the hidden sheet that xlwings reads; empty for no such sheet.
        web_extension: the add-in that the workbook brings up; none for no such part.
    """

    suffix: str = ".xlsx"
    prefix: str = "_xldudf_"
    vba: Callable[[Sequence[str]], bytes] | None = None
    conf: Mapping[str, str] = field(default_factory=dict)
    web_extension: WebExtension | None = None

    @property
    def has_macros(self) -> bool:
        """Whether the file carries macros, and with them buttons."""
        return self.vba is not None
