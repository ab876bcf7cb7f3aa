"""Row 16: fifty curators who decide once a second, on PostgreSQL; and one alone, on a quiet server."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.figures import Figure, below
from bench.ground import Ground
from bench.timing import percentile
from curation.sign_in import issue_access_token
from db.models import Access, Scope
from db.session import open_session
from tests.product import start_product

CURATORS = 50
QUIET_DECISIONS = 100
PAGE = 15  # as the workbench asks for them
BOX = [0.41, 0.52, 0.43, 0.55]


def measure(ground: Ground) -> Iterator[Figure]:
    url = ground.copy_of(ground.database(100_000), "curated")
    engine = ground.engine(url)
    with open_session(engine=engine) as session:
        people = [
            Access(login=f"at-work-{number}", hashed_password="", scope=Scope.USER)
            for number in range(CURATORS)
        ]
        session.add_all(people)
        session.flush()
        tokens = [issue_access_token(session, access, "127.0.0.1") for access in people]
    product = start_product(
        ground.folder / "curators", DATABASE_URL=url, SECRET_KEY=secrets.token_urlsafe(64)
    )
    try:
        alone = asyncio.run(_decide(product.dashboard, tokens[:1], QUIET_DECISIONS, pause=0.15))
        together = asyncio.run(_decide(product.dashboard, tokens, 20 if ground.quick else 40, pause=1.0))
    finally:
        product.stop()
    connection = ground.connect(url)
    given = [*alone.acknowledged, *together.acknowledged]
    row = connection.execute("SELECT count(*) FROM annotations WHERE client_id = ANY(%s)", [given]).fetchone()
    assert row is not None
    lost = len(given) - row[0]
    operation = "acknowledgement of a decision, one curator, p95"
    yield below("16", operation, percentile(alone.seconds, 95), 0.030, shown="ms")
    operation = f"the same with {CURATORS} curators deciding once a second, p95"
    note = (
        f"{len(together.seconds)} decisions by {CURATORS} curators, each with a shape, posted to the dashboard's own "
        f"door beside their queue pages and leases; the load came from the same two cores. "
        f"{lost} of {len(given)} acknowledged ones lost."
    )
    yield below("16", operation, percentile(together.seconds, 95), 0.150, shown="ms", note=note)
    refused = len(alone.refused) + len(together.refused)
    yield below("16", "decisions lost, or refused", lost + refused, 0, shown="")


@dataclass
class Outcome:
    seconds: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)


async def _decide(address: str, tokens: list[str], decisions: int, *, pause: float) -> Outcome:
    """Let each token's curator decide so many times, one `pause` apart, all out of step."""
    outcome = Outcome()
    seated: list[float] = []
    everybody = asyncio.Event()

    async def curate(number: int, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=f"{address}/api", headers=headers, timeout=30) as client:
            # People sit down before they decide, and turn their pages at different times.
            items = await _page(client, 5 + number % PAGE)
            seated.append(time.perf_counter())
            if len(seated) == len(tokens):
                everybody.set()
            await everybody.wait()
            begin = max(seated) + 0.5
            for turn in range(decisions):
                await _until(begin + pause * (turn + number / len(tokens)))
                if not items:
                    items = await _page(client, PAGE)
                item = items.pop(0)
                client_id = f"bench-{len(tokens):03d}-{number:03d}-{turn:05d}"
                body = {
                    "client_id": client_id,
                    "based_on": item["annotation_id"],
                    "seen_acts": item["acts"],
                    "shapes": [{"label_class": "class_1", "box": BOX}],
                    "look": item.get("look"),
                }
                started = time.perf_counter()
                answer = await client.post(f"/media/{item['id']}/annotations", json=body)
                outcome.seconds.append(time.perf_counter() - started)
                if answer.status_code in (200, 201):
                    outcome.acknowledged.append(client_id)
                else:
                    outcome.refused.append(answer.status_code)

    await asyncio.gather(*(curate(number, token) for number, token in enumerate(tokens)))
    return outcome


async def _page(client: httpx.AsyncClient, limit: int) -> list[dict[str, Any]]:
    page = await client.post("/queue", params={"queue": "to_annotate", "limit": limit})
    items: list[dict[str, Any]] = page.raise_for_status().json()["items"]
    return items


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.perf_counter()))
