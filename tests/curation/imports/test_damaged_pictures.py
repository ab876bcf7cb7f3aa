"""A picture that is damaged inside its archive fails alone: everything beside it is read."""

from __future__ import annotations

import errno
import io
import json
import zipfile

import pytest

from curation.imports.readers.measuring import NO_SIZE, layout_of, size_of
from db.models import ImportKind
from tests.curation.importing import coco, preview_of
from tests.factories import a_jpeg
from tests.heaps import Heap

BOX = ("wildfire", (0.0, 0.0, 50.0, 50.0))
PICTURES = {"a.jpg": a_jpeg(200, 100), "b.jpg": a_jpeg(202, 100)}
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def damaged_zip(method, files, damaged):
    """An archive of which the first bytes of one file are others than were packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        entry = archive.getinfo(damaged)
    content = bytearray(out.getvalue())
    start = entry.header_offset + 30 + len(entry.filename)
    for place in range(start, start + min(entry.compress_size, 40)):
        content[place] ^= 0xFF
    return bytes(content)


def told_in(form, *, sized):
    if form == "coco":
        document = json.loads(coco({"a.jpg": [BOX], "b.jpg": [BOX]}, (200, 100)))
        for image in document["images"] if not sized else ():
            del image["width"], image["height"]
        return {"a.json": json.dumps(document)}
    beside = ",200,100" if sized else ",,"
    head = "filename,label,xmin,ymin,xmax,ymax,width,height\n"
    return {"a.csv": head + "".join(f"{name},wildfire,0,0,50,50{beside}\n" for name in PICTURES)}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("sized", [True, False])
@pytest.mark.parametrize("form", ["coco", "csv"])
def test_one_damaged_picture_does_not_end_an_import(curator, method, sized, form):
    archive = damaged_zip(method, told_in(form, sized=sized) | PICTURES, "a.jpg")
    view = curator.read({"dataset.zip": archive}, kind=ImportKind.ARCHIVE)
    assert (view.state, view.error) == ("ready", None)
    preview = preview_of(view)
    remarks = json.dumps(preview["remarks"])
    assert "a.jpg is damaged inside the archive" in remarks
    assert (NO_SIZE in remarks) is not sized
    counts = curator.commit(view.id).counts
    assert (counts["created"], counts["answers"]) == (1, 1)


class _Failing(Heap):
    """Files of which each raises what it is told to once it is read."""

    def __init__(self, error):
        super().__init__({"a.jpg": b""})
        self._error = error

    def open(self, name):
        error = self._error

        class Content(io.BytesIO):
            def read(self, *_):
                raise error

        return Content()


@pytest.mark.parametrize("error", [OSError("Invalid data stream"), RuntimeError("locked"), ValueError("no")])
def test_what_unpacking_says_of_damage_gives_no_size(error):
    assert size_of(_Failing(error), "a.jpg") is None
    assert layout_of(_Failing(error), "a.jpg") is None


def test_a_disk_that_fails_is_no_damage_of_a_picture():
    with pytest.raises(OSError, match="Input/output"):
        size_of(_Failing(OSError(errno.EIO, "Input/output error")), "a.jpg")
