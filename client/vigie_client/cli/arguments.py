"""What can be typed after `vigie`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from vigie_client.cli import commands, exporting, importing, managing, releasing, tables
from vigie_client.filters import MediaFilter
from vigie_client.folder import WORKERS

ABOUT = """Talks to Vigie, where camera pictures are curated.

Where and as whom: VIGIE_URL and VIGIE_TOKEN, else what `vigie login` has stored.
"""
RELEASES = "Datasets that are frozen under a name."
MANY = ("state", "label_class", "reply", "source", "tag")
HELP = {
    "state": "as in new, annotated, accepted; repeat it for several",
    "label_class": "of a shape or of the whole media",
    "reply": "to a question, as in missed_smoke:yes",
    "has_shapes": "yes or no",
    "source": "the camera or site",
    "captured_from": "a day or a time with its zone",
    "captured_to": "a day or a time with its zone",
    "predicted": "yes, no, or the name of a model",
    "seed": "of the random order, or of --split",
    "sort": "-uploaded, uploaded, -captured, captured, file_name, source, -score, random",
}


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="vigie", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("--version", action="version", version=f"vigie {_version()}")
    top.add_argument("--url", help="the address of the API instead of VIGIE_URL")
    several = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[Any], int], about: str) -> argparse.ArgumentParser:
        added = several.add_parser(name, help=about, description=about)
        added.set_defaults(run=run)
        return added

    login = command("login", commands.login, "Sign in once, and keep a token for the commands that follow.")
    login.add_argument("address", nargs="?", help="of the API, as in http://localhost:8080")
    login.add_argument("--login", help="asked for when it is not given")
    login.add_argument("--days", type=int, default=90, help="how long the token lasts (default: %(default)s)")
    login.add_argument("--scope", help="viewer, user or admin; one's own when it is not given")
    command("logout", commands.logout, "Forget the token that `vigie login` stored.")
    command("me", commands.me, "Who is calling, and whether the server can serve.")

    upload = command(
        "upload", commands.upload, "Register the pictures and videos of a folder, or single files."
    )
    upload.add_argument("paths", nargs="+", metavar="FOLDER_OR_FILE")
    _add_capture(upload)
    upload.add_argument("--timezone", help="of picture times that name none, as in Europe/Paris")
    upload.add_argument(
        "--workers", type=int, default=WORKERS, help="how many files at once (default: %(default)s)"
    )
    upload.add_argument("--journal", help="where to write down what is done; by default inside the folder")
    upload.add_argument("--again", action="store_true", help="send everything, whatever the journal says")
    upload.add_argument("--quiet", action="store_true", help="no progress")

    export = command(
        "export", commands.export, "Write the media that match to standard output, or into a file."
    )
    export.add_argument("--format", choices=("csv", *exporting.FORMATS, "contact-sheet"), default="csv")
    export.add_argument("-o", "--output", help="the file (default: standard output)")
    export.add_argument("--per", choices=("media", "shape"), default="media", help="lines of the CSV")
    export.add_argument(
        "--raw", action="store_true", help="text as it is: for programs, not for spreadsheets"
    )
    export.add_argument("--columns", help="of the CSV, joined by commas")
    export.add_argument(
        "--editable", action="store_true", help="a table to be edited and applied (vigie table)"
    )
    export.add_argument("--zone", help="of the times on a contact sheet, as in Europe/Paris")
    _add_dataset(export)
    _add_filters(export)

    release = several.add_parser("release", help=RELEASES, description=RELEASES)
    _add_releases(release.add_subparsers(metavar="WHAT", required=True))

    listed = command("list", commands.list_media, "List the media that match, one per line.")
    listed.add_argument("--limit", type=int, help="at most so many")
    listed.add_argument("--json", action="store_true", help="JSON lines with everything that is known")
    _add_filters(listed)

    show = command("show", commands.show, "Show one media in full, as JSON.")
    show.add_argument("media_id", type=int)
    link = command("link", commands.link, "Print an address that opens a media for some minutes.")
    link.add_argument("media_id", type=int)
    link.add_argument("--size", choices=("thumb", "screen", "original"))
    save = command("download", commands.download, "Save the original of a media.")
    save.add_argument("media_id", type=int)
    save.add_argument("-o", "--output", help="the file; by default the name that it came with")

    outbox = command(
        "outbox", commands.outbox, "Keep a camera's frames in a folder, and send what waits there."
    )
    outbox.add_argument("folder")
    outbox.add_argument("frames", nargs="*", help="files to put in before sending")
    outbox.add_argument("--newest-first", action="store_true")
    _add_capture(outbox)

    importing.add_command(several)
    tables.add_command(several)
    managing.add_commands(several)
    return top


def _add_capture(to: argparse.ArgumentParser) -> None:
    to.add_argument("--source", help="the camera or site, as in CAM-12")
    to.add_argument("--azimuth", type=float, help="degrees from north")
    to.add_argument("--lat", type=float)
    to.add_argument("--lon", type=float)
    to.add_argument("--sequence")
    to.add_argument("--tag", action="append", dest="tags", metavar="TAG", help="repeat it for several")


def _add_dataset(to: argparse.ArgumentParser) -> None:
    group = to.add_argument_group("datasets, made by a job")
    group.add_argument("--pictures", action="store_true", help="with the pictures themselves")
    group.add_argument("--crops", action="store_true", help="with a crop of every shape")
    group.add_argument("--contact-sheets", action="store_true", help="with all media on paper (PDF)")
    group.add_argument("--split", help="train, validation and test, as in 80/10/10; shuffled by --seed")
    group.add_argument(
        "--outlines",
        choices=("auto", "boxes", "polygons"),
        help="all shapes of YOLO as one of these; auto: boxes until one is a polygon (default: auto)",
    )
    group.add_argument("--release", type=int, metavar="ID", help="of a release instead of a filter")
    group.add_argument("--since-release", type=int, metavar="ID", help="what has changed since a release")
    group.add_argument("--since", type=_moment, help="what has changed since a time, which names its zone")
    group.add_argument("--wait", action="store_true", help="until it is made, and save it")
    group.add_argument("--id", type=int, help="save this export, which was asked for before")
    group.add_argument("--quiet", action="store_true", help="no progress")


def _add_releases(several: Any) -> None:
    def command(name: str, run: Callable[..., int], about: str) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = several.add_parser(name, help=about, description=about)
        added.set_defaults(run=run)
        return added

    create = command(
        "create",
        lambda asked: releasing.create_release(asked, commands.filters(asked)),
        "Freeze the media that match under a name.",
    )
    create.add_argument("name")
    create.add_argument("--note", help="what it is for")
    create.add_argument("--split", help="train, validation and test, as in 80/10/10; shuffled by --seed")
    _add_filters(create)
    command("list", releasing.list_releases, "Numbers, moments, sizes and names.")
    compare = command("compare", releasing.compare_releases, "What came from one release to another.")
    compare.add_argument("release", help="its name, or its number")
    compare.add_argument("other", help="the later one")
    compare.add_argument("-o", "--output", help="every media that differs, as CSV")


def _add_filters(to: argparse.ArgumentParser) -> None:
    group = to.add_argument_group("which media")
    for name in MediaFilter.__annotations__:
        group.add_argument(
            f"--{name.replace('_', '-')}",
            dest=f"filter_{name}",
            action="append" if name in MANY else "store",
            help=HELP.get(name),
            metavar=name.upper(),
            type=_day_or_time if name.endswith(("_from", "_to")) else str,
        )


def _day_or_time(text: str) -> str:
    """As it was typed; argparse turns the ValueError into a usage message."""
    moment = datetime.fromisoformat(text)
    if len(text) > len("2026-08-12") and moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} needs a zone, as in 2026-08-12T17:42:08+02:00")
    return text


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} needs a zone, as in 2026-08-12T17:42:08+02:00")
    return moment


def _version() -> str:
    try:
        return version("vigie-client")
    except PackageNotFoundError:
        return "from its sources"
