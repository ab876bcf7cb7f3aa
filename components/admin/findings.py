"""What storage checks found, in words: how much of what, what that means, and which media it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from components.doors import Node, link, node, show_doors, table
from components.messages import plain
from curation.storage_checks.asking import CheckView
from curation.storage_checks.findings import Kind
from language import _, later, plural
from language.retold import retold

Count = Callable[[int], str]

COUNTED: Mapping[Kind, Count] = {
    Kind.OBJECT_MISSING: lambda n: plural(n, "{n} content is missing", "{n} contents are missing"),
    Kind.OBJECT_WITHOUT_ROW: lambda n: plural(n, "{n} object nobody knows", "{n} objects nobody knows"),
    Kind.OBJECT_TWICE: lambda n: plural(n, "{n} content stored twice", "{n} contents stored twice"),
    Kind.SIZE_DIFFERS: lambda n: plural(n, "{n} content of another size", "{n} contents of another size"),
    Kind.CONTENT_DIFFERS: lambda n: plural(n, "{n} damaged content", "{n} damaged contents"),
    Kind.CONTENT_UNREAD: lambda n: plural(
        n, "{n} content that could not be read", "{n} contents that could not be read"
    ),
    Kind.FOUND_AGAIN: lambda n: plural(n, "{n} content found again", "{n} contents found again"),
    Kind.UPLOAD_UNFINISHED: lambda n: plural(n, "{n} upload broken off", "{n} uploads broken off"),
    Kind.CONTENT_UNUSED: lambda n: plural(
        n, "{n} content that no media has", "{n} contents that no media has"
    ),
    Kind.MEDIA_UNFILLED: lambda n: plural(n, "{n} media never filled", "{n} media never filled"),
    Kind.DERIVED_WITHOUT_CONTENT: lambda n: plural(
        n, "{n} thumbnail without a picture", "{n} thumbnails without a picture"
    ),
    Kind.FILE_LEFT_BEHIND: lambda n: plural(n, "{n} file left behind", "{n} files left behind"),
    Kind.PARTS_LEFT_BEHIND: lambda n: plural(n, "{n} half-written object", "{n} half-written objects"),
    Kind.REFERENCE_BROKEN: lambda n: plural(n, "{n} row that leads nowhere", "{n} rows that lead nowhere"),
    Kind.NUMBERS_BROKEN: lambda n: plural(n, "{n} history with a gap", "{n} histories with a gap"),
    Kind.HISTORY_DIFFERS: lambda n: plural(
        n, "{n} media not as its history says", "{n} media not as their history says"
    ),
    Kind.CONTENT_CLAIMED_WRONGLY: lambda n: plural(
        n, "{n} content claimed by the wrong media", "{n} contents claimed by the wrong media"
    ),
    Kind.SHAPE_OUTSIDE: lambda n: plural(
        n, "{n} shape outside of its picture", "{n} shapes outside of their picture"
    ),
    Kind.ANSWER_FILE_MISSING: lambda n: plural(
        n, "{n} annotation without its file", "{n} annotations without their file"
    ),
}
MEANS = {
    Kind.OBJECT_MISSING: later(
        "The bucket does not hold these pictures any more. Uploading the same files again brings them back."
    ),
    Kind.SIZE_DIFFERS: later(
        "What the bucket holds is not what was stored. Uploading the same files again mends it."
    ),
    Kind.CONTENT_DIFFERS: later(
        "What the bucket holds is not what was stored. Uploading the same files again mends it."
    ),
    Kind.CONTENT_UNREAD: later(
        "Their bytes ended early twice, so nothing is known of them. The next check that reads tries again."
    ),
    Kind.OBJECT_WITHOUT_ROW: later(
        "They are called as our pictures are, and no media has them. A repair puts them into the trash for a week."
    ),
    Kind.FOUND_AGAIN: later("They were lost or damaged, and are whole. A repair shows them again."),
    Kind.OBJECT_TWICE: later(
        "A repair deletes the second object after eight days, or keeps that one if the first is not whole."
    ),
    Kind.CONTENT_UNUSED: later(
        "They are put into the trash for a week: uploading the same files takes them out."
    ),
    Kind.HISTORY_DIFFERS: later("A repair writes anew what their history says."),
    Kind.REFERENCE_BROKEN: later("No program can say what belongs there: restore these rows from a back-up."),
    Kind.NUMBERS_BROKEN: later("No program can say what belongs there: restore these rows from a back-up."),
}


def found_in_words(check: CheckView) -> Node:
    """What a check found, what of it was put right, and why it could not look."""
    said = [_counted(kind, count, check.repaired.get(kind, 0)) for kind, count in check.found.items()]
    if check.foreign:
        said.append(plural(check.foreign, "{n} object that is not ours", "{n} objects that are not ours"))
    if check.problem:
        said.append(retold(check.problem))
    return node("span", "; ".join(said))


def show_findings(check: CheckView) -> None:
    """What the newest check found and left, kind by kind, with examples that lead to their media."""
    if check.problem:
        (st.warning if check.outcome == "stopped" else st.info)(plain(retold(check.problem)))
    for kind in Kind:
        count = check.found.get(kind, 0)
        if not count or (check.repaired.get(kind, 0) == count and kind not in MEANS):
            continue
        title = plain(_counted(kind, count, check.repaired.get(kind, 0)))
        with st.expander(
            title, expanded=kind in (Kind.OBJECT_MISSING, Kind.SIZE_DIFFERS, Kind.CONTENT_DIFFERS)
        ):
            if kind in MEANS:
                st.caption(_(MEANS[kind]))
            show_doors(examples_table(check.examples.get(kind, [])), key=f"examples_{kind.value}")


def examples_table(examples: list[dict[str, Any]]) -> Node:
    """Some of what was found, each with the media it is about and where it lies."""
    rows: list[list[Node | str]] = [
        [
            node("span", *_media_links(about.get("media", [])), cls="named"),
            node("span", _shortened(_where(about)), cls="code", title=_where(about)),
            _difference(about),
        ]
        for about in examples
    ]
    return table((_("media"), _("where"), _("seen")), rows, empty="")


def _counted(kind: str, count: int, repaired: int) -> str:
    said = COUNTED[Kind(kind)](count)
    return (
        said
        if not repaired
        else plural(repaired, "{said} ({n} put right)", "{said} ({n} put right)", said=said)
    )


def _media_links(media: list[int]) -> list[Node | str]:
    return [
        link(f"/browse?media={media_id}", f"{'' if first else ', '}{media_id}")
        for first, media_id in zip([True] + [False] * len(media), media, strict=False)
    ]


def _shortened(where: str) -> str:
    """Keys are long, and alike but for some letters: their folder, their beginning and their ending."""
    return where if len(where) <= 48 else f"{where[:30]}…{where[-10:]}"


def _where(about: Mapping[str, Any]) -> str:
    if about.get("key") or about.get("file"):
        return str(about.get("key") or about["file"])
    named = ("table", "id", "annotation", "shape", "reference")
    return ", ".join(f"{name} {about[name]}" for name in named if name in about)


def _difference(about: Mapping[str, Any]) -> str:
    if "by_history" in about:
        differing = [
            name for name in about["by_history"] if about["by_history"][name] != about["on_row"][name]
        ]
        return "; ".join(
            _(
                "{what}: {on_row}, by its history {by_history}",
                what=name.replace("_", " "),
                on_row=str(about["on_row"][name]),
                by_history=str(about["by_history"][name]),
            )
            for name in differing
        )
    if "size_in_bucket" in about:
        return _("{found} bytes instead of {size}", found=about["size_in_bucket"], size=about["size"])
    return ""
