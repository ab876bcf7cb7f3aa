"""`vigie table apply`: an edited table is sent, every change printed, and done once that was looked at."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

from vigie_client.cli.importing import agreed, end, wait
from vigie_client.cli.signed_in import open_client
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
        _print_preview(read)
        preview = read.preview or {}
        nothing = not preview["changed"] and not (asked.mine and preview["conflicted"])
        if nothing or not (asked.yes or agreed("Apply this?")):
            client.cancel_import(read.id)
            print("Nothing was changed.")
            return 0 if nothing and not preview["wrong"] else 1
        conflicts: Literal["mine", "theirs"] = "mine" if asked.mine else "theirs"
        return end(client, wait(client, client.commit_import(read.id, conflicts=conflicts)))


def _print_preview(read: Import) -> None:
    preview = read.preview or {}
    for change in preview["changes"]:
        print(
            f"row {change['row']}, media {change['media_id']}, {change['column']}:"
            f" {change['old'] or '-'} → {change['new'] or '-'}"
        )
    for conflict in preview["conflicts"]:
        print(
            f"row {conflict['row']}, media {conflict['media_id']}, {conflict['column']}: changed by others too,"
            f" theirs {conflict['old'] or '-'}, mine {conflict['new'] or '-'}",
            file=sys.stderr,
        )
    for problem in preview["problems"]:
        print(f"row {problem['row']}, {problem['column']}: {problem['sentence']}", file=sys.stderr)
    for remark in preview["remarks"]:
        where = "" if remark["where"] == "file" else f"{remark['where']}: "
        print(f"{where}{remark['sentence']}", file=sys.stderr)
    # New words are seldom meant: most are slips of the pen.
    for name in ("sources", "tags"):
        if new := preview[f"new_{name}"]:
            print(f"new {name}: {', '.join(new)}")
    print(
        f"{preview['changed']:,} changes, {preview['conflicted']:,} conflicts, {preview['wrong']:,} wrong cells"
        f" in {preview['rows']:,} rows"
    )
