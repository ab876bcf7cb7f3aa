"""A file for whoever reads the standard output of a command."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from vigie_client.calls import Saved

STANDARD_OUTPUT = "-"


def write_whole(save: Callable[[Path], Saved]) -> Saved:
    """Send what is saved to a path on its way once it is complete: half a file would look like a whole one."""
    with tempfile.TemporaryDirectory() as folder:
        saved = save(Path(folder) / "export")
        with saved.path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    return saved
