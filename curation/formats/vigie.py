"""Our own JSON: as `annotation_files` writes it, or as much of it as a submission has."""

from __future__ import annotations

from typing import Any

from curation.errors import InvalidShape
from curation.formats.reading import FileAnswer, Picture

FORMAT = "vigie-annotation-1"
ANSWER = {"shapes", "label_classes", "replies", "comment"}


def read(document: Any, picture: Picture) -> FileAnswer | None:
    """The answer in a document of ours, None when it is no such thing. Raises InvalidShape."""
    if not isinstance(document, dict):
        return None
    if document.get("format") != FORMAT and not ("shapes" in document and set(document) <= ANSWER):
        return None
    about = document.get("media")
    if isinstance(about, dict) and about.get("sha256") not in (None, picture.sha256):
        raise InvalidShape("The file is about another picture: its SHA-256 differs.")
    shapes, label_classes = document.get("shapes", []), document.get("label_classes", [])
    replies, comment = document.get("replies") or {}, document.get("comment")
    if not isinstance(shapes, list) or not all(isinstance(shape, dict) for shape in shapes):
        raise InvalidShape("“shapes” is a list of shapes.")
    if not isinstance(label_classes, list) or not all(isinstance(key, str) for key in label_classes):
        raise InvalidShape("“label_classes” is a list of label classes.")
    if not isinstance(replies, dict) or not isinstance(comment, str | None):
        raise InvalidShape("“replies” are yes or no by question, and “comment” is a text.")
    return FileAnswer(shapes, label_classes, replies, comment)
