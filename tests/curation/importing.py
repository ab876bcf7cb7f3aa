"""An import from its beginning to its end, as its job does it, for tests."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from curation.acts import ReviewPolicy
from curation.imports.asking import ask_for_reading as ask
from curation.imports.asking import commit_import, start_import, undo_import
from curation.imports.running import ImportPlace, run_import
from curation.imports.staging import add_file
from curation.imports.views import ImportItemView, ImportView, get_import, list_import_items
from curation.spool import Spool
from curation.uploads import UploadPlace
from db.models import Access, ImportKind, Media, State
from db.session import open_session
from storage import open_bucket


@dataclass
class Importer:
    """Somebody who imports."""

    access: Access
    spool_folder: Path
    policy: ReviewPolicy = field(default_factory=ReviewPolicy)

    @property
    def place(self) -> ImportPlace:
        return ImportPlace(UploadPlace(), self.policy, self.spool_folder)

    def begin(self, kind: ImportKind = ImportKind.FILES, **given: Any) -> int:
        with open_session() as session:
            return start_import(session, self.access, kind, "dataset", **given).id

    def send(self, import_id: int, files: Mapping[str, bytes | str]) -> None:
        for name, content in files.items():
            with Spool(self.spool_folder, limit=2**30) as spool:
                spool.write(content.encode() if isinstance(content, str) else content)
                add_file(open_session, open_bucket(), self.access, import_id, name, spool.finish())

    def run(self, import_id: int) -> ImportView:
        run_import(open_session, open_bucket(), self.place, import_id)
        return self.view(import_id)

    def read(
        self, files: Mapping[str, bytes | str], *, format: str | None = None, **given: Any
    ) -> ImportView:
        """Begun, filled and read."""
        import_id = self.begin(**given)
        self.send(import_id, files)
        return self.look(import_id, format)

    def look(self, import_id: int, format: str | None = None) -> ImportView:
        with open_session() as session:
            ask(session, self.access, import_id, format=format)
        return self.run(import_id)

    def commit(self, import_id: int, **choices: Any) -> ImportView:
        with open_session() as session:
            commit_import(session, self.access, import_id, choices)
        return self.run(import_id)

    def bring(self, files: Mapping[str, bytes | str], **choices: Any) -> ImportView:
        """Read and committed."""
        view = self.read(files)
        assert view.state == "ready", view.error
        return self.commit(view.id, **choices)

    def undo(self, import_id: int) -> ImportView:
        with open_session() as session:
            undo_import(session, self.access, import_id)
        return self.run(import_id)

    def view(self, import_id: int) -> ImportView:
        with open_session(read_only=True) as session:
            return get_import(session, self.access, import_id)

    def items(self, import_id: int) -> list[ImportItemView]:
        with open_session(read_only=True) as session:
            return list_import_items(session, self.access, import_id, limit=200).items


def media() -> list[Media]:
    """The media that are here and not withdrawn, first to last."""
    with open_session(read_only=True) as session:
        return list(session.scalars(select(Media).where(Media.state != State.WITHDRAWN).order_by(Media.id)))


def a_zip(files: Mapping[str, bytes | str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def coco(
    pictures: Mapping[str, list[tuple[str, tuple[float, float, float, float]]]], size: tuple[int, int]
) -> str:
    """A COCO file about pictures of one size: of each the names and boxes (pixels) of what it shows."""
    names = sorted({name for shapes in pictures.values() for name, _ in shapes})
    return json.dumps(
        {
            "images": [
                {"id": number, "file_name": name, "width": size[0], "height": size[1]}
                for number, name in enumerate(pictures, 1)
            ],
            "categories": [{"id": number, "name": name} for number, name in enumerate(names, 1)],
            "annotations": [
                {
                    "id": number * 1000 + place,
                    "image_id": number,
                    "category_id": names.index(name) + 1,
                    "bbox": list(box),
                }
                for number, shapes in enumerate(pictures.values(), 1)
                for place, (name, box) in enumerate(shapes)
            ],
        }
    )


def lines(*documents: Mapping[str, Any]) -> str:
    return "".join(f"{json.dumps(document)}\n" for document in documents)


def preview_of(view: ImportView) -> dict[str, Any]:
    """What a read import shows before it is committed."""
    assert view.preview is not None
    return view.preview
