"""Where bytes live in the bucket: keys made from content, never from names that people give."""

from __future__ import annotations


def media_key(folder: str, sha256: str, extension: str) -> str:
    """The key of an original; the same content always has the same, so writing twice is harmless."""
    return f"{folder}/{sha256[:2]}/{sha256[2:4]}/{sha256}.{extension}"


def annotation_key(folder: str, media_id: int, number: int) -> str:
    """The key of an annotation's JSON file."""
    return f"{folder}/{media_id // 1000:06d}/{media_id}-{number}.json"


def annotation_file_key(folder: str, media_id: int, number: int, sha256: str, extension: str) -> str:
    """The key of an annotation's file as it came: of two that are sent for one annotation each has its own."""
    return f"{folder}/{media_id // 1000:06d}/{media_id}-{number}-{sha256[:16]}.{extension}"
