"""Contact sheets of a whole export: PDFs of a bounded number of media each, in its order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from curation.browse import Count
from curation.contact_sheets import MOST_MEDIA, SheetContent, draw_frozen_sheet
from curation.datasets.items import DatasetAnswer, DatasetItem, Vocabulary
from curation.datasets.pictures import no_picture, picture_ending
from curation.datasets.receipt import CONTACT_SHEETS, Reason, ReceiptBook
from curation.datasets.writers.writer import Member
from curation.errors import ContentMissing
from curation.media_filter import MediaFilter
from curation.media_view import AnnotationView, MediaView, ShapeView
from curation.serving import StoredPicture
from storage import Bucket


def sheet_members(
    bucket: Bucket, items: Iterable[DatasetItem], words: Vocabulary, receipt: ReceiptBook
) -> Iterator[Member]:
    """`contact-sheets/0001.pdf` and so on, 300 media each; tombstones are not on them.

    The receipt is told of each, and of media that stand there without their picture. Raises BucketUnreachable, and
    Unavailable when all decoders are busy for too long.
    """
    shown = (item for item in items if item.removed is None)
    number = 0
    while together := list(islice(shown, MOST_MEDIA)):
        number += 1
        yield Member(f"contact-sheets/{number:04d}.pdf", _sheet(bucket, together, words, receipt))
        receipt.drawn(CONTACT_SHEETS)


def _sheet(
    bucket: Bucket, items: Sequence[DatasetItem], words: Vocabulary, receipt: ReceiptBook
) -> Iterator[bytes]:
    stored = {item.media_id: _stored(item) for item in items}

    def look_up(shown: Sequence[MediaView]) -> Mapping[int, StoredPicture | ContentMissing | None]:
        return {media.id: stored[media.id] for media in shown}

    content = SheetContent(
        MediaFilter(),
        [_view(item) for item in items],
        Count(len(items)),
        {named.key: named.name for named in words.label_classes},
        {named.key: named.colour for named in words.label_classes},
    )
    listed = {item.media_id: item for item in items}

    def not_drawn(media_id: int, missing: ContentMissing) -> None:
        reason = no_picture(listed[media_id])
        if reason is None:
            # Of what is not in the bucket the problem names the place.
            gone = "bucket_key" in missing.extra
            reason = Reason.PICTURE_MISSING if gone else Reason.UNDECODABLE
        receipt.not_drawn(CONTACT_SHEETS, media_id, reason)

    return draw_frozen_sheet(bucket, content, look_up, not_drawn)


def _stored(item: DatasetItem) -> StoredPicture | ContentMissing:
    if picture_ending(item) is None or item.sha256 is None or item.bucket_key is None:
        return ContentMissing(f"Media {item.media_id} has no picture.")
    return StoredPicture(
        item.media_id,
        item.sha256,
        item.bucket_key,
        item.content_type or "image/jpeg",
        item.size or 0,
        item.file_name,
    )


def _view(item: DatasetItem) -> MediaView:
    return MediaView(
        id=item.media_id,
        type=item.type,
        state=item.state,
        file_name=item.file_name,
        width=item.width,
        height=item.height,
        source=item.source,
        azimuth=item.azimuth,
        captured_at=item.captured_at,
        captured_at_assumed=item.captured_at_assumed,
        sequence=item.sequence,
        lat=item.lat,
        lon=item.lon,
        score=item.score,
        uploaded_by=item.uploader,
        created_at=item.uploaded_at,
        annotation_id=item.answer.id if item.answer is not None else None,
        annotation=_annotation(item.media_id, item.answer) if item.answer is not None else None,
    )


def _annotation(media_id: int, answer: DatasetAnswer) -> AnnotationView:
    shapes = [
        ShapeView(
            shape.label_class,
            (shape.x_min, shape.y_min, shape.x_max, shape.y_max),
            [list(point) for point in shape.points] if shape.points is not None else None,
            shape.origin,
            shape.confidence,
        )
        for shape in answer.shapes
    ]
    return AnnotationView(
        id=answer.id,
        media_id=media_id,
        number=answer.number,
        author=answer.author,
        created_at=answer.created_at,
        origin=answer.origin,
        content="shapes" if answer.readable else "file",
        based_on=None,
        comment=answer.comment,
        shapes=shapes,
        label_classes=list(answer.label_classes),
    )
