"""The session: politeness, new tries, files cut short, resumed, refused. All against a real loopback server."""

from __future__ import annotations

import gzip
import hashlib
import socket
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest
from loopback import FakeTime, Reply, Server

from ctg_lib.sources.clients.http import FetchError, Http, Unreachable, _reset

BODY = bytes(range(256)) * 40
ETAG = {"ETag": '"v1"', "Accept-Ranges": "bytes", "Last-Modified": "Wed, 17 Dec 2025 08:50:56 GMT"}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server():
    with Server() as running:
        yield running


@pytest.fixture
def time():
    return FakeTime()


@pytest.fixture
def http(time):
    with Http(clock=time.clock, timeout=5, limits={}) as session:
        yield session


# --- who we are, how often -----------------------------------------------------------------------------


def test_says_who_it_is_and_sends_no_origin(server, http):
    server.routes["/"] = Reply(body=b"{}")
    assert http.get_json(server.url + "/", {"a": "1"}) == {}
    [asked] = server.asked
    assert asked.headers["user-agent"].startswith("ctg-lib/")
    assert "origin" not in asked.headers and asked.query == [("a", "1")]


def test_thirty_requests_a_minute(server, time):
    server.routes["/"] = Reply(body=b"{}")
    with Http(clock=time.clock, limits={"127.0.0.1": (30, 60.0)}) as http:
        for _ in range(30):
            http.get_json(server.url + "/")
        assert time.slept == []
        for _ in range(31):
            http.get_json(server.url + "/")
    assert time.slept == [60.0, 60.0]  # before the 31st and the 61st


def test_proxies_of_the_environment_are_used(server, time, monkeypatch):
    server.routes["/jeu"] = Reply(body=b"{}")
    monkeypatch.setenv("HTTP_PROXY", server.url)
    with Http(clock=time.clock) as http:
        assert http.get_json("http://service.exemple/jeu") == {}
    assert server.asked[0].headers["host"] == "service.exemple"


# --- new tries -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_tries_again_on_a_fixed_schedule(server, http, time, status):
    server.routes["/"] = [Reply(status), Reply(status), Reply(body=b"[1]")]
    assert http.get_json(server.url + "/") == [1]
    assert time.slept == [1.0, 3.0]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Retry-After": "12"}, b""),
        ({"Retry-After": format_datetime(datetime(2026, 11, 3, 12, 0, 12, tzinfo=UTC), usegmt=True)}, b""),
        ({"X-RateLimit-Reset": str(int(datetime(2026, 11, 3, 12, 0, 12, tzinfo=UTC).timestamp()))}, b""),
        ({"X-RateLimit-Reset": "12"}, b""),
        ({}, b'{"errorcode": 10005, "reset_time": "2026-11-03T12:00:12Z"}'),
    ],
)
def test_waits_as_long_as_the_server_asks(server, http, time, headers, body):
    server.routes["/"] = [Reply(429, body, headers), Reply(body=b"[]")]
    assert http.get_json(server.url + "/") == []
    assert time.slept == [12.0]


def test_reset_in_every_writing():
    now = datetime(2026, 11, 3, 12, tzinfo=UTC)
    later = now + timedelta(seconds=30)
    for text in ("30", str(later.timestamp()), str(later.timestamp() * 1000), "2026-11-03T12:00:30+00:00"):
        assert _reset(text, now) == later
    assert _reset("2026-11-03T12:00:30", now) == later  # without a zone: universal time
    assert _reset("", now) is None and _reset("demain", now) is None


def test_a_quota_of_the_day_is_an_error_that_gives_the_hour(server, http, time):
    server.routes["/"] = Reply(429, headers={"Retry-After": "86400"})
    with pytest.raises(FetchError, match="jusqu’au 04/11/2026 à 12 h 00") as failed:
        http.get_json(server.url + "/")
    assert failed.value.status == 429 and time.slept == [] and len(server.asked) == 1


def test_429_for_ever(server, http, time):
    server.routes["/"] = Reply(429)
    with pytest.raises(FetchError, match="HTTP 429, à chacun des 5 essais"):
        http.get_json(server.url + "/")
    assert len(server.asked) == 5 and time.slept == [1.0, 3.0, 9.0, 27.0]


def test_last_request_of_a_quota_makes_the_next_one_wait(server, http, time):
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "40"}
    server.routes["/"] = [Reply(body=b"{}", headers=spent), Reply(body=b"{}")]
    http.get_json(server.url + "/")
    assert time.slept == []
    http.get_json(server.url + "/")
    assert time.slept == [40.0]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "HTTP 400, demande refusée .« ODSQL »"),
        (403, "HTTP 403, accès refusé"),
        (404, "HTTP 404, rien à cette adresse"),
        (410, "HTTP 410, retiré par l’éditeur"),
        (500, "HTTP 500, erreur du serveur"),
    ],
)
def test_other_statuses_are_not_tried_again(server, http, status, message):
    server.routes["/"] = Reply(status, b"ODSQL")
    with pytest.raises(FetchError, match=message) as failed:
        http.get_json(server.url + "/")
    assert failed.value.status == status and failed.value.body == "ODSQL" and len(server.asked) == 1


def test_answer_that_is_not_json(server, http):
    server.routes["/"] = Reply(body=b"<html>Maintenance</html>")
    with pytest.raises(FetchError, match="trouvé '<html>Maintenance</html>', attendu du JSON"):
        http.get_json(server.url + "/")


def test_silence(server, time):
    server.routes["/"] = Reply(body=b"{}", delay=0.6)
    with (
        Http(clock=time.clock, timeout=0.15, attempts=2) as http,
        pytest.raises(FetchError, match=r"aucune réponse pendant 0.15 s, à chacun des 2 essais"),
    ):
        http.get_json(server.url + "/")


def test_nobody_at_this_address(time):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with Http(clock=time.clock, attempts=3) as http:
        with pytest.raises(Unreachable, match=r"127.0.0.1 : pas de connexion"):
            http.get_json(url)
        assert time.slept == [1.0, 3.0]
        with pytest.raises(Unreachable):  # not asked again
            http.get_json(url)
        assert time.slept == [1.0, 3.0] and list(http.unreachable) == ["127.0.0.1"]


def test_answer_cut_short_is_asked_again(server, http):
    server.routes["/"] = [Reply(body=b'{"a":', length=200), Reply(body=b'{"a": 1}')]
    assert http.get_json(server.url + "/") == {"a": 1}


def test_gzip(server, http):
    packed = gzip.compress(b'{"a": 1}')
    server.routes["/"] = Reply(body=packed, headers={"Content-Encoding": "gzip"})
    assert http.get_json(server.url + "/") == {"a": 1}
    server.routes["/"] = [
        Reply(body=packed[:-6], headers={"Content-Encoding": "gzip"}, length=len(packed)),
        Reply(body=packed, headers={"Content-Encoding": "gzip"}),
    ]
    assert http.get_json(server.url + "/") == {"a": 1}


def test_redirections(server, http):
    server.routes["/r"] = Reply(302, headers={"Location": "/ici"})
    server.routes["/ici"] = Reply(body=b"[2]")
    assert http.get_json(server.url + "/r") == [2]
    server.routes["/r"] = Reply(302, headers={"Location": "/r"})
    with pytest.raises(FetchError, match="plus de 5 redirections"):
        http.get_json(server.url + "/r")


# --- files ---------------------------------------------------------------------------------------------


def test_download(server, http, tmp_path):
    server.routes["/f"] = Reply(body=BODY, headers=ETAG)
    seen: list[tuple[int, int | None]] = []
    done = http.download(
        server.url + "/f", tmp_path / "a" / "f.bin", size=len(BODY), progress=lambda *x: seen.append(x)
    )
    assert done.path.read_bytes() == BODY and done.bytes == len(BODY)
    assert done.sha256 == hashlib.sha256(BODY).hexdigest() and done.modified == date(2025, 12, 17)
    assert seen[-1] == (len(BODY), len(BODY))
    assert server.asked[0].headers["accept-encoding"] == "identity"
    assert [p.name for p in done.path.parent.iterdir()] == ["f.bin"]


def test_file_cut_short_is_resumed(server, http, tmp_path):
    server.routes["/f"] = [
        Reply(body=BODY, headers=ETAG, cut=4000),
        Reply(body=BODY, headers=ETAG, ranges=True),
    ]
    done = http.download(server.url + "/f", tmp_path / "f.bin")
    assert done.path.read_bytes() == BODY
    resumed = server.asked[1].headers
    assert resumed["range"] == "bytes=4000-" and resumed["if-range"] == '"v1"'


def test_interrupted_command_is_resumed_by_the_next_one(server, time, tmp_path):
    large = BODY * 100
    server.routes["/f"] = Reply(body=large, headers=ETAG, ranges=True)
    target = tmp_path / "f.bin"

    def stop(done: int, _: int | None) -> None:
        raise KeyboardInterrupt

    with Http(clock=time.clock) as http, pytest.raises(KeyboardInterrupt):
        http.download(server.url + "/f", target, progress=stop)
    begun = (tmp_path / "f.bin.part").stat().st_size
    assert 0 < begun < len(large) and not target.exists()
    with Http(clock=time.clock) as http:
        assert http.download(server.url + "/f", target).path.read_bytes() == large
    assert server.asked[1].headers["range"] == f"bytes={begun}-"


def test_server_that_ignores_ranges_starts_over(server, http, tmp_path):
    server.routes["/f"] = [Reply(body=BODY, headers=ETAG, cut=4000), Reply(body=BODY, headers=ETAG)]
    assert http.download(server.url + "/f", tmp_path / "f.bin").path.read_bytes() == BODY
    assert "range" in server.asked[1].headers


def test_file_that_changed_meanwhile_starts_over(server, http, tmp_path):
    new = BODY[::-1]
    server.routes["/f"] = [
        Reply(body=BODY, headers=ETAG, cut=4000),
        Reply(body=new, headers={**ETAG, "ETag": '"v2"'}, ranges=True),
    ]
    assert http.download(server.url + "/f", tmp_path / "f.bin").path.read_bytes() == new


def test_server_that_cannot_resume_starts_over(server, http, tmp_path):
    server.routes["/f"] = [
        Reply(body=BODY, headers=ETAG, cut=4000), Reply(416), Reply(body=BODY, headers=ETAG),
    ]  # fmt: skip
    assert http.download(server.url + "/f", tmp_path / "f.bin").path.read_bytes() == BODY
    server.routes["/f"] = [
        Reply(body=BODY, headers=ETAG, cut=4000),
        Reply(206, BODY[9:], {**ETAG, "Content-Range": f"bytes 9-{len(BODY) - 1}/{len(BODY)}"}),
        Reply(body=BODY, headers=ETAG),
    ]
    assert http.download(server.url + "/f", tmp_path / "g.bin").path.read_bytes() == BODY


def test_without_a_validator_nothing_is_resumed(server, http, tmp_path):
    """The rest of another file must never be glued to the beginning of this one."""
    for headers in ({}, {"ETag": 'W/"faible"'}):
        server.asked.clear()
        server.routes["/f"] = [Reply(body=BODY, headers=headers, cut=4000), Reply(body=BODY)]
        assert http.download(server.url + "/f", tmp_path / "f.bin").path.read_bytes() == BODY
        assert "range" not in server.asked[1].headers


def test_part_of_another_address_is_not_resumed(server, http, tmp_path):
    server.routes["/f"] = Reply(body=BODY, headers=ETAG, cut=4000)
    with pytest.raises(FetchError, match="réponse coupée avant la fin"):
        http.download(server.url + "/f", tmp_path / "x.bin")
    server.routes["/g"] = Reply(body=b"autre", headers=ETAG, ranges=True)
    assert http.download(server.url + "/g", tmp_path / "x.bin").path.read_bytes() == b"autre"


def test_always_cut_short(server, http, tmp_path):
    server.routes["/f"] = Reply(body=BODY, cut=10)
    with pytest.raises(FetchError, match="réponse coupée avant la fin, à chacun des 5 essais"):
        http.download(server.url + "/f", tmp_path / "f.bin")
    assert not (tmp_path / "f.bin").exists()


def test_size_that_is_not_the_announced_one(server, http, tmp_path):
    server.routes["/f"] = Reply(body=BODY)
    with pytest.raises(FetchError, match="10240 octets reçus, 99 annoncés par l’éditeur"):
        http.download(server.url + "/f", tmp_path / "f.bin", size=99)
    assert list(tmp_path.iterdir()) == []


def test_wrong_checksum(server, http, tmp_path):
    server.routes["/f"] = Reply(body=BODY)
    good = hashlib.sha1(BODY).hexdigest()
    assert http.download(server.url + "/f", tmp_path / "f.bin", checksum=("sha1", good.upper())).bytes
    with pytest.raises(FetchError, match=f"sha1 : trouvé '{good}', attendu 00ff, donné par l’éditeur"):
        http.download(server.url + "/f", tmp_path / "g.bin", checksum=("sha1", "00ff"))
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix != ".json") == ["f.bin"]


def test_answer_made_on_demand_may_be_compressed(server, http, tmp_path):
    server.routes["/f"] = Reply(body=gzip.compress(BODY), headers={"Content-Encoding": "gzip"})
    done = http.download(server.url + "/f", tmp_path / "f.csv", {"where": "a=1"}, resume=False)
    assert done.path.read_bytes() == BODY and done.address == server.url + "/f?where=a%3D1"
    assert "gzip" in server.asked[0].headers["accept-encoding"]


def test_refused_file(server, http, tmp_path):
    server.routes["/f"] = Reply(403, b"Origin")
    with pytest.raises(FetchError, match="HTTP 403, accès refusé"):
        http.download(server.url + "/f", tmp_path / "f.bin")


def test_head(server, http):
    server.routes["/f"] = Reply(body=BODY, headers=ETAG)
    assert (http.head(server.url + "/f").bytes, http.head(server.url + "/f").modified) == (
        len(BODY),
        date(2025, 12, 17),
    )
    server.routes["/f"] = Reply(405)
    assert http.head(server.url + "/f").bytes is None
