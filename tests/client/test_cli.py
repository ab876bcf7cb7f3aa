"""The command `vigie`, typed as one types it."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from vigie_client.cli import main

from tests.client.pictures import a_folder, a_frame
from tests.curation.importing import coco
from tests.product import ADMIN, ADMIN_PASSWORD, Product

Vigie = Callable[..., tuple[int, str, str]]


@pytest.fixture
def vigie(product: Product, tmp_path: Path, monkeypatch, capsys) -> Vigie:
    """Runs a command in a home of its own; returns its exit status and what it wrote."""
    for name in ("VIGIE_TOKEN", "VIGIE_URL", "VIGIE_LOGIN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("VIGIE_PASSWORD", ADMIN_PASSWORD)
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        status = main(words)
        written = capsys.readouterr()
        return status, written.out, written.err

    return run


@pytest.fixture
def signed_in(vigie: Vigie, product: Product) -> Vigie:
    status, out, err = vigie("login", product.api, "--login", ADMIN)
    assert status == 0 and ADMIN in out, err
    return vigie


def test_signing_in_keeps_a_token_for_its_owner_alone(signed_in, tmp_path):
    kept = tmp_path / "config" / "vigie" / "token.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert ADMIN_PASSWORD not in kept.read_text()
    assert "admin (admin)" in signed_in("me")[1]
    assert "Account page" in signed_in("logout")[1]
    status, _, err = signed_in("me")
    assert status == 1 and "vigie login" in err


def test_a_wrong_password_says_what_is_wrong(vigie, product, monkeypatch):
    monkeypatch.setenv("VIGIE_PASSWORD", "a wrong password")
    status, _, err = vigie("login", product.api, "--login", "nobody")
    assert status == 1 and err.startswith("vigie: ")


def test_the_stored_token_goes_to_no_other_installation(signed_in):
    status, _, err = signed_in("--url", "http://127.0.0.1:1", "me")
    assert status == 1 and "vigie login http://127.0.0.1:1" in err


def test_a_folder_is_uploaded_listed_and_exported(signed_in, tmp_path):
    folder = a_folder(tmp_path / "frames", range(50_000, 50_004))
    status, out, err = signed_in("upload", str(folder), "--source", "CAM-CLI", "--tag", "a", "--tag", "b")
    assert status == 0 and "4 registered, 0 already here" in out
    assert "4/4 100%" in err
    status, out, _ = signed_in("list", "--source", "CAM-CLI", "--tag", "a", "--sort", "uploaded")
    lines = out.splitlines()
    assert len(lines) == 4 and lines[0].split("\t")[1:3] == ["new", "CAM-CLI"]
    shown = json.loads(signed_in("list", "--source", "CAM-CLI", "--limit", "1", "--json")[1])
    assert shown["tags"] == ["a", "b"]
    assert json.loads(signed_in("show", str(shown["id"]))[1])["sha256"]
    status, out, _ = signed_in(
        "export", "--source", "CAM-CLI", "--state", "new", "-o", "f.csv", "--per", "media"
    )
    assert status == 0 and out.startswith("f.csv: 4 rows")
    assert len((tmp_path / "f.csv").read_text("utf-8-sig").splitlines()) == 5


def test_releases_are_frozen_listed_and_compared(signed_in, tmp_path):
    pictures = a_folder(tmp_path / "pictures", range(901, 903))
    assert signed_in("upload", str(pictures), "--source", "RELEASED", "--quiet")[0] == 0
    of_source = ("--source", "RELEASED")
    status, out, err = signed_in(
        "release", "create", "first", *of_source, "--split", "100/0/0", "--seed", "3"
    )
    assert status == 0, err
    assert "first: 2 media" in out and "train: 2 (100.0%)" in out
    assert signed_in("release", "create", "first", *of_source)[0] == 1
    more = a_folder(tmp_path / "more", range(903, 904))
    assert signed_in("upload", str(more), "--source", "RELEASED", "--quiet")[0] == 0
    assert signed_in("release", "create", "second", *of_source, "--split", "100/0/0", "--seed", "3")[0] == 0
    assert [line.split("\t")[3] for line in signed_in("release", "list")[1].splitlines()] == [
        "second",
        "first",
    ]
    status, out, err = signed_in("release", "compare", "first", "second", "-o", "differences.csv")
    assert status == 0, err
    assert "added: 1\n" in out and "unchanged: 2\n" in out
    lines = (tmp_path / "differences.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 2 and lines[1].startswith("added,")
    assert signed_in("release", "compare", "first", "third")[0] == 1


def test_an_export_without_a_file_goes_to_standard_output(signed_in, tmp_path, monkeypatch):
    (tmp_path / "out.jpg").write_bytes(a_frame(50_050))
    signed_in("upload", "out.jpg", "--source", "CAM-OUT")
    status, out, err = signed_in("export", "--format", "csv")
    assert status == 0 and out.lstrip("\ufeff").startswith("media_id,") and "out.jpg" in out
    assert err.endswith(" bytes\n") and "rows" in err
    status, out, _ = signed_in("export", "--source", "CAM-OUT", "-o", "-")
    assert status == 0 and len(out.splitlines()) == 2 and not (tmp_path / "-").exists()
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    status, out, err = signed_in("export", "--format", "contact-sheet", "--source", "CAM-OUT")
    assert (status, out) == (1, "") and "-o" in err


def test_a_folder_that_was_sent_already_is_not_told_as_sent_again(signed_in, tmp_path):
    folder = a_folder(tmp_path / "frames", range(50_060, 50_062))
    (folder / "twin.jpg").write_bytes(a_frame(50_061))
    assert "2 registered, 1 already here" in signed_in("upload", str(folder))[1]
    assert signed_in("upload", str(folder))[1] == (
        f"{folder}: 0 registered, 0 already here, 0 refused, 0 failed; "
        "3 settled by an earlier run, not sent again (2 registered, 1 already here)\n"
    )


def test_single_files_and_refused_ones(signed_in, tmp_path):
    (tmp_path / "good.jpg").write_bytes(a_frame(50_100))
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    status, out, err = signed_in("upload", "good.jpg", "bad.jpg")
    assert status == 1
    assert "good.jpg: media" in out and "bad.jpg: refused: bad.jpg is not a JPEG" in err
    assert "already here" in signed_in("upload", "good.jpg")[1]
    assert "is not there" in signed_in("upload", "gone.jpg")[2]


def test_a_media_is_linked_and_downloaded(signed_in, tmp_path):
    (tmp_path / "one.jpg").write_bytes(a_frame(50_200))
    number = signed_in("upload", "one.jpg")[1].split("media ")[1].split(",")[0]
    (tmp_path / "one.jpg").unlink()
    assert signed_in("link", number)[1].startswith("http")
    assert signed_in("download", number)[0] == 0
    assert (tmp_path / "one.jpg").read_bytes() == a_frame(50_200)


def test_an_outbox_is_filled_and_emptied(signed_in, tmp_path):
    (tmp_path / "frame.jpg").write_bytes(a_frame(50_300))
    status, out, _ = signed_in("outbox", "spool", "frame.jpg", "--source", "CAM-BOX")
    assert status == 0 and out == "1 registered, 0 already here, 0 refused, 0 waiting\n"
    assert "CAM-BOX" in signed_in("list", "--source", "CAM-BOX")[1]


def test_a_folder_of_pictures_and_answers_is_imported_and_taken_back(signed_in, tmp_path):
    folder = a_folder(tmp_path / "dataset", range(50_401, 50_403))
    labels = coco(
        {f"frame-{n}.jpg": [("wildfire", (12.8, 12.8, 25.6, 25.6))] for n in (50_401, 50_402)}, (128, 128)
    )
    document = json.loads(labels)
    document["categories"].append({"id": 9, "name": "night smoke"})
    (folder / "labels.json").write_text(json.dumps(document))
    (folder / "labels.txt").write_text("wildfire\n")
    (folder / "frame-50401.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    (folder / "frame-50403.jpg").write_bytes(a_frame(50_403))
    status, out, err = signed_in("import", "dataset", "--yes")
    assert status == 0, err
    assert "coco\ncould also be read with --format yolo\n" in out
    assert "pictures that no annotation file names: 1\n" in out
    assert "media: 3 new, 0 here already, 0 not found" in out
    assert "  wildfire → wildfire (2)\n  label classes that are named but not used: 1\n" in out
    assert "done: 3 created, 2 answers, 2 shapes" in out
    number = out.rpartition("vigie import --undo ")[2].strip()
    assert "undone: 3 undone" in signed_in("import", "--undo", number)[1]


def lines_of(*documents):
    return "".join(
        json.dumps({"media_id": 9_000 + n, **document}) + "\n" for n, document in enumerate(documents)
    )


def test_what_is_not_found_and_what_fails_is_named(signed_in, tmp_path):
    folder = a_folder(tmp_path / "told", [50_601])
    (folder / "manifest.jsonl").write_text(
        lines_of(
            {"file_name": "frame-50601.jpg", "lat": 400, "lon": 5},
            *({"file_name": f"gone-{number:02}.jpg"} for number in range(22)),
        )
    )
    status, out, err = signed_in("import", "told", "--yes")
    assert status == 1
    assert "1 new, 0 here already, 22 not found\n  not found: gone-00.jpg\n  not found: gone-01.jpg\n" in out
    assert "gone-19.jpg\n  not found: … and 2 more\n" in out
    assert err == "  failed: frame-50601.jpg: lat is a number from -90 to 90.\n"


def test_pictures_states_and_details_are_left_alone_when_that_is_said(signed_in, tmp_path):
    folder = a_folder(tmp_path / "parts", [50_701, 50_702])
    assert signed_in("upload", "parts/frame-50701.jpg")[0] == 0
    about = {"source": "CAM-PARTS", "state": "accepted", "answer": {"shapes": []}}
    names = ("frame-50701.jpg", "frame-50702.jpg")
    (folder / "manifest.jsonl").write_text(lines_of(*({"file_name": name, **about} for name in names)))
    alone = ("--no-pictures", "--no-states", "--no-details")
    status, out, err = signed_in("import", "parts", "--yes", *alone)
    assert status == 0, err
    assert "done: 1 changed, 1 left out, 1 answers" in out
    assert "CAM-PARTS" not in signed_in("list", "--source", "CAM-PARTS")[1]
    assert "50701" in signed_in("list", "--state", "annotated")[1]
    assert signed_in("import", "parts", "--yes")[0] == 0
    listed = signed_in("list", "--source", "CAM-PARTS")[1]
    assert "50701" in listed and "50702" in listed
    assert "50702" in signed_in("list", "--state", "accepted")[1]


def test_a_table_says_what_was_noticed_in_it_before_it_is_applied(signed_in, tmp_path):
    a_folder(tmp_path / "frames", [50_501])
    assert signed_in("upload", "frames")[0] == 0
    status, _, err = signed_in("export", "--editable", "--file-name", "50501", "-o", "edited.csv")
    assert status == 0, err
    head, row = (tmp_path / "edited.csv").read_text().splitlines()
    (tmp_path / "edited.csv").write_text(f"{head},weather\n{row},rain\n")
    out, err = signed_in("table", "apply", "edited.csv", "--yes")[1:]
    assert "weather: " in err
    assert "0 changes" in out


def test_every_change_of_a_table_is_printed_before_it_is_applied(signed_in, tmp_path):
    numbers = range(50_600, 50_603)
    a_folder(tmp_path / "frames", numbers)
    assert signed_in("upload", "frames")[0] == 0
    assert signed_in("export", "--editable", "--file-name", "506", "-o", "edited.csv")[0] == 0
    with (tmp_path / "edited.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["sequence"] = "s1"
    rows[0]["azimuth"] = "north"
    with (tmp_path / "edited.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    out, err = signed_in("table", "apply", "edited.csv", "--yes")[1:]
    assert [line for line in out.splitlines() if "→" in line] == [
        f"row {number}, media {row['media_id']}, sequence: - → s1"
        for number, row in list(enumerate(rows, 2))[1:]
    ]
    assert "row 2, azimuth: azimuth is a number from 0 to 360." in err
    assert "2 changes, 0 conflicts, 1 wrong cells in 3 rows" in out


def test_tokens_devices_and_sources(signed_in):
    status, out, _ = signed_in("token", "create", "notebook", "--scope", "viewer", "--days", "3")
    assert status == 0 and "nobody is shown it again" in out
    listed = signed_in("token", "list")[1]
    number = next(line.split("\t")[0] for line in listed.splitlines() if line.endswith("notebook"))
    assert signed_in("token", "revoke", number)[0] == 0
    assert signed_in("device", "create", "cam-cli", "--source", "Mast")[0] == 0
    assert "cam-cli\tMast" in signed_in("device", "list")[1]
    assert signed_in("device", "rotate", "cam-cli")[0] == 0
    assert signed_in("device", "revoke", "cam-cli")[0] == 0
    assert signed_in("device", "revoke", "none")[0] == 1
    assert signed_in("source", "rename", "Mast", "Tower")[0] == 0
    assert "Tower" in signed_in("source", "list")[1]


@pytest.mark.parametrize(
    "words",
    [
        ["list", "--captured-from", "2026-08-12T10:00"],
        ["export", "--format", "xls"],
        ["nonsense"],
        ["list", "--satte", "new"],
    ],
)
def test_what_is_not_understood_is_said_before_anything_is_sent(vigie, words, capsys):
    with pytest.raises(SystemExit) as left:
        vigie(*words)
    assert left.value.code == 2
    assert "usage: vigie" in capsys.readouterr().err
