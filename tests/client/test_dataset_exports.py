"""Datasets taken out by the client and its command, of a running product whose jobs make them."""

from __future__ import annotations

import json
import time
import zipfile

import pytest
from vigie_client import Client, Conflict, ContentDiffers, NewShape, Refused
from vigie_client.cli.exporting import balance
from vigie_client.transport import part_of

from tests.client.pictures import a_frame
from tests.client.test_cli import signed_in, vigie  # noqa: F401  (fixtures)
from tests.product import ADMIN, ADMIN_PASSWORD


@pytest.fixture(scope="module")
def frames(product):
    """The ids of three pictures: smoke, nothing here, and one that nobody has answered."""
    with Client(product.api, login=ADMIN, password=ADMIN_PASSWORD) as client:
        ids = [
            client.register_media(a_frame(number), file_name=f"{number}.jpg", source="CAM-EXPORT").media.id
            for number in range(101, 104)
        ]
        client.submit_annotation(ids[0], [NewShape("wildfire", box=[0.1, 0.2, 0.3, 0.4])])
        client.submit_annotation(ids[1], [])
    return ids


def made(client, format="jsonl", **wanted):
    export = client.ask_for_export(format, source="CAM-EXPORT", **wanted)
    until = time.monotonic() + 60
    while export.is_under_way:
        assert time.monotonic() < until
        time.sleep(0.1)
        export = client.get_export(export.id)
    assert export.state == "ready", export.error
    return export


def test_the_command_waits_for_a_dataset_saves_it_and_tells_its_balance(signed_in, frames, tmp_path):  # noqa: F811
    words = "export --format coco --pictures --source CAM-EXPORT --split 80/10/10 --seed 7 --wait -o set.zip"
    status, out, err = signed_in(*words.split())

    assert status == 0, err
    assert "in scope 3 = exported 2 + left out 1" in out
    assert "left out: 1: Nobody has answered it" in out
    with zipfile.ZipFile(tmp_path / "set.zip") as archive:
        assert {name for name in archive.namelist() if name.endswith(".jpg")} != set()


def test_the_command_goes_on_with_an_export_that_was_asked_for(signed_in, frames, tmp_path):  # noqa: F811
    status, out, _ = signed_in("export", "--format", "jsonl", "--source", "CAM-EXPORT")
    assert status == 0
    number = out.rsplit(maxsplit=1)[-1]
    assert signed_in("export", "--id", number, "-o", "lines.jsonl")[0] == 0
    status, out, told = signed_in("export", "--id", number, "-o", "-")
    assert (status, out) == (0, (tmp_path / "lines.jsonl").read_text())
    assert "SHA-256" in told and not (tmp_path / "-").exists()

    lines = [json.loads(line) for line in (tmp_path / "lines.jsonl").read_text().splitlines()]
    assert [line["media_id"] for line in lines] == frames


def test_the_command_says_how_yolo_writes_shapes(signed_in, frames, tmp_path):  # noqa: F811
    numbers = {}
    for outlines in ("boxes", "polygons"):
        words = f"export --format yolo --source CAM-EXPORT --outlines {outlines} --wait -o {outlines}.zip"
        status, _, err = signed_in(*words.split())
        assert status == 0, err
        with zipfile.ZipFile(tmp_path / f"{outlines}.zip") as archive:
            labels = [archive.read(name).split() for name in archive.namelist() if "labels/" in name]
        numbers[outlines] = sorted(map(len, labels))
    assert numbers == {"boxes": [0, 5], "polygons": [0, 9]}
    # Nothing is left aside in silence, though the CSV needs no job.
    status, _, err = signed_in("export", "--outlines", "boxes")
    assert status == 1
    assert "YOLO alone" in err


@pytest.mark.parametrize("split", ["50/60", "1/2/3/4", "half", "nan/1/0", "20/20/20/40"])
def test_the_command_refuses_shares_that_are_none(signed_in, split):  # noqa: F811
    status, _, err = signed_in("export", "--format", "yolo", "--split", split)

    assert status == 1
    assert err.startswith("vigie: ")


def test_a_download_that_broke_off_is_gone_on_with(client, frames, tmp_path):
    export = made(client, pictures=True)
    whole = client.save_export(export.id, tmp_path / "whole.zip", sha256=export.sha256).path.read_bytes()
    path = tmp_path / "resumed.zip"

    part_of(path).write_bytes(whole[:1000])
    assert client.save_export(export.id, path, sha256=export.sha256).size == len(whole)
    assert path.read_bytes() == whole

    # What came before is not asked for again: bytes that were spoilt meanwhile are found by the hash of all of them.
    part_of(path).write_bytes(b"?" * 1000)
    with pytest.raises(ContentDiffers):
        client.save_export(export.id, path, sha256=export.sha256)
    assert not path.exists()
    assert not part_of(path).exists()


def test_what_is_longer_than_the_file_is_begun_anew(client, frames, tmp_path):
    export = made(client)
    path = tmp_path / "lines.jsonl"
    part_of(path).write_bytes(b"?" * (export.size + 1))

    assert client.save_export(export.id, path, sha256=export.sha256).size == export.size


def test_an_export_can_be_saved_while_it_is_made(client, frames, tmp_path):
    asked = client.ask_for_export("jsonl", source="CAM-EXPORT")
    saved = client.save_export(asked.id, tmp_path / "lines.jsonl")

    lines = [json.loads(line) for line in saved.path.read_text().splitlines()]
    assert [line["media_id"] for line in lines] == frames


def test_exports_are_listed_cancelled_and_told_of(client, frames):
    export = made(client, "parquet")

    assert next(client.list_exports()) == export
    receipt = client.get_export_receipt(export.id)
    assert receipt["file"]["sha256"] == export.sha256
    assert receipt["media"] == export.receipt["media"]
    with pytest.raises(Conflict, match="over"):
        client.cancel_export(export.id)
    with pytest.raises(Refused):
        client.ask_for_export("coco", per="shape")


def test_a_balance_says_all_that_is_not_in_the_file():
    reason = {"media": 1200, "sentence": "It is a video."}
    receipt = {
        "media": {"in_scope": 5000, "exported": 3800, "left_out": 1200},
        "tombstones": {"in_scope": 7},
        "split": {"warning": "The shares are not met."},
        "warnings": [{"why": "empty_val", "sentence": "Nothing is in validation."}],
        "left_out": [reason],
        "reduced": [reason],
        "pictures": {"left_out": [reason]},
        "crops": {"left_out": [reason]},
    }
    assert balance(receipt) == [
        "in scope 5,000 = exported 3,800 + left out 1,200",
        "in the dataset no more: 7",
        "split: The shares are not met.",
        "mind: Nothing is in validation.",
        "left out: 1,200: It is a video.",
        "not carried as a whole: 1,200: It is a video.",
        "without its picture: 1,200: It is a video.",
        "without crops: 1,200: It is a video.",
    ]
