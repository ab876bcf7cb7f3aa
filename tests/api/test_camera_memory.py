"""Spots, spreads and their undo over HTTP, and what happens when several want the same media."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from db.models import Scope
from db.session import open_session
from tests.factories import a_box, a_media

ANTENNA = a_box("antenna")
START = datetime(2026, 8, 12, tzinfo=UTC)


@pytest.fixture
def frames(installation):
    """The ids of twelve frames of one camera."""
    with open_session() as session:
        return [
            a_media(session, source="north", azimuth=45.0, captured_at=START + timedelta(hours=hour)).id
            for hour in range(12)
        ]


def submit(client, headers, media_id):
    return client.post(f"/media/{media_id}/annotations", headers=headers, json={"shapes": [ANTENNA]})


def spread(client, headers, media_id, media_ids, client_id="client-0001"):
    body = {"shape": ANTENNA, "media_ids": media_ids, "client_id": client_id}
    return client.post(f"/media/{media_id}/spread", headers=headers, json=body)


def together(*acts):
    barrier, answers = threading.Barrier(len(acts)), {}

    def run(number, act):
        barrier.wait()
        answers[number] = act()

    threads = [threading.Thread(target=run, args=both) for both in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(acts))]


def test_spots_of_several_boxes_come_in_one_answer(client, caller, frames):
    headers = caller()
    for media_id in frames[:3]:
        submit(client, headers, media_id)
    body = {"boxes": [ANTENNA["box"], [0.8, 0.8, 0.9, 0.9]]}
    answer = client.post(f"/media/{frames[5]}/spots", headers=caller(Scope.VIEWER), json=body)
    assert answer.status_code == 200, answer.text
    ((spot,), nothing) = answer.json()
    assert nothing == []
    last_at = datetime.fromisoformat(spot.pop("last_at"))
    assert last_at == START + timedelta(hours=2)
    assert spot == {"label_class": "antenna", "count": 3, "last_media_id": frames[2]}


def test_a_spread_is_shown_applied_repeated_and_undone(client, caller, frames):
    headers = caller()
    preview = client.post(
        f"/media/{frames[5]}/spread/preview",
        headers=headers,
        json={"shape": ANTENNA, "before": 1, "after": 1},
    )
    assert preview.status_code == 200, preview.text
    assert preview.json()["total"] == 11
    assert [found["id"] for found in preview.json()["media"]] == [frames[4], frames[6]]
    assert preview.json()["media"][0].keys() == {"id", "captured_at", "state", "file_name"}
    submit(client, caller(), frames[4])
    answer = spread(client, headers, frames[5], [frames[4], frames[6]])
    assert answer.status_code == 201, answer.text
    done = answer.json()
    assert done["changed"] == [frames[6]]
    assert done["left_out"] == [{"media_id": frames[4], "why": "It is annotated by now."}]
    again = spread(client, headers, frames[5], [frames[4], frames[6]])
    assert (again.status_code, again.json()) == (200, done)
    undone = client.post(f"/batches/{done['batch']}/undo", headers=headers)
    assert (undone.status_code, undone.json()) == (200, {"undone": [frames[6]], "left_out": []})
    assert client.get(f"/media/{frames[6]}", headers=headers).json()["state"] == "new"


def test_of_two_spreads_at_once_each_media_gets_one_answer(client, caller, frames):
    people = [caller() for _ in range(3)]
    wanted = [frames[1:], frames[:0:-1], frames[1::2] + frames[2::2]]
    answers = together(
        *(
            lambda who=who, ids=ids, number=number: spread(
                client, who, frames[0], ids, client_id=f"client-000{number}"
            )
            for number, (who, ids) in enumerate(zip(people, wanted, strict=True))
        )
    )
    assert [answer.status_code for answer in answers] == [201] * 3, [answer.text for answer in answers]
    changed = [media_id for answer in answers for media_id in answer.json()["changed"]]
    assert sorted(changed) == frames[1:]
    for media_id in frames[1:]:
        assert len(client.get(f"/media/{media_id}/annotations", headers=people[0]).json()) == 1


def test_the_same_spread_sent_twice_at_once_is_one(client, caller, frames):
    headers = caller()
    answers = together(*[lambda: spread(client, headers, frames[0], frames[1:])] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    assert answers[0].json() == answers[1].json() == answers[2].json()


def test_a_submission_during_a_spread_is_stored_or_told(client, caller, frames):
    spreader, others = caller(), [caller() for _ in range(4)]
    spreading, *submitted = together(
        lambda: spread(client, spreader, frames[0], frames[1:]),
        *(
            lambda who=who, media_id=media_id: submit(client, who, media_id)
            for who, media_id in zip(others, frames[-4:], strict=True)
        ),
    )
    assert spreading.status_code == 201, spreading.text
    changed = set(spreading.json()["changed"])
    for media_id, answer in zip(frames[-4:], submitted, strict=True):
        assert answer.status_code == (409 if media_id in changed else 201), answer.text
        assert len(client.get(f"/media/{media_id}/annotations", headers=spreader).json()) == 1
    left = {found["media_id"] for found in spreading.json()["left_out"]}
    assert changed | left == set(frames[1:])


def test_two_undoes_at_once_take_back_once(client, caller, frames):
    headers = caller()
    batch = spread(client, headers, frames[0], frames[1:5]).json()["batch"]
    answers = together(*[lambda: client.post(f"/batches/{batch}/undo", headers=headers)] * 2)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted(len(answer.json()["undone"]) for answer in answers) == [0, 4]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/media/{id}/spread/preview", {"shape": ANTENNA}),
        ("/media/{id}/spread", {"shape": ANTENNA, "media_ids": [1], "client_id": "client-0001"}),
        ("/batches/1/undo", None),
    ],
)
def test_only_curators_spread_and_undo(client, caller, frames, path, body):
    for scope in (Scope.VIEWER, Scope.DEVICE):
        answer = client.post(path.format(id=frames[0]), headers=caller(scope), json=body)
        assert answer.status_code == 403, answer.text
    assert client.post(path.format(id=frames[0]), json=body).status_code == 401


def test_unknown_ids_are_said(client, caller, frames):
    headers = caller()
    assert client.post("/media/99999/spots", headers=headers, json={"boxes": []}).status_code == 404
    preview = client.post("/media/99999/spread/preview", headers=headers, json={"shape": ANTENNA})
    assert preview.status_code == 404
    assert spread(client, headers, 99999, frames).status_code == 404
    assert client.post("/batches/99999/undo", headers=headers).status_code == 404
    assert client.post("/batches/0/undo", headers=headers).status_code == 422
    device = caller(Scope.DEVICE)
    assert client.post(f"/media/{frames[0]}/spots", headers=device, json={"boxes": []}).status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("spots", {}),
        ("spots", {"boxes": [[0, 0, 1]]}),
        ("spots", {"boxes": [[0, 0, 1, "a"]]}),
        ("spots", {"boxes": [[0.5, 0, 0.4, 1]]}),
        ("spots", {"boxes": [[0, 0, 1, 1]] * 21}),
        ("spread/preview", {}),
        ("spread/preview", {"shape": {"label_class": "dragon", "box": [0, 0, 1, 1]}}),
        ("spread/preview", {"shape": {**ANTENNA, "origin": "model"}}),
        ("spread/preview", {"shape": ANTENNA, "before": -1}),
        ("spread/preview", {"shape": ANTENNA, "before": 201}),
        ("spread", {"shape": ANTENNA, "media_ids": [], "client_id": "client-0001"}),
        ("spread", {"shape": ANTENNA, "media_ids": [1] * 201, "client_id": "client-0001"}),
        ("spread", {"shape": ANTENNA, "media_ids": [1]}),
        ("spread", {"shape": ANTENNA, "media_ids": [1], "client_id": "a b"}),
        ("spread", {"shape": {"label_class": "antenna"}, "media_ids": [1], "client_id": "client-0001"}),
    ],
    ids=lambda value: str(value)[:50],
)
def test_nonsense_is_refused(client, caller, frames, path, body):
    answer = client.post(f"/media/{frames[0]}/{path}", headers=caller(), json=body)
    assert answer.status_code == 422, answer.text
