"""Tables, Label Studio and CVAT, as these tools write them: what is read, and what is said of the rest."""

from __future__ import annotations

import csv
import io
import json

import pytest

from curation.imports.readers import drawn, label_studio, own_dates, table
from tests.factories import a_jpeg
from tests.heaps import boxes, read_all, said

PICTURE = a_jpeg(200, 100)


# --- tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,200,100,smoke,20,10,60,30\n",
        "\ufefffilename;width;height;class;xmin;ymin;xmax;ymax\r\na.jpg;200;100;smoke;20,0;10,0;60,0;30,0\r\n",
        "ImageID\tLabelName\tXMin\tXMax\tYMin\tYMax\na.jpg\tsmoke\t0.1\t0.3\t0.1\t0.3\n",
        "label_name,bbox_x,bbox_y,bbox_width,bbox_height,image_name,image_width,image_height\n"
        "smoke,20,10,40,20,a.jpg,200,100\n",
        "smoke,20,10,40,20,a.jpg,200,100\n",  # Make Sense, which names no columns
        "images/a.jpg,20,10,60,30,smoke\n",  # RetinaNet
        "image,label,x_center,y_center,width,height\na.jpg,smoke,0.2,0.2,0.2,0.2\n",
        "image,label,cx,cy,w,h,width,height\na.jpg,smoke,40,20,40,20,200,100\n",
        "image,image_width,image_height,label,x,y,width,height\na.jpg,200,100,smoke,20,10,40,20\n",
        "image,label,left,top,width,height\na.jpg,smoke,20,10,40,20\n",
        "image,label,x0,y0,x1,y1\na.jpg,smoke,20,10,60,30\n",
        "sep=;\r\nfilename;class;xmin;ymin;xmax;ymax\r\na.jpg;smoke;20;10;60;30\r\n",
    ],
)
def test_tables_of_other_tools(content):
    found, reading = read_all({"labels.csv": content, "images/a.jpg": PICTURE})
    assert boxes(found["images/a.jpg"]) == [("smoke", (0.1, 0.1, 0.3, 0.3))]
    assert list(reading.remarks) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('image_id,label,bbox\na.jpg,smoke,"[20, 10, 40, 20]"\n', table.LEFT_TOP_SIZE),
        (
            'image_id,width,height,bbox,label\na,200,100,"[20.0, 10.0, 40.0, 20.0]",smoke\n',
            table.LEFT_TOP_SIZE,
        ),
        ("image;label;bbox\na.jpg;smoke;0.1 0.1 0.2 0.2\n", table.LEFT_TOP_SIZE),
        ('image,label,bbox_xyxy\na.jpg,smoke,"(20,10,60,30)"\n', table.CORNERS),
    ],
)
def test_what_four_numbers_of_one_cell_were_taken_for_is_said(content, sentence):
    found, reading = read_all({"labels.csv": content, "images/a.jpg": PICTURE})
    assert boxes(found["images/a.jpg"]) == [("smoke", (0.1, 0.1, 0.3, 0.3))]
    assert [(remark.where, remark.sentence) for remark in reading.remarks] == [("labels.csv", sentence)]


def test_a_cell_that_is_not_four_numbers_is_no_box():
    rows = 'image,label,bbox\na.jpg,smoke,"[20, 10, 40]"\nb.jpg,smoke,"[[1,2,3,4],[5,6,7,8]]"\nc.jpg,,\n'
    found, _ = read_all({"labels.csv": rows, "a.jpg": PICTURE})
    assert [media.answer is None for media in found.values()] == [True, True, False]
    assert table.BROKEN_CORNERS in said(found["b.jpg"])


@pytest.mark.parametrize(
    "header",
    [
        "image,label,polygon",
        "image,label,x,y",
        "image,label,xmin,ymin",
        "image,label,x1,y1,x2,y2,x3,y3,x4,y4",
        "filename,region_shape_attributes,region_attributes",
        "image,label,bbox_px",
    ],
)
def test_places_that_are_not_understood_stop_the_reading(header):
    row = ",".join(["a.jpg", "smoke", *"12345678"][: header.count(",") + 1])
    found, reading = read_all({"labels.csv": f"{header}\n{row}\n", "a.jpg": PICTURE})
    assert found == {}
    ((where, sentence, fatal),) = [(one.where, one.sentence, one.fatal) for one in reading.remarks]
    assert (where, fatal) == ("labels.csv", True)
    assert header.split(",")[-1] in sentence or "region_shape_attributes" in sentence


def test_outlines_beside_boxes_are_said_to_be_passed_over():
    rows = 'image,label,polygon,xmin,ymin,xmax,ymax\na.jpg,smoke,"[[1,2]]",20,10,60,30\nb.jpg,smoke,,20,10,60,30\n'
    found, _ = read_all({"labels.csv": rows, "a.jpg": PICTURE, "b.jpg": PICTURE})
    assert [said(media) for media in found.values()] == [{table.OUTLINE}, set()]


def test_lines_of_one_picture_may_stand_apart_and_say_nothing_is_here():
    rows = "filename,class,xmin,ymin,xmax,ymax\na.jpg,smoke,0,0,20,10\nb.jpg,,,,,\na.jpg,fire,x,0,20,10\n"
    found, _ = read_all({"labels.csv": rows, "a.jpg": PICTURE, "b.jpg": PICTURE})
    assert boxes(found["a.jpg"]) == [("smoke", (0, 0, 0.1, 0.1))]
    assert said(found["a.jpg"]) == {table.BROKEN_CORNERS}
    assert found["b.jpg"].answer.shapes == ()


def test_a_table_of_classes_is_about_whole_pictures():
    found, _ = read_all({"labels.csv": "image,label\na.jpg,smoke\n".encode("utf-16")})
    assert found["a.jpg"].answer.label_classes == ("smoke",)


OURS = "media_id;sha256;file_name;state;captured_at;shape_count;label_class;x_min;y_min;x_max;y_max\n"


@pytest.mark.parametrize(
    ("written", "others", "captured_at"),
    [
        ("28/03/2026 06:01", "", "2026-03-28T06:01:00.000000Z"),
        ("12/08/2026 17:42", "2;;b.jpg;new;28/03/2026 06:01;;;;;;\n", "2026-08-12T17:42:00.000000Z"),
        ("12/08/2026 17:42", "2;;b.jpg;new;3/28/2026 6:01 AM;;;;;;\n", "2026-12-08T17:42:00.000000Z"),
        ("2026-08-12 19:42:08+02:00", "", "2026-08-12T17:42:08.000000Z"),
        ("46246,5", "", "2026-08-12T12:00:00.000000Z"),
    ],
)
def test_times_that_a_spreadsheet_wrote_anew_are_read_as_the_table_editor_does(written, others, captured_at):
    found, _ = read_all({"t.csv": f"{OURS}1;;a.jpg;new;{written};;;;;;\n{others}"})
    assert found["a.jpg"].details["captured_at"] == captured_at
    assert found["a.jpg"].remarks == ()


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("12/08/2026 17:42", own_dates.WHICH_IS_THE_DAY),
        ("yesterday", own_dates.NO_TIME),
        ("40/40/2026", own_dates.NO_TIME),
        ("1326-08-12", own_dates.NO_TIME),
    ],
)
def test_a_time_that_cannot_be_read_is_said_while_the_table_is_read(written, sentence):
    found, _ = read_all({"t.csv": f"{OURS}1;;a.jpg;new;{written};;;;;;\n"})
    assert "captured_at" not in found["a.jpg"].details
    assert said(found["a.jpg"]) == {sentence}


def test_a_time_of_which_a_spreadsheet_shows_less_is_what_it_was():
    was = ["0", "1", None, "new", None, None, None, None, None, "2026-08-12T17:42:08.250000Z", "", "", None]
    rows = [["media_id", "state", "file_name", "captured_at", "base"]]
    rows += [["1", "new", "a.jpg", "12/08/2026 17:42", json.dumps(was)]]
    content = io.StringIO()
    csv.writer(content).writerows(rows)
    found, _ = read_all({"t.csv": content.getvalue()})
    assert found["a.jpg"].details["captured_at"] == "2026-08-12T17:42:08.250000Z"


def test_rows_of_shapes_that_are_gone_are_said():
    row = "1;;a.jpg;accepted;;{};smoke;0,1;0,1;0,3;0,3\n"
    found, _ = read_all({"t.csv": OURS + row.format(3)})
    assert boxes(found["a.jpg"]) == [("smoke", (0.1, 0.1, 0.3, 0.3))]
    assert said(found["a.jpg"]) == {table.ROWS_MISSING}
    for count in ("1", "1.0", "1,0"):
        found, _ = read_all({"t.csv": OURS + row.format(count)})
        assert found["a.jpg"].remarks == ()


# --- Label Studio ---------------------------------------------------------------------------------


def a_task(*results, image="/data/upload/3/0a1b2c3d-a.jpg", **more):
    return {"id": 5, "data": {"image": image}, "annotations": [{"result": list(results), **more}]}


def a_result(kind="rectanglelabels", **value):
    size = {"original_width": 200, "original_height": 100}
    return {**size, "type": kind, "value": {kind: ["smoke"], **value}}


@pytest.mark.parametrize(
    "image",
    [
        "/data/upload/3/0a1b2c3d-a.jpg",
        "/data/local-files/?d=pics%2Fa.jpg",
        "s3://bucket/pics/a.jpg",
        "https://host/pics/a.jpg?token=x",
    ],
)
def test_label_studio_pictures_are_found_by_the_end_of_their_address(image):
    tasks = [a_task(a_result(x=10, y=10, width=20, height=20), image=image)]
    found, _ = read_all({"export.json": json.dumps(tasks), "pics/a.jpg": b""})
    assert boxes(found["pics/a.jpg"]) == [("smoke", (0.1, 0.1, 0.3, 0.3))]


def test_label_studio_shapes_choices_and_turned_boxes():
    tasks = [
        a_task(
            a_result(x=50, y=50, width=20, height=20, rotation=90),
            a_result("polygonlabels", points=[[10, 10], [30, 10], [20, 50]]),
            a_result("brushlabels", format="rle", rle=[1]),
            {"type": "choices", "value": {"choices": ["night"]}},
            {"type": "textarea", "value": {"text": ["x"]}},
        )
    ]
    found, reading = read_all({"export.json": json.dumps(tasks)})
    (media,) = found.values()
    # 40 pixels to the right become 40 pixels down, 20 down become 20 to the left.
    assert boxes(media)[0] == ("smoke", (0.4, 0.5, 0.5, 0.9))
    assert media.answer.shapes[1].points == ((0.1, 0.1), (0.3, 0.1), (0.2, 0.5))
    assert media.answer.label_classes == ("night",)
    assert said(media) == {drawn.TURNED, drawn.NOT_READ, label_studio.NOT_A_SHAPE}
    assert [known.word for known in reading.classes] == ["smoke", "night"]


def test_label_studio_tells_empty_from_not_answered_and_takes_the_last_answer():
    several = a_task(created_at="2026-01-02")
    several["annotations"].insert(
        0, {"result": [a_result(x=0, y=0, width=9, height=9)], "created_at": "2026-01-01"}
    )
    skipped = a_task(image="b.jpg", was_cancelled=True)
    found, _ = read_all({"export.json": json.dumps([several, skipped])})
    assert found["data/upload/3/0a1b2c3d-a.jpg"].answer.shapes == ()
    assert said(found["data/upload/3/0a1b2c3d-a.jpg"]) == {label_studio.SEVERAL}
    assert found["b.jpg"].answer is None


def test_label_studio_in_short():
    label = {"x": 10, "y": 10, "width": 20, "height": 20, "rectanglelabels": ["smoke"], "original_width": 200}
    found, _ = read_all({"min.json": json.dumps([{"image": "a.jpg", "id": 1, "label": [label]}])})
    assert boxes(found["a.jpg"]) == [("smoke", (0.1, 0.1, 0.3, 0.3))]


# --- CVAT -----------------------------------------------------------------------------------------

CVAT_IMAGES = """<?xml version="1.0"?><annotations><version>1.1</version>
<meta><task><labels><label><name>smoke</name><color>#ff0000</color></label></labels></task></meta>
<image id="0" name="pics\\a.jpg" width="200" height="100">
  <box label="smoke" occluded="1" xtl="20" ytl="10" xbr="60" ybr="30" z_order="0"/>
  <box label="smoke" xtl="90" ytl="40" xbr="110" ybr="60" rotation="90"/>
  <polygon label="smoke" points="20,10;60,10;40,50"/><tag label="night"/>
  <polyline label="smoke" points="0,0;1,1"/>
</image><image id="1" name="b.jpg" width="200" height="100"/></annotations>"""


def test_cvat_images():
    found, reading = read_all({"annotations.xml": CVAT_IMAGES, "pics/a.jpg": b""})
    media = found["pics/a.jpg"]
    assert boxes(media)[:2] == [("smoke", (0.1, 0.1, 0.3, 0.3)), ("smoke", (0.45, 0.4, 0.55, 0.6))]
    assert media.answer.shapes[2].points == ((0.1, 0.1), (0.3, 0.1), (0.2, 0.5))
    assert media.answer.label_classes == ("night",)
    assert said(media) == {drawn.TURNED, drawn.NOT_READ, drawn.HIDDEN}
    assert said(found["b.jpg"]) == {drawn.NOTHING_DRAWN}
    assert (reading.classes[0].word, reading.classes[0].colour) == ("smoke", "#ff0000")


def test_cvat_tracks_are_read_by_frame_and_end_where_the_object_leaves():
    box = '<box frame="{}" outside="{}" xtl="20" ytl="10" xbr="60" ybr="30"/>'
    document = (
        "<annotations><meta><task><original_size><width>200</width><height>100</height></original_size></task></meta>"
        f'<track id="0" label="smoke">{box.format(0, 0)}{box.format(1, 0)}{box.format(2, 1)}</track></annotations>'
    )
    found, _ = read_all({"annotations.xml": document, "images/frame_000001.PNG": b""})
    assert set(found) == {"frame_000000", "images/frame_000001.PNG"}
    assert boxes(found["images/frame_000001.PNG"]) == [("smoke", (0.1, 0.1, 0.3, 0.3))]


def test_a_cvat_file_that_breaks_off_keeps_what_stood_before():
    found, reading = read_all({"annotations.xml": CVAT_IMAGES[:-40], "pics/a.jpg": b""})
    assert "pics/a.jpg" in found
    assert [remark.fatal for remark in reading.remarks] == [True]


def test_what_cvat_says_beside_a_label_class_is_counted_as_passed_over():
    hidden = CVAT_IMAGES.replace(
        'ybr="30" z_order="0"/>', 'ybr="30"><attribute name="density">thick</attribute></box>'
    )
    found, _ = read_all({"annotations.xml": hidden, "pics/a.jpg": b""})
    assert said(found["pics/a.jpg"]) == {drawn.TURNED, drawn.NOT_READ, drawn.HIDDEN, drawn.ATTRIBUTES}


@pytest.mark.parametrize("inside", [f'<tag label="{"x" * 300}"/>', '<blob label="smoke"/>'])
def test_nothing_of_cvat_that_is_not_understood_becomes_nothing_here(inside):
    document = f'<annotations><image name="a.jpg" width="200" height="100">{inside}</image></annotations>'
    found, _ = read_all({"annotations.xml": document})
    assert found["a.jpg"].answer is None
    assert any(remark.fatal for remark in found["a.jpg"].remarks)


def a_project(*tracks, sizes=((200, 100), (400, 200))):
    tasks = "".join(
        f"<task><id>{number}</id><name>cam {number}</name><source>v{number}.mp4</source><original_size>"
        f"<width>{width}</width><height>{height}</height></original_size></task>"
        for number, (width, height) in enumerate(sizes, 1)
    )
    boxes = "".join(
        f'<track label="smoke" task_id="{task}"><box frame="{frame}" outside="0" xtl="{left}" ytl="10" xbr="80" '
        'ybr="50"/></track>'
        for task, frame, left in tracks
    )
    return f"<annotations><meta><project><tasks>{tasks}</tasks></project></meta>{boxes}</annotations>"


def test_the_tracks_of_a_project_are_measured_by_their_own_task():
    found, reading = read_all(
        {
            "annotations.xml": a_project((1, 0, 20), (2, 1, 20)),
            "frame_000000.jpg": PICTURE,
            "frame_000001.jpg": a_jpeg(400, 200),
        }
    )
    assert boxes(found["frame_000000.jpg"]) == [("smoke", (0.1, 0.1, 0.4, 0.5))]
    assert boxes(found["frame_000001.jpg"]) == [("smoke", (0.05, 0.05, 0.2, 0.25))]
    assert list(reading.remarks) == []


@pytest.mark.parametrize("folder", ["cam {}", "images/cam {}", "task_{}", "v{}"])
def test_frames_of_the_same_number_are_told_apart_by_the_folders_of_their_tasks(folder):
    first, second = (f"{folder.format(number)}/frame_000000.jpg" for number in (1, 2))
    files = {first: PICTURE, second: a_jpeg(400, 200)}
    found, _ = read_all({"annotations.xml": a_project((1, 0, 20), (2, 0, 40)), **files})
    assert boxes(found[first]) == [("smoke", (0.1, 0.1, 0.4, 0.5))]
    assert boxes(found[second]) == [("smoke", (0.1, 0.05, 0.2, 0.25))]


def test_a_frame_that_may_be_of_either_task_is_neither():
    document = a_project((1, 0, 20), (2, 0, 40))
    found, _ = read_all({"annotations.xml": document, "frame_000000.jpg": PICTURE})
    assert set(found) == {"cam 1 frame_000000", "cam 2 frame_000000"}
    found, _ = read_all({"annotations.xml": a_project((2, 0, 40)), "frame_000000.jpg": PICTURE})
    assert set(found) == {"cam 2 frame_000000"}, "it has the size of the other task"


def test_tracks_that_name_no_task_are_measured_by_their_picture():
    document = a_project((1, 0, 20)).replace(' task_id="1"', "")
    found, _ = read_all({"annotations.xml": document, "frame_000000.jpg": a_jpeg(400, 200)})
    assert boxes(found["frame_000000.jpg"]) == [("smoke", (0.05, 0.05, 0.2, 0.25))]
    found, _ = read_all({"annotations.xml": document})
    assert found["frame_000000"].answer is None
