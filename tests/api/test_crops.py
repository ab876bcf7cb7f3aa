"""Crops over HTTP: around the smallest shape, or around any box."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from curation.annotations import submit_annotation
from curation.reviews import decide
from db.models import Access, Decision, Scope
from db.session import open_session
from storage import open_bucket
from tests.factories import a_box, a_jpeg, a_media, an_admin

SMALL, LARGE = (0.5, 0.5, 0.52, 0.53), (0.1, 0.1, 0.4, 0.4)


@pytest.fixture
def drawn_on(client, caller):
    """An uploaded media with a large and a small shape, and the header of who drew them."""
    headers = caller()
    media = client.post("/uploads", headers=headers, files={"file": ("a.jpg", a_jpeg(1280, 720))}).json()[
        "media"
    ]
    answer = {"shapes": [a_box(box=LARGE), a_box("dust", SMALL)]}
    assert client.post(f"/media/{media['id']}/annotations", headers=headers, json=answer).status_code == 201
    return media["id"], headers


def crop(client, headers, media_id, box=None, **more):
    query = "" if box is None else f"&box={box if isinstance(box, str) else ','.join(map(str, box))}"
    return client.get(f"/media/{media_id}/picture?size=crop{query}", headers={**headers, **more})


def kept():
    return [found.key for found in open_bucket().list() if found.key.endswith("-crop.jpg")]


def test_a_crop_is_of_the_smallest_shape_unless_a_box_is_given(client, drawn_on):
    media_id, headers = drawn_on
    smallest = crop(client, headers, media_id)
    assert smallest.status_code == 200
    assert Image.open(io.BytesIO(smallest.content)).size == (320, 320)
    assert smallest.headers["content-type"] == "image/jpeg"
    assert smallest.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert crop(client, headers, media_id, SMALL).content == smallest.content
    assert crop(client, headers, media_id, LARGE).content != smallest.content
    assert len(kept()) == 1, "the crop of the smallest shape, and no other"


def test_browsers_keep_a_crop_whose_box_stands_in_its_address(client, drawn_on):
    media_id, headers = drawn_on
    asked, smallest = crop(client, headers, media_id, SMALL), crop(client, headers, media_id)
    assert asked.headers["cache-control"] == "private, max-age=3600"
    assert smallest.headers["cache-control"] == "private, no-cache", "the next answer may have a smaller one"
    assert asked.headers["etag"] == smallest.headers["etag"]
    again = crop(client, headers, media_id, **{"If-None-Match": smallest.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = crop(client, headers, media_id, LARGE, **{"If-None-Match": smallest.headers["etag"]})
    assert other.status_code == 200


def test_a_new_answer_changes_the_crop(client, drawn_on):
    media_id, headers = drawn_on
    before = crop(client, headers, media_id).headers["etag"]
    current = client.get(f"/media/{media_id}", headers=headers).json()["annotation_id"]
    answer = {"shapes": [a_box(box=(0.7, 0.7, 0.72, 0.72))], "based_on": current}
    client.post(f"/media/{media_id}/annotations", headers=headers, json=answer)
    assert crop(client, headers, media_id).headers["etag"] != before
    assert len(kept()) == 1


def test_without_a_shape_there_is_nothing_to_magnify(client, caller):
    headers = caller()
    media = client.post("/uploads", headers=headers, files={"file": ("a.jpg", a_jpeg())}).json()["media"]
    refused = crop(client, headers, media["id"])
    assert (refused.status_code, refused.json()["code"]) == (404, "shape_not_found")
    client.post(f"/media/{media['id']}/annotations", headers=headers, json={})
    assert crop(client, headers, media["id"]).status_code == 404, "nothing here"
    assert crop(client, headers, media["id"], (0, 0, 1, 1)).status_code == 200
    assert kept() == []


@pytest.mark.parametrize("box", ["", "1,2,3", "0,0,1,1,1", "a,b,c,d", "0.5,0,0.5,1", "-1,0,1,1", "nan,0,1,1"])
def test_a_box_that_is_none_is_refused(client, drawn_on, box):
    media_id, headers = drawn_on
    refused = crop(client, headers, media_id, box)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_box")


def test_a_crop_is_for_those_who_may_see_the_picture(client, caller, drawn_on):
    media_id, headers = drawn_on
    assert crop(client, {}, media_id).status_code == 401
    assert crop(client, caller(Scope.DEVICE), media_id, SMALL).status_code == 404
    assert crop(client, caller(Scope.VIEWER), media_id).status_code == 200
    with open_session() as session:
        decide(session, an_admin(session), media_id, Decision.WITHDRAWN)
    assert crop(client, headers, media_id, SMALL).status_code == 404


def test_a_device_sees_what_it_sent_and_nothing_of_the_answers(client, caller):
    headers = caller(Scope.DEVICE)
    media = client.post("/uploads", headers=headers, files={"file": ("a.jpg", a_jpeg(640, 360))}).json()[
        "media"
    ]
    answer = {"shapes": [a_box(box=SMALL)]}
    assert client.post(f"/media/{media['id']}/annotations", headers=caller(), json=answer).status_code == 201
    assert crop(client, headers, media["id"]).status_code == 404
    assert crop(client, headers, media["id"], SMALL).status_code == 200
    assert kept() == []


def test_a_picture_that_is_not_in_the_bucket_is_told(client, caller):
    headers = caller()
    with open_session() as session:
        media = a_media(session)
        curator = session.get(Access, media.uploaded_by_id)
        submit_annotation(session, curator, media.id, shapes=[a_box(box=SMALL)])
        media_id = media.id
    lost = crop(client, headers, media_id)
    assert (lost.status_code, lost.json()["code"]) == (404, "content_missing")
