"""Annotation files by the thousand: what is written reads back, and nothing that is read can do harm."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.answers import AnnotationDraft
from curation.errors import InvalidBox, InvalidShape, Refused
from curation.formats import read_annotation_file
from curation.formats.reading import Picture
from curation.geometry import Box

sides = st.integers(16, 16_384)
fractions = st.floats(0, 1, width=64)
# Nothing thinner than a millionth of the picture: pixels as text have no more digits than that.
spans = st.tuples(fractions, fractions).map(sorted).filter(lambda pair: pair[1] - pair[0] > 1e-6)
boxes = st.builds(lambda xs, ys: Box(xs[0], ys[0], xs[1], ys[1]), spans, spans)
names = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def picture_of(width: int = 1920, height: int = 1080) -> Picture:
    return Picture(width, height, "a.jpg", "0" * 64)


def drafted(content: bytes, picture: Picture) -> AnnotationDraft:
    """The answer in a file, as it would be stored."""
    answer = read_annotation_file(content, picture).answer
    assert answer is not None
    return AnnotationDraft.from_payload(
        answer.shapes, answer.label_classes, picture.width, picture.height, answer.replies
    )


def corners(box: Box) -> Any:
    return pytest.approx((box.x_min, box.y_min, box.x_max, box.y_max), abs=1e-9)


def numbers(box: Box) -> tuple[float, ...]:
    return box.x_min, box.y_min, box.x_max, box.y_max


@given(st.lists(boxes, max_size=5), sides, sides)
def test_boxes_come_back_from_coco(drawn, width, height):
    document = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": width, "height": height}],
        "categories": [{"id": 3, "name": "wildfire"}],
        "annotations": [
            {"image_id": 1, "category_id": 3, "bbox": box.to_coco(width, height)} for box in drawn
        ],
    }
    read = drafted(json.dumps(document).encode(), picture_of(width, height)).shapes
    assert [numbers(shape.box) for shape in read] == [corners(box) for box in drawn]


@given(st.lists(boxes, max_size=5, min_size=1), sides, sides)
def test_boxes_come_back_from_pascal_voc(drawn, width, height):
    objects = "".join(
        "<object><name>wildfire</name><bndbox>"
        + "".join(
            f"<{name}>{number!r}</{name}>"
            for name, number in zip(("xmin", "ymin", "xmax", "ymax"), box.to_voc(width, height), strict=True)
        )
        + "</bndbox></object>"
        for box in drawn
    )
    size = f"<size><width>{width}</width><height>{height}</height></size>"
    content = f"<annotation>{size}{objects}</annotation>".encode()
    read = drafted(content, picture_of(width, height)).shapes
    assert [numbers(shape.box) for shape in read] == [corners(box) for box in drawn]


@given(st.lists(st.tuples(fractions, fractions), min_size=3, max_size=30), sides, sides)
def test_polygons_come_back_from_coco(points, width, height):
    flat = [number for x, y in points for number in (x * width, y * height)]
    document = {
        "images": [{"id": 1, "width": width, "height": height}],
        "categories": [{"id": 3, "name": "wildfire"}],
        "annotations": [{"image_id": 1, "category_id": 3, "segmentation": [flat]}],
    }
    try:
        (read,) = drafted(json.dumps(document).encode(), picture_of(width, height)).shapes
    except (InvalidShape, InvalidBox):
        xs, ys = [x for x, _ in points], [y for _, y in points]
        assert max(xs) - min(xs) < 1e-9 or max(ys) - min(ys) < 1e-9
        return
    assert read.points is not None
    for found, drawn in zip(read.points, points, strict=True):
        assert found == pytest.approx(drawn, abs=1e-9)


def test_a_box_of_our_own_coco_stays_a_box_though_it_has_an_outline():
    corners = [20, 10, 60, 10, 60, 40, 20, 40]
    drawn = {"image_id": 1, "category_id": 3, "bbox": [20, 10, 40, 30], "segmentation": [corners]}
    document = {
        "images": [{"id": 1, "width": 100, "height": 50}],
        "categories": [{"id": 3, "name": "wildfire"}],
        "annotations": [{**drawn, "drawn": "box"}, {**drawn, "drawn": "polygon"}],
    }
    box, polygon = drafted(json.dumps(document).encode(), picture_of(100, 50)).shapes
    assert (box.points, len(polygon.points)) == (None, 4)
    assert numbers(box.box) == pytest.approx((0.2, 0.2, 0.6, 0.8))


@given(st.lists(boxes, max_size=5), names, st.dictionaries(names, st.booleans(), max_size=3))
def test_our_own_file_comes_back_to_the_last_digit(drawn, comment, replies):
    document = {
        "format": "vigie-annotation-1",
        "shapes": [{"label_class": "wildfire", "box": numbers(box)} for box in drawn],
        "label_classes": [],
        "replies": replies,
        "comment": comment,
    }
    content = json.dumps(document, ensure_ascii=False).encode()
    read = drafted(content, picture_of())
    assert [numbers(shape.box) for shape in read.shapes] == [numbers(box) for box in drawn]
    assert read.replies == replies
    assert read_annotation_file(content, picture_of()).answer.comment == comment


def near_coco() -> st.SearchStrategy[Any]:
    """COCO with anything in any of its places."""
    image = st.fixed_dictionaries(
        {"id": st.just(1)}, optional={"width": values, "height": values, "file_name": values}
    )
    annotation = st.fixed_dictionaries(
        {"image_id": st.just(1) | values, "category_id": st.just(1) | values},
        optional={
            "bbox": values | st.lists(st.floats(), min_size=4, max_size=4),
            "segmentation": values,
            "score": values,
        },
    )
    category = st.fixed_dictionaries({"id": st.just(1)}, optional={"name": values})
    return st.fixed_dictionaries(
        {
            "images": st.lists(image | values, max_size=2),
            "annotations": st.lists(annotation | values, max_size=3),
            "categories": st.lists(category | values, max_size=2),
        }
    )


def near_ours() -> st.SearchStrategy[Any]:
    """Our own format with anything in any of its places."""
    shape = st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("label_class", "box", "points", "origin"), values)
    )
    return st.fixed_dictionaries(
        {"format": st.just("vigie-annotation-1")},
        optional={
            "shapes": st.lists(shape | values, max_size=3) | values,
            "label_classes": values,
            "replies": values,
            "comment": values,
            "media": values,
        },
    )


@given(near_coco() | near_ours() | values)
@settings(max_examples=300, deadline=None)
def test_whatever_a_json_file_holds_is_an_answer_that_holds_or_a_sentence(document):
    try:
        file = read_annotation_file(json.dumps(document).encode(), picture_of())
        if file.answer is not None:
            answer = file.answer
            read = AnnotationDraft.from_payload(
                answer.shapes, answer.label_classes, 1920, 1080, answer.replies
            )
            for shape in read.shapes:
                assert 0 <= shape.box.x_min < shape.box.x_max <= 1
                assert 0 <= shape.box.y_min < shape.box.y_max <= 1
    except Refused as refusal:
        assert refusal.sentence.endswith(".")


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
@settings(deadline=None)
def test_whatever_bytes_come_are_kept_as_something(content):
    file = read_annotation_file(content, picture_of())
    assert (file.extension, file.answer) in (("bin", None), ("txt", None), ("json", None), ("xml", None))


@given(st.text("<>/&;\"'= annotationobjctszebdxy!?[]-0123456789\n", max_size=200))
@settings(deadline=None)
def test_whatever_looks_like_xml_is_an_answer_or_a_sentence(inside):
    try:
        read_annotation_file(f"<annotation>{inside}<size/></annotation>".encode(), picture_of())
    except Refused as refusal:
        assert refusal.sentence.endswith(".")
