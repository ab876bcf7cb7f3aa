"""Admin: who may enter and what for, the state of the installation, and what happened in it."""

from datetime import tzinfo

import streamlit as st

from components.access_forms import change_access, new_access, show_one_time_password
from components.clock import browser_zone, local_text
from components.doors import node, show_doors, table
from components.layout import use_layout
from components.messages import explain_problems
from components.sign_in import require_visitor
from curation import installation
from curation.accesses import list_accesses, require_scope
from db.models import Access, Event, JobState, Scope
from db.session import open_session
from storage import open_bucket

EVENTS = 200


def accesses_table(visitor: Access, accesses: list[Access], seen: dict[int, object], zone: tzinfo) -> None:
    rows = [
        [
            node("b", access.login) if access.id == visitor.id else access.login,
            access.scope.value,
            local_text(access.created_at, zone),
            local_text(seen.get(access.id), zone) or "never",
            _standing(access, zone),
        ]
        for access in accesses
    ]
    show_doors(table(("login", "scope", "created", "last seen", ""), rows, empty=""), key="accesses")
