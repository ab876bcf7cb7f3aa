"""The CSV of a dataset has the very lines of the quick export, on both databases."""

from __future__ import annotations

import pytest

from curation.annotations import submit_annotation
from curation.csv_columns import column_names
from curation.datasets.options import ExportOptions
from curation.datasets.receipt import ReceiptBook
from curation.datasets.source import of_filter
from curation.exports import Per, export_csv
from curation.media_filter import MediaFilter
from curation.reviews import decide
from db.models import Blob, Decision, ExportFormat
from tests.dataset_items import written
from tests.factories import a_box, a_media, an_access, an_admin

OLDEST_FIRST = MediaFilter.from_query({"sort": "uploaded"})


@pytest.fixture
def curator(session):
    """Somebody beside a few media of every kind that a cell may hold."""
    curator, reviewer = an_admin(session), an_access(session, login="=reviewer")
    polygon = {"label_class": "wildfire", "points": [[0.1, 0.2], [0.3, 0.2], [0.2, 0.4]]}
    plain = {"uploaded_by": curator}
    answered = a_media(
        session,
        **plain,
        file_name='"quoted", \r\nand more',
        source="+33 Brison",
        tags=["été", "b", "a"],
        azimuth=45.0,
        lat=44.1,
        lon=1e-05,
        score=0.1 + 0.2,
    )
    submit_annotation(session, curator, answered.id, shapes=[a_box(), polygon], comment="-1")
    decide(
        session,
        reviewer,
        answered.id,
        Decision.ACCEPTED,
        comment="'sure'",
        annotation_id=answered.current_annotation_id,
    )
    nothing = a_media(session, **plain, captured_at=None, file_name=None)
    submit_annotation(session, curator, nothing.id, shapes=[], label_classes=["low_cloud"])
    video = a_media(session, **plain, sequence="@s")
    blob = session.get(Blob, video.blob_id)
    blob.duration, blob.frame_rate, blob.codec = 12.0, 24.75, "h264"
    a_media(session, **plain)
    session.flush()
    return curator


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("per", list(Per))
def test_its_lines_are_those_of_the_quick_export(session, curator, per, raw):
    quick = b"".join(export_csv(session, curator, OLDEST_FIRST, per=per, raw=raw))
    options = ExportOptions(per=per, raw=raw)
    with ReceiptBook() as receipt:
        ((_, ours),) = written(ExportFormat.CSV, of_filter(session, curator, OLDEST_FIRST), receipt, options)
    # Each of ours ends with the split and what was removed: neither here.
    assert ours.replace(b",,\n", b"\n").replace(b",split,removed\n", b"\n") == quick
    assert ours.count(b"\n") > len(column_names(per_shape=False)) // 10
