"""COCO, object detection format: boxes as left, top, width, height in pixels; polygons as x, y, x, y, …"""

from __future__ import annotations

from typing import Any

from curation.datasets.records import BOX, DRAWN
from curation.errors import InvalidShape
from curation.formats.reading import FileAnswer, Picture, measured, number


def read(document: Any, picture: Picture) -> FileAnswer | None:
    """What a COCO file says about the picture, None when it is no such file. Raises InvalidShape.

    Of several images it is the one with the picture's file name. An annotation without box or polygon says
    something about the whole picture; of a polygon in several pieces, or a mask, the box is taken.
    """
    lists = ("images", "annotations", "categories")
    if not isinstance(document, dict) or not all(isinstance(document.get(name), list) for name in lists):
        return None
    images, annotations, categories = (_entries(document, name) for name in lists)
    image = _image(images, picture)
    size = measured(image.get("width"), image.get("height"), picture)
    known = {str(one.get("id")) for one in images}
    names = {str(category.get("id")): category.get("name") for category in categories}
    shapes: list[dict[str, Any]] = []
    label_classes: list[str] = []
    for annotation in annotations:
        # As text: some writers quote one of the two and not the other.
        about = str(annotation.get("image_id"))
        if about not in known:
            raise InvalidShape("An annotation of the file is about a picture that the file does not name.")
        if about != str(image.get("id")):
            continue
        name = names.get(str(annotation.get("category_id")))
        if not isinstance(name, str):
            raise InvalidShape("An annotation of the file has a category that the file does not name.")
        where = _where(annotation, size)
        if where is None:
            label_classes.append(name)
        else:
            shapes.append({"label_class": name, "confidence": annotation.get("score"), **where})
    return FileAnswer(shapes, label_classes)


def _entries(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = document[name]
    if not all(isinstance(entry, dict) for entry in entries):
        raise InvalidShape(f"“{name}” of the file holds something that is no entry.")
    return list(entries)


def _image(images: list[dict[str, Any]], picture: Picture) -> dict[str, Any]:
    if len(images) == 1:
        return images[0]
    named = [
        image
        for image in images
        if picture.file_name and str(image.get("file_name")).rpartition("/")[2] == picture.file_name
    ]
    if len(named) != 1:
        raise InvalidShape(
            "The file is about several pictures, and not about exactly one with this file name."
        )
    return named[0]


def _where(annotation: dict[str, Any], size: tuple[float, float]) -> dict[str, Any] | None:
    """The box or the points of an annotation as fractions, None when it has neither."""
    width, height = size
    pieces, box = annotation.get("segmentation"), annotation.get("bbox")
    if annotation.get(DRAWN) == BOX and box:
        pieces = None
    if isinstance(pieces, list) and len(pieces) == 1 and isinstance(pieces[0], list) and len(pieces[0]) >= 6:
        if len(pieces[0]) % 2:
            raise InvalidShape("A polygon of the file has half a point.")
        numbers = [number(value, "segmentation") for value in pieces[0]]
        return {
            "points": [(x / width, y / height) for x, y in zip(numbers[0::2], numbers[1::2], strict=True)]
        }
    if box is None or box == []:
        return None
    if not isinstance(box, list) or len(box) != 4:
        raise InvalidShape("“bbox” of the file is not four numbers: left, top, width, height.")
    left, top, across, down = (number(value, "bbox") for value in box)
    return {"box": [left / width, top / height, (left + across) / width, (top + down) / height]}
