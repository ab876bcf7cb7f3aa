"""Parquet: a row per media with typed columns, its shapes as a list of structs; a group of rows at a time.

`shapes` is empty where somebody found nothing, and null where nobody has answered, or by a file that nobody reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from curation.datasets.items import DatasetItem, Vocabulary
from curation.datasets.pictures import picture_name
from curation.datasets.receipt import Reason, ReceiptBook
from curation.datasets.records import about, to_document
from curation.datasets.writers.walking import file_of, has_pixels, manifest_members, told
from curation.datasets.writers.writer import Member

if TYPE_CHECKING:
    import pyarrow

    from curation.datasets.options import ExportOptions
    from curation.datasets.source import Dataset

ROWS_IN_GROUP = 5_000
# As Python's values a row takes several times as much memory as in columns.
_ROWS_AT_ONCE = 250


@dataclass(frozen=True)
class ParquetWriter:
    """Every media, readable without us by whatever reads tables."""

    options: ExportOptions

    @property
    def single(self) -> bool:
        return not has_pixels(self.options)

    def members(self, dataset: Dataset, receipt: ReceiptBook) -> Iterator[Member]:
        words = dataset.vocabulary
        if self.single:
            yield Member("media.parquet", self._file(words, told(self, dataset.items(), receipt)))
            return
        yield from manifest_members(self, self.options, words, dataset.items(), receipt)
        yield Member("media.parquet", self._file(words, dataset.items()))

    def left_out(self, item: DatasetItem) -> Reason | None:
        return None

    def picture_name(self, item: DatasetItem) -> str | None:
        return picture_name(item)

    def _file(self, words: Vocabulary, items: Iterable[DatasetItem]) -> Iterator[bytes]:
        # Half a second and 60 MB, which only those who export tables need.
        import pyarrow
        import pyarrow.parquet

        schema = _schema(words)
        sink = _Sink()
        rows = (_row(item, file_of(self, self.options, item)) for item in items)
        with pyarrow.parquet.ParquetWriter(pyarrow.PythonFile(sink, mode="w"), schema) as writer:
            yield sink.taken()
            while group := _group(rows, schema):
                writer.write_table(pyarrow.Table.from_batches(group, schema))
                yield sink.taken()
        yield sink.taken()


def _group(rows: Iterator[dict[str, Any]], schema: pyarrow.Schema) -> list[pyarrow.RecordBatch]:
    import pyarrow

    batches = []
    for _ in range(ROWS_IN_GROUP // _ROWS_AT_ONCE):
        if not (some := list(islice(rows, _ROWS_AT_ONCE))):
            break
        batches.append(pyarrow.RecordBatch.from_pylist(some, schema))
    return batches


class _Sink:
    """A file that only grows, and is taken away piece by piece."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._size += len(self._pieces[-1])
        return len(self._pieces[-1])

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _schema(words: Vocabulary) -> pyarrow.Schema:
    import pyarrow as pa

    moment = pa.timestamp("us", tz="UTC")
    shape = pa.struct(
        {
            "label_class": pa.string(),
            "x_min": pa.float64(),
            "y_min": pa.float64(),
            "x_max": pa.float64(),
            "y_max": pa.float64(),
            "points": pa.list_(pa.struct({"x": pa.float64(), "y": pa.float64()})),
            "origin": pa.string(),
            "confidence": pa.float64(),
            "model": pa.string(),
        }
    )
    columns = {
        "media_id": pa.int64(),
        "file": pa.string(),
        "type": pa.string(),
        "state": pa.string(),
        "split": pa.string(),
        "removed": pa.string(),
        "file_name": pa.string(),
        "sha256": pa.string(),
        "bucket_key": pa.string(),
        "content_type": pa.string(),
        "size": pa.int64(),
        "width": pa.int32(),
        "height": pa.int32(),
        "orientation": pa.int8(),
        "duration": pa.float64(),
        "frame_rate": pa.float64(),
        "codec": pa.string(),
        "source": pa.string(),
        "azimuth": pa.float64(),
        "lat": pa.float64(),
        "lon": pa.float64(),
        "sequence": pa.string(),
        "captured_at": moment,
        "captured_at_assumed": pa.bool_(),
        "uploaded_at": moment,
        "uploader": pa.string(),
        "score": pa.float64(),
        "tags": pa.list_(pa.string()),
        "extracted_from": pa.int64(),
        "extracted_at": pa.float64(),
        "decision": pa.string(),
        "reviewer": pa.string(),
        "decided_at": moment,
        "review_comment": pa.string(),
        "annotation_id": pa.int64(),
        "annotation_number": pa.int32(),
        "annotator": pa.string(),
        "annotation_origin": pa.string(),
        "annotated_at": moment,
        "annotation_comment": pa.string(),
        "shapes": pa.list_(shape),
        "label_classes": pa.list_(pa.string()),
        "replies": pa.list_(pa.struct({"question": pa.string(), "yes": pa.bool_()})),
    }
    return pa.schema(columns, metadata={"vigie": json.dumps(json.loads(about(words)))})


_OF_ANSWER = {
    "id": "annotation_id",
    "number": "annotation_number",
    "author": "annotator",
    "origin": "annotation_origin",
    "comment": "annotation_comment",
    "label_classes": "label_classes",
}


def _row(item: DatasetItem, file: str | None) -> dict[str, Any]:
    row = to_document(item, file)
    answer = row.pop("answer", None)
    for name in ("captured_at", "uploaded_at", "decided_at"):
        value: datetime | None = getattr(item, name)
        row[name] = value.astimezone(UTC) if value is not None else None
    if answer is None or item.answer is None:
        return row
    row |= {column: answer.get(name) for name, column in _OF_ANSWER.items()}
    row["annotated_at"] = item.answer.created_at.astimezone(UTC)
    row["replies"] = [{"question": key, "yes": yes} for key, yes in item.answer.replies]
    row["shapes"] = [_shape(shape) for shape in answer["shapes"]] if item.answer.readable else None
    return row


def _shape(shape: dict[str, Any]) -> dict[str, Any]:
    x_min, y_min, x_max, y_max = shape["box"]
    points = shape.get("points")
    corners = {"x_min": x_min, "y_min": y_min, "x_max": x_max, "y_max": y_max}
    return {**shape, **corners, "points": points and [{"x": x, "y": y} for x, y in points]}
