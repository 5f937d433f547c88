"""A small Arbor on this computer: the live feed of one custom report, as JSON or CSV, and the ways it fails."""

import base64
import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

DATA = Path(__file__).parent / "data" / "mis" / "arbor"
USER, PASSWORD, KEY = "feed-user", "feed password", "9f2c41d07be355aa1c"
LOGIN = b"<html><title>Arbor</title><form>Log in</form></html>"
SECRETS = ("Arbor feed address", "Arbor user", "Arbor password")


def recorded() -> list[dict[str, Any]]:
    """The rows of the sample report."""
    rows: list[dict[str, Any]] = json.loads((DATA / "live_feed.json").read_text(encoding="utf-8"))
    return rows


@dataclass
class Arbor:
    """What the service gives; a test changes it as it goes.

    Attributes:
        rows: the report.
        kind: json or csv.
        status: HTTP status of each answer.
        body: what it sends instead of the report, with its content type.
        cut_off: the answer ends in the middle.
        asked: how often it was asked.
    """

    rows: list[dict[str, Any]] = field(default_factory=recorded)
    kind: str = "json"
    status: int = 200
    body: tuple[bytes, str] | None = None
    cut_off: bool = False
    asked: int = 0
    port: int = 0

    @property
    def address(self) -> str:
        """The address of the feed, with its key."""
        return f"http://127.0.0.1:{self.port}/data-export/export/id/7/h/{KEY}/format/{self.kind}/v/2/"

    @property
    def secrets(self) -> dict[str, str]:
        """What the school keeps."""
        return dict(zip(SECRETS, (self.address, USER, PASSWORD), strict=True))

    def renamed(self, **headings: str) -> None:
        """Somebody gives columns of the report other headings: old="new", _ for a space."""
        new = {old.replace("_", " "): name for old, name in headings.items()}
        self.rows = [{new.get(heading, heading): value for heading, value in row.items()} for row in self.rows]

    def answer(self, path: str, authorization: str) -> tuple[int, bytes, str]:
        """Status, body and content type."""
        self.asked += 1
        if authorization != "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode():
            return 401, LOGIN, "text/html"
        if path != self.address.partition(str(self.port))[2]:
            return 404, b"{}", "application/json"
        if self.body:
            return self.status, *self.body
        return self.status, self._report(), "text/csv" if self.kind == "csv" else "application/json"

    def _report(self) -> bytes:
        if self.kind == "json":
            data = json.dumps(self.rows, ensure_ascii=False).encode()
        else:
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, list(dict.fromkeys(name for row in self.rows for name in row)))
            writer.writeheader()
            writer.writerows(self.rows)
            data = text.getvalue().encode()
        return data[: len(data) // 2] if self.cut_off else data


@contextmanager
def serving(kind: str = "json") -> Iterator[Arbor]:
    """The service on a free port of this computer."""
    arbor = Arbor(kind=kind)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body, content = arbor.answer(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Type", content)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """No output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        arbor.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield arbor
        finally:
            server.shutdown()
            thread.join()
