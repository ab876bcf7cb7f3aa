"""QARNOT_TOKEN end to end: a small server answers as Qarnot's does, with a real S3 server behind it."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import settings
import storage
from storage.errors import BucketRefused, BucketUnreachable
from storage.qarnot import QarnotAccount
from storage.s3 import S3Bucket
from tests.s3_server import BUCKET_NAME, start_rclone
from tests.storage.objects import PICTURE, store

TOKEN = "a-token-from-qarnot-0123456789"
EMAIL = "curator@vigie.example"


class Qarnot(ThreadingHTTPServer):
    """Answers `/settings` and `/info` as the `qarnot` package expects, to whoever brings the token."""

    daemon_threads = True

    def __init__(self, storage_url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.storage_url = storage_url
        self.asked: Counter[str] = Counter()
        self.failing = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Qarnot

    def do_GET(self) -> None:
        self.server.asked[self.path] += 1
        answers = {
            "/settings": {"storage": self.server.storage_url},
            "/info": {"email": EMAIL, "maxBucket": 50},
        }
        if self.server.failing:
            self._send(500, {"message": "not now"})
        elif self.headers["Authorization"] != TOKEN:
            self._send(401, {"message": "who are you?"})
        else:
            self._send(200, answers[self.path])

    def _send(self, status: int, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def qarnot_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Qarnot]:
    s3 = start_rclone(tmp_path_factory.mktemp("qarnot"), access_key=EMAIL, secret_key=TOKEN)
    server = Qarnot(s3.endpoint_url)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
    s3.stop()


@pytest.fixture
def qarnot(qarnot_server: Qarnot) -> Iterator[Qarnot]:
    qarnot_server.asked.clear()
    yield qarnot_server
    qarnot_server.failing = False


@pytest.fixture
def environment(
    qarnot: Qarnot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.MonkeyPatch]:
    """An environment in which a person has set QARNOT_TOKEN and what goes with it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("QARNOT_TOKEN", TOKEN)
    monkeypatch.setenv("QARNOT_CLUSTER_URL", qarnot.url)
    monkeypatch.setenv("BUCKET_NAME", BUCKET_NAME)
    for name in ("S3_ENDPOINT_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    settings.get_settings.cache_clear()
    storage.open_bucket.cache_clear()
    yield monkeypatch
    settings.get_settings.cache_clear()
    storage.open_bucket.cache_clear()


def account(qarnot: Qarnot, token: str = TOKEN) -> QarnotAccount:
    return QarnotAccount(token, qarnot.url, "us-east-1", failure_counts_seconds=0)


@pytest.mark.usefixtures("environment")
def test_a_qarnot_token_alone_opens_its_bucket(qarnot: Qarnot) -> None:
    bucket = storage.open_bucket()
    assert qarnot.asked.total() == 0, "opening asks nobody"
    store(bucket, "media/a.jpg")
    assert bucket.read("media/a.jpg") == PICTURE
    assert bucket.self_test().passed
    bucket.delete("media/a.jpg")


@pytest.mark.usefixtures("environment")
def test_qarnot_is_asked_once_only(qarnot: Qarnot) -> None:
    bucket = storage.open_bucket()
    bucket.check()
    asked = qarnot.asked.copy()
    threads = [threading.Thread(target=bucket.check) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked["/settings"] == 1
    assert qarnot.asked == asked


def test_the_account_is_the_e_mail_and_the_token(qarnot: Qarnot) -> None:
    found = account(qarnot)()
    assert (found.endpoint_url, found.access_key, found.secret_key) == (qarnot.storage_url, EMAIL, TOKEN)


def test_a_token_that_qarnot_does_not_know_is_refused_without_being_told(qarnot: Qarnot) -> None:
    bucket = S3Bucket(BUCKET_NAME, account(qarnot, "a-token-of-somebody-else"), at="Qarnot")
    with pytest.raises(BucketRefused, match="QARNOT_TOKEN") as refusal:
        bucket.check()
    assert "somebody-else" not in str(refusal.value)


def test_qarnot_being_away_passes_without_a_restart(qarnot: Qarnot) -> None:
    bucket = S3Bucket(BUCKET_NAME, account(qarnot), at="Qarnot")
    qarnot.failing = True
    with pytest.raises(BucketUnreachable):
        bucket.check()
    qarnot.failing = False
    bucket.check()


def test_nobody_answering_at_the_cluster_address_is_unreachable() -> None:
    nobody = QarnotAccount(TOKEN, "http://127.0.0.1:9", "us-east-1")
    with pytest.raises(BucketUnreachable):
        S3Bucket(BUCKET_NAME, nobody, at="Qarnot").check()
    with pytest.raises(BucketUnreachable):
        nobody()
