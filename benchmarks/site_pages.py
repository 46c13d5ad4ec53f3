"""CPU per page of the site, kept and not kept, beside plain Wagtail on the same content; servers side by side.

The peer is what Wagtail's own project template would do with these pages: its middleware, its serve view, a plain
template, its default search. `--servers` serves the site with waitress, gunicorn and granian in turn.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import types
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

HOME = tempfile.TemporaryDirectory(prefix="madang-bench-")
os.environ.update(MADANG_HOME=HOME.name, DJANGO_SETTINGS_MODULE="madang.web.settings", MADANG_HOSTS="testserver")

import django  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.urls import include, path  # noqa: E402

from madang.web.opening.preparing import prepare  # noqa: E402

PLAIN_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PAGES = {
    "article": "/en/solutions/eco-mileage/",
    "list": "/en/partners/",
    "news": "/en/news/news-hangang-water-2021/",
    "search": "/en/search/?q=water",
    "promises": "/en/promises/",
    "bench form": "/en/bench/eco_mileage/",
}
ARTICLE = """{% load wagtailcore_tags %}<html><title>{{ page.title }}</title><h1>{{ page.title }}</h1>
<p>{{ page.summary }}
{% for body in bodies %}{% include_block body %}{% endfor %}{% for one in entries %}<h2><a href="{% pageurl one %}">
{{ one.title }}</a></h2><p>{{ one.summary }}</p>{% endfor %}</html>"""


ROWS = """<html><h1>{{ title }}</h1>{% for one in rows %}<h2>{{ one.title }}</h2><p>{{ one.summary }}</p>
{% endfor %}</html>"""
FORM = """<html><h1>{{ title }}</h1><form method="post">{{ form.as_p }}<button>Run</button></form></html>"""


def plain_urls() -> str:
    """Make the peer's addresses: Wagtail's pages through a plain template, its default search, a plain form and list.

    The list of promises is a plain loop over the same rows; the form a plain Django form of as many fields.
    """
    from django import forms
    from wagtail.models import Page

    from madang.web.bench.asking import read_defaults
    from madang.web.bench.cards import card_of
    from madang.web.bench.forms import make_form
    from madang.web.library.models import EntryPage
    from madang.web.scoreboard.models import Standing

    template, form_template, rows_template = (engines["django"].from_string(words) for words in (ARTICLE, FORM, ROWS))
    boxes = [box for _, box in make_form(read_defaults("eco_mileage", "seoul", date.today()), {}, "en").boxes()]
    fields = {box.path: forms.CharField(label=box.path, required=False, initial=box.default) for box in boxes}
    plain_form = type("PlainForm", (forms.Form,), fields)

    def promises_view(request: Any, language: str) -> HttpResponse:
        rows = [
            {"title": one.data["statement"][language], "summary": f"{one.verdict}: {one.data['reason'][language]}"}
            for one in Standing.objects.all()
        ]
        return HttpResponse(rows_template.render({"title": "Were the promises kept?", "rows": rows}, request))

    def form_view(request: Any, language: str) -> HttpResponse:
        title = card_of("eco_mileage").title.to(language)  # type: ignore[arg-type]
        return HttpResponse(form_template.render({"title": title, "form": plain_form()}, request))

    def page_view(request: Any, language: str, rest: str) -> HttpResponse:
        page = Page.objects.get(depth=2, locale__language_code=language)
        for slug in [part for part in rest.split("/") if part]:
            page = page.get_children().live().get(slug=slug)
        page = page.specific
        bodies = [getattr(page, name) for name in getattr(page, "text_fields", ())]
        entries = [] if bodies else EntryPage.objects.live().child_of(page).specific()[:20]
        return HttpResponse(template.render({"page": page, "bodies": bodies, "entries": entries}, request))

    def search_view(request: Any, language: str) -> HttpResponse:
        home = Page.objects.get(depth=2, locale__language_code=language)
        found = Page.objects.live().descendant_of(home).search(request.GET["q"])[:15]
        rows = [one.specific for one in found]
        return HttpResponse(template.render({"page": {"title": "Search"}, "bodies": [], "entries": rows}, request))

    module = types.ModuleType("plain_urls")
    module.urlpatterns = [  # type: ignore[attr-defined]
        path("<slug:language>/search/", search_view),
        path("<slug:language>/promises/", promises_view),
        path("<slug:language>/bench/eco_mileage/", form_view),
        path("<slug:language>/<path:rest>", page_view),
        path("", include("wagtail.urls")),
    ]
    sys.modules["plain_urls"] = module
    return "plain_urls"


def cpu_ms(act: Callable[[], object], times: int) -> float:
    """Return the CPU milliseconds of one act, the mean of some after two for warmth."""
    act()
    act()
    start = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - start) / times * 1000


def measure_pages(times: int) -> bool:
    """Print a row for each page; tell whether ours and the peer's show the same page."""
    agree, peer_urls = True, plain_urls()
    heads = ("bytes", 8), ("kept ms", 9), ("drawn ms", 9), ("plain ms", 10), ("plain/kept", 10), ("drawn/plain", 11)
    print(f"{'page':12} " + " ".join(f"{head:>{wide}}" for head, wide in heads))
    for name, address in PAGES.items():
        client = Client()
        first = client.get(address)
        if first.status_code != 200:
            print(f"{name:12} answers {first.status_code}: left out")
            continue

        def drawn(client: Client = client, address: str = address) -> None:
            cache.clear()
            client.get(address)

        uncached = cpu_ms(drawn, times)
        kept = cpu_ms(lambda client=client, address=address: client.get(address), times * 5)
        with override_settings(MIDDLEWARE=PLAIN_MIDDLEWARE, ROOT_URLCONF=peer_urls):
            peer = Client()
            shown = peer.get(address).content.decode()
            plain = cpu_ms(lambda peer=peer, address=address: peer.get(address), times)
        title = first.content.decode().split("<h1>")[1].split("</h1>")[0]
        agree = agree and title in shown
        print(
            f"{name:12} {len(first.content):8,} {kept:9.2f} {uncached:9.1f} {plain:10.1f}"
            f" {plain / kept:10.0f} {uncached / plain:11.2f}"
        )
    return agree


SERVERS = {
    # As `madang serve` runs it: with the parser that takes addresses typed in Hangul.
    "waitress": [
        "-c",
        """from madang.web.opening.request_lines import make_server; from madang.web.wsgi import application
make_server(application, host='127.0.0.1', port={port}, threads=4).run()""",
    ],
    "gunicorn": [
        "-m",
        "gunicorn",
        "-w",
        "1",
        "--threads",
        "4",
        "-b",
        "127.0.0.1:{port}",
        "madang.web.wsgi:application",
    ],
    "granian": ["-m", "granian", "--interface", "wsgi", "--port", "{port}", "--no-ws", "madang.web.wsgi:application"],
}


def measure_servers(seconds: float) -> None:
    """Print requests a second and CPU a request of each server that is installed, for a kept page, four clients."""
    print(f"\n{'server':10} {'requests/s':>11} {'CPU ms a request':>17} {'raw Hangul':>11}")
    for name, command in SERVERS.items():
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        words = [word.format(port=port) for word in command]
        with subprocess.Popen(
            [sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        ) as server:
            if not _answers(port, server):
                print(f"{name:10} is not installed or did not start")
                continue
            raw = _raw_hangul(port)
            before, counts = _cpu(server.pid), [0, 0, 0, 0]
            until = time.monotonic() + seconds
            clients = [threading.Thread(target=_ask, args=(port, until, counts, place)) for place in range(4)]
            for one in clients:
                one.start()
            for one in clients:
                one.join()
            used = _cpu(server.pid) - before
            server.terminate()
        print(f"{name:10} {sum(counts) / seconds:11.0f} {used / max(1, sum(counts)) * 1000:17.2f} {raw:>11}")


def _answers(port: int, server: subprocess.Popen[bytes]) -> bool:
    """Wait until a server answers."""
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            connection = http.client.HTTPConnection("localhost", port, timeout=20)
            connection.request("GET", "/en/")
            return connection.getresponse().status == 200
        except OSError:
            time.sleep(0.3)
    return False


def _raw_hangul(port: int) -> str:
    """Return the status with which a server answers an address whose letters nobody encoded, as curl sends it."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as one:
        one.sendall("GET /ko/search/?q=수질개선 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        return one.recv(64).decode("latin-1").split(" ")[1]


def _ask(port: int, until: float, counts: list[int], place: int) -> None:
    """Ask for one page again and again over one connection."""
    connection = http.client.HTTPConnection("localhost", port, timeout=20)
    while time.monotonic() < until:
        connection.request("GET", "/en/")
        connection.getresponse().read()
        counts[place] += 1


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a process and its children so far."""
    total = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(folder.name) == pid or int(fields[1]) == pid:
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def main() -> int:
    """Measure and print; one where the pages disagree."""
    options = argparse.ArgumentParser()
    options.add_argument("--quick", action="store_true")
    options.add_argument("--servers", action="store_true")
    given = options.parse_args()
    prepare()
    django.setup()
    django.core.management.call_command("refresh_figures", "eco_mileage")
    django.core.management.call_command("judge_promises")
    agree = measure_pages(10 if given.quick else 60)
    print("ours and the peer's show the same pages" if agree else "the pages DISAGREE")
    if given.servers:
        measure_servers(3.0 if given.quick else 10.0)
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
