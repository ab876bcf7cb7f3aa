"""The receipt of an export as calm tables: what was in scope, what came into the file, what did not, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from components.datasets.words import SPLITS, filter_of
from components.doors import Node, browse_address, counted, download, figure, link, node, table
from components.figures import size_text
from curation.datasets.asking import ExportView
from curation.datasets.receipt import NO_LABEL_CLASS, NO_SPLIT
from curation.media_filter import MediaFilter
from curation.states import STATE_NAMES
from db.models import State
from language import _, number, plural
from language.retold import retold

FIRST_DOORS = 8


def receipt_node(view: ExportView, receipt: Mapping[str, Any], class_names: Mapping[str, str]) -> Node:
    """Everything the receipt says, as it is read: the balance first, the hashes of the files last."""
    wanted = filter_of(view.filter) if view.release_id is None and not view.since_at else None
    drawn = [_balance(receipt["media"])]
    drawn += [node("p", retold(warning["sentence"]), cls="empty") for warning in receipt.get("warnings", ())]
    tombstones = receipt.get("tombstones") or {}
    if tombstones.get("in_scope"):
        drawn.append(_tombstones(tombstones))
    drawn += _explained(_("Left out, and why"), receipt["left_out"])
    drawn += _explained(_("In the file, but not as a whole"), receipt["reduced"])
    drawn += _explained(_("Pictures that are not in the file"), receipt["pictures"]["left_out"])
    for what, title in (
        ("crops", _("Crops that are missing")),
        ("contact_sheets", _("On a contact sheet, without picture")),
    ):
        drawn += _explained(title, receipt.get(what, {}).get("left_out", ()))
    if (split := receipt.get("split")) and split["warning"]:
        drawn.append(node("p", _(split["warning"]), cls="empty"))
    if receipt["media"]["in_scope"]:
        drawn.append(
            node(
                "div",
                _sums(_("State"), receipt["by_state"], lambda key: _state(key, wanted)),
                _sums(
                    _("Label class"),
                    receipt["by_label_class"],
                    lambda key: _label_class(key, wanted, class_names),
                ),
                *(
                    [_sums(_("Split"), _in_order(receipt["by_split"]), _split)]
                    if set(receipt["by_split"]) - {NO_SPLIT}
                    else []
                ),
                cls="side wide",
            )
        )
        drawn += _both(receipt.get("by_label_class_and_state", {}), wanted, class_names)
    drawn.append(_files(view, receipt["files"]))
    return node("div", *drawn, cls="stack")


def _balance(media: Mapping[str, int]) -> Node:
    """`412 in scope = 400 exported + 12 left out`."""
    return node(
        "div",
        counted(media["in_scope"], plural(media["in_scope"], "in scope", "in scope")),
        node("span", "=", cls="mute"),
        counted(media["exported"], plural(media["exported"], "exported", "exported")),
        node("span", "+", cls="mute"),
        counted(media["left_out"], plural(media["left_out"], "left out", "left out")),
        cls="balance",
    )


def _tombstones(tombstones: Mapping[str, Any]) -> Node:
    said = ", ".join(f"{number(count)} {_removed(count, why)}" for why, count in tombstones["why"].items())
    many = plural(tombstones["in_scope"], "{n} is in it no more", "{n} are in it no more")
    return node("p", f"{many}: {said}" if said else many, cls="empty")


def _removed(count: int, why: str) -> str:
    return {
        "withdrawn": plural(count, "withdrawn", "withdrawn"),
        "reopened": plural(count, "reopened", "reopened"),
        "rejected": plural(count, "rejected", "rejected"),
        "sent_back": plural(count, "sent back", "sent back"),
        "undone": plural(count, "undone", "undone"),
        "no_longer_matches": _("not in the filter any more"),
    }.get(why, why)


def _explained(title: str, reasons: Sequence[Mapping[str, Any]]) -> list[Node]:
    """Reasons with how many media each has, and doors to the first of them."""
    if not reasons:
        return []
    rows: list[list[Node | str]] = [
        [figure(number(reason["media"])), retold(reason["sentence"]), _first(reason)] for reason in reasons
    ]
    return [node("h2", title), table((figure(_("media")), _("why"), _("which")), rows, empty="")]


def _first(reason: Mapping[str, Any]) -> Node:
    ids: Sequence[int] = reason["first"][:FIRST_DOORS]
    doors: list[Node | str] = []
    for media_id in ids:
        doors += [link(f"/browse?media={media_id}", str(media_id)), " "]
    if reason["media"] > len(ids):
        doors.append(_("and {n} more, in the receipt", n=reason["media"] - len(ids)))
    return node("span", *doors, cls="code")


def _sums(title: str, sums: Mapping[str, Mapping[str, Any]], door: Callable[[str], Node | str]) -> Node:
    """One sum of the receipt."""
    return _counts([title], [([door(key)], counts) for key, counts in sums.items()])


def _both(
    sums: Mapping[str, Mapping[str, Mapping[str, Any]]],
    wanted: MediaFilter | None,
    class_names: Mapping[str, str],
) -> list[Node]:
    """Each label class in each state, behind a line to open: there may be many."""
    rows = [
        ([_label_class(key, wanted, class_names), _state(state, wanted)], counts)
        for key, states in sums.items()
        for state, counts in states.items()
    ]
    if not rows:
        return []
    drawn = _counts([_("Label class"), _("State")], rows)
    return [node("details", node("summary", _("Each label class in each state")), drawn)]


def _counts(titles: Sequence[str], sums: Sequence[tuple[list[Node | str], Mapping[str, Any]]]) -> Node:
    """Media and shapes of each line; without the columns in which nothing would stand."""
    columns: list[tuple[str, Callable[[Mapping[str, Any]], int]]] = [
        (_("exported"), lambda counts: counts["exported"]),
        (_("left out"), lambda counts: counts["left_out"]),
        (_("shapes exported"), lambda counts: counts.get("shapes", {}).get("exported", 0)),
        (_("shapes left out"), lambda counts: counts.get("shapes", {}).get("left_out", 0)),
    ]
    shown = [
        column
        for place, column in enumerate(columns)
        if place == 0 or any(column[1](counts) for _names, counts in sums)
    ]
    heads: list[Node | str] = [*titles, *(figure(head) for head, _count in shown)]
    rows: list[list[Node | str]] = [
        [*names, *(figure(number(count(counts))) for _head, count in shown)] for names, counts in sums
    ]
    return table(heads, rows, empty="")


def _state(key: str, wanted: MediaFilter | None) -> Node | str:
    state = State(key)
    name = _(STATE_NAMES[state])
    return link(browse_address(replace(wanted, state=(state,))), name) if wanted else name


def _split(key: str) -> str:
    return _(SPLITS[key]) if key in SPLITS else key


def _in_order(sums: Mapping[str, Mapping[str, int]]) -> dict[str, Mapping[str, int]]:
    """Train before validation before test."""
    return {split: sums[split] for split in SPLITS if split in sums}


def _label_class(key: str, wanted: MediaFilter | None, class_names: Mapping[str, str]) -> Node | str:
    if key == NO_LABEL_CLASS:
        return _("no label class")
    name = class_names.get(key, key)
    return link(browse_address(replace(wanted, label_class=(key,))), name) if wanted else name


def _files(view: ExportView, files: Mapping[str, Any]) -> Node:
    first: Sequence[Mapping[str, Any]] = files["first"]
    rows: list[list[Node | str]] = [
        [
            file["name"],
            figure(size_text(file["size"])),
            node("span", file["sha256"], cls="code"),
        ]
        for file in first
    ]
    many = plural(files["number"], "{n} file in it, with its SHA-256", "{n} files in it, with their SHA-256")
    more: list[Node | str] = []
    if files["number"] > len(first):
        more = [node("p", _("The first {n}; all of them stand in the receipt.", n=len(first)), cls="empty")]
    return node(
        "div",
        node(
            "details",
            node("summary", many),
            table((_("name"), figure(_("size")), _("SHA-256")), rows, empty=""),
            *more,
        ),
        node(
            "div",
            download(f"/api/exports/{view.id}/receipt", _("The whole receipt as JSON"), cls="act"),
            cls="acts",
        ),
        cls="stack",
    )
