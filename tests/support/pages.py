"""A small web site that tests make up as they go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from typing_extensions import override

_PAUSE = 0.02


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site answers at one path."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before it answers."""
    held: threading.Event | None = None
    """It answers as soon as this is set."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request the site has got."""

    method: str
    path: str
    body: str
    cookie: str


class Site:
    """Pages by path, and what was asked of them."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}
        self._closing = threading.Event()
        self.asked: list[Asked] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True

    def url(self, path: str = "/") -> str:
        """Where a page is."""
        return f"http://127.0.0.1:{self.server.server_address[1]}{path}"

    def page(self, path: str, html: str, *, title: str = "Test page", status: int = 200, delay: float = 0.0) -> None:
        """Put a page at a path."""
        whole = f"<!doctype html><meta charset=utf-8><title>{title}</title><body>{html}"
        self.put(path, Answer(whole.encode(), status, {"Content-Type": "text/html"}, delay))

    def put(self, path: str, answer: Answer) -> None:
        """Put any answer at a path."""
        self._answers[path] = answer

    def posts(self) -> list[str]:
        """The bodies that were posted."""
        return [asked.body for asked in self.asked if asked.method == "POST"]

    def hold(self, path: str, html: str) -> threading.Event:
        """Put a page at a path that is shown to nobody until the event is set."""
        self.page(path, html)
        held = threading.Event()
        self.put(path, replace(self._answers[path], held=held))
        return held

    def close(self) -> None:
        """Stop answering, also those who still wait."""
        self._closing.set()
        self.server.shutdown()
        self.server.server_close()

    def _wait_for(self, held: threading.Event | None) -> None:
        while held is not None and not held.wait(_PAUSE) and not self._closing.is_set():
            pass

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
                site.asked.append(Asked(self.command, self.path, body, self.headers.get("Cookie") or ""))
                answer = site._answers.get(self.path.partition("?")[0]) or Answer(b"nothing here", 404)
                site._closing.wait(answer.delay)
                site._wait_for(answer.held)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            @override
            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

            @override
            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:
                    self.close_connection = True

        return Handler


@contextmanager
def running_site() -> Iterator[Site]:
    """Serve an empty site on a free port."""
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.close()
        thread.join()
