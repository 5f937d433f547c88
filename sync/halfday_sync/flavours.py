"""Which flavour of the tracker a school's settings ask for, and what lies beside the file.

Each morning one flavour is written: the modules of the others are imported where they are needed only.
"""

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from halfday_sync.config import Config
from halfday_sync.workbook.flavour import Flavour, WebExtension

_DESKTOP = ".xlsm"


def flavour_of(config: Config) -> Flavour:
    """The flavour for the name of the workbook and for whom its functions are meant."""
    if config.workbook.suffix == _DESKTOP:
        return _desktop()
    return _libreoffice() if config.functions == "libreoffice" else _office(config.addin_store)


def _desktop() -> Flavour:
    from halfday_sync.addins.desktop import conf_rows  # noqa: PLC0415 - see above
    from halfday_sync.addins.vba import vba_project  # noqa: PLC0415

    return Flavour(_DESKTOP, "", vba_project, conf_rows())


def _libreoffice() -> Flavour:
    from halfday_sync.addins.libreoffice import PREFIX  # noqa: PLC0415 - see above

    return Flavour(prefix=PREFIX)


def _office(store: str) -> Flavour:
    from halfday_sync.addins.officejs.manifest import addin_id, version_of  # noqa: PLC0415 - see above
    from halfday_sync.addins.officejs.metadata import function_ids  # noqa: PLC0415

    addin = WebExtension(addin_id(), version_of(version("halfday")), store, store, function_ids())
    return Flavour(web_extension=addin)


def companions(config: Config) -> dict[Path, bytes]:
    """Files that belong beside the workbook: on the desktop, the words that appear while a function is typed."""
    if config.workbook.suffix != _DESKTOP:
        return {}
    from halfday_sync.addins.intellisense import intellisense_path, intellisense_xml  # noqa: PLC0415 - see above

    return {intellisense_path(config.workbook): intellisense_xml()}


def write_beside(files: Mapping[Path, bytes]) -> None:
    """Writes files that belong beside the workbook, where they are not there already as they should be."""
    from halfday_sync.workbook.build import put_in_place  # noqa: PLC0415 - see above

    for path, data in files.items():
        if not path.exists() or path.read_bytes() != data:
            put_in_place(path, data)
