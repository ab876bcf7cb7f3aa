"""The description of the API is complete, and its examples are true."""

from __future__ import annotations

import jsonschema
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from api import create_api
from api.openapi import PROBLEMS, TAGS, operations
from settings import Settings

OPEN = {"/login/access-token", "/health", "/ready", "/links/{signature}"}
# What no example can show: bytes.
BYTES = ("image/", "video/", "application/pdf", "application/octet-stream")


def made(*, takes_cookies):
    return create_api(Settings.from_environment({"DATA_DIR": "/nowhere"}), takes_cookies=takes_cookies)


@pytest.fixture(scope="module")
def described():
    return made(takes_cookies=False).openapi()


def resolved(described, answer):
    return (
        described["components"]["responses"][answer["$ref"].rpartition("/")[2]]
        if "$ref" in answer
        else answer
    )


def bodies_and_answers(described):
    for path, method, operation in operations(described):
        if "requestBody" in operation:
            yield f"{method} {path}, what is sent", operation["requestBody"]
        for status, answer in operation["responses"].items():
            yield f"{method} {path}, {status}", resolved(described, answer)


def test_every_route_is_described():
    api = made(takes_cookies=True)
    described = {(path, method) for path, method, _ in operations(api.openapi())}
    for context in iter_route_contexts(api.routes):
        if isinstance(context.original_route, APIRoute) and context.include_in_schema:
            for method in context.methods:
                assert (context.path_format, method.lower()) in described


def test_every_route_has_a_name_words_and_a_tag_that_is_explained(described):
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(described):
        assert operation["summary"] and len(operation["summary"]) < 140, (method, path)
        assert operation["operationId"].isidentifier()
        assert operation["tags"] and set(operation["tags"]) <= set(TAGS), (method, path)
    assert all(tag["description"] for tag in described["tags"])


def test_every_route_names_the_errors_that_follow_from_what_it_is(described):
    for path, method, operation in operations(described):
        statuses = {int(status) for status in operation["responses"]}
        assert statuses & {200, 201, 202, 204}, (method, path)
        if path not in OPEN:
            assert {401, 403, 503} <= statuses, (method, path)
            assert operation["security"] == [{"bearer": []}, {"password": []}]
        else:
            assert operation["security"] == []
        if "{" in path:
            assert {404, 422} <= statuses, (method, path)
        if "requestBody" in operation:
            assert {413, 422} <= statuses, (method, path)
        if operation.get("parameters"):
            assert 422 in statuses, (method, path)
        assert statuses <= {200, 201, 202, 204, 206, 304, 307, 416, *PROBLEMS}, (method, path)


def test_every_error_has_the_one_shape(described):
    assert "HTTPValidationError" not in described["components"]["schemas"]
    for _, _, operation in operations(described):
        for status, answer in operation["responses"].items():
            if int(status) >= 400 and int(status) in PROBLEMS:
                content = resolved(described, answer)["content"]
                assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
    refused = described["components"]["responses"]["Unavailable"]
    assert "Retry-After" in refused["headers"]
    assert "`content_busy`" in refused["description"]


def test_every_body_and_every_answer_has_an_example_that_is_true(described):
    missing, wrong = [], []
    for where, one in bodies_and_answers(described):
        for media_type, content in one.get("content", {}).items():
            if media_type.startswith(BYTES):
                continue
            if "example" not in content:
                missing.append(where)
                continue
            schema = {**content["schema"], "components": described["components"]}
            try:
                jsonschema.validate(content["example"], schema, cls=jsonschema.Draft202012Validator)
            except jsonschema.ValidationError as problem:
                wrong.append(f"{where}: {problem.json_path} {problem.message}")
    assert not missing and not wrong


def test_examples_of_parameters_are_true(described):
    for path, method, operation in operations(described):
        for parameter in operation.get("parameters", []):
            if "example" in parameter:
                jsonschema.validate(parameter["example"], parameter["schema"])
            else:
                assert "example" not in parameter["schema"], (method, path, parameter["name"])


def test_lists_say_where_the_next_page_is(described):
    listed = described["paths"]["/media"]["get"]["responses"]["200"]
    assert "Link" in listed["headers"]


def test_the_dashboard_s_door_takes_its_cookie_too(described):
    beside = made(takes_cookies=True).openapi()
    assert "cookie" in beside["components"]["securitySchemes"]
    assert "cookie" not in described["components"]["securitySchemes"]


def test_an_address_names_all_of_its_methods(client):
    answer = client.delete("/media/1/annotations")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"
    assert answer.json()["code"] == "method_not_allowed"
    assert client.request("TRACE", "/nowhere").status_code == 404


def test_the_page_of_documentation_can_sign_in(client):
    assert "/openapi.json" in client.get("/docs").text
    flows = client.get("/openapi.json").json()["components"]["securitySchemes"]["password"]["flows"]
    assert flows["password"]["tokenUrl"] == "login/access-token"
