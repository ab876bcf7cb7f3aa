"""Every sentence that somebody may read, found in the syntax trees of the code that says it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from curation.datasets.receipt import REASONS as NOT_IN_THE_FILE
from curation.datasets.receipt import WARNINGS
from curation.datasets.shares import SHARES_MISSED
from curation.queues import QUEUE_NAMES
from curation.states import ADMIN_ONLY, NEEDS_COMMENT, STATE_NAMES
from curation.storage_checks.findings import DATABASE_AWAY, INTERRUPTED
from language import MONTHS

ROOT = Path(__file__).parent.parent.parent
SCREENS = ("pages", "components", "api", "app.py", "curation/contact_sheets.py")
# What curation calls things on screens; looked up with `_` where they are shown.
WHY_NOT_CHECKED = {"interrupted": INTERRUPTED, "database": DATABASE_AWAY}
TABLES = (
    STATE_NAMES,
    QUEUE_NAMES,
    NEEDS_COMMENT,
    WHY_NOT_CHECKED,
    NOT_IN_THE_FILE,
    WARNINGS,
    {"split": SHARES_MISSED},
)
# Errors, by the name that raises them, whose text is the rest of a sentence that begins with a file's name.
REASONS = {"NotTaken", "Undecodable"}
# Said in a terminal only, in English like everything at the operator's door.
OF_THE_OPERATOR = {"pyro_storage.py"}


def files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        found = [ROOT / folder] if folder.endswith(".py") else sorted((ROOT / folder).rglob("*.py"))
        yield from (path for path in found if "node_modules" not in path.parts)


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def calls_of(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def marked() -> dict[str, str]:
    """Each literal given to `_` or `later`, with a file that says it; and the words of curation's tables."""
    found = {sentence: "curation" for table in TABLES for sentence in table.values()}
    found.update((month, "language") for month in MONTHS)
    found.update((f"media {decision.value}", "reviews.py") for decision in ADMIN_ONLY)
    for path in files(*SCREENS):
        for call in calls_of(tree_of(path), "_", "later"):
            found.update((sentence, path.name) for sentence in templates(call.args[0], {}) if sentence)
    for path in files("curation"):
        tree = tree_of(path)
        for call in calls_of(tree, "record"):
            found.update((name.replace("_", " "), path.name) for name in _event_names(call))
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in _job_names(tree):
                found[ast.literal_eval(node.value).replace("_", " ")] = path.name
    for path in files("api"):
        found.update((name.replace("_", " "), path.name) for name in _download_names(tree_of(path)))
    return found


def _download_names(tree: ast.Module) -> Iterator[str]:
    """What the audit trail calls a kind of download: its class says it as `event`."""
    for kind in ast.walk(tree):
        for node in kind.body if isinstance(kind, ast.ClassDef) else ():
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "event":
                yield ast.literal_eval(node.value)


def _event_names(call: ast.Call) -> Iterator[str]:
    for given in call.args:
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            yield given.value


def _job_names(tree: ast.Module) -> set[str]:
    return {
        ast.unparse(node.args[1])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("jobs.add", "jobs.add_again")
    }


def plurals() -> dict[str, str]:
    """The second sentence of each call of `plural`, with a file that says it."""
    return {
        call.args[2].value: path.name
        for path in files(*SCREENS)
        for call in calls_of(tree_of(path), "plural")
        if isinstance(call.args[2], ast.Constant)
    }


def raised() -> tuple[dict[str, str], dict[str, str]]:
    """The templates of errors' sentences and of notes, and of the reasons that stand in some; slots are `{}`."""
    sentences: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for path in files(
        "curation", "storage/self_test.py", "storage/s3_trials.py", "api", "pages", "components"
    ):
        if path.name in OF_THE_OPERATOR:
            continue
        tree = tree_of(path)
        constants = _assigned(tree.body)
        for kind, said, around in _spoken(tree):
            into = reasons if kind in REASONS else sentences
            into.update((template, path.name) for template in templates(said, constants))
            for slot in ast.walk(said):
                if isinstance(slot, ast.FormattedValue) and isinstance(slot.value, ast.Name):
                    part = around.get(slot.value.id)
                    reasons.update((text, path.name) for text in templates(part, {}) if " " in text)
    sentences.update((text, "storage") for path in files("storage") for text in _of_the_bucket(tree_of(path)))
    return sentences, reasons


def _of_the_bucket(tree: ast.Module) -> Iterator[str]:
    """Where the bucket is, how its self-test went, and the names of the test's steps."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in ("place", "sentence"):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return):
                    yield from templates(inner.value, {})
        pair = node.elts if isinstance(node, ast.Tuple) else node.args if isinstance(node, ast.Call) else []
        names_a_step = isinstance(node, ast.Tuple) or ast.unparse(getattr(node, "func", node)) == "_try"
        if names_a_step and len(pair) == 2 and isinstance(pair[1], ast.Name | ast.Attribute):
            yield from templates(pair[0], {})


def _spoken(tree: ast.Module) -> Iterator[tuple[str, ast.expr, dict[str, ast.expr]]]:
    """The name of each error, note or problem, the expression of its sentence, and what its function assigned."""
    scopes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for scope in (tree, *scopes):
        around = _assigned(ast.walk(scope))
        for node in ast.walk(scope):
            made = (
                node.exc
                if isinstance(node, ast.Raise)
                else node.value
                if isinstance(node, ast.Return)
                else None
            )
            if isinstance(made, ast.Call) and made.args and ast.unparse(made.func) in SPEAKING:
                yield ast.unparse(made.func), made.args[ast.unparse(made.func) == "HTTPException"], around
            if isinstance(node, ast.Assign) and _is_sentence(node.value):
                yield "why", node.value, around
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "problem":
                yield "problem", node.args[1], around
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "reading.remark":
                yield "remark", node.args[1], around
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "notes.append":
                yield "note", node.args[0], around
            if isinstance(node, ast.keyword | ast.Assign) and _name_of(node) == "notes":
                yield from (("note", one, around) for one in _texts(node.value))


def _is_sentence(node: ast.expr) -> bool:
    """Whether something like “It was undone already.” is kept to be said later."""
    return any(re.fullmatch(r"[A-Z][^\n]* [^\n]*\.", text) for text in templates(node, {}))


def _name_of(given: ast.keyword | ast.Assign) -> str | None:
    return given.arg if isinstance(given, ast.keyword) else ast.unparse(given.targets[0])


def _texts(node: ast.expr) -> list[ast.expr]:
    return [one for one in getattr(node, "elts", []) if isinstance(one, ast.Constant | ast.JoinedStr)]


def _assigned(nodes: Iterable[ast.AST]) -> dict[str, ast.expr]:
    return {
        node.targets[0].id: node.value
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


def templates(node: ast.expr | None, constants: dict[str, ast.expr]) -> list[str]:
    """What an expression may say, with `{}` for each value; nothing where it only passes on what others said."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values]
        return ["".join(parts)]
    if isinstance(node, ast.IfExp):
        return templates(node.body, constants) + templates(node.orelse, constants)
    if isinstance(node, ast.Name) and node.id in constants:
        return templates(constants[node.id], constants)
    return []


def _error_names() -> set[str]:
    """The classes of curation/errors.py."""
    return {node.name for node in tree_of(ROOT / "curation/errors.py").body if isinstance(node, ast.ClassDef)}


SPEAKING = _error_names() | REASONS | {"HTTPException", "type(error)", "Failed"}
