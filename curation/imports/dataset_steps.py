"""Importing a dataset: its files are read by whoever knows their format, and become media and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy.orm import Session

from curation.imports.applying import applying_dataset
from curation.imports.choices import settle_choices
from curation.imports.dataset_reading import read_dataset
from curation.imports.work import ImportWork
from db.models import Access, Import


class DatasetSteps:
    """The steps of importing a ZIP, files one by one, or a prefix of the bucket."""

    def read(self, work: ImportWork) -> Mapping[str, Any]:
        return read_dataset(work)

    def settle(
        self, session: Session, access: Access, found: Import, options: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        return settle_choices(session, access, found.preview or {}, options)

    def applying(self, work: ImportWork) -> AbstractContextManager[Callable[[Sequence[int]], None]]:
        return applying_dataset(work)
