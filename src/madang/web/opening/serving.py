"""The server of the embedded site: one process, a few threads, nothing to install beside it."""

from __future__ import annotations

import socket

import typer
import waitress
from django.core.wsgi import get_wsgi_application

from madang.core.errors import UsageError


def listen(host: str, port: int, threads: int) -> None:
    """Serve until stopped.

    Raises:
        UsageError: somebody else listens there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(
                f"nobody can listen at {host}:{port}: {error.strerror}", todo="choose another: madang serve --port N"
            ) from error
    typer.echo(f"Madang is at http://localhost:{port}/ko/ and http://localhost:{port}/en/ (stop with Ctrl-C)")
    waitress.serve(
        get_wsgi_application(), host=host, port=port, threads=threads, ident=None, clear_untrusted_proxy_headers=True
    )
