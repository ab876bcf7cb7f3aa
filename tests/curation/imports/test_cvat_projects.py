"""Images of a CVAT project: each has a task and a subset, and those of two tasks may have the same name."""

from __future__ import annotations

import pytest

from curation.imports.readers import claims, guess, read
from curation.media_view import annotation_views
from db.session import open_session
from tests.curation.importing import Importer, media, preview_of
from tests.factories import a_jpeg
from tests.heaps import Heap


def a_project(*images: tuple[int, str, str]) -> str:
    """Of each image its task, the subset of that, and its name; its box begins at as many tenths as the task says."""
    tasks = "".join(
        f"<task><id>{task}</id><name>day {task}</name><subset>{subset}</subset></task>"
        for task, subset in dict.fromkeys((task, subset) for task, subset, _ in images)
    )
    listed = "".join(
        f'<image id="{at}" name="{name}" subset="{subset}" task_id="{task}" width="200" height="100">'
        f'<box label="smoke" occluded="0" xtl="{20 * task}" ytl="0" xbr="100" ybr="50"/></image>'
        for at, (task, subset, name) in enumerate(images)
    )
    return f"<annotations><meta><project><tasks>{tasks}</tasks></project></meta>{listed}</annotations>"


BY_SUBSET = a_project((1, "train", "a.jpg"), (2, "val", "a.jpg"))
BY_TASK = a_project((1, "default", "a.jpg"), (2, "default", "a.jpg"))
IN_FOLDERS = a_project((1, "train", "cam/a.jpg"), (2, "val", "cam/a.jpg"))


def who_has(document: str, *pictures: str, place: str = "annotations.xml") -> dict[int, str]:
    """Of each task the picture that its image has, or why it has none."""
    files = Heap({place: document, **dict.fromkeys(pictures, b"")})
    reading = read(guess(files)[0].format, files)
    found = {}
    for one in reading.media:
        assert one.answer is not None
        found[round(one.answer.shapes[0].box[0] * 10)] = one.unclear or one.name
    assert list(reading.remarks) == []
    return found


@pytest.mark.parametrize("place", ["annotations.xml", "images/annotations.xml", "images/val/annotations.xml"])
@pytest.mark.parametrize(
    ("document", "first", "second"),
    [
        (BY_SUBSET, "images/train/a.jpg", "images/val/a.jpg"),
        (BY_SUBSET, "train/a.jpg", "val/a.jpg"),
        (BY_SUBSET, "images/day 1/a.jpg", "images/day 2/a.jpg"),
        (BY_TASK, "images/day 1/a.jpg", "images/day 2/a.jpg"),
        (BY_TASK, "default/task_1/a.jpg", "default/task_2/a.jpg"),
        (IN_FOLDERS, "images/train/cam/a.jpg", "images/val/cam/a.jpg"),
    ],
)
def test_images_of_one_name_are_told_apart_by_the_folders_of_their_subsets_or_tasks(
    document: str, first: str, second: str, place: str
) -> None:
    assert who_has(document, first, second, place=place) == {1: first, 2: second}
    assert who_has(document, second, place=place) == {1: claims.CLAIMED, 2: second}
    assert who_has(document, first, place=place) == {1: first, 2: claims.CLAIMED}


@pytest.mark.parametrize("document", [BY_SUBSET, BY_TASK])
@pytest.mark.parametrize("picture", ["a.jpg", "images/a.jpg", "default/a.jpg"])
def test_a_picture_that_may_be_of_either_task_is_of_neither(document: str, picture: str) -> None:
    assert who_has(document, picture) == {1: claims.SEVERAL_CLAIM, 2: claims.SEVERAL_CLAIM}


@pytest.mark.parametrize("picture", ["a.jpg", "images/a.jpg", "images/train/a.jpg", "day 1/a.jpg", "x/a.jpg"])
def test_a_name_that_one_image_has_needs_no_folder(picture: str) -> None:
    assert who_has(a_project((1, "train", "a.jpg"), (2, "val", "b.jpg")), picture)[1] == picture


def test_a_picture_where_the_file_says_goes_before_one_of_its_name_elsewhere() -> None:
    document = a_project((1, "train", "cam/a.jpg"))
    assert who_has(document, "cam/a.jpg", "other/cam/a.jpg") == {1: "cam/a.jpg"}
    assert who_has(document, "cam/a.jpg", "images/train/cam/a.jpg") == {1: "images/train/cam/a.jpg"}


def test_of_media_that_are_here_a_name_that_two_tasks_have_means_none(admin: Importer) -> None:
    admin.bring({"a.jpg": a_jpeg(200, 100), "b.jpg": a_jpeg(200, 100)})
    images = ((1, "train", "a.jpg"), (2, "val", "a.jpg"), (3, "val", "b.jpg"))
    preview = preview_of(admin.read({"annotations.xml": a_project(*images)}))
    assert preview["matched_by"] == {"file_name": 1}
    assert preview["unmatched"] == ["train/a.jpg", "val/a.jpg"]
    assert [(one["sentence"], one["count"]) for one in preview["remarks"]] == [(claims.SHARED_NAME, 2)]
    same_subset = preview_of(admin.read({"annotations.xml": BY_TASK}))
    assert (same_subset["matched_by"], same_subset["media"]["unmatched"]) == ({}, 2)


def test_the_answer_of_a_subset_is_given_to_its_own_picture(admin: Importer) -> None:
    files = {"annotations.xml": BY_SUBSET.replace("smoke", "wildfire"), "images/val/a.jpg": a_jpeg(200, 100)}
    preview = preview_of(admin.bring(files))
    assert (preview["media"]["new"], preview["unmatched"]) == (1, ["train/a.jpg"])
    (brought,) = media()
    assert brought.current_annotation_id is not None
    with open_session(read_only=True) as session:
        (annotation,) = annotation_views(session, [brought.current_annotation_id])
    assert [shape.box[0] for shape in annotation.shapes] == [0.2]
