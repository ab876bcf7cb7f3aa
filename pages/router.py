"""Streamlit's entry script: who is there, which pages are theirs, and the one they asked for."""

import streamlit as st

from components.header import show_header
from components.messages import explain_problems
from components.sign_in import await_visitor, sign_in_page
from components.spoken import show_language, speak_with
from db.models import Scope
from language import _, later

PAGES: tuple[tuple[str, str, str, tuple[Scope, ...]], ...] = (
    # file, title, address, who it is for
    ("overview.py", later("Overview"), "overview", (Scope.VIEWER, Scope.USER, Scope.ADMIN)),
    ("browse.py", later("Browse"), "browse", (Scope.VIEWER, Scope.USER, Scope.ADMIN)),
    ("upload.py", later("Upload"), "upload", (Scope.USER, Scope.ADMIN)),
    ("review.py", later("Review"), "review", (Scope.USER, Scope.ADMIN)),
    ("export.py", later("Export"), "export", (Scope.VIEWER, Scope.USER, Scope.ADMIN)),
    ("imports.py", later("Import"), "imports", (Scope.USER, Scope.ADMIN)),
    ("label_classes.py", later("Label classes"), "label_classes", (Scope.VIEWER, Scope.USER, Scope.ADMIN)),
    ("admin.py", later("Admin"), "admin", (Scope.ADMIN,)),
    ("account.py", later("Account"), "account", (Scope.VIEWER, Scope.USER, Scope.ADMIN)),
)

# Written out, because Streamlit fetches its named icons from another host.
FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" '
    'fill="#C8551B"/><path d="M8 22 16 8l8 14" fill="none" stroke="#fff" stroke-width="3"/>'
    '<circle cx="16" cy="20" r="3" fill="#fff"/></svg>'
)

st.set_page_config(page_title="Vigie", page_icon=FAVICON, layout="wide")


def not_allowed() -> None:
    st.info(_("This page is not for your scope. Ask an admin if you need it."))


with explain_problems():
    visitor = await_visitor()
    speak_with(visitor)
    if visitor is None:
        # Every address shows the same card, so that a deep link is still there after signing in.
        cards = [
            st.Page(sign_in_page, title=_("Sign in"), url_path=address, default=address == "overview")
            for _file, _title, address, _scopes in PAGES
        ]
        page = st.navigation(cards, position="hidden")
    elif visitor.access.must_change_password:
        only = [
            st.Page("account.py", title=_("Account"), url_path=address, default=address == "overview")
            for _file, _title, address, _scopes in PAGES
        ]
        page = st.navigation(only, position="hidden")
    else:
        shown = [
            st.Page(
                file if visitor.access.scope in scopes else not_allowed,
                title=_(title),
                url_path=address,
                default=address == "overview",
                visibility="visible" if visitor.access.scope in scopes else "hidden",
            )
            for file, title, address, scopes in PAGES
        ]
        page = st.navigation(shown, position="top")
    st.set_page_config(page_title=f"{page.title} · Vigie")
    show_language()
    show_header(visitor.access.login if visitor else None)
    page.run()
