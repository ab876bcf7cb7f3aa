"""Reading a dataset: its entries are matched with files and media, some hundred at a time, and its preview counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlalchemy import delete

from curation.archives import CHUNK_BYTES
from curation.datasets.records import CROPS_FOLDER, SUMS
from curation.errors import Refused
from curation.imports.bringing import kept_details
from curation.imports.found import FoundAnswer, FoundMedia, FoundShape, Remark
from curation.imports.frames import video_of
from curation.imports.matching import (
    FileNames,
    Match,
    Wanted,
    ending,
    last_part,
    match_media,
    written_anew,
)
from curation.imports.opening import OpenedFiles, opened_files
from curation.imports.preview import PreviewBook
from curation.imports.readers import Guess, exported_sums, guess, has_tables, is_told_in, read, unread
from curation.imports.readers.guessing import OUR_MANIFEST
from curation.imports.readers.measuring import layout_of
from curation.imports.readers.names import VIDEOS
from curation.imports.readers.picture_size import Layout
from curation.imports.readers.table import NO_COLUMNS
from curation.imports.readers.unread import NOT_SHOWN
from curation.imports.upright import why_other_size
from curation.imports.withdrawn import find_withdrawn
from curation.imports.work import ImportWork
from curation.label_classes import list_label_classes
from curation.questions import list_questions
from db.adding import add_rows
from db.models import ImportItem, ImportOutcome, MediaType, Scope

AT_A_TIME = 1_000
AT_ONCE = 4  # pictures whose beginning is read
# Of a media that these name all that they do not say is not known.
MANIFEST_FORMATS = ("jsonl",)

NO_PICTURE = "No picture of this name was sent, and no media here is the same."
AMBIGUOUS = "Several of the pictures that were sent are called so: nobody can tell which one is meant."
DAMAGED = "This file is damaged inside the archive and was left out."
WITHDRAWN = "It was withdrawn here: it is left out unless what was withdrawn is to be brought back."
WRITTEN_ANEW = "It was written anew since it was registered where it lies: what is there now is read again."
NOT_NAMED = "The manifest does not name this picture: it comes in as one that nobody has answered."
CROP = "It lies where an archive of ours has the crops of its pictures, so it was left out."
NOTHING = "Nothing that was sent is a picture, a video or an annotation file that can be read."


def read_dataset(work: ImportWork) -> Mapping[str, Any]:
    """Write the entries of a dataset, and give its preview. Raises Refused, and what its reader raises."""
    with work.sessions() as session:
        session.execute(delete(ImportItem).where(ImportItem.import_id == work.import_id))
    with opened_files(work, anew=True) as files:
        return _Reading(work, files).run()


class _Reading:
    """One pass over a dataset."""

    def __init__(self, work: ImportWork, files: OpenedFiles) -> None:
        self._work, self._files = work, files
        self._names = FileNames(files)
        self._book = PreviewBook()
        self._used: set[str] = set()
        self._position = 0
        self._exact = False
        self._withdrawn: Mapping[str, bool] = {}
        self._anew: set[str] = set()
        self._layouts: dict[str, Layout | None] = {}

    def run(self) -> Mapping[str, Any]:
        self._book.remark(self._files.nameless())
        told = [name for name in self._files.names() if is_told_in(name) or last_part(name) == SUMS]
        for name in self._files.leave_out_damaged(told):
            self._book.remark([Remark(name, DAMAGED, fatal=True)])
        guesses = guess(self._files)
        chosen = next((one for one in guesses if one.format == self._work.format), None)
        if chosen is None and self._work.format is None and guesses:
            chosen = guesses[0]
        form = chosen.format if chosen is not None else self._work.format
        self._exact = form in MANIFEST_FORMATS
        if form is not None:
            reading = read(form, self._files, chosen.files if chosen is not None else None)
            self._book.name_classes(reading.classes)
            for batch in _batches(reading.media):
                self._take(batch)
            self._book.name_classes(reading.classes)
            self._book.remark(reading.remarks)
        manifests = [name for one in guesses if one.why == OUR_MANIFEST for name in one.files]
        sums = exported_sums(self._files, manifests)
        self._book.remark(unread(self._files, chosen, guesses, sums, self._hash))
        by_manifest, self._exact = self._exact, False
        for batch in _batches(self._unnamed(manifests, sums, by_manifest=by_manifest)):
            self._book.media["unnamed"] += len(batch)
            self._take(batch)
        if self._position == 0:
            # Who sends a table knows that it is one: what is missing in it helps, that it is none does not.
            if form is None:
                raise Refused(NO_COLUMNS if has_tables(self._files) else NOTHING)
            raise Refused(self._book.why_left_out() or NOTHING)
        return self._preview(form, guesses)

    def _unnamed(
        self, manifests: Sequence[str], sums: Mapping[str, str], *, by_manifest: bool
    ) -> Iterator[FoundMedia]:
        """Pictures that nothing names; the crops in an archive of ours only show what is a media already."""
        crops = tuple(f"{name[: name.rfind('/') + 1]}{CROPS_FOLDER}/" for name in manifests)
        for name in self._names:
            if name in self._used:
                continue
            if not name.startswith(crops):
                if by_manifest:
                    self._book.remark([Remark(name, NOT_NAMED)])
                yield FoundMedia(name)
            elif name not in sums:
                self._book.remark([Remark(name, CROP, fatal=True)])

    def _hash(self, name: str) -> str:
        self._work.still_wanted()
        known = self._files.sha256(name)
        if known is not None:
            return known
        digest = hashlib.sha256()
        with self._files.open(name) as content:
            for chunk in iter(lambda: content.read(CHUNK_BYTES), b""):
                digest.update(chunk)
        return digest.hexdigest()

    def _preview(self, form: str | None, guesses: list[Guess]) -> Mapping[str, Any]:
        with self._work.sessions(read_only=True) as session:
            ours = list_label_classes(session)
            asked = [question.key for question in list_questions(session, off=True)]
            payload = self._book.to_payload(ours, asked)
        said = [{"format": one.format, "certainty": one.certainty, "why": one.why} for one in guesses]
        return {"format": form, "guesses": said, **payload}

    def _take(self, batch: list[FoundMedia]) -> None:
        self._work.still_wanted()
        wanted = [self._wanted(found) for found in batch]
        with self._work.sessions() as session:
            matches = match_media(session, self._work.access, [about for about, _ in wanted])
            unknown = [
                about for (about, file), match in zip(wanted, matches, strict=True) if file and not match
            ]
            keys = [about.key for about in unknown if about.key]
            self._withdrawn = find_withdrawn(
                session, [about.sha256 for about in unknown if about.sha256], keys
            )
            self._anew = written_anew(session, keys) - self._withdrawn.keys()
        self._layouts = self._look_at(
            file
            for found, (_, file), match in zip(batch, wanted, matches, strict=True)
            if file is not None and match is None and found.size is not None and _shapes(found)
        )
        with self._work.sessions() as session:
            rows = [
                self._row(found, file, about, match)
                for found, (about, file), match in zip(batch, wanted, matches, strict=True)
            ]
            add_rows(session, ImportItem, rows)
        self._work.note(self._position, None)

    def _wanted(self, found: FoundMedia) -> tuple[Wanted, str | None]:
        file = self._names.find(found.name) if found.unclear is None else None
        sha256, key = found.sha256, None
        if file is not None:
            self._used.add(file)
            key = self._files.key(file)
            try:
                sha256 = self._files.sha256(file) if key is None else None
            except Refused as problem:
                self._book.remark([Remark(file, problem.sentence, fatal=True)])
        name = str(found.details.get("file_name") or found.name)
        about = Wanted(
            name,
            sha256,
            found.media_id,
            key,
            has_file=file is not None,
            ambiguous=self._names.is_ambiguous(found.name),
            shares_name=found.unclear is not None,
        )
        if file is not None and key is not None:
            about = replace(about, size=self._files.size(file), modified=self._files.modified(file))
        return about, file

    def _row(self, found: FoundMedia, file: str | None, about: Wanted, match: Match | None) -> dict[str, Any]:
        book = self._book
        self._position += 1
        book.remark(found.remarks)
        if (said := self._other_size(found, file, match)) is not None:
            book.remark([Remark(found.name, said)])
        missing = match is None and file is None
        why = self._why_missing(found, about) if missing else None
        if missing:
            book.leave_unmatched(found.name)
            if why is not None and why not in (NO_PICTURE, NOT_SHOWN):
                book.remark([Remark(found.name, why, fatal=True)])
        else:
            kind = "known" if match is not None else self._kind_of_new(about)
            book.media[kind] += 1
            if about.key in self._anew:
                book.remark([Remark(found.name, WRITTEN_ANEW)])
            if kind == "withdrawn":
                book.remark([Remark(found.name, WITHDRAWN)])
            elif (number := _video_number(found, file)) is not None:
                book.video(number)
            video = video_of(found.details)
            if match is None and video is not None:
                book.frame(found.name, video)
            self._count(found, match)
        exact = {"exact": True} if self._exact else {}
        return {
            "import_id": self._work.import_id,
            "position": self._position,
            "name": found.name[-1024:],
            "wanted": {**_to_payload(found, file, about, match), **exact},
            "outcome": ImportOutcome.LEFT_OUT if missing else ImportOutcome.WAITING,
            "why": why,
            "media_id": match.media_id if match is not None else None,
        }

    def _why_missing(self, found: FoundMedia, about: Wanted) -> str:
        if self._names.is_not_taken(found.name):
            return NOT_SHOWN  # remarked with all the others that nobody takes
        return found.unclear or (AMBIGUOUS if about.ambiguous else NO_PICTURE)

    def _other_size(self, found: FoundMedia, file: str | None, match: Match | None) -> str | None:
        """What there is to say of the size that the file states for a picture."""
        if found.size is None:
            return None
        if match is not None:
            return why_other_size(found.size, (match.width, match.height), match.orientation)
        layout = self._layouts.get(file) if file is not None else None
        return why_other_size(found.size, layout.upright, layout.orientation) if layout is not None else None

    def _look_at(self, names: Iterable[str]) -> dict[str, Layout | None]:
        """How these pictures are stored: the beginning of each is read, of several at a time."""

        def look(name: str) -> Layout | None:
            self._work.still_wanted()
            return layout_of(self._files, name)

        wanted = list(names)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            # Whatever one of them raises, those that were not begun are given up.
            return dict(zip(wanted, threads.map(look, wanted), strict=True))

    def _kind_of_new(self, about: Wanted) -> str:
        meant = self._withdrawn.get(about.sha256 or about.key or "")
        if meant:
            return "withdrawn"
        if about.sha256 is not None and not self._book.is_first(about.sha256):
            return "known"  # the same picture comes with an entry before
        # Of others than admins the same content becomes a new media, as when it is uploaded.
        return "restored" if meant is False and self._work.access.scope == Scope.ADMIN else "new"

    def _count(self, found: FoundMedia, match: Match | None) -> None:
        book = self._book
        if match is not None:
            book.matched_by[match.by] += 1
        if found.state is not None:
            book.states[found.state] += 1
        if found.answer is None:
            return
        book.answer(found.answer)
        to = "to_new" if match is None else "to_answered" if match.answered else "to_unanswered"
        book.answers[to] += 1
        if not found.answer.shapes and not found.answer.label_classes:
            book.answers["empty"] += 1


def _batches(media: Iterable[FoundMedia]) -> Iterator[list[FoundMedia]]:
    left = iter(media)
    while batch := list(islice(left, AT_A_TIME)):
        yield batch


def _to_payload(found: FoundMedia, file: str | None, about: Wanted, match: Match | None) -> dict[str, Any]:
    """What an entry wants, as JSON; what is not known is not there."""
    wanted: dict[str, Any] = {
        "file": file,
        "sha256": about.sha256,
        "by": match.by if match is not None else None,
        "answer": _answer_payload(found.answer) if found.answer is not None else None,
        "state": found.state,
        "video": _video_number(found, file),
        "size": list(found.size) if found.size is not None and _shapes(found) else None,
    }
    kept = {name: value for name, value in wanted.items() if value is not None}
    details = kept_details(found.details)
    return {**kept, **({"details": details} if details else {})}


def _shapes(found: FoundMedia) -> tuple[FoundShape, ...]:
    return found.answer.shapes if found.answer is not None else ()


def _video_number(found: FoundMedia, file: str | None) -> str | None:
    """The number of a video in the dataset, by which its frames name it."""
    is_video = found.details.get("type") == MediaType.VIDEO or ending(file or found.name).lower() in VIDEOS
    return str(found.media_id) if is_video and found.media_id is not None else None


def _answer_payload(answer: FoundAnswer) -> dict[str, Any]:
    return {
        "shapes": [_shape_payload(shape) for shape in answer.shapes],
        "label_classes": list(answer.label_classes),
        "replies": dict(answer.replies),
        "comment": answer.comment,
    }


def _shape_payload(shape: FoundShape) -> dict[str, Any]:
    payload: dict[str, Any] = {"label_class": shape.label_class, "box": list(shape.box)}
    if shape.points is not None:
        payload["points"] = [list(point) for point in shape.points]
    if shape.confidence is not None:
        payload["confidence"] = shape.confidence
    return payload
