"""Pictures of one name in several folders: each annotation goes to the one that it is about, or to none."""

from __future__ import annotations

import json
import unicodedata

import pytest

from curation.imports.readers import claims
from curation.imports.readers.names import Pictures
from tests.curation.importing import Importer, coco, media, preview_of
from tests.factories import a_jpeg
from tests.heaps import boxes, read_all

SIZE = (200, 100)
THEIRS, OURS = ("smoke", (0.0, 0.0, 50.0, 50.0)), ("smoke", (100.0, 50.0, 50.0, 50.0))
OUR_BOX = [("smoke", (0.5, 0.5, 0.75, 1.0))]
SIZED = "<size><width>200</width><height>100</height></size>"
BOX = "<bndbox><xmin>{}</xmin><ymin>1</ymin><xmax>90</xmax><ymax>50</ymax></bndbox>"
OBJECT = f"<object><name>smoke</name>{BOX}</object>"


def a_voc(left: int, name: str = "0001.jpg", folder: str = "") -> str:
    folder = f"<folder>{folder}</folder>" if folder else ""
    return f"<annotation>{folder}<filename>{name}</filename>{SIZED}{OBJECT.format(left)}</annotation>"


def a_track(left: int) -> str:
    size = "<original_size><width>200</width><height>100</height></original_size>"
    box = f'<box frame="0" outside="0" xtl="{left}" ytl="10" xbr="60" ybr="30"/>'
    return f"<annotations><meta><task>{size}</task></meta><track label='smoke'>{box}</track></annotations>"


@pytest.mark.parametrize(
    ("files", "picture", "other", "left"),
    [
        (
            {
                "a.json": coco({"cam2/0001.jpg": [THEIRS], "cam1/0001.jpg": [OURS]}, SIZE),
                "cam1/0001.jpg": b"",
            },
            "cam1/0001.jpg",
            "cam2/0001.jpg",
            0.5,
        ),
        (
            {
                "a.json": coco({"cam2/0001.jpg": [THEIRS], "cam1/0001.jpg": [OURS]}, SIZE),
                "set/pictures/cam1/0001.jpg": b"",
            },
            "set/pictures/cam1/0001.jpg",
            "cam2/0001.jpg",
            0.5,
        ),
        (
            {
                "data.yaml": "names: [smoke]\n",
                "test/labels/a.txt": "0 .5 .5 .2 .2\n",
                "train/labels/a.txt": "0 .7 .5 .4 .4\n",
                "train/images/a.jpg": b"",
            },
            "train/images/a.jpg",
            "test/images/a",
            0.5,
        ),
        (
            {"vid1.xml": a_track(10), "vid2.xml": a_track(20), "vid2/frame_000000.jpg": b""},
            "vid2/frame_000000.jpg",
            "vid1/frame_000000",
            0.1,
        ),
        (
            {
                "cam1/Annotations/0001.xml": a_voc(11),
                "cam2/Annotations/0001.xml": a_voc(21),
                "cam2/JPEGImages/0001.jpg": b"",
            },
            "cam2/JPEGImages/0001.jpg",
            "0001.jpg",
            0.1,
        ),
    ],
    ids=["coco", "coco below other folders", "yolo", "cvat tracks", "voc"],
)
def test_a_picture_goes_to_the_entry_that_names_its_folder_whichever_comes_first(files, picture, other, left):
    found, _ = read_all(files)
    assert set(found) == {picture, other}
    assert boxes(found[picture])[0][1][0] == pytest.approx(left, abs=1e-6)
    assert (found[picture].unclear, found[other].unclear) == (None, claims.CLAIMED)


def test_nobody_guesses_which_of_several_folders_a_flat_picture_is_from():
    named = coco({"cam2/0001.jpg": [THEIRS], "cam1/0001.jpg": [OURS], "cam1/0002.jpg": [OURS]}, SIZE)
    found, _ = read_all({"a.json": named, "0001.jpg": b"", "0002.jpg": b""})
    assert {name: one.unclear for name, one in found.items()} == {
        "cam2/0001.jpg": claims.SEVERAL_CLAIM,
        "cam1/0001.jpg": claims.SEVERAL_CLAIM,
        "0002.jpg": None,
    }


@pytest.mark.parametrize("picture", ["0001.jpg", "pictures/0001.jpg", "cam1/0001.jpg", "cam7/0001.jpg"])
def test_a_name_that_one_entry_and_one_picture_have_needs_no_folder(picture):
    found, _ = read_all({"a.json": coco({"cam1/0001.jpg": [OURS]}, SIZE), picture: b""})
    assert {name: (boxes(one), one.unclear) for name, one in found.items()} == {picture: (OUR_BOX, None)}


@pytest.mark.parametrize("cameras", [2, 300])
def test_usual_layouts_may_repeat_the_same_names_in_every_folder(cameras):
    files = {f"camera_{at:03d}/Annotations/0001.xml": a_voc(at % 80 + 1) for at in range(cameras)}
    files |= {f"camera_{at:03d}/JPEGImages/0001.jpg": b"" for at in range(cameras)}
    found, _ = read_all(files)
    wanted = {f"camera_{at:03d}/JPEGImages/0001.jpg": at % 80 / 200 for at in range(cameras)}
    assert {name: one.answer.shapes[0].box[0] for name, one in found.items()} == pytest.approx(wanted)


def test_files_are_told_apart_by_the_folder_that_they_are_called_by_or_that_they_name():
    files = {
        "Annotations/camera_1.xml": a_voc(11),
        "Annotations/x.xml": a_voc(21, folder="camera_11"),
        "camera_1/0001.jpg": b"",
        "camera_11/0001.jpg": b"",
    }
    found, _ = read_all(files)
    assert {name: one.answer.shapes[0].box[0] for name, one in found.items()} == {
        "camera_1/0001.jpg": 0.05,
        "camera_11/0001.jpg": 0.1,
    }


def test_a_folder_that_every_file_names_tells_nothing_apart():
    files = {f"cam{at}/Annotations/0001.xml": a_voc(at, folder="images") for at in (1, 2)}
    found, _ = read_all({**files, "images/0001.jpg": b""})
    assert [one.unclear for one in found.values()] == [claims.SEVERAL_CLAIM]


def test_a_renamed_file_is_about_the_picture_beside_it_and_not_about_a_namesake_elsewhere():
    files = {
        "cam2/Annotations/b.xml": a_voc(11, name="a.jpg"),
        "cam1/JPEGImages/a.jpg": b"",
        "cam2/JPEGImages/b.jpg": b"",
    }
    found, _ = read_all(files)
    assert list(found) == ["cam2/JPEGImages/b.jpg"]


@pytest.mark.parametrize("sent", ["NFC", "NFD"])
@pytest.mark.parametrize("said", ["NFC", "NFD"])
def test_accents_are_the_same_however_a_system_writes_them(sent, said):
    picture = unicodedata.normalize(sent, "pics/été.jpg")
    for name in ("pics/été.jpg", "été.jpg", "Été.JPG", "/srv/pics/été"):
        pictures = Pictures([picture, "pics/ete.jpg"])
        assert pictures.find(unicodedata.normalize(said, name).lstrip("/"), "a.json") == picture


def test_what_label_studio_was_given_is_found_under_the_name_that_it_had():
    def task(image):
        return {"data": {"image": image}, "annotations": [{"result": []}]}

    tasks = [
        task("/data/upload/3/0a1b2c3d-my_cam_1.jpg"),
        task("/data/local-files/?d=pics%2F100%2525.jpg"),
        task("/data/upload/3/0a1b2c3d-b.jpg"),
        task("/data/upload/4/99999999-b.jpg"),
    ]
    pictures = ("my cam (1).jpg", "pics/100%25.jpg", "b.jpg")
    found, _ = read_all({"export.json": json.dumps(tasks), **dict.fromkeys(pictures, b"")})
    assert {name: one.unclear for name, one in found.items()} == {
        "my cam (1).jpg": None,
        "pics/100%25.jpg": None,
        "data/upload/3/0a1b2c3d-b.jpg": claims.SEVERAL_CLAIM,
        "data/upload/4/99999999-b.jpg": claims.SEVERAL_CLAIM,
    }


@pytest.mark.parametrize("label", ["labels/a.mov.txt", "labels/A.mov.txt"])
def test_what_looks_like_an_ending_may_belong_to_the_name(label):
    found, _ = read_all({"data.yaml": "names: [smoke]\n", label: "0 .5 .5 .2 .2\n", "images/a.mov.jpg": b""})
    assert list(found) == ["images/a.mov.jpg"]
    pictures = Pictures(["a.mov.jpg", "b/a.mov", "b/my cam.mov.jpg"])
    assert pictures.find("a.mov", "labels/a.txt") == "b/a.mov", "one that ends so goes before"
    assert pictures.find("0a1b2c3d-my_cam.mov", "a.json") == "b/my cam.mov.jpg"
    assert pictures.find("a.webm", "a.json") is None


def test_a_picture_that_is_taken_goes_before_one_that_is_not():
    assert Pictures(["images/a.jpg", "images/a.tif"]).find("images/a", "labels/a.txt") == "images/a.jpg"


# --- media that are here --------------------------------------------------------------------------


def test_of_media_that_are_here_a_name_that_several_entries_have_means_none(admin: Importer) -> None:
    admin.bring({"cam1/0001.jpg": a_jpeg(*SIZE), "cam1/0002.jpg": a_jpeg(*SIZE)})
    named = {"cam2/0001.jpg": [THEIRS], "cam1/0001.jpg": [OURS], "cam1/0002.jpg": [OURS]}
    preview = preview_of(admin.read({"a.json": coco(named, SIZE)}))
    assert preview["matched_by"] == {"file_name": 1}
    assert preview["unmatched"] == ["cam2/0001.jpg", "cam1/0001.jpg"]
    assert [(one["sentence"], one["count"]) for one in preview["remarks"]] == [(claims.SHARED_NAME, 2)]


def test_every_entry_that_nobody_may_have_is_counted(admin: Importer) -> None:
    admin.bring({"0001.jpg": a_jpeg(*SIZE)})
    files = {f"cam{number}/Annotations/0001.xml": a_voc(number) for number in (1, 2)}
    preview = preview_of(admin.read(files))
    assert (preview["media"]["unmatched"], len(preview["unmatched"])) == (2, 2)
    assert [(one["sentence"], one["count"]) for one in preview["remarks"]] == [(claims.SHARED_NAME, 2)]


def test_files_of_one_name_in_two_folders_are_about_two_pictures(admin: Importer) -> None:
    admin.bring({"0001.jpg": a_jpeg(*SIZE)})
    files = {f"cam{number}/Annotations/0001.xml": a_voc(number) for number in (1, 2)}
    assert preview_of(admin.read(files))["matched_by"] == {}


def test_a_date_before_a_name_is_no_hash(admin: Importer) -> None:
    days = [f"2024080{day}-120000.jpg" for day in (1, 2)]
    admin.bring({day: a_jpeg(*SIZE) for day in days})
    preview = preview_of(admin.read({"a.json": coco({day: [OURS] for day in days}, SIZE)}))
    assert preview["matched_by"] == {"file_name": 2}
    assert preview["unmatched"] == []


@pytest.mark.parametrize("other", ["data/upload/4/99999999-my_cam.jpg", "my cam.jpg", "0a1b2c3d-my_cam.jpg"])
def test_a_name_that_two_entries_may_stand_for_means_neither(admin: Importer, other: str) -> None:
    admin.bring({"my cam.jpg": a_jpeg(*SIZE), "0a1b2c3d-my_cam.jpg": a_jpeg(*SIZE)})
    tasks = [
        {"data": {"image": image}, "annotations": [{"result": []}]}
        for image in ("/data/upload/3/0a1b2c3d-my_cam.jpg", other)
    ]
    view = admin.read({"export.json": json.dumps(tasks)})
    assert preview_of(view)["matched_by"] == {}
    assert preview_of(view)["media"]["unmatched"] == 2


@pytest.mark.parametrize(
    ("uploaded", "known"), [("0a1b2c3d-cam.jpg", "cam.jpg"), ("0a1b2c3d-my_cam.jpg", "my cam.jpg")]
)
def test_an_upload_to_label_studio_is_recognised_as_the_media_that_it_is(
    admin: Importer, uploaded: str, known: str
) -> None:
    admin.bring({known: a_jpeg(*SIZE)})
    shape = {"type": "choices", "value": {"choices": ["smoke"]}}
    task = {"data": {"image": f"/data/upload/3/{uploaded}"}, "annotations": [{"result": [shape]}]}
    view = admin.read({"export.json": json.dumps([task])})
    assert preview_of(view)["matched_by"] == {"file_name": 1}
    (item,) = admin.items(view.id)
    assert item.media_id == media()[0].id
