"""`halfday addin serve`: one folder, over HTTPS, to this computer alone, and nothing but its files."""

import argparse
import http.client
import socket
import ssl
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from halfday_sync.addins.officejs.certificate import Certificate, certificate_folder, how_to_trust, kept
from halfday_sync.addins.officejs.manifest import addin_id
from halfday_sync.addins.serve import file_in, server
from halfday_sync.commands import addin_officejs
from halfday_sync.errors import Exit, InUseError, SettingsError, UsageError

NOW = datetime.now(UTC)  # noqa: TID251 - whether a certificate is good is judged by the computer's clock
MANIFEST = """<OfficeApp xmlns="http://schemas.microsoft.com/office/appforoffice/1.1"><Id>{id}</Id>
<DefaultSettings><SourceLocation DefaultValue="{address}/taskpane.html"/></DefaultSettings></OfficeApp>"""

Answer = tuple[int, dict[str, str], bytes]
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return kept(tmp_path_factory.mktemp("certificate"), NOW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as the build makes it, in little; beside it something that is nobody's business."""
    top = tmp_path / "addin"
    (top / "pyodide-9.9.9").mkdir(parents=True)
    files = {
        "manifest.xml": MANIFEST.format(id=addin_id(), address="https://localhost:3000"),
        "taskpane.html": "<title>Halfday</title>",
        "functions.json": "{}",
        "functions.js": "1",
        "pyodide-9.9.9/pyodide.asm.wasm": "wasm",
        ".hidden.js": "hidden",
        "notes.docx": "a person's",
    }
    for name, text in files.items():
        (top / name).write_text(text, encoding="utf-8")
    (tmp_path / "secret.js").write_text("secret", encoding="utf-8")
    return top


@contextmanager
def running(folder: Path, certificate: Certificate) -> Iterator[int]:
    with server(folder, certificate) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield made.server_port
        finally:
            made.shutdown()
            thread.join()


@pytest.fixture
def port(folder: Path, certificate: Certificate) -> Iterator[int]:
    with running(folder, certificate) as found:
        yield found


@pytest.fixture
def ask(port: int, certificate: Certificate) -> Ask:
    """One request over HTTPS, trusting what `serve` says is to be trusted: status, headers, body."""
    context = ssl.create_default_context(cafile=str(certificate.authority))

    def one(path: str, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=20)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    return one


def test_a_file_comes_as_what_it_is(ask: Ask) -> None:
    status, headers, body = ask("/pyodide-9.9.9/pyodide.asm.wasm")
    assert (status, body) == (200, b"wasm")
    assert headers["content-type"] == "application/wasm"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["x-content-type-options"] == "nosniff"
    assert "'wasm-unsafe-eval'" in headers["content-security-policy"]
    assert "x-frame-options" not in headers
    assert ask("/functions.js?v=1")[1]["content-type"] == "text/javascript; charset=utf-8"


def test_excel_on_the_web_may_read_the_metadata_and_nothing_else_across(ask: Ask) -> None:
    assert ask("/functions.json")[1]["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in ask("/taskpane.html")[1]


def test_what_has_not_changed_is_not_sent_again(ask: Ask, folder: Path) -> None:
    _, headers, _ = ask("/functions.js")
    assert headers["cache-control"] == "no-cache"
    assert ask("/functions.js", **{"If-None-Match": headers["etag"]})[0::2] == (304, b"")
    (folder / "functions.js").write_text("2", encoding="utf-8")
    assert ask("/functions.js", **{"If-None-Match": headers["etag"]})[0::2] == (200, b"2")


def test_head_sends_no_body_and_nothing_else_is_understood(ask: Ask) -> None:
    status, headers, body = ask("/taskpane.html", "HEAD")
    assert (status, headers["content-length"], body) == (200, "22", b"")
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert ask("/taskpane.html", method)[0] == 501


def test_the_bare_address_shows_the_pane(ask: Ask) -> None:
    assert ask("/")[2] == b"<title>Halfday</title>"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.js",
        "/%2e%2e/secret.js",
        "/..%2fsecret.js",
        "/..\\secret.js",
        "/pyodide-9.9.9/../../secret.js",
        "//secret.js",
        "/.hidden.js",
        "/pyodide-9.9.9",
        "/pyodide-9.9.9/",
        "/notes.docx",
        "/manifest",
        "/functions.js%00.html",
        "/functions.js/",
        "/C:/secret.js",
        "/link.js",
    ],
)
def test_nothing_but_the_files_of_the_folder_is_found(ask: Ask, folder: Path, path: str) -> None:
    if path == "/link.js":
        (folder / "link.js").symlink_to(folder.parent / "secret.js")
    status, _, body = ask(path)
    assert (status, body) == (404, b"There is no such file.\n")


def test_a_plain_name_is_found_and_no_other(folder: Path) -> None:
    assert file_in(folder, "taskpane.html") == folder / "taskpane.html"
    assert file_in(folder, str(folder / "taskpane.html")) is None


def test_only_this_computer_is_answered(folder: Path, certificate: Certificate) -> None:
    with server(folder, certificate) as made:
        assert made.server_address[0] == "127.0.0.1"


def test_a_caller_that_says_nothing_holds_up_nobody(ask: Ask, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)):
        assert ask("/functions.js")[0] == 200


def test_a_browser_that_does_not_trust_the_certificate_stops_nothing(
    ask: Ask, port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with (
        pytest.raises(ssl.SSLError),
        socket.create_connection(("127.0.0.1", port)) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost"),
    ):
        pass
    assert ask("/functions.js")[0] == 200
    assert "Traceback" not in capfd.readouterr().err


# --- the certificate -------------------------------------------------------------------------------------------------


def test_a_certificate_is_made_once_and_kept(tmp_path: Path) -> None:
    first = kept(tmp_path / "kept", NOW)
    before = first.certificate.read_bytes()
    again = kept(tmp_path / "kept", NOW + timedelta(days=700))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.certificate.read_bytes() == before
    assert stat.S_IMODE(first.key.stat().st_mode) == 0o600


def test_a_certificate_that_runs_out_is_made_anew(tmp_path: Path) -> None:
    first = kept(tmp_path, NOW)
    before = first.certificate.read_bytes()
    later = kept(tmp_path, NOW + timedelta(days=795))
    assert later.is_new
    assert later.certificate.read_bytes() != before


@pytest.mark.parametrize("lost", ["localhost.pem", "localhost.key", "trust-me.pem", "until.txt"])
def test_a_certificate_that_lost_a_part_is_made_anew(tmp_path: Path, lost: str) -> None:
    kept(tmp_path, NOW)
    (tmp_path / lost).unlink()
    assert kept(tmp_path, NOW).is_new


def test_nobody_can_sign_another_certificate_with_what_is_kept(tmp_path: Path) -> None:
    """Whoever trusts the certificate must not thereby trust other sites that somebody makes with its key."""
    made = kept(tmp_path, NOW)
    keys = [path.name for path in tmp_path.iterdir() if b"PRIVATE KEY" in path.read_bytes()]
    assert keys == [made.key.name]
    from cryptography import x509

    own = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    assert not own.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert own.not_valid_after_utc - own.not_valid_before_utc <= timedelta(days=825)  # what Macs accept


@pytest.mark.parametrize(
    ("platform", "variable", "at"),
    [
        ("win32", "LOCALAPPDATA", "Halfday certificate"),
        ("darwin", "HOME", "Library/Application Support/Halfday certificate"),
        ("linux", "XDG_DATA_HOME", "halfday-certificate"),
    ],
)
def test_it_is_kept_where_programs_keep_what_is_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, variable: str, at: str
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    assert certificate_folder() == tmp_path / at
    assert not certificate_folder().is_relative_to(tmp_path / "Halfday")  # the venv's folder, which is made anew


def test_making_the_virtual_environment_anew_keeps_the_certificate(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(folder, monkeypatch, "--port", 0)
    made = {path.relative_to(tmp_path / "data").parts[0] for path in (tmp_path / "data").rglob("*.key")}
    assert made == {"halfday-certificate"}


def test_whoever_trusts_a_new_certificate_is_told_to_take_away_the_old_one(tmp_path: Path) -> None:
    assert "Delete one that is there from earlier" in " ".join(how_to_trust(tmp_path / "trust-me.pem"))


# --- the command -----------------------------------------------------------------------------------------------------


def serve(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: object) -> list[str]:
    """What the command says, stopped with Ctrl-C as soon as it serves."""

    def stopped(*_args: object, **_how: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("http.server.ThreadingHTTPServer.serve_forever", stopped)
    monkeypatch.setenv("XDG_DATA_HOME", str(folder.parent / "data"))
    monkeypatch.setattr("sys.platform", "linux")
    parser = argparse.ArgumentParser()
    addin_officejs.add(parser.add_subparsers())
    args = parser.parse_args(["serve", str(folder), *map(str, words)])
    args.now = NOW
    said: list[str] = []
    assert args.run(args, said.append) == Exit.DONE
    return said


def test_the_command_says_where_it_is_how_to_trust_it_and_how_to_stop(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "manifest.xml").write_text(
        MANIFEST.format(id=addin_id(), address=f"https://localhost:{_free_port()}"), encoding="utf-8"
    )
    first, again = serve(folder, monkeypatch), serve(folder, monkeypatch)
    assert first[0].startswith("The add-in is at https://localhost:")
    assert "certutil -user -addstore Root" in " ".join(first)
    assert "security add-trusted-cert" in " ".join(first)
    assert first[-1] == "Stopped."
    assert "certutil" not in " ".join(again)
    assert "trust-me.pem" in again[1]
    assert not [line for line in first if "will look there" in line]


def test_a_manifest_for_another_host_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "manifest.xml").write_text(
        MANIFEST.format(id=addin_id(), address="https://halfday.school.example"), encoding="utf-8"
    )
    said = " ".join(serve(folder, monkeypatch, "--port", 0))
    assert "The manifest names https://halfday.school.example, so Excel will look there" in said


def test_a_folder_that_is_not_the_addin_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="not a folder of the add-in"):
        serve(tmp_path, monkeypatch)


def test_a_certificate_of_ones_own_is_used(
    folder: Path, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ("--certificate", certificate.certificate, "--key", certificate.key)
    said = serve(folder, monkeypatch, "--port", 0, *own)
    assert "certutil" not in " ".join(said)
    with pytest.raises(UsageError, match="belong together"):
        serve(folder, monkeypatch, "--key", certificate.key)
    (folder.parent / "bad.pem").write_text("no certificate", encoding="utf-8")
    with pytest.raises(SettingsError, match="cannot be read with its key"):
        serve(folder, monkeypatch, "--certificate", folder.parent / "bad.pem", "--key", certificate.key)


def test_a_port_that_is_taken_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(InUseError, match="is taken"):
        serve(folder, monkeypatch, "--port", other.getsockname()[1])


@pytest.mark.parametrize("port", [99999, -5])
def test_a_port_that_no_computer_has_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    with pytest.raises(UsageError, match="--port is a number from 1 to 65535"):
        serve(folder, monkeypatch, f"--port={port}")


def test_a_certificate_that_is_not_there_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    none = folder / "nope.pem"
    with pytest.raises(UsageError, match=r"There is no file .*nope\.pem"):
        serve(folder, monkeypatch, "--certificate", none, "--key", none)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
