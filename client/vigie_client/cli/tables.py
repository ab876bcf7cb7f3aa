"""`vigie table apply`: an edited table is sent, every change printed, and done once that was looked at."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

from vigie_client.cli.importing import agreed, end, wait
from vigie_client.cli.signed_in import open_client
from vigie_client.client import Client
from vigie_client.models.imports import Import


def add_command(several: Any) -> None:
    """`vigie table apply …`."""
    about = "Change media by a table that was exported with `vigie export --editable` and edited."
    table = several.add_parser("table", help=about, description=about)
    acts = table.add_subparsers(required=True, metavar="ACT")
    applied = acts.add_parser("apply", help="print every change, and do them", description=about)
    applied.set_defaults(run=apply)
    applied.add_argument("file", metavar="FILE")
    applied.add_argument("--mine", action="store_true", help="take the table's where others changed the same")
    applied.add_argument("--yes", action="store_true", help="apply without asking")


def apply(asked: Any) -> int:
    path = Path(asked.file)
    if not path.is_file():
        raise ValueError(f"{path} is not there.")
    with open_client(asked) as client:
        read = wait(client, client.send_edited_table(path))
        if read.state != "ready":
            return end(client, read)
        _print_preview(client, read)
        preview = read.preview or {}
        nothing = not preview["changed"] and not (asked.mine and preview["conflicted"])
        if nothing or not (asked.yes or agreed("Apply this?")):
            client.cancel_import(read.id)
            print("Nothing was changed.")
            return 0 if nothing and not preview["wrong"] else 1
        conflicts: Literal["mine", "theirs"] = "mine" if asked.mine else "theirs"
        return end(client, wait(client, client.commit_import(read.id, conflicts=conflicts)))


def _print_preview(client: Client, read: Import) -> None:
    """All of it: the import itself holds only the first of each."""
    preview = read.preview or {}
    for cell in client.list_table_cells(read.id):
        print(f"row {cell.row}, media {cell.media_id}, {cell.column}: {cell.old or '-'} → {cell.new or '-'}")
    for cell in client.list_table_cells(read.id, what="conflict"):
        print(
            f"row {cell.row}, media {cell.media_id}, {cell.column}: changed by others too,"
            f" theirs {cell.old or '-'}, mine {cell.new or '-'}",
            file=sys.stderr,
        )
    for cell in client.list_table_cells(read.id, what="problem"):
        print(f"row {cell.row}, {cell.column}: {cell.sentence}", file=sys.stderr)
    for remark in preview["remarks"]:
        where = "" if remark["where"] == "file" else f"{remark['where']}: "
        print(f"{where}{remark['sentence']}", file=sys.stderr)
    # New words are seldom meant: most are slips of the pen.
    for name in ("sources", "tags"):
        if new := preview[f"new_{name}"]:
            more = preview["new"][name] - len(new)
            print(f"new {name}: {', '.join(new)}" + (f", and {more:,} more" if more else ""))
    print(
        f"{preview['changed']:,} changes, {preview['conflicted']:,} conflicts, {preview['wrong']:,} wrong cells"
        f" in {preview['rows']:,} rows"
    )
