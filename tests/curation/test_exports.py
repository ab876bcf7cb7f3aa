"""Exports: exactly what the filter shows, cell by cell, on both databases the same bytes."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from curation.annotations import submit_annotation
from curation.browse import count_matches, list_page
from curation.csv_columns import column_names
from curation.errors import NotAllowed, UnknownFilter
from curation.exports import UTF8_BOM, count_rows, export_csv
from curation.label_classes import list_label_classes
from curation.media_filter import MediaFilter, Sort
from curation.reviews import decide
from db.models import AppliesTo, Decision, Media, Review, Scope, State
from db.session import get_engine, open_session
from db.streaming import CHUNK_BYTES, hold_still
from tests.factories import a_box, a_media, a_viewer, an_access, an_admin

MEDIA_COLUMNS = (
    "media_id,file_name,type,content_type,size,width,height,duration,frame_rate,codec,sha256,bucket_key,source,azimuth,"
    "sequence,captured_at,uploaded_at,uploader,lat,lon,score,tags,extracted_from,extracted_at,state,last_decision,decided_by,"
    "decided_at,decision_comment,annotation_id,annotation_number,annotator,shape_count,label_classes,replies"
)
SHAPE_COLUMNS = "shape_id,label_class,x_min,y_min,x_max,y_max,polygon,origin,confidence,model"
A_POLYGON = [[0.1, 0.2], [0.3, 0.2], [0.2, 0.4]]

# Whatever a person may type: not NUL (refused at every door), not halves of surrogate pairs (no text).
any_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
formulas = st.builds(str.__add__, st.sampled_from([*FORMULA_STARTS, "'", "'="]), any_text)


def export(session, access, wanted=None, **options):
    """The whole export as text, without the mark at its beginning."""
    content = b"".join(export_csv(session, access, wanted or MediaFilter(), **options))
    assert content.startswith(UTF8_BOM)
    return content[len(UTF8_BOM) :].decode()


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def worked_media(session):
    """A media that has gone through everything: tags, an answer of two shapes, a comment."""
    uploader = an_access(session, login="ines")
    media = a_media(
        session,
        uploaded_by=uploader,
        source="brison-200",
        tags=["sea of clouds", "dawn"],
        file_name="IMG, 1.jpg",
        azimuth=45.0,
        lat=44.123456789012345,
        lon=-1.5,
        sequence="s1",
        captured_at=datetime(2026, 8, 12, 17, 42, 8, tzinfo=UTC),
        created_at=datetime(2026, 8, 12, 18, 0, 0, 250_000, tzinfo=UTC),
    )
    class_of_media = next(
        found for found in list_label_classes(session) if found.applies_to != AppliesTo.SHAPE
    )
    submitted = submit_annotation(
        session,
        uploader,
        media.id,
        shapes=[
            a_box("wildfire", (0.1, 0.2, 0.3, 1)) | {"origin": "model", "confidence": 0.5},
            {"label_class": "industrial", "points": A_POLYGON},
        ],
        label_classes=[class_of_media.key],
    )
    decide(
        session,
        an_access(session, login="olaf"),
        media.id,
        Decision.SENT_BACK,
        annotation_id=submitted.annotation.id,
        comment='too "wide",\nlook again',
    )
    session.execute(update(Review).values(created_at=datetime(2026, 8, 13, tzinfo=UTC)))
    session.flush()
    return media, submitted.annotation, class_of_media.key


def test_a_line_holds_everything_about_a_media(session, worked_media):
    media, annotation, key = worked_media
    sha256 = media.upload_sha256
    assert export(session, a_viewer(session)) == (
        f"{MEDIA_COLUMNS}\n"
        f'{media.id},"IMG, 1.jpg",image,image/jpeg,470000,1920,1080,,,,{sha256},{media.bucket_key},brison-200,45,s1,'
        "2026-08-12T17:42:08.000000Z,2026-08-12T18:00:00.250000Z,ines,44.123456789012344,-1.5,,"
        "dawn;sea of clouds,,,sent_back,sent_back,olaf,2026-08-13T00:00:00.000000Z,"
        f'"too ""wide"",\nlook again",{annotation.id},1,ines,2,{key},\n'
    )


def test_a_line_per_shape_repeats_the_media_and_adds_the_shape(session, worked_media):
    text = export(session, a_viewer(session), per="shape")
    assert text.splitlines()[0] == f"{MEDIA_COLUMNS},{SHAPE_COLUMNS}"
    found = rows(text)
    assert [row["media_id"] for row in found] == [str(worked_media[0].id)] * 2
    assert [row["shape_count"] for row in found] == ["2", "2"]
    shown = SHAPE_COLUMNS.split(",")[1:]
    assert [[row[name] for name in shown] for row in found] == [
        ["wildfire", "0.1", "0.2", "0.3", "1", "", "model", "0.5", ""],
        ["industrial", "0.1", "0.2", "0.3", "0.4", "[[0.1, 0.2], [0.3, 0.2], [0.2, 0.4]]", "human", "", ""],
    ]


def test_a_media_without_shapes_has_one_line_with_empty_shape_columns(session):
    access = an_access(session)
    unanswered, nothing_here = a_media(session), a_media(session)
    submit_annotation(session, access, nothing_here.id)
    found = {row["media_id"]: row for row in rows(export(session, access, per="shape"))}
    assert found.keys() == {str(unanswered.id), str(nothing_here.id)}
    assert all(not row[name] for row in found.values() for name in SHAPE_COLUMNS.split(","))
    # “Nothing here” is an answer, and not the same as none.
    assert found[str(unanswered.id)]["shape_count"] == ""
    assert found[str(nothing_here.id)]["shape_count"] == "0"


def test_a_media_of_which_only_the_id_is_known_is_a_line_too(session):
    access = an_access(session)
    media = Media(uploaded_by_id=access.id, state=State.NEW)
    session.add(media)
    (row,) = rows(export(session, access))
    known = {"media_id": str(media.id), "type": "image", "state": "new", "uploader": access.login}
    assert {name: value for name, value in row.items() if value} == known | {
        "uploaded_at": row["uploaded_at"]
    }


def test_only_the_current_annotation_is_exported(session):
    access = an_access(session)
    media = a_media(session)
    first = submit_annotation(session, access, media.id, shapes=[a_box(), a_box()])
    submit_annotation(session, access, media.id, shapes=[a_box()], based_on=first.annotation.id)
    (row,) = rows(export(session, access, per="shape"))
    assert (row["annotation_number"], row["shape_count"]) == ("2", "1")


def test_names_that_begin_like_formulas_are_made_harmless_and_numbers_stay_numbers(session):
    access = an_access(session, login="@ines")
    a_media(
        session, uploaded_by=access, file_name='=HYPERLINK("http://x")', source="+1", sequence="-s", lon=-1.5
    )
    session.flush()
    (row,) = rows(export(session, access))
    assert (row["file_name"], row["source"]) == ('\'=HYPERLINK("http://x")', "'+1")
    assert (row["sequence"], row["uploader"], row["lon"]) == ("'-s", "'@ines", "-1.5")
    (raw,) = rows(export(session, access, raw=True))
    assert (raw["file_name"], raw["source"], raw["uploader"]) == ('=HYPERLINK("http://x")', "+1", "@ines")


@pytest.fixture
def commented(session):
    """A media with a review, whose texts a test may change."""
    access = an_access(session)
    media = a_media(session, tags=["dawn"])
    decide(session, access, media.id, Decision.REJECTED, comment="x")
    return media, access


@given(file_name=any_text | formulas, comment=any_text | formulas)
@example(file_name="Crête\u2028=1,\r\n;\x1a", comment="\r")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_any_text_comes_back_unchanged_from_a_raw_export(session, commented, file_name, comment):
    media, access = commented
    media.file_name = file_name
    session.execute(update(Review).values(comment=comment))
    session.flush()
    content = b"".join(export_csv(session, access, MediaFilter(), raw=True))
    read = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert list(read.columns) == MEDIA_COLUMNS.split(",")
    assert (read.file_name[0], read.decision_comment[0]) == (file_name, comment)
    assert len(read) == 1


@given(text=any_text | formulas)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_no_cell_of_text_begins_like_a_formula(session, commented, text):
    media, access = commented
    media.file_name = text
    session.flush()
    content = b"".join(export_csv(session, access, MediaFilter(), columns=["media_id", "file_name"]))
    cell = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False).file_name[0]
    assert not cell.startswith(FORMULA_STARTS)
    assert cell == (f"'{text}" if text.startswith((*FORMULA_STARTS, "'")) else text)
    assert cell.removeprefix("'") == text, "taking the apostrophe away gives the text as it was"


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180), azimuth=st.floats(0, 360, exclude_max=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_numbers_read_back_to_the_same_number(session, commented, lat, lon, azimuth):
    media, access = commented
    media.lat, media.lon, media.azimuth = lat, lon, azimuth
    session.flush()
    (row,) = rows(export(session, access, columns=["lat", "lon", "azimuth"]))
    assert (float(row["lat"]), float(row["lon"]), float(row["azimuth"])) == (lat, lon, azimuth)


@pytest.fixture
def mixed_media(session):
    """Media of many kinds: states, sources, times, tags, shapes; some without name or time."""
    access = an_access(session, login="ines")
    for number in range(24):
        media = a_media(
            session,
            uploaded_by=access if number % 2 else None,
            source=[None, "moret-27", "brison-200", "Évian"][number % 4],
            tags=[["dawn"], [], ["dawn", "fog"]][number % 3],
            file_name=None if number == 5 else f"{'abc'[number % 3]}_{number}.jpg",
            captured_at=None if number % 5 == 0 else datetime(2026, 8, 1 + number % 4, tzinfo=UTC),
        )
        if number % 3:
            answer = submit_annotation(
                session, access, media.id, shapes=[a_box("wildfire"), a_box("industrial")][: number % 3]
            )
            if number % 4 == 1:
                decide(session, access, media.id, Decision.ACCEPTED, annotation_id=answer.annotation.id)
        if number % 8 == 0:
            decide(session, an_admin(session), media.id, Decision.WITHDRAWN)
    session.flush()
    return access


FILTERS = [
    {},
    {"state": ["new"]},
    {"state": ["annotated", "accepted"]},
    {"label_class": ["industrial"]},
    {"has_shapes": ["yes"]},
    {"has_shapes": ["no"]},
    {"source": ["moret-27", "Évian"]},
    {"captured_from": ["2026-08-02"], "captured_to": ["2026-08-03"]},
    {"uploader": ["ines"], "tag": ["fog"]},
    {"tag": ["dawn"], "has_shapes": ["yes"], "source": ["brison-200"]},
    {"file_name": ["_1"], "sort": ["file_name"]},
    {"file_name": ["%"]},
    {"source": ["nowhere"], "sort": ["source"]},
]


@pytest.mark.parametrize("query", FILTERS, ids=str)
def test_the_export_holds_exactly_what_the_filter_counts(session, mixed_media, query):
    wanted = MediaFilter.from_query(query)
    stream = export_csv(session, mixed_media, wanted, columns=["media_id"])
    exported = b"".join(stream)[len(UTF8_BOM) :].split()[1:]
    assert len(set(exported)) == len(exported) == stream.rows
    assert stream.rows == count_matches(session, mixed_media, wanted, cap=None).value
    assert stream.rows == count_rows(session, mixed_media, wanted).value
    per_shape = export_csv(session, mixed_media, wanted, per="shape", columns=["media_id", "shape_id"])
    lines = [line.split(b",") for line in b"".join(per_shape).splitlines()[1:]]
    assert list(dict.fromkeys(media_id for media_id, _ in lines)) == exported
    assert per_shape.rows == len(lines) == count_rows(session, mixed_media, wanted, per="shape").value


@pytest.mark.parametrize("sort", Sort)
def test_the_export_has_the_order_of_the_list(session, mixed_media, sort):
    wanted = MediaFilter(sort=sort)
    listed = [item.id for item in list_page(session, mixed_media, wanted, limit=200).items]
    for per in ("media", "shape"):
        found = rows(export(session, mixed_media, wanted, per=per))
        assert list(dict.fromkeys(int(row["media_id"]) for row in found)) == listed


def test_admins_alone_take_out_what_is_withdrawn(session, mixed_media):
    wanted = MediaFilter(state=(State.WITHDRAWN,))
    assert len(rows(export(session, an_admin(session), wanted))) == 3
    with pytest.raises(NotAllowed):
        export_csv(session, mixed_media, wanted)


@pytest.mark.parametrize("scope", Scope)
def test_people_export_and_devices_do_not(session, scope):
    access = an_access(session, scope)
    if scope == Scope.DEVICE:
        with pytest.raises(NotAllowed):
            export_csv(session, access, MediaFilter())
        with pytest.raises(NotAllowed):
            count_rows(session, access, MediaFilter())
    else:
        assert rows(export(session, access)) == []


def test_columns_come_as_asked_for_each_once(session, worked_media):
    media = worked_media[0]
    text = export(session, a_viewer(session), columns=["state", "media_id", "state"])
    assert text == f"state,media_id\nsent_back,{media.id}\n"
    text = export(session, a_viewer(session), per="shape", columns=["label_class", "tags", "polygon"])
    assert text.splitlines()[:2] == ["label_class,tags,polygon", "wildfire,dawn;sea of clouds,"]


def test_an_empty_cell_that_stands_alone_is_still_a_line(session):
    a_media(session)
    assert export(session, a_viewer(session), columns=["azimuth"]) == 'azimuth\n""\n'


@pytest.mark.parametrize(
    ("columns", "per", "said"),
    [
        (["password"], "media", "password"),
        (["polygon"], "media", "one row per shape"),
        ([], "shape", "at least one"),
    ],
)
def test_columns_that_make_no_sense_are_refused(session, columns, per, said):
    with pytest.raises(UnknownFilter, match=said):
        export_csv(session, a_viewer(session), MediaFilter(), per=per, columns=columns)


def test_every_column_can_be_asked_for_alone(session, worked_media):
    whole = rows(export(session, a_viewer(session), per="shape"))
    for name in column_names(per_shape=True):
        alone = rows(export(session, a_viewer(session), per="shape", columns=[name]))
        assert [row[name] for row in alone] == [row[name] for row in whole]


def many_media(session, number):
    access = an_access(session)
    common = {"uploaded_by_id": access.id, "state": State.NEW}
    session.bulk_insert_mappings(
        Media.__mapper__,
        [
            {
                **common,
                "file_name": f"{index:04d}.jpg",
                "captured_at": datetime(2026, 8, 12, tzinfo=UTC) if index % 2 else None,
            }
            for index in range(number)
        ],
    )
    return access


def test_a_long_export_comes_in_chunks_of_bounded_size(session):
    access = many_media(session, 3_000)
    chunks = list(export_csv(session, access, MediaFilter()))
    assert len(chunks) > 3
    assert max(map(len, chunks)) < 2 * CHUNK_BYTES


def test_an_export_that_is_given_up_lets_go_of_the_database(installation):
    with open_session() as session:
        access = many_media(session, 3_000)
    with open_session(read_only=True) as session:
        stream = export_csv(session, access, MediaFilter())
        next(stream), next(stream)
        stream.close()
        assert list(stream) == []
    assert get_engine().pool.checkedout() == 0  # type: ignore[attr-defined]
    with open_session(read_only=True) as session:
        assert count_rows(session, access, MediaFilter()).value == 3_000


def test_an_export_is_of_one_moment(installation):
    with open_session() as session:
        access = many_media(session, 1_000)
    with open_session(read_only=True) as reading:
        hold_still(reading)
        stream = export_csv(reading, access, MediaFilter(sort=Sort.CAPTURED_FIRST), columns=["media_id"])
        content = next(stream) + next(stream)
        # Meanwhile somebody says when the pictures were taken, and removes some: they change sections.
        with open_session() as writing:
            unknown = Media.captured_at.is_(None)
            writing.execute(update(Media).where(unknown).values(captured_at=datetime(2020, 1, 1, tzinfo=UTC)))
            writing.execute(update(Media).where(Media.id % 3 == 0).values(state=State.WITHDRAWN))
        content += b"".join(stream)
        assert count_rows(reading, access, MediaFilter()).value == 1_000
    exported = content[len(UTF8_BOM) :].split()[1:]
    assert len(set(exported)) == len(exported) == 1_000
