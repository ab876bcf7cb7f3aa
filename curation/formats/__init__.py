"""Annotation files of programs: what kind of file one is, and the answer in it where its format is known here.

A file that is none of ours to read is kept as it came. One that is, and breaks a rule, is refused: an answer that was
half understood would be worse than none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from curation.formats import coco, vigie, voc
from curation.formats.reading import FileAnswer, Picture

# An answer of 500 polygons has less. What is larger is kept, and not read.
LARGEST_READ = 4 * 2**20
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class AnnotationFile:
    """What a file is by its content, and what it answers; no answer in a format that is not known here."""

    content_type: str
    extension: str
    answer: FileAnswer | None = None


def read_annotation_file(content: bytes, picture: Picture | None) -> AnnotationFile:
    """Look into an annotation file of a picture; without one only what kind of file it is.

    Raises InvalidShape for a known format that breaks its rules.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _read_xml(content, picture) or AnnotationFile("application/octet-stream", "bin")
    if text.lstrip()[:1] in ("{", "["):
        found = _read_json(text, picture)
    else:
        found = _read_xml(content, picture)
    if found is not None:
        return found
    if _CONTROL.search(text) or not text:
        return AnnotationFile("application/octet-stream", "bin")
    return AnnotationFile("text/plain", "txt")


def _read_json(text: str, picture: Picture | None) -> AnnotationFile | None:
    if len(text) > LARGEST_READ:
        return AnnotationFile("application/json", "json") if text.rstrip()[-1:] in ("}", "]") else None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if picture is None:
        return AnnotationFile("application/json", "json")
    readers: tuple[Callable[[Any, Picture], FileAnswer | None], ...] = (vigie.read, coco.read)
    answers = (read(document, picture) for read in readers)
    answer = next((answer for answer in answers if answer is not None), None)
    return AnnotationFile("application/json", "json", answer)


def _read_xml(content: bytes, picture: Picture | None) -> AnnotationFile | None:
    if len(content) > LARGEST_READ or b"<" not in content[:4096]:
        return None
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return AnnotationFile("application/xml", "xml", voc.read(root, picture) if picture else None)
