"""The emulator over real HTTP, on this computer only."""

import gzip
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from tests.google_emulator.answering import Answering, Reply
from tests.google_emulator.calls import Call
from tests.google_emulator.described import UnlikeGoogleError
from tests.google_emulator.faults import DroppedError
from tests.google_emulator.google import Google

_SECRET = "authorization"


class Server(ThreadingHTTPServer):
    """Answers for one Google; its connections are closed when it ends, whatever the clients do."""

    daemon_threads = True

    def __init__(self, google: Google, port: int) -> None:
        self.google = google
        self.answering = Answering(google)
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(("127.0.0.1", port), Handler)

    def process_request(self, request: "socket.socket | tuple[bytes, socket.socket]", client_address: object) -> None:
        """Remembers the connection."""
        assert isinstance(request, socket.socket)
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: "socket.socket | tuple[bytes, socket.socket]") -> None:
        """Forgets it."""
        assert isinstance(request, socket.socket)
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Ends what clients keep open; their threads then end by themselves."""
        with self._lock:
            left = list(self._open)
        for connection in left:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    """One connection, kept open between calls as Google keeps it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def log_message(self, *_: object) -> None:
        """No output."""

    def _answer(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = gzip.decompress(raw) if self.headers.get("Content-Encoding") == "gzip" else raw
        headers = {name.lower(): value for name, value in self.headers.items() if name.lower() != _SECRET}
        asked = Call(self.command, self.path, body, sent=len(raw), headers=headers)
        google = self.server.google
        try:
            reply = self.server.answering.answer(
                asked, self.headers.get(_SECRET, ""), self.headers.get("Content-Type", "")
            )
        except DroppedError:
            google.calls.append(asked)
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send(asked, reply)

    def _send(self, asked: Call, reply: Reply) -> None:
        packed = "gzip" in self.headers.get("Accept-Encoding", "") and reply.body
        wire = gzip.compress(reply.body, 6, mtime=0) if packed else reply.body
        done = Call(
            asked.method,
            asked.url,
            asked.body,
            reply.status,
            reply.body,
            asked.sent,
            len(wire),
            asked.headers,
        )
        self.server.google.calls.append(done)
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content)
        if packed:
            self.send_header("Content-Encoding", "gzip")
        for name, value in (reply.headers or {}).items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(wire)))
        self.end_headers()
        self.wfile.write(wire)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the library's names


@contextmanager
def serve(google: Google, port: int = 0) -> Iterator[str]:
    """Answers on a free port, or on this one; gives the address, `http://127.0.0.1:…`.

    Raises:
        UnlikeGoogleError: at the end, where something was asked or answered that is not as Google describes it.
    """
    with Server(google, port) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
            server.hang_up()
    if google.unlike:
        raise UnlikeGoogleError("\n".join(google.unlike))
