"""When two answers agree, and that it does not matter which of them came first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.comparisons import Named, compare, overlap
from curation.geometry import Box
from curation.media_view import AnnotationView, ShapeView


def a_shape(label_class: str = "wildfire", box=(0.1, 0.1, 0.3, 0.3), points=None) -> ShapeView:
    if points is not None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        box = (min(xs), min(ys), max(xs), max(ys))
    return ShapeView(label_class, tuple(box), points, "human", None)


def an_answer(*shapes: ShapeView, label_classes: tuple[str, ...] = ()) -> AnnotationView:
    return AnnotationView(
        1,
        1,
        1,
        "author",
        datetime(2026, 8, 12, tzinfo=UTC),
        "human",
        "shapes",
        None,
        None,
        list(shapes),
        list(label_classes),
    )


corners = st.tuples(*[st.integers(0, 9)] * 2, *[st.integers(1, 10)] * 2).map(
    lambda numbers: (
        numbers[0] / 20,
        numbers[1] / 20,
        (numbers[0] + numbers[2]) / 20,
        (numbers[1] + numbers[3]) / 20,
    )
)
polygons = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda point: [point[0] / 20, point[1] / 20]),
    min_size=3,
    max_size=6,
).filter(lambda points: len({x for x, _ in points}) > 1 and len({y for _, y in points}) > 1)
label_classes = st.sampled_from(["wildfire", "industrial", "antenna"])
shapes = st.one_of(
    st.builds(a_shape, label_classes, corners),
    st.builds(lambda key, points: a_shape(key, points=points), label_classes, polygons),
)
answers = st.builds(
    lambda drawn, said: an_answer(*drawn, label_classes=tuple(sorted(said))),
    st.lists(shapes, max_size=6),
    st.sets(label_classes, max_size=2),
)


@given(answers, answers)
def test_comparing_is_the_same_both_ways_round(first, second):
    there, back = compare(first, second), compare(second, first)
    assert there.reason == back.reason
    assert there.label_classes == {
        key: Named(named.both, named.only_second, named.only_first)
        for key, named in back.label_classes.items()
    }


@given(answers)
def test_an_answer_agrees_with_itself(answer):
    outcome = compare(answer, answer)
    assert outcome.agrees
    assert all(named.only_first == named.only_second == 0 for named in outcome.label_classes.values())


@given(answers, answers)
def test_everything_named_is_counted_once(first, second):
    outcome = compare(first, second)
    said = len(first.shapes) + len(first.label_classes)
    assert sum(named.both + named.only_first for named in outcome.label_classes.values()) == said
    assert all(
        min(named.both, named.only_first, named.only_second) >= 0 for named in outcome.label_classes.values()
    )


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (an_answer(), an_answer(), None),
        (an_answer(a_shape()), an_answer(), "shapes"),
        # Half of the area of both together is enough, a little less is not.
        (an_answer(a_shape(box=(0.0, 0.0, 0.2, 0.2))), an_answer(a_shape(box=(0.0, 0.0, 0.4, 0.2))), None),
        (
            an_answer(a_shape(box=(0.0, 0.0, 0.2, 0.2))),
            an_answer(a_shape(box=(0.0, 0.0, 0.41, 0.2))),
            "shapes",
        ),
        (an_answer(a_shape("antenna")), an_answer(a_shape("wildfire")), "label_classes"),
        (an_answer(label_classes=("antenna",)), an_answer(label_classes=("tree",)), "label_classes"),
        (an_answer(label_classes=("antenna",)), an_answer(label_classes=("antenna",)), None),
        (an_answer(a_shape(), a_shape()), an_answer(a_shape()), "shapes"),
    ],
)
def test_what_agrees_and_why_not(first, second, reason):
    assert compare(first, second).reason == reason


def test_the_largest_overlap_is_paired_first():
    exact, shifted = a_shape(box=(0.1, 0.1, 0.3, 0.3)), a_shape(box=(0.12, 0.1, 0.32, 0.3))
    outcome = compare(an_answer(shifted, exact), an_answer(exact))
    assert outcome.label_classes["wildfire"] == Named(both=1, only_first=1)


def test_polygons_are_compared_by_their_shape_and_not_the_boxes_around_them():
    lower = a_shape(points=[[0.1, 0.1], [0.5, 0.5], [0.1, 0.5]])
    upper = a_shape(points=[[0.1, 0.1], [0.5, 0.1], [0.5, 0.5]])
    assert overlap(lower, upper) < 0.05
    assert overlap(lower, lower) == 1.0
    assert compare(an_answer(lower), an_answer(upper)).reason == "shapes"
    # A polygon over half of a box.
    assert overlap(lower, a_shape(box=lower.box)) == pytest.approx(0.5, abs=0.02)


@given(corners, corners)
def test_the_overlap_of_boxes_lies_between_none_and_all_and_is_the_same_both_ways_round(first, second):
    size = Box(*first).overlap(Box(*second))
    assert 0 <= size <= 1 + 1e-9 and size == Box(*second).overlap(Box(*first))
    assert (size == pytest.approx(1)) == (first == second)


def test_very_many_polygons_are_compared_by_their_boxes():
    triangles = [a_shape(points=[[0.1, 0.1], [0.5, 0.5], [0.1, 0.5]]) for _ in range(60)]
    outcome = compare(an_answer(*triangles), an_answer(*triangles))
    assert outcome.agrees and outcome.label_classes["wildfire"].both == 60
