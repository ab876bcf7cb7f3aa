"""`vigie import`: a folder, a ZIP or a file is sent, its preview printed, and committed once that was looked at."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from vigie_client.cli.signed_in import open_client
from vigie_client.client import Client
from vigie_client.folder import WORKERS
from vigie_client.models.imports import Import

LOOK_EVERY = 0.5  # seconds
SHOWN = 20  # names of what was not found, and of what has failed
LEFT_OUT = "-"
NEW = "+"


def add_command(several: Any) -> None:
    """`vigie import …`."""
    about = "Import pictures and annotations: COCO, YOLO, VOC, CSV, JSON Lines, Label Studio, CVAT."
    added = several.add_parser("import", help=about, description=about)
    added.set_defaults(run=bring)
    added.add_argument("path", nargs="?", metavar="FOLDER_ZIP_OR_FILE")
    added.add_argument("--prefix", help="import a part of the server's bucket instead (admins)")
    added.add_argument(
        "--copy", action="store_true", help="of a prefix: copy instead of registering in place"
    )
    added.add_argument("--format", help="guessed when it is not given")
    added.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="WORD=KEY",
        help=f"which label class a word becomes; {NEW} makes a new one (admins), {LEFT_OUT} leaves it out",
    )
    added.add_argument(
        "--no-pictures",
        action="store_true",
        help="register no new pictures: only what is said of media there",
    )
    added.add_argument("--no-states", action="store_true", help="take no states over, answers alone")
    added.add_argument(
        "--no-details",
        action="store_true",
        help="fill in nothing of what is not known there of a media: source, place, times, tags",
    )
    added.add_argument("--replace", action="store_true", help="replace answers that media have already")
    added.add_argument("--restore", action="store_true", help="bring back pictures that were withdrawn there")
    added.add_argument("--yes", action="store_true", help="commit without asking")
    added.add_argument("--undo", type=int, metavar="ID", help="take an import back")


def bring(asked: Any) -> int:
    with open_client(asked) as client:
        if asked.undo is not None:
            return end(client, wait(client, client.undo_import(asked.undo)))
        if (asked.path is None) == (asked.prefix is None):
            raise ValueError("Name a folder, a ZIP or a file, or a part of the bucket with --prefix.")
        begun = _send(client, asked)
        read = wait(client, client.read_import_files(begun.id, format=asked.format))
        if read.state != "ready":
            return end(client, read)
        _print_preview(read)
        if not asked.yes and not agreed("Import this?"):
            client.cancel_import(read.id)
            print("Nothing was changed.")
            return 1
        chosen = _mapping(asked.map)
        made = [word for word, key in chosen.items() if key == NEW]
        return end(
            client,
            wait(
                client,
                client.commit_import(
                    read.id,
                    mapping={
                        word: None if key == LEFT_OUT else key for word, key in chosen.items() if key != NEW
                    },
                    make=made,
                    pictures=not asked.no_pictures,
                    states=not asked.no_states,
                    details=not asked.no_details,
                    answered="replace" if asked.replace else "keep",
                    restore=asked.restore,
                ),
            ),
        )


def _send(client: Client, asked: Any) -> Import:
    if asked.prefix is not None:
        return client.start_import("prefix", prefix=asked.prefix, in_place=not asked.copy)
    path = Path(asked.path)
    if not path.exists():
        raise ValueError(f"{path} is not there.")
    zipped = path.suffix.lower() == ".zip"
    begun = client.start_import(
        "archive" if zipped else "files", name=path.resolve().name, format=asked.format
    )
    files = list(_files(path))

    def send(file: Path) -> None:
        name = file.relative_to(path).as_posix() if path.is_dir() else file.name
        client.add_import_file(begun.id, file, name=name)

    with ThreadPoolExecutor(WORKERS) as threads:
        for number, _ in enumerate(threads.map(send, files), 1):
            _progress(f"sent {number:,} of {len(files):,} files")
    return begun


def _files(path: Path) -> Iterator[Path]:
    """What is sent of a folder: every file that is not hidden, in the order of names."""
    if not path.is_dir():
        yield path
        return
    for file in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
        if file.is_file() and not hidden:
            yield file


def wait(client: Client, found: Import) -> Import:
    """The import once it rests, with a line that tells how far it is meanwhile."""
    while found.is_busy:
        time.sleep(LOOK_EVERY)
        found = client.get_import(found.id)
        _progress(f"{found.state} {found.done:,}{f' of {found.total:,}' if found.total else ''}")
    _progress("")
    return found


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _print_preview(read: Import) -> None:
    preview = read.preview or {}
    media, answers = preview.get("media", {}), preview.get("answers", {})
    print(f"Import {read.id}: {read.format or 'pictures alone'}")
    guessed = dict.fromkeys(one["format"] for one in preview.get("guesses", ()))
    if others := [name for name in guessed if name != read.format]:
        print(f"could also be read with --format {' or '.join(others)}")
    print(
        f"media: {media.get('new', 0):,} new, {media.get('known', 0):,} here already,"
        f" {media.get('unmatched', 0):,} not found"
        + (f", {media['restored']:,} brought back" if media.get("restored") else "")
        + (f", {media['withdrawn']:,} withdrawn there" if media.get("withdrawn") else "")
    )
    for line in _first(preview.get("unmatched", ()), media.get("unmatched", 0)):
        print(f"  not found: {line}")
    if media.get("unnamed"):
        print(f"pictures that no annotation file names: {media['unnamed']:,}")
    print(
        f"answers: {answers.get('to_new', 0) + answers.get('to_unanswered', 0):,},"
        f" and {answers.get('to_answered', 0):,} for media that have one; shapes: {preview.get('shapes', 0):,}"
    )
    classes = preview.get("classes", ())
    used = [one for one in classes if one["shapes"] + one["media"]]
    for one in used:
        print(f"  {one['word']} → {one['to'] or '?'} ({one['shapes'] + one['media']:,})")
    if len(used) < len(classes):
        print(f"  label classes that are named but not used: {len(classes) - len(used):,}")
    for one in preview.get("remarks", ()):
        print(f"  {one['count']:,} × {one['sentence']} ({', '.join(one['where'][:2])})")


def agreed(question: str) -> bool:
    """Whether whoever is there says yes. Raises ValueError where nobody is."""
    if not sys.stdin.isatty():
        raise ValueError("Nobody is there to be asked: look at the preview, then say --yes.")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def _mapping(words: list[str]) -> dict[str, str]:
    chosen = {}
    for said in words:
        word, separator, key = said.rpartition("=")
        if not separator or not word or not key:
            raise ValueError(f"{said} is not a word and what it becomes: write --map smoke=wildfire.")
        chosen[word] = key
    return chosen


def _first(lines: Iterable[str], count: int) -> Iterator[str]:
    """Some lines, and how many more there are."""
    shown = list(islice(lines, SHOWN))
    yield from shown
    if count > len(shown):
        yield f"… and {count - len(shown):,} more"


def end(client: Client, found: Import) -> int:
    """Print what came of an import, and why entries have failed; 0 when all of it was done."""
    counts = ", ".join(
        f"{number:,} {name.replace('_', ' ')}" for name, number in found.counts.items() if number
    )
    print(f"Import {found.id}: {found.state}{f': {counts}' if counts else ''}")
    if found.error:
        print(found.error, file=sys.stderr)
    if failed := found.counts.get("failed", 0):
        items = client.list_import_items(found.id, outcome="failed")
        for line in _first((f"{item.name}: {item.why or 'nobody knows why'}" for item in items), failed):
            print(f"  failed: {line}", file=sys.stderr)
    if found.state == "done":
        print(f"Take it back with: vigie import --undo {found.id}")
    return 0 if found.state in ("done", "undone") and not found.counts.get("failed") else 1
