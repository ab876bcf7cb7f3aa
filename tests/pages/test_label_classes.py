"""The page Label classes: everybody reads, admins edit."""

from __future__ import annotations

import pytest

from components.label_class_forms import key_from, read_hotkey
from components.messages import plain
from curation.annotations import submit_annotation
from curation.label_classes import create_label_class, list_label_classes
from curation.questions import list_questions
from curation.reviews import decide
from db.models import Access, AppliesTo, Asked, Decision, Scope
from db.session import open_session
from tests.factories import a_box, a_media, an_access, an_admin
from tests.pages.conftest import drawn, links, said, text_of


@pytest.fixture
def admin(installation):
    with open_session() as session:
        return an_access(session, Scope.ADMIN, "boss")


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def choose(app, key):
    return app.selectbox(key="changed_label_class").select(found(key).id).run()


def found(key):
    with open_session(read_only=True) as session:
        return next(entry for entry in list_label_classes(session, retired=True) if entry.key == key)


def keys():
    with open_session(read_only=True) as session:
        return [entry.key for entry in list_label_classes(session, retired=True)]


def rows(app):
    return {
        text_of(row["children"][1]): [text_of(cell) for cell in row["children"]]
        for row in drawn(app)
        if row["tag"] == "tr"
    }


@pytest.mark.parametrize("scope", [Scope.VIEWER, Scope.USER])
def test_everybody_reads_the_table_and_only_admins_get_forms(open_page, installation, scope):
    with open_session() as session:
        visitor = an_access(session, scope)
    page = open_page(visitor, "label_classes.py")
    table = rows(page)
    assert table["wildfire"][0].startswith("wildfire pinnedSmoke of a fire")
    assert table["wildfire"][1:] == ["wildfire", "1", "smoke", "shapes, media", "", "0", ""]
    assert table["antenna"][2] == "FA"
    assert len(table) == 22 + 1 + 1, "label classes, the heads of both tables, a question"
    assert not page.button and not page.selectbox


def test_the_count_opens_the_media_it_counted(open_page, admin):
    with open_session() as session:
        curator = an_access(session)
        for number in range(3):
            media = a_media(session)
            submit_annotation(session, curator, media.id, shapes=[a_box("dust"), a_box("dust")])
            if number == 2:
                decide(session, an_admin(session), media.id, Decision.WITHDRAWN)
    page = open_page(admin, "label_classes.py")
    assert ("2", "/browse?label_class=dust") in links(page), "withdrawn media are in no list and no count"


def test_a_label_class_is_created_at_the_end(open_page, admin):
    page = open_page(admin, "label_classes.py")
    page.text_input(key="new_name").input("Sea of clouds")
    page.text_input(key="new_hotkey").input("f s")
    page.selectbox(key="new_applies_to").select(AppliesTo.MEDIA)
    page = press(page, "Create")
    created = found("sea_of_clouds")
    assert (created.name, created.hotkey, created.applies_to) == ("Sea of clouds", "F S", AppliesTo.MEDIA)
    assert keys()[-1] == "sea_of_clouds"
    assert "sea_of_clouds" in rows(page)


@pytest.mark.parametrize(
    ("name", "key", "hotkey", "sentence"),
    [
        ("dust again", "dust", "", "is taken"),
        ("", "", "", "A key has 1 to 60 characters"),
        ("fog", "", "1", "belongs to “wildfire”"),
        ("fog", "", "QQ", "A key is 1 to 9, or F and a letter"),
    ],
)
def test_what_breaks_a_rule_is_said(open_page, admin, name, key, hotkey, sentence):
    page = open_page(admin, "label_classes.py")
    page.text_input(key="new_name").input(name)
    page.text_input(key="new_key").input(key)
    page.text_input(key="new_hotkey").input(hotkey)
    page = press(page, "Create")
    assert sentence in said(page).replace("\\", "")
    assert len(keys()) == 22


def test_everything_but_the_key_is_changed(open_page, admin):
    page = choose(open_page(admin, "label_classes.py"), "dust")
    prefix = found("dust").id
    page.text_input(key=f"{prefix}_name").input("dust cloud")
    page.color_picker(key=f"{prefix}_colour").pick("#112233")
    page.text_input(key=f"{prefix}_hotkey").input("4")
    page.selectbox(key=f"{prefix}_parent").select(found("sky").id)
    page.checkbox(key=f"{prefix}_pinned").check()
    page = press(page, "Save")
    changed = found("dust")
    assert (changed.name, changed.colour, changed.hotkey) == ("dust cloud", "#112233", "4")
    assert (changed.parent_id, changed.pinned) == (found("sky").id, True)
    assert rows(page)["dust"][0].startswith("dust cloud pinned")
    assert rows(page)["dust"][1:] == [
        "dust",
        "4",
        "false_positive",
        "shapes, media",
        "sky",
        "0",
        "",
    ]


def test_retired_and_offered_again(open_page, admin):
    page = press(choose(open_page(admin, "label_classes.py"), "wildfire"), "Retire")
    assert found("wildfire").retired_at is not None
    assert rows(page)["wildfire"][0].startswith("wildfire retired")
    assert rows(page)["wildfire"][2] == "", "its hotkey is free for another one"
    page = press(page, "Offer again")
    assert found("wildfire").retired_at is None


def test_moved_up_and_down(open_page, admin):
    before = keys()
    page = press(choose(open_page(admin, "label_classes.py"), "industrial"), "Move up")
    assert keys() == ["industrial", "wildfire", *before[2:]]
    assert [button.disabled for button in page.button if button.label == "Move up"] == [True]
    press(page, "Move down")
    assert keys() == before


def test_names_stay_text(open_page, admin):
    hostile = "<img src=x> **b** :red[x]"
    with open_session() as session:
        create_label_class(session, admin, key="hostile", name=hostile, colour="#112233")
    page = open_page(admin, "label_classes.py")
    assert [hostile] in [element["children"][1:2] for element in drawn(page)], (
        "a text of its own in the table"
    )
    page = press(choose(page, "hostile"), "Retire")
    assert [toast.value for toast in page.toast] == [f"{plain(hostile)} is no longer offered."]


def test_whoever_lost_the_scope_changes_nothing(open_page, admin):
    page = choose(open_page(admin, "label_classes.py"), "dust")
    with open_session() as session:
        session.get(Access, admin.id).scope = Scope.USER
    page = press(page, "Retire")
    assert "may not do this" in said(page)
    assert found("dust").retired_at is None


@pytest.mark.parametrize(
    ("typed", "stored"), [("", None), ("3", "3"), ("fa", "F A"), (" F  a ", "F A"), ("f", "F"), ("xy", "XY")]
)
def test_hotkeys_are_read_whatever_their_case_and_spaces(typed, stored):
    assert read_hotkey(typed) == stored


@pytest.mark.parametrize(
    ("name", "key"), [("Sea of clouds", "sea_of_clouds"), ("  Été à Nîmes! ", "ete_a_nimes"), ("", "")]
)
def test_keys_are_made_from_names(name, key):
    assert key_from(name) == key


def question(key="missed_smoke"):
    with open_session(read_only=True) as session:
        return next(found for found in list_questions(session, off=True) if found.key == key)


def test_the_guide_is_read_by_everybody_and_changed_by_admins(open_page, admin):
    page = choose(open_page(admin, "label_classes.py"), "dust")
    page.text_area(key=f"{found('dust').id}_guide").input("Brown, and low.")
    page = press(page, "Save")
    assert found("dust").guide == "Brown, and low."
    assert rows(page)["dust"][0] == "dustBrown, and low."


def test_moving_keeps_the_guide(open_page, admin):
    before = found("industrial").guide
    press(choose(open_page(admin, "label_classes.py"), "industrial"), "Move up")
    assert found("industrial").guide == before


def test_examples_are_chosen_and_taken_away(open_page, admin):
    with open_session() as session:
        media_id = a_media(session).id
    page = choose(open_page(admin, "label_classes.py"), "dust")
    page.text_input(key=f"{found('dust').id}_example").input(f" {media_id} ")
    page = press(page, "Add example")
    assert [picture["attributes"]["src"] for picture in drawn(page) if picture["tag"] == "img"][-1:] == [
        f"/api/media/{media_id}/picture?size=thumb"
    ]
    assert "1 of 6 chosen" in said(page)
    page = press(page, f"Media {media_id} ✕")
    assert "0 of 6 chosen" in said(page)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "A media id is a number"), ("IMG_1", "A media id is a number"), ("99", "There is no media 99")],
)
def test_an_example_that_is_none_is_refused(open_page, admin, typed, sentence):
    page = choose(open_page(admin, "label_classes.py"), "dust")
    page.text_input(key=f"{found('dust').id}_example").input(typed)
    assert sentence in said(press(page, "Add example")).replace("\\", "")


def test_the_table_shows_accepted_media_as_examples(open_page, admin):
    with open_session() as session:
        media = a_media(session)
        submit_annotation(session, admin, media.id, shapes=[a_box("dust")], accept=True)
        address = f"/api/media/{media.id}/picture?size=crop&box=0.1,0.2,0.3,0.4"
    page = open_page(admin, "label_classes.py")
    assert address in [picture["attributes"]["src"] for picture in drawn(page) if picture["tag"] == "img"]


def test_a_question_is_asked_once_an_admin_says_so(open_page, admin):
    page = open_page(admin, "label_classes.py")
    key = f"question_{question().id}"
    page.text_input(key=f"{key}_sentence").input("Is there smoke outside of all shapes?")
    page.button_group(key=f"{key}_asked").set_value(Asked.REQUIRED)
    page = next(button for button in page.button if button.form_id == key).click().run()
    assert (question().sentence, question().asked) == (
        "Is there smoke outside of all shapes?",
        Asked.REQUIRED,
    )
    assert rows(page)["missed_smoke"][2] == "required"
    assert ("replied yes", "/browse?reply=missed_smoke%3Ayes") in links(page)


def test_a_new_question_gets_a_key_from_its_words(open_page, admin):
    page = open_page(admin, "label_classes.py")
    page.text_input(key="new_question_sentence").input("Is the horizon hidden?")
    page = next(button for button in page.button if button.form_id == "new_question").click().run()
    assert question("is_the_horizon_hidden").asked == Asked.OPTIONAL
    assert "hidden?”: asked." in said(page).replace("\\", "")


def test_curators_read_questions_and_change_none(open_page, installation):
    with open_session() as session:
        curator = an_access(session)
    page = open_page(curator, "label_classes.py")
    assert rows(page)["missed_smoke"][:3] == [
        "Is there smoke that no shape shows?",
        "missed_smoke",
        "not asked",
    ]
    assert not page.button
