"""The methods against a running product: what goes in comes out, typed; tokens renew themselves; lists have no end."""

from __future__ import annotations

import asyncio
import time
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
from vigie_client import (
    AsyncClient,
    Client,
    Conflict,
    NewPredictedShape,
    NewPrediction,
    NewShape,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
)
from vigie_client.methods import media as media_methods
from vigie_client.models.imports import Import
from vigie_client.models.media import KnownElsewhere, MediaDetails

from tests.apart import run_async
from tests.client.pictures import a_frame, a_video
from tests.curation.importing import coco
from tests.product import ADMIN, ADMIN_PASSWORD, Product

BOX = [0.1, 0.2, 0.3, 0.4]
AT = datetime(2026, 8, 12, 17, 42, 8, tzinfo=timezone(timedelta(hours=2)))


def test_a_media_carries_what_was_said_about_it(client):
    registered = client.register_media(
        a_frame(40_000),
        file_name="été “1”.jpg",
        source="CAM-12",
        captured_at=AT,
        lat=44.5,
        lon=4.25,
        azimuth=180,
        sequence="s1",
        tags=["dry", "windy"],
    )
    assert isinstance(registered.media, MediaDetails) and not registered.twin
    found = client.get_media(registered.media.id)
    assert found.file_name == "été “1”.jpg"
    assert (found.source, found.captured_at, found.lat, found.lon) == ("CAM-12", AT, 44.5, 4.25)
    assert (found.azimuth, found.sequence, found.tags) == (180.0, "s1", ["dry", "windy"])
    assert client.register_media(a_frame(40_000), file_name="again.jpg").twin


def test_a_list_goes_on_over_as_many_pages_as_there_are(client, monkeypatch):
    monkeypatch.setattr(media_methods, "PAGE", 2)
    ids = [
        client.register_media(a_frame(40_100 + n), file_name="p.jpg", source="P, & Q").media.id
        for n in range(5)
    ]
    assert [media.id for media in client.list_media(source="P, & Q", sort="uploaded")] == ids

    async def later() -> list[int]:
        async with AsyncClient(client.url, login=ADMIN, password=ADMIN_PASSWORD) as other:
            return [media.id async for media in other.list_media(source=["P, & Q", "none"], sort="uploaded")]

    assert run_async(later()) == ids


def test_an_answer_is_submitted_decided_and_taken_back(client):
    media = client.register_media(a_frame(40_200), file_name="a.jpg", source="CAM-ANS").media
    submitted = client.submit_annotation(
        media.id,
        [NewShape("wildfire", BOX), NewShape("other_smoke", points=[[0.1, 0.1], [0.2, 0.1], [0.2, 0.3]])],
    )
    assert [shape.label_class for shape in submitted.annotation.shapes] == ["wildfire", "other_smoke"]
    assert client.list_media_annotations(media.id)[0].id == submitted.annotation.id
    decided = client.decide(media.id, "accepted", annotation_id=submitted.annotation.id)
    assert decided.media.state == "accepted"
    with pytest.raises(Conflict) as raised:
        client.submit_annotation(media.id, [], based_on=None)
    assert raised.value.status == 409
    undone = client.decide(media.id, "undone", undoes=decided.act, annotation_id=submitted.annotation.id)
    assert undone.media.state == "annotated"
    assert (
        client.list_media(state="annotated", label_class="wildfire", source="CAM-ANS").__next__().id
        == media.id
    )


def test_the_same_client_id_submits_once(client):
    media = client.register_media(a_frame(40_201), file_name="a.jpg").media
    first = client.submit_annotation(media.id, [NewShape("wildfire", BOX)], client_id="client-one")
    again = client.submit_annotation(media.id, [NewShape("wildfire", BOX)], client_id="client-one")
    assert first.annotation.id == again.annotation.id


def test_the_queue_gives_what_is_next(client):
    media = client.register_media(a_frame(40_202), file_name="q.jpg", source="CAM-Q").media
    assert [item.id for item in client.look_at_queue("to_annotate", source="CAM-Q").items] == [media.id]
    assert [item.id for item in client.next_media("to_annotate", source="CAM-Q").items] == [media.id]
    assert client.renew_leases([media.id]).held == [media.id]
    client.release_leases([media.id])
    assert {count.key for count in client.count_queues()} >= {"to_annotate", "to_review"}


def test_tags_history_neighbours_comments_and_drafts(client):
    media = client.register_media(a_frame(40_203), file_name="t.jpg", source="CAM-T", captured_at=AT).media
    assert client.tag_media([media.id], add=["fog"]).changed == 1
    assert client.get_history(media.id)[0].what
    assert [near.id for near in client.list_neighbours(media.id)] == [media.id]
    comment = client.comment(media.id, f"@{ADMIN} look", client_id="comment-1")
    assert client.comment(media.id, f"@{ADMIN} look", client_id="comment-1").id == comment.id
    assert comment in client.list_comments(media.id)
    client.mark_mentions_seen([mention.comment_id for mention in client.list_mentions()])
    assert ADMIN in {person.login for person in client.list_people()}
    client.keep_draft(
        media.id, {"shapes": [{"label_class": "wildfire", "box": BOX}]}, made_at=datetime.now(UTC)
    )
    assert [draft.media_id for draft in client.list_drafts()] == [media.id]
    client.drop_draft(media.id)
    assert client.list_drafts() == []


def test_one_shape_for_many_frames_of_a_camera(client):
    media = [
        client.register_media(
            a_frame(40_210 + n), file_name="s.jpg", source="CAM-S", captured_at=AT + timedelta(minutes=n)
        ).media
        for n in range(3)
    ]
    shape = NewShape("antenna", BOX)
    found = client.preview_spread(media[0].id, shape)
    assert {target.id for target in found.media} == {media[1].id, media[2].id}
    done = client.spread_shape(media[0].id, shape, [target.id for target in found.media])
    assert sorted(done.changed) == [media[1].id, media[2].id]
    assert client.list_spots(media[0].id, [BOX])[0][0].label_class == "antenna"
    assert sorted(client.undo_batch(done.batch).undone) == sorted(done.changed)


def test_a_picture_is_read_saved_and_linked(client, tmp_path: Path):
    media = client.register_media(a_frame(40_220), file_name="l.jpg").media
    assert client.get_picture(media.id, size="original") == a_frame(40_220)
    assert client.get_picture(media.id, size="thumb")[:2] == b"\xff\xd8"
    assert client.save_picture(media.id, tmp_path / "l.jpg").path.read_bytes() == a_frame(40_220)
    link = client.get_media_url(media.id, size="original")
    assert httpx.get(link.url, timeout=30).content == a_frame(40_220)
    assert client.get_media_urls([media.id])[0].url.startswith("http")


def test_an_archive_says_what_became_of_each_entry(client, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "frames.zip", "w") as archive:
        archive.writestr("1.jpg", a_frame(40_230))
        archive.writestr("2.jpg", b"no picture")
    found = {
        entry.name: entry.result for entry in client.register_archive(tmp_path / "frames.zip", source="Z")
    }
    assert found == {"1.jpg": "registered", "2.jpg": "refused"}


def test_two_steps_changes_and_withdrawal(client):
    media = client.create_media(source="CAM-2", captured_at=AT)
    assert media.state == "awaiting_content"
    for _ in range(2):
        assert client.upload_media(media.id, a_frame(40_240), file_name="2.jpg").state == "new"
    with pytest.raises(Conflict):
        client.upload_media(media.id, a_frame(40_241), file_name="2.jpg")
    assert client.change_media(media.id, azimuth=90).azimuth == 90
    assert client.change_media(media.id, sequence="s").azimuth == 90
    assert client.change_media(media.id, azimuth=None).azimuth is None
    assert client.withdraw_media(media.id).state == "withdrawn"
    assert client.restore_media(media.id).state == "new"


def test_an_annotation_comes_as_a_file(client):
    media = client.register_media(a_frame(40_250), file_name="f.jpg").media
    created = client.create_annotation(media.id)
    assert created.content == "none"
    filled = client.upload_annotation(created.id, b"smoke, somewhere", file_name="notes.txt")
    assert (filled.content, client.get_media(media.id).state) == ("file", "annotated")
    assert httpx.get(client.get_annotation_url(created.id).url, timeout=30).content == b"smoke, somewhere"
    assert created.id in {annotation.id for annotation in client.list_annotations(media_id=media.id)}
    with pytest.raises(NotFound):
        client.create_annotation(10**9)


def test_label_classes_questions_and_figures(client):
    assert "wildfire" in {label_class.key for label_class in client.list_label_classes()}
    assert len(client.list_label_classes(retired=True)) >= len(client.list_label_classes())
    assert client.list_questions() is not None
    assert client.get_agreement().persons == []
    assert client.get_own_consistency(timezone="Europe/Paris").checks == 0
    assert client.list_label_class_examples("wildfire") is not None
    with pytest.raises(NotFound):
        client.list_label_class_examples("no/such class")
    made = client.create_label_class("drone", "drone", "#123456", applies_to="both", guide="It hums.")
    assert client.change_label_class(made.key, guide=None).guide is None
    assert client.retire_label_class(made.key).retired
    assert not client.restore_label_class(made.key).retired


def test_counts_reviews_events_and_metrics(client):
    media = client.register_media(a_frame(40_255), file_name="n.jpg", source="CAM-N").media
    assert client.count_media(source="CAM-N").value == 1
    assert client.get_facets().state["new"] >= 0
    client.decide(media.id, "rejected", comment="a thumb")
    (review,) = client.list_reviews(media_id=media.id)
    assert (review.decision, review.comment, review.author) == ("rejected", "a thumb", ADMIN)
    assert next(client.list_events(media_id=media.id)).media_id == media.id
    assert "vigie_requests" in client.get_metrics()


def test_what_a_model_proposes_is_taken_or_left(client):
    media = client.register_media(a_frame(40_256), file_name="m.jpg", source="CAM-M").media
    seen = NewPredictedShape("wildfire", 0.8, BOX)
    sent = client.send_prediction(media.id, "yolo-11", [seen], client_id="prediction-1")
    assert client.send_prediction(media.id, "yolo-11", [seen], client_id="prediction-1").id == sent.id
    many = client.send_predictions(
        [NewPrediction(media.id, "yolo-12", [seen]), NewPrediction(10**9, "yolo-12")]
    )
    assert [result.problem and result.problem.code for result in many] == [None, "media_not_found"]
    assert {prediction.model for prediction in client.list_predictions(media.id)} == {"yolo-11", "yolo-12"}
    assert [found.id for found in client.list_media(predicted="yolo-12", source="CAM-M")] == [media.id]
    taken = client.submit_annotation(media.id, [NewShape("wildfire", BOX, prediction=sent.id)])
    (shape,) = taken.annotation.shapes
    assert (shape.origin, shape.model, shape.confidence) == ("model", "yolo-11", 0.8)


def test_a_webhook_is_made_tested_and_let_go(client):
    made = client.create_webhook("archive", "https://archive.invalid/hook", ["media.accepted"])
    assert made.secret.startswith("whsec_") and made.secret not in repr(made)
    assert client.get_webhook(made.id) in client.list_webhooks()
    assert client.change_webhook(made.id, name="shelf", disabled=False).name == "shelf"
    tested = client.test_webhook(made.id)
    assert [delivery.id for delivery in client.list_deliveries(made.id)] == [tested.id]
    client.delete_webhook(made.id)
    with pytest.raises(NotFound):
        client.get_webhook(made.id)


def test_an_export_is_a_file(client, tmp_path: Path):
    client.register_media(a_frame(40_260), file_name="e.jpg", source="CAM-E1")
    saved = client.export_csv(
        tmp_path / "e.csv", source="CAM-E1", columns=["media_id", "file_name"], raw=True
    )
    assert saved.rows == 1
    assert saved.path.read_text("utf-8-sig").splitlines()[0] == "media_id,file_name"
    assert client.export_contact_sheet(tmp_path / "e.pdf", source="CAM-E1").path.read_bytes()[:4] == b"%PDF"


def test_a_dataset_is_committed_as_its_preview_shows_it_and_with_choices(client):
    name, box = "40300.jpg", (12.8, 25.6, 64.0, 32.0)
    begun = client.start_import("files", name="dataset")
    client.add_import_file(begun.id, a_frame(40_300), file_name=name)
    client.add_import_file(
        begun.id, coco({name: [("wildfire", box)]}, (128, 128)).encode(), file_name="a.json"
    )
    assert rested(client, client.read_import_files(begun.id)).state == "ready"
    done = rested(client, client.commit_import(begun.id))
    assert (done.state, done.counts["created"], done.counts["answers"]) == ("done", 1, 1)
    again = client.start_import("files", name="dataset")
    client.add_import_file(again.id, coco({name: [("haze", box)]}, (128, 128)).encode(), file_name="a.json")
    assert rested(client, client.read_import_files(again.id)).state == "ready"
    chosen = client.commit_import(again.id, mapping={"haze": None}, answered="replace")
    assert rested(client, chosen).state == "done"
    assert rested(client, client.undo_import(begun.id)).counts["undone"] == 1


def rested(client: Client, found: Import) -> Import:
    """The import once it rests."""
    until = time.monotonic() + 60
    while found.is_busy:
        assert time.monotonic() < until
        time.sleep(0.1)
        found = client.get_import(found.id)
    return found


def test_what_the_server_does_not_know_is_refused_in_its_words(client):
    with pytest.raises(Refused, match="is no value of state"):
        list(client.list_media(state="nonsense"))
    with pytest.raises(NotFound):
        client.get_media(10**9)


def test_a_token_that_has_ended_is_renewed_by_login_and_password(product: Product):
    with Client(product.api, login=ADMIN, password=ADMIN_PASSWORD) as client:
        client.me()
        client._credentials.token = "expired"
        assert client.me().login == ADMIN
    with Client(product.api, token="expired") as client, pytest.raises(NotSignedIn):
        client.me()
    with Client(product.api, login=ADMIN, password="wrong password") as client, pytest.raises(NotSignedIn):
        client.me()

    async def later() -> str:
        async with AsyncClient(product.api) as other:
            await other.log_in(ADMIN, ADMIN_PASSWORD)
            other._credentials.token = "expired"
            answers = await asyncio.gather(other.me(), other.me(), other.me())
            return answers[2].login

    assert run_async(later()) == ADMIN


def test_a_video_gives_its_frames(client, tmp_path: Path):
    (tmp_path / "v.mp4").write_bytes(a_video(seconds=3))
    video = client.register_media(tmp_path / "v.mp4", captured_at=AT, source="CAM-V").media
    assert isinstance(video, MediaDetails) and (video.type, video.duration) == ("video", 3.0)
    client.extract_frames(video.id, every_seconds=1)
    deadline = time.monotonic() + 60
    while client.list_extractions(video.id)[0].finished_at is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    frames = list(client.list_media(extracted_from=video.id, sort="captured"))
    assert [frame.captured_at for frame in frames] == [AT + timedelta(seconds=n) for n in range(3)]
    saved = client.save_picture(video.id, tmp_path / "back.mp4", size="original")
    assert saved.path.read_bytes() == (tmp_path / "v.mp4").read_bytes()


def test_people_come_and_go(client, product: Product):
    bob = client.create_access("bob", "a password of bob's", "user")
    assert bob in list(client.list_accesses()) and client.get_access(bob.id) == bob
    assert client.change_access(bob.id, scope="viewer").scope == "viewer"
    client.change_password(bob.id, "another password")
    assert client.delete_access(bob.id).login == "bob"
    with pytest.raises(NotFound):
        client.get_access(bob.id)
    with Client(product.api, login="bob", password="another password") as gone, pytest.raises(NotSignedIn):
        gone.me()


def test_a_token_of_ones_own_is_narrower_and_can_be_revoked(client, product: Product):
    made = client.create_token("notebook", scope="viewer", expires_in_days=1)
    assert made.token not in repr(made)
    with Client(product.api, token=made.token) as narrow:
        assert narrow.me().scope == "viewer"
        with pytest.raises(NotAllowed, match="wider scope"):
            narrow.withdraw_media(1)
        assert made.id in {token.id for token in client.list_tokens()}
        client.revoke_token(made.id)
        with pytest.raises(NotSignedIn):
            narrow.me()


def test_a_device_sends_under_its_own_source_and_sees_its_own_alone(client, product: Product):
    device = client.create_device("cam-77", source="CAM-77")
    with Client(product.api, token=device.token) as camera:
        media = camera.register_media(a_frame(40_270), file_name="d.jpg").media
        assert camera.get_media(media.id).source == "CAM-77"
        foreign = client.register_media(a_frame(40_271), file_name="x.jpg").media
        with pytest.raises(NotFound):
            camera.get_media(foreign.id)
        # The same content from elsewhere: that it is here, and nothing else.
        twin = camera.register_media(a_frame(40_271), file_name="x.jpg")
        assert twin.twin and isinstance(twin.media, KnownElsewhere)
        rotated = client.rotate_device_token(device.id)
        with pytest.raises(NotSignedIn):
            camera.me()
    with Client(product.api, token=rotated.token) as camera:
        assert camera.me().scope == "device"
        client.revoke_device_token(device.id)
        with pytest.raises(NotSignedIn):
            camera.me()
    assert client.change_device(device.id, disabled=True).disabled
    assert {found.login: found.media_total for found in client.list_devices()}["cam-77"] == 1


def test_sources_are_named_renamed_and_merged(client):
    client.create_source(name="Old mast", place="Serre de Bras", azimuth=120)
    client.create_source(name="New mast")
    ids = {source.name: source.id for source in client.list_sources()}
    assert client.change_source(ids["Old mast"], name="Mast").place == "Serre de Bras"
    assert client.preview_merge(ids["Old mast"], into=ids["New mast"]).media == 0
    client.merge_source(ids["Old mast"], into=ids["New mast"])
    assert "Mast" not in {source.name for source in client.list_sources()}
