"""Datasets out: a writer a format. None of them reads the database or the bucket; all give their bytes as they come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from curation.datasets.writers.coco import CocoWriter
from curation.datasets.writers.csv import CsvWriter
from curation.datasets.writers.jsonl import JsonLinesWriter
from curation.datasets.writers.parquet import ParquetWriter
from curation.datasets.writers.voc import VocWriter
from curation.datasets.writers.writer import Member, Writer
from curation.datasets.writers.yolo import YoloWriter
from db.models import ExportFormat

if TYPE_CHECKING:
    from curation.datasets.options import ExportOptions

__all__ = ["Member", "Writer", "writer_for"]

_WRITERS: dict[ExportFormat, Callable[[ExportOptions], Writer]] = {
    ExportFormat.CSV: CsvWriter,
    ExportFormat.JSONL: JsonLinesWriter,
    ExportFormat.YOLO: YoloWriter,
    ExportFormat.VOC: VocWriter,
    ExportFormat.PARQUET: ParquetWriter,
}


def writer_for(format: ExportFormat, options: ExportOptions, *, is_split: bool | None = None) -> Writer:
    """What writes this format as these options ask for it.

    `is_split` says whether the dataset has parts, as a release may without any option.
    """
    if format is ExportFormat.COCO:
        return CocoWriter(options, options.split is not None if is_split is None else is_split)
    return _WRITERS[format](options)
