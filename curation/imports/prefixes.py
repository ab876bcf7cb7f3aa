"""Parts of the bucket that somebody else has filled: which of them may be imported."""

from __future__ import annotations

from collections.abc import Sequence

from curation.derived import FOLDER as DERIVED_FOLDER
from curation.errors import InvalidText
from storage.bucket import check_key
from storage.errors import InvalidKey
from storage.self_test import FOLDER as SELF_TEST_FOLDER

STAGED_FOLDER = "imports"
EXPORT_FOLDER = "exports"
OURS = (DERIVED_FOLDER, STAGED_FOLDER, EXPORT_FOLDER, SELF_TEST_FOLDER)


def require_foreign(prefix: str, own_folders: Sequence[str]) -> str:
    """The prefix as keys begin with it, ending in `/`; raises InvalidText when it is, holds or lies in ours."""
    prefix = prefix.strip().strip("/")
    try:
        check_key(prefix)
    except InvalidKey:
        raise InvalidText("A prefix is the beginning of keys in the bucket, as in cameras/2025.") from None
    if any(
        f"{prefix}/".startswith(f"{ours}/") or f"{ours}/".startswith(f"{prefix}/")
        for ours in (*OURS, *own_folders)
    ):
        raise InvalidText(f"What lies under {prefix[:60]} is this installation's own, and known already.")
    return f"{prefix}/"
