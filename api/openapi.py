"""The OpenAPI description, completed in one place from what the routes are.

Routes say what is theirs alone (what they take, what they answer, a status that only they have). What follows from
how they are made is added here: who asks for a caller answers 401 and 403, who names something by its id 404, who
takes a body 408, 413 and 422, who needs the database 503, all of them in the one shape that errors have.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from api.dependencies import WRITE_HEADER, give_bucket, give_read_session, give_session, give_signed_in
from api.errors import STATUSES
from api.fields import LARGEST_ID
from api.metrics import admit_watcher
from api.openapi_examples import TEXTS, Examples
from curation.errors import CurationError
from curation.sign_in import COOKIE

Json = dict[str, Any]
BINARY: Json = {"type": "string", "format": "binary"}
METHODS = ("get", "put", "post", "delete", "patch")
PROBLEM = {"$ref": "#/components/schemas/Problem"}

# What lists and the page of documentation group routes by, in their order there.
TAGS: dict[str, str] = {
    "sign in": "Tokens for programs, and who is calling.",
    "uploads": "Registering pictures and videos: the content decides what they are, not their names.",
    "media": "What was registered: lists by filter, details, history, pictures, tags.",
    "annotations": "Answers and the files that belong to them, as rows of their own.",
    "answers": "Submitting answers and deciding on media.",
    "queues": "What awaits the caller, and who has what before them.",
    "drafts": "Drawings that are not submitted yet.",
    "comments": "What people say about a media, and whom they mention.",
    "same camera": "What a camera has shown before, and one shape for many of its frames.",
    "agreement": "How often people agree with each other, and with themselves.",
    "predictions": "What models propose, kept apart from what people answer.",
    "links": "Addresses that open without a credential, for some minutes.",
    "twins": "Media that look alike although their bytes differ, and cameras that stand still.",
    "videos": "Frames taken out of videos.",
    "label classes": "What shapes and media can be called.",
    "questions": "What is asked about each picture beside its shapes.",
    "sources": "Cameras and sites that media come from.",
    "exports": "Files of chosen media, made while they are sent.",
    "releases": "Datasets that are frozen under a name, and what came from one to the next.",
    "imports": "Pictures and annotations from elsewhere: sent, read, looked at, committed, undone.",
    "accesses": "Who may enter, and what for. For admins.",
    "devices": "Cameras that send by themselves, and their tokens. For admins.",
    "tokens": "Tokens of one's own, for programs.",
    "webhooks": "Who is told of what happens here. For admins.",
    "reviews": "What was decided, media by media.",
    "events": "The audit trail. For admins.",
    "storage": "Whether database and bucket say the same. For admins.",
    "health": "Alive, able to serve, and how it goes.",
}

# Of each status that a route does not describe itself: what it means, and a sentence as it comes.
PROBLEMS: dict[int, tuple[str, str, str]] = {
    401: ("No valid credential came along.", "not_signed_in", "Sign in first."),
    403: ("The scope of the caller does not permit it.", "not_allowed", "You may not do this."),
    404: ("There is no such thing, or not for this caller.", "media_not_found", "There is no media 1204."),
    408: (
        "The body did not come, or much too slowly. Nothing was changed.",
        "too_slow",
        "The body came too slowly. Nothing was changed; send it again on a better connection.",
    ),
    410: (
        "The object was lost or damaged: the same content sent again heals it.",
        "content_gone",
        "The picture of media 1204 was lost. Uploading the same picture again brings it back.",
    ),
    409: (
        "Someone or something was faster. Nothing was changed.",
        "conflict",
        "Someone changed this at the same moment. Try again.",
    ),
    413: ("Too large.", "too_large", "The body is larger than 1 MiB. Nothing was changed."),
    422: (
        "What was sent breaks a rule. Nothing was changed.",
        "invalid_request",
        "query.limit: Input should be less than or equal to 200.",
    ),
    429: ("Too often: wait as long as `Retry-After` says.", "too_many_attempts", "Try again in 15 minutes."),
    503: (
        "The database or the bucket is away. Nothing was changed; try again after `Retry-After` seconds.",
        "unavailable",
        "The database cannot be reached. Nothing was changed; try again in a moment.",
    ),
}
# Codes of errors that are no CurationError.
OTHER_CODES: dict[int, tuple[str, ...]] = {
    404: ("not_found",),
    408: ("too_slow",),
    409: ("conflict",),
    413: ("too_large",),
    422: ("invalid_request", "refused"),
    503: ("unavailable",),
}
WELL: dict[str, str] = {"200": "Done.", "201": "Stored.", "202": "Begun.", "204": "Done; there is no body."}

RETRY_AFTER: Json = {
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer"}}
}
PROBLEM_HEADERS: dict[int, Json] = {
    401: {"WWW-Authenticate": {"required": True, "schema": {"type": "string", "const": "Bearer"}}},
    429: RETRY_AFTER,
    503: RETRY_AFTER,
}
LINK: Json = {
    "Link": {
        "description": 'The next page, as `<address>; rel="next"`; absent on the last one.',
        "schema": {"type": "string"},
        "example": '</media?limit=60&cursor=WzAsMTIwNF0>; rel="next"',
    }
}


def complete(api: FastAPI, *, takes_cookies: bool) -> None:
    """Make the application describe itself in full; made once, when it is first asked for."""
    describe = api.openapi

    @functools.cache
    def described() -> Json:
        schema = describe()
        _complete(schema, api, takes_cookies=takes_cookies)
        return schema

    api.openapi = described  # type: ignore[method-assign]


def operations(schema: Json) -> Iterator[tuple[str, str, Json]]:
    """Path, method and description of every operation."""
    for path, item in schema["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _complete(schema: Json, api: FastAPI, *, takes_cookies: bool) -> None:
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for made_for_another_shape in ("HTTPValidationError", "ValidationError"):
        schemas.pop(made_for_another_shape, None)
    schemas["Problem"] = PROBLEM_SCHEMA
    components["responses"] = {_name(status): _problem(status) for status in PROBLEMS}
    components["securitySchemes"] = _security_schemes(takes_cookies)
    found = {
        (context.path_format, method.lower()): _Facts.of(context)
        for context in iter_route_contexts(api.routes)
        if isinstance(context.original_route, APIRoute)
        for method in context.methods or ()
    }
    examples = Examples(schemas)
    used = set()
    for path, method, operation in operations(schema):
        facts = found[path, method]
        used.update(operation.get("tags", ()))
        _tell_in_words(operation)
        known = facts.guarded or operation.get("security")
        operation["security"] = [{name: []} for name in components["securitySchemes"]] if known else []
        _add_statuses(operation, facts.statuses(path, method, operation, schemas))
        _give_examples(operation, examples)
    _exact(schema)
    schema["tags"] = [{"name": name, "description": said} for name, said in TAGS.items() if name in used]


@dataclass(frozen=True)
class _Facts:
    """What the making of a route says about its answers."""

    guarded: bool
    reads_only: bool
    can_be_away: bool

    @classmethod
    def of(cls, context: RouteContext) -> _Facts:
        calls = set(_calls(context.dependant))
        guarded = bool(calls & {give_signed_in, admit_watcher})
        return cls(
            guarded=guarded,
            reads_only=give_read_session in calls,
            can_be_away=guarded or bool(calls & {give_session, give_read_session, give_bucket}),
        )

    def statuses(self, path: str, method: str, operation: Json, schemas: Json) -> set[int]:
        """The errors that this route can answer with."""
        found: set[int] = set()
        takes_body = "requestBody" in operation
        if self.guarded:
            found |= {401, 403}
        if self.can_be_away:
            found.add(503)
        if "{" in path or (takes_body and _names_ids(operation["requestBody"], schemas)):
            found.add(404)
        if self.guarded and method != "get" and not self.reads_only:
            found.add(409)
        if takes_body:
            found |= {408, 413, 422}
        if operation.get("parameters"):
            found.add(422)
        return found


def _calls(dependant: Dependant) -> Iterator[Any]:
    for one in dependant.dependencies:
        yield one.call
        yield from _calls(one)


def _names_ids(body: Json, schemas: Json) -> bool:
    """Whether a body points at rows, other than by the client's own mark for a repeat."""
    for content in body["content"].values():
        schema = content.get("schema", {})
        named = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        names = set(named.get("properties", ())) - {"client_id"}
        if any(name in ("id", "ids") or name.endswith(("_id", "_ids")) for name in names):
            return True
    return False


def _exact(part: Any) -> None:
    """Limits of whole numbers, which the framework writes as fractions: the largest id would become a larger one."""
    for inner in part.values() if isinstance(part, dict) else part:
        if isinstance(inner, dict | list):
            _exact(inner)
    if isinstance(part, dict) and part.get("type") == "integer":
        for name in {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"} & part.keys():
            part[name] = min(int(part[name]), LARGEST_ID)


def _tell_in_words(operation: Json) -> None:
    """The first words of a route's docstring head it; all of it follows where there is more."""
    said = operation.get("description", "")
    head = said.split("\n\n")[0].replace("\n", " ")
    for end in (". ", "; ", ": ", " ("):
        head = head.partition(end)[0]
    operation["summary"] = head.rstrip(".")
    if said.rstrip(".") == operation["summary"]:
        del operation["description"]


def _add_statuses(operation: Json, statuses: set[int]) -> None:
    answers: Json = operation["responses"]
    answers.pop("422", None)  # the framework's, in another shape than ours
    for status in PROBLEMS:
        own = answers.get(str(status))
        if status in statuses or own == {"description": HTTPStatus(status).phrase}:
            answers[str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}
        elif own is not None:
            answers[str(status)] = {**_problem(status), **own}
    well = {status: answer for status, answer in answers.items() if status.startswith("2")}
    stored = next((answer["content"] for answer in well.values() if "content" in answer), None)
    for name, answer in well.items():
        if answer["description"] == "Successful Response":
            answer["description"] = WELL[name]
        if stored and name != "204":
            # A repeat is answered with what was stored the first time.
            answer.setdefault("content", stored)
        for media_type, content in answer.get("content", {}).items():
            if not content.get("schema"):
                content["schema"] = {"type": "string"} if media_type in TEXTS else BINARY
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        if schema.get("type") == "array" and _takes(operation, "cursor"):
            answer["headers"] = {**answer.get("headers", {}), **LINK}
    operation["responses"] = dict(sorted(answers.items()))


def _takes(operation: Json, name: str) -> bool:
    return any(parameter["name"] == name for parameter in operation.get("parameters", ()))


def _give_examples(operation: Json, examples: Examples) -> None:
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    answers = [answer for answer in operation["responses"].values() if "$ref" not in answer]
    for one in (*bodies, *answers):
        for media_type, content in one.get("content", {}).items():
            if "example" in content or "examples" in content:
                continue
            example = examples.of_content(media_type, content.get("schema", {}))
            if example is not None:
                content["example"] = example


def _name(status: int) -> str:
    by_protocol = HTTPStatus(status).phrase.replace(" ", "")
    return next((kind.__name__ for kind, given in STATUSES if given == status), by_protocol)


def _problem(status: int) -> Json:
    description, code, detail = PROBLEMS[status]
    example: Json = {"detail": detail, "code": code}
    if status == 422:
        example["errors"] = [{"where": "query.limit", "what": "Input should be less than or equal to 200"}]
    codes = ", ".join(f"`{each}`" for each in _codes(status))
    answer: Json = {
        "description": f"{description} Codes: {codes}.",
        "content": {"application/json": {"schema": PROBLEM, "example": example}},
    }
    if status in PROBLEM_HEADERS:
        answer["headers"] = PROBLEM_HEADERS[status]
    return answer


def _codes(status: int) -> list[str]:
    """The codes of all errors that are answered with a status."""
    kinds = list(_kinds(CurationError))
    own = [
        kind("").code
        for kind in kinds
        if next((given for base, given in STATUSES if issubclass(kind, base)), None) == status
    ]
    return list(dict.fromkeys((*own, *OTHER_CODES.get(status, ()))))


def _kinds(kind: type[CurationError]) -> Iterator[type[CurationError]]:
    for narrower in kind.__subclasses__():
        yield narrower
        yield from _kinds(narrower)


PROBLEM_SCHEMA: Json = {
    "title": "Problem",
    "description": "What every error looks like. Some say more, in further fields.",
    "type": "object",
    "required": ["detail", "code"],
    "properties": {
        "detail": {
            "type": "string",
            "description": "A sentence for the person, in the language of `Accept-Language`.",
        },
        "code": {"type": "string", "description": "For the program: what went wrong, in a word."},
        "errors": {
            "type": "array",
            "description": "Of `invalid_request`: each field that is wrong.",
            "items": {
                "type": "object",
                "required": ["where", "what"],
                "properties": {"where": {"type": "string"}, "what": {"type": "string"}},
            },
        },
    },
}


def _security_schemes(takes_cookies: bool) -> Json:
    schemes: Json = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of `POST /login/access-token`, or one of your own.",
        },
        "password": {
            "type": "oauth2",
            "description": "Login and password, turned into a token of 60 minutes.",
            "flows": {"password": {"tokenUrl": "login/access-token", "scopes": {}}},
        },
    }
    if takes_cookies:
        schemes["cookie"] = {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE,
            "description": "The dashboard's login session; what changes anything needs the header "
            f"`{WRITE_HEADER}` too.",
        }
    return schemes
