"""Pascal VOC: one XML file a picture, corners in pixels counted from 1."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from curation.errors import InvalidShape
from curation.formats.reading import FileAnswer, Picture, measured, number

CORNERS = ("xmin", "ymin", "xmax", "ymax")


def read(root: Element, picture: Picture) -> FileAnswer | None:
    """What a VOC file says about the picture, None when it is no such file. Raises InvalidShape."""
    if root.tag != "annotation" or (root.find("object") is None and root.find("size") is None):
        return None
    width, height = measured(root.findtext("size/width"), root.findtext("size/height"), picture)
    shapes: list[dict[str, Any]] = []
    for found in root.iter("object"):
        corners = found.find("bndbox")
        name = (found.findtext("name") or "").strip()
        if corners is None or not name:
            raise InvalidShape("An object of the file has no name or no box.")
        x_min, y_min, x_max, y_max = (number(corners.findtext(corner), corner) for corner in CORNERS)
        shapes.append(
            {
                "label_class": name,
                "box": [(x_min - 1) / width, (y_min - 1) / height, x_max / width, y_max / height],
            }
        )
    return FileAnswer(shapes)
