"""Shapes on pictures that stand upright by their EXIF orientation, and sizes that are not those of the picture."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image, ImageOps

from curation.imports.readers.measuring import size_of
from curation.imports.upright import OTHER_SIZE, STORED, turned_upright, why_other_size
from curation.media_view import annotation_views
from db.models import ImportKind
from db.session import open_session
from tests.curation.importing import Importer, a_zip, coco, media, preview_of
from tests.factories import a_jpeg
from tests.heaps import Heap

# A dark field in a picture of 200 by 100.
FIELD = (20, 10, 60, 30)
BOX = ("wildfire", (20.0, 10.0, 40.0, 20.0))


def lying(orientation: int, format: str = "JPEG") -> bytes:
    """A picture of 200 by 100 as it is stored, its field where a camera saw it."""
    image = Image.new("RGB", (200, 100), "white")
    image.paste("black", FIELD)
    exif = Image.Exif()
    exif[0x112] = orientation
    content = io.BytesIO()
    image.save(content, format, exif=exif.tobytes())
    return content.getvalue()


def field_of(content: bytes) -> list[float]:
    """Where the field is once the picture stands upright, two corners as fractions."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("L")
    left, top, right, low = image.point(lambda grey: 255 * (grey < 128)).getbbox()
    return [left / image.width, top / image.height, right / image.width, low / image.height]


def boxes_here() -> list[list[float]]:
    with open_session(read_only=True) as session:
        ids = [one.current_annotation_id for one in media()]
        return [list(shape.box) for one in ids if one for shape in annotation_views(session, [one])[0].shapes]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_shapes_turn_as_their_picture_does(orientation: int) -> None:
    points = [[0.1, 0.1], [0.3, 0.1], [0.3, 0.3]]
    answer = {
        "shapes": [{"label_class": "smoke", "box": [0.1, 0.1, 0.3, 0.3], "points": points}],
        "comment": "x",
    }
    turned = turned_upright(answer, orientation)
    (shape,) = turned["shapes"]
    assert shape["box"] == pytest.approx(field_of(lying(orientation)), abs=0.011)
    xs, ys = zip(*shape["points"], strict=True)
    assert [min(xs), min(ys), max(xs), max(ys)] == pytest.approx(shape["box"])
    assert (turned["comment"], shape["label_class"]) == ("x", "smoke")


@pytest.mark.parametrize(
    ("said", "orientation", "why"),
    [
        ((100, 200), 6, None),
        ((200, 100), 6, STORED),
        ((200, 100), 5, STORED),
        ((200, 100), 1, OTHER_SIZE),
        ((200, 100), 3, OTHER_SIZE),
        ((400, 400), 8, OTHER_SIZE),
    ],
)
def test_a_size_tells_what_was_measured(said: tuple[int, int], orientation: int, why: str | None) -> None:
    assert why_other_size(said, (100, 200), orientation) == why


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [1, 3, 5, 6, 7, 8])
def test_new_pictures_have_their_shapes_where_they_were_drawn(
    admin: Importer, orientation: int, format: str
) -> None:
    picture = lying(orientation, format)
    name = f"a.{format.lower()}"
    upright = (100, 200) if orientation >= 5 else (200, 100)
    assert size_of(Heap({name: picture}), name) == upright
    archive = a_zip({name: picture, "a.json": coco({name: [BOX]}, (200, 100))})
    view = admin.read({"a.zip": archive}, kind=ImportKind.ARCHIVE)
    wanted: list[str | None] = [STORED] if orientation >= 5 else []
    assert [one["sentence"] for one in preview_of(view)["remarks"]] == wanted
    admin.commit(view.id)
    assert [item.why for item in admin.items(view.id)] == (wanted or [None])
    # Nobody says whether what is as wide either way was measured upright.
    where = field_of(picture) if orientation >= 5 else [0.1, 0.1, 0.3, 0.3]
    assert boxes_here() == [pytest.approx(where, abs=0.011)]


def test_shapes_that_were_measured_upright_stay_where_they_are(admin: Importer) -> None:
    admin.bring({"a.jpg": lying(6), "a.json": coco({"a.jpg": [BOX]}, (100, 200))})
    assert boxes_here() == [pytest.approx([0.2, 0.05, 0.6, 0.15])]


def test_fractions_are_of_the_upright_picture(admin: Importer) -> None:
    admin.bring({"a.jpg": lying(6), "data.yaml": "names: [wildfire]", "a.txt": "0 .5 .25 .2 .1\n"})
    assert boxes_here() == [pytest.approx([0.4, 0.2, 0.6, 0.3])]


def test_pictures_that_are_here_have_their_shapes_turned_too(admin: Importer) -> None:
    picture = lying(8)
    admin.bring({"a.jpg": picture})
    view = admin.read({"a.json": coco({"a.jpg": [BOX]}, (200, 100))})
    assert [one["sentence"] for one in preview_of(view)["remarks"]] == [STORED]
    admin.commit(view.id)
    assert boxes_here() == [pytest.approx(field_of(picture), abs=0.011)]
    again = admin.commit(admin.read({"a.json": coco({"a.jpg": [BOX]}, (200, 100))}).id)
    assert again.counts["already_there"] == 1


@pytest.mark.parametrize("kind", [ImportKind.FILES, ImportKind.ARCHIVE])
def test_a_size_that_is_none_of_the_picture_is_said_of_new_ones_too(
    admin: Importer, kind: ImportKind
) -> None:
    files: dict[str, bytes | str] = {
        "a.jpg": a_jpeg(200, 100),
        "b.jpg": a_jpeg(200, 100),
        "a.json": coco({"a.jpg": [BOX]}, (400, 400)),
        "b.json": coco({"b.jpg": [BOX]}, (200, 100)),
    }
    view = admin.read({"a.zip": a_zip(files)} if kind == ImportKind.ARCHIVE else files, kind=kind)
    said = [(one["sentence"], one["where"]) for one in preview_of(view)["remarks"]]
    assert said == [(OTHER_SIZE, ["a.jpg"])]
    admin.commit(view.id)
    assert {item.name: item.why for item in admin.items(view.id)} == {"a.jpg": OTHER_SIZE, "b.jpg": None}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_the_layout_of_half_a_picture_is_not_known_or_the_same(format: str) -> None:
    picture = lying(6, format)
    for end in range(0, len(picture), 7):
        assert size_of(Heap({"a": picture[:end]}), "a") in (None, (100, 200), (200, 100))


def test_a_size_that_nobody_says_is_none(admin: Importer) -> None:
    document = json.loads(coco({"a.jpg": [BOX]}, (200, 100)))
    del document["images"][0]["width"]
    view = admin.read({"a.jpg": lying(6), "a.json": json.dumps(document)})
    assert preview_of(view)["remarks"] == []
    admin.commit(view.id)
    assert boxes_here() == [pytest.approx([0.2, 0.05, 0.6, 0.15])]
