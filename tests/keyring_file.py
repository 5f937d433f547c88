"""Credential stores for tests: one in a file, for subprocesses too; a locked one; one whose system has its own trouble.

Chosen as any other is, by `PYTHON_KEYRING_BACKEND=tests.keyring_file.InAFile`, and `HALFDAY_TEST_KEYRING` for its file.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

FILE = "HALFDAY_TEST_KEYRING"


class InAFile(KeyringBackend):
    """Keeps what it is given in a JSON file."""

    priority = 0.1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def get_password(self, service: str, username: str) -> str | None:
        return self._rows().get(f"{service}|{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write(self._rows() | {f"{service}|{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        rows = self._rows()
        if rows.pop(f"{service}|{username}", None) is None:
            raise PasswordDeleteError(service)
        self._write(rows)

    @staticmethod
    def _rows() -> dict[str, str]:
        path = Path(os.environ[FILE])
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    @staticmethod
    def _write(rows: dict[str, str]) -> None:
        Path(os.environ[FILE]).write_text(json.dumps(rows), encoding="utf-8")


class Locked(InAFile):
    """Nobody has unlocked it."""

    priority = 0.1

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked(f"locked: {service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked(f"locked: {service} {username} {password}")

    def delete_password(self, service: str, username: str) -> None:
        raise KeyringLocked(f"locked: {service} {username}")


class NoSession(InAFile):
    """Can be read, but not written: the system's own library complains, as on Windows without a logon session."""

    priority = 0.1

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError(1312, f"A specified logon session does not exist: {service} {username} {password}")


@contextmanager
def in_use(backend: KeyringBackend, file: Path) -> Iterator[Path]:
    """This credential store in this process and, if it is a file's, in those that it starts."""
    before = keyring.get_keyring()
    names = {"PYTHON_KEYRING_BACKEND": f"{type(backend).__module__}.{type(backend).__name__}", FILE: str(file)}
    kept = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    keyring.set_keyring(backend)
    try:
        yield file
    finally:
        keyring.set_keyring(before)
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
