"""A real HTTP server on this machine, that answers as told, well or badly; and a clock that waits for nothing."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from ctg_lib.sources.clients.http import Clock


@dataclass
class Reply:
    """One answer.

    Attributes:
        status, body, headers: as sent; Content-Length is the body's unless ``length`` says otherwise.
        cut: bytes really sent before the line is closed.
        delay: seconds of silence before the answer.
        ranges: answer a Range request with the rest of the body (If-Range must match the ETag).
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    cut: int | None = None
    delay: float = 0.0
    ranges: bool = False


@dataclass
class Asked:
    """One request, as the server saw it."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]

    def all(self, name: str) -> list[str]:
        """Values of a parameter."""
        return [v for k, v in self.query if k == name]

    def one(self, name: str, default: str = "") -> str:
        """The value of a parameter."""
        return dict(self.query).get(name, default)


Answer = Reply | list[Reply] | Callable[[Asked], Reply]


class Server:
    """Answers by path; a list is used up one by one, its last answer stays. A context manager."""

    def __init__(self) -> None:
        self.routes: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server._answer(self)

            do_HEAD = do_GET

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:  # clients that leave in the middle
                pass

        self._http = Quiet(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def to(self, path: str) -> list[Asked]:
        """Requests for a path."""
        return [a for a in self.asked if a.path == path]

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        asked = Asked(
            handler.command, parts.path, parse_qsl(parts.query, keep_blank_values=True),
            {k.lower(): v for k, v in handler.headers.items()},
        )  # fmt: skip
        self.asked.append(asked)
        answer = self.routes.get(parts.path, Reply(404, b"introuvable"))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        reply = answer if isinstance(answer, Reply) else answer(asked)
        self._send(handler, asked, reply)

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, asked: Asked, reply: Reply) -> None:
        if reply.delay:
            time.sleep(reply.delay)
        status, body, headers = reply.status, reply.body, dict(reply.headers)
        wanted = re.fullmatch(r"bytes=(\d+)-", asked.headers.get("range", ""))
        if reply.ranges and wanted and asked.headers.get("if-range") == headers.get("ETag"):
            start = int(wanted[1])
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            status, body = 206, body[start:]
        headers.setdefault("Content-Length", str(len(body) if reply.length is None else reply.length))
        try:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            if asked.method == "GET":
                handler.wfile.write(body if reply.cut is None else body[: reply.cut])
            handler.wfile.flush()
        except OSError:  # the client has gone
            pass
        if reply.cut is not None or (reply.length or 0) > len(body):
            handler.close_connection = True


class FakeTime:
    """Time that passes only when someone sleeps."""

    def __init__(self, start: datetime = datetime(2026, 11, 3, 12, tzinfo=UTC)) -> None:
        self.start, self.passed = start, 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds

    @property
    def clock(self) -> Clock:
        return Clock(
            monotonic=lambda: self.passed,
            sleep=self.sleep,
            now=lambda: self.start + timedelta(seconds=self.passed),
        )
