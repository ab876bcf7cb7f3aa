"""Row 15: what the two processes take, idle, and after a long day of browsing and a large export."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from bench.figures import Figure, at_most, below
from bench.ground import Ground, say
from bench.processes import BareStreamlit, children_of, resident_megabytes
from tests.product import ADMIN, ADMIN_PASSWORD, Product, start_product

SECRET = "a secret key of the bench, long enough"
PAGE = 200
BROWSED = 100_000


def measure(ground: Ground) -> Iterator[Figure]:
    number = ground.million
    hello = BareStreamlit(ground.folder / "bare-memory")
    hello.start()
    bare = resident_megabytes(hello.process_id)
    hello.stop()
    product = start_product(
        ground.folder / "memory",
        DATABASE_URL=ground.copy_of(ground.database(number), "remembered"),
        SECRET_KEY=SECRET,
    )
    try:
        processes = doors(product)
        idle = {name: resident_megabytes(process_id) for name, process_id in processes.items()}
        yield at_most(
            "15",
            "memory of the dashboard, idle, beside a bare Streamlit",
            idle["dashboard"],
            bare,
            4,
            shown="MB",
            note=f"dashboard {idle['dashboard']:.0f} MB and API {idle['api']:.0f} MB are "
            f"{sum(idle.values()):.0f} MB when idle.",
        )
        browsed = 10_000 if ground.quick else BROWSED
        for address in (f"{product.dashboard}/api", product.api):
            _browse_and_export(product, address, browsed, number)
        after = {name: resident_megabytes(process_id) for name, process_id in processes.items()}
        yield below(
            "15",
            f"growth of both after browsing {browsed:,} rows and exporting {number:,} through each",
            sum(after.values()) - sum(idle.values()),
            64,
            shown="MB",
            limit=f"{sum(idle.values()):.0f} MB idle",
        )
    finally:
        product.stop()


def doors(product: Product) -> dict[str, int]:
    """The process of each door, by what its command serves."""
    found = {}
    for process_id, command in children_of(product.process.pid).items():
        if "app:app" in command:
            found["dashboard"] = process_id
        elif "create_public_app" in command:
            found["api"] = process_id
    return found


def _browse_and_export(product: Product, address: str, rows: int, exported: int) -> None:
    with httpx.Client(timeout=120) as client:
        form = {"username": ADMIN, "password": ADMIN_PASSWORD}
        token = client.post(f"{product.api}/login/access-token", data=form).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        cursor, seen = None, 0
        while seen < rows:
            parameters = {"limit": PAGE, **({"cursor": cursor} if cursor else {})}
            answer = client.get(f"{address}/media/", params=parameters).raise_for_status()
            seen += len(answer.json())
            if "next" not in answer.links:
                break
            cursor = httpx.URL(answer.links["next"]["url"]).params["cursor"]
        # Not compressed: how many bytes there are says that all of them came.
        plain = {"Accept-Encoding": "identity"}
        with client.stream("GET", f"{address}/exports/media.csv", headers=plain) as answer:
            size = sum(len(chunk) for chunk in answer.iter_raw())
        say(f"browsed {seen:,} rows and exported {size / 1e6:,.0f} MB through {address}")
        assert size > 300 * 0.9 * exported
