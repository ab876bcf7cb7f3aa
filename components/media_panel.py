"""One media, large: picture, what is known about it, who said what, and the ones beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape

import streamlit as st

from components.clock import browser_zone, local_text
from components.comments import comments_section, see_mentions
from components.examples import example_menu
from components.figures import size_text
from components.frames import frames_section, length_text
from components.media_grid import media_view
from components.messages import plain
from components.predictions import predictions_section, proposed_name
from components.tag_menu import tag_menu, undo_line
from components.twins import twins_of_media
from components.withdrawal import withdrawal_section
from curation.accesses import CURATORS
from curation.browse import get_details, list_page
from curation.comments import CommentView, list_comments
from curation.history import HistoryEntry, get_history, list_annotations
from curation.media_filter import MediaFilter
from curation.media_view import AnnotationView, MediaDetails, MediaView
from curation.neighbours import Neighbour, list_neighbours
from curation.prediction_view import PredictedShapeView
from curation.preferences import USUAL_THRESHOLD, preferences_of
from curation.sign_in import SignedIn
from curation.states import STATE_NAMES
from db.models import LabelClass
from db.session import open_session
from language import _, later, number, plural

ACTS = {
    "registered": later("registered"),
    "submitted": later("submitted"),
    "commented": later("commented"),
    "accepted": later("accepted"),
    "rejected": later("rejected"),
    "sent_back": later("sent back"),
    "unsure": later("unsure"),
    "parked": later("parked"),
    "unparked": later("unparked"),
    "reopened": later("reopened"),
    "undone": later("undone"),
    "withdrawn": later("withdrawn"),
    "restored": later("restored"),
    "purged": later("content deleted"),
}
MAP_LINK = "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=12/{lat}/{lon}"
STYLE = """
<style>
.vigie-facts { display: grid; grid-template-columns: 6.2rem 1fr; gap: 0.3rem 0.8rem; font-size: 0.88rem;
  margin: 0 !important; padding: 0 !important; }
.vigie-facts dt { opacity: 0.68; font-weight: 400; margin: 0 !important; padding: 0 !important; }
.vigie-facts dd { margin: 0 !important; padding: 0 !important; overflow-wrap: anywhere; }
.vigie-facts a { color: inherit; }
details.vigie-more { font-size: 0.88rem; margin-top: 0.3rem; } .vigie-more summary { cursor: pointer; opacity: 0.68; }
.vigie-facts .code, .vigie-acts time { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 0.8rem; }
.vigie-title { font-size: 0.74rem; letter-spacing: 0.06em; text-transform: uppercase; opacity: 0.68;
  margin: 0.4rem 0 0; }
.vigie-acts { list-style: none; padding: 0 !important; margin: 0 !important; font-size: 0.88rem; }
.vigie-acts li { display: flex; flex-wrap: wrap; gap: 0 0.6rem; margin: 0 !important; padding: 0.34rem 0 !important;
  border-bottom: 1px solid #8883; }
.vigie-acts li:last-child { border: 0; }
.vigie-acts .who { margin-left: auto; opacity: 0.68; }
.vigie-acts q { flex-basis: 100%; quotes: none; opacity: 0.85; }
</style>
"""


@dataclass(frozen=True)
class Found:
    """All that is shown of one media, read in one transaction."""

    media: MediaDetails
    annotations: Sequence[AnnotationView]
    history: Sequence[HistoryEntry]
    neighbours: Sequence[Neighbour]
    comments: Sequence[CommentView]
    previous: MediaView | None
    following: MediaView | None


def find_media(visitor: SignedIn, media_id: int, wanted: MediaFilter) -> Found:
    """Read one media with its place in the filter's list. Raises MediaNotFound."""
    access = visitor.access
    with open_session(read_only=True) as session:
        media = get_details(session, access, media_id)
        here = list_page(session, access, wanted, start=media_id, limit=2)
        # A media that no longer matches keeps its place: the list goes on where it would stand.
        following = [item for item in here.items if item.id != media_id]
        cursor = here.previous_cursor
        before = list_page(session, access, wanted, cursor, limit=2).items if cursor else []
        preceding = [item for item in before if item.id != media_id]
        return Found(
            media,
            list_annotations(session, access, media_id),
            get_history(session, access, media_id),
            list_neighbours(session, access, media_id),
            list_comments(session, access, media_id),
            preceding[-1] if preceding else None,
            following[0] if following else None,
        )


def media_panel(
    visitor: SignedIn,
    found: Found,
    wanted: MediaFilter,
    label_classes: Sequence[LabelClass],
    *,
    on_open: Callable[[int], None],
    on_close: Callable[[], None],
) -> None:
    """Draw one media large, with everything known about it beside it."""
    st.html(STYLE)
    media, zone = found.media, browser_zone()
    names = {label_class.key: label_class.name for label_class in label_classes}
    colours = {label_class.key: label_class.colour for label_class in label_classes}
    left, right = st.columns([3.1, 1], gap="medium")
    with right:
        if visitor.access.scope in CURATORS:
            with st.container(horizontal=True, vertical_alignment="center", key="bar_media"):
                review = {**wanted.to_query(), "queue": "filter", "start": str(media.id)}
                with st.container(key="go_review"):
                    st.page_link("review.py", label=_("Review this"), query_params=review, width="stretch")
                tag_menu([media.id])
            undo_line()
        st.html(facts(media, zone))
        withdrawal_section(visitor.access, media)
        if media.type == "video":
            frames_section(visitor, media)
        shown = _choose_annotation(found, names)
        predictions_section(media.predictions, names, colours, zone)
        comments_section(visitor, media.id, found.comments)
        see_mentions(visitor, media.id)
        st.html(f'<p class="vigie-title">{_("History")}</p>{acts(found.history, zone)}')
        twins_of_media(visitor, media.id)
        example_menu(visitor, media.id, label_classes)
    with left:
        media_view(
            media,
            shown.shapes if shown else [],
            colours,
            names,
            predicted=_predicted(visitor, media, shown, names),
            previous=found.previous,
            following=found.following,
            neighbours=found.neighbours,
            on_open=on_open,
            on_close=on_close,
        )


def _predicted(
    visitor: SignedIn, media: MediaDetails, shown: AnnotationView | None, names: Mapping[str, str]
) -> list[tuple[PredictedShapeView, str]]:
    """What models propose, each with its name, as far as this person wants it drawn and the answer has not taken it."""
    least = preferences_of(visitor.access).threshold
    drawn = shown.shapes if shown else []
    taken = {(shape.prediction, shape.label_class, shape.box) for shape in drawn if shape.origin == "model"}
    proposed = [
        (shape, proposed_name(shape, prediction.model, names))
        for prediction in media.predictions
        for shape in prediction.shapes
        if shape.confidence >= (USUAL_THRESHOLD if least is None else least)
        and (prediction.id, shape.label_class, shape.box) not in taken
    ]
    # The most certain first: where names would lie upon each other, theirs stays at its shape.
    return sorted(proposed, key=lambda one: -one[0].confidence)


def _choose_annotation(found: Found, names: Mapping[str, str]) -> AnnotationView | None:
    """All annotations of the media, the one that counts chosen at first."""
    st.html(f'<p class="vigie-title">{_("Annotations")}</p>')
    if not found.annotations:
        st.caption(_("None yet."))
        return None
    by_id = {annotation.id: annotation for annotation in reversed(found.annotations)}
    current = found.media.annotation_id
    ids = list(by_id)
    chosen = st.radio(
        _("Annotation to show"),
        ids,
        index=ids.index(current) if current in by_id else 0,
        format_func=lambda number: annotation_text(by_id[number], names, current=number == current),
        key=f"annotation_of_{found.media.id}",
        label_visibility="collapsed",
    )
    return by_id.get(chosen)


def annotation_text(annotation: AnnotationView, names: Mapping[str, str], *, current: bool) -> str:
    """One annotation in a line of Markdown."""
    count = len(annotation.shapes)
    parts = [f"**{annotation.number}**", plain(annotation.author)]
    if annotation.content == "file":
        parts.append(_("a file, as it was sent"))
    elif count == 0 and not annotation.label_classes:
        parts.append(_("nothing here"))
    else:
        parts.append(plural(count, "{n} shape", "{n} shapes"))
    parts.extend(plain(names.get(key, key)) for key in annotation.label_classes)
    parts.extend(
        plain(f"{key.replace('_', ' ')}: {_('yes') if yes else _('no')}")
        for key, yes in annotation.replies.items()
    )
    text = " · ".join(parts)
    return text if current else _("{text} :gray[(earlier)]", text=text)


def facts(media: MediaDetails, zone: tzinfo) -> str:
    """The metadata table as HTML; every value escaped."""
    captured = local_text(media.captured_at, zone)
    if captured and media.captured_at_assumed:
        captured = _("{time} (assumed)", time=captured)
    size = (
        _(
            "{width} × {height}, {size}",
            width=str(media.width),
            height=str(media.height),
            size=size_text(media.size or 0),
        )
        if media.width
        else ""
    )
    rows = [
        (_("File name"), escape(media.file_name or "")),
        (_("State"), escape(_(STATE_NAMES_BY_VALUE.get(media.state, media.state)))),
        (_("Source"), escape(media.source or "")),
        (_("Azimuth"), f"{media.azimuth:g}°" if media.azimuth is not None else ""),
        (_("Captured"), escape(captured)),
        (
            _("Uploaded"),
            escape(_("{time} by {login}", time=local_text(media.created_at, zone), login=media.uploaded_by)),
        ),
        (_("Sequence"), escape(media.sequence or "")),
        (_("Tags"), escape(", ".join(media.tags))),
        (
            _("Video") if media.type == "video" else _("Picture"),
            escape(f"{size}, {media.content_type}" if size else ""),
        ),
        (_("Length"), escape(length_text(media))),
        (_("Frame of"), _origin(media)),
        (_("Camera"), escape(media.camera or "")),
        (_("Place"), _place(media)),
        (_("Id"), str(media.id)),
    ]
    technical = [("SHA-256", _code(media.sha256)), (_("Bucket key"), _code(media.bucket_key))]
    more = f"<summary>{_('In the bucket')}</summary>{_list(technical)}"
    return f'{_list(rows)}<details class="vigie-more">{more}</details>'


def _list(rows: Sequence[tuple[str, str]]) -> str:
    filled = (f"<dt>{label}</dt><dd>{value}</dd>" for label, value in rows if value)
    return f'<dl class="vigie-facts">{"".join(filled)}</dl>'


def _code(text: str | None) -> str:
    return f'<span class="code">{escape(text)}</span>' if text else ""


def acts(history: Sequence[HistoryEntry], zone: tzinfo) -> str:
    """The history as HTML, newest first; every value escaped."""
    lines = []
    for entry in history:
        what = _("Sent back to {login}", login=entry.sent_to) if entry.sent_to else act_text(entry.what)
        if entry.what == "submitted":
            count = entry.shapes or 0
            shapes = plural(count, "{n} shape", "{n} shapes") if count else _("no shapes")
            what += f" {entry.annotation_number}, {shapes}"
        # What was commented stands in full above.
        said = f"<q>{escape(entry.comment)}</q>" if entry.comment and entry.what != "commented" else ""
        # What was due by itself was nobody's act.
        who = f"{escape(entry.who)} · " if entry.who else ""
        lines.append(
            f"<li><span>{escape(what)}</span><span class='who'>{who}"
            f"<time>{escape(_short(entry.at, zone))}</time></span>{said}</li>"
        )
    return f'<ul class="vigie-acts">{"".join(lines)}</ul>'


def act_text(what: str) -> str:
    """What was done, as it begins a line."""
    said = _(ACTS.get(what, what))
    return said[:1].upper() + said[1:]


def _short(moment: datetime, zone: tzinfo) -> str:
    return local_text(moment, zone)[:-3]


def _origin(media: MediaDetails) -> str:
    """The video that a frame was taken out of, as a link."""
    if media.extracted_from is None:
        return ""
    video = _("video {id}", id=str(media.extracted_from))
    at = _("at {seconds} s", seconds=number(media.extracted_at or 0.0, 3))
    return f'<a href="/browse?media={media.extracted_from}" target="_self">{escape(video)}</a>, {escape(at)}'


def _place(media: MediaDetails) -> str:
    if media.lat is None or media.lon is None:
        return ""
    text = f"{media.lat:.5f}, {media.lon:.5f}"
    address = MAP_LINK.format(lat=f"{media.lat:.5f}", lon=f"{media.lon:.5f}")
    return f'{text} <a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{_("map")}</a>'


STATE_NAMES_BY_VALUE = {state.value: name for state, name in STATE_NAMES.items()}
