"""The page that shows the API and tries its routes, with everything it needs from here: no other host is asked."""

from __future__ import annotations

from pathlib import Path

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html, get_swagger_ui_oauth2_redirect_html
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from api.content_security import inline_script_hashes, page_policy

PAGE = "/docs"
FILES = "/docs/files"
RETURN = "/docs/oauth2-redirect"
SWAGGER_UI = Path(fastapi_offline.__file__).parent / "static"
LOOKS = {"docExpansion": "none", "persistAuthorization": True, "displayRequestDuration": True}


def add_docs_page(api: FastAPI) -> None:
    """Serve Swagger UI at /docs."""
    api.mount(FILES, StaticFiles(directory=SWAGGER_UI), name="docs files")
    # Functions of the module, not of this call: FastAPI remembers every one for as long as the process lives.
    api.add_api_route(PAGE, docs_page, include_in_schema=False)
    api.add_api_route(RETURN, docs_return, include_in_schema=False)


def docs_page(request: Request) -> HTMLResponse:
    """Swagger UI, with the root that this door has."""
    root = request.scope.get("root_path", "")
    page = get_swagger_ui_html(
        openapi_url=f"{root}{request.app.openapi_url}",
        title=request.app.title,
        oauth2_redirect_url=f"{root}{RETURN}",
        swagger_js_url=f"{root}{FILES}/swagger-ui-bundle.js",
        swagger_css_url=f"{root}{FILES}/swagger-ui.css",
        swagger_favicon_url=f"{root}{FILES}/favicon.png",
        swagger_ui_parameters=LOOKS,
    )
    return _with_its_policy(page)


def docs_return() -> HTMLResponse:
    """Where an OAuth2 sign-in of that page comes back to."""
    return _with_its_policy(get_swagger_ui_oauth2_redirect_html())


def _with_its_policy(page: HTMLResponse) -> HTMLResponse:
    """Its own inline script may run, and none that somebody smuggles in."""
    page.headers["Content-Security-Policy"] = page_policy(inline_script_hashes([bytes(page.body).decode()]))
    return page
