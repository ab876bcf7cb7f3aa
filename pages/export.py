"""Export: a dataset of what the filter shows, or of a release; exports that were made, and releases."""

import streamlit as st

from components.addresses import asked_id
from components.datasets.choices import choose_like
from components.datasets.export_view import export_part
from components.datasets.new_export import new_export_part
from components.datasets.past import past_part
from components.datasets.release_view import release_part
from components.datasets.releases import releases_part
from components.doors import sections, show_doors
from components.filters import read_filter
from components.layout import use_layout
from components.messages import plain
from components.sign_in import require_visitor
from curation.datasets.asking import get_export
from curation.errors import NotFound, Refused
from curation.label_classes import list_label_classes
from db.session import open_session
from language import _, later
from language.retold import retold

SECTIONS = {"new": later("New export"), "past": later("Past exports"), "releases": later("Releases")}
# What stands in the address beside the filter: where on the page one is, and what else is exported than a filter.
PLACE = ("section", "cursor", "export", "like", "since", "since_release", "release", "show", "with")

visitor = require_visitor()
use_layout("reading")
st.header(_("Export"))
query = st.query_params
section = query.get("section", "new") if query.get("section") in SECTIONS else "new"
try:
    wanted = read_filter(also=PLACE)
    titles = {name: _(title) for name, title in SECTIONS.items()}
    shown = "" if query.get("export") else section
    show_doors(sections("/export", titles, shown, wanted), key="sections")
    with open_session(read_only=True) as session:
        names = {item.key: item.name for item in list_label_classes(session, retired=True)}
    if (export := asked_id("export")) is not None:
        export_part(export, names)
    elif section == "past":
        past_part(visitor.access, names)
    elif section == "releases" and (release := asked_id("show")) is not None:
        release_part(visitor.access, release, names)
    elif section == "releases":
        releases_part(visitor.access, wanted, names)
    else:
        if (like := asked_id("like")) is not None:
            with open_session(read_only=True) as session:
                choose_like(get_export(session, visitor.access, like))
        new_export_part(visitor.access, wanted, names)
except (Refused, NotFound) as problem:
    st.error(plain(retold(problem.sentence)))
    st.button(_("Export all media"), on_click=st.query_params.clear)
