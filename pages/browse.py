"""Browse: thumbnails of what the filter shows, and one media large."""

from dataclasses import replace

import streamlit as st

from components.addresses import asked_id
from components.doors import show_doors
from components.figures import count_text, media_figure
from components.filters import FilterBar, active_pills, address_with, read_filter, without
from components.layout import use_layout
from components.media_grid import SIZES, Selection, Size, media_grid
from components.media_panel import find_media, media_panel
from components.messages import plain
from components.parked_notes import parked_notes
from components.sign_in import require_visitor
from components.tag_menu import tag_menu, undo_line
from components.twins import twins_panel, twins_undo_line
from curation.accesses import CURATORS
from curation.browse import count_matches, list_page, shapes_for
from curation.errors import NotFound, Refused
from curation.label_classes import list_label_classes
from curation.media_filter import MediaFilter, Sort
from curation.parked import list_parked_notes, shows_parked_only
from db.session import open_session
from language import _, later, plural
from language.retold import retold

LOOK = ("size", "shapes", "crops")  # how the list looks; it outlives a change of the filter
PLACE = ("cursor", "media")  # where in the list one is; it does not
FRAMES, CROPS = later("Frames"), later("Crops")
NEWER_OLDER = later("← Newer"), later("Older →")
OLDER_NEWER = later("← Older"), later("Newer →")
PREVIOUS_NEXT = later("← Previous"), later("Next →")
STEPS = {
    Sort.UPLOADED_LAST: NEWER_OLDER,
    Sort.CAPTURED_LAST: NEWER_OLDER,
    Sort.UPLOADED_FIRST: OLDER_NEWER,
    Sort.CAPTURED_FIRST: OLDER_NEWER,
}


def go(wanted: MediaFilter, **place: str | int | None) -> None:
    """Show this filter, this page of it, or this media of it: by writing the address."""
    query = address_with(wanted, keep=(*LOOK, *(("cursor",) if "media" in place else ())))
    st.query_params.from_dict(query | {name: [str(value)] for name, value in place.items() if value})


def choose_look(name: str, key: str) -> None:
    chosen = st.session_state[key]
    st.query_params[name] = ("yes" if chosen else "no") if isinstance(chosen, bool) else chosen or "M"


def choose_crops() -> None:
    if st.session_state["look_crops"] == CROPS:
        st.query_params["crops"] = "1"
    else:
        st.query_params.pop("crops", None)


def open_media(media_id: int) -> None:
    st.session_state["last_opened"] = media_id
    go(wanted, media=media_id)


def select(scope: str, ids: tuple[int, ...]) -> None:
    if scope == selection.scope:
        st.session_state["selection"] = replace(selection, ids=ids)


visitor = require_visitor()
access = visitor.access
query = st.query_params
use_layout("wide")
try:
    wanted = read_filter(also=(*LOOK, *PLACE))
    with open_session(read_only=True) as session:
        label_classes = list_label_classes(session, retired=True)
    names = {label_class.key: label_class.name for label_class in label_classes}
    colours = {label_class.key: label_class.colour for label_class in label_classes}
    if query.get("media"):
        shown = find_media(visitor, asked_id("media") or 0, wanted)
        media_panel(
            visitor,
            shown,
            wanted,
            label_classes,
            on_open=open_media,
            on_close=lambda: go(wanted, cursor=query.get("cursor")),
        )
        st.stop()
    with_shapes, crops = query.get("shapes", "yes") != "no", query.get("crops") == "1"
    with open_session(read_only=True) as session:
        page = list_page(session, access, wanted, query.get("cursor"))
        shapes = shapes_for(session, page.items) if with_shapes or crops else {}
        count = count_matches(session, access, wanted)
        notes = list_parked_notes(session, access, wanted) if shows_parked_only(wanted) else []
except (Refused, NotFound) as problem:
    st.error(plain(retold(problem.sentence)))
    st.button(_("Show all media"), on_click=go, args=(MediaFilter(),))
    st.stop()

size: Size = next((known for known in SIZES if known == query.get("size")), "M")
scope = str(wanted.without_order().to_query())
selection = st.session_state.get("selection", Selection())
if selection.scope != scope:
    selection = st.session_state["selection"] = Selection(scope)

bar = FilterBar(wanted, names, keep=LOOK)
with st.container(horizontal=True, vertical_alignment="center", key="bar_browse"):
    bar.show()
    st.session_state.update(look_size=size, look_shapes=with_shapes, look_crops=CROPS if crops else FRAMES)
    st.segmented_control(
        _("Size"), SIZES, key="look_size", label_visibility="collapsed", required=True,
        on_change=choose_look, args=("size", "look_size"),
    )  # fmt: skip
    st.segmented_control(
        _("Frames or crops"), [FRAMES, CROPS], key="look_crops", label_visibility="collapsed", required=True,
        format_func=_, on_change=choose_crops,
    )  # fmt: skip
    st.toggle(_("Shapes"), key="look_shapes", on_change=choose_look, args=("shapes", "look_shapes"))
    st.space("stretch")
    selected = " · " + plural(len(selection.ids), "{n} selected", "{n} selected") if selection.ids else ""
    st.html(f'<span class="vigie-figures">{media_figure(count)}{selected}</span>', width="content")
    if access.scope in CURATORS:
        tag_menu(selection.ids)
        if page.items:
            begin = {"start": str(page.items[0].id)} if query.get("cursor") else {}
            review = {**wanted.to_query(), "queue": "filter", **begin}
            with st.container(key="go_review", width="content"):
                st.page_link("review.py", label=_("Review these"), query_params=review)
undo_line()
if wanted.near_twins:
    twins_undo_line()

if not page.items:
    if query.get("cursor"):
        st.markdown(_("Nothing is left on this page of the list."))
        st.button(_("First page"), on_click=go, args=(wanted,))
    elif wanted.is_empty:
        st.markdown(_("No media yet."))
        if access.scope in CURATORS:
            with st.container(key="go_upload", width="content"):
                st.page_link("upload.py", label=_("Upload pictures"))
    else:
        st.markdown(_("No media match these filters. Take one away:"))
        for pill in active_pills(wanted, bar.zone, names):
            wider = without(wanted, pill.names)
            with open_session(read_only=True) as session:
                left = count_matches(session, access, wider)
            label = plural(
                left.value,
                "without {label} :gray[{text}]: {figure} media",
                "without {label} :gray[{text}]: {figure} media",
                label=plain(pill.label),
                text=plain(pill.text),
                figure=count_text(left),
            )
            st.button(label, key=f"without_{pill.names[0]}", on_click=go, args=(wider,))
    st.stop()

if notes:
    show_doors(*parked_notes(notes, wanted, reviews=access.scope in CURATORS), key="parked_notes")

if wanted.near_twins and not query.get("cursor"):
    twins_panel(visitor, wanted)

media_grid(
    page.items,
    shapes,
    colours,
    page=query.get("cursor", ""),
    size=size,
    crops=crops,
    with_shapes=with_shapes,
    selection=selection,
    focus=st.session_state.pop("last_opened", None),
    on_open=open_media,
    on_select=select,
)

earlier, after = STEPS.get(wanted.sort, PREVIOUS_NEXT)
with st.container(
    horizontal=True, horizontal_alignment="center", vertical_alignment="center", key="bar_pages"
):
    st.button(
        _(earlier),
        disabled=not page.previous_cursor,
        on_click=go,
        args=(wanted,),
        kwargs={"cursor": page.previous_cursor},
    )
    st.button(
        _(after),
        disabled=not page.next_cursor,
        on_click=go,
        args=(wanted,),
        kwargs={"cursor": page.next_cursor},
    )
    st.page_link("export.py", label=_("Export these"), query_params=wanted.to_query())
