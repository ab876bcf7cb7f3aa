"""Guides and examples of label classes."""

from __future__ import annotations

import pytest

from curation import label_classes, looks
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.contact_sheets import read_sheet
from curation.errors import InvalidText, LabelClassNotFound, MediaNotFound, NotAllowed, Refused, WrongState
from curation.label_class_examples import (
    LOOKED_THROUGH,
    MOST_EXAMPLES,
    choose_example,
    drop_example,
    list_examples,
)
from curation.media_filter import MediaFilter
from curation.reviews import decide
from curation.serving import find_smallest_shape
from db.models import Decision, Scope, State
from tests.factories import a_box, a_media, a_viewer, an_access, an_admin


def an_accepted_media(session, curator, *shapes, label_classes=()):
    media = a_media(session)
    submit_annotation(
        session, curator, media.id, shapes=list(shapes), label_classes=label_classes, accept=True
    )
    return media


def the_class(session, key="dust"):
    return next(found for found in label_classes.list_label_classes(session) if found.key == key)


def test_examples_are_the_chosen_ones_and_then_the_newest_accepted(session):
    curator, admin = an_access(session), an_admin(session)
    first, second, third = (an_accepted_media(session, curator, a_box("dust")) for _ in range(3))
    submitted = a_media(session)
    submit_annotation(session, curator, submitted.id, shapes=[a_box("dust")])
    choose_example(session, admin, the_class(session).id, first.id)
    choose_example(session, admin, the_class(session).id, first.id)
    found = list_examples(session, a_viewer(session), "dust")
    assert [(example.media_id, example.chosen) for example in found] == [
        (first.id, True),
        (third.id, False),
        (second.id, False),
    ], "what nobody has accepted is no example"
    drop_example(session, admin, the_class(session).id, first.id)
    assert [example.media_id for example in list_examples(session, curator, "dust")] == [
        third.id,
        second.id,
        first.id,
    ]
    with pytest.raises(MediaNotFound):
        drop_example(session, admin, the_class(session).id, first.id)


def test_an_example_shows_the_largest_shape_of_its_label_class(session):
    curator = an_access(session)
    small, large = (0.1, 0.1, 0.2, 0.2), (0.5, 0.5, 0.9, 0.9)
    an_accepted_media(
        session, curator, a_box("dust", small), a_box("dust", large), a_box("sky", (0, 0, 1, 0.4))
    )
    assert [example.box for example in list_examples(session, curator, "dust")] == [large]


def test_a_label_class_of_a_whole_picture_has_examples_without_a_box(session):
    curator, admin = an_access(session), an_admin(session)
    foggy = an_accepted_media(session, curator, label_classes=["low_cloud"])
    other = a_media(session)
    choose_example(session, admin, the_class(session, "low_cloud").id, other.id)
    found = list_examples(session, curator, "low_cloud")
    assert [(example.media_id, example.box) for example in found] == [(other.id, None), (foggy.id, None)]


def test_an_example_is_gone_while_its_media_is_withdrawn(session):
    curator, admin = an_access(session), an_admin(session)
    media = an_accepted_media(session, curator, a_box("dust"))
    choose_example(session, admin, the_class(session).id, media.id)
    decide(session, admin, media.id, Decision.WITHDRAWN)
    assert list_examples(session, admin, "dust") == []
    with pytest.raises(WrongState, match="withdrawn"):
        choose_example(session, admin, the_class(session, "sky").id, media.id)


def test_only_a_part_of_the_newest_answers_is_looked_through(session):
    curator = an_access(session)
    an_accepted_media(session, curator, a_box("dust"))
    waiting = a_media(session)
    boxes = [a_box("dust", (0.1, 0.1, 0.2, 0.2 + number / 1000)) for number in range(LOOKED_THROUGH)]
    submit_annotation(session, curator, waiting.id, shapes=boxes)
    assert list_examples(session, curator, "dust") == []


def test_there_are_at_most_six_chosen_examples(session):
    curator, admin = an_access(session), an_admin(session)
    for _ in range(MOST_EXAMPLES):
        choose_example(session, admin, the_class(session).id, a_media(session).id)
    with pytest.raises(Refused, match="6 examples already"):
        choose_example(session, admin, the_class(session).id, a_media(session).id)
    an_accepted_media(session, curator, a_box("dust"))
    assert all(example.chosen for example in list_examples(session, curator, "dust"))


def test_admins_choose_and_people_look(session):
    media = a_media(session)
    with pytest.raises(NotAllowed):
        choose_example(session, an_access(session), the_class(session).id, media.id)
    with pytest.raises(NotAllowed):
        drop_example(session, an_access(session), the_class(session).id, media.id)
    with pytest.raises(NotAllowed):
        list_examples(session, an_access(session, Scope.DEVICE), "dust")
    with pytest.raises(LabelClassNotFound):
        list_examples(session, an_access(session), "no_such_thing")
    with pytest.raises(MediaNotFound):
        choose_example(session, an_admin(session), the_class(session).id, 10**9)


def test_the_shipped_label_classes_have_guides(session):
    found = label_classes.list_label_classes(session)
    assert all(one.guide for one in found)


def test_a_guide_is_short_and_can_be_shown(session):
    admin = an_admin(session)
    values = {"key": "mast", "name": "mast", "colour": "#123456"}
    with pytest.raises(InvalidText, match="1,000"):
        label_classes.create_label_class(session, admin, **values, guide="x" * 1001)
    with pytest.raises(InvalidText):
        label_classes.create_label_class(session, admin, **values, guide="a\x00b")
    made = label_classes.create_label_class(session, admin, **values, guide=" Thin.\r\nAnd straight. ")
    assert made.guide == "Thin.\nAnd straight."


def test_several_false_positives_stand_together_and_smoke_excludes_them(session):
    media, curator = a_media(session), an_access(session)
    together = submit_annotation(session, curator, media.id, label_classes=["dust", "road", "low_cloud"])
    assert together.annotation.label_classes == ["dust", "road", "low_cloud"]
    assert together.media.state == State.ANNOTATED
    with pytest.raises(Refused, match="exclude each other"):
        submit_annotation(
            session,
            curator,
            media.id,
            label_classes=["wildfire", "dust"],
            based_on=together.annotation.id,
        )


def test_neither_examples_nor_crops_give_a_first_answer_away(session):
    author, other = an_access(session), an_access(session)
    twice = ReviewPolicy(second_opinion_share=1.0)
    media = a_media(session)
    submit_annotation(session, author, media.id, shapes=[a_box("dust")], policy=twice)
    choose_example(session, an_admin(session), the_class(session).id, media.id)
    assert [example.media_id for example in list_examples(session, other, "dust")] == [media.id]
    assert looks.take(session, other, twice, 1) == [media.id]
    assert list_examples(session, other, "dust") == []
    assert find_smallest_shape(session, other, media.id) is None
    assert read_sheet(session, other, MediaFilter()).media[0].annotation is None
    assert find_smallest_shape(session, author, media.id) is not None
