"""Pictures, crops and contact sheets of an export, from each kind of bucket: whole, in order, and told where not."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import pytest
from PIL import Image

from curation.datasets import ahead as ahead_module
from curation.datasets.ahead import ahead
from curation.datasets.archive import zip_chunks
from curation.datasets.crops import crop_members
from curation.datasets.pictures import picture_members, picture_name, wanted_picture
from curation.datasets.receipt import ReceiptBook
from curation.datasets.sheets import sheet_members
from db.models import MediaType
from language import Language, speaking
from storage.errors import BucketUnreachable
from storage.local import LocalBucket
from tests.dataset_items import WORDS, a_box_shape, a_polygon_shape, an_item, zipped
from tests.factories import a_jpeg

WIDTH, HEIGHT = 640, 360


@pytest.fixture
def receipt():
    with ReceiptBook() as book:
        yield book


def stored(bucket, media_id, *shapes, content=None, **values):
    """An item whose picture is in the bucket."""
    content = content if content is not None else a_jpeg(WIDTH, HEIGHT)
    sha256 = hashlib.sha256(content).hexdigest()
    key = f"media/{sha256[:2]}/{sha256[2:4]}/{sha256}.jpg"
    bucket.put(key, io.BytesIO(content), size=len(content), content_type="image/jpeg", sha256=sha256)
    known = {"sha256": sha256, "bucket_key": key, "size": len(content), "width": WIDTH, "height": HEIGHT}
    return an_item(media_id, *shapes, **known | values)


def pictures_of(bucket, items, receipt):
    wanted = [wanted_picture(item, picture_name(item)) for item in items]
    with zipped(picture_members(bucket, wanted, receipt)) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


def pictures_said(receipt):
    said = receipt.to_payload()["pictures"]
    return said["written"], {one["why"]: one["first"] for one in said["left_out"]}


def drawn_said(receipt, what):
    said = receipt.to_payload()[what]
    return said["written"], {one["why"]: one["first"] for one in said["left_out"]}


def test_every_picture_is_in_the_archive_in_order_and_whole(bucket, receipt):
    items = [stored(bucket, number, split="train" if number % 2 else "val") for number in range(1, 31)]
    found = pictures_of(bucket, items, receipt)
    assert list(found) == [picture_name(item) for item in items]
    for item in items:
        assert hashlib.sha256(found[picture_name(item)]).hexdigest() == item.sha256
    assert pictures_said(receipt) == (30, {})


def test_missing_and_damaged_pictures_are_left_out_and_said(bucket, receipt):
    whole, gone, damaged = (stored(bucket, number) for number in (1, 2, 3))
    bucket.delete(gone.bucket_key)
    other = a_jpeg()
    bucket.put(
        damaged.bucket_key,
        io.BytesIO(other),
        size=len(other),
        content_type="image/jpeg",
        sha256=hashlib.sha256(other).hexdigest(),
    )
    assert list(pictures_of(bucket, [gone, damaged, whole], receipt)) == ["images/1.jpg"]
    assert pictures_said(receipt) == (1, {"picture_missing": [2], "picture_damaged": [3]})


def test_the_same_pictures_are_the_same_bytes_from_each_kind_of_bucket(bucket, tmp_path, receipt):
    folder = LocalBucket(tmp_path / "another")
    folder.prepare()
    contents = [a_jpeg(WIDTH, HEIGHT) for _ in range(3)]
    archives = []
    for place in (bucket, folder):
        items = [
            stored(place, number, a_box_shape(), a_polygon_shape(), content=content)
            for number, content in enumerate(contents, 1)
        ]
        members = [
            *_kept(
                picture_members(place, [wanted_picture(one, picture_name(one)) for one in items], receipt)
            ),
            *_kept(crop_members(place, items, receipt)),
            *_kept(sheet_members(place, items, WORDS, receipt)),
        ]
        archives.append(b"".join(zip_chunks(members)))
    assert archives[0] == archives[1]


def _kept(members):
    for member in members:
        yield replace(member, chunks=iter([b"".join(member.chunks)]))


class _WrongOnce(LocalBucket):
    """Gives other bytes at the first reading of each object, as a bad network may."""

    def __init__(self, folder):
        super().__init__(folder)
        self.read_before = set()

    def open(self, key, **given):
        stream = super().open(key, **given)
        if key not in self.read_before:
            self.read_before.add(key)
            stream._chunks = iter([bytes(stream.length)])
        return stream


def test_one_bad_reading_is_not_damage(tmp_path, receipt):
    bucket = _WrongOnce(tmp_path / "bucket")
    bucket.prepare()
    item = stored(bucket, 1)
    assert list(pictures_of(bucket, [item], receipt)) == ["images/1.jpg"]
    assert bucket.read_before == {item.bucket_key}


def test_a_bucket_that_is_away_breaks_the_export_off(bucket, receipt, tmp_path):
    item = stored(bucket, 1)

    class Away(LocalBucket):
        def open(self, key, **given):
            raise BucketUnreachable("The bucket does not answer.")

    with pytest.raises(BucketUnreachable):
        pictures_of(Away(tmp_path / "away"), [item], receipt)
    assert pictures_said(receipt) == (0, {})


def test_a_video_larger_than_any_picture_waits_on_the_disk(bucket, receipt):
    content = b"\0\0\0\x18ftypmp42" + bytes(26 * 2**20)
    item = stored(bucket, 1, content=content, type=MediaType.VIDEO, content_type="video/mp4")
    assert pictures_of(bucket, [item], receipt) == {"videos/1.mp4": content}


def test_each_shape_has_its_crop_in_the_folder_of_its_label_class(bucket, receipt):
    items = [
        stored(bucket, 1, a_box_shape(), a_polygon_shape(), split="val"),
        stored(bucket, 2),
        an_item(3, a_box_shape(), bucket_key="media/not/there.jpg"),
        stored(bucket, 4, a_box_shape("no"), content=b"\xff\xd8\xff no picture"),
        stored(bucket, 5, a_box_shape("no"), type=MediaType.VIDEO),
        replace(stored(bucket, 6, a_box_shape("no")), bucket_key=None),
        an_item(7, a_box_shape("no"), sha256=None, bucket_key=None),
    ]
    with zipped(crop_members(bucket, items, receipt)) as found:
        assert found.namelist() == ["crops/val/wildfire/1-1.jpg", "crops/val/low_cloud/1-2.jpg"]
        for name in found.namelist():
            assert Image.open(io.BytesIO(found.read(name))).size == (320, 320)
    assert drawn_said(receipt, "crops") == (
        2,
        {"no_content": [7], "picture_missing": [3], "undecodable": [4], "withdrawn": [6]},
    )
    assert pictures_said(receipt) == (0, {})


def test_crops_that_cannot_be_drawn_are_said_though_their_pictures_are_whole(bucket, receipt):
    item = stored(bucket, 4, a_box_shape("no"), content=b"\xff\xd8\xff no picture")
    assert list(pictures_of(bucket, [item], receipt)) == ["images/4.jpg"]
    assert list(crop_members(bucket, [item], receipt)) == []
    assert (pictures_said(receipt), drawn_said(receipt, "crops")) == ((1, {}), (0, {"undecodable": [4]}))


def test_what_is_on_a_contact_sheet_without_its_picture_is_said(bucket, receipt):
    whole, gone = stored(bucket, 1, a_box_shape()), stored(bucket, 2)
    bucket.delete(gone.bucket_key)
    broken = stored(bucket, 3, content=b"\xff\xd8\xff no picture at all")
    empty = an_item(4, answered=False, sha256=None, bucket_key=None)
    withheld = replace(stored(bucket, 5), bucket_key=None)
    magnified = stored(bucket, 6, a_box_shape())
    list(_kept(sheet_members(bucket, [magnified], WORDS, receipt)))
    bucket.delete(magnified.bucket_key)
    for found in list(bucket.list("derived/")):
        if found.key.endswith("-crop.jpg") and magnified.sha256 in found.key:
            bucket.delete(found.key)
    items = [whole, gone, broken, empty, withheld, magnified]
    list(_kept(sheet_members(bucket, items, WORDS, receipt)))
    assert drawn_said(receipt, "contact_sheets") == (
        2,
        {"no_content": [4], "picture_missing": [2, 6], "undecodable": [3], "withdrawn": [5]},
    )


def test_contact_sheets_show_all_media_and_nothing_of_when_or_in_which_language(bucket, monkeypatch, receipt):
    monkeypatch.setattr("curation.datasets.sheets.MOST_MEDIA", 7)
    items = [stored(bucket, number, a_box_shape()) for number in range(1, 10)]
    gone = an_item(10, answered=False, sha256=None, bucket_key=None)
    tombstone = an_item(11, removed="withdrawn")
    sheets = {
        member.name: b"".join(member.chunks)
        for member in sheet_members(bucket, [*items, gone, tombstone], WORDS, receipt)
    }
    assert list(sheets) == ["contact-sheets/0001.pdf", "contact-sheets/0002.pdf"]
    assert sheets["contact-sheets/0001.pdf"].count(b"/Type /Page ") == 2
    assert sheets["contact-sheets/0002.pdf"].count(b"/Type /Page ") == 1
    with speaking(Language.FRENCH):
        again = [b"".join(member.chunks) for member in sheet_members(bucket, [*items, gone], WORDS, receipt)]
    assert again == list(sheets.values())


# --- reading ahead --------------------------------------------------------------------------------


def test_results_come_in_order_and_no_more_wait_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(ahead_module, "MOST_BYTES", 5)
    asked = []

    def things():
        for number in range(50):
            asked.append(number)
            yield number

    for thing, result in ahead(lambda number: number * 2, things(), threads=3, size=lambda number: 1):
        assert result == thing * 2
        assert len(asked) - thing <= 7
    assert len(asked) == 50


def test_what_was_read_in_vain_is_let_go():
    made, gone = [], []

    def make(number):
        made.append(number)
        return number

    walk = ahead(
        make,
        range(100),
        threads=2,
        size=lambda number: 0,
        let_go=gone.append,
    )
    first = next(walk)
    walk.close()
    assert first == (0, 0)
    assert sorted(made) == sorted([0, *gone])
    assert len(made) < 100
