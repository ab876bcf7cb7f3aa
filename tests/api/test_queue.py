"""Queues, leases and drafts over HTTP, as the workbench asks for them."""

from __future__ import annotations

import threading

import pytest

from curation.queues import QUEUE_STATES
from db.models import Scope, State
from db.session import open_session
from tests.factories import a_box, a_media, an_access

BOX = a_box()
NOW = "2026-08-12T17:42:08Z"


@pytest.fixture
def media_id(installation):
    with open_session() as session:
        return a_media(session).id


def some_media(count, **columns):
    with open_session() as session:
        return [a_media(session, **columns).id for _ in range(count)]


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_a_queue_gives_items_with_everything_their_screen_needs(client, caller, media_id):
    headers = caller()
    client.post(f"/media/{media_id}/annotations", headers=headers, json={"shapes": [BOX]})
    body = client.get("/queue?queue=to_review", headers=headers).json()
    assert (body["count"], body["capped"], body["next_cursor"]) == (1, False, None)
    (item,) = body["items"]
    assert (item["id"], item["width"], item["height"]) == (media_id, 1920, 1080)
    assert item["annotation"]["shapes"][0]["label_class"] == "wildfire"


def test_a_queue_is_walked_by_its_cursor_and_can_begin_anywhere(client, caller):
    with open_session() as session:
        ids = [a_media(session).id for _ in range(5)]
    headers = caller()
    first = client.get("/queue?queue=to_annotate&limit=2", headers=headers).json()
    rest = client.get(
        f"/queue?queue=to_annotate&limit=5&cursor={first['next_cursor']}", headers=headers
    ).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == ids
    from_third = client.get(f"/queue?queue=to_annotate&start={ids[2]}", headers=headers).json()
    assert [item["id"] for item in from_third["items"]] == ids[2:]
    assert from_third["count"] == 5


def test_a_filter_is_a_queue_too(client, caller):
    with open_session() as session:
        wanted = a_media(session, source="north", state=State.PARKED).id
        a_media(session, source="south")
    body = client.get("/queue?queue=filter&source=north&state=parked", headers=caller()).json()
    assert [item["id"] for item in body["items"]] == [wanted]
    assert client.get("/queue?queue=to_review&state=new", headers=caller()).status_code == 422
    assert client.get("/queue?queue=nowhere", headers=caller()).status_code == 422


def test_two_people_are_not_given_the_same_picture(client, caller):
    made = some_media(5)
    first, second = caller(), caller()
    address = "/queue?queue=to_annotate&limit=3"
    assert ids(client.post(address, headers=first)) == made[:3]
    assert ids(client.post(address, headers=second)) == made[3:]
    assert ids(client.get(address, headers=second)) == made[3:]
    assert ids(client.post(address, headers=first)) == made[:3], "one's own are given again"
    assert client.get(address, headers=caller()).json()["count"] == 0


def test_an_empty_page_says_how_many_are_with_others(client, caller):
    some_media(3)
    first, second = caller(), caller()
    assert client.post("/queue?queue=to_annotate&limit=2", headers=first).json()["held"] == 0
    assert client.post("/queue?queue=to_annotate", headers=second).json()["held"] == 0
    late = client.post("/queue?queue=to_annotate", headers=caller()).json()
    assert (late["items"], late["count"], late["held"]) == ([], 0, 3)


def test_people_who_ask_at_the_same_instant_are_given_different_pictures(client, caller):
    made = some_media(20)
    people = [caller() for _ in range(5)]
    barrier, given = threading.Barrier(5), []

    def ask(headers):
        barrier.wait()
        given.extend(ids(client.post("/queue?queue=to_annotate&limit=4", headers=headers)))

    threads = [threading.Thread(target=ask, args=(headers,)) for headers in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == made


def test_a_filter_says_who_has_a_picture_open(client, caller):
    first, second = some_media(2)
    with open_session() as session:
        holder = an_access(session, login="ines")
    headers = caller(access=holder)
    client.post("/queue?queue=to_annotate&limit=1", headers=headers)
    for method in ("GET", "POST"):
        answer = client.request(method, "/queue?queue=filter&sort=uploaded", headers=caller())
        seen = {item["id"]: item["leased_by"] for item in answer.json()["items"]}
        assert seen == {first: "ines", second: None}
    own = client.get("/queue?queue=filter&sort=uploaded", headers=headers).json()["items"]
    assert [item["leased_by"] for item in own] == [None, None]


def test_leases_are_renewed_lost_and_given_back(client, caller, configure):
    configure(LEASE_SECONDS="45")
    made = some_media(3)
    first, second = caller(), caller()
    client.post("/queue?queue=to_annotate&limit=2", headers=first)
    renewed = client.post("/leases", headers=first, json={"media_ids": made})
    assert renewed.json() == {"held": made, "lost": [], "seconds": 45}
    assert client.post("/leases", headers=second, json={"media_ids": made[:1]}).json()["lost"] == made[:1]
    released = client.post("/leases/release", headers=first, json={"media_ids": made[:1]})
    assert (released.status_code, released.content) == (204, b"")
    assert client.post("/leases", headers=second, json={"media_ids": made}).json() == {
        "held": made[:1],
        "lost": made[1:],
        "seconds": 45,
    }


@pytest.mark.parametrize(
    "media_ids", [list(range(1, 52)), [0], ["a"], [2**63]], ids=lambda ids: str(ids)[:12]
)
def test_what_is_no_batch_of_media_is_refused(client, caller, media_ids):
    for address in ("/leases", "/leases/release"):
        assert client.post(address, headers=caller(), json={"media_ids": media_ids}).status_code == 422


def test_an_answer_needs_no_lease_and_its_end_harms_nothing(client, caller, media_id):
    holder, other = caller(), caller()
    client.post("/queue?queue=to_annotate", headers=holder)
    taken = client.post(f"/media/{media_id}/annotations", headers=other, json={"shapes": [BOX]})
    assert taken.status_code == 201
    stale = client.post(f"/media/{media_id}/annotations", headers=holder, json={"shapes": []})
    assert (stale.status_code, stale.json()["annotation"]["id"]) == (409, taken.json()["annotation"]["id"])


@pytest.mark.parametrize("scope", [Scope.VIEWER, Scope.DEVICE])
def test_who_does_not_curate_takes_nothing(client, caller, media_id, scope):
    headers = caller(scope)
    draft = {"drawing": {}, "made_at": NOW}
    for answer in (
        client.post("/queue", headers=headers),
        client.post("/leases", headers=headers, json={"media_ids": [media_id]}),
        client.post("/leases/release", headers=headers, json={"media_ids": [media_id]}),
        client.put(f"/drafts/{media_id}", headers=headers, json=draft),
        client.get("/drafts", headers=headers),
        client.delete(f"/drafts/{media_id}", headers=headers),
        client.get("/queues", headers=headers),
    ):
        assert answer.status_code == 403


def test_one_request_tells_how_much_waits_in_every_queue(client, caller):
    with open_session() as session:
        for number, state in enumerate(State):
            for _ in range(number):
                a_media(session, state=state)
    headers = caller()
    queues = client.get("/queues", headers=headers).json()
    assert [queue["key"] for queue in queues] == [queue.value for queue in QUEUE_STATES]
    for queue in queues:
        body = client.get(f"/queue?limit=50&queue={queue['key']}", headers=headers).json()
        assert (
            (queue["count"], queue["capped"])
            == (body["count"], body["capped"])
            == (len(body["items"]), False)
        )
        assert queue["count"] > 0 and queue["name"]


def test_a_random_queue_has_the_order_of_its_seed(client, caller):
    made = some_media(12)
    headers = caller()
    address = "/queue?queue=to_annotate&sort=random&seed=41"
    first = client.post(f"{address}&limit=5", headers=headers).json()
    rest = client.post(f"{address}&limit=50&cursor={first['next_cursor']}", headers=headers)
    walked = [item["id"] for item in first["items"]] + ids(rest)
    assert sorted(walked) == made
    assert ids(client.get(f"{address}&limit=50", headers=headers)) == walked


def test_a_drawing_is_kept_until_it_is_submitted(client, caller, media_id):
    headers = caller()
    drawing = {
        "shapes": [{**BOX, "label_class": None}],
        "labels": ["fog"],
        "replies": {"missed_smoke": False},
    }
    kept = client.put(
        f"/drafts/{media_id}", headers=headers, json={"drawing": drawing, "made_at": "2099-01-01T00:00:00Z"}
    )
    assert (kept.status_code, kept.content) == (204, b"")
    (draft,) = client.get("/drafts", headers=headers).json()
    assert (draft["media_id"], draft["based_on"]) == (media_id, None)
    assert draft["drawing"]["shapes"] == [
        {
            **BOX,
            "label_class": None,
            "points": None,
            "origin": "human",
            "confidence": None,
            "prediction": None,
        }
    ]
    assert draft["drawing"]["labels"] == ["fog"] and draft["drawing"]["replies"] == {"missed_smoke": False}
    assert draft["made_at"] < "2099"
    assert client.get("/drafts", headers=caller()).json() == [], "nobody else reads it"
    client.post(f"/media/{media_id}/annotations", headers=headers, json={"shapes": [BOX]})
    assert client.get("/drafts", headers=headers).json() == []


def test_a_refused_submission_leaves_the_draft(client, caller, media_id):
    headers = caller()
    client.put(f"/drafts/{media_id}", headers=headers, json={"drawing": {"shapes": [BOX]}, "made_at": NOW})
    refused = client.post(f"/media/{media_id}/annotations", headers=headers, json={"shapes": [BOX] * 501})
    assert refused.status_code == 422
    client.post(f"/media/{media_id}/annotations", headers=caller(), json={"shapes": []})
    stale = client.post(f"/media/{media_id}/annotations", headers=headers, json={"shapes": [BOX]})
    assert stale.status_code == 409
    assert len(client.get("/drafts", headers=headers).json()) == 1
    assert client.delete(f"/drafts/{media_id}", headers=headers).status_code == 204
    assert client.get("/drafts", headers=headers).json() == []


@pytest.mark.parametrize(
    "draft",
    [
        {"drawing": {"shapes": [BOX] * 501}},
        {"drawing": {"shapes": [{"box": [0, 0, 1]}]}},
        {"drawing": {"shapes": [{**BOX, "id": 1}]}},
        {"drawing": {"label": []}},
        {"drawing": {"replies": {"missed_smoke": "yes"}}},
        {"drawing": {}, "made_at": "2026-08-12T17:42:08"},
        {"drawing": {}, "based_on": 0},
        {},
    ],
    ids=lambda draft: str(draft)[:60],
)
def test_what_is_no_draft_is_refused(client, caller, media_id, draft):
    headers = caller()
    answer = client.put(f"/drafts/{media_id}", headers=headers, json={"made_at": NOW, **draft})
    assert answer.status_code == 422
    assert client.get("/drafts", headers=headers).json() == []


@pytest.mark.parametrize("made_at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_the_calendar_are_times_too(client, caller, media_id, made_at):
    draft = {"drawing": {}, "made_at": made_at}
    assert client.put(f"/drafts/{media_id}", headers=caller(), json=draft).status_code == 204
