"""Our exports in others' readers: every media and every shape arrives where it is, for those who train with them."""

from __future__ import annotations

import io
import json
import warnings
from contextlib import redirect_stdout
from dataclasses import replace

import duckdb
import pandas as pd
import pyarrow.parquet
import pytest
from pycocotools.coco import COCO

from curation.datasets.options import ExportOptions
from curation.datasets.receipt import ReceiptBook
from curation.datasets.splits import Split
from curation.datasets.writers import writer_for
from curation.exports import Per
from db.models import ExportFormat, MediaType
from tests.dataset_items import (
    PLAIN,
    TRIANGLE,
    a_box_shape,
    a_polygon_shape,
    an_answer,
    an_item,
    in_memory,
    written,
)
from tests.factories import a_jpeg

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=".*[Oo]pen[Cc][Vv].*")
    import supervision as sv

WIDTH, HEIGHT = 640, 360
# Boxes at edges, tiny ones and ones with many digits: a plume far away is a few pixels wide.
BOXES = (
    (0.1, 0.2, 0.3, 0.4),
    (0.0, 0.0, 1.0, 1.0),
    (0.123456789, 0.98, 0.1301, 0.9999),
    (1 / 3, 0.5, 2 / 3, 0.7),
)
SPLIT = ExportOptions(pictures=True, split=Split(0.5, 0.5, 0.0, 1))
pytestmark = pytest.mark.filterwarnings("ignore:.*[Oo]pen[Cc][Vv].*")


def of_size(media_id, *shapes, **values):
    return an_item(media_id, *shapes, width=WIDTH, height=HEIGHT, **values)


def boxes_and_nothing(split="train"):
    return [
        of_size(1, *(a_box_shape("wildfire", box) for box in BOXES), split=split),
        of_size(2, a_box_shape("no", BOXES[0]), a_box_shape("wildfire", BOXES[3]), split=split),
        of_size(3, split=split),
    ]


def unpacked(folder, format, items, options=SPLIT):
    """The export as files on a disk, with a picture for each item that the format carries."""
    dataset = in_memory(*items)
    with ReceiptBook() as receipt:
        for name, content in written(format, dataset, receipt, options):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    writer = writer_for(format, options)
    for item in items:
        name = writer.picture_name(item)
        if name is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(a_jpeg(WIDTH, HEIGHT))
    return folder


def seen_by(dataset):
    """What a reader found: for each media its boxes as fractions, with the names of their label classes."""
    found = {}
    for path, _, detections in dataset:
        media_id = int(path.rpartition("/")[2].partition(".")[0])
        scale = (WIDTH, HEIGHT, WIDTH, HEIGHT)
        found[media_id] = [
            (dataset.classes[number], [float(value) / of for value, of in zip(box, scale, strict=True)])
            for box, number in zip(detections.xyxy, detections.class_id, strict=True)
        ]
    return found


def assert_same_boxes(found, items, tolerance):
    assert set(found) == {item.media_id for item in items}
    for item in items:
        shapes = item.answer.shapes
        assert [name for name, _ in found[item.media_id]] == [shape.label_class for shape in shapes]
        for (_, box), shape in zip(found[item.media_id], shapes, strict=True):
            assert box == pytest.approx((shape.x_min, shape.y_min, shape.x_max, shape.y_max), abs=tolerance)


# supervision keeps boxes as single floats of pixels: seven digits.
SINGLE = 1e-6


def test_supervision_reads_our_coco(tmp_path):
    items = boxes_and_nothing()
    folder = unpacked(tmp_path, ExportFormat.COCO, items)
    found = sv.DetectionDataset.from_coco(
        str(folder / "images/train"), str(folder / "annotations/instances_train.json")
    )
    assert_same_boxes(seen_by(found), items, SINGLE)


def test_supervision_reads_our_yolo(tmp_path):
    items = boxes_and_nothing()
    folder = unpacked(tmp_path, ExportFormat.YOLO, items)
    found = sv.DetectionDataset.from_yolo(
        str(folder / "images/train"), str(folder / "labels/train"), str(folder / "dataset.yaml")
    )
    assert found.classes == ["wildfire", "low_cloud", "no"]
    assert_same_boxes(seen_by(found), items, SINGLE)


def test_supervision_reads_our_voc(tmp_path):
    items = boxes_and_nothing()
    folder = unpacked(tmp_path, ExportFormat.VOC, items)
    found = sv.DetectionDataset.from_pascal_voc(str(folder / "JPEGImages"), str(folder / "Annotations"))
    assert_same_boxes(seen_by(found), items, SINGLE)


@pytest.mark.parametrize("format", [ExportFormat.COCO, ExportFormat.YOLO, ExportFormat.VOC])
def test_supervision_sees_the_same_mask_in_each_format(tmp_path, format):
    folder = unpacked(tmp_path, format, [of_size(1, a_polygon_shape(), split="train")])
    if format is ExportFormat.COCO:
        found = sv.DetectionDataset.from_coco(
            str(folder / "images/train"), str(folder / "annotations/instances_train.json")
        )
    elif format is ExportFormat.YOLO:
        found = sv.DetectionDataset.from_yolo(
            str(folder / "images/train"), str(folder / "labels/train"), str(folder / "dataset.yaml")
        )
    else:
        found = sv.DetectionDataset.from_pascal_voc(str(folder / "JPEGImages"), str(folder / "Annotations"))
    ((_, _, detections),) = list(found)
    assert detections.class_id is not None
    inside = 0.25 * WIDTH * (TRIANGLE[2][1] - 0.125) * HEIGHT / 2
    assert detections.mask.sum() == pytest.approx(inside, rel=0.05)
    assert found.classes[detections.class_id[0]] == "low_cloud"


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")
def test_pycocotools_reads_every_media_and_shape(tmp_path):
    items = [*boxes_and_nothing(), of_size(4, a_polygon_shape(), a_box_shape("no"), split="train")]
    folder = unpacked(tmp_path, ExportFormat.COCO, items)
    with redirect_stdout(io.StringIO()):
        coco = COCO(str(folder / "annotations/instances_train.json"))
    assert coco.getImgIds() == [1, 2, 3, 4]
    names = {one["id"]: one["name"] for one in coco.loadCats(coco.getCatIds())}
    for item in items:
        (image,) = coco.loadImgs(item.media_id)
        assert (image["width"], image["height"]) == (WIDTH, HEIGHT)
        annotations = coco.loadAnns(coco.getAnnIds(item.media_id))
        assert [names[one["category_id"]] for one in annotations] == [
            shape.label_class for shape in item.answer.shapes
        ]
        for one, shape in zip(annotations, item.answer.shapes, strict=True):
            left, top, width, height = one["bbox"]
            corners = (left / WIDTH, top / HEIGHT, (left + width) / WIDTH, (top + height) / HEIGHT)
            assert corners == pytest.approx((shape.x_min, shape.y_min, shape.x_max, shape.y_max), abs=1e-9)
            mask = coco.annToMask(one)
            # A mask has whole pixels, and the tiniest box is four wide.
            assert mask.sum() == pytest.approx(one["area"], rel=0.05, abs=8)
    assert coco.getAnnIds(catIds=coco.getCatIds(catNms=["low_cloud"])) == [annotations[0]["id"]]


def everything():
    """What tables have to hold: shapes, nothing here, no answer, a video, a tombstone."""
    answer = an_answer(
        a_polygon_shape(),
        label_classes=("low_cloud",),
        replies=(("missed_smoke", True),),
        comment='a "quote", a\nline',
    )
    return [
        *boxes_and_nothing(),
        replace(of_size(4), answer=answer, captured_at=None),
        an_item(5, answered=False),
        an_item(
            6, type=MediaType.VIDEO, content_type="video/mp4", duration=12.5, frame_rate=24.75, codec="h264"
        ),
        an_item(7, removed="reopened"),
    ]


def table(tmp_path, format, options=PLAIN):
    name = f"media.{format.value}"
    with ReceiptBook() as receipt:
        path = tmp_path / name
        path.write_bytes(dict(written(format, in_memory(*everything()), receipt, options))[name])
    return path


def asked(question):
    with duckdb.connect() as database:
        return database.execute(question).fetchall()


def test_pandas_reads_our_parquet_with_its_types(tmp_path):
    found = pd.read_parquet(table(tmp_path, ExportFormat.PARQUET)).set_index("media_id")
    assert list(found.index) == [1, 2, 3, 4, 5, 6, 7]
    assert str(found["captured_at"].dtype) == "datetime64[us, UTC]"
    assert found.loc[1, "captured_at"] == pd.Timestamp("2026-08-12T17:42:08.250Z")
    assert pd.isna(found.loc[4, "captured_at"])
    assert found.loc[7, "removed"] == "reopened"
    assert len(found.loc[3, "shapes"]) == 0
    assert found.loc[5, "shapes"] is None
    (shape,) = found["shapes"].loc[4]
    assert [(point["x"], point["y"]) for point in shape["points"]] == list(TRIANGLE)
    assert list(found["replies"].loc[4]) == [{"question": "missed_smoke", "yes": True}]


def test_duckdb_reads_our_parquet_shape_by_shape(tmp_path):
    path = table(tmp_path, ExportFormat.PARQUET)
    rows = asked(
        f"SELECT media_id, shape.label_class, shape.x_min, shape.y_min, shape.x_max, shape.y_max"
        f" FROM (SELECT media_id, unnest(shapes) AS shape FROM '{path}') ORDER BY media_id"
    )
    assert rows == [
        (item.media_id, shape.label_class, shape.x_min, shape.y_min, shape.x_max, shape.y_max)
        for item in everything()
        if item.answer is not None
        for shape in item.answer.shapes
    ]
    assert asked(f"SELECT media_id FROM '{path}' WHERE shapes IS NULL") == [(5,)]


def test_a_large_parquet_has_groups_of_rows_and_its_vocabulary(tmp_path):
    items = [an_item(number, a_box_shape()) for number in range(1, 6_001)]
    path = tmp_path / "media.parquet"
    with ReceiptBook() as receipt:
        (member,) = writer_for(ExportFormat.PARQUET, ExportOptions()).members(in_memory(*items), receipt)
        chunks = list(member.chunks)
        path.write_bytes(b"".join(chunks))
    found = pyarrow.parquet.ParquetFile(path)
    assert found.metadata.num_row_groups == 2
    assert chunks[0] == b"PAR1"
    words = json.loads(found.schema_arrow.metadata[b"vigie"])
    assert [one["key"] for one in words["label_classes"]] == ["wildfire", "low_cloud", "no"]
    assert found.read(["media_id"]).column(0).to_pylist() == list(range(1, 6_001))


def test_pandas_and_duckdb_read_the_same_in_our_csv(tmp_path):
    path = table(tmp_path, ExportFormat.CSV, ExportOptions(per=Per.SHAPE))
    found = pd.read_csv(path)
    corners = ["x_min", "y_min", "x_max", "y_max"]
    shapes = [shape for item in everything() if item.answer for shape in item.answer.shapes]
    wanted = [tuple(getattr(shape, name) for name in ("label_class", *corners)) for shape in shapes]
    assert found["media_id"].tolist() == [1] * 4 + [2, 2, 3, 4, 5, 6, 7]
    drawn = found[found["label_class"].notna()]
    assert list(drawn[["label_class", *corners]].itertuples(index=False, name=None)) == wanted
    assert found.loc[found["media_id"] == 6, "frame_rate"].tolist() == [24.75]
    assert found.loc[found["media_id"] == 4, "label_classes"].tolist() == ["low_cloud"]
    assert json.loads(found["polygon"].dropna().iloc[0]) == [list(point) for point in TRIANGLE]

    in_duckdb = f"FROM read_csv('{path}', header = true)"
    assert [name for name, *_ in asked(f"DESCRIBE {in_duckdb}")] == list(found.columns)
    said = f"SELECT label_class, {', '.join(corners)} {in_duckdb} WHERE label_class IS NOT NULL"
    assert asked(said) == wanted
    assert asked(f"SELECT media_id, removed {in_duckdb} WHERE removed IS NOT NULL") == [(7, "reopened")]


def test_each_line_of_json_is_read_alone_and_holds_every_shape():
    with ReceiptBook() as receipt:
        ((_, content),) = written(ExportFormat.JSONL, in_memory(*everything()), receipt)
    lines = [json.loads(line) for line in io.BytesIO(content)]
    assert [line["media_id"] for line in lines] == [1, 2, 3, 4, 5, 6, 7]
    found = [shape["box"] for line in lines for shape in line.get("answer", {}).get("shapes", [])]
    assert found == [
        [shape.x_min, shape.y_min, shape.x_max, shape.y_max]
        for item in everything()
        if item.answer
        for shape in item.answer.shapes
    ]
