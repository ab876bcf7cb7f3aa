"""What each kind of import does in each of its steps: the one place that knows them all."""

from __future__ import annotations

from curation.imports.dataset_steps import DatasetSteps
from curation.imports.work import ImportSteps
from curation.tables.steps import TableSteps
from db.models import ImportKind

_DATASET = DatasetSteps()
STEPS: dict[ImportKind, ImportSteps] = {
    ImportKind.ARCHIVE: _DATASET,
    ImportKind.FILES: _DATASET,
    ImportKind.PREFIX: _DATASET,
    ImportKind.TABLE: TableSteps(),
}


def steps_of(kind: ImportKind) -> ImportSteps:
    """The steps of a kind of import."""
    return STEPS[kind]
