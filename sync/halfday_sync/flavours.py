"""Which flavour of the tracker a school's settings ask for, and what lies beside the file."""

from importlib.metadata import version
from pathlib import Path

from halfday_sync.addins import desktop, intellisense, libreoffice
from halfday_sync.addins.officejs.manifest import addin_id, version_of
from halfday_sync.addins.officejs.metadata import function_ids
from halfday_sync.addins.vba import vba_project
from halfday_sync.config import Config
from halfday_sync.workbook.flavour import Flavour, WebExtension


def flavour_of(config: Config) -> Flavour:
    """The flavour for the name of the workbook and for whom its functions are meant."""
    if config.workbook.suffix == ".xlsm":
        return Flavour(".xlsm", "", vba_project, desktop.conf_rows())
    if config.functions == "libreoffice":
        return Flavour(prefix=libreoffice.PREFIX)
    return Flavour(web_extension=_addin(config.addin_store))


def _addin(store: str) -> WebExtension:
    return WebExtension(addin_id(), version_of(version("halfday")), store, store, function_ids())


def companions(config: Config) -> dict[Path, bytes]:
    """Files that belong beside the workbook: on the desktop, the words that appear while a function is typed."""
    if config.workbook.suffix != ".xlsm":
        return {}
    return {intellisense.intellisense_path(config.workbook): intellisense.intellisense_xml()}
