"""The one filter bar: widgets that write the page's address, and pills that take filters away again.

The address is the place: the filter is read from it in every run and written to it by every widget, so
that reload, back, a second tab and a link to a colleague all show the same list.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any

import streamlit as st

from components.clock import browser_zone, day_start, first_day, last_day, span_text
from components.messages import explain_problems, plain
from curation.media_filter import SEEDS, MediaFilter, Sort
from curation.predictions import list_models
from curation.questions import list_questions
from curation.sources import list_source_names
from curation.states import LISTED_STATES, STATE_NAMES
from curation.tags import list_tags
from db.models import MediaType
from db.session import open_session
from language import _, later

SORT_NAMES = {
    Sort.UPLOADED_LAST: later("Newest first"),
    Sort.UPLOADED_FIRST: later("Oldest first"),
    Sort.CAPTURED_LAST: later("Captured last first"),
    Sort.CAPTURED_FIRST: later("Captured first first"),
    Sort.FILE_NAME: later("File name"),
    Sort.SOURCE: later("Source, then time"),
    Sort.SCORE: later("Highest score first"),
    Sort.RANDOM: later("Random"),
}
STATE_CHOICES = [state for state in STATE_NAMES if state in LISTED_STATES]
POPOVER = "filter_open"
LOGINS = {
    "uploader": (later("Uploader"), later("Uploader (login)")),
    "annotator": (later("Annotator"), later("Annotator (login)")),
    "reviewer": (later("Reviewer"), later("Reviewer (login)")),
}
TYPE_NAMES = {MediaType.IMAGE: later("pictures"), MediaType.VIDEO: later("videos")}
YES_OR_NO = {"yes": later("yes"), "no": later("no")}
ANSWERS = {True: "yes", False: "no", None: None}
PREDICTED = {"yes": later("by a model"), "no": later("by no model")}
SPANS = {
    "captured": (later("Captured"), later("Captured from")),
    "uploaded": (later("Uploaded"), later("Uploaded from")),
}


@dataclass(frozen=True)
class Pill:
    """An active filter as it is shown, and the names that vanish from the address with it."""

    label: str
    text: str
    names: tuple[str, ...]


def read_filter(also: Collection[str] = ()) -> MediaFilter:
    """The filter in the page's address. Raises UnknownFilter for names that are neither filters nor in `also`."""
    query = st.query_params
    return MediaFilter.from_query({name: query.get_all(name) for name in query if name not in also})


def address_with(wanted: MediaFilter, keep: Collection[str] = ()) -> dict[str, list[str]]:
    """The query of a page that shows this filter; `keep` names what stays of the present address."""
    kept = {name: st.query_params.get_all(name) for name in keep if name in st.query_params}
    return {**wanted.to_query(), **kept}


def active_pills(wanted: MediaFilter, zone: tzinfo, class_names: Mapping[str, str]) -> list[Pill]:
    """What is filtered by, in words."""
    pills = []
    if wanted.state:
        pills.append(Pill(_("State"), ", ".join(_(STATE_NAMES[state]) for state in wanted.state), ("state",)))
    if wanted.label_class:
        names = ", ".join(class_names.get(key, key) for key in wanted.label_class)
        pills.append(Pill(_("Label class"), names, ("label_class",)))
    if wanted.reply:
        said = ", ".join(
            f"{key.replace('_', ' ')}: {_('yes') if yes else _('no')}" for key, yes in wanted.replies
        )
        pills.append(Pill(_("Question"), said, ("reply",)))
    if wanted.has_shapes is not None:
        pills.append(Pill(_("Shapes"), _("some") if wanted.has_shapes else _("none"), ("has_shapes",)))
    if wanted.predicted:
        pills.append(Pill(_("Predicted"), _predicted_by(wanted.predicted), ("predicted",)))
    if wanted.source:
        pills.append(Pill(_("Source"), ", ".join(wanted.source), ("source",)))
    for name, (label, _from) in SPANS.items():
        start, end = getattr(wanted, f"{name}_from"), getattr(wanted, f"{name}_to")
        if start or end:
            pills.append(Pill(_(label), span_text(start, end, zone), (f"{name}_from", f"{name}_to")))
    for name, (label, _field) in LOGINS.items():
        if login := getattr(wanted, name):
            pills.append(Pill(_(label), login, (name,)))
    if wanted.acted_by:
        pills.append(Pill(_("Acted on by"), wanted.acted_by, ("acted_by",)))
    if wanted.acted_from:
        pills.append(Pill(_("Acted on"), span_text(wanted.acted_from, None, zone), ("acted_from",)))
    if wanted.tag:
        pills.append(Pill(_("Tag"), ", ".join(wanted.tag), ("tag",)))
    if wanted.file_name:
        pills.append(Pill(_("File name"), _("contains {text}", text=wanted.file_name), ("file_name",)))
    if wanted.type is not None:
        pills.append(Pill(_("Type"), _(TYPE_NAMES[wanted.type]), ("type",)))
    if wanted.extracted_from is not None:
        text = _("video {id}", id=str(wanted.extracted_from))
        pills.append(Pill(_("Frames of"), text, ("extracted_from",)))
    if wanted.near_twins is not None:
        pills.append(
            Pill(_("Near twins"), _(YES_OR_NO["yes" if wanted.near_twins else "no"]), ("near_twins",))
        )
    return pills


def without(wanted: MediaFilter, names: Collection[str]) -> MediaFilter:
    """The filter with these names as if nobody had ever set them."""
    return replace(wanted, **{name: getattr(MediaFilter(), name) for name in names})


class FilterBar:
    """The bar of one page. `keep` names what of the address outlives a change of the filter."""

    def __init__(
        self, wanted: MediaFilter, class_names: Mapping[str, str], keep: Collection[str] = ()
    ) -> None:
        self.wanted = wanted
        self.zone = browser_zone()
        self._class_names = class_names
        self._keep = keep

    def show(self, *, sort: bool = True) -> None:
        """Draw the button with all filters behind it, a pill for each active one, and the order."""
        # Its content runs only while it is open: a closed bar costs a rerun next to nothing.
        popover = st.popover(_("Filter"), key=POPOVER, on_change="rerun", width="content")
        if popover.open:
            with popover, explain_problems():
                self._widgets()
        # Pills have a container of their own: one more or less must not move what stands beside them.
        with st.container(horizontal=True, width="content", key="bar_pills"):
            for pill in active_pills(self.wanted, self.zone, self._class_names):
                st.button(
                    f"{plain(pill.label)} :gray[{plain(shorten(pill.text))}] ✕",
                    key=f"pill_{pill.names[0]}",
                    on_click=self._remove,
                    args=(pill.names,),
                )
        if sort:
            self._choose_sort()

    def _choose_sort(self) -> None:
        st.session_state["filter_sort"] = self.wanted.sort
        st.selectbox(
            _("Order"),
            list(SORT_NAMES),
            format_func=lambda sort: _(SORT_NAMES[sort]),
            key="filter_sort",
            label_visibility="collapsed",
            width=178,
            on_change=self._take,
            args=("sort",),
        )

    def _widgets(self) -> None:
        with open_session(read_only=True) as session:
            sources, tags, models = list_source_names(session), list_tags(session), list_models(session)
            sentences = {question.key: question.sentence for question in list_questions(session, off=True)}
        wanted = self.wanted
        self._set(
            state=list(wanted.state),
            label_class=list(wanted.label_class),
            reply=list(wanted.reply),
            has_shapes=ANSWERS[wanted.has_shapes],
            near_twins=ANSWERS[wanted.near_twins],
            predicted=wanted.predicted,
            source=list(wanted.source),
            **{name: getattr(wanted, name) or "" for name in LOGINS},
            acted_by=wanted.acted_by or "",
            acted_from=first_day(wanted.acted_from, self.zone),
            tag=list(wanted.tag),
            file_name=wanted.file_name or "",
            type=wanted.type,
        )
        for name in ("captured", "uploaded"):
            start, end = getattr(wanted, f"{name}_from"), getattr(wanted, f"{name}_to")
            self._set(**{f"{name}_from": first_day(start, self.zone), f"{name}_to": last_day(end, self.zone)})
        st.pills(
            _("State"),
            STATE_CHOICES,
            selection_mode="multi",
            format_func=lambda state: _(STATE_NAMES[state]),
            **self._on("state"),
        )
        left, right = st.columns(2)
        with left:
            classes = _with_chosen(self._class_names, wanted.label_class)
            st.multiselect(
                _("Label class"),
                classes,
                placeholder=_("Choose"),
                format_func=lambda key: self._class_names.get(key, key),
                **self._on("label_class"),
            )
            st.multiselect(
                _("Source"),
                _with_chosen(sources, wanted.source),
                placeholder=_("Choose"),
                **self._on("source"),
            )
            st.segmented_control(
                _("Has shapes"),
                list(YES_OR_NO),
                format_func=lambda answer: _(YES_OR_NO[answer]),
                width="stretch",
                **self._on("has_shapes"),
            )
            st.segmented_control(
                _("Type"),
                list(TYPE_NAMES),
                format_func=lambda kind: _(TYPE_NAMES[kind]),
                width="stretch",
                **self._on("type"),
            )
            self._between("captured")
        with right:
            st.multiselect(
                _("Tag"), _with_chosen(tags, wanted.tag), placeholder=_("Choose"), **self._on("tag")
            )
            st.text_input(_("File name contains"), **self._on("file_name"))
            replies = [f"{key}:{said}" for key in sentences for said in ("yes", "no")]
            st.multiselect(
                _("Question"),
                _with_chosen(replies, wanted.reply),
                format_func=lambda reply: reply_text(reply, sentences),
                placeholder=_("Choose"),
                **self._on("reply"),
            )
            st.segmented_control(
                _("Near twins"),
                list(YES_OR_NO),
                format_func=lambda answer: _(YES_OR_NO[answer]),
                width="stretch",
                **self._on("near_twins"),
            )
            self._between("uploaded")
        for (name, (_label, field)), column in zip(LOGINS.items(), st.columns(len(LOGINS)), strict=True):
            column.text_input(_(field), **self._on(name))
        left, middle, right = st.columns(3)
        left.text_input(_("Acted on by (login)"), **self._on("acted_by"))
        middle.date_input(_("Acted on from"), value=None, format="YYYY-MM-DD", **self._on("acted_from"))
        right.selectbox(
            _("Predicted"),
            _with_chosen([*PREDICTED, *models], [wanted.predicted] if wanted.predicted else []),
            index=None,
            format_func=_predicted_by,
            placeholder=_("Choose"),
            **self._on("predicted"),
        )
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.caption(_("Days are those of {zone}.", zone=plain(str(self.zone))))
            st.button(
                _("Remove all filters"),
                key="filter_clear",
                type="tertiary",
                disabled=wanted.is_empty,
                on_click=self._go,
                args=(MediaFilter(sort=wanted.sort, seed=wanted.seed),),
            )

    def _between(self, name: str) -> None:
        first, second = st.columns(2)
        with first:
            st.date_input(_(SPANS[name][1]), value=None, format="YYYY-MM-DD", **self._on(f"{name}_from"))
        with second:
            st.date_input(_("to"), value=None, format="YYYY-MM-DD", **self._on(f"{name}_to"))

    def _set(self, **values: Any) -> None:
        # What stands in the address counts, whatever a widget remembers: back and forward change it too.
        for name, value in values.items():
            st.session_state[f"filter_{name}"] = value

    def _on(self, name: str) -> dict[str, Any]:
        return {"key": f"filter_{name}", "on_change": self._take, "args": (name,)}

    def _take(self, name: str) -> None:
        """A widget has changed: its value goes into the address."""
        value = parsed_value(name, st.session_state[f"filter_{name}"], self.zone)
        wanted = replace(self.wanted, **{name: value})
        if name == "sort":
            # The seed stands in the address beside the order: a reload and a link show the same one.
            wanted = replace(wanted, seed=secrets.randbelow(SEEDS) if value == Sort.RANDOM else None)
        self._go(wanted)

    def _remove(self, names: tuple[str, ...]) -> None:
        self._go(without(self.wanted, names))

    def _go(self, wanted: MediaFilter) -> None:
        st.query_params.from_dict(address_with(wanted, self._keep))


def parsed_value(name: str, value: Any, zone: tzinfo) -> Any:
    """What a widget holds, as the filter holds it."""
    if name in ("state", "label_class", "reply", "source", "tag"):
        return tuple(value or ())
    if name in ("has_shapes", "near_twins"):
        return {"yes": True, "no": False}.get(value)
    if isinstance(value, date):
        return _limit(value, zone, end=name.endswith("_to"))
    if isinstance(value, str) and name != "sort":
        return value.strip() or None
    return value


def reply_text(reply: str, sentences: Mapping[str, str]) -> str:
    """A wanted reply as a person reads it: “Is there smoke that no shape shows? yes”."""
    key, _colon, said = reply.rpartition(":")
    return f"{sentences.get(key, key)} {_(YES_OR_NO.get(said, said))}"


def _predicted_by(predicted: str) -> str:
    """By any model, by none, or by the one of this name."""
    return _(PREDICTED[predicted]) if predicted in PREDICTED else predicted


def _limit(day: date, zone: tzinfo, *, end: bool) -> datetime | None:
    try:
        return day_start(date.fromordinal(day.toordinal() + 1) if end else day, zone)
    except (ValueError, OverflowError):  # the ends of the calendar
        return None


def _with_chosen(offered: Collection[str], chosen: Collection[str]) -> list[str]:
    """What a list offers, and what an old link chose although it is offered no more."""
    return [*offered, *(value for value in chosen if value not in offered)]


def shorten(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
