"""What is said at an address that no route has, or not for this method."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette._utils import get_route_path
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import answer_http_error


class NothingHere:
    """The last route: 405 with the methods that an address has, else 404.

    Starlette would name the methods of the first route of the address alone, and ours often has two.
    """

    def __init__(self, api: FastAPI) -> None:
        self._api = api

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        path = get_route_path(scope)
        allowed = {
            method
            for context in _routes(self._api)
            if context.path_regex.match(path)
            for method in context.methods or ()
        }
        if allowed:
            raise _not_that_method(allowed)
        raise HTTPException(404, "There is nothing at this address.")


class NamesBeforeIds:
    """ASGI middleware: `GET /media/tags` is no media called “tags”, but a method that `/media/tags` has not."""

    def __init__(self, app: ASGIApp, api: FastAPI) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            allowed = self._named.get(get_route_path(scope))
            if allowed and scope["method"] not in allowed:
                await answer_http_error(None, _not_that_method(allowed))(scope, receive, send)
                return
        await self._app(scope, receive, send)

    @functools.cached_property
    def _named(self) -> dict[str, set[str]]:
        """The methods of each address without an id in it."""
        found: dict[str, set[str]] = {}
        for context in _routes(self._api):
            if context.path_format and "{" not in context.path_format:
                found.setdefault(context.path_format, set()).update(context.methods or ())
        return found


def _routes(api: FastAPI) -> Iterator[RouteContext]:
    return (
        context for context in iter_route_contexts(api.routes) if isinstance(context.original_route, APIRoute)
    )


def _not_that_method(allowed: set[str]) -> HTTPException:
    return HTTPException(
        405, "This address does not take that method.", {"Allow": ", ".join(sorted(allowed))}
    )
