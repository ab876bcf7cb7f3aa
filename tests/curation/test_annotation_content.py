"""Annotations that come as files: what they become, what is refused, and what one without content never is."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from curation import looks
from curation.acts import ReviewPolicy
from curation.annotation_content import attach_file
from curation.annotation_entries import (
    create_annotation,
    get_annotation,
    list_annotations,
    move_annotation,
    withdraw_annotation,
)
from curation.annotation_files import annotation_document
from curation.annotations import submit_annotation
from curation.browse import count_matches
from curation.errors import (
    AnnotationNotFound,
    Conflict,
    InvalidShape,
    NotAllowed,
    Refused,
    StaleAnnotation,
    UnknownLabelClass,
    WrongState,
)
from curation.history import get_history
from curation.history import list_annotations as list_answers
from curation.media_filter import MediaFilter
from curation.reviews import decide
from curation.spool import Spool, spool_chunks
from db.models import Annotation, AnnotationContent, Comparison, Decision, Media, Scope, Shape, State
from db.session import open_session
from storage import open_bucket
from storage.local import LocalBucket
from tests.factories import a_box, a_media, a_viewer, an_access, an_admin
from tests.histories import told_by_history

COCO = {
    "images": [{"id": 7, "width": 1000, "height": 500, "file_name": "cam/IMG_1.jpg"}],
    "categories": [{"id": 1, "name": "Wildfire"}, {"id": 2, "name": "low cloud"}],
    "annotations": [
        {"id": 1, "image_id": 7, "category_id": 1, "bbox": [100, 50, 200, 100], "score": 0.8},
        {"id": 2, "image_id": 7, "category_id": 2, "segmentation": [[0, 0, 500, 0, 500, 250]]},
    ],
}
VOC = """<annotation><filename>IMG_1.jpg</filename><size><width>1000</width><height>500</height></size>
<object><name>dust</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>500</xmax><ymax>250</ymax></bndbox></object>
</annotation>"""


@pytest.fixture
def asked(installation):
    """A curator, their media, and an annotation of it that waits for its file."""
    with open_session() as session:
        curator = an_access(session)
        media = a_media(session, uploaded_by=curator)
        return curator, media.id, create_annotation(session, curator, media.id).id


@pytest.fixture
def attach(installation):
    def send(access, annotation_id, content, file_name="file", *, bucket=None, **options):
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        with Spool(installation.data_dir / "spool", limit=2**20) as spool:
            spooled = spool_chunks(spool, [raw])
            return attach_file(
                *(open_session, bucket or open_bucket(), access, annotation_id, spooled),
                file_name=file_name,
                folder="annotations",
                **options,
            )

    return send


def test_one_without_content_is_no_answer_and_changes_nothing(asked):
    curator, media_id, annotation_id = asked
    with open_session() as session:
        media = session.get_one(Media, media_id)
        assert (media.state, media.current_annotation_id, media.act_count) == (State.NEW, None, 0)
        assert told_by_history(session, media_id).state == State.NEW
        assert list_answers(session, curator, media_id) == []
        assert [entry.what for entry in get_history(session, curator, media_id)] == ["registered"]
        assert count_matches(session, curator, MediaFilter(acted_by=curator.login)).value == 0
        assert get_annotation(session, curator, annotation_id).content == "none"
        with pytest.raises(Conflict):
            decide(session, curator, media_id, Decision.UNDONE)


def test_coco_becomes_shapes_and_the_answer_that_counts(asked, attach):
    curator, media_id, annotation_id = asked
    view = attach(curator, annotation_id, COCO)
    assert (view.content, view.origin, view.file_name) == ("shapes", "import", None)
    first, second = view.shapes
    assert (first.label_class, first.origin, first.confidence) == ("wildfire", "import", 0.8)
    assert first.box == pytest.approx((0.1, 0.1, 0.3, 0.3))
    assert (second.label_class, len(second.points)) == ("low_cloud", 3)
    with open_session() as session:
        media = session.get_one(Media, media_id)
        assert (media.state, media.current_annotation_id) == (State.ANNOTATED, annotation_id)
        assert told_by_history(session, media_id).state == State.ANNOTATED
        key = session.get_one(Annotation, annotation_id).bucket_key
    assert json.loads(open_bucket().read(key)) == COCO
    assert open_bucket().head(key).content_type == "application/json" and key.endswith(".json")


def test_coco_ids_may_be_quoted_on_one_side(asked, attach):
    curator, _media_id, annotation_id = asked
    quoted = [{**annotation, "image_id": str(annotation["image_id"])} for annotation in COCO["annotations"]]
    assert len(attach(curator, annotation_id, changed(annotations=quoted)).shapes) == 2


def test_an_empty_file_is_no_answer(asked, attach):
    curator, media_id, annotation_id = asked
    with pytest.raises(Refused):
        attach(curator, annotation_id, b"")
    with open_session() as session:
        assert session.get_one(Media, media_id).state == State.NEW


def test_voc_and_our_own_json_become_shapes(asked, attach):
    curator, media_id, annotation_id = asked
    (shape,) = attach(curator, annotation_id, VOC.encode(), "IMG_1.xml").shapes
    assert (shape.label_class, shape.box) == ("dust", (0.0, 0.0, 0.5, 0.5))
    with open_session() as session:
        document = annotation_document(session, annotation_id)
        again = create_annotation(session, curator, media_id)
    view = attach(curator, again.id, document)
    assert (view.number, view.based_on) == (2, annotation_id)
    assert [shape.box for shape in view.shapes] == [(0.0, 0.0, 0.5, 0.5)]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"0 0.5 0.5 0.1 0.1\n", "text/plain"),
        (b'{"anything": [1, 2]}', "application/json"),
        (b'{"broken', "text/plain"),
        (b"<notes><a/></notes>", "application/xml"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "application/octet-stream"),
        (b"[" * 100_000, "text/plain"),
        (
            b'<!DOCTYPE a [<!ENTITY x "y">]><annotation><size/><object><name>&x;</name></object></annotation>',
            "text/plain",
        ),
    ],
    ids=range(7),
)
def test_what_cannot_be_read_is_kept_as_it_came(asked, attach, content, kind):
    curator, media_id, annotation_id = asked
    view = attach(curator, annotation_id, content, "labels of mine.bin")
    assert (view.content, view.shapes, view.file_name) == ("file", [], "labels of mine.bin")
    with open_session() as session:
        row = session.get_one(Annotation, annotation_id)
        assert (row.file_type, session.get_one(Media, media_id).state) == (kind, State.ANNOTATED)
        # Nobody has said that nothing is there.
        assert count_matches(session, curator, MediaFilter(has_shapes=False)).value == 0
    assert open_bucket().read(row.bucket_key) == content


def changed(**parts):
    return {**COCO, **parts}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (changed(categories=[{"id": 1, "name": "dragon"}, {"id": 2, "name": "dust"}]), UnknownLabelClass),
        (changed(categories=[]), InvalidShape),
        (changed(annotations=[{"image_id": 7, "category_id": 1, "bbox": [900, 0, 200, 10]}]), InvalidShape),
        (changed(annotations=[{"image_id": 7, "category_id": 1, "bbox": [0, 0, 1e400, 10]}]), InvalidShape),
        (changed(annotations=[{"image_id": 7, "category_id": 1, "bbox": [0, 0, 0, 10]}]), InvalidShape),
        (changed(annotations=[{"image_id": 7, "category_id": 1, "bbox": [True, 0, "x", 10]}]), InvalidShape),
        (changed(annotations=[7]), InvalidShape),
        # A fire under another image's id must not read as "nothing here".
        (changed(annotations=[{"image_id": 8, "category_id": 1, "bbox": [0, 0, 10, 10]}]), InvalidShape),
        ({"shapes": [{"label_class": "\ud800", "box": [0, 0, 1, 1]}]}, UnknownLabelClass),
        (changed(images=[{"id": 7, "width": 1080, "height": 1920}]), InvalidShape),
        (changed(images=[{"id": 1}, {"id": 2}]), InvalidShape),
        ({"shapes": [{"label_class": "dust", "box": [0, 0, 2, 1]}]}, InvalidShape),
        ({"shapes": [{"label_class": 5, "box": [0, 0, 1, 1]}]}, InvalidShape),
        ({"shapes": [], "comment": 5}, InvalidShape),
        ({"format": "vigie-annotation-1", "shapes": [], "media": {"sha256": "0"}}, InvalidShape),
        (VOC.replace("<xmax>500", "<xmax>5000").encode(), InvalidShape),
        (VOC.replace("<xmin>1", "<xmin>nan").encode(), InvalidShape),
    ],
    ids=range(17),
)
def test_a_known_format_that_breaks_a_rule_is_refused_and_leaves_nothing(asked, attach, content, error):
    curator, _media_id, annotation_id = asked
    with pytest.raises(error) as refused:
        attach(curator, annotation_id, content)
    assert len(refused.value.sentence) > 20
    with open_session() as session:
        assert get_annotation(session, curator, annotation_id).content == "none"
        assert session.scalar(select(func.count()).select_from(Shape)) == 0
    assert attach(curator, annotation_id, content, keep_unread=True).content == "file"


def test_a_repeat_changes_nothing_and_another_file_needs_another_annotation(asked, attach):
    curator, media_id, annotation_id = asked
    assert attach(curator, annotation_id, COCO) == attach(curator, annotation_id, COCO)
    with pytest.raises(Conflict):
        attach(curator, annotation_id, b"something else")
    with open_session() as session:
        assert session.get_one(Media, media_id).act_count == 1


@pytest.mark.parametrize("lost", [None, b"cut"], ids=["gone", "short"])
def test_a_repeat_stores_a_file_again_that_was_lost(asked, attach, installation, lost):
    curator, _media_id, annotation_id = asked
    attach(curator, annotation_id, b"of mine", "labels.bin")
    with open_session() as session:
        key = session.get_one(Annotation, annotation_id).bucket_key
    before = open_bucket().head(key)
    path = installation.data_dir / "bucket" / key
    path.unlink() if lost is None else path.write_bytes(lost)
    assert attach(curator, annotation_id, b"of mine", "labels.bin").content == "file"
    assert open_bucket().read(key) == b"of mine"
    assert open_bucket().head(key).content_type == before.content_type


def test_an_annotation_that_is_withdrawn_meanwhile_becomes_no_answer(asked, attach, installation):
    curator, media_id, annotation_id = asked

    class Meanwhile(LocalBucket):
        def put(self, key, content, **about):
            super().put(key, content, **about)
            with open_session() as session:
                withdraw_annotation(session, an_admin(session), annotation_id)

    with pytest.raises(AnnotationNotFound):
        attach(curator, annotation_id, COCO, bucket=Meanwhile(installation.data_dir / "bucket"))
    with open_session() as session:
        media = session.get_one(Media, media_id)
        assert (media.state, media.current_annotation_id) == (State.NEW, None)
        assert session.get_one(Annotation, annotation_id).content == AnnotationContent.NONE


def test_an_answer_given_meanwhile_is_not_overwritten(asked, attach):
    curator, media_id, annotation_id = asked
    with open_session() as session:
        submit_annotation(session, an_access(session), media_id, shapes=[a_box()])
    with pytest.raises(StaleAnnotation):
        attach(curator, annotation_id, COCO)
    with open_session() as session:
        numbers = [answer.number for answer in list_answers(session, curator, media_id)]
        assert numbers == [2]


def test_only_its_author_or_an_admin_attaches(asked, attach):
    _, _media_id, annotation_id = asked
    with open_session() as session:
        other, viewer, admin = an_access(session), a_viewer(session), an_admin(session)
    for access in (other, viewer):
        with pytest.raises(NotAllowed):
            attach(access, annotation_id, COCO)
    assert attach(admin, annotation_id, COCO).content == "shapes"


def test_a_media_without_content_has_nothing_to_annotate(installation, attach):
    with open_session() as session:
        curator = an_access(session)
        media = Media(state=State.AWAITING_CONTENT, uploaded_by_id=curator.id)
        session.add(media)
        session.flush()
        annotation = create_annotation(session, curator, media.id)
    with pytest.raises(WrongState):
        attach(curator, annotation.id, COCO)


def test_undoing_the_file_gives_the_media_back(asked, attach):
    curator, media_id, annotation_id = asked
    attach(curator, annotation_id, COCO)
    with open_session() as session:
        decide(session, curator, media_id, Decision.UNDONE)
        media = session.get_one(Media, media_id)
        assert (media.state, media.current_annotation_id) == (State.NEW, None)


def test_only_what_has_no_content_moves_and_numbers_have_no_gap(asked, attach):
    curator, media_id, annotation_id = asked
    with open_session() as session:
        admin, other = an_admin(session), a_media(session).id
        submit_annotation(session, curator, media_id)
        moved = move_annotation(session, admin, annotation_id, other)
        assert (moved.media_id, moved.number, moved.id) == (other, 1, annotation_id)
        assert move_annotation(session, admin, annotation_id, other) == moved
        numbers = select(Annotation.number).where(Annotation.media_id == media_id).order_by(Annotation.number)
        assert session.scalars(numbers).all() == [1, 2]
        assert len(list_annotations(session, curator, media_id=media_id).items) == 1
    attach(curator, annotation_id, COCO)
    with open_session() as session, pytest.raises(Conflict):
        move_annotation(session, admin, annotation_id, media_id)


def test_withdrawing_the_answer_that_counts_undoes_it(asked, attach):
    curator, media_id, annotation_id = asked
    attach(curator, annotation_id, COCO)
    with open_session() as session:
        admin = an_admin(session)
        withdraw_annotation(session, admin, annotation_id)
        media = session.get_one(Media, media_id)
        assert (media.state, media.current_annotation_id) == (State.NEW, None)
        assert list_answers(session, curator, media_id) == []
        with pytest.raises(AnnotationNotFound):
            get_annotation(session, admin, annotation_id)
        with pytest.raises(AnnotationNotFound):
            withdraw_annotation(session, admin, annotation_id)


def test_what_was_decided_about_stays_until_that_is_undone(asked, attach):
    curator, media_id, annotation_id = asked
    attach(curator, annotation_id, COCO)
    with open_session() as session:
        decide(session, curator, media_id, Decision.ACCEPTED, annotation_id=annotation_id)
        with pytest.raises(Conflict):
            withdraw_annotation(session, an_admin(session), annotation_id)


def test_nothing_leads_back_to_a_withdrawn_answer(asked):
    curator, media_id, _ = asked
    with open_session() as session:
        first = submit_annotation(session, curator, media_id, shapes=[a_box()]).annotation.id
        submit_annotation(session, curator, media_id, based_on=first)
        withdraw_annotation(session, an_admin(session), first)
        assert [answer.number for answer in list_answers(session, curator, media_id)] == [3]
        decide(session, curator, media_id, Decision.UNDONE)
        media = session.get_one(Media, media_id)
        assert (media.state, media.current_annotation_id) == (State.NEW, None)
        assert told_by_history(session, media_id).state == State.NEW
        with pytest.raises(Conflict):
            decide(session, curator, media_id, Decision.UNDONE)


def test_lists_page_newest_first_and_know_author_and_content(installation):
    with open_session() as session:
        curator, other = an_access(session), an_access(session)
        media = a_media(session)
        made = [create_annotation(session, curator, media.id).id for _ in range(5)]
        answer = submit_annotation(session, other, media.id).annotation.id
        page = list_annotations(session, curator, limit=4)
        rest = list_annotations(session, curator, limit=4, cursor=page.next_cursor)
        assert [view.id for view in (*page.items, *rest.items)] == [answer, *made[::-1]]
        assert rest.next_cursor is None
        assert [view.id for view in list_annotations(session, curator, author=other.login).items] == [answer]
        with pytest.raises(Refused):
            list_annotations(session, curator, cursor="nonsense")
        with pytest.raises(NotAllowed):
            list_annotations(session, an_access(session, Scope.DEVICE))


def test_whoever_shall_answer_blind_sees_no_answer_one_by_one_either(installation):
    always = ReviewPolicy(second_opinion_share=1)
    with open_session() as session:
        first, second = an_access(session), an_access(session)
        media = a_media(session)
        answer = submit_annotation(session, first, media.id, shapes=[a_box()], policy=always).annotation.id
        assert get_annotation(session, second, answer).id == answer
        assert looks.take(session, second, always, 5) == [media.id]
        assert list_annotations(session, second).items == []
        with pytest.raises(AnnotationNotFound):
            get_annotation(session, second, answer)
        assert list_annotations(session, first).items[0].id == answer


def test_an_answer_that_was_withdrawn_is_compared_no_more(installation):
    always = ReviewPolicy(second_opinion_share=1)
    with open_session() as session:
        first, second, admin = an_access(session), an_access(session), an_admin(session)
        media = a_media(session)
        submit_annotation(session, first, media.id, shapes=[a_box()], policy=always)
        looks.take(session, second, always, 5)
        look = looks.given_looks(session, second)[media.id]
        blind = submit_annotation(session, second, media.id, shapes=[a_box()], look=look).annotation.id
        assert session.scalar(select(func.count()).select_from(Comparison)) == 1
        withdraw_annotation(session, admin, blind)
        assert session.scalar(select(func.count()).select_from(Comparison)) == 0
        assert session.get_one(Media, media.id).state == State.ANNOTATED
