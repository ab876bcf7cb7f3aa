"""Export: the metadata of exactly what the filter shows, as CSV."""

from datetime import datetime
from urllib.parse import urlencode, urlsplit

import streamlit as st

from components.clock import browser_zone
from components.downloader import downloader
from components.figures import count_text, media_figure
from components.filters import FilterBar, read_filter
from components.layout import use_layout
from components.messages import plain
from components.sign_in import require_visitor
from curation.browse import count_matches
from curation.contact_sheets import MOST_MEDIA
from curation.csv_columns import COLUMNS
from curation.errors import Refused
from curation.exports import Per, count_rows
from curation.label_classes import list_label_classes
from db.session import open_session
from language import _, later
from language.retold import retold

EXACT_UP_TO = (
    100_000  # rows that are counted for the progress bar; counting more would take longer than it tells
)
PER_NAMES = {Per.MEDIA: later("One row per media"), Per.SHAPE: later("One row per shape")}

visitor = require_visitor()
use_layout("reading")
st.header(_("Export"))
try:
    wanted = read_filter()
    with open_session(read_only=True) as session:
        names = {item.key: item.name for item in list_label_classes(session, retired=True)}
        count = count_matches(session, visitor.access, wanted)
except Refused as problem:
    st.error(plain(retold(problem.sentence)))
    st.button(_("Export all media"), on_click=st.query_params.clear)
    st.stop()

with st.container(horizontal=True, vertical_alignment="center", key="bar_export"):
    FilterBar(wanted, names).show()
    st.space("stretch")
    st.html(f'<span class="vigie-figures">{media_figure(count)}</span>', width="content")

left, right = st.columns(2)
per = left.segmented_control(
    _("Rows"),
    list(PER_NAMES),
    format_func=lambda per: _(PER_NAMES[per]),
    default=Per.MEDIA,
    required=True,
    key="export_per",
)
raw = right.toggle(
    _("Raw cells"),
    key="export_raw",
    help=_(
        "Normally a text that begins like a formula gets a leading apostrophe, so that no spreadsheet runs it. "
        "Raw leaves all cells untouched: for programs."
    ),
)
offered = [column.name for column in COLUMNS if per is Per.SHAPE or not column.of_shape]
columns = st.multiselect(
    _("Columns"), offered, placeholder=_("All columns, in their usual order"), key=f"export_columns_{per}"
)

query = [(name, value) for name, values in wanted.to_query().items() for value in values]
query.append(("per", per or Per.MEDIA))
if raw:
    query.append(("raw", "1"))
if columns:
    query.append(("columns", ",".join(columns)))
address = f"/api/exports/media.csv?{urlencode(query)}"

with open_session(read_only=True) as session:
    rows = count_rows(session, visitor.access, wanted, per=per or Per.MEDIA, cap=EXACT_UP_TO)
if rows.value == 0:
    st.info(_("No media match these filters: the file would hold its header only. Remove a filter."))
downloader(
    address,
    name=f"vigie-{per or Per.MEDIA}-{datetime.now().astimezone():%Y-%m-%d}.csv",
    rows=None if rows.capped else rows.value,
)

here = urlsplit(st.context.url or "http://localhost:8501")
with st.expander(_("The same from a program")):
    st.caption(_("With a token from `POST /api/login/access-token`:"))
    st.code(
        f'curl -H "Authorization: Bearer $TOKEN" -o media.csv \\\n  "{here.scheme}://{here.netloc}{address}"',
        language="bash",
    )

if count.value:
    st.subheader(_("Contact sheet"))
    st.caption(_("Frames with their shapes, the smallest one magnified, six to a page, to print or to send."))
    if count.value > MOST_MEDIA:
        many = count_text(count)
        st.caption(
            _(
                "**{count} media match: the sheet shows the first {most} of them, in this order.**",
                count=many,
                most=MOST_MEDIA,
            )
        )
    printed = urlencode({**wanted.to_query(), "zone": str(browser_zone())}, doseq=True)
    sheet = f"/api/exports/contact-sheet.pdf?{printed}"
    with st.container(key="sheet", width="content"):
        st.link_button(_("Contact sheet as PDF"), sheet)
