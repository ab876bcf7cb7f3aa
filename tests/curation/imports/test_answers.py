"""Answers that are imported: their label classes, whose they replace, their states, and taking them back."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import select

from curation import looks
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.errors import AnswerIncomplete, InvalidText, NotAllowed, UnknownLabelClass
from curation.geometry import Box
from curation.imports.applying import CAME_IN
from curation.imports.asking import commit_import
from curation.imports.bringing import kept_details, told_of
from curation.label_classes import create_label_class, get_label_class_by_key, retire_label_class
from curation.media_view import AnnotationView, annotation_views
from curation.reviews import decide
from db.models import Annotation, AppliesTo, Decision, ImportItem, LabelClass, Media, State, utc_now
from db.session import open_session
from tests.conftest import Installation
from tests.curation.importing import Importer, coco, lines, preview_of
from tests.factories import a_box, a_jpeg, an_access

SIZE = (320, 240)
BOX = (32.0, 24.0, 64.0, 48.0)  # pixels: left, top, width, height
VOC = """<annotation><filename>{name}</filename><size><width>320</width><height>240</height></size>
<object><name>wildfire</name><bndbox><xmin>33</xmin><ymin>25</ymin><xmax>96</xmax><ymax>72</ymax></bndbox></object>
</annotation>"""
AS_FRACTIONS = (0.1, 0.1, 0.3, 0.3)


def only_media() -> Media:
    with open_session(read_only=True) as session:
        return session.scalars(select(Media).where(Media.state != State.WITHDRAWN)).one()


def answers() -> list[AnnotationView]:
    with open_session(read_only=True) as session:
        ids = session.scalars(select(Annotation.id).order_by(Annotation.number)).all()
        return annotation_views(session, ids)


def a_dataset(name: str = "wildfire", **picture: Any) -> dict[str, bytes | str]:
    return {
        "annotations.json": coco({"one.jpg": [(name, BOX)]}, SIZE),
        "images/one.jpg": a_jpeg(*SIZE, **picture),
    }


def test_shapes_come_in_with_their_origin(curator: Importer) -> None:
    view = curator.read(a_dataset())
    assert (view.format, preview_of(view)["shapes"]) == ("coco", 1)
    [meant] = preview_of(view)["classes"]
    assert (meant["word"], meant["to"], meant["shapes"]) == ("wildfire", "wildfire", 1)
    done = curator.commit(view.id)
    assert (done.counts["created"], done.counts["answers"], done.counts["shapes"]) == (1, 1, 1)
    [answer] = answers()
    assert (answer.origin, answer.shapes[0].origin, answer.shapes[0].label_class) == (
        "import",
        "import",
        "wildfire",
    )
    assert answer.shapes[0].box == pytest.approx(AS_FRACTIONS, abs=1e-6)
    assert only_media().state == State.ANNOTATED


def test_a_picture_that_shows_nothing_gets_that_answer(curator: Importer) -> None:
    files = {"annotations.json": coco({"one.jpg": []}, SIZE), "one.jpg": a_jpeg(*SIZE)}
    curator.bring(files)
    [answer] = answers()
    assert (answer.origin, answer.shapes, answer.label_classes) == ("import", [], [])


def test_a_word_that_means_nothing_here_has_to_be_spoken_of(curator: Importer) -> None:
    view = curator.read(a_dataset("fumée"))
    assert preview_of(view)["classes"][0]["to"] is None
    with open_session() as session, pytest.raises(AnswerIncomplete):
        commit_import(session, curator.access, view.id)
    with open_session() as session, pytest.raises(UnknownLabelClass):
        commit_import(session, curator.access, view.id, {"mapping": {"fumée": "no_such_class"}})
    with open_session() as session, pytest.raises(NotAllowed):
        commit_import(session, curator.access, view.id, {"make": ["fumée"]})
    curator.commit(view.id, mapping={"fumée": "wildfire"})
    assert answers()[0].shapes[0].label_class == "wildfire"


def test_an_admin_makes_label_classes_and_undoing_retires_them(admin: Importer) -> None:
    view = admin.read(a_dataset("Fumée grise"))
    admin.commit(view.id, make=["Fumée grise"])
    assert answers()[0].shapes[0].label_class == "fum_e_grise"
    admin.undo(view.id)
    with open_session(read_only=True) as session:
        made = get_label_class_by_key(session, "fum_e_grise")
        assert (made.name, made.retired_at is not None) == ("Fumée grise", True)


def test_a_label_class_that_undoing_retired_is_offered_again_when_it_is_made_again(admin: Importer) -> None:
    files = a_dataset("Fumée grise")
    admin.undo(admin.bring(files, make=["Fumée grise"]).id)
    view = admin.read(files)
    assert preview_of(view)["classes"][0]["to"] is None
    with open_session() as session, pytest.raises(InvalidText, match="retired"):
        commit_import(session, admin.access, view.id, {"mapping": {"Fumée grise": "fum_e_grise"}})
    done = admin.commit(view.id, make=["Fumée grise"])
    assert done.counts["answers"] == 1
    with open_session(read_only=True) as session:
        assert get_label_class_by_key(session, "fum_e_grise").retired_at is None
    assert answers()[-1].shapes[0].label_class == "fum_e_grise"


def test_a_label_class_of_whole_pictures_is_not_what_a_shape_means(admin: Importer) -> None:
    with open_session() as session:
        made = {"key": "haze", "name": "haze", "colour": "#112233", "applies_to": AppliesTo.MEDIA}
        create_label_class(session, admin.access, **made)
    view = admin.read(a_dataset("haze"))
    assert preview_of(view)["classes"][0]["to"] is None
    with open_session() as session, pytest.raises(InvalidText, match="whole picture"):
        commit_import(session, admin.access, view.id, {"mapping": {"haze": "haze"}})


def test_a_label_class_that_was_retired_since_the_preview_is_not_committed_with(admin: Importer) -> None:
    view = admin.read(a_dataset("wildfire"))
    with open_session() as session:
        retire_label_class(session, admin.access, get_label_class_by_key(session, "wildfire").id)
    with open_session() as session, pytest.raises(InvalidText, match="retired"):
        commit_import(session, admin.access, view.id)


def test_an_answer_whose_words_are_all_left_out_is_no_empty_answer(curator: Importer) -> None:
    view = curator.read(a_dataset("fumée"))
    done = curator.commit(view.id, mapping={"fumée": None})
    assert (done.counts["created"], done.counts["answers"], answers()) == (1, 0, [])
    assert (
        curator.items(view.id)[0].why
        == "All its label classes are left out, so there is no answer to take over."
    )


def test_answers_for_known_pictures_find_them_by_their_name(curator: Importer) -> None:
    curator.bring({"one.jpg": a_jpeg(*SIZE)})
    view = curator.read({"annotations.json": coco({"one.jpg": [("wildfire", BOX)]}, SIZE)})
    assert (preview_of(view)["matched_by"], preview_of(view)["answers"]["to_unanswered"]) == (
        {"file_name": 1},
        1,
    )
    done = curator.commit(view.id)
    assert (done.counts["changed"], done.counts["answers"]) == (1, 1)


def test_a_name_that_two_of_the_files_have_is_never_looked_for_among_our_media(curator: Importer) -> None:
    curator.bring({"f0001.jpg": a_jpeg(*SIZE)})
    named = VOC.format(name="f0001.jpg")
    files = {"a/f0001.xml": named, "camA/f0001.jpg": a_jpeg(*SIZE), "camB/f0001.jpg": a_jpeg(*SIZE)}
    view = curator.read(files)
    told = {"new": 2, "known": 0, "unmatched": 1, "unnamed": 2, "restored": 0, "withdrawn": 0}
    assert preview_of(view)["media"] == told
    said = "Several of the pictures that were sent are called so: nobody can tell which one is meant."
    assert [remark["sentence"] for remark in preview_of(view)["remarks"]] == [said]
    assert curator.commit(view.id).counts["left_out"] == 1
    assert answers() == []


def test_a_name_that_two_media_have_is_no_match(curator: Importer) -> None:
    curator.bring({"a/one.jpg": a_jpeg(*SIZE), "b/one.jpg": a_jpeg(*SIZE)})
    view = curator.read({"annotations.json": coco({"one.jpg": [("wildfire", BOX)]}, SIZE)})
    assert (preview_of(view)["media"]["unmatched"], preview_of(view)["unmatched"]) == (1, ["one.jpg"])
    assert curator.commit(view.id).counts["left_out"] == 1


def test_another_answer_is_kept_unless_it_is_to_be_replaced(curator: Importer) -> None:
    curator.bring({"one.jpg": a_jpeg(*SIZE)})
    media_id = only_media().id
    with open_session() as session:
        submit_annotation(session, an_access(session), media_id, shapes=[a_box()])
    files = {"annotations.json": coco({"one.jpg": [("wildfire", BOX)]}, SIZE)}
    kept = curator.bring(files)
    assert kept.counts["left_out"] == 1
    assert curator.items(kept.id)[0].why == "It has another answer already, which was kept."
    replaced = curator.bring(files, answered="replace")
    assert (replaced.counts["changed"], len(answers())) == (1, 2)
    curator.undo(replaced.id)
    media = only_media()
    current = next(one for one in answers() if one.id == media.current_annotation_id)
    assert (current.origin, media.state) == ("human", State.ANNOTATED)


def test_the_same_dataset_once_more_changes_nothing(curator: Importer) -> None:
    files = a_dataset()
    curator.bring(files)
    again = curator.bring(files)
    assert again.counts == {"already_there": 1, "answers": 0, "shapes": 0}
    assert len(answers()) == 1


def test_an_undone_answer_leaves_the_media_as_it_was(curator: Importer) -> None:
    curator.bring({"one.jpg": a_jpeg(*SIZE)})
    done = curator.bring({"annotations.json": coco({"one.jpg": [("wildfire", BOX)]}, SIZE)})
    curator.undo(done.id)
    media = only_media()
    assert (media.state, media.current_annotation_id) == (State.NEW, None)


def a_line(content: bytes, **known: Any) -> dict[str, Any]:
    sha256 = hashlib.sha256(content).hexdigest()
    shape = {"label_class": "wildfire", "box": [0.1, 0.2, 0.3, 0.4], "origin": "human"}
    answer = {"readable": True, "shapes": [shape], "label_classes": [], "replies": {}}
    return {"file": "images/1.jpg", "file_name": "one.jpg", "sha256": sha256, "answer": answer, **known}


@pytest.mark.parametrize("state", ["annotated", "accepted", "rejected", "sent_back", "unsure", "parked"])
def test_states_come_back(curator: Importer, state: str) -> None:
    content = a_jpeg(*SIZE)
    done = curator.bring({"manifest.jsonl": lines(a_line(content, state=state)), "images/1.jpg": content})
    assert (done.counts["created"], only_media().state.value) == (1, state)
    assert len(answers()) == 1
    curator.undo(done.id)
    with open_session(read_only=True) as session:
        assert session.scalars(select(Media.state)).all() == [State.WITHDRAWN]


@pytest.mark.parametrize("state", ["new", "rejected", "unsure", "parked"])
def test_states_without_an_answer_come_back(curator: Importer, state: str) -> None:
    content = a_jpeg(*SIZE)
    curator.bring(
        {"manifest.jsonl": lines(a_line(content, state=state, answer=None)), "images/1.jpg": content}
    )
    assert (only_media().state.value, answers()) == (state, [])


def test_a_state_that_the_rules_do_not_allow_is_named(installation: Installation) -> None:
    with open_session() as session:
        policy = ReviewPolicy(review_own=False)
        curator = Importer(an_access(session), installation.data_dir / "spool", policy)
    content = a_jpeg(*SIZE)
    done = curator.bring(
        {"manifest.jsonl": lines(a_line(content, state="accepted")), "images/1.jpg": content}
    )
    assert only_media().state == State.ANNOTATED
    assert "Its state could not be taken over" in (curator.items(done.id)[0].why or "")


def test_what_people_have_decided_here_is_left(curator: Importer) -> None:
    content = a_jpeg(*SIZE)
    curator.bring({"one.jpg": content})
    with open_session() as session:
        decide(session, an_access(session), only_media().id, Decision.REJECTED)
    curator.bring({"manifest.jsonl": lines(a_line(content, state="accepted", answer=None))})
    assert only_media().state == State.REJECTED


@pytest.mark.parametrize("answered", ["keep", "replace"])
@pytest.mark.parametrize("same", [True, False])
def test_what_has_to_be_answered_blind_is_neither_told_nor_replaced(
    curator: Importer, answered: str, same: bool
) -> None:
    always = ReviewPolicy(second_opinion_share=1.0)
    content = a_jpeg(*SIZE)
    curator.bring({"one.jpg": content})
    box = [0.1, 0.2, 0.3, 0.4]
    with open_session() as session:
        author, media_id = an_access(session), only_media().id
        shapes = [{"label_class": "wildfire", "box": box if same else [0.5, 0.5, 0.9, 0.9]}]
        submit_annotation(session, author, media_id, shapes=shapes, policy=always)
        annotation_id = session.get_one(Media, media_id).current_annotation_id
        decide(session, author, media_id, Decision.ACCEPTED, annotation_id=annotation_id)
    with open_session() as session:
        assert looks.take(session, curator.access, always, 1) == [media_id]
    manifest = lines(a_line(content, state="rejected", sequence="s-1"))
    view = curator.read({"manifest.jsonl": manifest})
    answers = preview_of(view)["answers"]
    assert (answers["to_unanswered"], answers["to_answered"]) == (1, 0)
    done = curator.commit(view.id, answered=answered)
    (entry,) = curator.items(done.id)
    assert (entry.outcome, entry.why) == ("changed", looks.TO_ANSWER)
    media = only_media()
    assert (media.state, media.current_annotation_id) == (State.ACCEPTED, annotation_id)
    assert media.sequence == "s-1"
    with open_session(read_only=True) as session:
        assert list(looks.given_looks(session, curator.access)) == [media_id]
    again = curator.bring({"manifest.jsonl": lines(a_line(content, state="rejected", answer=None))})
    assert (again.counts["left_out"], curator.items(again.id)[0].why) == (1, looks.TO_ANSWER)


def test_what_is_known_of_a_media_comes_along_and_only_fills_gaps(curator: Importer) -> None:
    content = a_jpeg(*SIZE)
    told = {
        "source": "ridge",
        "azimuth": 90.0,
        "lat": 44.1,
        "lon": 4.2,
        "sequence": "s-1",
        "captured_at": "2026-08-12T17:42:08+00:00",
        "tags": ["dawn"],
        "score": 0.75,
    }
    done = curator.bring({"manifest.jsonl": lines(a_line(content, **told)), "images/1.jpg": content})
    media = only_media()
    assert (media.azimuth, media.lat, media.lon, media.sequence, media.score) == (
        90.0,
        44.1,
        4.2,
        "s-1",
        0.75,
    )
    assert media.captured_at is not None and media.captured_at.isoformat() == told["captured_at"]
    later = curator.bring(
        {"manifest.jsonl": lines(a_line(content, **{**told, "azimuth": 12.0, "tags": ["dusk"]}))}
    )
    assert (later.counts["changed"], only_media().azimuth) == (1, 90.0)
    curator.undo(later.id)
    assert done.counts["created"] == 1


@pytest.mark.parametrize("score", [float("inf"), float("-inf"), float("nan"), [[0.5]], {"is": 0.5}])
def test_what_no_database_keeps_is_kept_as_what_is_refused(score: Any) -> None:
    kept = kept_details({"score": score, "not": "known"})
    assert json.loads(json.dumps(kept, allow_nan=False)).keys() == {"score"}
    with pytest.raises(InvalidText, match=r"score is a number from -1,000,000,000 to 1,000,000,000\."):
        told_of(kept)


@pytest.mark.parametrize("score", ["1e300", "-1e300", "1" + "0" * 400])
def test_a_score_that_no_file_could_say_is_refused_and_the_rest_comes_in(
    curator: Importer, score: str
) -> None:
    odd, good = a_jpeg(*SIZE), a_jpeg(*SIZE)
    manifest = lines(a_line(odd, score="ODD"), {**a_line(good), "file": "images/2.jpg", "score": 0.5})
    done = curator.bring(
        {
            "manifest.jsonl": manifest.replace('"ODD"', score),
            "images/1.jpg": odd,
            "images/2.jpg": good,
        }
    )
    assert (done.state, done.counts["created"], done.counts["failed"]) == ("done", 1, 1)
    assert curator.items(done.id)[0].why == "score is a number from -1,000,000,000 to 1,000,000,000."
    assert only_media().score == 0.5


@pytest.mark.parametrize(
    ("odd", "sentence"),
    [
        ({"tags": 5}, "tags is a list of texts."),
        ({"tags": "smoke"}, "tags is a list of texts."),
        ({"tags": ["dusk", [1]]}, "tags is a list of texts."),
        ({"source": {"name": "ridge"}}, "source is text."),
        ({"state": "rejected", "review_comment": 5}, "review_comment is text."),
    ],
)
def test_an_odd_value_fails_alone(curator: Importer, odd: dict[str, Any], sentence: str) -> None:
    first, second = a_jpeg(*SIZE), a_jpeg(*SIZE)
    manifest = lines(a_line(first, **odd), {**a_line(second), "file": "images/2.jpg"})
    done = curator.bring({"manifest.jsonl": manifest, "images/1.jpg": first, "images/2.jpg": second})
    assert done.state == "done"
    failed, good = curator.items(done.id)
    assert ((failed.outcome, failed.why), good.outcome) == (("failed", sentence), "created")
    assert len(answers()) == 1
    assert curator.undo(done.id).state == "undone"


@pytest.mark.parametrize("spoilt", [{"details": 5}, {"answer": 5}])
def test_an_entry_that_meets_an_error_of_ours_fails_alone(
    curator: Importer, caplog: pytest.LogCaptureFixture, spoilt: dict[str, Any]
) -> None:
    """Such as one that an older or newer version of ours has read otherwise."""
    view = curator.read({f"images/{number}.jpg": a_jpeg(*SIZE) for number in range(3)})
    with open_session() as session:
        second = session.scalars(
            select(ImportItem).where(ImportItem.import_id == view.id, ImportItem.position == 2)
        ).one()
        second.wanted = {**second.wanted, **spoilt}
    done = curator.commit(view.id)
    assert (done.state, done.counts["created"], done.counts["failed"]) == ("done", 2, 1)
    failed = curator.items(done.id)[1]
    assert failed.outcome == "failed"
    assert (failed.why or "").startswith("It could not be done: look into the server's log.")
    assert f"entry 2 of import {done.id} failed" in caplog.text
    curator.undo(done.id)
    with open_session(read_only=True) as session:
        assert set(session.scalars(select(Media.state))) == {State.WITHDRAWN}


def test_tags_that_come_and_go_with_an_import_are_a_change_of_their_media(curator: Importer) -> None:
    content = a_jpeg(*SIZE)
    curator.bring({"manifest.jsonl": lines(a_line(content, tags=["dawn"])), "images/1.jpg": content})
    changes = [only_media().changed_at]
    done = curator.bring({"manifest.jsonl": lines(a_line(content, tags=["dusk"]))})
    changes.append(only_media().changed_at)
    curator.undo(done.id)
    changes.append(only_media().changed_at)
    assert len(set(changes)) == 3


def test_undoing_takes_back_that_a_time_was_assumed(curator: Importer) -> None:
    content = a_jpeg(*SIZE)
    curator.bring({"one.jpg": content})
    was = only_media()
    told = {"captured_at": "2026-08-12T17:42:08+00:00", "captured_at_assumed": not was.captured_at_assumed}
    done = curator.bring({"manifest.jsonl": lines(a_line(content, answer=None, **told))})
    assert only_media().captured_at_assumed != was.captured_at_assumed
    curator.undo(done.id)
    now = only_media()
    assert (now.captured_at, now.captured_at_assumed) == (was.captured_at, was.captured_at_assumed)


def test_an_entry_that_cannot_be_read_brings_nothing(curator: Importer) -> None:
    odd = {"file": "one.jpg", "state": "accepted", "review_comment": 5, "answer": {"shapes": []}}
    done = curator.bring({"one.jpg": a_jpeg(*SIZE), "manifest.jsonl": lines(odd)})
    assert (done.counts["failed"], done.counts.get("created")) == (1, None)
    assert curator.items(done.id)[0].why == "review_comment is text."
    with open_session(read_only=True) as session:
        assert session.scalars(select(Media)).all() == []


def test_shapes_of_a_broken_answer_fail_alone(curator: Importer) -> None:
    view = curator.read(a_dataset())
    with open_session() as session:
        commit_import(session, curator.access, view.id)
        wildfire = session.scalars(select(LabelClass).where(LabelClass.key == "wildfire")).one()
        wildfire.retired_at = utc_now()
    done = curator.run(view.id)
    assert done.counts["failed"] == 1
    why = curator.items(done.id)[0].why or ""
    assert "retired" in why
    assert why.endswith(CAME_IN)
    assert curator.undo(done.id).counts["undone"] == 1


def test_shapes_with_an_edge_in_common_are_the_same_ones_again(admin: Importer) -> None:
    boxes = [(0.3, 0.12, 0.36, 0.95), (0.3, 0.35, 0.54, 0.9)]
    picture = a_jpeg(*SIZE)
    answer = {"shapes": [{"label_class": "wildfire", "box": list(box)} for box in boxes]}
    line = {"file": "a.jpg", "file_name": "a.jpg", "state": "accepted", "answer": answer}
    admin.bring({"a.jpg": picture, "manifest.jsonl": lines(line)})
    labels = "".join("0 " + " ".join(f"{part:.8f}" for part in Box(*box).to_yolo()) + "\n" for box in boxes)
    # Centre and size say the left edge a little differently of each: now the other one comes first.
    files: dict[str, bytes | str] = {
        "images/a.jpg": picture,
        "labels/a.txt": labels,
        "dataset.yaml": "names:\n  0: wildfire\n",
    }
    for answered in ("keep", "replace"):
        assert admin.bring(files, answered=answered).counts["already_there"] == 1
    assert (len(answers()), only_media().state) == (1, State.ACCEPTED)

    one_twice = f"{labels.splitlines()[0]}\n" * 2
    assert admin.bring({**files, "labels/a.txt": one_twice}).counts["left_out"] == 1
