"""A workbook under a password, as Excel's own "Encrypt with Password" makes one (AES; MS-OFFCRYPTO, agile encryption).

Two sealings of one workbook differ: the keys are drawn anew each time. msoffcrypto-tool 6.1 writes AES with 256 bits,
of which it draws 128 at random.
"""

import struct
from collections.abc import Callable
from io import BytesIO
from typing import Any
from xml.parsers.expat import ExpatError

from halfday_sync.errors import SafetyError, UsageError


def sealed(xlsx: bytes, password: str) -> bytes:
    """The workbook, encrypted. It is opened again before it is handed over: what nobody can open helps nobody.

    Raises:
        UsageError: there is no password.
        SafetyError: what was made does not open with the password, or holds something else.
    """
    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415  (brings a library of ciphers; only --encrypt needs it)

    if not password:
        raise UsageError("A workbook cannot be encrypted without a password.")
    made = BytesIO()
    OOXMLFile(BytesIO(xlsx)).encrypt(password, made)
    found = made.getvalue()
    if opened(found, password) != xlsx:
        raise SafetyError("The encrypted workbook does not hold what it should.", done="No encrypted file was made.")
    return found


def opened(data: bytes, password: str) -> bytes:
    """What an encrypted workbook holds.

    Raises:
        UsageError: the password is not the right one.
        SafetyError: it is no encrypted workbook, or somebody changed it.
    """
    from msoffcrypto.exceptions import InvalidKeyError  # noqa: PLC0415  (as above)
    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415

    wrong = UsageError("This is not the password of the encrypted workbook.")
    if not password:
        raise wrong
    file = _read(lambda: OOXMLFile(BytesIO(data)))
    try:
        _read(lambda: file.load_key(password=password, verify_password=True))
    except InvalidKeyError as fault:
        raise wrong from fault
    made = BytesIO()
    try:
        _read(lambda: file.decrypt(made, verify_integrity=True))
    except InvalidKeyError as fault:
        raise SafetyError("Somebody changed the encrypted workbook.") from fault
    return made.getvalue()


def _read(step: Callable[[], Any]) -> Any:
    """A step of the reading. What a broken file makes of it is an error of ours."""
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError  # noqa: PLC0415  (as above)

    kinds = (FileFormatError, DecryptionError, OSError, ValueError, LookupError, TypeError, struct.error, ExpatError)
    try:
        return step()
    except InvalidKeyError:
        raise  # what that means depends on the step
    except kinds as fault:
        raise SafetyError(f"This cannot be opened as an encrypted workbook: {type(fault).__name__}.") from fault
