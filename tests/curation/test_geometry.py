"""Boxes and polygons hold what they promise, whatever they are given."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.answers import AnnotationDraft
from curation.errors import InvalidBox, InvalidShape
from curation.geometry import Box, Polygon, clamp_numbers

fractions = st.floats(0, 1, allow_nan=False, width=64)
anything = st.one_of(
    st.floats(),
    st.integers(),
    st.text(max_size=5),
    st.booleans(),
    st.none(),
    st.lists(st.floats(), max_size=2),
)


@st.composite
def boxes(draw):
    xs = sorted(draw(st.tuples(fractions, fractions).filter(lambda pair: pair[0] != pair[1])))
    ys = sorted(draw(st.tuples(fractions, fractions).filter(lambda pair: pair[0] != pair[1])))
    return Box(xs[0], ys[0], xs[1], ys[1])


@given(boxes())
def test_conversions_lead_back_to_the_same_box(box):
    x, y, width, height = box.to_yolo()
    assert (x - width / 2, y + height / 2) == pytest.approx((box.x_min, box.y_max), abs=1e-12)
    left, top, wide, high = box.to_coco(1920, 1080)
    assert (left / 1920, (top + high) / 1080) == pytest.approx((box.x_min, box.y_max), abs=1e-12)
    assert wide > 0 and high > 0
    first = box.to_voc(1920, 1080)
    assert ((first[0] - 1) / 1920, first[3] / 1080) == pytest.approx((box.x_min, box.y_max), abs=1e-12)


@pytest.mark.parametrize(
    "numbers",
    [
        (math.nan, 0, 1, 1),
        (0, 0, math.inf, 1),
        (0.5, 0, 0.5, 1),
        (0.6, 0, 0.5, 1),
        (-0.1, 0, 0.5, 1),
        (0, 0, 1, 1e308),
        (0, -0.5, 1, 1),
    ],
)
def test_nonsense_is_no_box(numbers):
    with pytest.raises(InvalidBox):
        Box(*numbers)


@given(st.lists(anything, max_size=6))
def test_whatever_is_sent_becomes_a_valid_box_or_a_sentence(numbers):
    try:
        draft = AnnotationDraft.from_payload([{"label_class": "wildfire", "box": numbers}], [], 1920, 1080)
    except InvalidShape as error:
        assert error.sentence.startswith("Shape 1")
    else:
        box = draft.shapes[0].box
        assert 0 <= box.x_min < box.x_max <= 1 and 0 <= box.y_min < box.y_max <= 1


@given(st.lists(st.one_of(st.tuples(anything, anything), st.tuples(fractions, fractions)), max_size=6))
def test_whatever_is_sent_becomes_a_valid_polygon_or_a_sentence(points):
    try:
        draft = AnnotationDraft.from_payload([{"label_class": "wildfire", "points": points}], [], 1920, 1080)
    except InvalidShape as error:
        assert error.sentence
    else:
        assert len(draft.shapes[0].points) == len(points) >= 3


@given(st.integers(16, 16384), st.integers(16, 16384), fractions, fractions)
def test_at_most_one_pixel_is_forgiven(width, height, across, down):
    outside = [-across / width, 1 + down / height]
    clamped, moved = clamp_numbers(outside, width, height)
    assert clamped == [0.0, 1.0]
    assert moved == (outside != [0.0, 1.0])
    with pytest.raises(InvalidShape):
        clamp_numbers([-2.1 / width, 0.5], width, height)


def test_the_box_of_a_polygon_surrounds_it():
    polygon = Polygon(((0.1, 0.5), (0.4, 0.2), (0.3, 0.9)))
    assert polygon.box == Box(0.1, 0.2, 0.4, 0.9)
    with pytest.raises(InvalidShape):
        Polygon(((0.1, 0.1), (0.2, 0.2)))
    with pytest.raises(InvalidShape):
        Polygon(((0.1, 0.1), (0.1, 0.2), (0.1, 0.3)))
