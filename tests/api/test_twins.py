"""Near twins over HTTP: found at upload, shown in groups, kept, rejected or grouped at once, and taken back at once."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from sqlalchemy import event, select

from curation.annotations import submit_annotation
from curation.batches import ACTED_SINCE
from curation.datasets.groups import read_groups
from curation.hash_backfill import HASH_PICTURES, ask_for_hashes, hash_pictures
from curation.looks import TO_ANSWER
from curation.reviews import decide
from curation.twin_decisions import NO_TWIN, NOT_SEEN
from db.models import (
    Access,
    Decision,
    Job,
    Look,
    LookKind,
    Media,
    NearTwin,
    PictureHash,
    Scope,
    State,
    utc_now,
)
from db.session import get_engine, open_session
from storage import open_bucket
from tests.factories import a_box, a_jpeg, a_media, an_admin
from tests.views import a_view

NEW_ID = "0123456789abcdef"


@pytest.fixture
def send(client, caller):
    """Upload a picture, and say what came of it."""
    usual = caller()

    def upload(content: bytes, headers=None, **fields) -> Any:
        answer = client.post(
            "/uploads", headers=headers or usual, files={"file": ("a.jpg", content)}, data=fields
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    return upload


@pytest.fixture
def three(send) -> list[int]:
    """Three media that look alike, and one that does not."""
    send(a_view(2))
    return [send(a_view(1, quality=quality))["media"]["id"] for quality in (90, 80, 70)]


def seconds(number: int) -> str:
    return f"2026-08-12T17:42:{number:02}Z"


def groups_of(client, headers) -> list[tuple[int, list[int]]]:
    return [
        (group["first"]["id"], [twin["media"]["id"] for twin in group["twins"]])
        for group in client.get("/twins", headers=headers).json()
    ]


def answer_about(client, headers, answer: str, media_ids: list[int], **body) -> Any:
    given = client.post(
        "/twins/decisions", headers=headers, json={"answer": answer, "media_ids": media_ids, **body}
    )
    assert given.status_code in (200, 201), given.text
    return given.json()


def test_an_upload_says_what_it_looks_like(client, caller, send):
    first = send(a_view(1))
    assert first["looks_like"] == []
    second = send(a_view(1, quality=60))
    assert second["looks_like"] == [first["media"]["id"]]
    assert send(a_view(2))["looks_like"] == []
    (twin,) = client.get(f"/media/{first['media']['id']}/twins", headers=caller(Scope.VIEWER)).json()
    assert (twin["media"]["id"], twin["decided"]) == (second["media"]["id"], None)
    assert 0 <= twin["distance"] <= 3


def test_a_device_is_not_told_what_others_have(caller, send):
    send(a_view(1))
    assert send(a_view(1, quality=60), caller(Scope.DEVICE))["looks_like"] == []
    with open_session(read_only=True) as session:
        assert session.scalar(select(NearTwin.id)) is not None


def test_pictures_of_an_archive_say_what_they_look_like(client, caller, send):
    first = send(a_view(1))["media"]["id"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("b.jpg", a_view(1, quality=60))
    answer = client.post("/archives", headers=caller(), files={"file": ("a.zip", packed.getvalue())})
    assert answer.json()["looks_like"] == [first]


def test_a_second_media_of_one_content_in_two_steps_is_a_twin(client, caller, send):
    first = send(a_view(1))["media"]["id"]
    headers = caller()
    made = client.post("/media", headers=headers, json={"type": "image"}).json()["id"]
    sent = client.post(f"/media/{made}/upload", headers=headers, files={"file": ("a.jpg", a_view(1))})
    assert sent.status_code == 200, sent.text
    assert groups_of(client, headers) == [(first, [made])]


def test_what_looks_alike_makes_one_group(client, caller, three):
    assert groups_of(client, caller(Scope.VIEWER)) == [(three[0], three[1:])]


def test_groups_come_a_page_at_a_time(client, caller, send):
    ids = [
        [send(a_view(scene, quality=quality))["media"]["id"] for quality in (90, 60)] for scene in (1, 2, 3)
    ]
    headers, found = caller(), []
    address: str | None = "/twins?limit=2"
    while address:
        page = client.get(address, headers=headers)
        found.append([group["first"]["id"] for group in page.json()])
        address = page.links.get("next", {}).get("url")
    assert found == [[ids[2][0], ids[1][0]], [ids[0][0]]]
    assert client.get("/twins?cursor=x", headers=headers).status_code == 422


def test_live_frames_of_one_camera_are_no_twins(client, caller, send):
    for number in range(6):
        send(a_view(noise=number, clock=seconds(number)), source="CAM-1", captured_at=seconds(number))
    assert groups_of(client, caller()) == []
    assert client.get("/twins/frozen", headers=caller()).json() == []


def test_a_camera_that_stands_still_is_found_out_and_makes_one_group(client, caller, send):
    send(a_view(noise=9), source="CAM-1", captured_at=seconds(0))
    ids = [
        send(a_view(noise=1, clock=seconds(number)), source="CAM-1", captured_at=seconds(number))["media"][
            "id"
        ]
        for number in range(1, 7)
    ]
    send(a_view(2, noise=2), source="CAM-2", captured_at=seconds(9))
    headers = caller(Scope.VIEWER)
    assert groups_of(client, headers) == [(ids[0], ids[1:])]
    (frozen,) = client.get("/twins/frozen", headers=headers).json()
    assert (frozen["source"], frozen["since"], frozen["frames"]) == ("CAM-1", seconds(1), 6)
    send(a_view(noise=3), source="CAM-1", captured_at=seconds(10))
    assert client.get("/twins/frozen", headers=headers).json() == []


def test_the_filter_shows_what_has_a_twin_that_nobody_has_decided_about(client, caller, three):
    def shown(value: str) -> set[int]:
        return {media["id"] for media in client.get(f"/media?near_twins={value}", headers=headers).json()}

    headers = caller()
    assert shown("yes") == set(three)
    assert len(shown("no")) == 1 and not shown("no") & set(three)
    answer_about(client, headers, "kept", three)
    assert shown("yes") == set()
    assert {twin["decided"] for twin in client.get(f"/media/{three[0]}/twins", headers=headers).json()} == {
        "kept"
    }


def test_withdrawn_and_rejected_ones_leave_the_lists_and_come_back(client, caller, three):
    with open_session() as session:
        decide(session, an_admin(session), three[0], Decision.WITHDRAWN)
    headers = caller()
    # The next oldest stands for the first, in the panel, in the filter and beside each.
    assert groups_of(client, headers) == [(three[1], [three[2]])]
    shown = client.get("/media?near_twins=yes", headers=headers).json()
    assert {media["id"] for media in shown} == set(three[1:])
    assert client.get("/media/count?near_twins=yes", headers=headers).json()["value"] == 2
    for one, other in (three[1:], three[:0:-1]):
        (twin,) = client.get(f"/media/{one}/twins", headers=headers).json()
        assert (twin["media"]["id"], twin["decided"]) == (other, None)
    with open_session() as session:
        decide(session, an_admin(session), three[1], Decision.WITHDRAWN)
    assert groups_of(client, headers) == []
    assert client.get("/media?near_twins=yes", headers=headers).json() == []
    with open_session() as session:
        decide(session, an_admin(session), three[1], Decision.RESTORED)
        decide(session, an_admin(session), three[0], Decision.RESTORED)
        decide(session, an_admin(session), three[2], Decision.REJECTED)
    assert groups_of(client, headers) == [(three[0], [three[1]])]


@pytest.mark.parametrize("answer", ["kept", "grouped", "rejected"])
def test_those_whose_first_is_gone_are_decided_about_and_come_back(client, caller, send, three, answer):
    headers = caller()
    four = [*three, send(a_view(1, quality=60))["media"]["id"]]
    with open_session() as session:
        decide(session, an_admin(session), four[0], Decision.REJECTED)
    assert groups_of(client, headers) == [(four[1], four[2:])]
    done = answer_about(client, headers, answer, four[2:] if answer == "rejected" else four[1:])
    assert (done["changed"], done["left_out"]) == (four[2:] if answer == "rejected" else four[1:], [])
    assert groups_of(client, headers) == []
    if answer == "rejected":
        last = client.get(f"/media/{four[3]}", headers=headers).json()["last_review"]
        assert last["comment"] == f"Looks like media {four[1]}."
    assert client.post(f"/twins/decisions/{done['id']}/undo", headers=headers).json()["left_out"] == []
    assert groups_of(client, headers) == [(four[1], four[2:])]
    # Who stands for it can go as well; what is alone then has nothing to be told from.
    acts = {one: client.get(f"/media/{one}", headers=headers).json()["acts"] for one in four[1:3]}
    done = answer_about(client, headers, "rejected", four[1:3], seen_acts=acts)
    assert done["changed"] == four[1:3]
    left = answer_about(client, headers, "rejected", four[3:])
    assert left["left_out"] == [{"media_id": four[3], "why": NO_TWIN}]


def test_two_groups_that_the_same_media_leads_by_now_are_one(client, caller):
    """Each is shown once, however many of those that are gone it looked like."""
    with open_session() as session:
        one, two, *rest = (a_media(session) for _ in range(5))
        pairs = [(one, rest[0]), (one, rest[1]), (two, rest[0]), (two, rest[1]), (two, rest[2])]
        session.add_all(NearTwin(media_id=later.id, other_id=first.id, distance=1) for first, later in pairs)
        one.state = two.state = State.WITHDRAWN
        ids = [media.id for media in rest]
    headers = caller(Scope.VIEWER)
    assert groups_of(client, headers) == [(ids[0], ids[1:])]
    (group,) = client.get("/twins", headers=headers).json()
    assert group["total"] == 2
    assert [twin["media"]["id"] for twin in client.get(f"/media/{ids[1]}/twins", headers=headers).json()] == [
        ids[0],
        ids[2],
    ]


def test_the_others_of_a_first_that_was_rejected_are_still_to_be_decided_about(client, caller, three):
    headers = caller()
    done = answer_about(client, headers, "rejected", three[:1])
    assert done["changed"] == three[:1]
    assert groups_of(client, headers) == [(three[1], [three[2]])]


def test_a_copy_is_found_where_its_source_is_known_and_its_time_is_not(client, caller, send):
    first = send(a_view(1, noise=0), source="ridge", captured_at=seconds(0))["media"]["id"]
    copy = a_view(1, noise=0, size=(320, 240), quality=40)
    assert send(copy, source="ridge")["looks_like"] == [first]
    # Frames that say when they were made, or that they follow each other, are told apart as before.
    for number in range(1, 4):
        later = send(a_view(1, noise=number), source="ridge", captured_at=seconds(number))
        assert first not in later["looks_like"]
    for number in range(4):
        assert send(a_view(3, noise=number), source="valley", sequence="fire 1")["looks_like"] == []


def test_rejecting_is_a_review_of_each_and_one_undo_takes_all_back(client, caller, three):
    headers = caller()
    done = answer_about(client, headers, "rejected", three[1:])
    assert (done["changed"], done["left_out"]) == (three[1:], [])
    for media_id in three[1:]:
        media = client.get(f"/media/{media_id}", headers=headers).json()
        assert media["state"] == "rejected"
        assert media["last_review"]["comment"] == f"Looks like media {three[0]}."
    assert client.get(f"/media/{three[0]}", headers=headers).json()["state"] == "new"
    assert groups_of(client, headers) == []
    undone = client.post(f"/twins/decisions/{done['id']}/undo", headers=headers).json()
    assert undone == {"undone": three[1:], "left_out": []}
    assert groups_of(client, headers) == [(three[0], three[1:])]
    assert {client.get(f"/media/{one}", headers=headers).json()["state"] for one in three} == {"new"}
    again = client.post(f"/twins/decisions/{done['id']}/undo", headers=headers)
    assert again.status_code == 409


def test_what_moved_since_it_was_seen_is_not_rejected(client, caller, three):
    """Nor what moved before, when whoever rejects it does not say what they saw."""
    headers = caller()
    with open_session() as session:
        submit_annotation(session, an_admin(session), three[1], shapes=[a_box()])
    for seen in (None, {str(three[1]): 0}, {str(three[1]): 2}, {str(three[2]): 1}):
        given = {"seen_acts": seen} if seen is not None else {}
        done = answer_about(client, headers, "rejected", [three[1]], **given)
        assert done["changed"] == []
        (left,) = done["left_out"]
        moved = seen is not None and str(three[1]) in seen
        assert left["why"] == (ACTED_SINCE if moved else NOT_SEEN)
    acts = client.get(f"/media/{three[1]}", headers=headers).json()["acts"]
    done = answer_about(client, headers, "rejected", three[1:], seen_acts={str(three[1]): acts})
    assert done["changed"] == three[1:]
    for wrong in ({"x": 1}, {"0": 1}, {"1": -1}, {"1": "1"}):
        body = {"answer": "rejected", "media_ids": three[1:], "seen_acts": wrong}
        assert client.post("/twins/decisions", headers=headers, json=body).status_code == 422


@pytest.mark.parametrize("acts", [0, 1])
def test_what_is_to_be_answered_blind_is_not_rejected_beside_it(client, caller, three, acts):
    headers = caller()
    with open_session() as session:
        submit_annotation(session, an_admin(session), three[1], shapes=[a_box()])
        media = session.get_one(Media, three[1])
        who = session.scalars(
            select(Access).where(Access.scope == Scope.USER).order_by(Access.id.desc())
        ).first()
        session.add(
            Look(
                kind=LookKind.SECOND_OPINION,
                media_id=media.id,
                annotation_id=media.current_annotation_id,
                access_id=who.id,
                taken_at=utc_now(),
            )
        )
    assert client.get(f"/media/{three[1]}", headers=headers).json()["state"] == "new"
    done = answer_about(client, headers, "rejected", [three[1]], seen_acts={str(three[1]): acts})
    assert (done["changed"], [one["why"] for one in done["left_out"]]) == ([], [TO_ANSWER])
    with open_session(read_only=True) as session:
        assert session.get_one(Media, three[1]).state == State.ANNOTATED


def test_an_undo_leaves_what_somebody_has_acted_on_since(client, caller, three):
    headers = caller()
    done = answer_about(client, headers, "rejected", three[1:], comment="too many")
    with open_session() as session:
        decide(session, an_admin(session), three[1], Decision.REOPENED, comment="needed")
    undone = client.post(f"/twins/decisions/{done['id']}/undo", headers=headers).json()
    assert undone["undone"] == [three[2]]
    assert [one["media_id"] for one in undone["left_out"]] == [three[1]]


def test_a_group_has_one_sequence_and_gives_it_back(client, caller, three):
    headers = caller()
    client.put(f"/media/{three[1]}", headers=headers, json={"sequence": "ridge"})
    done = answer_about(client, headers, "grouped", three)

    def sequences() -> list[str | None]:
        return [client.get(f"/media/{one}", headers=headers).json()["sequence"] for one in three]

    assert sequences() == ["ridge"] * 3
    assert len({firsts()[media_id] for media_id in three}) == 1
    assert groups_of(client, headers) == []
    client.put(f"/media/{three[2]}", headers=headers, json={"sequence": "other"})
    undone = client.post(f"/twins/decisions/{done['id']}/undo", headers=headers).json()
    assert [one["media_id"] for one in undone["left_out"]] == [three[2]]
    assert sequences() == [None, "ridge", "other"]


def firsts() -> dict[int, int]:
    with open_session(read_only=True) as session:
        groups = read_groups(session)
        return {media_id: groups.first(media_id) for media_id in session.scalars(select(Media.id))}


def test_grouping_takes_no_media_out_of_its_sequence(client, caller, send, three):
    """Those that stayed behind in it would be on another side of a split."""
    headers = caller()
    stays = [send(a_view(scene), sequence="s2")["media"]["id"] for scene in range(10, 13)]
    for day, media_id, name in zip((1, 2, 3), three, ("s1", "s2", None), strict=True):
        told = {"sequence": name, "captured_at": f"2026-08-0{day}T12:00:00Z"}
        client.put(f"/media/{media_id}", headers=headers, json=told)
    done = answer_about(client, headers, "grouped", three)
    found = [client.get(f"/media/{one}", headers=headers).json()["sequence"] for one in three]
    assert found == ["s1", "s2", "s1"]
    assert {firsts()[media_id] for media_id in (*three, *stays)} == {three[0]}
    with open_session() as session:
        session.query(NearTwin).delete()
        session.get_one(Media, three[2]).sequence = "s3"
        decide(session, an_admin(session), three[0], Decision.WITHDRAWN)
    assert {firsts()[media_id] for media_id in (*three, *stays)} == {three[0]}
    client.post(f"/twins/decisions/{done['id']}/undo", headers=headers)
    assert [firsts()[media_id] for media_id in (*three, stays[0])] == [*three, three[1]]


def test_a_repeated_client_id_changes_nothing_more(client, caller, three):
    headers = caller()
    first = answer_about(client, headers, "rejected", [three[2]], client_id=NEW_ID)
    again = answer_about(client, headers, "rejected", [three[2]], client_id=NEW_ID)
    assert again == {**first, "repeated": True}
    other = {"answer": "kept", "media_ids": three, "client_id": NEW_ID}
    assert client.post("/twins/decisions", headers=headers, json=other).status_code == 409


def test_what_cannot_take_part_is_named(client, caller, send, three):
    headers = caller()
    alone = send(a_view(5))["media"]["id"]
    done = answer_about(client, headers, "kept", [three[0], three[1], alone, 10**6])
    assert done["changed"] == three[:2]
    assert {one["media_id"] for one in done["left_out"]} == {alone, 10**6}
    assert groups_of(client, headers) == [(three[0], [three[2]])]


def test_somebody_elses_decision_is_undone_by_admins_only(client, caller, three):
    done = answer_about(client, caller(), "kept", three)
    address = f"/twins/decisions/{done['id']}/undo"
    assert client.post(address, headers=caller()).status_code == 403
    assert client.post(address, headers=caller(Scope.ADMIN)).status_code == 200
    assert client.post("/twins/decisions/99/undo", headers=caller()).status_code == 404


def test_looking_for_twins_costs_the_same_however_many_there_are(client, caller, send):
    statements: list[str] = []

    def count(*given) -> None:
        statements.append(given[2])

    def cost(content: bytes) -> int:
        statements.clear()
        event.listen(get_engine(), "before_cursor_execute", count)
        try:
            send(content)
        finally:
            event.remove(get_engine(), "before_cursor_execute", count)
        return len(statements)

    cost(a_jpeg())
    flat = cost(a_jpeg())
    alone = cost(a_view(1))
    paired = [cost(a_view(1, quality=quality)) for quality in range(80, 56, -4)]
    # On PostgreSQL a lock, so that of two at once the second finds the first.
    looking = 2 if get_engine().dialect.name == "postgresql" else 1
    assert alone == flat + looking
    # The groups it may belong to, and a row for its pair.
    assert set(paired) == {flat + looking + 2}


def test_pictures_from_before_are_hashed_and_paired_by_a_job(client, caller, three):
    with open_session() as session:
        session.query(NearTwin).delete()
        session.query(PictureHash).delete()
    ask_for_hashes(open_session)
    ask_for_hashes(open_session)
    with open_session(read_only=True) as session:
        (job,) = session.execute(select(Job.name, Job.subject_id).where(Job.name == HASH_PICTURES)).all()
    hash_pictures(open_session, open_bucket(), job.subject_id)
    assert groups_of(client, caller()) == [(three[0], three[1:])]
    with open_session() as session:
        session.query(Job).delete()
    ask_for_hashes(open_session)
    with open_session(read_only=True) as session:
        assert session.scalar(select(Job.id)) is None


def test_a_picture_that_is_lost_is_not_looked_at_again(client, three):
    with open_session() as session:
        session.query(NearTwin).delete()
        session.query(PictureHash).delete()
    for found in list(open_bucket().list()):
        open_bucket().delete(found.key)
    hash_pictures(open_session, open_bucket(), 0)
    ask_for_hashes(open_session)
    with open_session(read_only=True) as session:
        assert session.scalar(select(Job.id).where(Job.name == HASH_PICTURES)) is None
        assert set(session.scalars(select(PictureHash.hash))) == {""}
