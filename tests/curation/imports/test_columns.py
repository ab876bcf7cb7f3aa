"""Which column of a table names its picture, and which ones say where a shape is."""

from __future__ import annotations

import pytest

from tests.curation.importing import preview_of
from tests.factories import a_jpeg
from tests.heaps import boxes, read_all


@pytest.mark.parametrize(
    ("head", "line", "named"),
    [
        ("image_id,filename,label", "1,a.jpg,smoke", "a.jpg"),
        ("image_id,file_path,label", "1,x/a.jpg,smoke", "x/a.jpg"),
        ("image_id,image,label", "1,a.jpg,smoke", "a.jpg"),
        ("label,image,file name", "smoke,0,a.jpg", "a.jpg"),
        ("img,path,class", "a.jpg,train/a.jpg,smoke", "train/a.jpg"),
        ("path,image,label", "train/a.jpg,a.jpg,smoke", "train/a.jpg"),
        ("filename,path,label", "a.jpg,/home/me,smoke", "a.jpg"),
        ("ImageID,LabelName", "000a1249af2bc5f0,smoke", "000a1249af2bc5f0"),
    ],
)
def test_the_likeliest_column_names_the_picture(head, line, named):
    found, _ = read_all({"t.csv": f"{head}\n{line}\n"})
    assert list(found) == [named]
    assert found[named].answer.label_classes == ("smoke",)


def test_numbers_before_the_names_leave_no_picture_unmatched(admin):
    text = "image_id,filename,label,xmin,ymin,xmax,ymax\n1,b.jpg,wildfire,.1,.1,.5,.5\n2,a.jpg,wildfire,.1,.1,.5,.5\n"
    view = admin.read({"t.csv": text, "a.jpg": a_jpeg(200, 100), "b.jpg": a_jpeg(202, 100)})
    assert (preview_of(view)["media"]["unmatched"], preview_of(view)["media"]["new"]) == (0, 2)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("coordinates", "44.1,4.2"),
        ("coords", "44.1 4.2 812"),
        ("geometry", "round"),
        ("points", "3"),
        ("segments", "0"),
        ("mask", "masks/a_1_2_3_4.png"),
        ("mask", ""),
    ],
)
def test_columns_that_only_sound_like_places_leave_tables_of_whole_pictures_alone(column, cell):
    found, reading = read_all({"t.csv": f'file_name,label,{column}\na.jpg,smoke,"{cell}"\nb.jpg,no,\n'})
    assert {name: media.answer.label_classes for name, media in found.items()} == {
        "a.jpg": ("smoke",),
        "b.jpg": ("no",),
    }
    assert [media.remarks for media in found.values()] == [(), ()]
    assert list(reading.remarks) == []


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("coordinates", "10,10,60,50"),
        ("coords", "10.5 10 60 50"),
        ("geometry", "POLYGON ((0 0, 1 0, 1 1, 0 0))"),
        ("geometry", "{'type': 'Polygon'}"),
        ("points", "[[1, 2], [3, 4]]"),
        ("mask", "1 3 10 5"),
        ("segments", "1;2;3;4"),
    ],
)
def test_they_are_places_as_soon_as_one_cell_is_one(column, cell):
    text = f'file_name,label,{column}\na.jpg,smoke,\nb.jpg,no,"{cell}"\nc.jpg,no,3\n'
    found, reading = read_all({"t.csv": text})
    assert found == {}
    (remark,) = reading.remarks
    assert remark.fatal
    assert f"not understood here ({column})" in remark.sentence


@pytest.mark.parametrize(
    "head", ["file_name,points", "file_name,label,points,polygon", "file_name,label,mask,rle"]
)
def test_what_can_be_nothing_else_is_a_place_whatever_its_cells_hold(head):
    found, reading = read_all({"t.csv": f"{head}\na.jpg{',3' * head.count(',')}\n"}, "csv")
    assert found == {}
    assert [remark.fatal for remark in reading.remarks] == [True]


def test_beside_boxes_such_a_column_changes_nothing():
    text = 'file_name,label,xmin,ymin,xmax,ymax,coordinates\na.jpg,smoke,.1,.2,.3,.4,"1,2,3,4"\n'
    found, _ = read_all({"t.csv": text})
    assert boxes(found["a.jpg"]) == [("smoke", (0.1, 0.2, 0.3, 0.4))]
