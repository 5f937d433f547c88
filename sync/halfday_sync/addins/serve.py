"""Serves the add-in's folder over HTTPS to this computer alone, for trying it before it goes on a real host."""

import hashlib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from halfday_sync.addins.officejs.certificate import Certificate
from halfday_sync.addins.officejs.hosting import KINDS, headers_for
from halfday_sync.errors import InUseError, SettingsError

LOOPBACK = "127.0.0.1"
_NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")
_SECONDS = 30


class _Files(BaseHTTPRequestHandler):
    """Answers with the files of one folder, to GET and HEAD."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Halfday", ""
    timeout = _SECONDS
    disable_nagle_algorithm = True

    def __init__(self, *args: object, folder: Path) -> None:
        self._folder = folder
        super().__init__(*args)  # type: ignore[arg-type]  # request, address and server, as the server gives them

    def do_GET(self) -> None:
        """The file that is asked for."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """What goes with the file that is asked for."""
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        name = name_of(self.path)
        path = file_in(self._folder, name)
        if path is None:
            self._say(HTTPStatus.NOT_FOUND, {"Content-Type": KINDS[".txt"]}, b"There is no such file.\n", with_body)
            return
        data = path.read_bytes()
        tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        headers = headers_for(name) | {"ETag": tag}
        if self.headers.get("If-None-Match") == tag:
            self._say(HTTPStatus.NOT_MODIFIED, headers, b"", with_body)
        else:
            self._say(HTTPStatus.OK, headers, data, with_body)

    def _say(self, status: HTTPStatus, headers: dict[str, str], body: bytes, with_body: bool) -> None:  # noqa: FBT001
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Says nothing: the terminal shows the address and how to stop."""


class _Server(ThreadingHTTPServer):
    """Shakes hands in the connection's own thread, so that a silent caller holds up nobody."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__((LOOPBACK, port), partial(_Files, folder=folder))

    def finish_request(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        request.settimeout(_SECONDS)
        try:
            with self._context.wrap_socket(request, server_side=True) as safe:
                super().finish_request(safe, client_address)
        except OSError:
            return  # a browser that does not trust the certificate, or went away: not a fault of ours


def name_of(target: str) -> str:
    """The path in the folder that a request asks for; the pane's page where it names none.

    >>> name_of("/pane/pane.css?1"), name_of("/"), name_of("/%2e%2e/secret")
    ('pane/pane.css', 'taskpane.html', '../secret')
    """
    return unquote(urlsplit(target).path).removeprefix("/") or "taskpane.html"


def file_in(folder: Path, name: str) -> Path | None:
    """A file of the folder that may be served: a plain name, a kind that is known, no link to elsewhere."""
    if not _NAME.fullmatch(name) or Path(name).suffix not in KINDS:
        return None
    path = folder / name
    inside = path.is_file() and path.resolve().is_relative_to(folder.resolve())
    return path if inside else None


@contextmanager
def server(folder: Path, certificate: Certificate, port: int = 0) -> Iterator[ThreadingHTTPServer]:
    """A server for the folder on this computer; it closes at the end.

    Raises:
        SettingsError: the certificate cannot be read.
        InUseError: something else answers on that port.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate.certificate, certificate.key)
    except (OSError, ssl.SSLError) as fault:
        raise SettingsError(
            f"The certificate {certificate.certificate} cannot be read with its key.",
            problems=[f"{type(fault).__name__}: {getattr(fault, 'reason', None) or fault.strerror}"],
            now="Both must be PEM files, and the key must have no password.",
        ) from fault
    try:
        made = _Server(folder, port, context)
    except OSError as fault:
        raise InUseError(f"Port {port} of this computer is taken.", now="Name another with --port.") from fault
    with made:
        yield made
