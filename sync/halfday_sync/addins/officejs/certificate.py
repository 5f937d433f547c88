"""A certificate for this computer alone, so that Excel here loads the add-in from here. Trusted once in two years.

The key that signed it is thrown away: whoever trusts this certificate trusts `localhost` on this computer, and nobody
can make another certificate with it. trustme gives what is to be trusted no end that we could set, so people are told
to take an earlier one away when a new one is made.
"""

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

NAMES = ("localhost", "127.0.0.1", "::1")
_DAYS = 800
"""Macs take no certificate that is good for more than 825 days."""
_SPARE = timedelta(days=7)
_AUTHORITY, _CERTIFICATE, _KEY, _UNTIL = "trust-me.pem", "localhost.pem", "localhost.key", "until.txt"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the server shows: the certificate and its key, and, where we made it, what is to be trusted."""

    certificate: Path
    key: Path
    authority: Path | None = None
    is_new: bool = False


def certificate_folder() -> Path:
    """Where the certificate is kept: this user's own, and outside any folder that Halfday may be installed in.

    `Halfday` itself is where the README puts the virtual environment, and making that anew empties it.
    """
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Halfday certificate"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "Halfday certificate"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "halfday-certificate"


def kept(folder: Path, now: datetime) -> Certificate:
    """The certificate in a folder; made there where there is none, or where it runs out."""
    paths = [folder / name for name in (_CERTIFICATE, _KEY, _AUTHORITY)]
    is_new = not _is_good(folder, now) or not all(path.is_file() for path in paths)
    if is_new:
        _make(folder, now)
    return Certificate(paths[0], paths[1], paths[2], is_new)


def _is_good(folder: Path, now: datetime) -> bool:
    try:
        until = datetime.fromisoformat((folder / _UNTIL).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return False
    return now + _SPARE < until


def _make(folder: Path, now: datetime) -> None:
    import trustme  # noqa: PLC0415 - it brings in cryptography, which every other command would wait for

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    until = now.astimezone(UTC) + timedelta(days=_DAYS)
    authority = trustme.CA(path_length=0, organization_name="Halfday on this computer")
    leaf = authority.issue_cert(*NAMES, not_before=now.astimezone(UTC) - timedelta(days=1), not_after=until)
    key = folder / _KEY
    key.touch(mode=0o600)
    leaf.private_key_pem.write_to_path(key)
    (folder / _CERTIFICATE).write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
    authority.cert_pem.write_to_path(folder / _AUTHORITY)
    (folder / _UNTIL).write_text(until.isoformat(), encoding="ascii")


def how_to_trust(authority: Path) -> list[str]:
    """What to type, once, so that Excel and browsers on this computer trust the certificate."""
    return [
        "Trust it once, or Excel shows an empty pane:",
        f'  Windows:  certutil -user -addstore Root "{authority}"',
        f'  Mac:      security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db "{authority}"',
        "To undo it, delete 'Halfday on this computer' from the trusted root certificates.",
        "Delete one that is there from earlier as well: it is of no use any more.",
    ]
