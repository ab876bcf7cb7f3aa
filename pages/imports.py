"""Import: datasets from elsewhere, edits of a table of ours, and what came of the imports before."""

import streamlit as st

from components.addresses import asked_id
from components.doors import sections, show_doors
from components.imports.import_view import import_part
from components.imports.new_import import new_import_part
from components.imports.past import past_part
from components.layout import use_layout
from components.messages import plain
from components.sign_in import require_visitor
from components.table_edits import table_edits
from curation.accesses import CURATORS, require_scope
from curation.errors import NotFound, Refused
from language import _, later
from language.retold import retold

SECTIONS = {"new": later("New import"), "table": later("Edited table"), "past": later("Past imports")}

visitor = require_visitor().access
require_scope(visitor, *CURATORS)
use_layout("reading")
st.header(_("Import"))
query = st.query_params
section = query.get("section", "new") if query.get("section") in SECTIONS else "new"
titles = {name: _(title) for name, title in SECTIONS.items()}
shown = "" if query.get("import") and section != "table" else section
show_doors(sections("/imports", titles, shown), key="sections")
try:
    if section == "table":
        table_edits(visitor)
    elif (asked := asked_id("import")) is not None:
        import_part(asked)
    elif section == "past":
        past_part(visitor)
    else:
        new_import_part(visitor)
except (Refused, NotFound) as problem:
    st.error(plain(retold(problem.sentence)))
