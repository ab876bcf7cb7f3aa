"""Contact sheets: pages of frames with their shapes, crops and captions."""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from curation.annotations import submit_annotation
from curation.contact_sheets import (
    MOST_MEDIA,
    SMALLEST_SHAPE,
    answer_text,
    draw_sheet,
    outline_points,
    read_sheet,
)
from curation.errors import NotAllowed, Refused
from curation.media_filter import MediaFilter
from curation.media_view import ShapeView
from curation.pdf import Document, NotAJpeg, Page
from curation.reviews import decide
from db.models import Blob, Decision, Scope
from db.session import open_session
from language import Language, speaking
from storage import open_bucket
from storage.errors import BucketUnreachable
from storage.local import LocalBucket
from tests.factories import a_box, a_jpeg, a_media, a_viewer, an_access, an_admin

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FIRST = MediaFilter.from_query({"sort": "uploaded"})


@pytest.fixture
def curator(installation):
    with open_session() as session:
        return an_access(session, login="curator")


def a_stored_media(session, curator, *shapes, answered=True, label_classes=(), **columns):
    """A media whose picture is in the bucket."""
    media = a_media(session, uploaded_by=curator, width=640, height=360, **columns)
    blob, content = session.get(Blob, media.blob_id), a_jpeg(640, 360)
    blob.sha256 = hashlib.sha256(content).hexdigest()
    open_bucket().put(
        blob.bucket_key, io.BytesIO(content), size=len(content), content_type="image/jpeg", sha256=blob.sha256
    )
    session.flush()
    if answered:
        submit_annotation(session, curator, media.id, shapes=list(shapes), label_classes=label_classes)
    return media.id


def sheet(access, wanted=FIRST, zone=PARIS, bucket=None):
    with open_session(read_only=True) as session:
        content = read_sheet(session, access, wanted)
    return b"".join(draw_sheet(open_session, bucket or open_bucket(), access, content, zone, NOON))


def lines(pdf):
    """Every line of text of a sheet."""
    drawn = "\n".join(operators(pdf))
    found = re.findall(r"\((.*)\) Tj", drawn)
    return [re.sub(r"\\([\\()])", r"\1", line).encode("latin-1").decode("cp1252") for line in found]


def operators(pdf):
    """What is drawn on each page."""
    streams = re.findall(rb"/FlateDecode /Length (\d+) >>\nstream\n", pdf)
    starts = [found.end() for found in re.finditer(rb"/FlateDecode /Length \d+ >>\nstream\n", pdf)]
    return [
        zlib.decompress(pdf[start : start + int(length)]).decode("latin-1")
        for start, length in zip(starts, streams, strict=True)
    ]


def pictures(pdf):
    return pdf.count(b"/Subtype /Image")


def test_a_sheet_shows_frame_crop_and_caption(curator):
    with open_session() as session:
        media_id = a_stored_media(
            session,
            curator,
            a_box("wildfire"),
            a_box("wildfire", (0.5, 0.5, 0.6, 0.6)),
            a_box("dust"),
            file_name="IMG (1).jpg",
            source="brison",
            azimuth=45.0,
        )
    pdf = sheet(a_viewer_of(curator))
    assert pdf.startswith(b"%PDF-1.4") and pdf.endswith(b"%%EOF\n")
    assert pictures(pdf) == 2
    said = lines(pdf)
    assert said[:3] == ["Contact sheet", "1 media", "22 Nov 2026 13:00:00 CET · page 1 of 1"]
    assert said[3:] == [
        "sort: uploaded",
        "IMG (1).jpg",
        "annotated",
        f"brison · 45° · 12 Aug 2026 19:42:08 CEST · media {media_id}",
        "wildfire ×2, dust",
    ]


def a_viewer_of(_curator):
    with open_session() as session:
        return a_viewer(session)


def test_what_is_empty_unanswered_or_without_a_time_says_so(curator):
    with open_session() as session:
        a_stored_media(session, curator)
        a_stored_media(session, curator, answered=False, captured_at=None)
        a_stored_media(session, curator, label_classes=["low_cloud", "rain"], captured_at_assumed=True)
    pdf = sheet(curator)
    said = lines(pdf)
    assert "nothing here" in said and "not answered yet" in said
    assert "whole picture: low cloud, rain" in said
    assert any(line.startswith("no capture time") for line in said)
    assert any("(zone assumed)" in line for line in said)
    assert pictures(pdf) == 3, "there is nothing to magnify"


def test_every_object_stands_where_the_table_says(curator):
    with open_session() as session:
        for _ in range(8):
            a_stored_media(session, curator, a_box())
    pdf = sheet(curator)
    table = int(re.findall(rb"startxref\n(\d+)", pdf)[0])
    assert pdf[table:].startswith(b"xref\n0 ")
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n ", pdf[table:])]
    for number, place in enumerate(places, start=1):
        assert pdf[place:].startswith(b"%d 0 obj\n" % number)
    assert b"/Count 2 >>" in pdf
    assert "page 2 of 2" in " ".join(lines(pdf))


def test_a_sheet_is_drawn_page_by_page(curator, installation):
    with open_session() as session:
        for _ in range(13):
            a_stored_media(session, curator, a_box())
        content = read_sheet(session, curator, FIRST)
    reads = []

    class Counting(LocalBucket):
        def read(self, key):
            reads.append(key)
            return super().read(key)

    pages = draw_sheet(open_session, Counting(installation.data_dir / "bucket"), curator, content, UTC, NOON)
    next(pages), next(pages)
    first = len({key for key in reads if "thumb" in key})
    assert first == 6
    next(pages)
    assert len({key for key in reads if "thumb" in key}) == 12


def test_the_limit_is_said_and_the_order_is_that_of_the_filter(curator):
    with open_session() as session:
        ids = [a_media(session, uploaded_by=curator).id for _ in range(MOST_MEDIA + 2)]
        content = read_sheet(session, curator, FIRST)
        assert [item.id for item in content.media] == ids[:MOST_MEDIA]
        assert content.said == "the first 300 of 302 media"
        last = read_sheet(session, curator, MediaFilter())
        assert last.media[0].id == ids[-1]


def test_nothing_of_foreign_media_is_printed(curator):
    with open_session() as session:
        shown = a_stored_media(session, curator, a_box(), file_name="shown.jpg")
        hidden = a_stored_media(session, curator, a_box(), file_name="hidden.jpg")
        late = a_stored_media(session, curator, a_box("dust"), file_name="late.jpg")
        admin = an_admin(session)
        decide(session, admin, hidden, Decision.WITHDRAWN)
        device = an_access(session, Scope.DEVICE)
        with pytest.raises(NotAllowed):
            read_sheet(session, device, FIRST)
        with pytest.raises(NotAllowed):
            read_sheet(session, curator, MediaFilter.from_query({"state": "withdrawn"}))
        content = read_sheet(session, curator, FIRST)
    assert [item.id for item in content.media] == [shown, late]
    with open_session() as session:
        decide(session, admin, late, Decision.WITHDRAWN)
    pdf = b"".join(draw_sheet(open_session, open_bucket(), curator, content, UTC, NOON))
    said = " ".join(lines(pdf))
    assert "shown.jpg" in said
    assert "hidden.jpg" not in said and "late.jpg" not in said and "dust" not in said
    assert "This media is no longer shown." in said
    assert pictures(pdf) == 2


def test_a_missing_picture_keeps_its_caption(curator, installation):
    with open_session() as session:
        media = a_media(session, uploaded_by=curator, file_name="lost.jpg")
        submit_annotation(session, curator, media.id, shapes=[a_box()])
        kept = a_stored_media(session, curator, a_box(), file_name="kept.jpg")
        sha256 = session.get(Blob, session.get(type(media), kept).blob_id).sha256
    pdf = sheet(curator)
    assert {"lost.jpg", "kept.jpg", "The picture is not in the bucket."} <= set(lines(pdf))
    assert pictures(pdf) == 2
    (installation.data_dir / "bucket" / "derived" / "v1" / f"{sha256}-thumb.jpg").write_bytes(
        b"no JPEG at all"
    )
    assert pictures(sheet(curator)) == 1, "what is no JPEG is not placed"


def test_a_bucket_that_is_away_breaks_the_sheet_off(curator, tmp_path):
    with open_session() as session:
        a_stored_media(session, curator, a_box())
    with pytest.raises(BucketUnreachable):
        sheet(curator, bucket=LocalBucket(tmp_path / "away"))


def test_nothing_that_matches_is_nothing_to_print(curator):
    with pytest.raises(Refused, match="nothing to print"), open_session() as session:
        read_sheet(session, curator, FIRST)


@pytest.mark.parametrize("window", [(0, 0, 1, 1), (0.45, 0.4, 0.55, 0.6)])
def test_a_shape_is_never_drawn_below_eight_pixels_of_a_screen(window):
    tiny = ShapeView("wildfire", (0.5, 0.5, 0.5001, 0.5001), None, "human", None)
    thin = ShapeView("wildfire", (0.0, 0.5, 1.0, 0.5001), None, "human", None)
    corner = ShapeView(
        "wildfire", (0.549, 0.599, 0.55, 0.6), [[0.549, 0.599], [0.55, 0.599], [0.55, 0.6]], "human", None
    )
    for shape in (tiny, thin, corner):
        points = outline_points(shape, window, 240, 135)
        for place, limit in ((0, 240), (1, 135)):
            low, high = min(point[place] for point in points), max(point[place] for point in points)
            assert high - low >= SMALLEST_SHAPE - 1e-9
            assert low >= 0 and high <= limit


def test_a_shape_outside_of_a_window_is_not_drawn_and_a_polygon_keeps_its_points():
    shape = ShapeView("dust", (0.1, 0.1, 0.3, 0.3), [[0.1, 0.1], [0.3, 0.1], [0.2, 0.3]], "human", None)
    assert outline_points(shape, (0.5, 0.5, 0.9, 0.9), 100, 100) == []
    assert [(round(x), round(y)) for x, y in outline_points(shape, (0, 0, 1, 1), 100, 100)] == [
        (10, 10),
        (30, 10),
        (20, 30),
    ]


def test_letters_that_paper_lacks_become_question_marks_and_brackets_stay_text():
    page = Page(100, 100)
    page.text("火 (a) \\ é\nb", 0, 10, 8, room=90)
    document = Document("火 fire")
    pdf = b"".join([document.begin(), *document.page(page), *document.end()])
    assert lines(pdf) == ["? (a) \\ é b"]


def test_only_a_jpeg_is_placed():
    with pytest.raises(NotAJpeg):
        Page(100, 100).picture(b"GIF89a", 0, 0, 10, 10)


def test_an_answer_in_a_line():
    assert answer_text(None, {}) == "not answered yet"


def test_what_an_annotation_says_is_said_in_the_language_of_whoever_asked():
    with speaking(Language.FRENCH):
        assert answer_text(None, {}) == "pas encore de réponse"
    assert answer_text(None, {}) == "not answered yet"
