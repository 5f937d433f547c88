"""Our extension is found where a real LibreOffice unpacks it."""

import shutil
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.doctor_site import all_right, asked, on, probing

from halfday_sync.doctor.finding import Level


@pytest.mark.libreoffice
def test_an_extension_that_libreoffice_installed_is_seen_with_its_version(tmp_path: Path) -> None:
    from tests.libreoffice import Office

    from halfday_sync.addins.libreoffice.package import extension

    file = tmp_path / "halfday.oxt"
    file.write_bytes(extension())
    office = Office(tmp_path / ".config" / "libreoffice" / "4")
    try:
        office.ask("install", str(file))
    finally:
        office.stop()
    here = probing(programs={"soffice": shutil.which("soffice") or ""})(on(system="Linux")(all_right(tmp_path)))
    found = asked("libreoffice-extension", replace(here, version=version("halfday")))
    assert (found.level, found.what) == (Level.FINE, version("halfday"))
    assert asked("libreoffice-extension", replace(here, version="99.0")).level is Level.WRONG
