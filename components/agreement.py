"""How far people agree, on the Overview: per label class, per person for admins, and oneself with oneself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from components.clock import browser_zone, day_text
from components.doors import Node, browse_address, link, node, show_doors, table
from curation import agreement
from curation.browse import count_matches
from curation.media_filter import MediaFilter
from db.models import Access, Scope, State
from db.session import open_session
from language import _, number

LASTS = 30  # seconds; as many more while it is counted anew
WEEKS_SHOWN = 8


@st.cache_data(ttl=LASTS, show_spinner=False, refresh_mode="background")
def _counted(scope: Scope, access_id: int, _access: Access) -> tuple[agreement.Agreement, dict[str, int]]:
    """The figures, and for each label class how many media with it are disputed now."""
    with open_session(read_only=True) as session:
        found = agreement.agreement(session, _access)
        disputed = {
            one.key: count_matches(session, _access, _disputed(one.key), cap=None).value
            for one in found.label_classes
        }
    return found, disputed


def _disputed(key: str) -> MediaFilter:
    return MediaFilter(state=(State.DISPUTED,), label_class=(key,))


def agreement_figures(access: Access) -> None:
    """Draw what there is to tell; nothing at all as long as no answer has been given twice."""
    found, disputed = _counted(access.scope, access.id, access)
    with open_session(read_only=True) as session:
        own = agreement.consistency(session, access, browser_zone())
    parts: list[Callable[[], None]] = []
    if found.label_classes or found.persons:
        parts.append(lambda: _label_classes(found.label_classes, disputed))
    if found.persons:
        parts.append(lambda: _persons(found.persons, found.pairs, access))
    if own.checks:
        parts.append(lambda: _own(own))
    if not parts:
        return
    for column, part in zip(st.columns(len(parts), gap="small"), parts, strict=True):
        with column, st.container(border=True, height="stretch"):
            part()


def _label_classes(found: Sequence[agreement.LabelClassAgreement], disputed: dict[str, int]) -> None:
    rows: list[list[Node | str]] = [
        [
            link(
                browse_address(MediaFilter(label_class=(one.key,))),
                node("i", cls="swatch", style={"background": one.colour}),
                one.name,
            ),
            _share(one.agreement),
            _figure(one.both),
            _figure(one.only_first + one.only_second),
            link(browse_address(_disputed(one.key)), _figure(disputed[one.key])),
        ]
        for one in found
    ]
    heads = (_("label class"), _("agree"), _("both"), _("only one"), _("disputed"))
    _show(_("Agreement"), _("in answers given blind, least first"), heads, rows, "agreement_label_classes")


def _persons(
    found: Sequence[agreement.PersonAgreement], pairs: Sequence[agreement.PairAgreement], access: Access
) -> None:
    def row(name: Node | str, one: agreement.PersonAgreement | agreement.PairAgreement) -> list[Node | str]:
        return [name, _share(one.share), _figure(one.comparisons)]

    rows = [
        row(link(browse_address(MediaFilter(annotator=one.login)), one.login), one)
        for one in sorted(found, key=lambda one: (one.login != access.login, -one.comparisons, one.login))
    ]
    if len(pairs) > 1:
        rows += [
            row(_("{first} and {second}", first=pair.logins[0], second=pair.logins[1]), pair)
            for pair in pairs
        ]
    heads = (_("curator"), _("agree"), _("compared"))
    _show(_("Curators"), _("who agree with another"), heads, rows, "agreement_persons")


def _own(own: agreement.Consistency) -> None:
    rows: list[list[Node | str]] = [[_("in all"), _share(own.share), _figure(own.checks)]]
    rows += [
        [_("week of {day}", day=day_text(week.monday)), _share(week.share), _figure(week.checks)]
        for week in reversed(own.weeks[-WEEKS_SHOWN:])
    ]
    heads = (_("when"), _("the same"), _("again"))
    _show(_("Yourself"), _("older answers given once more; only you see this"), heads, rows, "agreement_own")
    if own.dips_at is not None:
        st.caption(
            _(
                "Between {start}:00 and {end}:00 you differ from yourself most often.",
                start=own.dips_at,
                end=own.dips_at + 1,
            )
        )


def _show(title: str, explanation: str, heads: Sequence[str], rows: list[list[Node | str]], key: str) -> None:
    drawn = table(heads, rows, empty=_("Nothing has been compared yet."))
    show_doors(node("h2", title, node("small", explanation)), drawn, key=key)


def _figure(count: int) -> Node:
    return node("span", number(count), cls="code")


def _share(share: float | None) -> Node:
    return node("span", "–" if share is None else _("{n}%", n=round(share * 100)), cls="code")
