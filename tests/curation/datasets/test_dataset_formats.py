"""What each format writes: all that is known where it can, and a receipt that adds up where it cannot."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from curation.csv_columns import column_names
from curation.datasets.options import ExportOptions, Outlines
from curation.datasets.receipt import ReceiptBook
from curation.datasets.records import from_line, to_line
from curation.datasets.splits import Split
from curation.datasets.writers import writer_for
from curation.exports import Per
from db.models import ExportFormat, MediaType, State
from tests.dataset_items import (
    TRIANGLE,
    WORDS,
    a_box_shape,
    a_polygon_shape,
    an_answer,
    an_item,
    in_memory,
    written,
)

PLAIN, WITH_PICTURES = ExportOptions(), ExportOptions(pictures=True)
HALVES = ExportOptions(split=Split(0.5, 0.5, 0.0, 1))
PICTURE_FORMATS = (ExportFormat.COCO, ExportFormat.YOLO, ExportFormat.VOC)


@pytest.fixture
def receipt():
    with ReceiptBook() as book:
        yield book


def a_mixed_dataset():
    """One of everything that a filter may show."""
    everything = an_answer(
        a_polygon_shape(), label_classes=("low_cloud",), replies=(("missed_smoke", False),), comment="a plume"
    )
    return in_memory(
        an_item(1, a_box_shape(confidence=0.875, model="yolo-11"), a_box_shape("no", (0, 0, 1, 1))),
        an_item(2),
        an_item(3, answered=False),
        an_item(
            4, type=MediaType.VIDEO, content_type="video/mp4", duration=12.5, frame_rate=25.0, codec="h264"
        ),
        replace(an_item(5), answer=an_answer(readable=False)),
        replace(an_item(6), answer=everything),
        an_item(7, a_box_shape(), sha256=None, bucket_key=None, content_type=None, size=None, width=None),
        an_item(8, a_box_shape(), state=State.WITHDRAWN, removed="withdrawn"),
    )


def files(format, dataset, receipt, options=PLAIN):
    return dict(written(format, dataset, receipt, options))


# --- the receipt ----------------------------------------------------------------------------------


@pytest.mark.parametrize("pictures", [False, True])
@pytest.mark.parametrize("format", list(ExportFormat))
def test_each_item_is_told_to_the_receipt_once_whatever_the_format(receipt, format, pictures):
    files(format, a_mixed_dataset(), receipt, ExportOptions(pictures=pictures))
    said = receipt.to_payload()
    assert said["media"]["in_scope"] == 7
    assert said["media"]["exported"] + said["media"]["left_out"] == 7
    assert said["tombstones"]["exported"] == 1
    assert said["media"]["left_out"] == (4 if format in PICTURE_FORMATS else 0)


@pytest.mark.parametrize("format", PICTURE_FORMATS)
def test_what_formats_of_pictures_leave_out_is_said_with_its_reason(receipt, format):
    files(format, a_mixed_dataset(), receipt)
    why = {one["why"]: one["first"] for one in receipt.to_payload()["left_out"]}
    assert why == {"no_answer": [3], "video": [4], "unreadable": [5], "no_content": [7]}


@pytest.mark.parametrize(
    ("format", "lost"),
    [
        (ExportFormat.COCO, set()),
        (ExportFormat.JSONL, set()),
        (ExportFormat.PARQUET, set()),
        (ExportFormat.CSV, {"shapes", "comment"}),
        (ExportFormat.VOC, {"origin", "image_classes", "replies", "comment"}),
        (ExportFormat.YOLO, {"origin", "image_classes", "replies", "comment", "box_to_polygon"}),
    ],
)
def test_what_a_format_cannot_carry_of_what_it_keeps_is_said(receipt, format, lost):
    files(format, a_mixed_dataset(), receipt)
    assert {one["why"] for one in receipt.to_payload()["reduced"]} == lost


# --- JSON Lines and the manifest ------------------------------------------------------------------


def test_a_line_reads_back_to_the_item_it_was_written_of():
    for item in a_mixed_dataset().listed:
        assert from_line(to_line(item)) == item


numbers = st.floats(0, 1, exclude_min=True)


@given(
    texts=st.tuples(*[st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)] * 4),
    corners=st.tuples(numbers, numbers, numbers, numbers),
    replies=st.dictionaries(st.sampled_from(["a", "b", "c"]), st.booleans()),
)
def test_whatever_an_item_says_its_line_says_exactly(texts, corners, replies):
    shape = a_box_shape(corners=corners, model=texts[0], points=((corners[0], corners[1]),) * 3, id=3)
    answer = an_answer(shape, replies=tuple(replies.items()), comment=texts[1])
    item = replace(an_item(1), answer=answer, file_name=texts[2], source=texts[3], split="val")
    line = to_line(item)
    assert from_line(line) == item
    assert line.count(b"\n") == 1


def test_a_line_says_where_the_picture_stands_only_when_it_does(receipt):
    dataset = a_mixed_dataset()
    bare = files(ExportFormat.JSONL, dataset, receipt)
    assert list(bare) == ["manifest.jsonl"]
    assert not any("file" in json.loads(line) for line in bare["manifest.jsonl"].splitlines())
    found = files(ExportFormat.JSONL, dataset, receipt, WITH_PICTURES)
    assert list(found) == ["vigie.json", "manifest.jsonl"]
    lines = [json.loads(line) for line in found["manifest.jsonl"].splitlines()]
    stand = {line["media_id"]: line["file"] for line in lines if "file" in line}
    assert stand[1] == "images/1.jpg"
    assert stand[4] == "videos/4.mp4"
    assert set(stand) == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize("format", list(ExportFormat))
def test_every_archive_carries_all_that_is_known_of_what_is_in_it(receipt, format):
    dataset = a_mixed_dataset()
    found = files(format, dataset, receipt, WITH_PICTURES)
    assert list(found)[:2] == ["vigie.json", "manifest.jsonl"]
    writer = writer_for(format, WITH_PICTURES)
    kept = [item for item in dataset.listed if writer.left_out(item) is None]
    assert [from_line(line) for line in found["manifest.jsonl"].splitlines()] == kept
    words = json.loads(found["vigie.json"])
    assert [one["key"] for one in words["label_classes"]] == ["wildfire", "low_cloud", "no"]
    assert words["questions"] == [{"key": key, "text": text} for key, text in WORDS.questions]


@pytest.mark.parametrize("format", list(ExportFormat))
@pytest.mark.parametrize("options", [PLAIN, WITH_PICTURES])
def test_the_same_items_are_the_same_bytes(receipt, format, options):
    dataset = a_mixed_dataset()
    assert written(format, dataset, receipt, options) == written(format, dataset, receipt, options)


@pytest.mark.parametrize("format", list(ExportFormat))
def test_what_is_one_bare_file_says_so(receipt, format):
    for options in (PLAIN, WITH_PICTURES, HALVES, ExportOptions(crops=True)):
        split = options.split is not None
        dataset = in_memory(an_item(1, split="train" if split else None))
        single = writer_for(format, options).single
        assert single == (len(written(format, dataset, receipt, options)) == 1)
        archived = options.pictures or options.crops
        if format in (ExportFormat.YOLO, ExportFormat.VOC):
            assert not single
        else:
            assert single == (not archived and not (format is ExportFormat.COCO and split))


# --- COCO -----------------------------------------------------------------------------------------


def test_coco_measures_in_pixels_and_keeps_what_it_has_no_place_for(receipt):
    found = json.loads(files(ExportFormat.COCO, a_mixed_dataset(), receipt)["annotations.json"])
    assert [one["id"] for one in found["images"]] == [1, 2, 6]
    assert [(one["id"], one["name"]) for one in found["categories"]] == [
        (1, "wildfire"),
        (2, "low_cloud"),
        (3, "no"),
    ]
    first = found["annotations"][0]
    assert first["bbox"] == pytest.approx([192, 216, 384, 216])
    assert first["area"] == pytest.approx(384 * 216)
    assert first["segmentation"] == [pytest.approx([192, 216, 576, 216, 576, 432, 192, 432])]
    assert (first["drawn"], first["iscrowd"], first["category_id"]) == ("box", 0, 1)
    assert (first["score"], first["model"], first["origin"]) == (0.875, "yolo-11", "human")
    polygon = found["annotations"][-1]
    assert polygon["drawn"] == "polygon"
    flat = [number for x, y in TRIANGLE for number in (x * 1920, y * 1080)]
    assert polygon["segmentation"] == [pytest.approx(flat)]
    assert polygon["area"] == pytest.approx(480 * (TRIANGLE[2][1] - 0.125) * 1080 / 2)
    answer = found["images"][2]["vigie"]["answer"]
    assert answer["label_classes"] == ["low_cloud"]
    assert answer["replies"] == {"missed_smoke": False}
    assert found["images"][2]["vigie"]["state"] == "accepted"
    assert [one["removed"] for one in found["vigie"]["removed"]] == ["withdrawn"]
    assert [one["id"] for one in found["annotations"]] == [1, 2, 3]


def test_coco_has_a_file_for_each_part_of_the_split(receipt):
    dataset = in_memory(
        an_item(1, a_box_shape(), split="train"),
        an_item(2, a_box_shape(), split="val"),
        an_item(3, split="val"),
    )
    found = files(ExportFormat.COCO, dataset, receipt, HALVES)
    parts = {
        part: json.loads(found[f"annotations/instances_{part}.json"]) for part in ("train", "val", "test")
    }
    assert {part: [one["id"] for one in document["images"]] for part, document in parts.items()} == {
        "train": [1],
        "val": [2, 3],
        "test": [],
    }
    assert [one["image_id"] for one in parts["val"]["annotations"]] == [2]


def test_coco_of_nothing_is_still_a_document(receipt):
    found = json.loads(files(ExportFormat.COCO, in_memory(), receipt)["annotations.json"])
    assert (found["images"], found["annotations"], found["vigie"]) == ([], [], {"removed": []})


# --- YOLO -----------------------------------------------------------------------------------------


def test_yolo_writes_centre_and_size_and_an_empty_file_for_nothing_here(receipt):
    dataset = in_memory(
        an_item(1, a_box_shape(), a_box_shape("no", (0, 0, 1, 1)), split="train"), an_item(2, split="val")
    )
    found = files(ExportFormat.YOLO, dataset, receipt, ExportOptions(pictures=True, split=HALVES.split))
    assert found["labels/train/1.txt"] == b"0 0.2 0.3 0.2 0.2\n2 0.5 0.5 1 1\n"
    assert found["labels/val/2.txt"] == b""
    said = yaml.safe_load(found["dataset.yaml"])
    assert said == {
        "train": "images/train",
        "val": "images/val",
        "nc": 3,
        "names": {0: "wildfire", 1: "low_cloud", 2: "no"},
    }
    writer = writer_for(ExportFormat.YOLO, WITH_PICTURES)
    assert [writer.picture_name(item) for item in dataset.listed] == [
        "images/train/1.jpg",
        "images/val/2.jpg",
    ]


def test_yolo_without_a_split_has_its_pictures_in_one_folder(receipt):
    found = files(ExportFormat.YOLO, in_memory(an_item(1)), receipt)
    said = yaml.safe_load(found["dataset.yaml"])
    assert (said["train"], said["val"]) == ("images", "images")
    assert "labels/1.txt" in found


def test_yolo_names_train_and_val_though_nothing_is_in_them_and_the_receipt_warns(receipt):
    film = an_item(2, type=MediaType.VIDEO, content_type="video/mp4", split="val")
    drawn = an_item(3, a_polygon_shape(), type=MediaType.VIDEO, content_type="video/mp4", split="test")
    dataset = in_memory(an_item(1, a_box_shape(corners=(0, 0, 1, 1)), split="train"), film, drawn)
    found = files(ExportFormat.YOLO, dataset, receipt, ExportOptions(pictures=True, split=HALVES.split))
    said = yaml.safe_load(found["dataset.yaml"])
    assert (said["train"], said["val"], "test" in said) == ("images/train", "images/val", False)
    assert found["labels/train/1.txt"] == b"0 0.5 0.5 1 1\n"
    assert [warning["why"] for warning in receipt.to_payload()["warnings"]] == ["empty_val"]


def test_nothing_is_warned_of_where_train_and_val_hold_media_or_nobody_asked_for_parts(receipt):
    files(ExportFormat.JSONL, in_memory(an_item(1)), receipt)
    assert receipt.to_payload()["warnings"] == []
    files(ExportFormat.JSONL, in_memory(an_item(2, split="train"), an_item(3, split="val")), receipt)
    assert receipt.to_payload()["warnings"] == []


def test_yolo_writes_all_shapes_as_polygons_as_soon_as_one_is_one(receipt):
    dataset = in_memory(an_item(1, a_box_shape(corners=(0.25, 0.5, 0.75, 1))), an_item(2, a_polygon_shape()))
    found = files(ExportFormat.YOLO, dataset, receipt)
    assert found["labels/1.txt"] == b"0 0.25 0.5 0.75 0.5 0.75 1 0.25 1\n"
    assert found["labels/2.txt"] == b"1 0.25 0.125 0.5 0.125 0.375 0.45678912\n"
    assert [(one["why"], one["first"]) for one in receipt.to_payload()["reduced"]] == [
        ("box_to_polygon", [1]),
        ("origin", [1, 2]),
    ]


def test_yolo_of_boxes_alone_says_which_polygons_became_boxes(receipt):
    dataset = in_memory(an_item(1, a_box_shape()), an_item(2, a_polygon_shape()))
    found = files(ExportFormat.YOLO, dataset, receipt, ExportOptions(outlines=Outlines.BOXES))
    assert all(len(found[f"labels/{number}.txt"].split()) == 5 for number in (1, 2))
    assert [(one["why"], one["first"]) for one in receipt.to_payload()["reduced"]] == [
        ("origin", [1, 2]),
        ("polygon_to_box", [2]),
    ]


# --- Pascal VOC -----------------------------------------------------------------------------------


def test_voc_counts_pixels_from_one_and_keeps_decimals_and_polygons(receipt):
    dataset = in_memory(
        an_item(1, a_box_shape(corners=(0.1001, 0.2, 0.3, 0.4)), a_polygon_shape()), an_item(2)
    )
    found = files(ExportFormat.VOC, dataset, receipt)
    root = ElementTree.fromstring(found["Annotations/1.xml"])
    box, polygon = root.findall("object")
    corners = {one.tag: float(one.text) for one in box.find("bndbox")}
    assert corners == pytest.approx({"xmin": 193.192, "ymin": 217, "xmax": 576, "ymax": 432})
    assert [float(one.text) for one in polygon.find("polygon")] == pytest.approx(
        [number for x, y in TRIANGLE for number in (x * 1920 + 1, y * 1080 + 1)], abs=1e-4
    )
    assert root.findtext("filename") == "1.jpg"
    assert (root.findtext("size/width"), root.findtext("size/height")) == ("1920", "1080")
    assert ElementTree.fromstring(found["Annotations/2.xml"]).findall("object") == []
    assert found["ImageSets/Main/trainval.txt"] == b"1\n2\n"


def test_voc_lists_the_pictures_of_each_part_of_the_split(receipt):
    dataset = in_memory(an_item(1, split="train"), an_item(2, split="test"), an_item(3, split="train"))
    found = files(ExportFormat.VOC, dataset, receipt, HALVES)
    lists = {name: found[f"ImageSets/Main/{name}.txt"] for name in ("train", "val", "test")}
    assert lists == {"train": b"1\n3\n", "val": b"", "test": b"2\n"}
    assert "ImageSets/Main/trainval.txt" not in found


# --- CSV ------------------------------------------------------------------------------------------


def rows(content):
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_has_the_columns_of_the_quick_export_the_split_and_what_was_removed(receipt):
    found = files(ExportFormat.CSV, a_mixed_dataset(), receipt)["media.csv"]
    assert tuple(rows(found)[0]) == (*column_names(per_shape=False), "split", "removed")
    assert [(row["media_id"], row["removed"]) for row in rows(found)][-1] == ("8", "withdrawn")
    with_shapes = files(ExportFormat.CSV, a_mixed_dataset(), receipt, ExportOptions(per=Per.SHAPE))[
        "media.csv"
    ]
    assert tuple(rows(with_shapes)[0]) == (*column_names(per_shape=True), "split", "removed")
    assert [row["media_id"] for row in rows(with_shapes)][:3] == ["1", "1", "2"]


def test_csv_writes_only_the_columns_asked_for(receipt):
    options = ExportOptions(columns=("state", "media_id"))
    found = files(ExportFormat.CSV, in_memory(an_item(1, split="val")), receipt, options)["media.csv"]
    assert found == b"\xef\xbb\xbfstate,media_id,split,removed\naccepted,1,val,\n"


@pytest.mark.parametrize("pictures", [False, True])
@pytest.mark.parametrize(
    ("per", "columns", "exported", "lost"),
    [
        (Per.MEDIA, None, 0, {"shapes": [1], "assumed_time": [2]}),
        (Per.SHAPE, None, 3, {"assumed_time": [2]}),
        (
            Per.SHAPE,
            ("media_id", "label_class", "confidence"),
            0,
            {"shapes": [1], "columns": [1, 2, 3], "assumed_time": [2]},
        ),
        (
            Per.SHAPE,
            (*(name for name in column_names(per_shape=True) if name != "polygon"),),
            3,
            {"columns": [1], "assumed_time": [2]},
        ),
    ],
)
def test_csv_says_what_it_has_no_columns_for(receipt, pictures, per, columns, exported, lost):
    drawn = an_item(1, a_box_shape(), a_box_shape("no"), a_polygon_shape())
    dataset = in_memory(
        drawn,
        an_item(2, captured_at_assumed=True),
        an_item(3),
        an_item(4, a_box_shape(), captured_at_assumed=True, removed="reopened"),
    )
    files(ExportFormat.CSV, dataset, receipt, ExportOptions(per=per, columns=columns, pictures=pictures))
    said = receipt.to_payload()
    assert said["shapes"] == {"in_scope": 3, "exported": exported, "left_out": 3 - exported}
    assert {one["why"]: one["first"] for one in said["reduced"]} == lost


@pytest.mark.parametrize(("raw", "seen"), [(False, "'=HYPERLINK(1)"), (True, "=HYPERLINK(1)")])
def test_csv_makes_formulas_harmless_unless_raw_text_is_asked_for(receipt, raw, seen):
    dataset = in_memory(an_item(1, file_name="=HYPERLINK(1)"))
    found = files(ExportFormat.CSV, dataset, receipt, ExportOptions(raw=raw))["media.csv"]
    assert rows(found)[0]["file_name"] == seen


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
@pytest.mark.parametrize("format", list(ExportFormat))
def test_a_number_that_is_none_is_told_as_not_known(receipt, format, number):
    odd = an_item(1, a_box_shape(), score=number, duration=number)
    known = replace(odd, score=None, duration=None)
    assert files(format, in_memory(odd), receipt, WITH_PICTURES) == files(
        format, in_memory(known), receipt, WITH_PICTURES
    )


def test_a_chunk_of_a_large_file_is_no_larger_than_of_a_small_one(receipt):
    dataset = in_memory(*(an_item(number, a_box_shape()) for number in range(1, 3_001)))
    for format in (ExportFormat.CSV, ExportFormat.JSONL, ExportFormat.COCO):
        (member,) = writer_for(format, PLAIN).members(dataset, receipt)
        chunks = list(member.chunks)
        assert len(chunks) > 10
        assert max(map(len, chunks)) < 2 * 2**18
