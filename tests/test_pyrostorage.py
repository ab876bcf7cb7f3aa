"""The client that pyro-storage has published, unmodified, against the product as its users start it."""

from __future__ import annotations

import json

import httpx
import pytest
import requests
from pyrostorage import client as pyrostorage
from sqlalchemy import create_engine, make_url, text

from tests.conftest import TEST_SECRET
from tests.factories import a_jpeg
from tests.product import ADMIN, ADMIN_PASSWORD, Program, start_product
from tests.s3_server import BUCKET_NAME, start_rclone

COCO = {
    "images": [{"id": 1, "width": 800, "height": 600}],
    "categories": [{"id": 3, "name": "wildfire"}],
    "annotations": [{"id": 9, "image_id": 1, "category_id": 3, "bbox": [80, 60, 160, 120]}],
}


@pytest.fixture(scope="module")
def on_sqlite_and_a_folder(tmp_path_factory):
    product = start_product(tmp_path_factory.mktemp("pyrostorage"))
    yield product
    product.stop()


@pytest.fixture(scope="module")
def on_postgresql_and_s3(postgresql_url, tmp_path_factory):
    name, folder = "vigie_pyrostorage", tmp_path_factory.mktemp("pyrostorage-s3")
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    bucket = start_rclone(folder / "s3")
    product = start_product(
        folder / "data",
        DATABASE_URL=make_url(postgresql_url).set(database=name).render_as_string(hide_password=False),
        SECRET_KEY=TEST_SECRET,
        S3_ENDPOINT_URL=bucket.endpoint_url,
        S3_ACCESS_KEY=bucket.access_key,
        S3_SECRET_KEY=bucket.secret_key,
        BUCKET_NAME=BUCKET_NAME,
        LINKS_TO_BUCKET="true",
    )
    yield product
    product.stop()
    bucket.stop()
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture(params=["on_sqlite_and_a_folder", "on_postgresql_and_s3"])
def product(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def client(product):
    return pyrostorage.Client(product.api, ADMIN, ADMIN_PASSWORD)


def test_a_media_is_created_filled_linked_and_opened(product, client):
    made = client.create_media(media_type="image")
    assert made.status_code == 201, made.text
    assert {"id", "type", "created_at"} <= set(made.json()) and made.json()["type"] == "image"
    content = a_jpeg(800, 600)
    filled = client.upload_media(made.json()["id"], content)
    assert (filled.status_code, filled.json()["created_at"]) == (200, made.json()["created_at"])
    link = client.get_media_url(made.json()["id"])
    assert link.status_code == 200
    opened = requests.get(link.json()["url"], timeout=30)
    assert (opened.status_code, opened.content) == (200, content)
    assert opened.headers["content-type"] == "image/jpeg"


def test_an_annotation_is_created_filled_linked_and_opened(product, client):
    media_id = client.create_media().json()["id"]
    client.upload_media(media_id, a_jpeg(800, 600))
    made = client.create_annotation(media_id)
    assert (made.status_code, made.json()["media_id"]) == (201, media_id)
    raw = json.dumps(COCO).encode()
    filled = client.upload_annotation(made.json()["id"], raw)
    assert (filled.status_code, filled.json()["shapes"][0]["label_class"]) == (200, "wildfire"), filled.text
    link = client.get_annotation_url(made.json()["id"])
    opened = requests.get(link.json()["url"], timeout=30)
    assert (opened.status_code, opened.content) == (200, raw)
    with Program(product) as program:
        assert program.get(f"/media/{media_id}").json()["state"] == "annotated"


def test_what_it_does_wrong_is_told_honestly(product, client):
    assert client.create_annotation(10**9).status_code == 404
    assert client.get_media_url(10**9).status_code == 404
    waiting = client.create_media().json()["id"]
    assert client.get_media_url(waiting).status_code == 404
    assert client.create_media("audio").status_code == 422
    assert client.upload_media(waiting, b"no picture").status_code == 422
    client.token = "nonsense"
    assert client.create_media().status_code == 401
    with pytest.raises(pyrostorage.HTTPRequestException):
        pyrostorage.Client(product.api, ADMIN, "wrong password")


def test_every_route_of_pyro_storage_answers_at_both_doors_with_and_without_the_slash(product):
    with Program(product) as program:
        token = dict(program.headers)
    for number, base in enumerate((product.api, f"{product.dashboard}/api")):
        with httpx.Client(base_url=base, headers=token, timeout=60) as door:
            for end in ("", "/"):
                walk(door, end, f"pyro-{number}-{len(end)}")


def walk(door: httpx.Client, end: str, login: str) -> None:
    """The 20 routes of pyro-storage's table, each with its success."""

    def ask(method, path, status, **body):
        answer = door.request(method, path + end, **body)
        assert answer.status_code == status, (method, path, end, answer.text)
        return answer.json()

    ask("POST", "/login/access-token", 200, data={"username": ADMIN, "password": ADMIN_PASSWORD})
    media = ask("POST", "/media", 201)["id"]
    ask("GET", f"/media/{media}", 200)
    assert isinstance(ask("GET", "/media", 200), list)
    ask("PUT", f"/media/{media}", 200, json={"type": "image"})
    ask("POST", f"/media/{media}/upload", 200, files={"file": a_jpeg()})
    assert ask("GET", f"/media/{media}/url", 200)["url"].startswith("http")
    annotation = ask("POST", "/annotations", 201, json={"media_id": media})["id"]
    ask("GET", f"/annotations/{annotation}", 200)
    assert ask("GET", "/annotations", 200)[0]["id"] == annotation
    ask("PUT", f"/annotations/{annotation}", 200, json={"media_id": media})
    ask("POST", f"/annotations/{annotation}/upload", 200, files={"file": b"any file"})
    assert httpx.get(
        ask("GET", f"/annotations/{annotation}/url", 200)["url"], follow_redirects=True
    ).content == (b"any file")
    ask("DELETE", f"/annotations/{annotation}", 200)
    made = {"login": login, "password": "a password & more %", "scope": "user"}
    access = ask("POST", "/accesses", 201, json=made)["id"]
    ask("POST", "/accesses", 409, json=made)
    assert ask("GET", f"/accesses/{access}", 200)["login"] == login
    assert login in [found["login"] for found in ask("GET", "/accesses", 200)]
    ask("PUT", f"/accesses/{access}", 200, json={"password": "another password"})
    ask("DELETE", f"/accesses/{access}", 200)
    ask("GET", f"/accesses/{access}", 404)
    ask("DELETE", f"/media/{media}", 200)
