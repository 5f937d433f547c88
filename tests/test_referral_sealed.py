"""A workbook under a password opens with that password, in other programs too, and with no other."""

from io import BytesIO
from pathlib import Path

import olefile  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import libreoffice
from tests.libreoffice import LibreOfficeError, Office
from tests.referral_packs import pack

from halfday_sync.errors import SafetyError, UsageError
from halfday_sync.referrals.drawing.book import book
from halfday_sync.referrals.sealed import opened, sealed

bare_office = libreoffice.bare_office
PASSWORD = "a pony, a river & Łódź"


@pytest.fixture(scope="module")
def plain() -> bytes:
    return book(pack())


@pytest.fixture(scope="module")
def data(plain: bytes) -> bytes:
    return sealed(plain, PASSWORD)


def test_it_opens_with_its_password_and_is_the_same_workbook(plain: bytes, data: bytes) -> None:
    assert opened(data, PASSWORD) == plain


@pytest.mark.parametrize("wrong", ["", " ", PASSWORD.upper(), PASSWORD + " ", PASSWORD[:-1], "VelvetSweatshop"])
def test_it_opens_with_no_other_password(data: bytes, wrong: str) -> None:
    with pytest.raises(UsageError) as told:
        opened(data, wrong)
    assert PASSWORD not in told.value.text()


def test_nothing_of_the_workbook_can_be_read_in_it(plain: bytes, data: bytes) -> None:
    said = "Łucja O’Brien-Şahin"
    assert not [one for one in ("utf-8", "utf-16-le", "utf-16-be") if said.encode(one) in data]
    assert b"xl/worksheets" in plain
    assert b"xl/worksheets" not in data
    with olefile.OleFileIO(BytesIO(data)) as file:
        assert ["EncryptedPackage"] in file.listdir()
        told = file.openstream("EncryptionInfo").read()
    assert b'cipherAlgorithm="AES"' in told
    assert b'keyBits="256"' in told
    assert b'hashAlgorithm="SHA512"' in told


def test_two_sealings_of_one_workbook_differ(plain: bytes, data: bytes) -> None:
    assert sealed(plain, PASSWORD) != data


def test_without_a_password_there_is_no_sealing(plain: bytes) -> None:
    with pytest.raises(UsageError):
        sealed(plain, "")


@given(at=st.integers(0, 100_000), by=st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_a_file_that_was_changed_is_never_taken_for_another_workbook(
    plain: bytes, data: bytes, at: int, by: int
) -> None:
    changed = bytearray(data)
    changed[at % len(data)] ^= by
    try:
        found = opened(bytes(changed), PASSWORD)
    except (SafetyError, UsageError):
        return
    assert found == plain  # a byte that says nothing: padding between the parts of the file


@pytest.mark.parametrize("other", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)])
def test_what_is_no_encrypted_workbook_is_refused_with_a_sentence(other: bytes, plain: bytes) -> None:
    for data in (other, plain):
        with pytest.raises(SafetyError) as told:
            opened(data, PASSWORD)
        assert told.value.what.endswith(".")


@pytest.mark.libreoffice
def test_libreoffice_opens_it_with_the_password_and_not_without(
    bare_office: Office, data: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "pack to send.xlsx"
    path.write_bytes(data)
    with bare_office.open(path, PASSWORD) as file:
        assert file.ask("sheets") == [sheet.title for sheet in pack().sheets]
    for wrong in ("", "another password"):
        with pytest.raises(LibreOfficeError):
            bare_office.open(path, wrong)
