"""The tables of the Admin page. Whatever strangers or colleagues typed is shown as text, never as markup."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from components.clock import browser_zone, local_text
from components.doors import Node, link, node, table
from db.models import Access, Event, Job
from language import _
from language.retold import retold
from storage import SelfTest


def _when(moment: datetime) -> Node:
    return node("time", local_text(moment, browser_zone()), datetime=moment.isoformat())


def accesses_table(accesses: Sequence[Access], seen: dict[int, datetime], visitor: Access) -> Node:
    """Every access with its scope, when it was last `seen` (by its id) and whether it may enter."""
    rows: list[list[Node | str]] = [
        [
            node("span", access.login, cls="strong") if access.id == visitor.id else access.login,
            access.scope.value,
            _when(access.created_at),
            _when(seen[access.id]) if access.id in seen else _("never"),
            _standing(access),
        ]
        for access in accesses
    ]
    return table((_("login"), _("scope"), _("created"), _("last seen"), ""), rows, empty="")


def _standing(access: Access) -> str:
    if access.disabled_at is not None:
        return _("disabled {when}", when=local_text(access.disabled_at, browser_zone()))
    return _("one-time password") if access.must_change_password else ""


def events_table(events: Sequence[tuple[Event, str | None]]) -> Node:
    """Events with the login of who caused them."""
    rows: list[list[Node | str]] = [
        [
            _when(event.created_at),
            login or "",
            _(event.name.replace("_", " ")),
            _about(event),
            event.address or "",
        ]
        for event, login in events
    ]
    return table(
        (_("when"), _("who"), _("what"), _("about"), _("from")), rows, empty=_("Nothing has happened yet.")
    )


def _about(event: Event) -> Node:
    details = {name: str(value) for name, value in event.detail.items() if value is not None}
    short = ", ".join(f"{name} {_shortened(value)}" for name, value in details.items())
    whole = ", ".join(f"{name} {value}" for name, value in details.items())
    if event.media_id is None:
        return node("span", short, title=whole)
    media = link(f"/browse?media={event.media_id}", _("media {id}", id=str(event.media_id)))
    return node("span", media, f" {short}", title=whole)


def _shortened(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:16]}…"


def jobs_table(jobs: Sequence[Job]) -> Node:
    """Jobs with the reason of their last failure."""
    rows: list[list[Node | str]] = [
        [_when(job.created_at), _(job.name.replace("_", " ")), str(job.subject_id), job.error or ""]
        for job in jobs
    ]
    return table(
        (_("asked for"), _("job"), _("of"), _("last failure")), rows, empty=_("No job has failed for good.")
    )


def bucket_table(tested: SelfTest) -> Node:
    """What the self-test of the bucket tried and saw."""
    rows: list[list[Node | str]] = [
        [
            retold(step.name),
            node("span", _("works"), cls="good")
            if step.passed
            else node("span", _("fails"), cls="bad")
            if step.required
            else _("not offered"),
            retold(step.note),
        ]
        for step in tested.steps
    ]
    return table((_("tried"), "", _("seen")), rows, empty="")
