"""What files call a picture, and which of those that came along it is: people move folders before they pack them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
VIDEOS = (".mp4", ".webm", ".mov")
LONGEST_NAME = 1_024
# Label Studio sets eight digits of a hash before the name that a file had.
_HASHED = re.compile(r"[0-9a-f]{8}-(?=.)")
_WORD = re.compile(r"[a-z0-9]+")
# As nearly all are written: nothing of these has to be cleaned.
_CLEAN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")


def is_media(name: str) -> bool:
    return name.lower().endswith(PICTURES + VIDEOS)


def is_packed_along(name: str) -> bool:
    """Whether macOS has put a file into an archive beside those that were packed: it holds nothing of them."""
    folders, _, last = name.rpartition("/")
    return last.startswith("._") or "__MACOSX" in folders.split("/")


def clean_path(name: object) -> str | None:
    """A file's own path with `/` between its folders, never climbing out of them; None when it names nothing.

    Addresses become paths: `/data/local-files/?d=a/b.jpg` of Label Studio is `a/b.jpg`.
    """
    if not isinstance(name, str) or not name.strip() or len(name) > 4 * LONGEST_NAME:
        return None
    if _CLEAN.fullmatch(name):
        return name if len(name) <= LONGEST_NAME else None
    path = name.strip().replace("\\", "/")
    if re.match(r"[a-z][a-z0-9+.-]+://", path, re.IGNORECASE) or path.startswith("/data/"):
        path = _of_address(path) or path
    path = re.sub(r"^[A-Za-z]:", "", path)
    parts: list[str] = []
    for part in unicodedata.normalize("NFC", path).split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part if part.isprintable() else _without_controls(part))
    cleaned = "/".join(part for part in parts if part)
    return cleaned if 0 < len(cleaned) <= LONGEST_NAME else None


def _without_controls(part: str) -> str:
    return "".join(sign for sign in part if unicodedata.category(sign) not in ("Cc", "Cs"))


def _of_address(address: str) -> str | None:
    try:
        split = urlsplit(address)
        asked = parse_qs(split.query)
    except ValueError:
        return None
    return unquote(next(iter(asked.get("d", [])), split.path))


class Pictures:
    """The pictures and videos that came along, found by what annotations call them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: set[str] = set()
        self._by_last: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for name in names:
            if is_media(name):
                last = name.rpartition("/")[2].lower()
                self._names.add(name)
                self._by_last.setdefault(last, []).append(name)
                self._by_stem.setdefault(last.rpartition(".")[0], []).append(name)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def find(self, path: str, near: str) -> str | None:
        """The one picture that `path` means, as `near` (an annotation file) says it; None for none or several.

        A path without an ending means the picture with this stem.
        """
        if not self._names:
            return None
        folder = near.rpartition("/")[0]
        for exact in (f"{folder}/{path}" if folder else path, path):
            if exact in self._names:
                return exact
        last = path.rpartition("/")[2].lower()
        found = self._by_last.get(last) or self._by_stem.get(last)
        if not found:
            last = _HASHED.sub("", last)
            found = self._by_last.get(last) or self._by_stem.get(last) or []
        return self._likeliest(found, path, near)

    def _likeliest(self, found: list[str], path: str, near: str) -> str | None:
        if len(found) < 2:
            return found[0] if found else None
        words = set(_WORD.findall(near.lower()))

        def likeness(name: str) -> tuple[int, int]:
            shared = 0
            folders = PurePosixPath(name.lower()).parts[:-1]
            for own, said in zip(
                reversed(folders), reversed(PurePosixPath(path.lower()).parts[:-1]), strict=False
            ):
                if own != said:
                    break
                shared += 1
            return shared, sum(folder in words for folder in folders)

        # As many as share a name in a thousand folders: looking at each for each would never end.
        ranked = sorted(found[:200], key=likeness, reverse=True)
        return ranked[0] if likeness(ranked[0]) > likeness(ranked[1]) else None
