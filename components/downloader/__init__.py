"""A download from our own routes whose progress can be seen and which can be cancelled."""

from __future__ import annotations

from components.bundle import mount_bundle
from language import current

LARGE_ROWS = 200_000  # beyond this a file should not pass through the browser's memory


def downloader(address: str, *, name: str, rows: int | None, key: str = "downloader") -> None:
    """Show a button that saves what `address` (a path of ours) streams as a file called `name`.

    `rows` is how many are to come, None when there are too many to have been counted.
    """
    data = {
        "address": address,
        "name": name,
        "rows": rows,
        "large": rows is None or rows > LARGE_ROWS,
        "language": current().value,
    }
    mount_bundle("downloader")(data=data, key=key)
