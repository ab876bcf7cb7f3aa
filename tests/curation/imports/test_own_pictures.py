"""Pictures of our own exports are found by number and content: their file names may be the numbers of others."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import pytest

from curation.datasets.options import ExportOptions
from curation.exports import Per
from curation.imports.readers.own_pictures import OTHER_CONTENT
from curation.media_view import annotation_views
from db.models import Blob, ExportFormat
from db.session import open_session
from tests.curation.importing import lines, media, preview_of
from tests.curation.imports.test_own_exports import files_of
from tests.dataset_items import a_box_shape, an_item
from tests.factories import a_jpeg
from tests.heaps import read_all

SEVEN, EIGHT = a_jpeg(200, 100), a_jpeg(202, 100)
FORMATS = (ExportFormat.CSV, ExportFormat.JSONL, ExportFormat.COCO)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def exchanged():
    """Two media, each uploaded by the name that the other has in an archive."""
    return [
        an_item(7, a_box_shape("wildfire"), file_name="8.jpg", sha256=sha256(SEVEN)),
        an_item(8, a_box_shape("no"), file_name="7.jpg", sha256=sha256(EIGHT)),
    ]


def table(*rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(column for row in rows for column in row)))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def row(number, name, content, left):
    return {
        "media_id": number,
        "sha256": sha256(content),
        "file_name": name,
        "state": "annotated",
        "shape_count": 1,
        "label_class": "wildfire",
        "x_min": left,
        "y_min": 0,
        "x_max": left + 0.1,
        "y_max": 0.5,
    }


@pytest.mark.parametrize("split", [None, "train"])
@pytest.mark.parametrize("format", FORMATS)
def test_archives_name_pictures_by_number_whatever_they_were_uploaded_by(format, split):
    listed = [
        an_item(item.media_id, answer=item.answer, file_name=item.file_name, sha256=item.sha256, split=split)
        for item in exchanged()
    ]
    folder = f"images/{split}" if split else "images"
    files = files_of(format, ExportOptions(pictures=True, per=Per.SHAPE), listed)
    files |= {f"{folder}/7.jpg": SEVEN, f"{folder}/8.jpg": EIGHT}
    found, _ = read_all(files, format.value)
    assert {name: media.media_id for name, media in found.items()} == {
        f"{folder}/7.jpg": 7,
        f"{folder}/8.jpg": 8,
    }


@pytest.mark.parametrize("columns", [("media_id", "state", "file_name"), ("media_id", "sha256", "file_name")])
def test_a_table_beside_its_pictures_needs_not_say_their_hashes(columns):
    rows = [row(7, "8.jpg", SEVEN, 0.1), row(8, "7.jpg", EIGHT, 0.5)]
    text = table(*({column: one[column] for column in columns} for one in rows))
    found, _ = read_all({"media.csv": text, "images/7.jpg": SEVEN, "images/8.jpg": EIGHT}, "csv")
    assert {name: media.media_id for name, media in found.items()} == {"images/7.jpg": 7, "images/8.jpg": 8}


@pytest.mark.parametrize("format", FORMATS)
def test_pictures_of_other_places_are_told_by_their_content(format):
    files = files_of(format, ExportOptions(per=Per.SHAPE), exchanged())
    # As they were uploaded: 8.jpg is media 7.
    found, _ = read_all(files | {"images/8.jpg": SEVEN, "images/7.jpg": EIGHT}, format.value)
    assert {name: media.media_id for name, media in found.items()} == {"images/8.jpg": 7, "images/7.jpg": 8}


@pytest.mark.parametrize("format", FORMATS)
def test_a_picture_of_other_content_is_never_taken(format):
    files = files_of(format, ExportOptions(pictures=True, per=Per.SHAPE), exchanged())
    other = a_jpeg(204, 100)
    found, _ = read_all(files | {"images/7.jpg": other, "images/8.jpg": EIGHT}, format.value)
    by_number = {media.media_id: media for media in found.values()}
    assert by_number[7].unclear == OTHER_CONTENT
    assert by_number[7].sha256 == sha256(SEVEN)
    assert by_number[8].unclear is None
    assert by_number[8].name == "images/8.jpg"


def answers_by_width():
    with open_session(read_only=True) as session:
        return {
            session.get_one(Blob, one.blob_id).width: [
                shape.box[0] for shape in annotation_views(session, [one.current_annotation_id])[0].shapes
            ]
            for one in media()
            if one.current_annotation_id is not None
        }


def test_names_that_are_numbers_of_others_exchange_no_answers(admin):
    text = table(row(1, "2.jpg", SEVEN, 0.1), row(2, "1.jpg", EIGHT, 0.5))
    admin.bring({"media.csv": text, "images/1.jpg": SEVEN, "images/2.jpg": EIGHT})
    assert answers_by_width() == {200: [0.1], 202: [0.5]}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_entry_whose_picture_is_another_one_is_left_out_and_says_why(admin, form):
    if form == "csv":
        told = {"media.csv": table(row(1, "a.jpg", SEVEN, 0.1))}
    else:
        told = {
            "m.jsonl": lines({"media_id": 1, "sha256": sha256(SEVEN), "file": "images/1.jpg", "state": "new"})
        }
    view = admin.read({**told, "images/1.jpg": EIGHT})
    assert preview_of(view)["media"]["unmatched"] == 1
    assert OTHER_CONTENT in json.dumps(preview_of(view)["remarks"])
    admin.commit(view.id)
    assert answers_by_width() == {}
