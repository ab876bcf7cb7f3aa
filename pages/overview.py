"""Overview: what waits, what is done, and where to go on. Every number and bar opens the list it counted."""

from datetime import datetime

import streamlit as st

from components.agreement import agreement_figures
from components.bars import Bar, Number, bars, big_button, note, numbers, strip
from components.clock import browser_zone, day_start
from components.comments import mentions_section
from components.day_plot import day_plot
from components.doors import Node, browse_address, link, node, review_address, show_doors
from components.figures import count_text
from components.layout import use_layout
from components.model_figures import model_figures
from components.sign_in import require_visitor
from curation import overview
from curation.accesses import CURATORS
from curation.acts import ReviewPolicy
from curation.comments import list_mentions
from curation.frozen_cameras import FrozenCamera, list_frozen
from curation.media_filter import MediaFilter, Sort
from curation.queues import QUEUE_NAMES, Queue, count_queues
from db.models import Access, Scope, State
from db.session import open_session
from language import _, number, plural
from settings import get_settings

# Plots over everything may be this many seconds old, and as many more while they are counted anew.
PLOTS_LAST = 30


@st.cache_data(ttl=PLOTS_LAST, show_spinner=False, refresh_mode="background")
def plots(
    scope: Scope, _access: Access
) -> tuple[list[overview.LabelClassUse], list[overview.NamedTally], list[overview.NamedTally]]:
    """Uses of label classes, sources, curators: the same for everybody of one scope."""
    with open_session(read_only=True) as session:
        return (
            overview.shapes_per_label_class(session, _access),
            overview.media_per_source(session, _access),
            overview.decisions_per_curator(session, _access),
        )


@st.cache_data(ttl=PLOTS_LAST, show_spinner=False, refresh_mode="background")
def frozen_cameras(_access: Access) -> list[FrozenCamera]:
    """The same for everybody who may look."""
    with open_session(read_only=True) as session:
        return list_frozen(session, _access)


def plot(title: str, explanation: str, content: Node, key: str) -> None:
    show_doors(node("h2", title, node("small", explanation)), content, key=key)


use_layout("lists")
access = require_visitor().access
settings = get_settings()
policy = ReviewPolicy.of(settings)
zone = browser_zone()
today = day_start(datetime.now(zone).date(), zone)

with open_session(read_only=True) as session:
    states = overview.count_states(session, access)
    queues = count_queues(session, access, policy=policy)
    sent_back = overview.count_sent_back(session, access) if queues else None
    mentions = list_mentions(session, access, unseen=True)
    mine = overview.count_acted_on(session, access, today) if queues else None

everything = sum(tally.count for tally in states.values())
waiting, accepted = overview.waiting_for_anyone(states), overview.accepted(states)
yours, next_queue = overview.waiting_for(queues), overview.fullest_queue(queues)

if not everything:
    st.subheader(_("No media yet"))
    if access.scope in CURATORS:
        st.write(_("Upload the first pictures: files, folders or a ZIP archive."))
        st.page_link("upload.py", label=_("Upload pictures"))
    else:
        st.write(_("As soon as a curator uploads pictures, they are counted here."))
    st.stop()

shown = [
    Number(
        number(waiting.count),
        _("waiting for anyone"),
        browse_address(waiting.wanted),
        (node("span", _("to annotate or to review")),),
    ),
    Number(
        number(accepted.count),
        plural(accepted.count, "accepted", "accepted"),
        browse_address(accepted.wanted),
        (note(number(everything), _("media in all"), browse_address(MediaFilter())),),
    ),
]
if yours is not None and sent_back is not None:
    own = note(
        number(sent_back.count),
        _("of your answers sent back"),
        review_address(Queue.FILTER, sent_back.wanted),
    )
    first = Number(count_text(yours.count), _("waiting for you"), review_address(yours.queue), (own,))
    shown.insert(0, first)

left, right = st.columns([3.2, 1], gap="small")
with left:
    show_doors(numbers(shown), key="numbers")
with right:
    if access.scope not in CURATORS:
        show_doors(big_button(_("Browse"), browse_address(MediaFilter())), key="go_on")
    elif next_queue is None:
        show_doors(big_button(_("Nothing waits"), None), key="go_on")
    else:
        waits = _("{queue}: ", queue=_(QUEUE_NAMES[next_queue.queue]))
        address = review_address(next_queue.queue)
        show_doors(
            big_button(_("Continue reviewing"), address, waits, count_text(next_queue.count)), key="go_on"
        )
if queues:
    show_doors(
        strip(
            [
                (_(QUEUE_NAMES[queue]), count_text(tally.count), review_address(queue))
                for queue, tally in queues.items()
            ]
        ),
        key="queues",
    )
# What is decided waits in no queue; what one has done today may still be undone.
lists = [(_("Accepted"), states[State.ACCEPTED]), (_("Rejected"), states[State.REJECTED])]
if mine is not None:
    lists.append((_("Mine today"), mine))
show_doors(
    strip([(name, number(tally.count), browse_address(tally.wanted)) for name, tally in lists]), key="lists"
)

if frozen := frozen_cameras(access):
    doors = [
        link(browse_address(MediaFilter(source=(camera.source,), sort=Sort.CAPTURED_LAST)), camera.source)
        for camera in frozen
    ]
    said = plural(len(frozen), "{n} camera stands still:", "{n} cameras stand still:")
    show_doors(
        node("p", "⚠ ", said, *(part for door in doors for part in (" ", door)), cls="frozen"), key="frozen"
    )

if mentions:
    with st.container(border=True):
        mentions_section(access, mentions)

with st.container(border=True):
    day_plot()

label_classes, sources, curators = plots(access.scope, access)
of_classes, of_sources, of_curators = st.columns(3, gap="small")
with of_classes, st.container(border=True, height="stretch"):
    rows = [
        Bar(use.name, (use.shapes, use.media.count), browse_address(use.media.wanted), use.colour)
        for use in label_classes
    ]
    content = bars(
        rows, heads=(_("shapes"), _("media")), empty=_("No media has been annotated with one yet.")
    )
    plot(_("Label classes"), _("in answers that count"), content, "label_classes")
with of_sources, st.container(border=True, height="stretch"):
    rows = [Bar(found.name, (found.media.count,), browse_address(found.media.wanted)) for found in sources]
    plot(_("Sources"), _("media"), bars(rows, empty=_("No media has a source yet.")), "sources")
with of_curators, st.container(border=True, height="stretch"):
    rows = [Bar(found.name, (found.media.count,), browse_address(found.media.wanted)) for found in curators]
    plot(
        _("Decisions"),
        _("media by who decided last"),
        bars(rows, empty=_("Nothing has been decided yet.")),
        "curators",
    )

model_figures(access)
agreement_figures(access)
