"""Label classes: the set that ships, and edits that never touch old answers."""

from __future__ import annotations

import pytest

from curation import label_classes
from curation.annotations import submit_annotation
from curation.errors import AnswerIncomplete, InvalidShape, InvalidText, NameTaken, NotAllowed
from db.models import AppliesTo
from tests.factories import a_box, a_media, an_access, an_admin


def edit(session, admin, found, **changes):
    values = {
        name: getattr(found, name)
        for name in (
            "name",
            "colour",
            "hotkey",
            "applies_to",
            "exclusive_group",
            "parent_id",
            "position",
            "pinned",
            "guide",
        )
    }
    return label_classes.change_label_class(session, admin, found.id, **{**values, **changes})


def test_the_wildfire_set_ships(session):
    found = label_classes.list_label_classes(session)
    smoke = [one for one in found if one.exclusive_group == "smoke"]
    false_positives = [one for one in found if one.exclusive_group == "false_positive"]
    assert ([one.hotkey for one in smoke], len(false_positives)) == (["1", "2", "3"], 19)
    assert len({one.hotkey for one in found}) == 22
    label_classes.ensure_default_label_classes(session)
    assert len(label_classes.list_label_classes(session)) == 22


def test_a_retired_class_is_not_offered_but_old_answers_keep_it(session):
    admin, curator, media = an_admin(session), an_access(session), a_media(session)
    antenna = next(one for one in label_classes.list_label_classes(session) if one.key == "antenna")
    first = submit_annotation(session, curator, media.id, shapes=[a_box("antenna")]).annotation
    label_classes.retire_label_class(session, admin, antenna.id)
    assert antenna not in label_classes.list_label_classes(session)
    with pytest.raises(AnswerIncomplete, match="retired"):
        submit_annotation(session, curator, a_media(session).id, shapes=[a_box("antenna")])
    corrected = submit_annotation(
        session, curator, media.id, shapes=[a_box("antenna"), a_box()], based_on=first.id
    )
    assert {shape.label_class for shape in corrected.annotation.shapes} == {"antenna", "wildfire"}


def test_keys_and_hotkeys_are_given_once(session):
    admin = an_admin(session)
    with pytest.raises(NameTaken):
        label_classes.create_label_class(session, admin, key="antenna", name="mast", colour="#123456")
    with pytest.raises(NameTaken, match="wildfire"):
        label_classes.create_label_class(
            session, admin, key="mast", name="mast", colour="#123456", hotkey="1"
        )


@pytest.mark.parametrize(
    "wrong",
    [{"key": "Ünï"}, {"key": ""}, {"name": " "}, {"colour": "red"}, {"hotkey": "Q"}, {"hotkey": "F 1"}],
    ids=str,
)
def test_nonsense_is_refused(session, wrong):
    values = {"key": "mast", "name": "mast", "colour": "#123456", **wrong}
    with pytest.raises(InvalidText):
        label_classes.create_label_class(session, an_admin(session), **values)


def test_only_admins_edit(session):
    curator = an_access(session)
    found = label_classes.list_label_classes(session)[0]
    with pytest.raises(NotAllowed):
        edit(session, curator, found, name="other")
    with pytest.raises(NotAllowed):
        label_classes.retire_label_class(session, curator, found.id)
    with pytest.raises(NotAllowed):
        label_classes.create_label_class(session, curator, key="mast", name="mast", colour="#123456")


def test_a_class_for_shapes_cannot_answer_for_a_whole_picture_nor_the_other_way(session):
    admin, curator, media = an_admin(session), an_access(session), a_media(session)
    found = label_classes.list_label_classes(session)
    edit(session, admin, found[0], applies_to=AppliesTo.SHAPE)
    edit(session, admin, found[1], applies_to=AppliesTo.MEDIA)
    with pytest.raises(InvalidShape):
        submit_annotation(session, curator, media.id, label_classes=[found[0].key])
    with pytest.raises(InvalidShape):
        submit_annotation(session, curator, media.id, shapes=[a_box(found[1].key)])


def test_a_finer_class_stands_under_a_parent_of_one_level(session):
    admin = an_admin(session)
    wildfire = label_classes.list_label_classes(session)[0]
    finer = label_classes.create_label_class(
        session, admin, key="crown", name="crown fire", colour="#AA0000", parent_id=wildfire.id
    )
    with pytest.raises(InvalidText):
        label_classes.create_label_class(
            session, admin, key="deeper", name="deeper", colour="#AA0000", parent_id=finer.id
        )
