"""What the commands do about media: sign in, upload, export, list, look."""

from __future__ import annotations

import dataclasses
import itertools
import json
import socket
import sys
from pathlib import Path
from typing import Any, cast

from vigie_client.calls import Saved
from vigie_client.cli.exporting import export_dataset, is_for_a_job
from vigie_client.cli.signed_in import (
    NOT_YET,
    Stored,
    find_stored,
    open_by_password,
    open_client,
    place,
    store,
)
from vigie_client.cli.standard_output import STANDARD_OUTPUT, write_whole
from vigie_client.client import Client
from vigie_client.errors import ContentDiffers, Refused
from vigie_client.filters import MediaFilter
from vigie_client.folder import FolderOptions, Uploads
from vigie_client.models.media import Media
from vigie_client.outbox import FrameFields, Outbox
from vigie_client.values import written

# The options of a command that say something about a capture, by the names of the client's own.
CAPTURE = ("source", "timezone", "azimuth", "lat", "lon", "sequence", "tags")

GOES_ON = "Run the same command again: it goes on where this one was."


def login(asked: Any) -> int:
    """A token of its own is kept, never the password; it can be revoked on the Account page."""
    with open_by_password(asked) as (client, name):
        token = client.create_token(
            f"vigie on {socket.gethostname()}"[:100], scope=asked.scope, expires_in_days=asked.days
        )
        path = store(Stored(client.url, name, token.token))
    print(f"Signed in to {client.url} as {name}. The token is in {path}.")
    return 0


def logout(_asked: Any) -> int:
    stored = find_stored()
    if stored is None:
        raise ValueError(NOT_YET)
    place().unlink()
    print(f"Forgotten here. To end the token everywhere, revoke it on the Account page of {stored.url}.")
    return 0


def me(asked: Any) -> int:
    with open_client(asked) as client:
        found = client.me()
        print(f"{found.login} ({found.scope}) at {client.url}, {client.get_readiness().status}")
    return 0


def upload(asked: Any) -> int:
    paths = [Path(path) for path in asked.paths]
    if missing := [path for path in paths if not path.exists()]:
        raise ValueError(f"{missing[0]} is not there.")
    complete = True
    with open_client(asked) as client:
        for path in paths:
            complete &= (
                _upload_folder(client, path, asked) if path.is_dir() else _upload_file(client, path, asked)
            )
    return 0 if complete else 1


def _capture(asked: Any) -> dict[str, Any]:
    return {name: value for name in CAPTURE if (value := getattr(asked, name, None)) is not None}


def _upload_file(client: Client, path: Path, asked: Any) -> bool:
    try:
        registered = client.register_media(path, **_capture(asked))
    except Refused as problem:
        print(f"{path}: refused: {problem}", file=sys.stderr)
        return False
    except ContentDiffers as problem:
        print(f"{path}: failed: {problem}", file=sys.stderr)
        return False
    print(f"{path}: media {registered.media.id}, {'already here' if registered.twin else 'registered'}")
    return True


def _upload_folder(client: Client, folder: Path, asked: Any) -> bool:
    options = {"workers": asked.workers, "again": asked.again, "progress": not asked.quiet}
    if asked.journal:
        options["journal"] = asked.journal
    try:
        result = client.upload_folder(folder, **cast(FolderOptions, {**_capture(asked), **options}))
    except KeyboardInterrupt:
        print(f"\n{GOES_ON}", file=sys.stderr)
        raise
    _tell(folder, result)
    return result.is_complete and not result.refused


def _tell(folder: Path, result: Uploads) -> None:
    for kind, files in (("refused", result.refused), ("failed", result.failed)):
        for file in files:
            print(f"{folder / file.name}: {kind}: {file.reason}", file=sys.stderr)
    if result.left_out:
        print(f"left out, by their names no pictures or videos: {len(result.left_out):,}", file=sys.stderr)
    print(f"{folder}: {result}")
    if not result.is_complete:
        print(GOES_ON, file=sys.stderr)


def filters(asked: Any) -> MediaFilter:
    found = {
        name: getattr(asked, f"filter_{name}")
        for name in MediaFilter.__annotations__
        if getattr(asked, f"filter_{name}") is not None
    }
    return cast(MediaFilter, found)  # words: the server checks them


def export(asked: Any) -> int:
    """Into the file that was named, else to standard output: there, what is said about it goes to standard error."""
    if is_for_a_job(asked):
        return export_dataset(asked, filters(asked))
    if asked.output not in (None, STANDARD_OUTPUT):
        print(_told(_export(asked, Path(asked.output))))
        return 0
    if asked.format != "csv" and sys.stdout.isatty():
        raise ValueError("A PDF is nothing for a terminal: name its file with -o.")
    print(_size(write_whole(lambda path: _export(asked, path))), file=sys.stderr)
    return 0


def _export(asked: Any, to: Path) -> Saved:
    wanted = filters(asked)
    with open_client(asked) as client:
        if asked.format == "csv":
            columns = asked.columns.split(",") if asked.columns else None
            return client.export_csv(
                to, per=asked.per, raw=asked.raw, columns=columns, editable=asked.editable, **wanted
            )
        return client.export_contact_sheet(to, zone=asked.zone, **wanted)


def _told(saved: Saved) -> str:
    return f"{saved.path}: {_size(saved)}"


def _size(saved: Saved) -> str:
    rows = f"{saved.rows:,} rows, " if saved.rows is not None else ""
    return f"{rows}{saved.size:,} bytes"


def list_media(asked: Any) -> int:
    with open_client(asked) as client:
        for media in itertools.islice(client.list_media(**filters(asked)), asked.limit):
            print(_as_json(media) if asked.json else _line(media))
    return 0


def _line(media: Media) -> str:
    captured = media.captured_at.isoformat(timespec="seconds") if media.captured_at else "-"
    return f"{media.id}\t{media.state}\t{media.source or '-'}\t{captured}\t{media.file_name or '-'}"


def _as_json(value: Any) -> str:
    return json.dumps(written(dataclasses.asdict(value)), ensure_ascii=False)


def show(asked: Any) -> int:
    with open_client(asked) as client:
        found = client.get_media(asked.media_id)
    print(json.dumps(written(dataclasses.asdict(found)), ensure_ascii=False, indent=2))
    return 0


def link(asked: Any) -> int:
    with open_client(asked) as client:
        print(client.get_media_url(asked.media_id, size=asked.size).url)
    return 0


def download(asked: Any) -> int:
    with open_client(asked) as client:
        name = asked.output
        if name is None:
            # Only its last part: a name from elsewhere must not choose the folder.
            given = client.get_media(asked.media_id).file_name or ""
            name = Path(given.replace("\\", "/")).name or f"media-{asked.media_id}"
        print(_told(client.save_picture(asked.media_id, name)))
    return 0


def outbox(asked: Any) -> int:
    box = Outbox(asked.folder, order="newest" if asked.newest_first else "oldest")
    known = cast(FrameFields, _capture(asked))
    for path in map(Path, asked.frames):
        box.put(path, file_name=path.name, **known)
    with open_client(asked) as client:
        sent = box.send(client)
    print(
        f"{sent.registered:,} registered, {sent.already_here:,} already here, {sent.refused:,} refused, "
        f"{len(box):,} waiting"
    )
    if sent.problem is not None:
        raise sent.problem
    return 0 if not sent.refused else 1
