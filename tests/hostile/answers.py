"""Answers and annotation files: boxes that are none, texts that want to be more, files that want to be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.hostile.items import Content, Ends, Item, asked
from tests.hostile.strings import TEXTS, TOO_MUCH

TAKEN, REFUSED, EITHER = Ends.TAKEN, Ends.REFUSED, Ends.EITHER
JSON = {"Content-Type": "application/json"}


def boxes() -> Iterator[Item]:
    """Boxes and polygons, as JSON that a careful program would never write."""
    for name, box in {
        "NaN": "[NaN, 0, 1, 1]",
        "Infinity": "[0, 0, Infinity, 1]",
        "minus Infinity": "[-Infinity, 0, 1, 1]",
        "1e308": "[0, 0, 1e308, 1]",
        "1e999": "[0, 0, 1e999, 1]",
        "a whole number of 5,000 digits": f"[0, 0, {'9' * 5_000}, 1]",
        "outside": "[0.1, 0.1, 1.5, 0.5]",
        "y of -0.5": "[0.1, -0.5, 0.5, 0.5]",
        "no area": "[0.5, 0.1, 0.5, 0.9]",
        "the wrong way round": "[0.9, 0.9, 0.1, 0.1]",
        "three numbers": "[0.1, 0.1, 0.5]",
        "five numbers": "[0.1, 0.1, 0.5, 0.5, 0.5]",
        "texts": '["0.1", "0.1", "0.5", "0.5"]',
        "truths": "[false, false, true, true]",
        "nothings": "[null, null, null, null]",
        "lists": "[[0], [0], [1], [1]]",
        "an object": '{"x": 1}',
        "a text": '"0.1 0.1 0.5 0.5"',
        "smaller than a number can be": "[0.5, 0.5, 0.5000000000000000001, 0.6]",
    }.items():
        yield _answer("a box: " + name, f'{{"shapes": [{{"label_class": "wildfire", "box": {box}}}]}}')
    for name, points in {
        "two points": "[[0, 0], [1, 1]]",
        "no area": "[[0.1, 0.1], [0.1, 0.2], [0.1, 0.3]]",
        "half a point": "[[0, 0], [1], [1, 1]]",
        "NaN": "[[0, 0], [NaN, 1], [1, 1]]",
        "1,001 points": json.dumps([[number / 1_001, number % 2] for number in range(1_001)]),
        "far outside": "[[0, 0], [5, 0], [5, 5]]",
        "an object": "{}",
    }.items():
        yield _answer(
            "a polygon: " + name, f'{{"shapes": [{{"label_class": "wildfire", "points": {points}}}]}}'
        )
    box = '{"label_class": "wildfire", "box": [0.1, 0.1, 0.2, 0.2]}'
    yield _answer("501 shapes", f'{{"shapes": [{", ".join([box] * 501)}]}}')
    yield _answer(
        "a label class that is none", '{"shapes": [{"label_class": "../../x", "box": [0, 0, 1, 1]}]}'
    )
    yield _answer("a label class that is a number", '{"shapes": [{"label_class": 7, "box": [0, 0, 1, 1]}]}')
    yield _answer("a field nobody knows", '{"shapes": [], "__class__": "x"}')
    yield _answer(
        "a confidence of 2", '{"shapes": [{"label_class": "wildfire", "box": [0,0,1,1], "confidence": 2}]}'
    )
    yield _answer("51 label classes", json.dumps({"label_classes": ["night"] * 51}))
    yield _answer("an act far in the future", '{"shapes": [], "seen_acts": 99999999999999999999}')


def _answer(name: str, body: str) -> Item:
    return asked("boxes", name, REFUSED, "POST", "/media/{media}/annotations", content=body, headers=JSON)


def texts() -> Iterator[Item]:
    """Texts at every place that takes one."""
    for name, text in TEXTS.items():
        yield _text(f"comment: {name}", TAKEN, "/media/{media}/comments", {"text": text})
        yield _text(f"source: {name}", EITHER, "/sources", {"name": text[:80]})
        yield _text(f"tag: {name}", EITHER, "/media", {"tags": [text[:50]]})
        yield asked("texts", f"search: {name}", TAKEN, "GET", "/media/", params={"file_name": text[:80]})
    for name, text in TOO_MUCH.items():
        yield _text(f"comment: {name}", REFUSED, "/media/{media}/comments", {"text": text})
        yield _text(f"source: {name}", REFUSED, "/sources", {"name": text})
        yield _text(f"sequence: {name}", REFUSED, "/media", {"sequence": text})
        yield _text(f"guide: {name}", REFUSED, "/label-classes", _label_class(text))
        yield _text(f"model: {name}", REFUSED, "/media/{media}/predictions", {"model": text, "shapes": []})
        yield _text(f"login: {name}", REFUSED, "/accesses", {"login": text, "password": "a good password"})
        yield _text(f"password: {name}", REFUSED, "/accesses", {"login": "somebody", "password": text})
    yield _text("login: HTML", TAKEN, "/accesses", {"login": "<b>x</b>", "password": "a good password"})
    yield _text("colour: a style", REFUSED, "/label-classes", _label_class("x") | {"colour": "red;}"})
    yield _text("key: a path", REFUSED, "/label-classes", _label_class("x") | {"key": "../x"})


def _label_class(guide: str) -> dict[str, Any]:
    return {"key": "hostile", "name": "Hostile", "colour": "#123456", "guide": guide}


def _text(name: str, ends: Ends, path: str, body: dict[str, Any]) -> Item:
    # Escaped: half a character cannot be sent otherwise.
    return asked("texts", name, ends, "POST", path, content=json.dumps(body), headers=JSON)


def annotation_files() -> Iterator[Content]:
    """Files of other programs. One in no format that is known here is kept as it came."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    yield Content("XML that laughs", f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x>&l9;</x>'.encode(), EITHER)
    outside = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><annotation><size/>&f;</annotation>'
    yield Content("XML that reads a file", outside.encode(), EITHER)
    yield Content("XML of 100,000 floors", b"<a>" * 100_000 + b"</a>" * 100_000, EITHER)
    yield Content("JSON of 100,000 floors", b"[" * 100_000 + b"]" * 100_000, EITHER)
    yield Content("JSON of one huge number", b'{"shapes": [' + b"9" * 100_000 + b"]}", EITHER)
    yield Content("XML in UTF-16", "<?xml version='1.0'?><a/>".encode("utf-16"), EITHER)
    yield Content("XML in an unknown encoding", b"<?xml version='1.0' encoding='x-evil'?><a/>", EITHER)
    yield Content("no byte", b"", EITHER)
    yield Content("zeros", bytes(1_000_000), EITHER)
    yield Content("over 25 MiB", b"{" + bytes(25 * 2**20))
    for name, document in _known_formats().items():
        content = document if isinstance(document, str) else json.dumps(document)
        yield Content(name, content.encode())


def _known_formats() -> dict[str, Any]:
    """Files in known formats that break their rules."""
    picture = {"id": 1, "file_name": "a.jpg", "width": 640, "height": 360}
    fire = {"id": 1, "name": "wildfire"}

    def coco(**annotation: Any) -> dict[str, Any]:
        whole = {"image_id": 1, "category_id": 1, **annotation}
        return {"images": [picture], "annotations": [whole], "categories": [fire]}

    def voc(**corners: Any) -> str:
        inside = "".join(f"<{name}>{value}</{name}>" for name, value in corners.items())
        return f"<annotation><object><name>wildfire</name><bndbox>{inside}</bndbox></object></annotation>"

    return {
        "COCO with NaN": json.dumps(coco(bbox=[float("nan"), 0, 10, 10])),
        "COCO with y of -0.5 of a picture": coco(bbox=[10, -180, 100, 100]),
        "COCO with three numbers": coco(bbox=[1, 2, 3]),
        "COCO with texts": coco(bbox=["a", "b", "c", "d"]),
        "COCO with a number too large": coco(bbox=[10**400, 0, 1, 1]),
        "COCO with half a point": coco(segmentation=[[1, 2, 3, 4, 5, 6, 7]]),
        "COCO about another picture": coco(bbox=[0, 0, 10, 10], image_id=7),
        "COCO of an unknown category": coco(bbox=[0, 0, 10, 10], category_id=7),
        "COCO of entries that are none": {"images": [7], "annotations": [], "categories": []},
        "COCO of a picture without a size": {
            **coco(bbox=[0, 0, 10, 10]),
            "images": [{**picture, "width": 0, "height": 0}],
        },
        "VOC with NaN": voc(xmin="nan", ymin=1, xmax=10, ymax=10),
        "VOC with infinity": voc(xmin=1, ymin=1, xmax="inf", ymax=10),
        "VOC without corners": voc(),
        "VOC far outside": voc(xmin=1, ymin=1, xmax=10_000, ymax=10),
        "ours with shapes that are none": {"format": "vigie-annotation-1", "shapes": [7]},
        "ours about another picture": {
            "format": "vigie-annotation-1",
            "media": {"sha256": "0" * 64},
            "shapes": [],
        },
        "ours with replies that are none": {"shapes": [], "replies": [1]},
        "ours with 501 shapes": {"shapes": [{"label_class": "wildfire", "box": [0, 0, 1, 1]}] * 501},
    }
