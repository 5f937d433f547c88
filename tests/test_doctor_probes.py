"""The doctor's real questions: a web host over HTTPS, the disk, the registry and COM as Python sees them on Windows."""

import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Self

import pytest
import trustme
from tests.doctor_site import CHECKS, FILES, all_right, asked, on, set_up

from halfday_sync.doctor.finding import Level, Site
from halfday_sync.doctor.machine import CertificateRefusedError
from halfday_sync.doctor.probes import RealProbes, this_machine


class Host(BaseHTTPRequestHandler):
    """Serves the files of an add-in, a redirect, and a page that is not there."""

    def do_GET(self) -> None:
        name = self.path.removeprefix("/halfday/")
        found = FILES.get(name)
        self.send_response(302 if name == "moved" else 200 if found else 404)
        if name == "moved":
            self.send_header("Location", "/halfday/manifest.xml")
        self.send_header("Content-Type", f"{found.kind if found else 'text/html'}; charset=utf-8")
        self.send_header("Access-Control-Allow-Origin", "*")
        for key, value in (found.headers if found and name == "worker.js" else {}).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(found.body if found else b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the library gives
        """Nothing is printed."""


@contextmanager
def hosting(certificate: trustme.LeafCert) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"https://localhost:{server.server_address[1]}/halfday"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA) -> RealProbes:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return RealProbes(trust=context)


def visiting(site: Site, probes: RealProbes, address: str) -> Site:
    return set_up(addin_address=address)(on(probes=probes)(site))


def test_the_add_in_is_read_from_a_real_https_host(tmp_path: Path, authority: trustme.CA, trusting: RealProbes) -> None:
    with hosting(authority.issue_cert("localhost")) as address:
        site = visiting(all_right(tmp_path), trusting, address + "/")
        found = [asked(check, site) for check in CHECKS if check.startswith("addin-")]
        assert [one.level for one in found] == [Level.FINE] * 6, found
        assert trusting.web(f"{address}/moved", 10).status == 302
        assert trusting.web(f"{address}/none", 10).status == 404
        assert len(trusting.web(f"{address}/manifest.xml", 10).body) == 10


def test_a_certificate_that_is_not_trusted_is_told_as_that(tmp_path: Path, authority: trustme.CA) -> None:
    with hosting(authority.issue_cert("localhost")) as address:
        found = asked("addin-manifest", visiting(all_right(tmp_path), RealProbes(), address))
    assert (found.level, found.what) == (Level.WRONG, "the certificate is not trusted here")


def test_a_certificate_of_another_name_is_not_trusted(authority: trustme.CA, trusting: RealProbes) -> None:
    with (
        hosting(authority.issue_cert("other.example")) as address,
        pytest.raises(CertificateRefusedError),
    ):
        trusting.web(f"{address}/manifest.xml", 10)


def test_a_host_that_does_not_answer_is_told_as_that(
    tmp_path: Path, authority: trustme.CA, trusting: RealProbes
) -> None:
    with hosting(authority.issue_cert("localhost")) as address:
        pass
    found = asked("addin-manifest", visiting(all_right(tmp_path), trusting, address))
    assert found.level is Level.WRONG
    assert "cannot be reached" in found.what


def test_the_disk_is_asked_and_left_as_it_was(tmp_path: Path) -> None:
    probes, file = RealProbes(), tmp_path / "halfday.db"
    file.write_bytes(b"marks")
    before = file.stat()
    assert probes.free(tmp_path) > 0
    assert probes.writable(tmp_path)
    assert probes.writable(file)
    assert probes.zone(file) == ""
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (b"marks", before.st_mtime_ns)
    assert list(tmp_path.iterdir()) == [file]
    (tmp_path / "halfday.db:Zone.Identifier").write_text(
        "[ZoneTransfer]\nZoneId=3\n"
    )  # as Windows answers to this name
    assert "ZoneId=3" in probes.zone(file)


def test_a_file_that_may_not_be_written_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    assert not RealProbes().writable(tmp_path / "halfday.db")


def test_packages_and_programs_are_found_or_not() -> None:
    probes = RealProbes()
    assert probes.installed("xlwings") == "0.37.8"
    assert probes.installed("no-such-package-of-ours") == ""
    assert probes.which("no-such-program-of-ours") == ""
    assert "Python 3." in probes.output((sys.executable, "--version"))


class Registry(ModuleType):
    """The part of `winreg` that is used, over two keys."""

    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, KEY_READ, KEY_WOW64_64KEY = "user", "machine", 1, 256
    KEYS = {("user", r"Software\Top"): ({"Path": "C:\\", "AllowSubfolders": 1}, ["Location0", "Location1"])}  # noqa: RUF012

    def OpenKey(self, root: str, key: str, _zero: int, access: int) -> object:  # noqa: N802
        assert access == 257
        if (root, key) not in self.KEYS:
            raise FileNotFoundError(2, "no such key")
        return _Handle(self.KEYS[root, key])

    def QueryInfoKey(self, handle: "_Handle") -> tuple[int, int, int]:  # noqa: N802
        return len(handle.found[1]), len(handle.found[0]), 0

    def EnumValue(self, handle: "_Handle", at: int) -> tuple[str, object, int]:  # noqa: N802
        return (*list(handle.found[0].items())[at], 1)

    def EnumKey(self, handle: "_Handle", at: int) -> str:  # noqa: N802
        return handle.found[1][at]


class _Handle:
    def __init__(self, found: tuple[dict[str, object], list[str]]) -> None:
        self.found = found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_args: object) -> None:
        self.found = ({}, [])


def test_the_registry_is_read_with_names_in_lower_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "winreg", Registry("winreg"))
    probes = RealProbes()
    assert probes.registry(r"HKCU\Software\Top") == {"path": "C:\\", "allowsubfolders": 1}
    assert probes.subkeys(r"HKCU\Software\Top") == ("Location0", "Location1")
    assert probes.registry(r"HKLM\Software\Top") is None
    assert probes.subkeys(r"HKLM\Software\Top") == ()


class ComError(Exception):
    def __init__(self, hresult: int) -> None:
        self.hresult = hresult
        super().__init__(hresult)


@pytest.mark.parametrize(("refusal", "answer"), [(None, True), (-2147221164, False)])
def test_a_server_answers_or_is_not_among_the_running_ones(
    refusal: int | None,
    answer: bool,  # noqa: FBT001 - a table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    com(monkeypatch, refusal)
    assert RealProbes().com_server("{1}") is answer


def test_any_other_refusal_of_com_is_not_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    com(monkeypatch, -2147024891)  # access denied
    with pytest.raises(ComError):
        RealProbes().com_server("{1}")


def com(monkeypatch: pytest.MonkeyPatch, refusal: int | None) -> None:
    def create(clsid: str, outer: None, context: int, interface: str) -> object:
        assert (clsid, outer, context, interface) == ("id of {1}", None, 4, "dispatch")
        if refusal is not None:
            raise ComError(refusal)
        return object()

    pythoncom, pywintypes = ModuleType("pythoncom"), ModuleType("pywintypes")
    vars(pythoncom).update(CoCreateInstance=create, CLSCTX_LOCAL_SERVER=4, IID_IDispatch="dispatch", com_error=ComError)
    vars(pywintypes).update(IID=lambda clsid: f"id of {clsid}")
    monkeypatch.setitem(sys.modules, "pythoncom", pythoncom)
    monkeypatch.setitem(sys.modules, "pywintypes", pywintypes)


def test_this_machine_is_the_one_that_runs_the_test() -> None:
    machine = this_machine(datetime(2025, 12, 5, tzinfo=UTC))
    assert machine.python.version == sys.version_info[:3]
    assert machine.python.executable == sys.executable
    assert all(name == name.upper() for name in machine.environment)
