"""Annotation files by the thousand: whatever they hold, readers raise nothing and give back what may be stored."""

from __future__ import annotations

import json
import sys
import tracemalloc
from contextlib import closing
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.errors import Refused
from curation.geometry import Box, Polygon
from curation.imports.readers import FORMATS, cvat, guess, json_stream, read, shelf, table
from curation.imports.readers.json_stream import entries
from curation.imports.readers.lines import NO_STATE
from curation.imports.readers.names import clean_path
from curation.imports.readers.signs import writable
from curation.imports.remarks import PLACES_SHOWN
from tests.heaps import Heap, boxes, read_all

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
numbers = st.floats(-2, 3) | leaves
NAMES = {
    "jsonl": "manifest.jsonl",
    "coco": "a.json",
    "yolo": "labels/a.txt",
    "voc": "a.xml",
    "csv": "a.csv",
    "label_studio": "a.json",
    "cvat": "a.xml",
}


# Each of them asks a disk; by the number of tests they are many.
few = settings(max_examples=30)


def assert_storable(contents, format, chosen):
    """Everything that is read obeys the rules of a submission."""
    files = Heap({**contents, "images/a.jpg": b""})
    guess(files)
    reading = read(format, files, [chosen])
    for media in reading.media:
        assert media.name and clean_path(media.name) == media.name
        for shape in media.answer.shapes if media.answer else ():
            assert shape.label_class
            Box(*shape.box)
            if shape.points is not None:
                assert Polygon(shape.points).box == Box(*shape.box)
            assert shape.confidence is None or 0 <= shape.confidence <= 1
        json.dumps(dict(media.details))
    for remark in reading.remarks:
        assert remark.sentence.endswith(".")


@pytest.mark.parametrize("format", FORMATS)
@few
@given(
    content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes(format, content):
    assert_storable({NAMES[format]: content}, format, NAMES[format])


@pytest.mark.parametrize("format", ["jsonl", "coco", "label_studio"])
@few
@given(value=values)
def test_any_json(format, value):
    assert_storable({NAMES[format]: json.dumps(value)}, format, NAMES[format])


@few
@given(
    bbox=st.lists(numbers, max_size=5) | leaves,
    points=st.lists(numbers, max_size=12) | leaves,
    width=numbers,
    category=leaves,
)
def test_any_coco_annotation(bbox, points, width, category):
    document = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": width, "height": 1}],
        "annotations": [{"image_id": 1, "category_id": category, "bbox": bbox, "segmentation": [points]}],
        "categories": [{"id": 0, "name": "smoke"}, {"id": category, "name": category}],
    }
    assert_storable({"a.json": json.dumps(document)}, "coco", "a.json")


@few
@given(
    value=st.dictionaries(
        st.sampled_from(["x", "y", "width", "height", "rotation", "points", "radiusX"]), values
    )
)
def test_any_label_studio_value(value):
    task = {"data": {"image": "a.jpg"}, "annotations": [{"result": [{"value": {**value, "xlabels": ["a"]}}]}]}
    assert_storable({"a.json": json.dumps([task])}, "label_studio", "a.json")


@few
@given(
    shape=st.dictionaries(st.sampled_from(["box", "points", "label_class", "confidence", "origin"]), values)
)
def test_any_shape_of_ours(shape):
    line = {"media_id": 1, "file_name": "a.jpg", "answer": {"shapes": [shape], "replies": {"q": shape}}}
    assert_storable({"manifest.jsonl": json.dumps(line)}, "jsonl", "manifest.jsonl")


BOX_OF_OURS = {"label_class": "ODD", "box": [0, 0, 1, 1], "model": "ODD"}
ANSWER_OF_OURS = {
    "shapes": [BOX_OF_OURS],
    "label_classes": ["ODD"],
    "replies": {"ODD": True},
    "comment": "ODD",
}
TASK_RESULTS = [
    {"value": {"x": 0, "y": 0, "width": 9, "height": 9, "rectanglelabels": ["ODD"]}},
    {"value": {"choices": ["ODD"]}},
]
ODD_FILES: dict[str, dict[str, Any]] = {
    "jsonl": {
        "manifest.jsonl": {
            "sha256": "ODD",
            "state": "ODD",
            "ODD": ["ODD", {"ODD": "ODD"}],
            "answer": ANSWER_OF_OURS,
        },
        "vigie.json": {"label_classes": [{"key": "ODD", "name": "ODD", "colour": "ODD"}]},
    },
    "coco": {
        "a.json": {
            "images": [
                {"id": "ODD", "file_name": "aODD.jpg", "vigie": {"sha256": "ODD", "answer": ANSWER_OF_OURS}}
            ],
            "annotations": [{"id": "ODD", "image_id": "ODD", "category_id": "ODD"}, {"image_id": "otherODD"}],
            "categories": [{"id": "ODD", "name": "ODD"}],
        }
    },
    "label_studio": {
        "a.json": [{"id": "ODD", "data": {"image": "aODD.jpg"}, "annotations": [{"result": TASK_RESULTS}]}, 1]
    },
}


@pytest.mark.parametrize("odd", [r"\ud800", r"\uDFFF", r"\u0000"])
@pytest.mark.parametrize("format", ODD_FILES)
def test_signs_that_no_text_may_hold_are_marked(format, odd):
    contents = {
        name: json.dumps(document).replace("ODD", odd) for name, document in ODD_FILES[format].items()
    }
    found, reading = read_all(contents, format)
    everything = [*map(asdict, found.values()), *map(asdict, reading.classes), *map(asdict, reading.remarks)]
    assert found and reading.classes
    whole = json.dumps(everything, ensure_ascii=False, allow_nan=False)
    assert whole.encode() and r"\u0000" not in whole
    assert {one.word for one in reading.classes} == {"\N{REPLACEMENT CHARACTER}"}


@pytest.mark.parametrize(
    "listed", [{"data.yaml": r'names: ["smo\ud800ke"]'}, {"classes.txt": "smo\0ke\n"}], ids=["yaml", "text"]
)
def test_a_list_of_classes_may_hold_signs_that_no_text_may_hold(listed):
    found, reading = read_all({**listed, "labels/a.txt": "0 .5 .5 .1 .1"}, "yolo")
    assert [one.word for one in reading.classes] == ["smo\N{REPLACEMENT CHARACTER}ke"]
    assert boxes(found["images/a"])[0][0] == "smo\N{REPLACEMENT CHARACTER}ke"


def test_a_table_may_hold_signs_that_no_text_may_hold():
    found, reading = read_all({"a.csv": "filename,class\na.jpg,smo\0ke\n"})
    assert found["a.jpg"].answer.label_classes == ("smo\N{REPLACEMENT CHARACTER}ke",)
    assert [one.word for one in reading.classes] == ["smo\N{REPLACEMENT CHARACTER}ke"]


def test_emoji_and_blanks_of_all_kinds_are_signs_like_others():
    comment = "A dog \U0001f415 \u200d\xa0\ufeff\n\tthere"
    line = {
        "sha256": "0" * 64,
        "file_name": "a.jpg",
        "review_comment": comment,
        "answer": {"comment": comment},
    }
    for ascii in (True, False):
        found, _ = read_all({"manifest.jsonl": json.dumps(line, ensure_ascii=ascii)}, "jsonl")
        assert found["a.jpg"].details["review_comment"] == found["a.jpg"].answer.comment == comment


def test_what_only_this_file_calls_a_state_is_none():
    found, _ = read_all({"manifest.jsonl": '{"file_name": "a.jpg", "state": "half-done"}'}, "jsonl")
    assert found["a.jpg"].state is None
    assert [(one.where, one.sentence) for one in found["a.jpg"].remarks] == [("manifest.jsonl:1", NO_STATE)]


def test_details_hold_nothing_that_nobody_could_write_down():
    line = '{"file_name": "a.jpg", "score": 1e999, "tags": [NaN, "a"], "x": ' + "[" * 500 + "]" * 500 + "}"
    found, _ = read_all({"manifest.jsonl": line}, "jsonl")
    assert found["a.jpg"].details["score"] is None
    assert found["a.jpg"].details["tags"] == [None, "a"]
    json.dumps(found["a.jpg"].details, allow_nan=False)


@few
@given(st.lists(st.lists(st.floats(-0.2, 1.2), min_size=4, max_size=12), max_size=4))
def test_any_yolo_line(found):
    text = "\n".join(" ".join(["0", *map(repr, line)]) for line in found)
    assert_storable({"labels/a.txt": text}, "yolo", "labels/a.txt")


@few
@given(st.text(max_size=40))
def test_names_never_climb_out(name):
    path = clean_path(name)
    assert path is None or (path and not path.startswith("/") and ".." not in path.split("/"))


@few
@given(value=st.dictionaries(st.text(max_size=5), values) | st.lists(values), cut=st.integers(1, 50))
def test_a_stream_of_json_gives_what_the_whole_of_it_holds(value, cut):
    class Dripping:
        """A file that gives a few bytes at a time."""

        def __init__(self, content):
            self.content = content

        def read(self, size):
            given, self.content = self.content[:cut], self.content[cut:]
            return given

    text = json.dumps(value, ensure_ascii=cut % 2 == 0, indent=cut % 3 or None)
    try:
        content = text.encode()
    except UnicodeEncodeError:
        return
    whole = json.loads(content)
    expected = (
        [(None, entry) for entry in whole]
        if isinstance(whole, list)
        else [
            (name, entry)
            for name, held in whole.items()
            for entry in (held if isinstance(held, list) else [held])
        ]
    )
    given, wanted = (
        [(writable(name), writable(entry)) for name, entry in found]
        for found in (entries(Dripping(content)), expected)
    )
    assert repr(given) == repr(wanted)


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b'{"a":' * 100_000, b"[" + b"1" * 50_000 + b"]", b'["\xff"]']
)
def test_json_that_is_made_to_hurt_is_refused(content):
    files = Heap({"a.json": content})
    with pytest.raises(Refused), files.open("a.json") as file:
        list(entries(file))


@pytest.mark.parametrize("format", ["coco", "label_studio", "jsonl"])
def test_what_is_nested_just_so_deep_that_it_can_be_read_once_ends_no_import(format):
    for depth in (99, 101, *range(sys.getrecursionlimit() - 150, sys.getrecursionlimit()), 5_000):
        deep = "[" * depth + "]" * depth
        image = f'{{"id": {deep}, "file_name": "a.jpg", "width": 9, "height": 9}}'
        annotation = f'{{"id": 1, "image_id": {deep}, "category_id": {deep}, "bbox": {deep}}}'
        contents = {
            "coco": f'{{"images": [{image}], "annotations": [{annotation}]}}',
            "label_studio": f'[{{"id": {deep}, "data": {{"image": "a.jpg"}}, "annotations": {deep}}}]',
            "jsonl": f'{{"file_name": "a.jpg", "tags": {deep}, "answer": {{"shapes": {deep}}}}}',
        }
        assert len(list(read(format, Heap({"a.json": contents[format]}), ["a.json"]).media)) <= 1


def test_an_entry_that_never_ends_is_refused_before_it_is_held(monkeypatch):
    monkeypatch.setattr(json_stream, "LARGEST_ENTRY", 2**20)
    files = Heap({"a.json": b'[{"a": "' + b"x" * 2**23})
    with pytest.raises(Refused), files.open("a.json") as file:
        list(entries(file))


def test_memory_does_not_grow_with_the_number_of_pictures():
    def peak(number):
        document = {
            "annotations": [
                {"id": at, "image_id": at, "category_id": 1, "bbox": [1, 1, 9, 9]} for at in range(number)
            ],
            "images": [
                {"id": at, "file_name": f"{at}.jpg", "width": 99, "height": 99} for at in range(number)
            ],
            "categories": [{"id": 1, "name": "smoke"}],
        }
        files = Heap({"a.json": json.dumps(document)})
        tracemalloc.start()
        read_number = sum(1 for _ in read("coco", files, ["a.json"]).media)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert read_number == number
        return most

    few, many = peak(2_000), peak(16_000)
    assert many - few < 14_000 * 400, "a few hundred bytes for the key of each, and nothing of what it holds"


def test_an_answer_of_too_many_shapes_is_none():
    found, _ = read_all({"labels/a.txt": "0 .5 .5 .1 .1\n" * 501})
    (media,) = found.values()
    assert media.answer is None
    assert [remark.fatal for remark in media.remarks if "more shapes" in remark.sentence] == [True]


def peak_of(contents, format):
    """The most memory that reading takes beside what is read."""
    files = Heap(contents)
    tracemalloc.start()
    reading = read(format, files, [NAMES[format]])
    for _ in reading.media:
        pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most, reading


@pytest.mark.parametrize(
    ("format", "start", "part", "end"),
    [
        ("jsonl", "", "{}\n", ""),
        ("jsonl", "", "x\n", ""),
        ("label_studio", "[0", ",0", "]"),
        ("csv", "filename,class\n", ",a\n", ""),
        ("cvat", "<annotations>", "<image/>", "</annotations>"),
    ],
)
def test_remarks_are_counted_and_not_kept_one_by_one(format, start, part, end):
    number = 20_000
    most, reading = peak_of({NAMES[format]: start + part * number + end}, format)
    assert sum(remark.count for remark in reading.remarks) in (number, number + 1)
    assert len(list(reading.remarks)) == PLACES_SHOWN
    assert most < number * 60, "each remark alone would take more"


MUCH = 2**24


@pytest.mark.parametrize(
    ("format", "content", "sentence"),
    [
        ("csv", b"filename,class\n" + b"a.jpg," * (MUCH // 6), table.TOO_LARGE),
        ("csv", b"filename,class\n" + b'"a.jpg\n",' * (MUCH // 9), table.TOO_LARGE),
        ("csv", b"filename,class" + b"," * MUCH, table.TOO_LARGE),
        ("cvat", b"<annotations><image name='" + b"a" * MUCH + b"'/></annotations>", cvat.TOO_LARGE),
        ("cvat", b"<annotations><meta>" + b"a" * MUCH + b"</meta></annotations>", cvat.TOO_LARGE),
        ("cvat", b"<annotations>" + b"a" * MUCH + b"</annotations>", cvat.TOO_LARGE),
    ],
    ids=["a line", "a row of lines", "the first line", "an attribute", "a text", "a text beside entries"],
)
def test_memory_does_not_grow_with_what_stands_between_two_entries(monkeypatch, format, content, sentence):
    monkeypatch.setattr(cvat, "LARGEST_ENTRY", 2**20)
    monkeypatch.setattr(table, "LARGEST_ROW", 2**18)
    most, reading = peak_of({NAMES[format]: content}, format)
    assert [remark.sentence for remark in reading.remarks] == [sentence]
    assert most < MUCH / 2


def test_entries_before_one_that_is_too_large_are_read(monkeypatch):
    monkeypatch.setattr(cvat, "LARGEST_ENTRY", 2**16)
    monkeypatch.setattr(table, "LARGEST_ROW", 2**16)
    image = '<image name="a.jpg" width="9" height="9"/>'
    found, _ = read_all(
        {"a.xml": f"<annotations>{image * 9_999}<meta>{'a' * 2**18}</meta></annotations>"}, "cvat"
    )
    assert list(found) == ["a.jpg"]
    found, _ = read_all({"a.csv": "filename,class\n" + "a.jpg,smoke\n" * 9_999 + "a.jpg," * 2**16}, "csv")
    assert list(found) == ["a.jpg"]


@pytest.mark.parametrize("format", ["coco", "csv", "cvat"])
def test_what_is_said_of_one_picture_is_not_read_when_it_is_too_much(monkeypatch, format):
    monkeypatch.setattr(shelf, "_MOST_OF_ONE", 2**12)
    many = 199
    box = '<box frame="1" xtl="0" ytl="0" xbr="1" ybr="1"/>'
    content = {
        "coco": json.dumps(
            {
                "images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg"}],
                "annotations": [{"image_id": 1, "bbox": [0, 0, 1, 1]}] * many,
                "categories": [],
            }
        ),
        "csv": "filename,class\n" + "a.jpg,smoke\n" * many + "b.jpg,smoke\n",
        "cvat": f"<annotations><track label='smoke'>{box * many}</track><image name='b.jpg'/></annotations>",
    }[format]
    found, reading = read_all({NAMES[format]: content, "b.jpg": b""}, format)
    assert list(found) == ["b.jpg"]
    assert [(remark.sentence, remark.fatal) for remark in reading.remarks] == [(shelf.TOO_MUCH, True)]


def test_a_key_may_hold_what_no_text_may_hold():
    with closing(shelf.Shelf()) as kept:
        for key in ("\ud800", "\0", "\ud800"):
            kept.put(key, key)
        assert list(kept.each_key()) == ["\ud800", "\0"]
        assert kept.take("\ud800") == ["\ud800", "\ud800"]
