"""The metadata as a table: changed as a spreadsheet changes it, dropped back, merged, applied, undone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from curation import looks
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.csv_columns import EDITABLE
from curation.exports import export_csv
from curation.imports.asking import commit_import, undo_import
from curation.imports.running import ImportPlace, run_import
from curation.imports.views import ImportItemView, get_import, list_import_items
from curation.label_classes import retire_label_class
from curation.media_filter import MediaFilter
from curation.media_view import annotation_views
from curation.reviews import decide
from curation.sources import list_source_names
from curation.spool import Spool
from curation.tables.sending import send_table
from curation.tags import change_tags
from curation.two_step import change_media
from curation.uploads import UploadPlace
from db.models import Access, Decision, Event, LabelClass, Look, LookKind, Media, Review, State, utc_now
from db.session import open_session
from storage import open_bucket
from tests.conftest import Installation
from tests.factories import a_box, a_media, an_access, an_admin

A_POLYGON = [[0.1, 0.2], [0.3, 0.2], [0.2, 0.4]]
Row = dict[str, str]


class Editor:
    """Somebody with a spreadsheet."""

    def __init__(self, access: Access, installation: Installation) -> None:
        self.access = access
        self._folder = installation.data_dir / "spool"
        self.policy = ReviewPolicy()

    def take(self, **options: Any) -> list[Row]:
        """The table as rows of text."""
        text = self.take_bytes(**options).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def take_bytes(self, **options: Any) -> bytes:
        with open_session(read_only=True) as session:
            return b"".join(export_csv(session, self.access, MediaFilter(), editable=True, **options))

    def drop(self, table: list[Row] | bytes, **form: Any) -> Any:
        content = table if isinstance(table, bytes) else written(table, **form)
        with Spool(self._folder, limit=2**28) as spool:
            spool.write(content)
            sent = send_table(open_session, open_bucket(), self.access, "edited.csv", spool.finish())
        return self.run(sent.id)

    def apply(self, table: list[Row] | bytes, **choices: Any) -> Any:
        view = self.drop(table)
        assert view.state == "ready", view.error
        return self.commit(view.id, **choices)

    def commit(self, import_id: int, **choices: Any) -> Any:
        with open_session() as session:
            commit_import(session, self.access, import_id, choices)
        return self.run(import_id)

    def undo(self, import_id: int) -> Any:
        with open_session() as session:
            undo_import(session, self.access, import_id)
        return self.run(import_id)

    def run(self, import_id: int) -> Any:
        place = ImportPlace(UploadPlace(), self.policy, self._folder)
        run_import(open_session, open_bucket(), place, import_id)
        with open_session(read_only=True) as session:
            return get_import(session, self.access, import_id)

    def items(self, import_id: int) -> list[ImportItemView]:
        with open_session(read_only=True) as session:
            return list_import_items(session, self.access, import_id, limit=200).items


def written(
    table: list[Row], *, delimiter: str = ",", encoding: str = "utf-8", line_end: str = "\n"
) -> bytes:
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in table for name in row))
    writer = csv.DictWriter(text, names, delimiter=delimiter, lineterminator=line_end)
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue().encode(encoding)


@pytest.fixture
def editor(installation: Installation) -> Editor:
    with open_session() as session:
        return Editor(an_access(session, login="ines"), installation)


@pytest.fixture
def media_ids(installation: Installation) -> list[int]:
    """A new media, one with an answer of three shapes, and an accepted one."""
    with open_session() as session:
        jo = an_access(session, login="jo")
        new = a_media(
            session, source="brison-200", tags=["fog", "night"], azimuth=45.5, lat=44.123456, lon=4.5
        )
        answered = a_media(session, source="brison-200", sequence="0042")
        submit_annotation(
            session,
            jo,
            answered.id,
            shapes=[
                a_box(),
                {"label_class": "wildfire", "points": A_POLYGON},
                a_box("industrial", (0.5, 0.5, 0.6, 0.6)),
            ],
            label_classes=["low_cloud"],
            replies={"missed_smoke": False},
        )
        accepted = a_media(session, source="serre", captured_at=datetime(2026, 3, 28, 6, 1, 2, 345678, UTC))
        submit_annotation(session, jo, accepted.id, shapes=[a_box()], accept=True)
        return [new.id, answered.id, accepted.id]


def found(media_id: int) -> Media:
    with open_session(read_only=True) as session:
        media = session.scalars(select(Media).where(Media.id == media_id)).one()
        session.expunge_all()
        return media


def answer(media_id: int) -> Any:
    with open_session(read_only=True) as session:
        current = session.get_one(Media, media_id).current_annotation_id
        assert current is not None
        return annotation_views(session, [current])[0]


def without_base(table: list[Row]) -> list[Row]:
    """What a table says, but for what every act changes in it."""
    passing = ("base", "shape_base", "annotation_id", "annotation_number", "shape_id", "annotator")
    return [{name: value for name, value in row.items() if name not in passing} for row in table]


def test_a_table_that_nobody_changed_changes_nothing(editor: Editor, media_ids: list[int]) -> None:
    for options in ({}, {"per": "shape"}, {"raw": True}):
        view = editor.drop(editor.take_bytes(**options))
        assert view.state == "ready", view.error
        assert (view.preview["changed"], view.preview["wrong"], view.preview["conflicted"]) == (0, 0, 0)
        assert editor.items(view.id) == []


def test_every_change_is_shown_old_and_new_and_then_done(editor: Editor, media_ids: list[int]) -> None:
    table = editor.take()
    by_id = {int(row["media_id"]): row for row in table}
    new, answered, accepted = media_ids
    by_id[new] |= {"source": "brison-201", "tags": "fog;dawn", "azimuth": "50", "state": "unsure"}
    by_id[answered] |= {"label_classes": "high_cloud", "captured_at": "2026-08-12T19:42:08+01:00"}
    by_id[accepted] |= {"state": "sent_back", "decision_comment": "box too wide"}
    view = editor.drop(table)
    shown = {
        (change["media_id"], change["column"]): (change["old"], change["new"])
        for change in view.preview["changes"]
    }
    assert shown == {
        (new, "source"): ("brison-200", "brison-201"),
        (new, "tags"): ("fog;night", "dawn;fog"),
        (new, "azimuth"): ("45.5", "50"),
        (new, "state"): ("new", "unsure"),
        (answered, "label_classes"): ("low_cloud", "high_cloud"),
        (answered, "captured_at"): ("2026-08-12T17:42:08.000000Z", "2026-08-12T18:42:08.000000Z"),
        (accepted, "state"): ("accepted", "sent_back"),
    }
    assert view.preview["new_sources"] == ["brison-201"]
    assert view.preview["new_tags"] == ["dawn"]
    assert found(new).state == State.NEW

    done = editor.commit(view.id)
    assert (done.state, done.counts["changed"]) == ("done", 3)
    assert (found(new).state, found(new).azimuth) == (State.UNSURE, 50)
    assert answer(answered).label_classes == ["high_cloud"]
    assert found(answered).captured_at == datetime(2026, 8, 12, 18, 42, 8, tzinfo=UTC)
    assert found(accepted).state == State.SENT_BACK
    with open_session(read_only=True) as session:
        last = session.get_one(Review, found(accepted).last_review_id)
        assert (last.decision, last.comment, last.access_id) == (
            Decision.SENT_BACK,
            "box too wide",
            editor.access.id,
        )
    assert editor.drop(editor.take()).preview["changed"] == 0


def test_one_undo_gives_everything_back(editor: Editor, media_ids: list[int]) -> None:
    before = {options: editor.take(per=options) for options in ("media", "shape")}
    table = editor.take(per="shape")
    for row in table:
        row |= {"source": "elsewhere", "tags": "new one", "lat": "1", "lon": "2", "sequence": "s-1"}
        row["captured_at"] = "2025-01-01T00:00:00Z"
        if row["label_class"]:
            row["label_class"] = "dust"
        if row["state"] == "new":
            row["state"] = "rejected"
    done = editor.apply(table)
    assert (done.counts["changed"], done.counts["answers"]) == (3, 2)
    assert {row["label_class"] for row in editor.take(per="shape")} == {"dust", ""}
    undone = editor.undo(done.id)
    assert (undone.state, undone.counts["undone"]) == ("undone", 3)
    for per, rows in before.items():
        now = without_base(editor.take(per=per))
        decided = ("last_decision", "decided_by", "decided_at", "decision_comment")
        assert [{k: v for k, v in row.items() if k not in decided} for row in now] == [
            {k: v for k, v in row.items() if k not in decided} for row in without_base(rows)
        ]


def test_the_label_class_of_a_shape_becomes_a_new_answer_and_nothing_else_moves(
    editor: Editor, media_ids: list[int]
) -> None:
    _, answered, accepted = media_ids
    before = answer(answered)
    table = editor.take(per="shape")
    of_answered = [row for row in table if row["media_id"] == str(answered)]
    of_answered[1]["label_class"] = "Dust"  # by its name
    done = editor.apply(table)
    assert done.counts == {"changed": 1, "answers": 1, "shapes": 3}
    after = answer(answered)
    assert [shape.label_class for shape in after.shapes] == ["wildfire", "dust", "industrial"]
    assert [(shape.box, shape.points) for shape in after.shapes] == [
        (shape.box, shape.points) for shape in before.shapes
    ]
    assert (after.based_on, after.number, after.author) == (before.id, 2, "ines")
    assert (after.replies, after.label_classes) == (before.replies, before.label_classes)
    assert found(accepted).current_annotation_id == int(
        next(row for row in table if row["media_id"] == str(accepted))["annotation_id"]
    )


def test_a_label_class_of_an_accepted_media_is_changed_and_accepted_again(
    editor: Editor, media_ids: list[int]
) -> None:
    accepted = media_ids[2]
    table = editor.take(per="shape")
    next(row for row in table if row["media_id"] == str(accepted))["label_class"] = "dust"
    done = editor.apply(table)
    assert done.counts["changed"] == 1, editor.items(done.id)
    assert (found(accepted).state, answer(accepted).shapes[0].label_class) == (State.ACCEPTED, "dust")
    editor.undo(done.id)
    assert (found(accepted).state, answer(accepted).shapes[0].label_class) == (State.ACCEPTED, "wildfire")


def test_what_is_wrong_is_said_by_row_and_column_and_only_its_media_is_left_out(
    editor: Editor, media_ids: list[int]
) -> None:
    table = editor.take()
    by_id = {int(row["media_id"]): row for row in table}
    places = {int(row["media_id"]): number for number, row in enumerate(table, start=2)}
    new, answered, accepted = media_ids
    by_id[new] |= {"label_classes": "low_clowd", "azimuth": "400", "captured_at": "yesterday", "tags": "fog"}
    by_id[accepted] |= {"state": "parked"}
    by_id[answered]["source"] = "elsewhere"
    done = editor.apply(table)
    said = {(problem["row"], problem["column"]): problem["sentence"] for problem in done.preview["problems"]}
    assert said == {
        (places[new], "label_classes"): "There is no label class “low_clowd”. Perhaps low_cloud?",
        (places[new], "azimuth"): "azimuth is a number from 0 to 360.",
        (places[new], "captured_at"): "It is not a time. Write it like 2026-08-12T17:42:08Z.",
        (places[accepted], "state"): (
            "Say in a note why this one is set aside. A new one belongs in the column decision_comment."
        ),
    }
    assert (done.counts["failed"], done.counts["changed"]) == (2, 1)
    assert found(accepted).state == State.ACCEPTED
    assert [row["tags"] for row in editor.take() if row["media_id"] == str(new)] == ["fog;night"]


def test_what_somebody_else_changed_meanwhile_stays_unless_ours_is_chosen(
    editor: Editor, media_ids: list[int]
) -> None:
    new, answered, accepted = media_ids
    table = editor.take(per="shape")
    with open_session() as session:
        other = an_admin(session)
        decide(session, other, new, Decision.UNSURE)
        shapes = [a_box("dust"), {"label_class": "wildfire", "points": A_POLYGON}]
        submit_annotation(
            session, other, answered, shapes=shapes, based_on=found(answered).current_annotation_id
        )
        decide(
            session,
            other,
            accepted,
            Decision.REOPENED,
            annotation_id=found(accepted).current_annotation_id,
            comment="x",
        )
    rows = {(int(row["media_id"]), number): row for number, row in enumerate(table)}
    for (media_id, _), row in rows.items():
        if media_id == new:
            row["state"] = "rejected"
        if media_id == accepted:
            row["state"] = "annotated"  # what the other one did too
    of_answered = [row for (media_id, _), row in rows.items() if media_id == answered]
    of_answered[0]["label_class"] = "industrial"  # theirs is dust by now
    of_answered[1]["label_class"] = "industrial"  # theirs is as it was
    view = editor.drop(table)
    assert view.preview["already"] == 1
    conflicts = {
        (conflict["media_id"], conflict["column"]): (conflict["base"], conflict["old"], conflict["new"])
        for conflict in view.preview["conflicts"]
    }
    assert conflicts == {
        (new, "state"): ("new", "unsure", "rejected"),
        (answered, "label_class"): ("wildfire", "dust", "industrial"),
    }
    ours = [conflict["place"] for conflict in view.preview["conflicts"] if conflict["column"] == "state"]
    done = editor.commit(view.id, mine=ours)
    assert done.counts["changed"] == 2
    assert found(new).state == State.REJECTED
    assert [shape.label_class for shape in answer(answered).shapes] == ["dust", "industrial"]
    why = next(item.why for item in editor.items(done.id) if item.media_id == answered)
    assert why == "Somebody else has changed label_class meanwhile; that stayed."


def test_a_shape_that_is_gone_is_said_and_nothing_of_its_media_is_done(
    editor: Editor, media_ids: list[int]
) -> None:
    answered = media_ids[1]
    table = editor.take(per="shape")
    with open_session() as session:
        current = found(answered).current_annotation_id
        submit_annotation(session, an_admin(session), answered, shapes=[], based_on=current)
    next(row for row in table if row["media_id"] == str(answered))["label_class"] = "dust"
    (problem,) = editor.drop(table).preview["problems"]
    assert problem["sentence"].startswith("This shape is in the answer that counts no more")


def test_what_changes_between_preview_and_commit_stays(editor: Editor, media_ids: list[int]) -> None:
    new, answered, _ = media_ids
    table = editor.take()
    for row in table:
        row["source"] = "mine"
    view = editor.drop(table)
    with open_session() as session:
        other = an_admin(session)
        change_tags(session, other, [answered], ["seen"], [])
        change_media(session, other, new, {"source": "theirs"})
    done = editor.commit(view.id)
    assert (done.counts["changed"], done.counts["left_out"]) == (2, 1)
    names = {int(row["media_id"]): (row["source"], row["tags"]) for row in editor.take()}
    assert names[new][0] == "theirs"
    assert names[answered] == ("mine", "seen")


@pytest.mark.parametrize("mine", [{"lat": "10.5", "lon": "20.5"}, {"lon": "20.5"}])
def test_a_position_is_theirs_or_ours_and_never_half_of_each(
    editor: Editor, media_ids: list[int], mine: Row
) -> None:
    new = media_ids[0]
    table = [row | mine for row in editor.take() if row["media_id"] == str(new)]
    with open_session() as session:
        change_media(session, an_admin(session), new, {"lat": 50.0})
    view = editor.drop(table)
    assert {conflict["column"] for conflict in view.preview["conflicts"]} == {"lat", "lon"}
    assert view.preview["changed"] == 0
    assert editor.commit(view.id).counts["left_out"] == 1
    assert (found(new).lat, found(new).lon) == (50, 4.5)
    editor.apply(table, mine=["2:lon"])
    assert (found(new).lat, found(new).lon) == (float(mine.get("lat", "44.123456")), 20.5)


def test_a_position_that_somebody_moves_between_preview_and_commit_stays(
    editor: Editor, media_ids: list[int]
) -> None:
    new = media_ids[0]
    view = editor.drop([row | {"lon": "20.5"} for row in editor.take() if row["media_id"] == str(new)])
    with open_session() as session:
        change_media(session, an_admin(session), new, {"lat": 50.0})
    assert editor.commit(view.id).counts["left_out"] == 1
    assert (found(new).lat, found(new).lon) == (50, 4.5)


def test_tags_of_both_sides_come_together(editor: Editor, media_ids: list[int]) -> None:
    new = media_ids[0]
    table = editor.take()
    next(row for row in table if row["media_id"] == str(new))["tags"] = "fog;dawn"  # night away, dawn added
    with open_session() as session:
        change_tags(session, an_admin(session), [new], ["checked"], ["fog"])
    done = editor.apply(table)
    assert done.preview["conflicted"] == 0
    assert next(row for row in editor.take() if row["media_id"] == str(new))["tags"] == "checked;dawn"


def test_undo_leaves_what_somebody_has_acted_on_since(editor: Editor, media_ids: list[int]) -> None:
    new, answered, _ = media_ids
    table = [row | {"state": "rejected"} for row in editor.take() if row["state"] != "accepted"]
    done = editor.apply(table)
    assert done.counts["changed"] == 2
    with open_session() as session:
        decide(session, an_admin(session), new, Decision.REOPENED, comment="it is fine")
    undone = editor.undo(done.id)
    assert undone.counts["undone"] == 1
    assert (found(new).state, found(answered).state) == (State.NEW, State.ANNOTATED)


def test_what_is_known_is_put_back_whatever_became_of_the_acts_and_the_rest_once_it_can_be(
    editor: Editor, media_ids: list[int]
) -> None:
    new = media_ids[0]
    table = [row for row in editor.take() if row["media_id"] == str(new)]
    done = editor.apply([table[0] | {"state": "rejected", "tags": "seen", "azimuth": "50", "lat": "1"}])
    with open_session() as session:
        other = an_admin(session)
        decide(session, other, new, Decision.REOPENED, comment="it is fine")
        change_media(session, other, new, {"lon": 9.0})
    undone = editor.undo(done.id)
    assert (undone.state, undone.counts["changed"]) == ("undone", 1)
    (item,) = editor.items(done.id)
    assert item.why == "Partly undone.\nSomebody has acted on it since."
    (row,) = (row for row in editor.take() if row["media_id"] == str(new))
    assert (row["state"], row["tags"], row["azimuth"]) == ("new", "fog;night", "45.5")
    assert (row["lat"], row["lon"]) == ("1", "9")  # one value, and theirs by now
    with open_session() as session:
        decide(session, other, new, Decision.UNDONE)
        change_tags(session, other, [new], ["seen"], [])  # this time by somebody
        change_media(session, other, new, {"lon": 4.5})
    undone = editor.undo(done.id)
    assert (undone.counts["undone"], undone.counts.get("changed", 0)) == (1, 0)
    (row,) = (row for row in editor.take() if row["media_id"] == str(new))
    assert (row["state"], row["tags"], row["lat"]) == ("new", "fog;night;seen", "44.123456")
    assert editor.undo(done.id).counts == undone.counts


def test_a_source_that_a_table_made_goes_with_it_unless_it_is_used(
    editor: Editor, media_ids: list[int]
) -> None:
    table = [row | {"source": "elsewhere"} for row in editor.take()]
    table[0]["source"] = "anywhere"
    done = editor.apply(table)
    with open_session() as session:
        a_media(session, source="anywhere")
    editor.undo(done.id)
    with open_session(read_only=True) as session:
        assert list(list_source_names(session)) == ["anywhere", "brison-200", "serre"]


def _as(delimiter: str, encoding: str, line_end: str = "\r\n") -> Callable[[list[Row]], bytes]:
    return lambda table: written(table, delimiter=delimiter, encoding=encoding, line_end=line_end)


def _mangled_times(shown: Callable[[datetime], str]) -> Callable[[list[Row]], bytes]:
    def mangle(table: list[Row]) -> bytes:
        for row in table:
            row["captured_at"] = shown(datetime.fromisoformat(row["captured_at"]))
        return written(table)

    return mangle


def _mangled(**cells: Callable[[str], str]) -> Callable[[list[Row]], bytes]:
    def mangle(table: list[Row]) -> bytes:
        for row in table:
            row.update((name, change(row[name])) for name, change in cells.items() if row[name])
        return written(table)

    return mangle


def _serial(at: datetime) -> str:
    return f"{(at - datetime(1899, 12, 30, tzinfo=UTC)) / timedelta(days=1):.9f}"


MANGLED = {
    "semicolons": _as(";", "utf-8-sig"),
    "tabs in UTF-16": _as("\t", "utf-16"),
    "old code page": _as(";", "cp1252"),
    "sep line": lambda table: b"sep=;\r\n" + written(table, delimiter=";"),
    "days first": _mangled_times(lambda at: f"{at:%d/%m/%Y %H:%M}"),
    "months first": _mangled_times(lambda at: f"{at.month}/{at.day}/{at:%y} {at:%I:%M %p}"),
    "dates alone": _mangled_times(lambda at: f"{at:%d.%m.%Y}"),
    "seconds": _mangled_times(lambda at: f"{at:%Y-%m-%d %H:%M:%S}"),
    "days since 1899": _mangled_times(_serial),
    "ids as fractions": _mangled(media_id=lambda text: f"{text}.0"),
    "decimal commas": _mangled(
        lat=lambda text: text.replace(".", ","), azimuth=lambda text: text.replace(".", ",")
    ),
    "rounded": _mangled(lat=lambda text: f"{float(text):.4f}"),
    "zeros gone": _mangled(sequence=lambda text: text.lstrip("0")),
    "columns turned round": lambda table: written([dict(reversed(row.items())) for row in table]),
    "few columns": lambda table: written(
        [{name: row[name] for name in ("base", "media_id", "tags")} for row in table]
    ),
    "rows doubled and gone": lambda table: written([table[1], table[1], table[2]]),
    "empty lines": lambda table: written(table).replace(b"\n", b"\n\n", 2) + b"\n,,\n",
    "capitals": lambda table: written(
        [{name.upper(): value for name, value in row.items()} for row in table]
    ),
}


@pytest.mark.parametrize("mangle", MANGLED.values(), ids=MANGLED.keys())
def test_what_a_spreadsheet_does_by_itself_is_no_change(
    editor: Editor, media_ids: list[int], mangle: Callable[[list[Row]], bytes]
) -> None:
    view = editor.drop(mangle(editor.take(per="shape")))
    assert view.state == "ready", view.error
    assert (view.preview["changes"], view.preview["problems"]) == ([], [])


def test_a_sequence_of_digits_is_changed_by_its_last_one(editor: Editor, installation: Installation) -> None:
    with open_session() as session:
        media = a_media(session, sequence="20260812174208").id
    (row,) = editor.take()
    for shown in ("2.02608E+13", "20260812174208.0", "2,02608E+13"):
        assert editor.drop([row | {"sequence": shown}]).preview["changes"] == []
    for typed in ("20260812174209", "20260812174200", "202608"):
        editor.apply([row | {"sequence": typed}], conflicts="mine")
        assert found(media).sequence == typed


def test_cells_that_show_less_than_they_held_are_counted(editor: Editor, media_ids: list[int]) -> None:
    table = editor.take()
    assert editor.drop(table).preview["remarks"] == []
    for row in table:
        if row["lat"]:
            row["lat"] = "44.123"
        row["captured_at"] = row["captured_at"][:16]
        row["sequence"] = row["sequence"].lstrip("0")
        row["azimuth"] = row["azimuth"].replace(".", ",")  # the same number
    preview = editor.drop(table).preview
    assert preview["changes"] == []
    said = {
        remark["where"]: remark["sentence"].rpartition(": ")[2].partition(",")[0]
        for remark in preview["remarks"]
    }
    assert said == {"lat": "1", "captured_at": "3", "sequence": "1"}


@pytest.fixture
def odd_media(installation: Installation) -> dict[str, int]:
    with open_session() as session:
        texts = ["=2+3", "'quoted", "-12", "@home", "＝wide", "''two", 'a,b"c', "été; non"]
        return {text: a_media(session, source=text.replace(";", ","), sequence=text).id for text in texts}


def test_apostrophes_that_made_texts_harmless_are_undone_exactly(
    editor: Editor, odd_media: dict[str, int]
) -> None:
    for raw in (False, True):
        table = editor.take(raw=raw)
        assert editor.drop(table).preview["changes"] == []
        for row in table:
            row["tags"] = "seen" if raw else "looked"
        assert editor.apply(table).counts["changed"] == len(odd_media)
    with open_session(read_only=True) as session:
        kept = {media.sequence for media in session.scalars(select(Media))}
    assert kept == set(odd_media)
    # What a spreadsheet gives back once such a cell was gone into: the apostrophe is eaten.
    table = editor.take()
    for row in table:
        row["sequence"] = (
            row["sequence"].removeprefix("'") if row["sequence"].startswith("'=") else row["sequence"]
        )
    assert editor.drop(table).preview["changes"] == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This table has no column media_id"),
        (b"media_id,tags\n1,fog\n", "This table has no column base"),
        (b"PK\x03\x04rest", "This is a workbook of a spreadsheet."),
        (b"media_id,base,tags,tags\n1,[],a,b\n", "The column tags is there twice."),
        (b'media_id,base,tags\n1,[],"a\n', "This file cannot be read as a table"),
        (b"\x00\x01media_id,base", "This file is no text."),
        (b"media_id,base\n" + b"1,[]\n" * 100_001, "A table has at most 100,000 rows."),
    ],
)
def test_what_is_no_such_table_is_refused_with_a_reason(
    editor: Editor, content: bytes, sentence: str
) -> None:
    view = editor.drop(content)
    assert view.state == "failed"
    assert view.error is not None
    assert view.error.startswith(sentence)


def test_columns_that_were_sorted_apart_change_nothing(editor: Editor, media_ids: list[int]) -> None:
    table = editor.take()
    for row, other in zip(table, reversed([row["base"] for row in table]), strict=True):
        row["base"] = other
    view = editor.drop(table)
    # The one in the middle kept its place.
    assert [problem["column"] for problem in view.preview["problems"]] == ["media_id", "media_id"]
    assert view.preview["changes"] == []


@pytest.mark.parametrize("media_id", ["1e999", "-1e999", "1e30", "10000000000000000000000", "0", "-3", "0.5"])
def test_a_number_that_no_media_can_have_is_a_problem_of_its_row(
    editor: Editor, media_ids: list[int], media_id: str
) -> None:
    table = editor.take()
    table[0]["media_id"] = media_id
    table[1]["tags"] = "seen"
    preview = editor.drop(table).preview
    assert [(problem["row"], problem["column"]) for problem in preview["problems"]] == [(2, "media_id")]
    assert preview["changed"] == 1


@pytest.mark.parametrize("at", ["media", "annotation", "time", "lat", "shape"])
def test_a_base_with_odd_values_is_a_problem_of_its_row(
    editor: Editor, media_ids: list[int], at: str
) -> None:
    table = editor.take(per="shape")
    row = next(row for row in table if row["shape_base"])
    base = json.loads(row["base"])
    match at:
        case "media":
            row["media_id"], base[1] = "", 10**22
        case "annotation":
            base[2] = 10**22
        case "time":
            base[3 + EDITABLE.index("captured_at")] = "2026-08-12T17:42:08"
        case "lat":
            base[3 + EDITABLE.index("lat")] = "1e999"
        case "shape":
            row["shape_base"] = json.dumps([10**22, "wildfire"])
    row |= {"base": json.dumps(base), "label_class": "dust", "lat": "12", "captured_at": "2026-08-12"}
    preview = editor.drop(table).preview
    assert [problem["row"] for problem in preview["problems"]] == [table.index(row) + 2]


def test_two_rows_that_say_different_things_of_one_media_are_a_problem(
    editor: Editor, media_ids: list[int]
) -> None:
    table = editor.take(per="shape")
    first, second, third = (row for row in table if row["media_id"] == str(media_ids[1]))
    first["source"] = "one"
    assert editor.drop(table).preview["changed"] == 1
    third["source"] = "other"
    view = editor.drop(table)
    (problem,) = view.preview["problems"]
    assert (
        problem["sentence"]
        == f"Row {table.index(first) + 2} is about the same media, and says something else."
    )
    assert second["source"] == "brison-200"


def test_what_has_to_be_answered_blind_is_not_told_by_the_preview(
    editor: Editor, media_ids: list[int]
) -> None:
    before = editor.take()
    with open_session() as session:
        current = session.get_one(Media, media_ids[1]).current_annotation_id
        session.add(
            Look(
                kind=LookKind.SECOND_OPINION,
                media_id=media_ids[1],
                annotation_id=current,
                access_id=editor.access.id,
                taken_at=utc_now(),
            )
        )
    table = editor.take()
    place = next(at for at, row in enumerate(table) if row["media_id"] == str(media_ids[1]))
    assert (table[place]["state"], table[place]["label_classes"]) == ("new", "")
    assert editor.drop(table).preview["changes"] == []
    table[place]["tags"] = "seen"
    assert editor.drop(table).preview["changed"] == 1

    # Neither by a row as it reads now nor by one that was written before.
    for rows, column, value in ((table, "state", "rejected"), (before, "label_classes", "")):
        changed = [dict(row) for row in rows]
        changed[place][column] = value
        view = editor.drop(changed)
        (problem,) = view.preview["problems"]
        assert (problem["column"], problem["sentence"]) == (column, looks.TO_ANSWER)
        assert view.preview["changes"] == view.preview["conflicts"] == []


def test_day_and_month_are_never_guessed(editor: Editor, installation: Installation) -> None:
    with open_session() as session:
        a_media(session, captured_at=datetime(2026, 8, 8, 12, 0, tzinfo=UTC))
    (row,) = editor.take()
    view = editor.drop([row | {"captured_at": "03/04/2026 12:00"}])
    (problem,) = view.preview["problems"]
    assert problem["sentence"].startswith("Nothing in this table tells which of the two numbers is the day.")
    assert editor.drop([row | {"captured_at": "08/08/2026 12:00"}]).preview["changed"] == 0
    view = editor.drop([row | {"captured_at": "31/04/2026"}])
    assert view.preview["problems"][0]["sentence"].startswith("It is not a time.")


def test_a_retired_label_class_stays_where_it_is_and_is_not_given_anew(
    editor: Editor, media_ids: list[int]
) -> None:
    with open_session() as session:
        retired = session.scalars(select(LabelClass).where(LabelClass.key == "low_cloud")).one()
        retire_label_class(session, an_admin(session), retired.id)
    table = editor.take()
    by_id = {int(row["media_id"]): row for row in table}
    by_id[media_ids[0]]["label_classes"] = "low_cloud"
    by_id[media_ids[1]]["label_classes"] = "low_cloud;high_cloud"
    view = editor.drop(table)
    (problem,) = view.preview["problems"]
    assert problem["media_id"] == media_ids[0]
    assert "retired" in problem["sentence"]
    assert editor.commit(view.id).counts["changed"] == 1
    assert set(answer(media_ids[1]).label_classes) == {"low_cloud", "high_cloud"}


def test_where_others_must_accept_an_answer_of_a_table_waits_for_them(
    editor: Editor, media_ids: list[int]
) -> None:
    editor.policy = ReviewPolicy(reviews_required=2)
    table = editor.take()
    next(row for row in table if row["media_id"] == str(media_ids[1]))["state"] = "accepted"
    next(row for row in table if row["media_id"] == str(media_ids[2]))["label_classes"] = "low_cloud"
    done = editor.apply(table)
    said = [remark["sentence"] for remark in done.preview["remarks"]]
    rows = {int(row["media_id"]): number for number, row in enumerate(table, start=2)}
    assert said == [
        "Media that are accepted now get a new answer, and have to be accepted by others once more:"
        f" 1, the first in row {rows[media_ids[2]]}.",
        "Media that are to be accepted have to be accepted by others as well:"
        f" 1, the first in row {rows[media_ids[1]]}.",
    ]
    assert done.counts["changed"] == 2
    assert {found(media_id).state for media_id in media_ids[1:]} == {State.ANNOTATED}
    assert {item.why for item in editor.items(done.id)} == {
        "It is annotated now and not accepted: another review is needed."
    }


def test_what_others_have_accepted_comes_to_be_accepted_by_a_table(
    editor: Editor, media_ids: list[int]
) -> None:
    editor.policy = ReviewPolicy(reviews_required=2)
    answered = media_ids[1]
    with open_session() as session:
        current = found(answered).current_annotation_id
        decide(
            session,
            an_access(session),
            answered,
            Decision.ACCEPTED,
            annotation_id=current,
            policy=editor.policy,
        )
    table = [row | {"state": "accepted"} for row in editor.take() if row["media_id"] == str(answered)]
    done = editor.apply(table)
    assert done.preview["remarks"] == []
    assert (found(answered).state, editor.items(done.id)[0].why) == (State.ACCEPTED, None)


def test_a_repeated_commit_and_an_interrupted_one_do_nothing_twice(
    editor: Editor, media_ids: list[int]
) -> None:
    table = [row | {"tags": "once"} for row in editor.take()]
    done = editor.apply(table)
    with open_session(read_only=True) as session:
        acts = len(session.scalars(select(Event).where(Event.name == "media_changed")).all())
    assert editor.commit(done.id).counts == done.counts
    with open_session(read_only=True) as session:
        assert len(session.scalars(select(Event).where(Event.name == "media_changed")).all()) == acts
