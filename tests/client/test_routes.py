"""The client's methods beside the routes of the API: neither has what the other lacks."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from vigie_client import AsyncClient, Client
from vigie_client.calls import Call, pages, route
from vigie_client.filters import MediaFilter
from vigie_client.methods import Methods

from api import create_api
from curation.media_filter import FILTER_NAMES
from settings import Settings, get_settings

# Routes without a method of their own, and why.
WITHOUT = {
    ("GET", "/links/{signature}"): "its address comes whole from `get_media_url` and opens in anything",
}
# Methods for what the description of the API leaves out, and why.
BESIDE = {
    ("GET", "/openapi.json"): "the description itself",
}
SAMPLES: dict[str, Any] = {
    "file": b"...",
    "file_name": "x.jpg",
    "media_id": 7,
    "media_ids": [7],
    "to": Path("x"),
    "shape": None,
    "made_at": None,
}


@pytest.fixture(scope="module")
def routes(tmp_path_factory) -> set[tuple[str, str]]:
    described = create_api(_settings(tmp_path_factory.mktemp("api")), takes_cookies=False).openapi()
    return {
        (method.upper(), path)
        for path, methods in described["paths"].items()
        for method in methods
        if method in ("get", "post", "put", "patch", "delete")
    }


def _settings(folder: Path) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_DIR", str(folder))
        get_settings.cache_clear()
        settings = get_settings()
    get_settings.cache_clear()
    return settings


def described() -> dict[str, route[Any, Any] | pages[Any, Any]]:
    found = {name: inspect.getattr_static(Methods, name) for name in dir(Methods)}
    return {name: method for name, method in found.items() if isinstance(method, route | pages)}


def call_of(method: route[Any, Any] | pages[Any, Any]) -> Call[Any]:
    """What a method would send, with something for each argument that it must have."""
    must = [
        parameter
        for parameter in list(inspect.signature(method.describe).parameters.values())[1:]
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    ]
    given = {parameter.name: SAMPLES.get(parameter.name, _sample(parameter)) for parameter in must}
    if "file" in given:
        given["file_name"] = SAMPLES["file_name"]
    return method.describe(None, **given)


def _sample(parameter: inspect.Parameter) -> Any:
    return {"int": 7, "str": "x", "float": 1.0}.get(str(parameter.annotation), [])


def template_of(call: Call[Any], routes: set[tuple[str, str]]) -> tuple[str, str]:
    """The route that would answer: words before placeholders, as the API itself looks for it."""
    for method, path in sorted(routes, key=lambda known: known[1].count("{")):
        if method == call.method and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", path), call.path):
            return method, path
    return call.method, call.path


def test_every_route_has_its_method_and_every_method_its_route(routes):
    spoken_to = {name: template_of(call_of(method), routes) for name, method in described().items()}
    assert routes - set(spoken_to.values()) == set(WITHOUT)
    assert {route for route in spoken_to.values() if route not in routes} == set(BESIDE)


def test_the_client_knows_every_filter():
    assert set(MediaFilter.__annotations__) == set(FILTER_NAMES)


@pytest.mark.parametrize("name", sorted(described()))
def test_every_method_says_what_it_does_and_is_the_same_for_both_clients(name):
    method = described()[name]
    assert (method.describe.__doc__ or "").strip().endswith(".")
    with Client("http://127.0.0.1:1", token="t") as client:
        assert getattr(client, name).__doc__ == method.describe.__doc__
        assert "self" not in inspect.signature(getattr(client, name)).parameters
    assert inspect.getattr_static(AsyncClient, name) is method is inspect.getattr_static(Client, name)
