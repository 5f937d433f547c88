"""The version of xlwings is read out of a workbook's macros, whoever saved them, as another reader reads them."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlwings

from halfday_sync.addins.vba import vba_project
from halfday_sync.doctor.vba import compound_streams, decompressed, sources, xlwings_version

SHIPPED = Path(xlwings.__file__).parent
SAVED_BY_EXCEL = SHIPPED / "addin" / "xlwings.xlam"
MADE_WITHOUT_EXCEL = SHIPPED / "quickstart_standalone.xlsm"


OLETOOLS = (
    "import json, sys; from oletools.olevba import VBA_Parser; "
    "json.dump([found[3] for found in VBA_Parser(sys.argv[1]).extract_macros()], sys.stdout)"
)


def as_oletools_reads(path: Path) -> list[str]:
    """The texts of all modules. In a process of its own, since oletools warns of what it uses while it is imported."""
    command = [sys.executable, "-W", "ignore", "-c", OLETOOLS, str(path)]
    found: list[str] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize("path", [SAVED_BY_EXCEL, MADE_WITHOUT_EXCEL], ids=lambda path: path.name)
def test_every_module_reads_as_oletools_reads_it(path: Path) -> None:
    ours = sorted(lines(text) for text in sources(zipfile.ZipFile(path).read("xl/vbaProject.bin")))
    theirs = sorted(lines(text) for text in as_oletools_reads(path))
    assert len(ours) > 5
    assert ours == theirs


def test_the_version_is_that_of_the_installed_xlwings() -> None:
    assert xlwings_version(MADE_WITHOUT_EXCEL) == xlwings.__version__


def test_the_macros_that_halfday_writes_ask_for_the_installed_version(tmp_path: Path) -> None:
    path = tmp_path / "tracker.xlsm"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("xl/vbaProject.bin", vba_project(["SheetToday", "SheetTracker"]))
    assert xlwings_version(path) == xlwings.__version__


def test_a_workbook_without_macros_has_no_version(made: Path) -> None:
    assert xlwings_version(made / "tracker.xlsx") == ""


def test_macros_that_are_not_of_xlwings_have_no_version() -> None:
    assert xlwings_version(SHIPPED / "quickstart.xlsm") == ""


@pytest.mark.parametrize("damage", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"PK" * 300])
def test_a_damaged_project_is_told_as_that(damage: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tracker.xlsm"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("xl/vbaProject.bin", damage)
    with pytest.raises(ValueError, match="not"):
        xlwings_version(path)


def test_a_file_that_is_no_workbook_is_told_as_that(tmp_path: Path) -> None:
    path = tmp_path / "tracker.xlsm"
    path.write_bytes(b"no")
    with pytest.raises(ValueError, match="not a whole workbook"):
        xlwings_version(path)


def test_a_chain_that_bites_its_own_tail_ends() -> None:
    data = bytearray(zipfile.ZipFile(MADE_WITHOUT_EXCEL).read("xl/vbaProject.bin"))
    table = int.from_bytes(data[76:80], "little") * 512 + 512
    first = int.from_bytes(data[48:52], "little")
    data[table + 4 * first : table + 4 * first + 4] = data[48:52]  # the directory's first sector follows itself
    with pytest.raises(ValueError, match="not a whole compound file"):
        compound_streams(bytes(data))


def test_what_is_not_compressed_is_refused() -> None:
    for data in (b"", b"\x02abc", b"\x01\x03\xb0\x01\x00\x00\x00"):  # the last copies what never came
        with pytest.raises(ValueError, match="not a compressed text"):
            decompressed(data)


@pytest.mark.parametrize("size", [0, 1, 4096, 4097, 10_000])
def test_what_our_own_writer_packs_is_unpacked(size: int) -> None:
    from halfday_sync.addins.vba.compress import compress

    text = bytes((n * n + n // 7) % 251 for n in range(size))
    assert decompressed(compress(text)) == text
