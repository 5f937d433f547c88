"""The macro project of the tracker for Excel on Windows, made without Excel.

The bytes of `xl/vbaProject.bin` are those of a compound file ([MS-CFB]) that holds a VBA project ([MS-OVBA]) as source
text only: Excel compiles it when it opens the workbook. xlwings ships its own workbooks in the same shape.

`compress` packs the texts, `directory` lists the modules, `protection` says that nothing is locked, `project` puts the
streams together, `compound_file` makes one file of them. `sources` reads the texts, `wrappers` writes those that come
from the reference of the cell functions.
"""

from halfday_sync.addins.vba.project import vba_project

__all__ = ["vba_project"]
