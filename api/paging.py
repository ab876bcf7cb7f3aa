"""Lists a page at a time over HTTP: the `Link` header, and no query that is not understood."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from curation.errors import UnknownFilter


def say_next(request: Request, response: Response, next_cursor: str | None) -> None:
    """Put the address of the next page, if there is one, into the `Link` header: the same query from there on."""
    if next_cursor is None:
        return
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    query = urlencode([*asked, ("cursor", next_cursor)])
    response.headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'


def require_known(request: Request, *names: str) -> None:
    """Raise UnknownFilter for a query with another name: dropped in silence it would list the wrong things."""
    unknown = sorted(set(request.query_params.keys()) - set(names))
    if unknown:
        shown = "".join(character for character in unknown[0][:60] if character.isprintable())
        raise UnknownFilter(f"“{shown}” is not a filter. Known are: {', '.join(names)}.")
