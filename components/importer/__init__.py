"""Files for an import, streamed from the browser to the API; the page takes over once the server has them all."""

from __future__ import annotations

from collections.abc import Callable

from components.bundle import mount_bundle
from curation.imports.staging import LARGEST_FILE
from language import current


def importer(on_sent: Callable[[], None], *, key: str = "importer") -> None:
    """Show where to drop a dataset. `on_sent` is called when one is being read: `sent` of its state is its id."""
    data = {"language": current().value, "largest_file": LARGEST_FILE, "largest_archive": LARGEST_FILE}
    mount_bundle("importer")(data=data, key=key, on_sent_change=on_sent)
