"""One polite HTTP session: who we are, how often we ask, when we ask again, how a file comes down.

Rules kept here, so that no client has to think of them:
    - a ``User-Agent`` of the project; never an ``Origin`` header (insee.fr answers 403 to one);
    - requests per host under a sliding window (Melodi: 30 a minute);
    - tries again after 429, 502, 503, 504, a lost connection or a silence, on a fixed schedule (no random
      part), or when the server says (``Retry-After``, ``X-RateLimit-Reset``); a wait longer than
      ``max_wait`` is an error that gives the hour;
    - a file goes to ``<name>.part``, is resumed with ``Range`` where the server gave a validator and
      agrees (``If-Range``; insee.fr answers 200: start over), is checked, then moved into place;
    - a host that cannot be reached is not asked again by the same session.

Clock and sleep are given from outside, so that tests wait for nothing. Proxies of the environment apply.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx

from ctg_lib import __version__
from ctg_lib.errors import CtgError, found_expected

USER_AGENT = f"ctg-lib/{__version__} (diagnostic territorial CTG; donnees ouvertes)"
RETRIED = (429, 502, 503, 504)
BACKOFF = (1.0, 3.0, 9.0, 27.0)
"""Seconds before the second, third … try."""
MAX_WAIT = 300.0
LIMITS: dict[str, tuple[int, float]] = {"api.insee.fr": (30, 60.0)}
"""Host -> requests allowed in so many seconds."""
_REDIRECTS = 5

Params = Sequence[tuple[str, str]] | Mapping[str, str]
T = TypeVar("T")


class FetchError(CtgError):
    """A service did not give what was asked; the message says what it answered.

    Attributes:
        status: HTTP status, where there was an answer.
        body: first characters of the answer's text.
    """

    def __init__(self, message: str, *, status: int | None = None, body: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body = body


class Unreachable(FetchError):
    """No connection to the host could be made."""


@dataclass(frozen=True)
class Clock:
    """Time as this module sees it; replaced whole in tests."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


class SlidingWindow:
    """At most ``count`` requests in any ``seconds``; :meth:`wait` sleeps until one more is allowed."""

    def __init__(self, count: int, seconds: float, clock: Clock) -> None:
        self.count, self.seconds, self.clock = count, seconds, clock
        self._sent: deque[float] = deque()

    def wait(self) -> None:
        """Sleep if needed, then count one request."""
        now = self.clock.monotonic()
        while self._sent and self._sent[0] <= now - self.seconds:
            self._sent.popleft()
        if len(self._sent) >= self.count:
            self.clock.sleep(self._sent[0] + self.seconds - now)
            self._sent.popleft()
            now = self.clock.monotonic()
        self._sent.append(now)


@dataclass(frozen=True)
class Head:
    """What a server says of a file before it is downloaded; None where it says nothing."""

    bytes: int | None
    modified: date | None


@dataclass(frozen=True)
class Downloaded:
    """A file that came down whole.

    Attributes:
        path: where it lies.
        bytes, sha256: as measured.
        address: what was asked for (not where redirections led).
        modified: ``Last-Modified``, if given.
    """

    path: Path
    bytes: int
    sha256: str
    address: str
    modified: date | None = None


class _Again(Exception):
    """One try failed in a way that another may mend."""

    def __init__(
        self, reason: str, *, wait: float | None = None, status: int | None = None, down: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason, self.wait, self.status, self.down = reason, wait, status, down


class Http:
    """The session. A context manager.

    Args:
        timeout: seconds of silence accepted from a server.
        attempts: tries of one request, the first included.
        backoff: seconds before each new try; the last one serves again.
        max_wait: longest wait a server may ask for.
        limits: host -> (requests, seconds).
        clock: time source.
        say: told in French of each wait (« api.insee.fr : 429, nouvel essai dans 12 s »).
    """

    def __init__(
        self,
        *,
        timeout: float = 60.0,
        attempts: int = 5,
        backoff: Sequence[float] = BACKOFF,
        max_wait: float = MAX_WAIT,
        limits: Mapping[str, tuple[int, float]] = LIMITS,
        clock: Clock | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self.timeout, self.attempts, self.backoff, self.max_wait = timeout, attempts, tuple(backoff), max_wait
        self.clock = clock or Clock()
        self.say = say or (lambda _: None)
        self.unreachable: dict[str, str] = {}
        self._windows = {host: SlidingWindow(n, s, self.clock) for host, (n, s) in limits.items()}
        self._not_before: dict[str, datetime] = {}
        self._client = httpx.Client(
            headers={"User-Agent": USER_AGENT, "Accept-Language": "fr"},
            timeout=httpx.Timeout(timeout, connect=min(timeout, 15.0)),
            event_hooks={"request": [_without_origin]},
        )

    def __enter__(self) -> Http:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    # ------------------------------------------------------------------------------------ small answers

    def get_json(self, url: str, params: Params = ()) -> Any:
        """The JSON of an answer.

        Raises:
            FetchError: status that is not 200 (with ``status`` and ``body``), or text that is not JSON.
            Unreachable: no connection.
        """
        text = self.get_text(url, params)
        try:
            return json.loads(text)
        except ValueError:
            raise FetchError(
                found_expected(address(url, params), text[:80], "du JSON"), status=200, body=text[:500]
            ) from None

    def get_text(self, url: str, params: Params = ()) -> str:
        """The text of an answer; same errors as :meth:`get_json`."""
        where = address(url, params)

        def once() -> str:
            with self._open("GET", where, {"Accept": "application/json, */*;q=0.5"}) as response:
                body = self._body(response)
                if response.status_code != 200:
                    raise _refused(where, response, body)
                return body

        return self._again(where, once)

    def head(self, url: str) -> Head:
        """Size and date of a file, without downloading it; unknown where the server refuses HEAD."""

        def once() -> Head:
            with self._open("HEAD", url, {"Accept-Encoding": "identity"}) as response:
                if response.status_code in (403, 405, 501):
                    return Head(None, None)
                if response.status_code != 200:
                    raise _refused(url, response, "")
                length = response.headers.get("Content-Length", "")
                return Head(int(length) if length.isdigit() else None, _modified(response))

        return self._again(url, once)

    # -------------------------------------------------------------------------------------------- files

    def download(
        self,
        url: str,
        target: Path,
        params: Params = (),
        *,
        size: int | None = None,
        checksum: tuple[str, str] | None = None,
        resume: bool = True,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Downloaded:
        """Bring a file down to ``target``, atomically.

        Args:
            url, params: what to ask for.
            target: where it goes; ``target.part`` meanwhile, kept after a failure so as to be resumed.
            size: bytes announced by the publisher; another size is refused.
            checksum: (algorithm, hexadecimal digest) given by the publisher; another one is refused.
            resume: ask for the bytes as they are, so that a part can be resumed. False where the answer
                is made on demand: it may then be compressed on the way and always starts over.
            progress: called with bytes received and bytes expected.

        Raises:
            FetchError: refused, cut short at each try, wrong size or checksum.
            Unreachable: no connection.
        """
        where = address(url, params)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = _Part(target, where)
        if not resume:
            part.forget()

        def once() -> date | None:
            headers = {"Accept-Encoding": "identity", **part.range()} if resume else {}
            with self._open("GET", where, headers) as response:
                return self._receive(response, where, part, size, progress)

        modified = self._again(where, once)
        digest = _check(part.path, where, checksum)
        length = part.path.stat().st_size
        part.path.replace(target)
        part.forget()
        return Downloaded(target, length, digest, where, modified)

    def _receive(
        self,
        response: httpx.Response,
        where: str,
        part: _Part,
        size: int | None,
        progress: Callable[[int, int | None], None] | None,
    ) -> date | None:
        status = response.status_code
        if status == 416 or (status == 206 and not part.continues(response)):
            part.forget()
            raise _Again("le serveur ne peut pas reprendre ce fichier", wait=0.0)
        if status not in (200, 206):
            raise _refused(where, response, self._body(response))
        start = part.size() if status == 206 else 0
        total = _total(response, start)
        part.note(response)
        encoded = response.headers.get("Content-Encoding", "identity") != "identity"
        chunks = response.iter_bytes() if encoded else response.iter_raw()  # as they come: none is lost
        done = start
        with part.path.open("ab" if status == 206 else "wb") as out, _lost_is_again(where, self.timeout):
            for chunk in chunks:
                out.write(chunk)
                done += len(chunk)
                if progress:
                    progress(done, total)
        if size is not None and done != size:
            part.forget()
            raise _Again(f"{done} octets reçus, {size} annoncés par l’éditeur")
        return _modified(response)

    # ------------------------------------------------------------------------------------ one request

    @contextmanager
    def _open(self, method: str, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """One request, redirections followed; an answer worth a new try raises ``_Again``."""
        request = self._client.build_request(method, url, headers=dict(headers))
        with _lost_is_again(url, self.timeout):
            for _ in range(_REDIRECTS + 1):
                self._wait_for(request.url.host)
                response = self._client.send(request, stream=True, follow_redirects=False)
                onward = response.next_request
                if onward is None:
                    break
                response.close()
                if request.url.scheme == "https" and onward.url.scheme != "https":
                    raise FetchError(f"{url} : redirigé vers une adresse sans chiffrement ({onward.url}).")
                request = onward
            else:
                raise FetchError(f"{url} : plus de {_REDIRECTS} redirections.")
        try:
            self._note_quota(response)
            if response.status_code in RETRIED:
                wait = self._asked_wait(response)
                raise _Again(f"HTTP {response.status_code}", wait=wait, status=response.status_code)
            yield response
        finally:
            response.close()

    def _body(self, response: httpx.Response) -> str:
        with _lost_is_again(str(response.url), self.timeout):
            response.read()
        return response.text

    def _again(self, where: str, once: Callable[[], T]) -> T:
        host = httpx.URL(where).host
        if host in self.unreachable:
            raise Unreachable(self.unreachable[host])
        down, last = True, _Again("aucun essai")
        for number in range(self.attempts):
            try:
                return once()
            except _Again as failed:
                last, down = failed, down and failed.down
            if number + 1 == self.attempts:
                break
            wait = self.backoff[min(number, len(self.backoff) - 1)] if last.wait is None else last.wait
            if wait > self.max_wait:
                raise FetchError(self._too_long(host, last.reason, wait), status=last.status)
            if wait:
                self.say(f"{host} : {last.reason}, nouvel essai dans {wait:.0f} s")
                self.clock.sleep(wait)
        if down:
            self.unreachable[host] = f"{host} : {last.reason}."
            raise Unreachable(self.unreachable[host])
        tries = "au seul essai" if self.attempts == 1 else f"à chacun des {self.attempts} essais"
        raise FetchError(f"{where} : {last.reason}, {tries}.", status=last.status)

    def _wait_for(self, host: str) -> None:
        until = self._not_before.pop(host, None)
        if until is not None:
            wait = (until - self.clock.now()).total_seconds()
            if wait > self.max_wait:
                self._not_before[host] = until
                raise FetchError(self._too_long(host, "quota de requêtes épuisé", wait), status=429)
            if wait > 0:
                self.say(f"{host} : quota de requêtes épuisé, attente de {wait:.0f} s")
                self.clock.sleep(wait)
        if host in self._windows:
            self._windows[host].wait()

    def _note_quota(self, response: httpx.Response) -> None:
        """The last request of a quota was spent: the next one waits for the reset."""
        if response.status_code != 429 and response.headers.get("X-RateLimit-Remaining") == "0":
            reset = _reset(response.headers.get("X-RateLimit-Reset", ""), self.clock.now())
            if reset is not None:
                self._not_before[response.url.host] = reset

    def _asked_wait(self, response: httpx.Response) -> float | None:
        """Seconds the server asks to wait for, from any of the ways in which servers say it."""
        now = self.clock.now()
        after = response.headers.get("Retry-After", "").strip()
        if after.isdigit():
            return float(after)
        if after:
            try:
                return max((parsedate_to_datetime(after) - now).total_seconds(), 0.0)
            except (TypeError, ValueError):
                pass
        reset = _reset(response.headers.get("X-RateLimit-Reset", ""), now)
        if reset is None and response.status_code == 429:
            try:  # Opendatasoft writes it in the answer
                content = json.loads(self._body(response))
                reset = _reset(str(content.get("reset_time", "")), now)
            except (ValueError, AttributeError):
                reset = None
        return None if reset is None else max((reset - now).total_seconds(), 0.0)

    def _too_long(self, host: str, reason: str, wait: float) -> str:
        at = datetime.fromtimestamp(self.clock.now().timestamp() + wait, UTC)
        return (
            f"{host} : {reason} ; le service demande d’attendre jusqu’au {at:%d/%m/%Y à %H h %M} "
            "(temps universel). Relancez la commande après."
        )


class _Part:
    """``<target>.part`` and what its server said of it, so that it can be resumed by a later command."""

    def __init__(self, target: Path, where: str) -> None:
        self.path = target.with_name(target.name + ".part")
        self.memo = target.with_name(target.name + ".part.json")
        self.where = where

    def size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0

    def range(self) -> dict[str, str]:
        """Headers that ask for the rest, where the rest can be known to belong to the same file."""
        try:
            memo = json.loads(self.memo.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if memo.get("url") != self.where or not memo.get("validator") or not self.size():
            return {}
        return {"Range": f"bytes={self.size()}-", "If-Range": memo["validator"]}

    def continues(self, response: httpx.Response) -> bool:
        return response.headers.get("Content-Range", "").startswith(f"bytes {self.size()}-")

    def note(self, response: httpx.Response) -> None:
        etag = response.headers.get("ETag", "")
        validator = etag if etag and not etag.startswith("W/") else response.headers.get("Last-Modified", "")
        memo = {"url": self.where, "validator": validator}
        self.memo.write_text(json.dumps(memo), encoding="utf-8")

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
        self.memo.unlink(missing_ok=True)


def address(url: str, params: Params = ()) -> str:
    """The whole address asked for, as the manifest keeps it."""
    pairs = list(params.items() if isinstance(params, Mapping) else params)
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs)}" if pairs else url


def _without_origin(request: httpx.Request) -> None:
    request.headers.pop("Origin", None)


@contextmanager
def _lost_is_again(where: str, timeout: float) -> Iterator[None]:
    """Errors of the transport as reasons for a new try."""
    try:
        yield
    except httpx.ConnectTimeout:
        raise _Again("pas de connexion (délai dépassé)", down=True) from None
    except httpx.TimeoutException:
        raise _Again(f"aucune réponse pendant {timeout:g} s") from None
    except httpx.ProxyError as error:
        raise _Again(f"pas de connexion par le serveur mandataire ({error})", down=True) from None
    except httpx.ConnectError as error:
        raise _Again(f"pas de connexion ({error})", down=True) from None
    except httpx.RemoteProtocolError:
        raise _Again("réponse coupée avant la fin") from None
    except httpx.DecodingError:
        raise _Again("réponse compressée illisible") from None
    except httpx.TransportError as error:
        raise _Again(f"connexion perdue ({error})") from None
    except httpx.InvalidURL as error:
        raise FetchError(f"{where} : adresse impossible ({error}).") from None


def _refused(where: str, response: httpx.Response, body: str) -> FetchError:
    status = response.status_code
    reasons = {403: "accès refusé", 404: "rien à cette adresse", 410: "retiré par l’éditeur"}
    reason = reasons.get(status, "demande refusée" if status < 500 else "erreur du serveur")
    text = " ".join(body.split())[:160]
    message = f"{where} : HTTP {status}, {reason}" + (f" (« {text} »)" if text else "") + "."
    return FetchError(message, status=status, body=body[:2000])


def _check(file: Path, where: str, checksum: tuple[str, str] | None) -> str:
    """sha256 of the file; the publisher's own digest is compared first."""
    if checksum is not None:
        algorithm, expected = checksum
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, algorithm).hexdigest()
        if found != expected.lower():
            file.unlink()
            raise FetchError(
                found_expected(f"{where}, {algorithm}", found, f"{expected}, donné par l’éditeur")
                + ". Le fichier reçu est écarté."
            )
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _total(response: httpx.Response, start: int) -> int | None:
    length = response.headers.get("Content-Length", "")
    return start + int(length) if length.isdigit() else None


def _modified(response: httpx.Response) -> date | None:
    try:
        return parsedate_to_datetime(response.headers["Last-Modified"]).date()
    except (KeyError, TypeError, ValueError):
        return None


def _reset(text: str, now: datetime) -> datetime | None:
    """When a quota is filled again: seconds since 1970, milliseconds, seconds to wait, or an ISO date."""
    text = text.strip()
    try:
        number = float(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if number < 1e8:
        number += now.timestamp()
    return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
