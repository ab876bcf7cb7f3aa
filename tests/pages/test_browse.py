"""The Browse page: what the filter shows, where it leads, tags, and one media large."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.media_grid import Selection
from curation.annotations import submit_annotation
from curation.browse import get_details
from curation.comments import comment_on, list_comments, list_mentions
from curation.label_class_examples import list_examples
from curation.label_classes import list_label_classes
from curation.reviews import decide
from db.models import Decision, Scope, State
from db.session import open_session
from tests.factories import a_box, a_media, a_viewer, an_access
from tests.pages.conftest import drawn, links, text_of


@pytest.fixture
def curator(installation):
    with open_session() as session:
        return an_access(session, login="curator")


@pytest.fixture
def three_media(curator):
    """Two of the north, one of them annotated with a box; one of the south."""
    with open_session() as session:
        north = [a_media(session, source="north", uploaded_by=curator, tags=["haze"]) for _ in range(2)]
        south = a_media(session, source="south", uploaded_by=curator)
        submit_annotation(session, curator, north[1].id, shapes=[a_box("wildfire")], label_classes=[])
        return [north[0].id, north[1].id, south.id]


def shown(app: AppTest, view: str = "grid") -> dict[str, Any]:
    """What the grid, or the large view, was given to draw."""
    given = [json.loads(component.proto.json or "{}") for component in app.get("bidi_component")]
    return next(data for data in given if isinstance(data, dict) and data.get("view") == view)


def ids(app: AppTest) -> list[int]:
    return [item["id"] for item in shown(app)["items"]]


def figures(app: AppTest) -> str:
    return " ".join(html.body for html in app.get("html") if "vigie-figures" in html.body)


def query(app: AppTest) -> dict[str, list[str]]:
    return {
        name: [values] if isinstance(values, str) else list(values)
        for name, values in app.query_params.items()
    }


def test_the_grid_shows_what_the_filter_matches_and_says_how_many(open_page, curator, three_media):
    app = open_page(curator, "browse.py", source="north")
    assert ids(app) == [three_media[1], three_media[0]]
    assert "<b>2</b> media" in figures(app)


def test_shapes_lie_over_thumbnails_unless_they_are_hidden(open_page, curator, three_media):
    annotated = open_page(curator, "browse.py", state="annotated")
    assert shown(annotated)["items"][0]["shapes"][0]["box"] == [0.1, 0.2, 0.3, 0.4]
    hidden = open_page(curator, "browse.py", state="annotated", shapes="no")
    assert shown(hidden)["items"][0]["shapes"] == []


def test_a_pill_takes_its_filter_out_of_the_address(open_page, curator, three_media):
    app = open_page(curator, "browse.py", source="north", state="new", size="L")
    app.button(key="pill_source").click().run()
    assert query(app) == {"state": ["new"], "size": ["L"]}
    assert ids(app) == [three_media[2], three_media[0]]


def test_the_filter_bar_writes_the_address(open_page, curator, three_media):
    app = open_page(curator, "browse.py", cursor="", source="north")
    app.session_state["filter_open"] = True
    app.run()
    app.multiselect(key="filter_source").set_value(["south"]).run()
    app.button_group(key="filter_state").set_value([State.NEW]).run()
    app.text_input(key="filter_file_name").set_value(" IMG ").run()
    app.selectbox(key="filter_sort").set_value("captured").run()
    assert query(app) == {
        "source": ["south"],
        "state": ["new"],
        "file_name": ["IMG"],
        "sort": ["captured"],
    }
    assert ids(app) == [three_media[2]]


def test_a_filter_bar_that_is_closed_draws_no_widgets(open_page, curator, three_media):
    app = open_page(curator, "browse.py")
    assert not app.multiselect


def test_a_random_order_has_its_seed_in_the_address(open_page, curator, three_media):
    app = open_page(curator, "browse.py", source="north")
    app.selectbox(key="filter_sort").set_value("random").run()
    (seed,) = query(app)["seed"]
    assert query(app) == {"source": ["north"], "sort": ["random"], "seed": [seed]}
    assert ids(open_page(curator, "browse.py", sort="random", seed=seed)) == ids(
        open_page(curator, "browse.py", sort="random", seed=seed)
    )
    app.selectbox(key="filter_sort").set_value("-score").run()
    assert query(app) == {"source": ["north"], "sort": ["-score"]}


def test_what_somebody_acted_on_is_filtered_in_the_bar(open_page, curator, three_media):
    app = open_page(curator, "browse.py")
    app.session_state["filter_open"] = True
    app.run()
    app.text_input(key="filter_acted_by").set_value("curator").run()
    app.date_input(key="filter_acted_from").set_value(date(2026, 1, 1)).run()
    assert query(app) == {"acted_by": ["curator"], "acted_from": ["2026-01-01"]}
    assert ids(app) == [three_media[1]]
    app.button(key="pill_acted_from").click().run()
    app.button(key="pill_acted_by").click().run()
    assert query(app) == {}


def test_the_notes_of_what_is_parked_are_a_list_of_doors(open_page, curator, three_media):
    with open_session() as session:
        colleague = an_access(session, login="colleague")
        decide(session, curator, three_media[0], Decision.PARKED, comment="too dark to tell")
        decide(session, colleague, three_media[2], Decision.PARKED, comment="<b>which</b> camera?")
        viewer = a_viewer(session)
    app = open_page(curator, "browse.py", state="parked")
    assert ids(app) == [three_media[2], three_media[0]]
    rows = [[text_of(cell) for cell in row["children"]] for row in drawn(app) if row["tag"] == "tr"][1:]
    assert [(row[1], row[3], row[4]) for row in rows] == [
        ("south", "colleague", "<b>which</b> camera?"),
        ("north", "curator", "too dark to tell"),
    ]
    doors = [address for _, address in links(app)]
    assert doors == [
        f"/review?queue=parked&start={media_id}" for media_id in (three_media[2], three_media[0])
    ]
    narrowed = open_page(curator, "browse.py", state="parked", source="north")
    assert [address for _, address in links(narrowed)] == [
        f"/review?queue=parked&source=north&start={three_media[0]}"
    ]
    assert links(open_page(curator, "browse.py", source="north")) == [], (
        "among others there is no list of notes"
    )
    looked = [address for _, address in links(open_page(viewer, "browse.py", state="parked"))]
    assert looked == [
        f"/browse?state=parked&media={media_id}" for media_id in (three_media[2], three_media[0])
    ]


def test_a_filter_that_is_none_is_said_and_led_out_of(open_page, curator, three_media):
    app = open_page(curator, "browse.py", stat="new")
    assert "“stat” is not a filter" in app.error[0].value.replace("\\", "")
    app.button[0].click().run()
    assert len(ids(app)) == 3
    assert query(app) == {}


def test_a_list_without_matches_offers_what_would_match(open_page, curator, three_media):
    app = open_page(curator, "browse.py", source="north", tag="nowhere")
    labels = {button.key: button.label for button in app.button}
    assert labels["without_tag"].endswith("2 media")
    assert labels["without_source"].endswith("0 media")
    app.button(key="without_tag").click().run()
    assert len(ids(app)) == 2


def test_an_empty_installation_offers_to_upload_to_those_who_may(open_page, curator):
    def offers(access):
        return [link.proto.label for link in open_page(access, "browse.py").get("page_link")]

    assert offers(curator) == ["Upload pictures"]
    with open_session() as session:
        viewer = a_viewer(session)
    assert offers(viewer) == []


def test_a_viewer_looks_but_does_not_tag_nor_review(open_page, three_media):
    with open_session() as session:
        viewer = a_viewer(session)
    app = open_page(viewer, "browse.py")
    assert len(ids(app)) == 3
    assert "Review these" not in [link.proto.label for link in app.get("page_link")]
    assert "tag_open" not in app.session_state


def test_paging_leads_to_the_rest_and_back(open_page, curator):
    with open_session() as session:
        made = [a_media(session, uploaded_by=curator).id for _ in range(61)]
    app = open_page(curator, "browse.py")
    assert ids(app) == made[:0:-1]
    button_called(app, "Older →").click().run()
    assert ids(app) == made[:1]
    assert "cursor" in query(app)
    button_called(app, "← Newer").click().run()
    assert ids(app) == made[:0:-1]


def button_called(app: AppTest, label: str) -> Any:
    return next(button for button in app.button if button.label == label)


def test_reviewing_what_is_shown_carries_the_filter(open_page, curator, three_media):
    app = open_page(curator, "browse.py", source="north")
    link = next(link for link in app.get("page_link") if link.proto.label == "Review these")
    assert link.proto.query_string == "source=north&queue=filter"


def test_tags_go_to_the_selected_media_and_can_be_taken_back(open_page, curator, three_media):
    app = open_page(curator, "browse.py")
    scope = shown(app)["scope"]
    app.session_state["selection"] = Selection(scope, tuple(three_media[1:]))
    app.run()
    app.session_state["tag_open"] = True
    app.run()
    assert "2 selected" in figures(app)
    app.multiselect(key="tags_add").set_value(["haze"]).run()
    button_called(app, "Tag 2 media").click().run()
    assert tags_of(three_media) == [["haze"], ["haze"], ["haze"]]
    app.button(key="tags_undo").click().run()
    assert tags_of(three_media) == [["haze"], ["haze"], []]


def tags_of(media_ids):
    with open_session(read_only=True) as session:
        admin = an_access_of(session)
        return [get_details(session, admin, media_id).tags for media_id in media_ids]


def an_access_of(session):
    from curation.accesses import find_access

    found = find_access(session, "curator")
    assert found
    return found


def test_another_filter_is_another_selection(open_page, curator, three_media):
    app = open_page(curator, "browse.py")
    app.session_state["selection"] = Selection(shown(app)["scope"], tuple(three_media))
    app.query_params["source"] = "north"
    app.run()
    assert shown(app)["selected"] == []


def test_a_media_opens_large_with_what_is_known_about_it(open_page, curator, three_media):
    app = open_page(curator, "browse.py", media=str(three_media[1]))
    large = shown(app, "media")
    assert large["media"]["id"] == three_media[1]
    assert [shape["name"] for shape in large["shapes"]] == ["wildfire"]
    assert (large["previous"]["id"], large["next"]["id"]) == (three_media[2], three_media[0])
    text = " ".join(html.body for html in app.get("html"))
    for fact in ("north", "haze", "1920 × 1080", "Submitted 1, 1 shape", "Registered"):
        assert fact in text


def test_every_annotation_can_be_shown(open_page, curator, three_media):
    with open_session() as session:
        first = get_details(session, curator, three_media[1]).annotation_id
        submit_annotation(session, curator, three_media[1], shapes=[], label_classes=[], based_on=first)
    app = open_page(curator, "browse.py", media=str(three_media[1]))
    assert shown(app, "media")["shapes"] == []
    app.radio[0].set_value(first).run()
    assert len(shown(app, "media")["shapes"]) == 1


def test_a_media_that_no_longer_matches_keeps_its_place(open_page, curator, three_media):
    app = open_page(curator, "browse.py", media=str(three_media[1]), state="new")
    large = shown(app, "media")
    assert (large["previous"]["id"], large["next"]["id"]) == (three_media[2], three_media[0])


@pytest.mark.parametrize("media", ["999", "0", "-1", "x", "9" * 30])
def test_a_media_that_is_not_there_is_said(open_page, curator, three_media, media):
    app = open_page(curator, "browse.py", media=media)
    assert not app.exception
    assert "There is no media" in app.error[0].value


def test_names_from_people_stay_text(open_page, curator):
    with open_session() as session:
        evil = "<img src=x onerror=alert(1)>"
        media_id = a_media(session, source=evil, file_name=evil, tags=[evil], uploaded_by=curator).id
    app = open_page(curator, "browse.py", media=str(media_id))
    assert all("<img" not in html.body for html in app.get("html"))


def comments_shown(app: AppTest) -> str:
    return " ".join(html.body for html in app.get("html") if "vigie-comments" in html.body)


def say(app: AppTest, media_id: int, text: str) -> AppTest:
    app.text_area(key=f"comment_text_{media_id}").input(text)
    return next(button for button in app.button if button.label == "Add the comment").click().run()


def test_a_comment_is_said_beside_the_media_and_stays_text(open_page, curator, three_media):
    app = open_page(curator, "browse.py", media=str(three_media[0]))
    app = say(app, three_media[0], "<script>alert(1)</script> @curator")
    assert not app.exception
    assert "&lt;script&gt;alert(1)&lt;/script&gt; @curator" in comments_shown(app)
    assert app.text_area(key=f"comment_text_{three_media[0]}").value == ""
    app = say(app, three_media[0], "and more")
    with open_session(read_only=True) as session:
        said = list_comments(session, curator, three_media[0])
        assert [comment.text for comment in said] == ["<script>alert(1)</script> @curator", "and more"]
    assert "Commented" in " ".join(html.body for html in app.get("html"))


def test_a_refused_comment_keeps_its_text(open_page, curator, three_media):
    app = say(open_page(curator, "browse.py", media=str(three_media[0])), three_media[0], "  ")
    assert "Write something first" in app.error[0].value
    assert app.text_area(key=f"comment_text_{three_media[0]}").value == "  "


def test_viewers_read_comments_and_cannot_write_any(open_page, curator, three_media):
    with open_session() as session:
        viewer = a_viewer(session)
        comment_on(session, curator, three_media[0], "haze")
    app = open_page(viewer, "browse.py", media=str(three_media[0]))
    assert "haze" in comments_shown(app)
    assert not app.text_area


def test_opening_a_media_marks_what_was_said_to_one_there_as_seen(open_page, curator, three_media):
    with open_session() as session:
        colleague = an_access(session, login="colleague")
        for media_id in three_media[:2]:
            comment_on(session, colleague, media_id, "@curator look")
    open_page(colleague, "browse.py", media=str(three_media[0]))
    with open_session(read_only=True) as session:
        assert len(list_mentions(session, curator, unseen=True)) == 2
    open_page(curator, "browse.py", media=str(three_media[0]))
    with open_session(read_only=True) as session:
        assert [found.media_id for found in list_mentions(session, curator, unseen=True)] == [three_media[1]]


def test_the_grid_shows_shapes_magnified_where_there_are_some(open_page, curator, three_media):
    app = open_page(curator, "browse.py", crops="1", source="north")
    drawn, plain = shown(app)["items"]
    assert shown(app)["crops"] is True
    assert drawn["crop"]["box"] == "0.1,0.2,0.3,0.4"
    left, top, right, bottom = drawn["crop"]["window"]
    assert left < 0.1 and top < 0.2 and right > 0.3 and bottom > 0.4
    assert plain["crop"] is None
    assert drawn["shapes"], "outlines lie over the crops too"


def test_crops_need_no_outlines(open_page, curator, three_media):
    drawn = shown(open_page(curator, "browse.py", crops="1", shapes="no", state="annotated"))["items"][0]
    assert drawn["crop"] is not None and drawn["shapes"] == []


def test_frames_and_crops_stand_in_the_address_and_outlive_a_filter(open_page, curator, three_media):
    app = open_page(curator, "browse.py", source="north")
    app.button_group(key="look_crops").set_value("Crops").run()
    assert query(app) == {"source": ["north"], "crops": ["1"]}
    app.button(key="pill_source").click().run()
    assert query(app) == {"crops": ["1"]}
    app.button_group(key="look_crops").set_value("Frames").run()
    assert query(app) == {}


def test_one_media_has_a_crop_for_each_of_its_shapes(open_page, curator, three_media):
    shapes = shown(open_page(curator, "browse.py", media=str(three_media[1])), "media")["shapes"]
    assert [shape["crop"]["box"] for shape in shapes] == ["0.1,0.2,0.3,0.4"]


def test_an_admin_makes_a_media_an_example(open_page, curator, three_media):
    with open_session() as session:
        admin = an_access(session, Scope.ADMIN)
        dust = next(found.id for found in list_label_classes(session) if found.key == "dust")
    assert not open_page(curator, "browse.py", media=str(three_media[0])).selectbox
    app = open_page(admin, "browse.py", media=str(three_media[0]))
    app.session_state["example_open"] = True
    app.run()
    app.selectbox(key="example_label_class").select(dust).run()
    next(button for button in app.button if button.label == "Use as example").click().run()
    assert f"Media {three_media[0]} is an example of dust" in app.toast[0].value
    with open_session(read_only=True) as session:
        assert [example.media_id for example in list_examples(session, curator, "dust")] == [three_media[0]]


def test_replies_are_shown_with_their_annotation(open_page, curator, three_media):
    with open_session() as session:
        submit_annotation(session, curator, three_media[0], replies={"missed_smoke": True})
    app = open_page(curator, "browse.py", media=str(three_media[0]))
    assert "missed smoke: yes" in app.radio[0].options[0].replace("\\", "")
