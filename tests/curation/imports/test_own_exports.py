"""What our exports write, our readers read: the same media, label classes, states and shapes to a millionth."""

from __future__ import annotations

import hashlib

import pytest

from curation.datasets.options import ExportOptions
from curation.datasets.receipt import ReceiptBook
from curation.datasets.writers import writer_for
from curation.exports import Per
from curation.imports.readers import guess
from db.models import ExportFormat, State
from tests.dataset_items import (
    TRIANGLE,
    a_box_shape,
    a_polygon_shape,
    an_answer,
    an_item,
    in_memory,
    written,
)
from tests.factories import a_jpeg
from tests.heaps import Heap, read_all

BOXES = (
    (0.1, 0.2, 0.3, 0.4),
    (0.0, 0.0, 1.0, 1.0),
    (0.123456789, 0.98, 0.1301, 0.9999),
    (1 / 3, 0.5, 2 / 3, 0.7),
)
WITH_PICTURES = ExportOptions(pictures=True)
PICTURE = a_jpeg(64, 36)
SHA256 = hashlib.sha256(PICTURE).hexdigest()


def items():
    answer = an_answer(
        *(a_box_shape("wildfire", box) for box in BOXES),
        a_polygon_shape(),
        label_classes=("low_cloud", "no"),
        replies=(("missed_smoke", False),),
        comment="faint, behind the ridge",
    )
    return [
        an_item(7, answer=answer, sha256=SHA256),
        an_item(8, sha256=SHA256),
        an_item(9, a_box_shape("no", BOXES[0]), state=State.REJECTED, decision="rejected", sha256=SHA256),
        an_item(10, answered=False, sha256=SHA256),
    ]


def files_of(format, options, listed):
    dataset = in_memory(*listed)
    with ReceiptBook() as receipt:
        files = dict(written(format, dataset, receipt, options))
    writer = writer_for(format, options)
    for item in listed if options.pictures else ():
        if (name := writer.picture_name(item)) is not None:
            files[name] = PICTURE
    return files


def without_manifest(files):
    return {name: content for name, content in files.items() if name not in ("manifest.jsonl", "vigie.json")}


def assert_same_shapes(found, item):
    assert [shape.label_class for shape in found.answer.shapes] == [
        shape.label_class for shape in item.answer.shapes
    ]
    for shape, was in zip(found.answer.shapes, item.answer.shapes, strict=True):
        assert shape.box == pytest.approx((was.x_min, was.y_min, was.x_max, was.y_max), abs=1e-6)
        if was.points:
            assert [number for point in shape.points for number in point] == pytest.approx(
                [number for point in was.points for number in point], abs=1e-6
            )


def assert_same(found, item):
    """Everything that we write beside the shapes is there too."""
    assert (found.media_id, found.sha256, found.state) == (item.media_id, item.sha256, item.state.value)
    assert found.details["source"] == item.source
    assert found.details["azimuth"] == item.azimuth
    assert list(found.details["tags"]) == list(item.tags)
    assert found.details["captured_at"].replace("Z", "+00:00")[:19] == "2026-08-12T17:42:08"
    if item.answer is None:
        assert found.answer is None
        return
    assert_same_shapes(found, item)
    assert found.answer.label_classes == item.answer.label_classes
    assert dict(found.answer.replies) == dict(item.answer.replies)
    assert found.details["decision"] == item.decision


@pytest.mark.parametrize("format", list(ExportFormat))
def test_every_archive_with_pictures_reads_back_exactly(format):
    listed = items()
    files = files_of(format, WITH_PICTURES, listed)
    if format in (ExportFormat.COCO, ExportFormat.YOLO, ExportFormat.VOC):
        listed = listed[:3]  # they have no way of saying that nobody has looked
    found, reading = read_all(files)
    assert [media.media_id for media in found.values()] == [item.media_id for item in listed]
    for media, item in zip(found.values(), listed, strict=True):
        assert_same(media, item)
        assert media.remarks == ()
        assert media.unclear is None
        assert media.name in files
    assert found[next(iter(found))].answer.comment == "faint, behind the ridge"
    assert [known.name for known in reading.classes] == ["Wildfire", "Low cloud", "No"]
    assert list(reading.remarks) == []


def test_the_pictures_of_an_archive_are_those_its_manifest_names():
    files = files_of(ExportFormat.JSONL, WITH_PICTURES, items())
    found, _ = read_all(files)
    assert set(found) <= set(files)


def test_coco_alone_says_all_but_what_was_never_looked_at():
    upright = a_polygon_shape("no", ((0.1, 0.2), (0.3, 0.2), (0.3, 0.4), (0.1, 0.4)))
    listed = [*items(), an_item(11, upright, a_box_shape("no"))]
    found, reading = read_all(files_of(ExportFormat.COCO, ExportOptions(), listed))
    by_id = {media.media_id: media for media in found.values()}
    for item in (*listed[:3], listed[4]):
        assert_same(by_id[item.media_id], item)
        drawn = [bool(shape.points) for shape in by_id[item.media_id].answer.shapes]
        assert drawn == [bool(shape.points) for shape in item.answer.shapes]
    assert [(known.word, known.name, known.number) for known in reading.classes] == [
        ("wildfire", "Wildfire", 1),
        ("low_cloud", "Low cloud", 2),
        ("no", "No", 3),
    ]


def test_csv_a_line_per_shape_says_all():
    listed = items()
    found, _ = read_all(files_of(ExportFormat.CSV, ExportOptions(per=Per.SHAPE), listed))
    for media, item in zip(found.values(), listed, strict=True):
        assert_same(media, item)


def test_csv_a_line_per_media_gives_no_half_answers():
    found, _ = read_all(files_of(ExportFormat.CSV, ExportOptions(per=Per.MEDIA), items()))
    by_id = {media.media_id: media for media in found.values()}
    assert by_id[7].answer is None
    assert any(remark.fatal for remark in by_id[7].remarks)
    assert by_id[8].answer.shapes == ()


def test_names_that_look_like_formulas_come_back_as_they_were():
    item = an_item(3, file_name="=1+1.jpg", source="'Brison", tags=("-a", "b"))
    found, _ = read_all(files_of(ExportFormat.CSV, ExportOptions(per=Per.MEDIA), [item]))
    (media,) = found.values()
    assert media.details["file_name"] == "=1+1.jpg"
    assert media.details["source"] == "'Brison"
    assert media.details["tags"] == ["-a", "b"]


@pytest.mark.parametrize("format", [ExportFormat.YOLO, ExportFormat.VOC])
@pytest.mark.parametrize("with_polygon", [False, True])
def test_shapes_come_back_without_the_manifest(format, with_polygon):
    shapes = [a_box_shape("wildfire", box) for box in BOXES]
    if with_polygon:
        shapes.append(a_polygon_shape("low_cloud", TRIANGLE))
    listed = [an_item(1, *shapes), an_item(2)]
    found, _ = read_all(without_manifest(files_of(format, WITH_PICTURES, listed)), format.value)
    by_name = {name.rpartition("/")[2]: media for name, media in found.items()}
    assert_same_shapes(by_name["1.jpg"], listed[0])
    assert by_name["2.jpg"].answer.shapes == ()


def test_tombstones_are_passed_over_and_counted():
    listed = [an_item(1), an_item(2, removed="withdrawn")]
    found, reading = read_all(files_of(ExportFormat.JSONL, ExportOptions(), listed))
    assert [media.media_id for media in found.values()] == [1]
    assert [remark.sentence for remark in reading.remarks] == [
        "1 media were taken out of the dataset: they were passed over."
    ]


@pytest.mark.parametrize("format", [ExportFormat.COCO, ExportFormat.YOLO, ExportFormat.VOC, ExportFormat.CSV])
def test_our_archives_are_guessed_by_their_manifest_first_and_then_by_their_format(format):
    guesses = guess(Heap(files_of(format, ExportOptions(pictures=True, per=Per.SHAPE), items())))
    assert [found.format for found in guesses] == ["jsonl", format.value]
