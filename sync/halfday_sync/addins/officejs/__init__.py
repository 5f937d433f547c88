"""The Office.js add-in: a folder of static files that gives Excel 365 the cell functions and the pane."""

from halfday_sync.addins.officejs.folder import Built, build
from halfday_sync.addins.officejs.manifest import addin_id, address_of, version_of
from halfday_sync.addins.officejs.metadata import function_ids

__all__ = ["Built", "addin_id", "address_of", "build", "function_ids", "version_of"]
