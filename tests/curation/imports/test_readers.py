"""Datasets of other tools, as they are laid out: what is read, and what is said of the rest."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from curation.errors import Refused
from curation.imports.readers import coco, drawn, guess, measuring, read, voc, yolo
from tests.factories import a_jpeg
from tests.heaps import Heap, boxes, read_all, said

PICTURE = a_jpeg(200, 100)


# --- COCO -----------------------------------------------------------------------------------------


def a_coco(*annotations, images=({"id": 1, "file_name": "a.jpg", "width": 200, "height": 100},)):
    document = {
        "annotations": [{"id": number, **entry} for number, entry in enumerate(annotations, 1)],
        "categories": [{"id": 3, "name": "smoke", "supercategory": "x"}],
        "images": list(images),
    }
    return json.dumps(document)


def test_coco_boxes_are_left_top_width_height_and_ids_may_be_text():
    contents = {
        "a.json": a_coco({"image_id": "1", "category_id": "3", "bbox": [20, 10, 40, 20]}),
        "a.jpg": b"",
    }
    found, reading = read_all(contents)
    assert boxes(found["a.jpg"]) == [("smoke", (0.1, 0.1, 0.3, 0.3))]
    assert [(known.word, known.number) for known in reading.classes] == [("smoke", 3)]


def test_coco_polygons_masks_and_whole_pictures():
    about = {"image_id": 1, "category_id": 3}
    found, _ = read_all(
        {
            "a.json": a_coco(
                {**about, "segmentation": [[20, 10, 60, 10, 40, 50]], "bbox": [20, 10, 40, 40]},
                {**about, "segmentation": {"counts": "abc", "size": [1, 1]}, "bbox": [0, 0, 20, 10]},
                {
                    **about,
                    "segmentation": [[0, 0, 9, 0, 9, 9], [20, 20, 30, 20, 30, 30]],
                    "bbox": [0, 0, 40, 40],
                },
                {**about, "segmentation": []},
            )
        }
    )
    answer = found["a.jpg"].answer
    assert answer.shapes[0].points == ((0.1, 0.1), (0.3, 0.1), (0.2, 0.5))
    assert [shape.points for shape in answer.shapes[1:]] == [None, None]
    assert answer.label_classes == ("smoke",)
    assert said(found["a.jpg"]) == {coco.MASK, coco.PIECES}


def test_what_coco_says_beside_a_box_is_counted_as_passed_over():
    about = {"image_id": 1, "category_id": 3, "bbox": [20, 10, 40, 20]}
    found, _ = read_all(
        {
            "a.json": a_coco(
                {**about, "iscrowd": 1, "attributes": {"density": "thick"}, "keypoints": [1, 1, 2]}
            )
        }
    )
    assert said(found["a.jpg"]) == {coco.CROWD, drawn.ATTRIBUTES, yolo.KEY_POINTS}
    said_nothing = {"iscrowd": 0, "attributes": {"occluded": False, "rotation": 0.0}, "keypoints": [0, 0, 0]}
    found, _ = read_all({"a.json": a_coco({**about, **said_nothing})})
    assert said(found["a.jpg"]) == set()


def test_a_coco_category_that_is_not_named_can_still_be_chosen_for():
    found, reading = read_all({"a.json": a_coco({"image_id": 1, "category_id": 9, "bbox": [0, 0, 9, 9]})})
    assert boxes(found["a.jpg"])[0][0] == "category 9"
    assert "category 9" in [known.word for known in reading.classes]
    assert said(found["a.jpg"]) == {coco.NO_CATEGORY}


def test_a_coco_image_that_nothing_names_is_empty_and_this_is_said():
    found, _ = read_all({"a.json": a_coco()})
    assert found["a.jpg"].answer.shapes == ()
    assert said(found["a.jpg"]) == {drawn.NOTHING_DRAWN}


def test_annotations_of_no_picture_are_counted():
    _, reading = read_all({"a.json": a_coco({"image_id": 7, "category_id": 3, "bbox": [0, 0, 9, 9]})})
    (remark,) = reading.remarks
    assert remark.sentence.startswith("1 annotations are about pictures that the file does not name")


def test_a_damaged_file_does_not_take_the_others_along():
    whole = a_coco({"image_id": 1, "category_id": 3, "bbox": [0, 0, 20, 10]})
    found, reading = read_all({"a/x.json": whole[:-9], "b/y.json": whole, "b/a.jpg": b""})
    assert list(found) == ["b/a.jpg"]
    assert [(remark.where, remark.fatal) for remark in reading.remarks] == [("a/x.json", True)]


def test_pixels_without_a_size_are_measured_by_the_picture_or_said():
    nameless = ({"id": 1, "file_name": "a.jpg"},)
    document = a_coco({"image_id": 1, "category_id": 3, "bbox": [20, 10, 40, 20]}, images=nameless)
    found, _ = read_all({"a.json": document, "images/a.jpg": PICTURE})
    assert boxes(found["images/a.jpg"]) == [("smoke", (0.1, 0.1, 0.3, 0.3))]
    found, _ = read_all({"a.json": document})
    assert found["a.jpg"].answer is None
    assert measuring.NO_SIZE in said(found["a.jpg"])


def test_splits_with_the_same_file_names_find_each_its_own_pictures():
    document = a_coco({"image_id": 1, "category_id": 3, "bbox": [0, 0, 20, 10]})
    found, _ = read_all(
        {
            "annotations/instances_train.json": document,
            "annotations/instances_val.json": document,
            "images/train/a.jpg": b"",
            "images/val/a.jpg": b"",
        }
    )
    assert set(found) == {"images/train/a.jpg", "images/val/a.jpg"}


# --- edges ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("box", "kept", "sentence"),
    [
        ([-1, 0, 41, 20], (0, 0, 0.2, 0.2), drawn.PULLED),
        ([-10, 0, 50, 20], (0, 0, 0.2, 0.2), drawn.CUT),
        ([-50, 0, 60, 20], None, drawn.OUTSIDE),
        ([300, 0, 60, 20], None, drawn.OUTSIDE),
        ([10, 0, 0, 20], None, drawn.NO_AREA),
    ],
)
def test_what_reaches_over_the_edge_is_never_changed_in_silence(box, kept, sentence):
    found, _ = read_all({"a.json": a_coco({"image_id": 1, "category_id": 3, "bbox": box})})
    media = found["a.jpg"]
    assert sentence in said(media)
    if kept is None:
        assert media.answer is None, "“nothing here” would be a lie"
        assert drawn.NONE_LEFT in said(media)
    else:
        assert boxes(media) == [("smoke", kept)]


def test_a_polygon_over_the_edge_is_cut_along_it():
    outline = [[-40, 20, 160, 20, 160, 80, -40, 80]]
    found, _ = read_all({"a.json": a_coco({"image_id": 1, "category_id": 3, "segmentation": outline})})
    (shape,) = found["a.jpg"].answer.shapes
    assert shape.box == pytest.approx((0, 0.2, 0.8, 0.8))
    assert sorted(shape.points) == [(0.0, 0.2), (0.0, 0.8), (0.8, 0.2), (0.8, 0.8)]
    assert said(found["a.jpg"]) == {drawn.CUT}


# --- YOLO -----------------------------------------------------------------------------------------

DATA_YAML = "train: ../train/images\nval: ../valid/images\nnc: 2\nnames: ['smoke', 'no']\n"


@pytest.mark.parametrize(
    ("list_name", "listed", "label", "picture"),
    [
        ("data.yaml", DATA_YAML, "train/labels/a.txt", "train/images/a.jpg"),  # Roboflow
        (
            "d.yaml",
            "names:\n  0: smoke\n  1: no_\n",
            "labels/train/a.txt",
            "images/train/a.jpg",
        ),  # Ultralytics
        ("classes.txt", "smoke\nlow cloud\n\n", "a.txt", "a.jpg"),  # labelImg
        ("obj.names", "smoke\r\nno\r\n", "obj_train_data/a.txt", "obj_train_data/a.jpg"),  # Darknet
    ],
)
def test_yolo_layouts(list_name, listed, label, picture):
    found, reading = read_all({list_name: listed, label: "0 0.5 0.5 0.2 0.4\n", picture: b""})
    assert boxes(found[picture]) == [("smoke", (0.4, 0.3, 0.6, 0.7))]
    assert (reading.classes[0].word, reading.classes[0].number) == ("smoke", 0)


def test_yolo_lines_of_every_kind():
    label = (
        "0 .5 .5 .2 .4 .9\n1 0.1 0.1 0.3 0.1 0.2 0.5\n1 .1 .1 .3 .1 .3 .2 .1 .2\n7 .5 .5 .1 .1\nsmoke 1 2\n"
    )
    found, reading = read_all({"data.yaml": DATA_YAML, "labels/a.txt": label}, "yolo")
    media = found["images/a"]
    with_score, triangle, rectangle, unnamed = media.answer.shapes
    assert with_score.confidence == 0.9
    assert triangle.points == ((0.1, 0.1), (0.3, 0.1), (0.2, 0.5))
    assert (rectangle.points, rectangle.box) == (None, (0.1, 0.1, 0.3, 0.2))
    assert unnamed.label_class == "class 7"
    assert ("class 7", 7) in [(known.word, known.number) for known in reading.classes]
    assert {(remark.sentence, remark.where) for remark in media.remarks} == {
        (yolo.NOT_NAMED, "labels/a.txt:4"),
        (yolo.BROKEN_LINE, "labels/a.txt:5"),
    }


def test_an_empty_label_file_says_that_nothing_is_here():
    found, _ = read_all(
        {"data.yaml": DATA_YAML, "labels/a.txt": "", "labels/b.txt": "0 .5 .5 .1 .1", "images/a.jpg": b""}
    )
    assert found["images/a.jpg"].answer.shapes == ()
    assert found["images/a.jpg"].remarks == ()


def test_each_folder_of_labels_has_its_nearest_list():
    found, _ = read_all(
        {
            "one/classes.txt": "smoke\n",
            "one/labels/a.txt": "0 .5 .5 .1 .1",
            "two/classes.txt": "person\n",
            "two/labels/b.txt": "0 .5 .5 .1 .1",
        }
    )
    assert [boxes(media)[0][0] for media in found.values()] == ["smoke", "person"]


@pytest.mark.parametrize(
    "hostile",
    [
        "names: !!python/object/apply:os.system ['touch /tmp/harmed']\n",
        "names: " + "[" * 5_000,
        "names: 7\n",
        "names: {a: b}\n",
        "names: smoke\n",
        "names: [smoke]\n#" + "x" * 200_000,
    ],
)
def test_a_hostile_list_of_classes_is_named_and_the_rest_is_read(hostile):
    found, reading = read_all({"data.yaml": hostile, "labels/a.txt": "0 .5 .5 .1 .1"}, "yolo")
    assert boxes(found["images/a"])[0][0] == "class 0"
    assert [(remark.where, remark.sentence) for remark in reading.remarks] == [
        ("data.yaml", yolo.BROKEN_LIST)
    ]


@pytest.mark.parametrize("names", ["[*x19]", "[*nobody]", "&a [*a]", "{0: *x19, *x19: smoke}"])
def test_a_list_of_classes_that_stands_for_more_than_memory_holds_is_never_unfolded(names):
    nested = ["x0: &x0 [a, a, a, a, a, a, a, a, a, a]"]
    nested += [f"x{at}: &x{at} [{', '.join([f'*x{at - 1}'] * 10)}]" for at in range(1, 20)]
    content = "\n".join([*nested, f"names: {names}\n"])
    found, reading = read_all({"data.yaml": content, "labels/a.txt": "0 .5 .5 .1 .1"}, "yolo")
    assert boxes(found["images/a"])[0][0] == "class 0"
    assert [(remark.where, remark.sentence) for remark in reading.remarks] == [("data.yaml", yolo.REPEATED)]


def test_classes_are_called_as_they_are_written():
    content = "names: [no, 2024, 1.50, {smoke: fire}, ~, 'low cloud']\n"
    lines = "".join(f"{number} .5 .5 .1 .1\n" for number in range(6))
    found, reading = read_all({"data.yaml": content, "labels/a.txt": lines}, "yolo")
    words = [shape.label_class for shape in found["images/a"].answer.shapes]
    assert words == ["no", "2024", "1.50", "class 3", "~", "low cloud"]
    assert yolo.NO_WORD in {remark.sentence for remark in reading.remarks}


# --- Pascal VOC -----------------------------------------------------------------------------------


def a_voc(*objects, name="a.jpg", size="<size><width>200</width><height>100</height></size>"):
    return f"<annotation><filename>{name}</filename>{size}{''.join(objects)}</annotation>"


def an_object(x_min, y_min, x_max, y_max, word="smoke", more=""):
    corners = f"<xmin>{x_min}</xmin><ymin>{y_min}</ymin><xmax>{x_max}</xmax><ymax>{y_max}</ymax>"
    return f"<object><name>{word}</name><bndbox>{corners}</bndbox>{more}</object>"


def test_voc_counts_from_one():
    found, reading = read_all({"Annotations/a.xml": a_voc(an_object(21, 11, 60, 30))})
    assert boxes(found["a.jpg"]) == [("smoke", (0.1, 0.1, 0.3, 0.3))]
    assert (said(found["a.jpg"]), list(reading.remarks)) == (set(), [])
    assert [known.word for known in reading.classes] == ["smoke"]


def test_one_corner_at_zero_says_that_all_files_of_a_voc_dataset_count_from_there():
    found, reading = read_all(
        {
            "Annotations/a.xml": a_voc(an_object(20, 10, 60, 30)),
            "Annotations/b.xml": a_voc(an_object(20, 10, 60, 30), an_object(0, 5, 20, 10), name="b.jpg"),
            "Annotations/c.xml": a_voc(an_object(0, 0, 60, 30), name="c.jpg"),
        }
    )
    assert boxes(found["a.jpg"]) == [("smoke", (0.1, 0.1, 0.3, 0.3))]
    assert boxes(found["b.jpg"])[0] == ("smoke", (0.1, 0.1, 0.3, 0.3))
    assert [(remark.where, remark.sentence) for remark in reading.remarks] == [
        ("Annotations/b.xml", voc.FROM_ZERO)
    ]


def test_a_voc_box_that_reaches_over_the_edge_does_not_say_where_counting_begins():
    found, reading = read_all({"a.xml": a_voc(an_object(-5, 11, 60, 30), an_object(21, 11, 60, 30))})
    assert boxes(found["a.jpg"])[1] == ("smoke", (0.1, 0.1, 0.3, 0.3))
    assert list(reading.remarks) == []


def test_what_voc_says_beside_a_box_is_counted_as_passed_over():
    marked = "<pose>Left</pose><truncated>1</truncated><difficult>1</difficult><occluded>0</occluded>"
    part = "<part><name>head</name></part>"
    described = "<attributes><attribute><name>density</name><value>thick</value></attribute></attributes>"
    found, _ = read_all({"a.xml": a_voc(an_object(21, 11, 60, 30, more=marked + part + described))})
    assert said(found["a.jpg"]) == {voc.DIFFICULT, voc.CUT_OFF, voc.PART, drawn.ATTRIBUTES}
    assert boxes(found["a.jpg"]) == [("smoke", (0.1, 0.1, 0.3, 0.3))]
    unmarked = "<truncated>0</truncated><difficult>0</difficult>"
    found, _ = read_all({"a.xml": a_voc(an_object(21, 11, 60, 30, more=unmarked))})
    assert said(found["a.jpg"]) == set()


def test_a_renamed_voc_file_is_about_the_picture_beside_it():
    found, _ = read_all({"x/new.xml": a_voc(an_object(1, 1, 9, 9), name="C:\\old\\a.png"), "x/new.jpg": b""})
    assert list(found) == ["x/new.jpg"]


def test_entities_and_half_files_are_named():
    bomb = '<!DOCTYPE a [<!ENTITY x "xxxx">]><annotation><filename>&x;</filename></annotation>'
    _, reading = read_all({"a.xml": bomb, "b.xml": "<annotation><object>"})
    assert {(remark.where, remark.sentence) for remark in reading.remarks} == {
        ("a.xml", voc.BROKEN),
        ("b.xml", voc.BROKEN),
    }


# --- guessing, names and sizes --------------------------------------------------------------------


def test_pictures_alone_are_no_dataset():
    assert guess(Heap({"a.jpg": PICTURE, "notes.txt": "hello", "x.json": "{}", "y.csv": "a,b\n1,2\n"})) == []
    with pytest.raises(Refused, match="None of the files is in this format"):
        read("coco", Heap({"a.jpg": PICTURE}))
    with pytest.raises(Refused, match="Nobody here reads the format"):
        read("tfrecord", Heap({}))


def test_what_a_mac_packs_along_is_no_annotation():
    contents = {"a.json": a_coco(), "__MACOSX/a.json": a_coco(), "._a.json": a_coco()}
    assert [found.files for found in guess(Heap(contents))] == [("a.json",)]


@pytest.mark.parametrize("name", ["../../etc/a.jpg", "/srv/pics/a.jpg", "D:\\pics\\A.JPG", "./pics//a.jpg"])
def test_names_from_other_machines_find_their_picture(name):
    images = ({"id": 1, "file_name": name, "width": 200, "height": 100},)
    found, _ = read_all({"a.json": a_coco(images=images), "pics/a.jpg": b""})
    assert list(found) == ["pics/a.jpg"]


def test_a_name_that_two_pictures_have_is_neither():
    found, _ = read_all({"a.json": a_coco(), "x/a.jpg": b"", "y/a.jpg": b""})
    assert list(found) == ["a.jpg"]


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("lying", [False, True])
def test_sizes_are_read_from_the_beginning_of_a_picture(format, lying):
    body = io.BytesIO()
    exif = Image.Exif()
    if lying:
        exif[0x0112] = 6
    Image.new("RGB", (200, 100)).save(body, format, exif=exif.tobytes() if format == "JPEG" else b"")
    upright = (100, 200) if lying and format == "JPEG" else (200, 100)
    assert measuring.size_of(Heap({"a": body.getvalue()}), "a") == upright
    assert measuring.size_of(Heap({"a": body.getvalue()[:20]}), "a") is None


def test_a_picture_that_two_files_name_gets_one_answer():
    one = a_coco({"image_id": 1, "category_id": 3, "bbox": [0, 0, 20, 10]})
    found, reading = read_all({"a.json": one, "b.json": a_coco(), "a.jpg": b""})
    assert boxes(found["a.jpg"]) == [("smoke", (0, 0, 0.1, 0.1))]
    assert [(remark.where, remark.fatal) for remark in reading.remarks] == [("a.jpg", True)]


def test_media_with_the_same_file_name_are_told_apart_by_their_content():
    lines = [
        json.dumps({"media_id": number, "file_name": "a.jpg", "sha256": f"{number:064x}"})
        for number in (1, 2)
    ]
    reading = read("jsonl", Heap({"media.jsonl": "\n".join(lines)}))
    assert [media.media_id for media in reading.media] == [1, 2]


def test_a_file_name_of_ours_keeps_its_blanks():
    found, _ = read_all({"media.csv": "media_id,state,file_name\n1, new ,\xa0a.jpg\u3000\n2,new, b.jpg \n"})
    assert [(media.state, media.details["file_name"]) for media in found.values()] == [
        ("new", "\xa0a.jpg\u3000"),
        ("new", "b.jpg"),
    ]
