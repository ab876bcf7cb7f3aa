"""Files that nobody takes: nothing that was sent is passed over in silence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from curation.datasets.records import ABOUT, SUMS
from curation.imports.found import Files, Remark
from curation.imports.readers.guessing import OUR_MANIFEST, is_told_in
from curation.imports.readers.names import is_content, is_media, is_packed_along
from curation.imports.readers.reading import LARGEST_LIST, Guess
from curation.imports.readers.yolo import is_label_file, is_list

BESIDE_MANIFEST = (
    "It was not read: the manifest of this archive says the same. If it was changed since, have it read as its own "
    "format."
)
CHANGED_SINCE = (
    "It was changed or added since this archive was exported, and was not read: its manifest was. Have it read as its "
    "own format to take that over."
)
OTHER_FORMAT = (
    "It was not read: it seems to be in another format, and one is read at a time. Choose that one instead."
)
UNKNOWN_FORMAT = "It was not read: it may hold annotations, but in none of the formats that are known here."
NOT_SHOWN = "Files of this kind cannot be shown here, so it was left out. Save it as JPEG, PNG, WebP or MP4."
PASSED_OVER = "It was passed over: it is no picture, no video and no annotation file that is known here."
# What people write for people, and what systems leave behind.
_BESIDE = re.compile(
    r"\..*|(readme|licen[cs]e|copying|changelog|notes)\b.*|thumbs\.db|desktop\.ini", re.IGNORECASE
)


def exported_sums(files: Files, manifests: Iterable[str]) -> dict[str, str]:
    """The SHA-256 that files of an archive of ours had when it was exported, by name; of those that are there still."""
    found: dict[str, str] = {}
    names = set(files.names())
    for under in {manifest[: manifest.rfind("/") + 1] for manifest in manifests}:
        if under + SUMS not in names:
            continue
        with files.open(under + SUMS) as file:
            for line in iter(lambda: file.readline(LARGEST_LIST), b""):
                sha256, _, name = line.decode(errors="replace").rstrip("\r\n").partition("  ")
                if under + name in names:
                    found[under + name] = sha256
    return found


def unread(
    files: Files,
    chosen: Guess | None,
    guesses: Sequence[Guess],
    sums: Mapping[str, str],
    hash_of: Callable[[str], str],
) -> Iterator[Remark]:
    """A remark for each file that is neither a picture that is taken nor among those of the chosen format.

    What lies beside a manifest says the same as it does for as long as its hash is the one that it was exported with.
    """
    taken = set(chosen.files) if chosen is not None else set()
    elsewhere = {name for guess in guesses for name in guess.files}
    beside_manifest = chosen is not None and chosen.why == OUR_MANIFEST
    for name in files.names():
        if name in taken or is_content(name) or is_packed_along(name):
            continue
        if beside_manifest and name in sums:
            if is_told_in(name) and not _is_about(name) and hash_of(name) != sums[name]:
                yield Remark(name, CHANGED_SINCE, fatal=True)
        elif not is_told_in(name):
            last = name.rpartition("/")[2]
            if is_media(name) and not last.startswith("."):
                yield Remark(name, NOT_SHOWN, fatal=True)
            elif last != SUMS and not _BESIDE.fullmatch(last):
                yield Remark(name, PASSED_OVER)
        elif not _holds_annotations(files, name):
            continue
        elif name not in elsewhere:
            yield Remark(name, UNKNOWN_FORMAT, fatal=True)
        elif beside_manifest and sums:
            yield Remark(name, CHANGED_SINCE, fatal=True)
        elif beside_manifest:
            yield Remark(name, BESIDE_MANIFEST)
        else:
            yield Remark(name, OTHER_FORMAT, fatal=True)


def _holds_annotations(files: Files, name: str) -> bool:
    """Whether a file of such an ending that is not read may say something of a picture, by its name and its size."""
    *folders, last = name.split("/")
    if _is_about(name) or is_list(name) or "ImageSets" in folders:
        return False
    if last.lower().endswith(".txt") and not is_label_file(name):
        return False
    return files.size(name) > 0


def _is_about(name: str) -> bool:
    """Whether it is read together with a manifest."""
    return name.rpartition("/")[2] == ABOUT
