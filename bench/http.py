"""Rows 1, 2, 3, 6, 7, 11 and 13 as programs meet them: through the routes of a running product.

Beside each stands its limit and the floor under it, measured in the same rounds: the same request to an application
that does nothing with it. The aims are those of the use cases.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import bcrypt
import boto3
import httpx
from botocore.config import Config

from bench.bare import Floor, Server
from bench.figures import Figure, at_least, at_most
from bench.ground import Ground
from bench.lists import WANTED, Pages
from bench.pictures import jpeg
from bench.timing import race
from bench.uploads import Uploads
from curation.accesses import BCRYPT_COST
from curation.browse import PAGE_SIZE
from curation.paging import Cursor
from tests.product import ADMIN, ADMIN_PASSWORD, Product, Program, start_product
from tests.s3_server import BUCKET_NAME

SECRET = "a secret key of the bench, long enough"
PAGE = WANTED.to_query()
LINKS = 60


def measure(ground: Ground) -> Iterator[Figure]:
    with ExitStack() as opened:
        floor = Floor(opened.enter_context(Server("bench.bare:app", ready="/answer?size=2")).address)
        server = ground.s3_server()
        environment = {
            "SECRET_KEY": SECRET,
            "BUCKET_NAME": BUCKET_NAME,
            "S3_ENDPOINT_URL": server.endpoint_url,
            "S3_ACCESS_KEY": server.access_key,
            "S3_SECRET_KEY": server.secret_key,
            # Each failure to sign in from an address of its own: they are counted by address.
            "TRUSTED_PROXIES": "127.0.0.1",
        }
        url = ground.copy_of(ground.database(ground.million), "behind_http")
        product = start_product(ground.folder / "http", DATABASE_URL=url, **environment)
        opened.callback(product.stop)
        program = opened.enter_context(Program(product))
        pages = Pages(ground, url)
        yield from _lists(ground, program, pages, floor)
        yield from _larger(ground, program, pages, environment)
        yield from _links(ground, program, floor)
        yield from _sign_in(ground, product, floor)
        unseen = {
            **os.environ,
            **environment,
            "DATABASE_URL": url,
            "DATA_DIR": str(ground.folder / "undecoded"),
        }
        undecoded = opened.enter_context(
            Server("--factory", "bench.undecoded:create_app", ready="/ready", **unseen)
        )
        yield from _uploads(ground, program, undecoded, floor)


def _lists(ground: Ground, program: Program, pages: Pages, floor: Floor) -> Iterator[Figure]:
    size = len(program.get("/media", params=PAGE).raise_for_status().content)
    counted, bare = {"state": PAGE["state"]}, {**PAGE, "answers": "false"}
    bare_size = len(program.get("/media", params=bare).raise_for_status().content)
    times = race(
        100 if ground.quick else 300,
        page=_get(program, "/media", PAGE),
        bare=_get(program, "/media", bare),
        count=_get(program, "/media/count", counted),
        facets=_get(program, "/media/facets", {}),
        core=pages.core,
        raw=pages.raw,
        floor=lambda: floor.answering(size),
        bare_floor=lambda: floor.answering(bare_size),
        small_floor=lambda: floor.answering(40),
    )
    least = {name: taken.least for name, taken in times.items()}
    page = f"GET /media, {PAGE_SIZE} of {ground.million:,}, filtered and sorted"
    note = (
        f"a page brings tags, answers and reviews along unless it is asked for without: {size:,} bytes instead of "
        f"{bare_size:,}; the floors of these are {least['floor'] * 1000:.2f} and {least['bare_floor'] * 1000:.2f} ms."
    )
    beside = least["raw"] + least["floor"]
    yield at_most(
        "1", f"{page}, beside raw SQL and the floor", least["page"], beside, 15, shown="ms", note=note
    )
    beside = least["core"] + least["bare_floor"]
    operation = f"{page}, without answers, beside Core and the floor"
    yield at_most("1", operation, least["bare"], beside, 3, shown="ms")
    beside = least["raw"] + least["small_floor"]
    yield at_most(
        "3", "GET /media/count, beside a raw page and the floor", least["count"], beside, 15, shown="ms"
    )
    yield at_most("3", "GET /media/facets, kept, beside the same", least["facets"], beside, 15, shown="ms")


def _larger(ground: Ground, program: Program, pages: Pages, environment: dict[str, str]) -> Iterator[Figure]:
    number, many = ground.million, 5 * ground.million
    url = ground.copy_of(ground.database(many, answers=False), "behind_http_many")
    product = start_product(ground.folder / "http-many", DATABASE_URL=url, **environment)
    try:
        with Program(product) as larger:
            last = _after(Pages(ground, url).near_end)
            times = race(
                100 if ground.quick else 300,
                first=_get(program, "/media", {**PAGE, **_after(pages.top)}),
                last=_get(program, "/media", {**PAGE, **_after(pages.near_end)}),
                large=_get(larger, "/media", {**PAGE, **_after(pages.top)}),
                large_last=_get(larger, "/media", {**PAGE, **last}),
            )
    finally:
        product.stop()
    least = {name: taken.least for name, taken in times.items()}
    yield at_most(
        "2", f"GET /media, the last page of {number:,}, beside the first", least["last"], least["first"], 2,
        shown="ms",
    )  # fmt: skip
    for name, which in (("large", "first"), ("large_last", "last")):
        beside = least["first" if name == "large" else "last"]
        operation = f"GET /media, {which} page of {many:,} media, beside {number:,}"
        yield at_most("2", operation, least[name], beside, 2, shown="ms")


def _links(ground: Ground, program: Program, floor: Floor) -> Iterator[Figure]:
    server = ground.s3_server()
    client = boto3.client(
        "s3",
        endpoint_url=server.endpoint_url,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        region_name="us-east-1",
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    listed = program.get("/media", params={"limit": LINKS}).raise_for_status().json()
    keys = [f"media/{one['id']}.jpg" for one in listed]
    wanted = {"ids": [one["id"] for one in listed], "size": "thumb"}

    def presign() -> None:
        for key in keys:
            client.generate_presigned_url("get_object", {"Bucket": BUCKET_NAME, "Key": key}, ExpiresIn=900)

    def ask() -> int:
        return len(program.post("/media/urls", json=wanted).raise_for_status().content)

    size = ask()
    times = race(50 if ground.quick else 200, ours=ask, presigns=presign, floor=lambda: floor.answering(size))
    limit = times["presigns"].least + times["floor"].least
    operation = f"POST /media/urls, {LINKS} links, beside {LINKS} presigns and the floor"
    yield at_most("11", operation, times["ours"].least, limit, 1.5, shown="ms")


def _sign_in(ground: Ground, product: Product, floor: Floor) -> Iterator[Figure]:
    hashed = bcrypt.hashpw(ADMIN_PASSWORD.encode(), bcrypt.gensalt(BCRYPT_COST))
    numbers = itertools.count(1)
    client = httpx.Client(base_url=product.api, timeout=60)

    def sign_in(login: str, password: str, status: int) -> None:
        number = next(numbers)
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        answer = client.post(
            "/login/access-token",
            data={"username": login, "password": password},
            headers={"X-Forwarded-For": address},
        )
        assert answer.status_code == status, answer.text

    times = race(
        4 if ground.quick else 10,
        wrong=lambda: sign_in(ADMIN, "not the password", 401),
        known=lambda: sign_in(ADMIN, ADMIN_PASSWORD, 200),
        unknown=lambda: sign_in(f"nobody-{next(numbers)}", ADMIN_PASSWORD, 401),
        bcrypt=lambda: bcrypt.checkpw(ADMIN_PASSWORD.encode(), hashed),
        floor=lambda: floor.taking(b"username=admin"),
    )
    limit = times["bcrypt"].least + times["floor"].least
    for name, who in (("known", ""), ("wrong", " with a wrong password"), ("unknown", " as nobody")):
        operation = f"POST /login/access-token{who}, beside one bcrypt and the floor"
        yield at_most("13", operation, times[name].least, limit, 1.15, shown="ms")


def _uploads(ground: Ground, program: Program, undecoded: Server, floor: Floor) -> Iterator[Figure]:
    rounds = 30 if ground.quick else 120
    parts = Uploads(ground, "beside_http")
    numbers = itertools.count(10_000_000)
    bare = httpx.Client(base_url=undecoded.address, timeout=60, headers=program.headers)

    def upload(client: httpx.Client) -> None:
        number = next(numbers)
        answer = client.post("/uploads", files={"file": (f"frame-{number}.jpg", jpeg(number))})
        assert answer.status_code == 201, answer.text

    stored = race(rounds, ours=lambda: upload(bare), put=parts.put, floor=lambda: floor.taking(jpeg(0)))
    limit = stored["put"].least + stored["floor"].least
    operation = "POST /uploads without decoding, beside put_object and the floor"
    yield at_least("6", operation, 1 / stored["ours"].least, 1 / limit, 0.55, unit="a second")
    decoded = race(
        rounds, ours=lambda: upload(program), parts=parts.parts, floor=lambda: floor.taking(jpeg(0))
    )
    limit = decoded["parts"].least + decoded["floor"].least
    together = _in_two_threads(rounds, lambda: upload(program))
    note = f"through POST /uploads two at a time make {together:,.0f} a second."
    operation = "POST /uploads, beside the sum of its parts and the floor"
    yield at_most("7", operation, decoded["ours"].least, limit, 1.3, shown="ms", note=note)


def _in_two_threads(uploads: int, upload: Callable[[], None]) -> float:
    """Uploads a second, two at a time."""
    left = iter(range(uploads))

    def work() -> None:
        for _ in left:
            upload()

    threads = [threading.Thread(target=work) for _ in range(2)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return uploads / (time.perf_counter() - started)


def _get(program: Program, path: str, query: dict[str, Any]) -> Callable[[], object]:
    return lambda: program.get(path, params=query).raise_for_status()


def _after(place: tuple[Any, ...]) -> dict[str, Any]:
    """The query of the page behind a place in the list."""
    return {"cursor": Cursor(0, place).encode()}
