"""The dashboard as an ASGI application: Streamlit's pages, the API beside them, a gate before both."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from api import create_api
from api.gate import Gate
from api.startup import prepare
from reporting import RequestLog
from settings import get_settings

ROOT = Path(__file__).parent

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
    middleware=[Middleware(RequestLog), Middleware(Gate)],
)
