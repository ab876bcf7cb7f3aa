"""The dashboard as an ASGI application: Streamlit's pages, the API beside them, a gate before both."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from api import create_api
from api.content_security import inline_script_hashes
from api.gate import Gate
from api.startup import prepare
from components.messages import explain_bug
from components.page_messages import is_of_a_page
from reporting import RequestLog
from settings import get_settings

ROOT = Path(__file__).parent
# Streamlit's own page, with its inline script.
LIBRARY_PAGES = (Path(st.__file__).parent / "static/index.html",)

settings = get_settings()
prepare(settings)

app = st.App(
    "pages/router.py",
    routes=[
        Mount("/api", create_api(settings, takes_cookies=True)),
        *(
            Mount(f"/assets/{dist.parent.name}", StaticFiles(directory=dist))
            for dist in sorted(ROOT.glob("components/*/dist"))
        ),
    ],
    middleware=[
        Middleware(RequestLog),
        Middleware(
            Gate,
            public_url=settings.public_url,
            inline_scripts=inline_script_hashes(LIBRARY_PAGES),
            is_of_a_page=is_of_a_page,
        ),
    ],
    on_script_error=explain_bug,
)
