"""What is others' stays theirs: in lists, filters, counts, sums and sentences, and not only by its id."""

from __future__ import annotations

import os
import re
import statistics
import time

import pytest
from sqlalchemy import func, select

from api.media_counts import Kept
from curation.annotations import submit_annotation
from curation.comments import comment_on
from db.models import Media, Scope
from db.session import get_engine, open_session
from tests.access.callers import Caller, bearer_of
from tests.access.report import note_ratio
from tests.access.routes import ALONE, rows_of
from tests.access.test_routes import Door
from tests.access.world import ABSENT, World
from tests.factories import a_box, a_jpeg, a_media, an_access

MARK = "zqxv"
# Whatever a device may ask of many media at once, and what it may name in asking.
QUERIES = (
    "",
    "?sort=captured",
    "?sort=score_first",
    f"?q={MARK}",
    f"?source={MARK}-ridge",
    f"?tag={MARK}-tag",
    f"?uploader={MARK}-curator",
    f"?annotator={MARK}-curator",
    f"?author={MARK}-curator",
    "?label_class=wildfire",
    "?state=annotated",
    "?state=withdrawn",
    "?limit=1",
    "?answers=false",
)
# Whatever a device may ask of one media.
OF_ONE = ("", "/picture", "/url")
TIMES = 200
SAME_TIME = 0.2  # a share


@pytest.fixture
def door(installation) -> Door:
    return Door(ALONE)


@pytest.fixture
def device(caller_of):
    return caller_of(Scope.DEVICE)


@pytest.fixture
def caller_of():
    def make(scope: Scope) -> Caller:
        with open_session() as session:
            access = an_access(session, scope)
        return Caller(scope.value, scope.value, bearer_of(access), access)

    return make


def fill(number: int) -> None:
    """What a curator and another device have brought, said and tagged."""
    with open_session() as session:
        curator = an_access(session, Scope.USER, f"{MARK}-curator-{number}" if number else f"{MARK}-curator")
        for uploader in (curator, an_access(session, Scope.DEVICE)):
            for state_of in range(3):
                media = a_media(
                    session,
                    uploaded_by=uploader,
                    source=f"{MARK}-ridge",
                    tags=[f"{MARK}-tag"],
                    file_name=f"{MARK}-{number}-{state_of}.jpg",
                )
                submit_annotation(session, curator, media.id, shapes=[a_box()], comment=f"{MARK} said")
                comment_on(session, curator, media.id, f"{MARK} thinks @{curator.login}")


def asked_of(door: Door, caller, addresses: list[str]) -> dict[str, tuple[int, str]]:
    found = {}
    for address in addresses:
        # Sums are kept for half a minute.
        door.api.state.facets = Kept()
        answer = door.client.get(address, headers=dict(caller.headers))
        # The moment that it was counted at.
        found[address] = answer.status_code, re.sub(r'"counted_at":"[^"]+"', "", answer.text)
    return found


def test_a_device_is_told_the_same_whatever_others_have(door, device):
    """Byte for byte: no list, filter, count, sum or sentence of its own depends on what others brought."""
    own = door.client.post("/uploads", files={"file": ("a.jpg", a_jpeg())}, headers=device.headers).json()
    media_id = own["media"]["id"]
    addresses = [f"{path}{query}" for path in ("/media", "/media/count") for query in QUERIES]
    addresses += ["/media/facets", "/me", f"/media/{media_id}", f"/media/{media_id}?x=1"]
    before = asked_of(door, device, addresses)
    fill(0)
    fill(1)
    after = asked_of(door, device, addresses)
    differs = [address for address in addresses if before[address] != after[address]]
    assert not differs, "\n".join(f"{address}: {before[address]} {after[address]}" for address in differs)
    # Else it would say nothing: a viewer is told otherwise.
    assert sum(status == 200 for status, _text in after.values()) >= 15
    assert str(media_id) in after["/media"][1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_viewer_is_told_of_all_of_it(door, caller_of):
    viewer = caller_of(Scope.VIEWER)
    before = asked_of(door, viewer, ["/media", "/media/count", "/media/facets"])
    fill(0)
    after = asked_of(door, viewer, list(before))
    assert all(before[address] != after[address] for address in before)
    assert MARK in after["/media"][1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_refusal_quotes_what_is_others(door, caller_of):
    """A sentence names what was sent, never what stands in the row behind an id."""
    fill(0)
    with open_session(read_only=True) as session:
        media_id = session.scalar(select(func.max(Media.id)))
    refusals = 0
    for scope in (Scope.VIEWER, Scope.DEVICE):
        caller = caller_of(scope)
        world = World(caller.access, keep=True)
        for row in rows_of(ALONE):
            if row.open or caller.expected(row, ALONE) < 400:
                continue
            ids = {name: media_id if name == "media_id" else world[what] for name, what in row.ids.items()}
            answer = door.client.request(
                row.method,
                row.route.format(**ids) + world.fill_text(row.query),
                **world.fill(dict(row.body)),
                headers=dict(caller.headers),
            )
            if answer.status_code >= 400:
                refusals += 1
                assert MARK not in answer.text, (str(row), answer.text)
    assert refusals > 50


def test_many_at_once_are_no_way_round(door, device):
    """An own id beside another's: all or nothing, and no word of whether the other one is there."""
    with open_session() as session:
        foreign = a_media(session).id
    own = World(device.access)["own"]
    headers = dict(device.headers)
    told = []
    for other in (foreign, ABSENT):
        urls = door.client.post("/media/urls", json={"ids": [own, other]}, headers=headers)
        model = {"model": "m", "shapes": []}
        batch = [{**model, "media_id": own}, {**model, "media_id": other}]
        predicted = door.client.post("/predictions", json=batch, headers=headers).json()
        assert predicted[0]["prediction"] is not None and predicted[1]["prediction"] is None
        told.append((urls.status_code, f"{urls.text} {predicted[1]}".replace(str(other), "#")))
    assert told[0] == told[1]
    assert told[0][0] == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_device_brings_nothing_in_another_s_name(door, device):
    with open_session() as session:
        curator = an_access(session)
    for extra in ({"uploaded_by": curator.login}, {"uploader": curator.login}, {"access": str(curator.id)}):
        answer = door.client.post(
            "/uploads", files={"file": ("a.jpg", a_jpeg())}, data=extra, headers=dict(device.headers)
        )
        assert answer.status_code == 422, answer.text
    answer = door.client.post(
        f"/uploads?access={curator.id}", files={"file": ("a.jpg", a_jpeg())}, headers=dict(device.headers)
    )
    with open_session(read_only=True) as session:
        media = session.get_one(Media, answer.json()["media"]["id"])
        assert media.uploaded_by_id == device.access.id


@pytest.mark.skipif(not os.environ.get("ACCESS_FULL"), reason="a busy machine measures itself")
@pytest.mark.parametrize("of_one", OF_ONE)
def test_what_is_hidden_is_refused_as_fast_as_what_is_absent(door, device, of_one):
    """Nor does the time of an answer tell a device that others have something under this id."""
    fill(0)
    with open_session(read_only=True) as session:
        hidden = session.scalars(select(func.max(Media.id))).one()
    times: dict[int, list[float]] = {hidden: [], ABSENT: []}
    for _ in range(TIMES):
        # In turn: whatever else the machine does slows down both.
        for media_id, taken in times.items():
            began = time.perf_counter()
            answer = door.client.get(f"/media/{media_id}{of_one}", headers=dict(device.headers))
            taken.append(time.perf_counter() - began)
            assert answer.status_code == 404, answer.text
    ratio = statistics.median(times[hidden]) / statistics.median(times[ABSENT])
    note_ratio(f"{get_engine().dialect.name} /media/{{id}}{of_one}", ratio)
    assert abs(ratio - 1) <= SAME_TIME, f"{ratio:.2f}"
