"""No test reaches another computer, not even from a thread whose errors nobody sees."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from tests.network_guard import GUARD, LeavingError, is_here

ELSEWHERE = "192.0.2.7"
"""An address that is nobody's (RFC 5737)."""


def connect(family: int, address: tuple[object, ...]) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.settimeout(0.01)
        sock.connect(address)


def connect_ex() -> None:
    with socket.socket() as sock:
        sock.settimeout(0.01)
        sock.connect_ex((ELSEWHERE, 443))


def send() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", (ELSEWHERE, 53))


WAYS: dict[str, Callable[[], object]] = {
    "IPv4": lambda: connect(socket.AF_INET, (ELSEWHERE, 443)),
    "IPv6": lambda: connect(socket.AF_INET6, ("2001:db8::7", 443, 0, 0)),
    "IPv4 in IPv6": lambda: connect(socket.AF_INET6, (f"::ffff:{ELSEWHERE}", 443, 0, 0)),
    "without an error": connect_ex,
    "without a connection": send,
    "the whole way": lambda: socket.create_connection((ELSEWHERE, 443), 0.01),
    "a name": lambda: socket.getaddrinfo("www.googleapis.com", 443),
    "a name like ours": lambda: socket.getaddrinfo("localhost.example", 443),
    "a name, the old way": lambda: socket.gethostbyname("www.googleapis.com"),
    "whose an address is": lambda: socket.gethostbyaddr(ELSEWHERE),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_out_is_refused_and_remembered(way: str) -> None:
    with pytest.raises(LeavingError, match="tests stay on this computer"):
        WAYS[way]()
    assert "it was tried to reach others: socket." in GUARD.told()
    assert GUARD.told() == ""


def test_what_a_thread_tries_and_swallows_is_remembered() -> None:
    def quietly() -> None:
        with suppress(OSError):
            connect(socket.AF_INET, (ELSEWHERE, 443))

    thread = threading.Thread(target=quietly)
    thread.start()
    thread.join()
    assert ELSEWHERE in GUARD.told()


def test_a_name_that_is_nobodys_for_good_is_answered_here() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("nobody.invalid", 443)
    assert GUARD.told() == ""


def test_this_computer_is_reached_as_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, port), 5).close()
    one, other = socket.socketpair()  # of AF_UNIX where there is such a thing
    one.close()
    other.close()
    socket.getaddrinfo(None, 80)
    assert GUARD.told() == ""


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "LOCALHOST.", b"localhost", "", None]
)
def test_these_are_this_computer(host: object) -> None:
    assert is_here(host)


@pytest.mark.parametrize(
    "host", [ELSEWHERE, "10.0.0.7", "fe80::1%eth0", "1.0.0.127", "localhost.example", "127.0.0.1.example"]
)
def test_these_are_others(host: object) -> None:
    assert not is_here(host)


THREADED = """
import socket, threading
from contextlib import suppress

def leave():
    with suppress(OSError), socket.socket() as sock:
        sock.connect(("192.0.2.7", 443))

def test_quiet():
    thread = threading.Thread(target=leave)
    thread.start()
    thread.join()

def test_innocent():
    assert True
"""


def test_a_test_that_swallows_it_fails_all_the_same(tmp_path: Path) -> None:
    ours = f"import sys\nsys.path.insert(0, {str(Path(__file__).parent.parent)!r})\nfrom tests.conftest import *\n"
    (tmp_path / "conftest.py").write_text(ours, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_threaded.py").write_text(THREADED, encoding="utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_threaded.py"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "2 passed, 1 error" in done.stdout, done.stdout[-2000:]
    assert "tests stay on this computer, but it was tried to reach others: socket.connect 192.0.2.7" in done.stdout
    assert "ERROR test_threaded.py::test_quiet" in done.stdout
