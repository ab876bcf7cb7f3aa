"""Imports from their beginning to their end: previewed, committed in one act, interrupted, undone."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import delete, select

from curation.errors import ImportNotFound, InvalidText, NotAllowed, WrongState
from curation.imports.asking import ask_for_reading, cancel_import, commit_import, undo_import
from curation.imports.dataset_reading import CROP, NOT_NAMED
from curation.imports.opening import NO_NAME, NO_ROOM, SAME_NAME
from curation.imports.preview import MOST_CLASSES
from curation.imports.readers.lines import NO_STATE
from curation.imports.readers.table import NO_COLUMNS
from curation.imports.readers.unread import BESIDE_MANIFEST, CHANGED_SINCE, OTHER_FORMAT, UNKNOWN_FORMAT
from curation.imports.running import GIVEN_UP, PROCESS, READINGS, cancel_old
from curation.imports.staging import SHOWN, add_file, clean_entry_name
from curation.imports.views import ImportView, get_import, list_imports
from curation.reviews import decide
from curation.spool import Spool
from curation.uploads import register_media
from db.models import (
    Access,
    Annotation,
    Decision,
    Import,
    ImportKind,
    ImportState,
    Media,
    State,
    Turn,
    utc_now,
)
from db.session import open_session
from storage import Bucket, open_bucket
from tests.conftest import Installation
from tests.curation.importing import Importer, a_zip, coco, lines, media, preview_of
from tests.factories import a_jpeg, a_viewer, an_access

SIZE = (320, 240)
BOX = (32.0, 24.0, 64.0, 48.0)


def staged() -> list[str]:
    return [stored.key for stored in open_bucket().list("imports/")]


def test_pictures_alone_are_previewed_and_registered(curator: Importer) -> None:
    view = curator.read({"a/one.jpg": a_jpeg(), "b/two.jpg": a_jpeg()})
    assert (view.state, preview_of(view)["media"]["new"], media()) == ("ready", 2, [])
    done = curator.commit(view.id)
    assert done.state == "done"
    assert done.counts["created"] == 2
    assert {found.file_name for found in media()} == {"one.jpg", "two.jpg"}
    assert staged() == []


def test_what_is_here_already_is_counted_apart(curator: Importer) -> None:
    known, new = a_jpeg(), a_jpeg()
    curator.bring({"known.jpg": known})
    view = curator.read({"called_otherwise.jpg": known, "new.jpg": new})
    assert preview_of(view)["media"] == {
        "new": 1,
        "known": 1,
        "unmatched": 0,
        "unnamed": 2,
        "restored": 0,
        "withdrawn": 0,
    }
    assert curator.commit(view.id).counts == {"already_there": 1, "created": 1, "answers": 0, "shapes": 0}


def test_the_same_import_once_more_changes_nothing(curator: Importer) -> None:
    files = {"one.jpg": a_jpeg(), "two.jpg": a_jpeg()}
    curator.bring(files)
    assert curator.bring(files).counts == {"already_there": 2, "answers": 0, "shapes": 0}
    assert len(media()) == 2


def test_a_file_that_is_no_picture_fails_alone(curator: Importer) -> None:
    done = curator.bring({"broken.jpg": b"no picture at all", "whole.jpg": a_jpeg()})
    assert (done.counts["failed"], done.counts["created"]) == (1, 1)
    failed = next(item for item in curator.items(done.id) if item.outcome == "failed")
    assert failed.name == "broken.jpg"
    assert failed.why


def test_a_zip_is_opened_and_its_pictures_registered(curator: Importer) -> None:
    archive = a_zip({"images/one.jpg": a_jpeg(), "images/two.jpg": a_jpeg(), "notes.txt": "nothing"})
    view = curator.read({"dataset.zip": archive}, kind=ImportKind.ARCHIVE)
    assert preview_of(view)["media"]["new"] == 2
    assert curator.commit(view.id).counts["created"] == 2


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_files_of_a_zip_whose_names_cannot_be_told_apart_or_kept_are_named(curator: Importer) -> None:
    long, last = f"{'y' * 300}.jpg", a_jpeg()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("ok.jpg", long, "d/e.jpg", "d//e.jpg"):
            archive.writestr(name, a_jpeg())
        archive.writestr("d/e.jpg", last)
    import_id = curator.begin(ImportKind.ARCHIVE)
    curator.send(import_id, {"one.zip": content.getvalue()})
    preview = preview_of(curator.look(import_id))
    assert preview["media"]["new"] == 2
    remarks = {one["sentence"]: (one["count"], one["where"], one["fatal"]) for one in preview["remarks"]}
    assert remarks == {NO_NAME: (1, [long[:300]], True), SAME_NAME: (2, ["d/e.jpg"] * 2, True)}
    assert curator.commit(import_id).counts["created"] == 2
    assert sha256(last).hexdigest() in {found.upload_sha256 for found in media()}


def test_what_macos_packs_along_is_no_picture(curator: Importer) -> None:
    archive = a_zip(
        {"a.jpg": a_jpeg(), "__MACOSX/._a.jpg": b"\x00\x05\x16\x07", "._b.jpg": b"\x00\x05\x16\x07"}
    )
    view = curator.read({"dataset.zip": archive}, kind=ImportKind.ARCHIVE)
    assert [item.name for item in curator.items(view.id)] == ["a.jpg"]


def test_a_damaged_label_file_is_left_out_and_the_rest_goes_on(curator: Importer) -> None:
    names = {
        "classes.txt": "wildfire\n",
        "labels/a.txt": "0 0.5 0.5 0.20 0.2\n",
        "labels/b.txt": "0 0.5 0.5 0.1 0.1\n",
    }
    archive = a_zip({**names, "images/a.jpg": a_jpeg(), "images/b.jpg": a_jpeg()})
    broken = archive.replace(
        b"0.5 0.5 0.20", b"0.5 0.5 0.99", 1
    )  # stored as it is: its checksum fits no more
    view = curator.read({"dataset.zip": broken}, kind=ImportKind.ARCHIVE)
    assert (view.state, view.format, preview_of(view)["shapes"]) == ("ready", "yolo", 1)
    assert remarked(view) == {"This file is damaged inside the archive and was left out.": ["labels/a.txt"]}
    assert curator.commit(view.id).counts["created"] == 2


def test_files_that_may_hold_annotations_and_are_not_read_are_named(curator: Importer) -> None:
    view = curator.read(
        {
            "annotations.json": coco({"a.jpg": [("wildfire", (1.0, 1.0, 9.0, 9.0))]}, SIZE),
            "a.jpg": a_jpeg(*SIZE),
            "classes.txt": "wildfire\n",
            "labels/a.txt": "0 0.5 0.5 0.2 0.2\n",
            "odd/b.txt": "smoke 0.5 0.5 0.2 0.2\n",
            "odd/c.txt": "0 0.5 0.5 0.2\n",
            "odd/d.txt": "",
            "odd/settings.yaml": "rate: 1\n",
            "README.txt": "What this is.",
            "ImageSets/Main/all.txt": "a\n",
        }
    )
    assert view.format == "coco"
    assert remarked(view) == {OTHER_FORMAT: ["labels/a.txt"], UNKNOWN_FORMAT: ["odd/b.txt", "odd/c.txt"]}
    assert remarked(curator.look(view.id, "yolo"))[OTHER_FORMAT] == ["annotations.json"]


def test_what_lies_beside_a_manifest_is_said_not_to_be_read(curator: Importer) -> None:
    picture = a_jpeg(*SIZE)
    manifest = lines({"media_id": 1, "file": "a.jpg", "sha256": sha256(picture).hexdigest(), "state": "new"})
    labels = coco({"a.jpg": [("wildfire", (1.0, 1.0, 9.0, 9.0))]}, SIZE)
    files = {"manifest.jsonl": manifest, "vigie.json": "{}", "annotations.json": labels, "a.jpg": picture}
    view = curator.read(files)
    assert (view.format, preview_of(view)["shapes"]) == ("jsonl", 0)
    assert remarked(view) == {BESIDE_MANIFEST: ["annotations.json"]}
    again = curator.look(view.id, "coco")
    assert preview_of(again)["shapes"] == 1
    assert remarked(again) == {OTHER_FORMAT: ["manifest.jsonl"]}


def test_only_what_was_changed_in_an_archive_since_its_export_is_said_not_to_be_read(
    curator: Importer,
) -> None:
    picture = a_jpeg(*SIZE)
    files: dict[str, bytes | str] = {
        "set/vigie.json": "{}",
        "set/manifest.jsonl": lines({"file": "images/1.jpg", "sha256": sha256(picture).hexdigest()}),
        "set/dataset.yaml": "names: [wildfire]\n",
        "set/labels/1.txt": "0 0.5 0.5 0.2 0.2\n",
        "set/labels/2.txt": "0 0.5 0.5 0.2 0.2\n",
        "set/images/1.jpg": picture,
    }
    files["set/SHA256SUMS"] = sums(files, "set/")
    assert remarked(curator.read(files)) == {}
    changed: dict[str, bytes | str] = {
        **files,
        "set/dataset.yaml": "names: [smoke]\n",
        "set/labels/2.txt": "",
        "set/labels/3.txt": "0 0.5 0.5 0.2 0.2\n",
    }
    told = {CHANGED_SINCE: ["set/dataset.yaml", "set/labels/2.txt", "set/labels/3.txt"]}
    assert remarked(curator.read(changed)) == told
    assert remarked(curator.read({"set.zip": a_zip(changed)}, kind=ImportKind.ARCHIVE)) == told


def test_pictures_that_a_manifest_does_not_name_come_in_and_are_said(curator: Importer) -> None:
    named, extra, crop = (a_jpeg(*SIZE) for _ in range(3))
    files: dict[str, bytes | str] = {
        "manifest.jsonl": lines(
            {"file": "images/a.jpg", "sha256": sha256(named).hexdigest(), "azimuth": 9.0}
        ),
        "images/a.jpg": named,
        "crops/wildfire/1-1.jpg": crop,
    }
    files["SHA256SUMS"] = sums(files, "")
    view = curator.read({**files, "images/extra.jpg": extra, "crops/other.jpg": a_jpeg()})
    media_of = preview_of(view)["media"]
    assert (view.format, media_of["new"], media_of["unnamed"]) == ("jsonl", 2, 1)
    assert remarked(view) == {NOT_NAMED: ["images/extra.jpg"], CROP: ["crops/other.jpg"]}
    done = curator.commit(view.id)
    assert done.counts["created"] == 2
    assert {found.file_name: found.azimuth for found in media()} == {"a.jpg": 9.0, "extra.jpg": None}


def test_crops_of_an_archive_are_no_media_whatever_it_is_read_as(curator: Importer) -> None:
    picture = a_jpeg(*SIZE)
    files: dict[str, bytes | str] = {
        "manifest.jsonl": lines({"file": "images/a.jpg", "sha256": sha256(picture).hexdigest()}),
        "annotations.json": coco({"a.jpg": [("wildfire", BOX)]}, SIZE),
        "images/a.jpg": picture,
        "crops/wildfire/1-1.jpg": a_jpeg(),
    }
    files["SHA256SUMS"] = sums(files, "")
    view = curator.look(curator.read(files).id, "coco")
    assert (preview_of(view)["media"]["new"], remarked(view)) == (1, {OTHER_FORMAT: ["manifest.jsonl"]})


def sums(files: Mapping[str, bytes | str], under: str) -> str:
    """The list of their hashes, as an export of ours ends with it."""
    contents = {name: data.encode() if isinstance(data, str) else data for name, data in files.items()}
    return "".join(
        f"{sha256(data).hexdigest()}  {name.removeprefix(under)}\n" for name, data in contents.items()
    )


def remarked(view: ImportView) -> dict[str, list[str]]:
    """The sentences of the remarks, with the places of each."""
    return {remark["sentence"]: remark["where"] for remark in preview_of(view)["remarks"]}


def test_what_is_no_zip_says_so(curator: Importer) -> None:
    view = curator.read({"dataset.zip": b"PK but not really"}, kind=ImportKind.ARCHIVE)
    assert view.state == "failed"
    assert view.error and "not a ZIP archive" in view.error


def test_an_archive_for_which_there_is_no_room_says_so_and_is_read_once_there_is(
    curator: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = a_zip({"one.jpg": a_jpeg()})
    import_id = curator.begin(ImportKind.ARCHIVE)
    curator.send(import_id, {"dataset.zip": archive})
    # A byte less than it takes, beside the tenth that is left free.
    free = 1000 + len(archive) - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=10_000, free=free))
    view = curator.look(import_id)
    assert (view.state, view.error) == ("failed", NO_ROOM)
    free += 1
    view = curator.look(import_id)
    assert view.state == "ready"
    free -= 1
    assert curator.commit(import_id).error == NO_ROOM
    free += 1
    assert curator.commit(import_id).counts["created"] == 1


@pytest.mark.parametrize("format", [None, "csv"])
def test_a_table_whose_columns_nobody_knows_says_which_is_missing(
    curator: Importer, format: str | None
) -> None:
    view = curator.read({"dataset.csv": "a,b\n1,2\n"}, format=format)
    assert (view.state, view.error) == ("failed", NO_COLUMNS)


@pytest.mark.parametrize("kind", [ImportKind.FILES, ImportKind.ARCHIVE])
def test_what_arrives_while_an_import_is_read_is_not_what_is_imported(
    curator: Importer, kind: ImportKind
) -> None:
    shown, late = (a_zip({"a.jpg": a_jpeg()}) if kind == ImportKind.ARCHIVE else a_jpeg() for _ in range(2))
    import_id = curator.begin(kind)
    curator.send(import_id, {"one.zip": shown} if kind == ImportKind.ARCHIVE else {"one.jpg": shown})
    [key] = staged()
    meanwhile = cast(Bucket, _Meanwhile(open_bucket(), lambda: curator.look(import_id)))
    with Spool(curator.spool_folder, limit=2**30) as spool, pytest.raises(WrongState):
        spool.write(late)
        add_file(open_session, meanwhile, curator.access, import_id, key.split("/")[2], spool.finish())
    assert len(staged()) == 3
    assert curator.commit(import_id).counts["created"] == 1
    content = zipfile.ZipFile(io.BytesIO(shown)).read("a.jpg") if kind == ImportKind.ARCHIVE else shown
    assert [found.upload_sha256 for found in media()] == [sha256(content).hexdigest()]


class _Meanwhile:
    """A bucket on the way to which something happens before an object is put."""

    def __init__(self, bucket: Bucket, act: Callable[[], object]) -> None:
        self._bucket, self._act = bucket, act

    def put(self, *given: Any, **named: Any) -> None:
        self._act()
        self._bucket.put(*given, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bucket, name)


def test_of_two_files_of_one_name_the_later_counts_also_within_a_second(
    curator: Importer, installation: Installation
) -> None:
    contents = sorted((a_jpeg(), a_jpeg()), key=lambda content: sha256(content).digest())
    for first, second in (contents, reversed(contents)):
        import_id = curator.begin()
        curator.send(import_id, {"one.jpg": first})
        curator.send(import_id, {"one.jpg": second})
        for path in (installation.data_dir / "bucket" / "imports").rglob("one.jpg/*"):
            os.utime(path, (1e9, 1e9))
        assert preview_of(curator.look(import_id))["media"]["new"] == 1
        done = curator.commit(import_id)
        assert [found.upload_sha256 for found in media()] == [sha256(second).hexdigest()]
        curator.undo(done.id)


def test_nothing_is_left_of_an_import_that_is_cancelled(curator: Importer) -> None:
    view = curator.read({"one.jpg": a_jpeg()})
    assert {key.split("/")[2] for key in staged()} == {"one.jpg", SHOWN}
    with open_session() as session:
        cancel_import(session, curator.access, view.id)
    assert curator.run(view.id).state == "cancelled"
    assert (staged(), media()) == ([], [])
    with open_session() as session, pytest.raises(WrongState):
        commit_import(session, curator.access, view.id)


def test_undoing_withdraws_what_was_registered(curator: Importer) -> None:
    done = curator.bring({"one.jpg": a_jpeg(), "two.jpg": a_jpeg()})
    undone = curator.undo(done.id)
    assert (undone.state, undone.counts["undone"]) == ("undone", 2)
    assert media() == []


def test_undoing_leaves_what_somebody_has_acted_on_since(curator: Importer) -> None:
    done = curator.bring({"one.jpg": a_jpeg(), "two.jpg": a_jpeg()})
    kept = media()[0].id
    with open_session() as session:
        decide(session, an_access(session), kept, Decision.REJECTED)
    undone = curator.undo(done.id)
    assert (undone.counts["undone"], undone.counts["created"]) == (1, 1)
    assert [found.id for found in media()] == [kept]
    left = next(item for item in curator.items(done.id) if item.media_id == kept)
    assert left.why == "Somebody has acted on it since."


def test_what_was_undone_can_be_imported_again(curator: Importer) -> None:
    files = {"one.jpg": a_jpeg()}
    curator.undo(curator.bring(files).id)
    assert curator.bring(files).counts["created"] == 1


def test_what_an_admin_has_undone_is_brought_back_and_undone_again(admin: Importer) -> None:
    files = {"one.jpg": a_jpeg(*SIZE), "labels.json": coco({"one.jpg": [("wildfire", BOX)]}, SIZE)}
    for round_ in range(3):
        view = admin.read(files)
        shown = preview_of(view)["media"]
        assert (shown["new"], shown["restored"], shown["withdrawn"]) == ((0, 1, 0) if round_ else (1, 0, 0))
        counts = admin.commit(view.id).counts
        assert counts == {
            **({"changed": 1, "restored": 1} if round_ else {"created": 1}),
            "answers": 1,
            "shapes": 1,
        }
        assert [found.state for found in media()] == [State.ANNOTATED]
        undone = admin.undo(view.id)
        assert (undone.counts["undone"], media(), admin.items(view.id)[0].why) == (1, [], None)


def test_what_was_withdrawn_on_purpose_stays_so_unless_it_is_to_be_brought_back(admin: Importer) -> None:
    files = {"one.jpg": a_jpeg(), "two.jpg": a_jpeg()}
    admin.bring(files)
    with open_session() as session:
        kept = session.scalars(select(Media.id).where(Media.file_name == "two.jpg")).one()
        gone = session.scalars(select(Media.id).where(Media.file_name == "one.jpg")).one()
        decide(session, admin.access, gone, Decision.WITHDRAWN, comment="Somebody's face.")
    for _again in range(2):  # taken back it is withdrawn for the same reason, and stays so the next time
        view = admin.read(files)
        preview = preview_of(view)
        assert (preview["media"]["known"], preview["media"]["withdrawn"]) == (1, 1)
        assert [(one["where"], one["count"]) for one in preview["remarks"]] == [(["one.jpg"], 1)]
        done = admin.commit(view.id)
        assert (done.counts["left_out"], done.counts["already_there"]) == (1, 1)
        assert [found.id for found in media()] == [kept]
        assert admin.items(view.id)[0].why == "It was withdrawn here, so it was left out."
        restored = admin.bring(files, restore=True)
        assert restored.counts["restored"] == 1
        assert {found.id for found in media()} == {gone, kept}
        admin.undo(restored.id)


def test_what_was_withdrawn_on_purpose_stays_so_once_an_import_that_brought_it_in_anew_was_undone(
    curator: Importer, admin: Importer
) -> None:
    files = {"one.jpg": a_jpeg()}
    curator.bring(files)
    with open_session() as session:
        decide(session, admin.access, media()[0].id, Decision.WITHDRAWN, comment="Somebody's face.")
    anew = curator.bring(files, restore=True)
    assert anew.counts["created"] == 1
    curator.undo(anew.id)
    for someone in (curator, admin):
        view = someone.read(files)
        assert preview_of(view)["media"]["withdrawn"] == 1
        assert (someone.commit(view.id).counts["left_out"], media()) == (1, [])


def test_the_same_picture_twice_is_one_media_and_undone_with_all_its_acts(curator: Importer) -> None:
    content = a_jpeg(*SIZE)
    boxes = {f"{place}/one.jpg": [("wildfire", (32.0 + place, 24.0, 64.0, 48.0))] for place in range(4)}
    files = {**dict.fromkeys(boxes, content), "labels.json": coco(boxes, SIZE)}
    done = curator.bring(files, answered="replace")
    told = preview_of(done)["media"]
    assert (told["new"], told["known"]) == (1, 3)
    assert [(item.outcome, item.position) for item in curator.items(done.id)] == [
        ("created", 1),
        *(("changed", place) for place in (2, 3, 4)),
    ]
    assert len(media()) == 1
    undone = curator.undo(done.id)
    assert (undone.counts["undone"], media()) == (4, [])


@pytest.mark.parametrize("key", ["u", None])
def test_undoing_leaves_what_another_import_or_upload_has_found_here(
    curator: Importer, admin: Importer, key: str | None
) -> None:
    imported, uploaded, alone = a_jpeg(), a_jpeg(), a_jpeg()
    done = curator.bring({"imported.jpg": imported, "uploaded.jpg": uploaded, "alone.jpg": alone})
    later = admin.bring({"again.jpg": imported})
    assert later.counts["already_there"] == 1
    told = [found.changed_at for found in media()]
    with Spool(curator.spool_folder, limit=2**30) as spool:
        spool.write(uploaded)
        found = register_media(
            open_session,
            open_bucket(),
            admin.access,
            spool.finish(),
            file_name="u.jpg",
            idempotency_key=key,
        )
    assert found.twin
    assert [found.changed_at for found in media()] == told
    undone = curator.undo(done.id)
    assert (undone.counts["undone"], undone.counts["created"]) == (1, 2)
    assert {kept.file_name for kept in media()} == {"imported.jpg", "uploaded.jpg"}
    whys = {item.name: item.why for item in curator.items(done.id)}
    sentence = "Another import or upload has found it here since; it was left."
    assert whys == {"imported.jpg": sentence, "uploaded.jpg": sentence, "alone.jpg": None}


def test_undoing_withdraws_what_only_an_undone_import_has_found_here(curator: Importer) -> None:
    files = {"one.jpg": a_jpeg()}
    first, second = curator.bring(files), curator.bring(files)
    curator.undo(second.id)
    assert curator.undo(first.id).counts["undone"] == 1
    assert media() == []


def test_media_are_held_by_rising_number_whatever_their_order_in_the_files(curator: Importer) -> None:
    pictures = {f"{number}.jpg": a_jpeg(*SIZE) for number in range(5)}
    for name, content in pictures.items():
        curator.bring({name: content})
    labels = coco({name: [("wildfire", BOX)] for name in reversed(pictures)}, SIZE)
    curator.bring({"labels.json": labels})
    with open_session(read_only=True) as session:
        held = session.scalars(select(Annotation.media_id).order_by(Annotation.id)).all()
    assert held == sorted(held)


def test_imports_are_shown_to_whoever_made_them_and_to_admins(curator: Importer, admin: Importer) -> None:
    import_id = curator.begin()
    with open_session() as session:
        other, viewer = an_access(session), a_viewer(session)
        with pytest.raises(ImportNotFound):
            get_import(session, other, import_id)
        with pytest.raises(NotAllowed):
            get_import(session, viewer, import_id)
        assert list_imports(session, other).items == []
        assert [one.id for one in list_imports(session, admin.access).items] == [import_id]


def test_a_repeated_client_id_begins_one_import(curator: Importer) -> None:
    assert curator.begin(client_id="the-same-one") == curator.begin(client_id="the-same-one")


@pytest.mark.parametrize("prefix", ["media", "media/ab", "imports", "derived", "exports/3", "", "/", "a//b"])
def test_what_is_our_own_is_no_prefix_to_import(admin: Importer, prefix: str) -> None:
    with pytest.raises(InvalidText):
        admin.begin(ImportKind.PREFIX, prefix=prefix)


def test_a_prefix_is_for_admins(curator: Importer) -> None:
    with pytest.raises(NotAllowed):
        curator.begin(ImportKind.PREFIX, prefix="cameras")


@pytest.mark.parametrize("name", ["../a.jpg", "a/../../b.jpg", "", "/", "a\x00.jpg", "\ud800.jpg", "x" * 300])
def test_names_that_climb_or_cannot_be_kept_are_refused(name: str) -> None:
    with pytest.raises(InvalidText):
        clean_entry_name(name)


@pytest.mark.parametrize("name", ["été/日本 100%.jpg", "a:b\tc.jpg", ".hidden/x.jpg", "a\\b.jpg", "%2e.jpg"])
def test_odd_names_come_back_as_they_were(curator: Importer, name: str) -> None:
    view = curator.read({name: a_jpeg()})
    assert [item.name for item in curator.items(view.id)] == [name.replace("\\", "/")]


KILLED = """
import sys
from pathlib import Path
from curation.acts import ReviewPolicy
from curation.imports.running import ImportPlace, run_import
from curation.uploads import UploadPlace
from db.session import open_session
from storage import open_bucket

place = ImportPlace(UploadPlace(), ReviewPolicy(), Path(sys.argv[2]))
run_import(open_session, open_bucket(), place, int(sys.argv[1]))
"""


def run_and_kill(
    importer: Importer, import_id: int, step: str, state: ImportState = ImportState.COMMITTING
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(import_id), str(importer.spool_folder)],
        env={**os.environ, "VIGIE_KILL_AT": step},
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    with open_session() as session:
        assert session.get_one(Import, import_id).state == state
        session.execute(delete(Turn))  # it ends by itself within a minute


@pytest.mark.parametrize("step", ["upload.committed:3", "import.brought", "import.slice"])
def test_whoever_is_killed_is_followed_by_somebody_who_goes_on(curator: Importer, step: str) -> None:
    pictures = {f"{number}.jpg": a_jpeg(*SIZE) for number in range(6)}
    labels = coco({name: [("wildfire", (32.0, 24.0, 64.0, 48.0))] for name in pictures}, SIZE)
    view = curator.read({**pictures, "labels.json": labels})
    with open_session() as session:
        commit_import(session, curator.access, view.id)
    run_and_kill(curator, view.id, step)
    done = curator.run(view.id)
    counts = {name: number for name, number in done.counts.items() if number}
    assert counts == {"created": 6, "answers": 6, "shapes": 6}
    with open_session(read_only=True) as session:
        numbers = session.scalars(select(Annotation.number)).all()
    assert (len(media()), numbers) == (6, [1] * 6)


def test_a_reading_that_ends_its_process_each_time_is_given_up(curator: Importer) -> None:
    import_id = curator.begin()
    curator.send(import_id, {"one.jpg": a_jpeg()})
    with open_session() as session:
        ask_for_reading(session, curator.access, import_id)
    run_and_kill(curator, import_id, "import.read", ImportState.READING)
    with open_session() as session:
        found = session.get_one(Import, import_id)
        (died,) = found.options[READINGS]
        assert died != PROCESS
        found.options = {READINGS: [died, "another", "a third"]}
    assert curator.run(import_id).error == GIVEN_UP
    asked_again = curator.look(import_id)
    assert (asked_again.state, asked_again.options) == ("ready", {})


def test_what_was_brought_back_is_known_as_such_to_whoever_goes_on(admin: Importer) -> None:
    files = {"one.jpg": a_jpeg()}
    admin.undo(admin.bring(files).id)
    view = admin.read(files)
    with open_session() as session:
        commit_import(session, admin.access, view.id)
    run_and_kill(admin, view.id, "import.brought")
    assert admin.run(view.id).counts["restored"] == 1
    assert admin.undo(view.id).counts["undone"] == 1
    assert media() == []


def test_a_commit_that_failed_goes_on_with_what_is_left(curator: Importer) -> None:
    pictures = {f"{number}.jpg": a_jpeg() for number in range(3)}
    view = curator.read(pictures)
    with open_session() as session:
        commit_import(session, curator.access, view.id)
        session.get_one(Access, curator.access.id).disabled_at = utc_now()
    assert curator.run(view.id).state == "failed"
    with open_session() as session:
        session.get_one(Access, curator.access.id).disabled_at = None
    done = curator.commit(view.id)
    assert (done.state, done.error, done.counts["created"]) == ("done", None, 3)


def test_an_undoing_that_failed_is_not_committed_again(curator: Importer) -> None:
    done = curator.bring({"one.jpg": a_jpeg()})
    with open_session() as session:
        undo_import(session, curator.access, done.id)
        session.get_one(Access, curator.access.id).disabled_at = utc_now()
    assert curator.run(done.id).state == "failed"
    with open_session() as session:
        session.get_one(Access, curator.access.id).disabled_at = None
    with pytest.raises(WrongState):
        curator.commit(done.id)
    assert curator.undo(done.id).state == "undone"


def test_cancelled_while_it_is_committed_it_is_taken_back(curator: Importer) -> None:
    view = curator.read({f"{number}.jpg": a_jpeg() for number in range(3)})
    with open_session() as session:
        commit_import(session, curator.access, view.id)
        cancel_import(session, curator.access, view.id)
    assert curator.run(view.id).state == "undone"
    assert (media(), staged()) == ([], [])
    assert {item.outcome for item in curator.items(view.id)} == {"left_out"}


def test_what_was_brought_in_and_not_told_of_yet_is_taken_back_with_the_rest(curator: Importer) -> None:
    view = curator.read({f"{number}.jpg": a_jpeg() for number in range(3)})
    with open_session() as session:
        commit_import(session, curator.access, view.id)
    run_and_kill(curator, view.id, "import.brought")
    assert len(media()) == 3
    with open_session() as session:
        cancel_import(session, curator.access, view.id)
    undone = curator.run(view.id)
    assert (undone.state, media()) == ("undone", [])
    assert {item.outcome for item in curator.items(view.id)} == {"undone"}


def test_what_was_brought_back_and_not_told_of_yet_is_withdrawn_again(admin: Importer) -> None:
    files = {"one.jpg": a_jpeg()}
    admin.undo(admin.bring(files).id)
    view = admin.read(files)
    with open_session() as session:
        commit_import(session, admin.access, view.id)
    run_and_kill(admin, view.id, "import.brought")
    assert len(media()) == 1
    with open_session() as session:
        cancel_import(session, admin.access, view.id)
    assert (admin.run(view.id).counts["undone"], media()) == (1, [])


def test_an_import_that_nobody_commits_is_given_up_after_a_week(curator: Importer) -> None:
    old, young = curator.read({"one.jpg": a_jpeg()}).id, curator.read({"two.jpg": a_jpeg()}).id
    with open_session() as session:
        session.get_one(Import, old).created_at = utc_now() - timedelta(days=8)
    assert cancel_old(open_session) == 1
    assert curator.run(old).state == "cancelled"
    assert {key.split("/")[1] for key in staged()} == {str(young)}


def test_only_admins_undo_after_a_day(curator: Importer, admin: Importer) -> None:
    done = curator.bring({"one.jpg": a_jpeg()})
    with open_session() as session:
        session.get_one(Import, done.id).committed_at = utc_now() - timedelta(hours=25)
    with pytest.raises(NotAllowed):
        curator.undo(done.id)
    assert admin.undo(done.id).state == "undone"


def test_signs_that_nobody_can_store_or_send_stop_no_list(curator: Importer) -> None:
    box = {"label_class": "smo\ud800ke", "box": [0, 0, 0.5, 0.5], "model": "\0"}
    answer = {"shapes": [box], "label_classes": ["\ud800"], "replies": {"\ud800": True}, "comment": "\udfff"}
    odd = {
        "file_name": "one.jpg",
        "state": "\ud800",
        "review_comment": "\0",
        "source": "\ud800",
        "answer": answer,
    }
    unknown = {"sha256": "\ud800", "score": float("inf"), "\0": [float("nan")]}
    view = curator.read({"manifest.jsonl": lines(odd, unknown), "one.jpg": a_jpeg()})
    preview = preview_of(view)
    assert json.dumps(preview, ensure_ascii=False, allow_nan=False).encode()
    assert [one["word"] for one in preview["classes"]] == [
        "smo\N{REPLACEMENT CHARACTER}ke",
        "\N{REPLACEMENT CHARACTER}",
    ]
    assert preview["states"] == {}
    assert remarked(view)[NO_STATE] == ["manifest.jsonl:1"]
    with open_session(read_only=True) as session:
        assert [one.id for one in list_imports(session, curator.access).items] == [view.id]
    items = curator.items(view.id)
    assert json.dumps([item.wanted for item in items], ensure_ascii=False, allow_nan=False).encode()


def test_label_classes_that_nobody_can_speak_of_are_counted(curator: Importer) -> None:
    boxes = [("wildfire", BOX), *((f"word {number}", BOX) for number in range(MOST_CLASSES + 99))]
    view = curator.read({"labels.json": coco({"one.jpg": boxes}, SIZE), "one.jpg": a_jpeg(*SIZE)})
    preview = preview_of(view)
    assert len(preview["classes"]) == MOST_CLASSES
    (said,) = [one for one in preview["remarks"] if "100 others" in one["sentence"]]
    assert (said["fatal"], said["count"], len(said["where"])) == (True, 100, 5)


def test_a_table_alone_whose_places_are_not_understood_names_their_columns(curator: Importer) -> None:
    view = curator.read({"dataset.csv": "image,label,polygon\na.jpg,smoke,1 2 3\n"})
    assert view.state == "failed"
    assert "not understood here (polygon)" in str(view.error)
