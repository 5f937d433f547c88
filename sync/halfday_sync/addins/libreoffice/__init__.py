"""The cell functions in LibreOffice: an extension, `halfday.oxt`, that needs nothing but LibreOffice itself.

`package` makes the file, `type_library` one part of it; `component` is what runs inside LibreOffice; `names` are the
names by which workbooks know the functions.
"""

from halfday_sync.addins.libreoffice.names import PREFIX

__all__ = ["PREFIX"]
