"""The door for programs, and for the pieces of screen that speak HTTP by themselves."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from api import (
    accesses,
    agreement,
    annotation_entries,
    answers,
    camera_memory,
    comments,
    contact_sheets,
    dataset_exports,
    devices,
    drafts,
    errors,
    exports,
    health,
    import_files,
    imports,
    label_classes,
    links,
    login,
    media,
    media_counts,
    media_writes,
    metrics,
    openapi,
    predictions,
    questions,
    queue,
    releases,
    sources,
    storage_checks,
    table_edits,
    tokens,
    trails,
    twins,
    two_step,
    uploads,
    videos,
    webhooks,
)
from api.body_limit import MAX_BODY_BYTES, TooLargeInOurWords
from api.calling import Calling
from api.dependencies import WRITE_HEADER, give_signed_in
from api.docs_page import add_docs_page
from api.nothing_here import NamesBeforeIds, NothingHere
from api.process_time import ProcessTime
from api.readiness import Readiness
from api.slashes import EitherSlash
from api.spoken import Spoken
from settings import Settings

ABOUT = """
Curation of camera pictures: media with their metadata, annotations, reviews, exports.

Programs get a token from `POST /login/access-token` and send it as `Authorization: Bearer …`.
Errors always look like `{"detail": "a sentence", "code": "a_code"}`.
"""


def create_api(settings: Settings, *, takes_cookies: bool) -> FastAPI:
    """The API as one application: mounted on the dashboard (with cookies), or alone (tokens only)."""
    api = FastAPI(
        title="Vigie",
        description=ABOUT,
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if settings.api_docs else None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    api.state.takes_cookies = takes_cookies
    api.state.metrics = metrics.Metrics()
    api.state.readiness = Readiness()
    api.state.facets = media_counts.Kept()
    errors.install(api)
    # Open to anyone: these and nothing else. Every other router asks for a caller before its routes run.
    for open_router in (login.open_router, health.open_router, links.open_router, metrics.open_router):
        api.include_router(open_router, max_body_size=MAX_BODY_BYTES)
    guarded = [Depends(give_signed_in)]
    for module in (
        login,
        media_counts,
        media,
        media_writes,
        links,
        answers,
        annotation_entries,
        predictions,
        agreement,
        queue,
        drafts,
        comments,
        camera_memory,
        label_classes,
        questions,
        uploads,
        two_step,
        videos,
        twins,
        exports,
        imports,
        import_files,
        table_edits,
        contact_sheets,
        releases,
        tokens,
        devices,
        sources,
        accesses,
        webhooks,
        storage_checks,
        trails,
        dataset_exports,  # behind everything that is called /exports/…
    ):
        limit = None if module in (uploads, two_step, import_files, table_edits) else MAX_BODY_BYTES
        api.include_router(module.router, dependencies=guarded, max_body_size=limit)
    if settings.api_docs:
        add_docs_page(api)
    openapi.complete(api, takes_cookies=takes_cookies)
    api.router.routes.append(Route("/{path:path}", NothingHere(api)))
    # The innermost: only there the route that answers is known.
    api.add_middleware(metrics.Measured, metrics=api.state.metrics)
    api.add_middleware(NamesBeforeIds, api=api)
    if settings.cors_origins and not takes_cookies:
        api.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["*"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", WRITE_HEADER],
            expose_headers=["Link", "X-Total-Count", "X-Process-Time", "X-Request-ID"],
        )
    api.add_middleware(EitherSlash)
    api.add_middleware(TooLargeInOurWords)
    api.add_middleware(Spoken)
    api.add_middleware(Calling, trusted_proxies=settings.trusted_proxies)
    api.add_middleware(ProcessTime)
    return api
