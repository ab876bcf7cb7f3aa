"""Admin: who and what may enter, how the installation is, and what happened in it. Each section has its address."""

import streamlit as st

from components.admin.accesses import accesses_section
from components.admin.acts import acts_section
from components.admin.audit import audit_section
from components.admin.devices import devices_section
from components.admin.installation import installation_section
from components.admin.sources import sources_section
from components.admin.storage import storage_section
from components.admin.webhooks import webhooks_section
from components.doors import sections, show_doors
from components.layout import use_layout
from components.sign_in import require_visitor
from curation.accesses import require_scope
from db.models import Scope
from language import _, later

SECTIONS = {
    # as it stands in the address: title, and what draws it for the visitor
    "accesses": (later("Accesses"), accesses_section),
    "devices": (later("Devices"), devices_section),
    "sources": (later("Sources"), sources_section),
    "webhooks": (later("Webhooks"), webhooks_section),
    "installation": (later("Installation"), installation_section),
    "storage": (later("Storage"), storage_section),
    "acts": (later("Undo a run of acts"), acts_section),
    "audit": (later("Audit trail"), audit_section),
}

visitor = require_visitor().access
require_scope(visitor, Scope.ADMIN)
use_layout("lists")

asked = st.query_params.get("section")
shown = asked if asked in SECTIONS else next(iter(SECTIONS))
titles = {name: _(title) for name, (title, _draw) in SECTIONS.items()}
show_doors(sections("/admin", titles, shown), key="sections")
SECTIONS[shown][1](visitor)
