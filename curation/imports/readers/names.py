"""What files call a picture, and which of those that came along it is: people move folders before they pack them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
VIDEOS = frozenset({".mp4", ".m4v", ".webm", ".mov"})
CONTENT = PICTURES | VIDEOS
# What annotations may be about as well, and nobody here can show.
NOT_TAKEN = frozenset(
    {
        *(".bmp", ".gif", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jp2", ".jxl", ".dng", ".nef", ".cr2"),
        *(".avi", ".mkv", ".mpg", ".mpeg", ".wmv", ".flv", ".3gp", ".m2ts", ".h264", ".h265"),
    }
)
LONGEST_NAME = 1_024
# Label Studio sets eight digits of a hash before the name that a file had, and makes a word of what follows.
_HASHED = re.compile(r"[0-9a-f]{8}-(?=.)")
_NO_WORD = re.compile(r"[^-\w.]")
_WORD = re.compile(r"[^\W_]+")
# Pictures of one name that are looked at for each entry.
_MOST_ALIKE = 200
# As nearly all are written: nothing of these has to be cleaned.
_CLEAN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")


def is_media(name: str) -> bool:
    """Whether a file is a picture or a video, by its name."""
    return _ending(name) in CONTENT | NOT_TAKEN


def is_content(name: str) -> bool:
    """Whether a file may become a media, by its name; what it is, its content says later."""
    return _ending(name) in CONTENT and not is_packed_along(name)


def folded(name: str) -> str:
    """A name as it is compared: systems tell neither cases nor the ways to write an accent apart in the same way."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def without_ending(name: str) -> str:
    """A path without the ending of a picture or a video: what else stands behind a dot belongs to its name."""
    return name[: -len(_ending(name))] if is_media(name) else name


def unhashed(last: str) -> str | None:
    """The name that a file had before Label Studio took it; None for one that was never there."""
    begin = _HASHED.match(last)
    return last[begin.end() :] if begin else None


def spellings(path: str) -> list[str]:
    """The names without folders that a path may stand for, the likeliest first.

    Label Studio sets a hash before the name of what was uploaded to it, and writes `_` for a blank. Elsewhere what
    looks like a hash is part of the name: `20240801-120000.jpg` begins with a day.
    """
    folders, _, last = path.rpartition("/")
    spelt = [last]
    if "upload" in folders.split("/") and (before := unhashed(last)) is not None:
        spelt += [before, before.replace("_", " ")]
    return list(dict.fromkeys(spelt))


def _ending(name: str) -> str:
    stem, dot, last = name.rpartition("/")[2].rpartition(".")
    return dot + last.lower() if stem and last else ""


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
    return next(iter(asked.get("d", [])), None) or unquote(split.path)


class Agreement(NamedTuple):
    """How well what an annotation file says agrees with a picture, the larger the better."""

    exact: bool = False  # the folders and the name, from where the file stands or from the top
    shared: int = 0  # folders right above the picture that the file names too
    beside: int = 0  # folders that the picture and the file stand in together
    called: int = 0  # folders of the picture that the path of the file speaks of


class Claimant(NamedTuple):
    """Who means a picture: two that are not the same are about two pictures, as far as anybody knows."""

    folder: str  # of the file that says so
    part: str  # of what the file is about, where its parts may have pictures of the same names
    said: str


class ClaimedName(str):
    """The name of a picture that came along, as the one that a file means, and what made it so.

    A name like any other to readers; where several entries mean one picture, the better agreement has it. Without any
    it is what the file says of a picture that did not come along.
    """

    said: str
    by: Claimant
    agreement: Agreement | None

    def __new__(
        cls,
        name: str,
        said: str = "",
        near: str = "",
        agreement: Agreement | None = None,
        part: str = "",
    ) -> ClaimedName:
        claimed = super().__new__(cls, name)
        claimed.said, claimed.agreement = said, agreement
        claimed.by = Claimant(near.rpartition("/")[0], part, folded(said))
        return claimed


class Pictures:
    """The pictures and videos that came along, found by what annotations call them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_path: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        self._by_word: dict[str, list[str]] = {}
        self._by_folder: dict[str, dict[str, list[str]]] = {}
        for name in names:
            if is_media(name) and not is_packed_along(name):
                path = folded(without_ending(name))
                stem = path.rpartition("/")[2]
                self._by_path.setdefault(path, []).append(name)
                self._by_stem.setdefault(stem, []).append(name)
                if (word := _as_word(stem)) != stem:
                    self._by_word.setdefault(word, []).append(name)

    def find(self, path: str, near: str, folder: str | None = None) -> ClaimedName | None:
        """The one picture that `path` means, as `near` (an annotation file) says it; None for none or several.

        A path without an ending means the picture with this stem. `folder` is where the file says that a picture lies
        of which `path` tells only the name.
        """
        if not self._by_path:
            return None
        said = f"{folder}/{path}" if folder and "/" not in path else path
        # Where nothing ends as it does, what looks like an ending belongs to its name: `a.mov` is `a.mov.jpg`.
        for ending in (_ending(path), "") if is_media(path) else ("",):
            exact = self._exactly(path, ending, near)
            if exact:
                return ClaimedName(exact[0], said, near, Agreement(True)) if len(exact) == 1 else None
            if found := self._elsewhere(path, ending, said, near):
                return self._likeliest(found, said, near)
        return None

    def _exactly(self, path: str, ending: str, near: str) -> list[str]:
        beside = near.rpartition("/")[0]
        for exact in dict.fromkeys((f"{beside}/{path}" if beside else path, path)):
            # At the top, and said from elsewhere without a folder, it may be that of any folder.
            if "/" in exact or not beside:
                found = _alike(self._by_path.get(_stem(exact, ending), []), exact, ending)
                if found:
                    return found
        return []

    def _elsewhere(self, path: str, ending: str, said: str, near: str) -> list[str]:
        last = path.rpartition("/")[2]
        found = self._called(self._by_stem, last, ending, said, near)
        if not found and (before := unhashed(last)) is not None:
            found = self._called(self._by_stem, before, ending, said, near)
            found = found or self._called(self._by_word, before, ending, said, near)
        return found

    def claim(self, paths: Sequence[str], near: str, folder: str | None = None) -> ClaimedName:
        """The picture that one of these paths agrees with best, as in `find`; the first path where none is found."""
        found = [name for path in paths if (name := self.find(path, near, folder)) is not None]
        said = f"{folder}/{paths[0]}" if folder and "/" not in paths[0] else paths[0]
        return max(found, key=_agreement_of, default=ClaimedName(paths[0], said, near))

    def _called(self, known: dict[str, list[str]], last: str, ending: str, said: str, near: str) -> list[str]:
        stem = _stem(last, ending)
        found = known.get(stem, [])
        # As many as share a name in a thousand folders: looking at each for each would never end.
        if len(found) > _MOST_ALIKE:
            found = self._narrowed(stem, found, _folders(said), _folders(near))
        return _alike(found, last, ending)

    def _likeliest(self, found: list[str], said: str, near: str) -> ClaimedName | None:
        said_folders, near_folders = _folders(said), _folders(near)
        words = f" {' '.join(_WORD.findall(folded(near)))} "

        def agreement(name: str) -> Agreement:
            folders = _folders(name)
            called = sum(f" {' '.join(_WORD.findall(folder))} " in words for folder in folders)
            shared = _in_common(folders[::-1], said_folders[::-1])
            return Agreement(False, shared, _in_common(folders, near_folders), called)

        ranked = sorted(((agreement(name), name) for name in found), key=lambda one: one[0], reverse=True)
        if len(ranked) > 1 and ranked[0][0] == ranked[1][0]:
            ranked = [one for one in ranked if one[1] == said and one[0] == ranked[0][0]]
        return ClaimedName(ranked[0][1], said, near, ranked[0][0]) if ranked else None

    def _narrowed(self, stem: str, found: list[str], said: Sequence[str], near: Sequence[str]) -> list[str]:
        """Of many pictures of one name those in a folder that is called as is said, else those nearest to the file."""
        known = self._by_folder.get(stem)
        if known is None:
            known = self._by_folder.setdefault(stem, {})
            for name in found:
                folders = _folders(name)
                for above in ("/".join(["*", *folders[-1:]]), *map("/".join, _beginnings(folders))):
                    known.setdefault(above, []).append(name)
        keys = [f"*/{said[-1]}"] if said else []
        for key in (*keys, *map("/".join, _beginnings(near))):
            if key in known:
                return known[key][:_MOST_ALIKE]
        return found[:_MOST_ALIKE]


def _agreement_of(name: ClaimedName) -> Agreement:
    return name.agreement or Agreement()


def _stem(path: str, ending: str) -> str:
    return folded(path[: len(path) - len(ending)])


def _alike(found: list[str], path: str, ending: str) -> list[str]:
    """Those of the pictures of one stem that `path` may mean: of its spelling, else of its ending, else of any."""
    spelt = [name for name in found if f"/{name}".endswith(f"/{path}")] if len(found) > 1 else []
    if spelt:
        return spelt
    if ending:
        return [name for name in found if _ending(name) == ending]
    return [name for name in found if is_content(name)] or found


def _as_word(stem: str) -> str:
    return _NO_WORD.sub("", stem.replace(" ", "_"))


def _folders(path: str) -> list[str]:
    return folded(path).split("/")[:-1]


def _beginnings(folders: Sequence[str]) -> list[Sequence[str]]:
    return [folders[:end] for end in range(len(folders), -1, -1)]


def _in_common(some: Sequence[str], others: Sequence[str]) -> int:
    """With how many of the same they begin."""
    shared = 0
    for one, other in zip(some, others, strict=False):
        if one != other:
            break
        shared += 1
    return shared
