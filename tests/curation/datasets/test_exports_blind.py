"""What leaves in a file gives no answer away to whoever has to answer that media blind."""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from curation import looks
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from curation.browse import count_matches
from curation.contact_sheets import draw_sheet, read_sheet
from curation.csv_columns import column_names
from curation.datasets.comparing import compare_releases, list_differences
from curation.datasets.freezing import freeze_release
from curation.exports import Per, count_rows, export_csv
from curation.media_filter import MediaFilter
from curation.releases import create_release, get_release
from curation.reviews import decide
from db.models import Access, Annotation, Decision, ExportFormat, Media, Scope, utc_now
from db.session import get_engine, open_session
from storage import open_bucket
from tests.exported import a_stored_media, exported, file_of, members_of
from tests.factories import a_box, a_media, a_viewer, an_access

ALWAYS = ReviewPolicy(second_opinion_share=1.0)
ANSWER = {
    *("last_decision", "decided_by", "decided_at", "decision_comment", "annotation_id", "annotation_number"),
    *("annotator", "shape_count", "label_classes", "replies", "shape_id", "label_class", "x_min", "y_min"),
    *("x_max", "y_max", "polygon", "origin", "confidence", "model"),
}


def an_accepted_media(session, author, **columns) -> Media:
    media = a_stored_media(session, author, **columns)
    submit_annotation(
        session,
        author,
        media.id,
        shapes=[a_box("dust"), a_box()],
        label_classes=["low_cloud"],
        policy=ALWAYS,
    )
    counts = media.current_annotation_id
    decide(session, author, media.id, Decision.ACCEPTED, annotation_id=counts, comment="well seen")
    return media


class Blind:
    """A media that `other` has to answer blind, and one that nobody has to."""

    def __init__(self) -> None:
        with open_session() as session:
            self.author, self.other = (
                an_access(session, Scope.ADMIN, login="nora"),
                an_access(session, login="olaf"),
            )
            self.secret = an_accepted_media(session, self.author, tags=["dawn"]).id
            assert looks.take(session, self.other, ALWAYS, 1) == [self.secret]
            self.plain = an_accepted_media(session, self.author).id

    def csv(self, access: Access, **options: Any) -> list[dict[str, str]]:
        with open_session(read_only=True) as session:
            text = b"".join(export_csv(session, access, MediaFilter(), **options)).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def look_over(self) -> None:
        with open_session() as session:
            (look_id,) = looks.given_looks(session, self.other).values()
            submit_annotation(session, self.other, self.secret, shapes=[a_box("dust"), a_box()], look=look_id)


@pytest.fixture
def blind(installation) -> Blind:
    return Blind()


@pytest.mark.parametrize("raw", [False, True], ids=["harmless", "raw"])
@pytest.mark.parametrize("per", Per)
def test_a_table_shows_what_lists_show_and_has_as_many_rows_as_it_says(blind, per, raw):
    rows = blind.csv(blind.other, per=per, raw=raw)
    (secret,) = (row for row in rows if row["media_id"] == str(blind.secret))
    assert secret["state"] == "new"
    assert secret["tags"] == "dawn"
    told = {name for name in column_names(per_shape=per is Per.SHAPE) if secret[name] != ""}
    assert not told & ANSWER
    with open_session(read_only=True) as session:
        assert count_rows(session, blind.other, MediaFilter(), per=per).value == len(rows)
        if per is Per.MEDIA:
            assert count_matches(session, blind.other, MediaFilter()).value == len(rows)

    seen = [row for row in blind.csv(blind.author, per=per, raw=raw) if row["media_id"] == str(blind.secret)]
    assert len(seen) == (2 if per is Per.SHAPE else 1)
    assert {row["state"] for row in seen} == {"accepted"}
    others = [row for row in blind.csv(blind.author, per=per, raw=raw) if row not in seen]
    assert others == [row for row in rows if row is not secret]


@pytest.mark.parametrize("per", Per)
def test_a_table_to_be_edited_does_not_tell_how_its_rows_were(blind, per):
    row = next(row for row in blind.csv(blind.other, per=per, editable=True) if row["tags"] == "dawn")
    _raw, media_id, annotation_id, state, *cells = json.loads(row["base"])
    assert (media_id, annotation_id, state) == (blind.secret, None, "new")
    assert "low_cloud" not in cells
    assert row.get("shape_base", "") == ""


def test_chosen_columns_that_need_a_row_beside_the_media_are_empty_too(blind):
    for name in ("state", "annotator", "decided_by", "shape_count", "label_classes"):
        cells = [row[name] for row in blind.csv(blind.other, columns=[name])]
        told = [row[name] for row in blind.csv(blind.author, columns=[name])]
        assert (told[0], sorted(cells)) == (told[1], sorted([told[0], "new" if name == "state" else ""]))


def test_a_self_check_hides_ones_own_answer_as_well(session):
    author = an_access(session, login="nora")
    media = a_media(session)
    submit_annotation(session, author, media.id, shapes=[a_box()])
    session.execute(update(Annotation).values(created_at=utc_now() - timedelta(days=8)))
    assert looks.take(session, author, ReviewPolicy(self_check_share=1.0), 1) == [media.id]
    text = b"".join(export_csv(session, author, MediaFilter(), columns=["media_id", "state", "annotator"]))
    assert text.endswith(f"{media.id},new,\n".encode())


def test_who_has_nothing_to_answer_blind_pays_one_cheap_question(blind):
    def asked(access: Access) -> list[str]:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        event.listen(get_engine(), "before_cursor_execute", note)
        try:
            blind.csv(access)
        finally:
            event.remove(get_engine(), "before_cursor_execute", note)
        return [statement for statement in statements if "looks" in statement]

    with open_session() as session:
        viewer = a_viewer(session)
    assert len(asked(blind.author)) == 1
    assert asked(viewer) == []


def sheet(access: Access) -> str:
    with open_session(read_only=True) as session:
        content = read_sheet(session, access, MediaFilter.from_query({"tag": "dawn"}))
    pdf = b"".join(draw_sheet(open_session, open_bucket(), access, content, UTC, utc_now()))
    return "".join(
        zlib.decompress(stream).decode("latin-1")
        for stream in re.findall(rb"/FlateDecode.*?stream\n(.*?)\nendstream", pdf, re.DOTALL)
    )


def test_a_contact_sheet_shows_no_answer(blind):
    assert "accepted" in sheet(blind.author)
    drawn = sheet(blind.other)
    assert "accepted" not in drawn
    assert "nora" not in drawn


@pytest.mark.parametrize(
    "options", [{}, {"pictures": True, "crops": True, "contact_sheets": True}], ids=["bare", "pictures"]
)
@pytest.mark.parametrize("format", ExportFormat)
def test_a_dataset_leaves_it_out_and_says_so(blind, format, options):
    made = exported(blind.other, format, options=options)

    receipt = made.receipt
    assert receipt is not None
    assert receipt["media"] == {"in_scope": 2, "exported": 1, "left_out": 1}
    (why,) = receipt["left_out"]
    assert (why["why"], why["media"], why["first"]) == ("to_answer", 1, [blind.secret])
    # Of the answer the receipt tells nothing either.
    assert receipt["by_state"]["new"] == {
        "in_scope": 1,
        "exported": 0,
        "left_out": 1,
        "shapes": {"in_scope": 0, "exported": 0, "left_out": 0},
    }
    shapes = {"in_scope": 2, "exported": 2, "left_out": 0}
    if format is ExportFormat.CSV:  # a line of its media has no room for them
        shapes = {"in_scope": 2, "exported": 0, "left_out": 2}
    assert receipt["by_state"]["accepted"] == {"in_scope": 1, "exported": 1, "left_out": 0, "shapes": shapes}
    assert receipt["shapes"] == shapes
    assert (made.done, made.total) == (2, 2)
    content = file_of(blind.other, made)
    if options:
        names = [name for name in members_of(content) if name.startswith(("images/", "JPEGImages/"))]
        assert len(names) == 1

    whole = exported(blind.author, format, options=options)
    assert whole.receipt is not None
    assert whole.receipt["media"] == {"in_scope": 2, "exported": 2, "left_out": 0}


def test_it_is_in_the_dataset_once_it_was_answered(blind):
    blind.look_over()
    made = exported(blind.other)
    assert made.receipt is not None
    assert made.receipt["left_out"] == []
    assert file_of(blind.other, made).count(b"\n") == 2


def test_a_split_moves_nobody_because_one_is_left_out(blind):
    split = {"train": 0.5, "val": 0.25, "test": 0.25, "seed": 3}
    lines = file_of(blind.other, exported(blind.other, options={"split": split})).splitlines()
    assert set(lines) < set(
        file_of(blind.author, exported(blind.author, options={"split": split})).splitlines()
    )


def freeze(access: Access, name: str, **wanted: Any) -> int:
    with open_session() as session:
        release_id = create_release(session, access, name, wanted=MediaFilter.from_query(wanted)).id
    freeze_release(open_session, release_id)
    return release_id


def counts(access: Access, release_id: int) -> dict[str, Any]:
    with open_session(read_only=True) as session:
        return get_release(session, access, release_id).counts


def test_a_release_is_frozen_without_what_its_maker_may_not_see(blind):
    made, whole = freeze(blind.other, "made blind"), freeze(blind.author, "whole")

    of_maker = counts(blind.author, made)
    assert (of_maker["in_scope"], of_maker["media"], of_maker["left_out"]) == (2, 1, {"to_answer": 1})
    assert of_maker["states"] == {"accepted": 1}
    assert counts(blind.author, whole)["media"] == 2
    # Of somebody else's release an export leaves it out.
    receipt = exported(blind.other, release_id=whole).receipt
    assert receipt is not None
    assert [(why["why"], why["first"]) for why in receipt["left_out"]] == [("to_answer", [blind.secret])]
    assert receipt["by_state"]["new"]["left_out"] == 1
    for_author = exported(blind.author, release_id=whole).receipt
    assert for_author is not None
    assert for_author["media"]["exported"] == 2


def test_differences_of_releases_have_no_line_about_it(blind):
    first = freeze(blind.author, "first", state=["accepted"])
    empty = freeze(blind.author, "empty", tag=["nothing has this"])
    with open_session(read_only=True) as session:
        for before, after in ((first, empty), (empty, first)):
            lines = [
                b"".join(list_differences(session, access, before, after))
                .decode("utf-8-sig")
                .splitlines()[1:]
                for access in (blind.author, blind.other)
            ]
            assert len(lines[0]) == 2
            assert lines[1] == [line for line in lines[0] if line.split(",")[1] == str(blind.plain)]
        assert compare_releases(session, blind.other, first, empty).removed == 2


def test_an_increment_buries_nobody_who_is_only_left_out(blind):
    base = freeze(blind.author, "base", state=["accepted"])
    with open_session() as session:
        author = session.get_one(Access, blind.author.id)
        for media_id in (blind.plain, blind.secret):
            answer = session.get_one(Media, media_id).current_annotation_id
            decide(session, author, media_id, Decision.REOPENED, annotation_id=answer, comment="again")

    buried = {"since_release_id": base, "wanted": {"state": ["accepted"]}}
    receipt = exported(blind.author, **buried).receipt
    assert receipt is not None
    assert receipt["tombstones"] == {"in_scope": 2, "exported": 2, "left_out": 0, "why": {"reopened": 2}}
    # What is buried for everybody else would tell what came of the answer.
    receipt = exported(blind.other, **buried).receipt
    assert receipt is not None
    assert receipt["tombstones"] == {"in_scope": 2, "exported": 1, "left_out": 1, "why": {"reopened": 1}}
