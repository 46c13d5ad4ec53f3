"""A request line as people type it: letters beyond ASCII are answered, everything else is read as before."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, quote

import pytest
import waitress
from hypothesis import given
from hypothesis import strategies as st
from waitress.adjustments import Adjustments

from madang.web.opening.request_lines import Parser, encoded, make_server

Start = Callable[[str, list[tuple[str, str]]], object]
#: Anything a person can type into an address but a space, and what ends a line or a query.
TYPED = st.text(st.characters(exclude_characters=" #&+;%", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")))


def told(surroundings: dict[str, Any], start: Start) -> list[bytes]:
    """Answer with path and query as the application gets them."""
    start("200 OK", [("Content-Type", "text/plain")])
    return [f"{surroundings['PATH_INFO']} {surroundings['QUERY_STRING']}".encode()]


def serve(server: Any) -> Iterator[int]:
    """Serve in a thread until the test is over; give the port."""
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server.effective_port
    server.close()
    server.task_dispatcher.shutdown()


@pytest.fixture
def ours() -> Iterator[int]:
    yield from serve(make_server(told, host="127.0.0.1", port=0))


@pytest.fixture
def plain() -> Iterator[int]:
    yield from serve(waitress.create_server(told, host="127.0.0.1", port=0))


def ask(port: int, line: bytes) -> bytes:
    """Send one request line as it is, and return the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
        one.sendall(line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return b"".join(iter(lambda: one.recv(65536), b""))


def test_hangul_sent_raw_is_answered_as_if_it_were_encoded(ours: int) -> None:
    answer = ask(ours, "GET /ko/search/?q=수질개선 HTTP/1.1".encode())
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(f"/ko/search/ q={quote('수질개선')}".encode())


def test_a_raw_path_reaches_the_application_as_an_encoded_one_does(ours: int) -> None:
    raw, usual = ask(ours, "GET /ko/정책/ HTTP/1.1".encode()), ask(ours, f"GET /ko/{quote('정책')}/ HTTP/1.1".encode())
    assert raw.split(b"\r\n\r\n")[1] == usual.split(b"\r\n\r\n")[1]


def test_the_servers_own_parser_refuses_it(plain: int) -> None:
    """The reason for ours, and what would show that it is needed no more."""
    assert ask(plain, "GET /ko/search/?q=수질개선 HTTP/1.1".encode()).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "line",
    ["GÉT / HTTP/1.1".encode(), b"GET / HTTP/1.\xb1", b"\xea\xb0\x80", b"GET  /", b"GET /\xea\xb0\x80 x HTTP/1.1"],
)
def test_what_is_no_request_is_refused_as_before(ours: int, line: bytes) -> None:
    assert ask(ours, line).startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))


def test_letters_of_another_encoding_are_kept_byte_by_byte(ours: int) -> None:
    """EUC-KR is not guessed at: the application sees the bytes that came."""
    assert ask(ours, b"GET /?q=" + "물".encode("euc-kr") + b" HTTP/1.1").endswith(b"/ q=%B9%B0")


def test_every_address_listened_at_reads_alike() -> None:
    """One name may stand for an address of each family."""
    server = make_server(told, listen="127.0.0.1:0 127.0.0.1:0")
    channels = [one.channel_class.parser_class for one in server.map.values() if hasattr(one, "channel_class")]
    assert channels == [Parser, Parser]
    server.close()


@given(TYPED)
def test_whatever_one_types_comes_through_as_it_was_typed(words: str) -> None:
    parser = Parser(Adjustments())
    parser.received(f"GET /?q={words} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert parser.error is None
    assert parse_qs(parser.query, keep_blank_values=True)["q"] == [words]


@given(st.binary())
def test_a_line_of_ascii_is_left_alone_and_any_other_becomes_one(line: bytes) -> None:
    once = encoded(line)
    assert encoded(once) == once
    assert once.partition(b" ")[2].isascii()
    if line.isascii():
        assert once == line
