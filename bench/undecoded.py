"""The API with the decoding and the thumbnail taken out of uploads: what is left is row 6."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest.mock import patch

from starlette.types import ASGIApp

from api.main import create_public_app
from bench.pictures import jpeg
from curation.pictures import inspect_picture


def create_app() -> ASGIApp:
    """For `uvicorn --factory`: takes every upload for a camera frame."""
    with tempfile.TemporaryDirectory() as folder:
        frame = Path(folder) / "frame.jpg"
        frame.write_bytes(jpeg(0))
        facts = inspect_picture(frame, file_name=frame.name)
    patch("curation.uploads.inspect_content", lambda *_, **__: facts).start()
    patch("curation.uploads.keep_derived", lambda *_, **__: True).start()
    return create_public_app()
