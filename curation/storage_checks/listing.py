"""The bucket's listing, walked once from end to end: each part of it goes to who knows what should be there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from curation.datasets.files import FOLDER as EXPORTS_FOLDER
from curation.derived import FOLDER as DERIVED_FOLDER
from curation.imports.prefixes import STAGED_FOLDER
from curation.storage_checks.answer_files import check_answer_files
from curation.storage_checks.contents import check_contents
from curation.storage_checks.derived_objects import check_derived
from curation.storage_checks.elsewhere import check_elsewhere
from curation.storage_checks.export_files import check_export_files
from curation.storage_checks.findings import Finding, Kind
from curation.storage_checks.in_place import check_in_place
from curation.storage_checks.looking import AT_A_TIME, Looking
from curation.storage_checks.staged_files import check_staged
from storage import StoredObject
from storage.self_test import FOLDER as SELF_TEST_FOLDER


def check_listing(looking: Looking) -> None:
    """Compare every object of the bucket with the rows, and every row with the bucket.

    Keys come in order, so that each folder is one run of them, and rows are read along in the same order.
    """
    place = looking.place
    checks = {
        place.media_folder: check_contents,
        place.annotation_folder: check_answer_files,
        DERIVED_FOLDER: check_derived,
        EXPORTS_FOLDER: check_export_files,
        SELF_TEST_FOLDER: _check_left_behind,
        STAGED_FOLDER: check_staged,
    }

    def folder_of(found: StoredObject) -> str:
        return next((folder for folder in checks if found.key.startswith(f"{folder}/")), "")

    walked = set()
    for folder, objects in groupby(_counted(looking), key=folder_of):
        walked.add(folder)
        checks.get(folder, check_elsewhere)(looking, objects)
    # Folders that hold nothing at all: whatever rows lead there lead nowhere.
    for folder in checks.keys() - walked:
        checks[folder](looking, iter(()))
    check_in_place(looking)


def _counted(looking: Looking) -> Iterator[StoredObject]:
    for number, found in enumerate(looking.bucket.list(), start=1):
        if number % AT_A_TIME == 0:
            looking.still_here()
        looking.report.looked_at["objects"] += 1
        yield found


def _check_left_behind(looking: Looking, objects: Iterator[StoredObject]) -> None:
    """What a self-test that was killed has left."""
    for found in objects:
        if looking.is_old(found.last_modified):
            looking.report.add(Finding(Kind.FILE_LEFT_BEHIND, {"key": found.key}))
