"""Files as systems send them: archives made on a Mac or with a password, and files that nobody here reads."""

from __future__ import annotations

import io
import struct
import unicodedata
import zipfile

import pytest

from curation.archives import ENCRYPTED, UTF8_NAME, list_entries, register_archive
from curation.imports.dataset_reading import NO_PICTURE
from curation.imports.opening import ALL_LOCKED, LOCKED
from curation.imports.readers.unread import NOT_SHOWN, PASSED_OVER
from db.models import ImportKind
from db.session import open_session
from storage import open_bucket
from tests.curation.importing import Importer, a_zip, coco, media, preview_of
from tests.factories import a_jpeg

SIZE = (200, 100)
BOX = ("wildfire", (0.0, 0.0, 50.0, 50.0))


def flagged(archive: bytes, name: bytes, *, clear: int = 0, put: int = 0) -> bytes:
    """An archive in which the flags of an entry are others."""
    changed = bytearray(archive)
    for sign, flags, at in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        found = changed.find(sign)
        while found >= 0:
            if changed[found + at :].startswith(name):
                (before,) = struct.unpack_from("<H", changed, found + flags)
                struct.pack_into("<H", changed, found + flags, before & ~clear | put)
            found = changed.find(sign, found + 4)
    return bytes(changed)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_that_a_mac_has_written_are_read_as_it_meant_them(admin: Importer, form: str) -> None:
    name = unicodedata.normalize(form, "été.jpg")
    packed = a_zip({name: a_jpeg(*SIZE), "a.json": coco({name: [BOX]}, SIZE)})
    archive = flagged(packed, name.encode(), clear=UTF8_NAME)
    view = admin.read({"mac.zip": archive}, kind=ImportKind.ARCHIVE)
    counts = preview_of(view)
    assert (counts["media"]["new"], counts["media"]["unmatched"], counts["shapes"]) == (1, 0, 1)
    assert admin.commit(view.id).counts["answers"] == 1
    assert [one.file_name for one in media()] == ["été.jpg"]


def test_an_upload_of_such_an_archive_keeps_its_names(admin: Importer, tmp_path) -> None:
    path = tmp_path / "mac.zip"
    path.write_bytes(flagged(a_zip({"été.jpg": a_jpeg()}), "été.jpg".encode(), clear=UTF8_NAME))
    results = register_archive(open_session, open_bucket(), admin.access, path, spool_folder=tmp_path)
    assert [(one.name, one.result) for one in results] == [("été.jpg", "registered")]
    assert [one.file_name for one in media()] == ["été.jpg"]


def test_names_of_dos_stay_what_they_are(tmp_path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("?t?.jpg", b"")
    path = tmp_path / "dos.zip"
    path.write_bytes(content.getvalue().replace(b"?t?.jpg", "été.jpg".encode("cp437")))
    assert [entry.filename for entry in list_entries(path)] == ["été.jpg"]


def test_what_is_encrypted_is_said_before_anything_is_committed(admin: Importer) -> None:
    packed = a_zip({"a.jpg": a_jpeg(*SIZE), "b.jpg": a_jpeg(), "a.json": coco({"a.jpg": [BOX]}, SIZE)})
    locked = flagged(packed, b"a.jpg", put=ENCRYPTED)
    preview = preview_of(admin.read({"a.zip": locked}, kind=ImportKind.ARCHIVE))
    assert (preview["media"]["new"], preview["unmatched"]) == (1, ["a.jpg"])
    assert {one["sentence"]: one["where"] for one in preview["remarks"]} == {LOCKED: ["a.jpg"]}
    for name in (b"b.jpg", b"a.json"):
        locked = flagged(locked, name, put=ENCRYPTED)
    view = admin.read({"a.zip": locked}, kind=ImportKind.ARCHIVE)
    assert (view.state, view.error) == ("failed", ALL_LOCKED)


@pytest.mark.parametrize("kind", [ImportKind.FILES, ImportKind.ARCHIVE])
def test_every_file_that_nobody_takes_is_named(admin: Importer, kind: ImportKind) -> None:
    named = coco({"a.tif": [BOX], "b.jpg": [BOX], "c.jpg": [BOX]}, SIZE)
    files: dict[str, bytes | str] = {
        "a.json": named,
        "pics/a.tif": b"II*",
        "b.jpg": a_jpeg(*SIZE),
        **dict.fromkeys(("z.TIF", "x.heic", "d.xlsx", "p.parquet", "film.avi", "train"), b"1"),
        **dict.fromkeys((".DS_Store", "__MACOSX/._b.jpg", "Thumbs.db", "README.md", "LICENSE"), b"1"),
    }
    sent = {"a.zip": a_zip(files)} if kind == ImportKind.ARCHIVE else files
    view = admin.read(sent, kind=kind)
    preview = preview_of(view)
    assert (preview["media"]["new"], preview["media"]["unmatched"]) == (1, 2)
    remarks = {one["sentence"]: (one["where"], one["fatal"]) for one in preview["remarks"]}
    assert remarks == {
        NOT_SHOWN: (["film.avi", "pics/a.tif", "x.heic", "z.TIF"], True),
        PASSED_OVER: (["d.xlsx", "p.parquet", "train"], False),
    }
    admin.commit(view.id)
    assert {item.name: item.why for item in admin.items(view.id)} == {
        "pics/a.tif": NOT_SHOWN,
        "b.jpg": None,
        "c.jpg": NO_PICTURE,
    }
