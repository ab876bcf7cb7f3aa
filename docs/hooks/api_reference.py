"""MkDocs hook: the pages under “API reference”, written from the description that the application gives of itself.

One page for each group of routes, one for the bodies they take and answer. Nothing is kept: they are as true as the
code that the documentation is built beside.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:  # MkDocs looks for modules beside its own program
    sys.path.insert(0, str(ROOT))

from api import create_api  # noqa: E402
from settings import Settings  # noqa: E402

Json = dict[str, Any]
FOLDER = "reference"
TITLE = "API reference"
BODIES = f"{FOLDER}/bodies.md"
METHODS = ("get", "post", "put", "patch", "delete")
SIMPLE_TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
FORMATS = {"date-time": "time with zone", "binary": "file", "date": "date", "uri": "address"}
# Longer lists of words (label classes, columns) would push everything else off the screen.
MOST_WORDS = 16
MOST_ROWS = 8  # of parameters; the filters of lists are many more


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the pages into the navigation, behind the page about the API."""
    pages = [{title: uri} for title, uri, _ in reference_pages(read_openapi())]
    config.nav = [*(config.nav or []), {TITLE: pages}]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Hand the pages to MkDocs as if they lay in the folder."""
    for _, uri, text in reference_pages(read_openapi()):
        files.append(File.generated(config, uri, content=text))
    return files


def read_openapi() -> Json:
    """What `GET /openapi.json` answers on the API's own port; asks no database and no bucket."""
    return create_api(Settings.from_environment({}), takes_cookies=False).openapi()


def reference_pages(openapi: Json) -> Iterator[tuple[str, str, str]]:
    """Title, place and text of every page."""
    groups: dict[str, list[tuple[str, str, Json]]] = {tag["name"]: [] for tag in openapi.get("tags", [])}
    for path, methods in openapi["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                tag = (operation.get("tags") or ["other"])[0]
                groups.setdefault(tag, []).append((method.upper(), path, operation))
    described = {tag["name"]: tag.get("description", "") for tag in openapi.get("tags", [])}
    filled = {tag: routes for tag, routes in groups.items() if routes}
    yield "All routes", f"{FOLDER}/index.md", _overview(filled, described)
    for tag, routes in filled.items():
        text = "\n\n".join(_route(*route, openapi) for route in routes)
        yield (
            _title(tag),
            f"{FOLDER}/{_slug(tag)}.md",
            f"# {_title(tag)}\n\n{described.get(tag, '')}\n\n{text}\n",
        )
    yield "Errors", f"{FOLDER}/errors.md", _errors(openapi)
    yield "Bodies", BODIES, _bodies(openapi.get("components", {}).get("schemas", {}))


def _overview(groups: dict[str, list[tuple[str, str, Json]]], described: dict[str, str]) -> str:
    parts = [
        f"# {TITLE}",
        "Every route of this version, written from the application itself. [API](../api.md) tells how they are used;"
        " a running Vigie serves the same with a form to try them at `/docs` of its API port.",
    ]
    for tag, routes in groups.items():
        parts.append(f"## {_title(tag)}\n\n{described.get(tag, '')}")
        rows = [
            f"| [`{method} {path}`]({_slug(tag)}.md#{_anchor(method, path)}) | {_cell(operation.get('summary', ''))} |"
            for method, path, operation in routes
        ]
        parts.append("\n".join(["| route | |", "|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _route(method: str, path: str, operation: Json, openapi: Json) -> str:
    summary, description = operation.get("summary", ""), operation.get("description", "")
    parts = [f"## `{method} {path}` {{#{_anchor(method, path)}}}"]
    parts += [f"**{summary}**"] if summary and not description.startswith(summary) else []
    parts += [description] if description else []
    parts += _parameters([_found(openapi, given) for given in operation.get("parameters", [])])
    parts += _request(operation.get("requestBody"), openapi)
    parts += _answers(operation.get("responses", {}))
    return "\n\n".join(parts)


def _found(openapi: Json, node: Json) -> Json:
    """What a node refers to, or the node itself."""
    if "$ref" not in node:
        return node
    found = openapi
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def _parameters(parameters: list[Json]) -> list[str]:
    if not parameters:
        return []
    rows = [
        f"| `{given['name']}` | {given['in']}{', required' if given.get('required') else ''} "
        f"| {_type(given.get('schema', {}))} | {_cell(given.get('description') or '')} |"
        for given in parameters
    ]
    table = "\n".join(["| parameter | where | type | |", "|---|---|---|---|", *rows])
    return [table if len(rows) <= MOST_ROWS else _folded(f"{len(rows)} parameters", table)]


def _request(body: Json | None, openapi: Json) -> list[str]:
    if body is None:
        return []
    parts = []
    for content_type, content in body["content"].items():
        schema = content.get("schema", {})
        named = _found(openapi, schema)
        optional = "" if body.get("required") else ", may be left out"
        parts.append(f"**Takes** `{content_type}`{optional}:")
        parts.append(_fields(named) if named.get("properties") else f"{_type(schema)}.")
        parts += _example(content)
    return parts


def _answers(answers: Json) -> list[str]:
    """What this route answers in its own way; what it shares with all others is named, and stands on a page."""
    rows, examples, shared = [], [], []
    for status, answer in answers.items():
        if "$ref" in answer:
            shared.append(f"[{status}](errors.md#{status})")
            continue
        content = answer.get("content", {})
        kinds = [_type(given.get("schema", {})) or f"`{kind}`" for kind, given in content.items()]
        rows.append(f"| {status} | {_cell(answer.get('description', ''))} | {' or '.join(kinds)} |")
        if status.startswith("2"):
            examples += [example for given in content.values() for example in _example(given)]
    table = ["\n".join(["| status | means | body |", "|---|---|---|", *rows])] if rows else []
    return [*table, *([f"As everywhere: {', '.join(shared)}."] if shared else []), *examples]


def _errors(openapi: Json) -> str:
    shared = {
        status: answer
        for methods in openapi["paths"].values()
        for operation in methods.values()
        for status, answer in operation.get("responses", {}).items()
        if "$ref" in answer
    }
    parts = [
        "# Errors",
        "What goes wrong is told in one shape, [Problem](bodies.md#problem), on every route.",
    ]
    for status in sorted(shared):
        answer = _found(openapi, shared[status])
        parts += [f"## {status}", answer.get("description", "")]
        parts += [example for given in answer.get("content", {}).values() for example in _example(given)]
    return "\n\n".join(parts) + "\n"


def _example(content: Json) -> list[str]:
    found = content.get("example")
    if found is None and content.get("examples"):
        found = next(iter(content["examples"].values())).get("value")
    if found is None:
        return []
    text = found if isinstance(found, str) else json.dumps(found, indent=2, ensure_ascii=False)
    kind = "" if isinstance(found, str) else "json"
    return [_folded("Example", f"```{kind}\n{text}\n```")]


def _folded(title: str, text: str) -> str:
    """Something that opens at a click."""
    return f'??? abstract "{title}"\n\n' + "\n".join(f"    {line}" for line in text.splitlines())


def _bodies(schemas: Json) -> str:
    parts = [
        "# Bodies",
        "What routes take and answer, by name. Fields that are not required may be left out.",
    ]
    for name, schema in sorted(schemas.items()):
        parts.append(f"## {name} {{#{name.lower()}}}")
        parts += [schema["description"]] if schema.get("description") else []
        parts.append(_fields(schema) if schema.get("properties") else f"{_type(schema) or 'Anything'}.")
    return "\n\n".join(parts) + "\n"


def _fields(schema: Json) -> str:
    required = schema.get("required", [])
    rows = [
        f"| `{name}`{' *' if name in required else ''} | {_type(field)} | {_cell(field.get('description') or '')} |"
        for name, field in schema["properties"].items()
    ]
    note = "\n\n\\* required" if required else ""
    return "\n".join(["| field | type | |", "|---|---|---|", *rows]) + note


def _type(schema: Json) -> str:
    """A schema in words; those with a name are links to it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](bodies.md#{name.lower()})"
    for combined in ("anyOf", "oneOf", "allOf"):
        if combined in schema:
            kinds = [_type(part) for part in schema[combined] if part.get("type") != "null"]
            empty = ["null"] if any(part.get("type") == "null" for part in schema[combined]) else []
            return " or ".join(dict.fromkeys(filter(None, kinds + empty)))
    if "enum" in schema or "const" in schema:
        words = schema.get("enum") or [schema["const"]]
        shown = ", ".join(f"`{word}`" for word in words[:MOST_WORDS])
        return shown + (" …" if len(words) > MOST_WORDS else "")
    kind = schema.get("type")
    if kind == "array":
        return f"list of {_type(schema.get('items', {})) or 'anything'}"
    if kind == "object":
        return "object"
    if isinstance(kind, list):
        return " or ".join(SIMPLE_TYPES.get(str(one), str(one)) for one in kind)
    return FORMATS.get(schema.get("format", ""), SIMPLE_TYPES.get(kind or "", ""))


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")


def _title(tag: str) -> str:
    return tag[:1].upper() + tag[1:]


def _slug(tag: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", tag.lower()).strip("-")


def _anchor(method: str, path: str) -> str:
    return _slug(f"{method} {path}")
