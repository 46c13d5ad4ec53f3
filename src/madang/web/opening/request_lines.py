"""Addresses as people type them: letters beyond ASCII in a request line are read as their percent-encoded selves."""

from __future__ import annotations

import re
from typing import Any

import waitress
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

_BEYOND = re.compile(rb"[\x80-\xff]")


def encoded(line: bytes) -> bytes:
    """Return a request line whose address is ASCII: browsers encode 수질, `curl 'http://.../?q=수질'` sends it raw."""
    method, space, rest = line.partition(b" ")
    return method + space + _BEYOND.sub(lambda found: b"%%%02X" % ord(found[0]), rest)


class Parser(HTTPRequestParser):
    """Waitress's own parser, which by itself answers 400 to any byte beyond ASCII in an address."""

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the request line and the headers, the line's address encoded first."""
        line, end, headers = header_plus.partition(b"\r\n")
        super().parse_header(encoded(line) + end + headers)


class Channel(HTTPChannel):
    """A connection whose requests are read by our parser."""

    parser_class = Parser


def make_server(application: Any, **settings: Any) -> Any:
    """Return waitress's server with our channel at every address it listens at; ``run`` serves, ``close`` stops."""
    server = waitress.create_server(application, **settings)
    listening = server.map.values() if isinstance(server, waitress.server.MultiSocketServer) else [server]
    for one in listening:
        # The trigger that wakes the loop lies in the same map; it has no channels.
        if hasattr(one, "channel_class"):
            one.channel_class = Channel
    return server
