"""Upload: what is said for the whole batch, then where to drop the files."""

from datetime import time
from zoneinfo import available_timezones

import streamlit as st

from components.clock import browser_zone
from components.layout import use_layout
from components.messages import explain_problems
from components.sign_in import require_visitor
from components.uploader import Batch, uploader
from curation.sources import list_source_names
from curation.tags import list_tags
from db.session import open_session
from language import _

visitor = require_visitor()
use_layout("reading")
zone = browser_zone()
zones = sorted(available_timezones())

st.header(_("Upload"))
with explain_problems(), open_session(read_only=True) as session:
    sources, tags = list_source_names(session), list_tags(session)

with st.container(key="bar_batch"):
    left, middle, right = st.columns(3)
    source = left.selectbox(
        _("Source"),
        sources,
        index=None,
        accept_new_options=True,
        placeholder=_("Camera or site"),
        key="batch_source",
    )
    chosen_tags = middle.multiselect(
        _("Tags"), tags, accept_new_options=True, placeholder=_("Choose, or type new ones"), key="batch_tags"
    )
    sequence = right.text_input(
        _("Sequence"), max_chars=100, placeholder=_("Frames that belong together"), key="batch_sequence"
    )
    with st.expander(_("Capture times")):
        st.caption(
            _(
                "A picture's own time counts. Its zone is used where the picture names none; start and interval "
                "give a time to pictures that have none, in the order of their names."
            )
        )
        left, day, clock, right = st.columns(4)
        zone_name = left.selectbox(
            _("Time zone"),
            zones,
            index=zones.index(str(zone)) if str(zone) in zones else zones.index("UTC"),
            key="batch_zone",
        )
        start_day = day.date_input(_("Start"), value=None, format="YYYY-MM-DD", key="batch_day")
        start_time = clock.time_input(_("at"), value=time(), step=60, key="batch_time")
        interval = right.number_input(
            _("Interval in seconds"),
            min_value=0.0,
            max_value=86_400.0,
            value=30.0,
            step=1.0,
            key="batch_interval",
        )

batch = None
with explain_problems():
    batch = Batch.of(
        source=source,
        timezone=zone_name,
        tags=chosen_tags,
        sequence=sequence,
        start_day=start_day,
        start_time=start_time,
        interval=interval,
    )
uploader(batch, login=visitor.access.login)
