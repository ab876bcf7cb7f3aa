"""Brakes: when nothing may be changed, because what looks like drift is more likely the wrong bucket or database."""

from __future__ import annotations

from curation.errors import TooMuchDiffers, WrongBucket
from curation.storage_checks.findings import Report

# What one accident may well do; more looks like another bucket, or a database of another day.
MOST_CHANGES = 100
LARGEST_SHARE = 0.01
# So few are no sign of anything, however small the installation is.
ALWAYS_ALLOWED = 10


def require_plausible(report: Report, *, many: bool = False, weighty: bool = True) -> None:
    """Raise WrongBucket, TooMuchDiffers when a repair must not begin.

    Without `weighty` only what is harmless would be changed, and with `many` it was said that there are many.
    """
    contents, originals = report.looked_at["contents"], report.looked_at["originals"]
    if contents and not originals:
        raise WrongBucket(
            "The bucket holds none of the pictures that the database knows. Nothing was changed."
        )
    if originals and not contents:
        raise WrongBucket(
            "The database knows none of the pictures that the bucket holds. Nothing was changed."
        )
    looked_at = contents + report.looked_at["media"]
    allowed = min(MOST_CHANGES, max(ALWAYS_ALLOWED, int(looked_at * LARGEST_SHARE)))
    if weighty and not many and report.weighty > allowed:
        raise TooMuchDiffers(
            f"A repair would change {report.weighty:,} rows and objects, and at most {allowed:,} are changed at once."
            " Nothing was changed; look first, then use `manage.py fsck --repair --many`."
        )
