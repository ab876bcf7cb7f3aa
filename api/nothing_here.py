"""What is said at an address that no route has, or not for this method."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette._utils import get_route_path
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send


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
            for context in iter_route_contexts(self._api.routes)
            if isinstance(context.original_route, APIRoute) and context.path_regex.match(path)
            for method in context.methods or ()
        }
        if allowed:
            raise HTTPException(
                405, "This address does not take that method.", {"Allow": ", ".join(sorted(allowed))}
            )
        raise HTTPException(404, "There is nothing at this address.")
