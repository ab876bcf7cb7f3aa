"""Edited tables over HTTP: taken from one route, sent to another, applied and undone."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from curation.acts import ReviewPolicy
from curation.imports.running import ImportPlace, run_import
from curation.uploads import UploadPlace
from db.session import open_session
from storage import open_bucket
from tests.conftest import Installation
from tests.factories import a_media


@pytest.fixture
def media_id(installation: Installation) -> int:
    with open_session() as session:
        return a_media(session, source="serre", tags=["fog"]).id


def _run(installation: Installation, import_id: int) -> None:
    place = ImportPlace(UploadPlace(), ReviewPolicy(), installation.data_dir / "spool")
    run_import(open_session, open_bucket(), place, import_id)


def test_a_table_goes_out_is_changed_and_comes_back(
    client: TestClient, caller: Callable[..., dict[str, str]], installation: Installation, media_id: int
) -> None:
    curator = caller()
    taken = client.get("/exports/media.csv?editable=1&columns=media_id,tags,state", headers=curator)
    (row,) = csv.DictReader(io.StringIO(taken.content.decode("utf-8-sig")))
    assert list(row) == ["media_id", "tags", "state", "base"]
    row["tags"] = "fog;dawn"
    text = io.StringIO()
    writer = csv.DictWriter(text, row)
    writer.writeheader()
    writer.writerow(row)
    form = {"client_id": "a-table-of-tests"}
    files = {"file": ("edited.csv", text.getvalue())}
    sent = client.post("/imports/table", headers=curator, data=form, files=files)
    assert sent.status_code == 202, sent.text
    import_id = sent.json()["id"]
    # Sent once more because no answer came: it is the same one.
    assert client.post("/imports/table", headers=curator, data=form, files=files).json()["id"] == import_id
    _run(installation, import_id)
    preview = client.get(f"/imports/{import_id}", headers=curator).json()["preview"]
    assert [(change["column"], change["old"], change["new"]) for change in preview["changes"]] == [
        ("tags", "fog", "dawn;fog")
    ]
    refused = client.post(f"/imports/{import_id}/commit", headers=curator, json={"conflicts": "both"})
    assert refused.status_code == 422
    assert client.post(f"/imports/{import_id}/commit", headers=curator, json={}).status_code == 202
    _run(installation, import_id)
    assert client.get(f"/media/{media_id}", headers=curator).json()["tags"] == ["dawn", "fog"]
    assert client.post(f"/imports/{import_id}/undo", headers=curator).status_code == 202
    _run(installation, import_id)
    assert client.get(f"/media/{media_id}", headers=curator).json()["tags"] == ["fog"]


def test_a_table_that_was_cut_on_its_way_is_not_read(
    client: TestClient, caller: Callable[..., dict[str, str]]
) -> None:
    files = {"file": ("edited.csv", b"media_id,base")}
    curator = caller()
    cut = client.post("/imports/table", headers=curator, data={"sha256": "0" * 64}, files=files)
    assert cut.status_code == 422
    assert client.get("/imports", headers=curator).json() == []


def test_what_is_wrong_in_a_table_is_told_in_the_language_of_whoever_asks(
    client: TestClient, caller: Callable[..., dict[str, str]], installation: Installation, media_id: int
) -> None:
    french = {**caller(), "Accept-Language": "fr"}
    taken = client.get("/exports/media.csv?editable=1&columns=media_id,azimuth", headers=french)
    [row] = csv.DictReader(io.StringIO(taken.content.decode("utf-8-sig")))
    row["azimuth"] = "north"
    text = io.StringIO()
    writer = csv.DictWriter(text, row)
    writer.writeheader()
    writer.writerow(row)
    sent = client.post("/imports/table", headers=french, files={"file": ("edited.csv", text.getvalue())})
    import_id = sent.json()["id"]
    _run(installation, import_id)
    [problem] = client.get(f"/imports/{import_id}", headers=french).json()["preview"]["problems"]
    [cell] = client.get(f"/imports/{import_id}/changes?what=problem", headers=french).json()
    assert problem["sentence"] == cell["sentence"] == "azimuth est un nombre de 0 à 360."
    assert (cell["row"], cell["column"], cell["new"], cell["media_id"]) == (2, "azimuth", "north", media_id)
    assert client.get(f"/imports/{import_id}/changes", headers=french).json() == []
    assert client.get(f"/imports/{import_id}/changes?what=all", headers=french).status_code == 422
