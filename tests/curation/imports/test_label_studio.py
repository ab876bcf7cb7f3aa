"""Label Studio, as it exports: nothing that was answered is lost, or becomes something else, without a word."""

from __future__ import annotations

import json

import pytest

from curation.imports.readers import drawn, label_studio, measuring, read
from curation.imports.readers.claims import TWICE
from curation.imports.readers.json_stream import BROKEN
from tests.factories import a_jpeg
from tests.heaps import Heap, boxes, read_all, said

PICTURE = a_jpeg(200, 100)
BOX = {"x": 10, "y": 10, "width": 20, "height": 20, "rotation": 0}
CORNERS = (0.1, 0.1, 0.3, 0.3)


def a_result(kind="rectanglelabels", about="r1", to="image", **value):
    size = {"original_width": 200, "original_height": 100}
    return {**size, "id": about, "type": kind, "from_name": "l", "to_name": to, "value": value}


def a_task(*results, **data):
    return {"id": 5, "data": data or {"image": "a.jpg"}, "annotations": [{"result": list(results)}]}


def read_tasks(*tasks, pictures=("a.jpg", "b.jpg")):
    contents = {"export.json": json.dumps(tasks), **dict.fromkeys(pictures, PICTURE)}
    reading = read("label_studio", Heap(contents), ["export.json"])
    return {media.name: media for media in reading.media}, reading


def the_media(*results):
    found, _ = read_tasks(a_task(*results))
    return found["a.jpg"]


@pytest.mark.parametrize("choice", ["smoke", {"choices": ["smoke"]}, [{"choices": ["smoke"]}]])
@pytest.mark.parametrize("more", [{}, {"annotator": 1, "annotation_id": 4, "lead_time": 2.5}])
def test_a_choice_in_short_is_an_answer(choice, more):
    found, reading = read_tasks({"image": "/data/upload/3/0a1b2c3d-a.jpg", "id": 1, "choice": choice, **more})
    assert found["a.jpg"].answer.label_classes == ("smoke",)
    assert said(found["a.jpg"]) == set()
    assert [known.word for known in reading.classes] == ["smoke"]


def test_short_exports_of_choices_are_guessed():
    entry = {"image": "a.jpg", "id": 1, "weather": "fog", "annotator": 1, "annotation_id": 1}
    found, _ = read_all({"min.json": json.dumps([entry]), "a.jpg": PICTURE})
    assert found["a.jpg"].answer.label_classes == ("fog",)


def test_what_is_known_of_a_short_task_is_no_answer():
    entry = {"image": "a.jpg", "camera": "north", "id": 1, "annotator": 1, "annotation_id": 1}
    found, _ = read_tasks(entry)
    answer = found["a.jpg"].answer
    assert (answer.shapes, answer.label_classes, said(found["a.jpg"])) == ((), (), set())


@pytest.mark.parametrize(
    "more",
    [
        {"remark": "smoke behind the ridge"},  # its order tells nobody whether it was answered
        {"note": "x" * 100, "annotator": 1},
        {"stars": [{"rating": 3}], "annotator": 1},
        {"stars": 3, "annotator": 1},
        {"choice": ["dense", "thin"]},
        {"choice": "x" * 300},
    ],
)
def test_nothing_that_is_not_understood_in_short_becomes_nothing_here(more):
    found, _ = read_tasks({"image": "a.jpg", "id": 1, **more})
    assert found["a.jpg"].answer is None
    assert said(found["a.jpg"]) == {label_studio.NOT_A_SHAPE, drawn.NOTHING_UNDERSTOOD}


def test_each_label_of_a_shape_becomes_a_shape():
    media = the_media(a_result(**BOX, rectanglelabels=["smoke", "fire"]))
    assert boxes(media) == [("smoke", CORNERS), ("fire", CORNERS)]
    assert said(media) == {label_studio.EACH_CLASS}


def test_a_choice_for_a_shape_is_none_of_its_picture():
    shape = a_result(**BOX, rectanglelabels=["smoke"])
    for choice in (a_result("choices", **BOX, choices=["dense"]), a_result("choices", choices=["dense"])):
        media = the_media(shape, choice)
        assert (boxes(media), media.answer.label_classes) == ([("smoke", CORNERS)], ())
        assert said(media) == {label_studio.OF_A_SHAPE}
    assert the_media(shape, a_result("choices", about="c", choices=["night"])).answer.label_classes == (
        "night",
    )


def test_a_shape_drawn_with_one_tool_and_named_with_another_is_one_shape():
    media = the_media(a_result("rectangle", **BOX), a_result("labels", **BOX, labels=["smoke"]))
    assert boxes(media) == [("smoke", CORNERS)]
    assert said(media) == set()
    alone = the_media(a_result("rectangle", **BOX))
    assert alone.answer is None
    assert drawn.NO_WORD in said(alone)


def test_what_was_drawn_on_the_second_picture_of_a_task_stays_there():
    task = a_task(a_result(to="image2", **BOX, rectanglelabels=["smoke"]), image="a.jpg", image2="b.jpg")
    found, _ = read_tasks(task)
    assert [(name, boxes(media)) for name, media in found.items()] == [("b.jpg", [("smoke", CORNERS)])]


def test_pages_of_a_task_are_told_apart():
    on_second = {**a_result(to="pages", **BOX, rectanglelabels=["smoke"]), "item_index": 1}
    found, _ = read_tasks(a_task(on_second, pages=["a.jpg", "b.jpg"]))
    assert list(found) == ["b.jpg"]


def test_of_several_pictures_none_is_guessed():
    shape = a_result(to="view", **BOX, rectanglelabels=["smoke"])
    found, reading = read_tasks(a_task(shape, left="a.jpg", right="b.jpg"))
    assert found == {}
    assert [remark.sentence for remark in reading.remarks] == [label_studio.WHICH_PICTURE]
    found, reading = read_tasks(a_task(left="a.jpg", right="b.jpg"))
    assert [media.answer for media in found.values()] == [None]
    assert [remark.sentence for remark in reading.remarks] == [label_studio.NONE_OF_SEVERAL]


TWO = [
    ("s3://cam1/0001.jpg", "s3://cam2/0001.jpg"),
    ("s3://bucket/20240801-120000.jpg", "s3://bucket/20240802-120000.jpg"),
    ("https://host/20240801-120000.jpg", "https://host/20240802-120000.jpg"),
    ("/data/upload/3/0a1b2c3d-a.jpg", "/data/upload/3/0a1b2c3e-a.jpg"),
    ("cam1/0001.jpg", "0001.jpg"),
    ("20240801-120000.jpg", "20240802-120000.jpg"),
]


@pytest.mark.parametrize(("before", "after"), TWO)
def test_two_pictures_that_end_alike_are_two(before, after):
    first = a_result(to="before", **BOX, rectanglelabels=["smoke"])
    second = a_result(to="after", **{**BOX, "x": 50}, rectanglelabels=["smoke"])
    contents = {"export.json": json.dumps([a_task(first, second, before=before, after=after)])}
    reading = read("label_studio", Heap(contents), ["export.json"])
    # Two of one name are told apart later, and said.
    media = list(label_studio.read(Heap(contents), ["export.json"]).media)
    assert [boxes(one) for one in media] == [[("smoke", CORNERS)], [("smoke", (0.5, 0.1, 0.7, 0.3))]]
    kept = list(reading.media)
    assert boxes(kept[0]) == [("smoke", CORNERS)]
    assert [remark.sentence for remark in reading.remarks] == [TWICE] * (2 - len(kept))


@pytest.mark.parametrize("name", ["a.jpg", "0a1b2c3d-a.jpg", "data/upload/3/0a1b2c3d-a.jpg"])
def test_a_file_name_beside_an_address_is_no_second_picture(name):
    found, reading = read_tasks(a_task(url="/data/upload/3/0a1b2c3d-a.jpg", file_name=name))
    assert found["a.jpg"].answer.shapes == ()
    assert list(reading.remarks) == []


def test_of_several_pictures_the_image_is_the_one_that_a_single_tag_shows():
    more = {"image": "a.jpg", "thumbnail": "b.jpg", "note": "x"}
    relation = {"type": "relation", "from_id": "r1", "to_id": "r2"}
    shape = a_result(to="img", **BOX, rectanglelabels=["smoke"])
    found, reading = read_tasks(a_task(shape, **more), a_task(image="c.jpg", thumbnail="d.jpg"))
    assert [(name, boxes(media)) for name, media in found.items()] == [
        ("a.jpg", [("smoke", CORNERS)]),
        ("c.jpg", []),
    ]
    assert list(reading.remarks) == []
    found, _ = read_tasks(a_task(shape, relation, **more))
    assert said(found["a.jpg"]) == {label_studio.NOT_A_SHAPE}
    found, reading = read_tasks(a_task(**more))
    assert found["a.jpg"].answer.shapes == ()
    assert list(reading.remarks) == []


def test_where_a_file_speaks_of_several_tags_none_of_them_is_taken_for_the_image():
    tasks = [
        a_task(a_result(to=to, **BOX, rectanglelabels=["smoke"]), image="a.jpg", previous="b.jpg")
        for to in ("img", "prev")
    ]
    found, reading = read_tasks(*tasks)
    assert found == {}
    assert [remark.sentence for remark in reading.remarks] == [label_studio.WHICH_PICTURE] * 2


def test_a_tag_that_shows_something_else_shows_none_of_the_pictures():
    choice = a_result("choices", to="note", choices=["smoke"])
    found, reading = read_tasks(a_task(choice, image="a.jpg", thumbnail="b.jpg", note="x"))
    assert found == {}
    assert [remark.sentence for remark in reading.remarks] == [label_studio.WHICH_PICTURE]


def test_nothing_was_found_on_the_picture_that_its_file_speaks_of():
    two = {"image": "a.jpg", "close": "b.jpg"}
    shape = a_result(to="close", **BOX, rectanglelabels=["smoke"])
    found, reading = read_tasks(a_task(shape, image="c.jpg", close="d.jpg"), a_task(**two))
    assert {name: boxes(media) for name, media in found.items()} == {
        "d.jpg": [("smoke", CORNERS)],
        "b.jpg": [],
    }
    left = {"left": "c.jpg", "right": "d.jpg", "image": "e.jpg"}
    shapes = [a_result(to=to, **BOX, rectanglelabels=["smoke"]) for to in ("left", "right")]
    found, reading = read_tasks(a_task(*shapes, **left), a_task(left="a.jpg", right="b.jpg", image="f.jpg"))
    assert found["f.jpg"].answer is None
    assert [remark.sentence for remark in reading.remarks] == [label_studio.NONE_OF_SEVERAL]


def test_pages_are_shown_by_a_tag_of_any_name():
    on_second = {**a_result(to="pdf", **BOX, rectanglelabels=["smoke"]), "item_index": 1}
    found, reading = read_tasks(a_task(on_second, pages=["a.jpg", "b.jpg"]))
    assert [(name, boxes(media)) for name, media in found.items()] == [("b.jpg", [("smoke", CORNERS)])]
    assert list(reading.remarks) == []
    found, reading = read_tasks(a_task(pages=["a.jpg", "b.jpg"]))
    assert [media.answer for media in found.values()] == [None]


def test_a_damaged_file_gives_what_stands_before_the_damage():
    task = json.dumps(
        a_task(a_result(to="img", **BOX, rectanglelabels=["smoke"]), image="a.jpg", thumbnail="b.jpg")
    )
    reading = read("label_studio", Heap({"export.json": f"[{task}, {{"}), ["export.json"])
    (media,) = reading.media
    assert boxes(media) == [("smoke", CORNERS)]
    assert [remark.sentence for remark in reading.remarks] == [BROKEN]


def test_an_address_without_an_ending_is_a_picture_and_no_answer():
    found, _ = read_tasks(
        {"image": "https://host/pic?id=5", "id": 1, "choice": "smoke", "page": "http://host/5"}
    )
    (media,) = found.values()
    assert media.answer.label_classes == ("smoke",)
    assert said(media) == set()


def test_an_address_and_a_file_name_are_one_picture():
    shape = a_result(to="view", **BOX, rectanglelabels=["smoke"])
    found, reading = read_tasks(a_task(shape, image="/data/upload/3/0a1b2c3d-a.jpg", file_name="a.jpg"))
    assert boxes(found["a.jpg"]) == [("smoke", CORNERS)]
    assert list(reading.remarks) == []


@pytest.mark.parametrize(
    ("degrees", "corners"),
    [(0, (0.3, 0.4, 0.7, 0.6)), (90, (0.45, 0.1, 0.55, 0.9)), (180, (0.3, 0.4, 0.7, 0.6))],
)
def test_a_turned_ellipse_becomes_the_box_around_it_as_it_lies(degrees, corners):
    about = {"x": 50, "y": 50, "radiusX": 20, "radiusY": 10, "rotation": degrees}
    media = the_media(a_result("ellipselabels", **about, ellipselabels=["smoke"]))
    assert boxes(media) == [("smoke", corners)]
    assert said(media) == {label_studio.ROUND}


def test_what_is_turned_is_measured_by_its_picture_or_left_out():
    shape = {
        "type": "rectanglelabels",
        "value": {**BOX, "x": 50, "rotation": 90, "rectanglelabels": ["smoke"]},
    }
    found, _ = read_tasks(a_task(shape))
    assert boxes(found["a.jpg"]) == [("smoke", (0.4, 0.1, 0.5, 0.5))]
    found, _ = read_tasks(a_task(shape), pictures=())
    assert found["a.jpg"].answer is None
    assert measuring.NO_SIZE in said(found["a.jpg"])


@pytest.mark.parametrize(
    "result",
    [
        a_result("textarea", text=["smoke behind the ridge"]),
        a_result("taxonomy", taxonomy=[["smoke", "white"]]),
        a_result("choices", choices=["x" * 300]),
        {"type": "relation", "from_id": "a", "to_id": "b"},
        {"type": "rectanglelabels", "value": None},
        "odd",
        a_result("brush", format="rle", rle=[1, 2]),
        a_result("vector", vertices=[{"x": 1, "y": 1}], vectorlabels=["smoke"]),
        {**a_result(**BOX, rectanglelabels=["smoke"]), "image_rotation": 90},
    ],
)
def test_nothing_that_is_not_understood_becomes_nothing_here(result):
    media = the_media(result)
    assert media.answer is None
    assert said(media) & {drawn.NONE_LEFT, drawn.NOTHING_UNDERSTOOD}


def test_an_answer_that_is_no_list_is_no_answer():
    found, _ = read_tasks({"id": 5, "data": {"image": "a.jpg"}, "annotations": [{"id": 3}]})
    assert found["a.jpg"].answer is None
    assert drawn.BROKEN in said(found["a.jpg"])


def test_a_text_about_a_shape_is_said_to_be_passed_over():
    media = the_media(a_result(**BOX, rectanglelabels=["smoke"]), a_result("textarea", **BOX, text=["thin"]))
    assert boxes(media) == [("smoke", CORNERS)]
    assert said(media) == {label_studio.NOT_A_SHAPE}
