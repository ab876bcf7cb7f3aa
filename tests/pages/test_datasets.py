"""Datasets on the dashboard: exports with their receipts, releases compared, imports looked at before they are made."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime, timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from components.datasets import new_export
from components.datasets.words import split_text
from components.figures import size_text
from curation import releases
from curation.annotations import submit_annotation
from curation.datasets.asking import ask_for_export, cancel_export, list_exports
from curation.datasets.freezing import freeze_release
from curation.datasets.options import ExportOptions, Outlines
from curation.datasets.shares import SHARES_MISSED
from curation.datasets.splits import Split
from curation.exports import Per
from curation.imports.asking import start_import
from curation.media_filter import MediaFilter
from curation.reviews import decide
from db.models import Decision, Export, ExportFormat, Import, ImportKind
from db.session import open_session
from tests.curation.importing import Importer, a_zip
from tests.curation.tables.test_tables import Editor
from tests.exported import exported
from tests.factories import a_box, a_jpeg, a_media, a_release, a_viewer, an_access
from tests.pages.conftest import links, said


@pytest.fixture
def curator(installation):
    with open_session() as session:
        return an_access(session, login="curator")


@pytest.fixture
def two_media(curator):
    with open_session() as session:
        north = a_media(session, source="north", uploaded_by=curator)
        a_media(session, source="south", uploaded_by=curator)
        submit_annotation(session, curator, north.id, shapes=[a_box()], label_classes=[])


def test_an_export_is_asked_for_as_it_was_chosen(open_page, curator, two_media):
    app = open_page(curator, "export.py", source="north")
    app.radio(key="export_format").set_value(ExportFormat.COCO).run()
    app.toggle(key="export_pictures").set_value(True).run()
    app.toggle(key="export_split").set_value(True).run()
    assert "Really: train" in said(app)
    # Two groups cannot be parted into three.
    assert [warning.value for warning in app.warning] == [SHARES_MISSED]
    app.button(key="export_go").click().run()
    with open_session(read_only=True) as session:
        [asked] = list_exports(session, curator).items
    assert (asked.format, asked.filter) == ("coco", {"source": ["north"]})
    assert asked.options["pictures"] is True
    assert asked.options["split"]["train"] == pytest.approx(0.8)
    assert app.query_params["export"] == str(asked.id)
    assert not app.exception


def test_an_export_under_way_can_be_cancelled(open_page, curator, two_media):
    with open_session() as session:
        asked = ask_for_export(session, curator, ExportFormat.JSONL)
    app = open_page(curator, "export.py", export=str(asked.id))
    with open_session() as session:
        session.get_one(Export, asked.id).frozen_at = asked.created_at
    app.button(key="export_cancel").click().run()
    assert "Nothing of it is kept" in said(app)
    # Who has not got this file would miss what came before it.
    assert "Only what changed since" not in said(app)


def test_somebody_elses_export_is_not_shown(open_page, curator, two_media):
    with open_session() as session:
        asked = ask_for_export(session, curator, ExportFormat.JSONL)
        viewer = a_viewer(session)
    assert "There is no export" in open_page(viewer, "export.py", export=str(asked.id)).error[0].value
    assert "No export yet" in said(open_page(viewer, "export.py", section="past"))


def test_past_exports_lead_to_each_of_them(open_page, curator, two_media):
    with open_session() as session:
        asked = ask_for_export(session, curator, ExportFormat.YOLO, wanted=MediaFilter(source=("north",)))
    addresses = [address for _, address in links(open_page(curator, "export.py", section="past"))]
    assert f"/export?export={asked.id}" in addresses
    assert "/browse?source=north" in addresses


def test_past_exports_say_how_many_media_are_in_the_file(open_page, curator, two_media):
    made = exported(curator, ExportFormat.COCO)
    assert (made.total, (made.receipt or {})["media"]["exported"]) == (2, 1)
    app = open_page(curator, "export.py", section="past")
    assert f"all media1{size_text(made.size)}" in said(app)


def test_a_release_is_frozen_by_a_curator_and_not_by_a_viewer(open_page, curator, two_media):
    app = open_page(curator, "export.py", section="releases", source="north")
    app.text_input(key="release_name").set_value("november").run()
    app.button(key="release_go").click().run()
    with open_session(read_only=True) as session:
        [asked] = releases.list_releases(session, curator).items
    assert (asked.name, asked.filter) == ("november", {"source": ["north"]})
    with open_session() as session:
        viewer = a_viewer(session)
    app = open_page(viewer, "export.py", section="releases")
    assert "release_go" not in [button.key for button in app.button]
    assert "november" in said(app)


def test_an_export_and_a_release_say_when_the_shares_of_their_split_are_missed(open_page, curator, two_media):
    split = Split(0.4, 0.3, 0.3)
    made = exported(curator, options={"split": split.to_payload()})
    with open_session() as session:
        release = releases.create_release(session, curator, "november", wanted=MediaFilter(), split=split)
    freeze_release(open_session, release.id)
    assert SHARES_MISSED in said(open_page(curator, "export.py", export=str(made.id)))
    release_page = {"section": "releases", "show": str(release.id)}
    assert SHARES_MISSED in said(open_page(curator, "export.py", **release_page))


def test_a_label_class_of_a_release_leads_to_the_media_of_its_filter(open_page, curator, two_media):
    with open_session() as session:
        release = releases.create_release(session, curator, "november", wanted=MediaFilter(source=("north",)))
    freeze_release(open_session, release.id)
    shown = dict(links(open_page(curator, "export.py", section="releases", show=str(release.id))))
    [leads_to] = [address for name, address in shown.items() if name.lower() == "wildfire"]
    assert parse_qs(urlsplit(leads_to).query) == {"source": ["north"], "label_class": ["wildfire"]}


def test_a_table_to_be_edited_is_taken_by_those_who_may_bring_it_back(open_page, curator, two_media):
    app = open_page(curator, "export.py")
    app.toggle(key="export_editable").set_value(True).run()
    assert "editable=1" in app.code[0].value
    # What is made with a receipt has not how each row was: it could not be brought back.
    assert "export_go" not in [button.key for button in app.button]
    with open_session() as session:
        viewer = a_viewer(session)
    app = open_page(viewer, "export.py")
    assert "export_editable" not in [toggle.key for toggle in app.toggle]


def test_a_curator_sees_the_imports_that_were_made(open_page, curator):
    with open_session() as session:
        start_import(session, curator, ImportKind.FILES, "november")
        other = an_access(session, login="other")
    app = open_page(curator, "imports.py", section="past")
    assert ("november", "/imports?import=1") in links(app)
    assert "No import yet" in said(open_page(other, "imports.py", section="past"))


def test_an_export_of_changes_is_exported_again_as_one_of_changes(open_page, curator, two_media):
    moment = "2026-08-12T17:42:08+00:00"
    with open_session() as session:
        release = releases.create_release(session, curator, "spring", wanted=MediaFilter())
    freeze_release(open_session, release.id)
    with open_session() as session:
        since_release = ask_for_export(session, curator, ExportFormat.JSONL, since_release_id=release.id)
        since = ask_for_export(session, curator, ExportFormat.CSV, since_at=datetime.fromisoformat(moment))
    with open_session() as session:
        for asked in (since_release, since):
            cancel_export(session, curator, asked.id)
    acts = dict(links(open_page(curator, "export.py", export=str(since_release.id))))
    assert f"since_release={release.id}" in acts["Export again"]
    acts = dict(links(open_page(curator, "export.py", export=str(since.id))))
    assert urlencode({"since": moment}) in acts["Export again"]


def test_of_changes_it_is_said_how_many_media_come(open_page, curator, two_media, monkeypatch):
    def figure(**query: str) -> str:
        app = open_page(curator, "export.py", **query)
        [shown] = [html.body for html in app.get("html") if html.body.startswith("<span")]
        return re.sub("<.*?>", "", shown)

    before = []
    for name in ("spring", "summer"):
        with open_session() as session:
            release = releases.create_release(session, curator, name, wanted=MediaFilter())
        freeze_release(open_session, release.id)
        before.append(str(release.id))
        with open_session() as session:
            media = a_media(session, source="north", uploaded_by=curator)
    later = (media.created_at + timedelta(minutes=1)).isoformat()
    assert figure() == "4 media"
    assert figure(since_release=before[0]) == "at most 2 media"
    assert figure(since_release=before[1]) == "at most 1 media"
    assert figure(since_release=before[1], source="south") == "0 media"
    assert figure(release=before[1], since_release=before[0]) == "1 media"
    assert figure(since=later) == "0 media"
    monkeypatch.setattr(new_export, "COUNT_CAP", 4)
    assert figure(since_release=before[0]) == "what changed of 4 media"


def test_a_program_is_given_what_was_chosen(open_page, curator, two_media):
    moment = "2026-08-12T17:42:08+00:00"
    app = open_page(curator, "export.py", since=moment)
    app.segmented_control(key="export_per").set_value(Per.SHAPE).run()
    app.toggle(key="export_raw").set_value(True).run()
    app.multiselect(key="export_columns_shape").set_value(["media_id", "state"]).run()
    [command] = app.code
    assert command.value == (
        f"vigie export --format csv --since {moment} --per shape --raw --columns media_id,state --wait"
    )


def test_an_export_again_keeps_the_very_shares_of_its_split(open_page, curator, two_media):
    split = Split(0.505, 0.335, 0.16, seed=3)
    with open_session() as session:
        first = ask_for_export(session, curator, ExportFormat.JSONL, options=ExportOptions(split=split))
        cancel_export(session, curator, first.id)
    app = open_page(curator, "export.py", like=str(first.id))
    assert "Exactly 50.5 / 33.5 / 16 %" in said(app)
    assert "--split 50.5/33.5/16 --seed 3" in app.code[0].value
    app.button(key="export_go").click().run()
    with open_session(read_only=True) as session:
        again = list_exports(session, curator).items[0]
    assert (again.id == first.id, again.options) == (False, first.options)
    app = open_page(curator, "export.py", like=str(first.id))
    app.slider(key="export_shares").set_value((60, 80)).run()
    assert "--split 60/20/20 --seed 3" in app.code[0].value
    assert "Exactly" not in said(app)


def test_a_split_is_told_as_exactly_as_it_is():
    assert split_text({"train": 0.505, "val": 0.335, "test": 0.16, "seed": 3}) == "50.5 / 33.5 / 16 %, seed 3"
    assert split_text({"train": 0.8, "val": 0.1, "test": 0.1}) == "80 / 10 / 10 %, seed 0"


def test_changes_since_any_release_are_shown_and_made_whatever_its_age(open_page, curator, two_media):
    with open_session() as session:
        old, *_ = (a_release(session, curator).id for _ in range(101))
        last = releases.create_release(session, curator, "last", wanted=MediaFilter()).id
    freeze_release(open_session, last)
    app = open_page(curator, "export.py", since_release=str(old))
    assert app.selectbox(key="export_since").value == str(old)
    app.button(key="export_go").click().run()
    with open_session(read_only=True) as session:
        assert list_exports(session, curator).items[0].since_release_id == old
    app = open_page(curator, "export.py", section="releases", show=str(last))
    assert len(app.selectbox(key="compare_with").options) == 101
    app.selectbox(key="compare_with").set_value(str(old)).run()
    assert not app.exception
    assert any(f"/releases/{old}/compare/{last}/" in target for _, target in links(app))


def test_changes_since_no_release_are_not_taken_for_everything(open_page, curator, two_media):
    app = open_page(curator, "export.py", since_release="12")
    assert "There is no release 12" in said(app)
    assert [button.key for button in app.button if button.key == "export_go"] == []


@pytest.mark.parametrize(
    "since", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_a_moment_that_cannot_be_is_none(open_page, curator, two_media, since):
    app = open_page(curator, "export.py", since=since)
    assert not app.exception
    assert "--since" not in "".join(code.value for code in app.code)


@pytest.mark.parametrize(
    "page, query",
    [
        ("export.py", {"export": "9" * 30}),
        ("export.py", {"section": "releases", "show": "9" * 30}),
        ("export.py", {"release": "9" * 30}),
        ("export.py", {"like": "9" * 30}),
        ("export.py", {"since_release": "9" * 5_000}),
        ("imports.py", {"import": "9" * 30}),
        ("imports.py", {"section": "table", "import": "9" * 30}),
    ],
)
def test_a_number_that_nothing_can_have_is_nobodys(open_page, curator, two_media, page, query):
    app = open_page(curator, page, **query)
    assert not app.exception
    assert f"There is no {'import' if page == 'imports.py' else ''}" in said(app)


def test_a_program_is_told_how_yolo_writes_shapes(open_page, curator, two_media):
    app = open_page(curator, "export.py")
    app.radio(key="export_format").set_value(ExportFormat.YOLO).run()
    assert app.code[0].value == "vigie export --format yolo --wait"
    app.segmented_control(key="export_outlines").set_value(Outlines.POLYGONS).run()
    assert app.code[0].value == "vigie export --format yolo --outlines polygons --wait"


def test_an_import_without_annotations_is_said_to_be_pictures_only(open_page, installation, curator):
    importer = Importer(curator, installation.data_dir / "spool")
    view = importer.read({"a.jpg": a_jpeg(64, 36)})
    app = open_page(curator, "imports.py", **{"import": str(view.id)})
    assert app.selectbox(key="import_format").proto.placeholder == "pictures only"
    assert "1 picture that no annotation file names" in said(app)


def test_what_all_words_become_stays_decided_whatever_the_boxes_said_before(open_page, installation, curator):
    importer = Importer(curator, installation.data_dir / "spool")
    labels = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 36}],
        "categories": [{"id": 1, "name": "wildfire"}, {"id": 2, "name": "unheard of"}],
        "annotations": [
            {"id": number, "image_id": 1, "category_id": number, "bbox": [8, 6, 16, 12]} for number in (1, 2)
        ],
    }
    view = importer.read({"a.jpg": a_jpeg(64, 36), "labels.json": json.dumps(labels).encode()})
    app = open_page(curator, "imports.py", **{"import": str(view.id)})
    unheard, known = (box for box in app.selectbox if box.key != "import_format")
    assert (unheard.value, known.value) == (None, "wildfire")
    known.set_value("dust").run()
    app.button(key="map_leave").click().run()
    # A browser that has not drawn the answer yet still sends what it shows.
    app.session_state[unheard.key] = None
    app.button(key="import_go").click().run()
    with open_session(read_only=True) as session:
        chosen = session.get_one(Import, view.id).options["commit"]["mapping"]
    assert chosen == {"wildfire": "dust", "unheard of": None}


def test_what_could_not_be_read_is_not_called_pictures(open_page, installation, curator):
    importer = Importer(curator, installation.data_dir / "spool")
    importer.read({"broken.zip": b"PK but not really"}, kind=ImportKind.ARCHIVE)
    assert "pictures only" not in said(open_page(curator, "imports.py", section="past"))
    importer.read({"a.jpg": a_jpeg(64, 36)})
    assert "pictures only" in said(open_page(curator, "imports.py", section="past"))


def test_a_format_is_offered_only_where_it_may_help(open_page, installation, curator):
    importer = Importer(curator, installation.data_dir / "spool")
    broken = importer.read({"broken.zip": b"PK but not really"}, kind=ImportKind.ARCHIVE)
    app = open_page(curator, "imports.py", **{"import": str(broken.id)})
    assert "not a ZIP archive" in app.error[0].value
    assert "No other format helps" in said(app)
    assert [list(app.selectbox), [button.key for button in app.button]] == [[], ["import_cancel"]]
    empty = importer.read({"notes.md": "Nothing to read."})
    app = open_page(curator, "imports.py", **{"import": str(empty.id)})
    assert "No other format helps" not in said(app)
    assert [choice.key for choice in app.selectbox] == ["import_format"]


def test_what_there_was_no_room_for_is_read_again(open_page, installation, curator, monkeypatch):
    importer = Importer(curator, installation.data_dir / "spool")
    with monkeypatch.context() as short:
        short.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=10_000, free=10))
        view = importer.read({"a.zip": a_zip({"a.jpg": a_jpeg(64, 36)})}, kind=ImportKind.ARCHIVE)
    app = open_page(curator, "imports.py", **{"import": str(view.id)})
    assert "No other format helps" not in said(app)
    app.button(key="import_again").click().run()
    assert importer.run(view.id).state == "ready"


def test_what_an_undo_had_to_leave_can_be_undone_once_more(open_page, installation, curator):
    importer = Importer(curator, installation.data_dir / "spool")
    done = importer.bring({"a.jpg": a_jpeg(64, 36), "b.jpg": a_jpeg(36, 64)})
    with open_session() as session:
        decide(
            session, an_access(session, login="other"), importer.items(done.id)[0].media_id, Decision.REJECTED
        )
    importer.undo(done.id)
    app = open_page(curator, "imports.py", **{"import": str(done.id)})
    app.button(key="import_undo").click().run()
    assert importer.view(done.id).state == "undoing"


def test_a_comparison_says_when_one_release_has_no_split(open_page, curator, two_media):
    shown = {}
    for name, split in (("parted", Split(0.5, 0.5, 0.0)), ("whole", None)):
        with open_session() as session:
            release = releases.create_release(session, curator, name, wanted=MediaFilter(), split=split)
        freeze_release(open_session, release.id)
        shown[name] = str(release.id)
    place = {"section": "releases", "show": shown["whole"], "with": shown["parted"]}
    assert "only one of the two releases has a split" in said(open_page(curator, "export.py", **place))


def test_an_import_is_shown_as_what_it_is_whatever_the_address_says(open_page, installation, curator):
    importer = Importer(curator, installation.data_dir / "spool")
    dataset = importer.read({"a.jpg": a_jpeg(64, 36)})
    app = open_page(curator, "imports.py", **{"section": "table", "import": str(dataset.id)})
    assert "import_go" in [button.key for button in app.button]
    table = Editor(curator, installation).drop(Editor(curator, installation).take_bytes())
    app = open_page(curator, "imports.py", **{"import": str(table.id)})
    assert "Nothing was changed in this table." in said(app)
