"""Buttons and fragments of an open page run without its script: each asks anew who is there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("pages", "components") for path in (ROOT / folder).rglob("*.py")
               if "node_modules" not in path.parts)  # fmt: skip
PEOPLE = {"visitor", "access", "signed_in", "admin", "who"}


def stale(tree: ast.Module) -> Iterator[str]:
    """Where somebody who was there when the page was drawn is handed to what runs later."""
    later: set[str] = set()
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        given = {word.arg: word.value for word in call.keywords if word.arg}
        callbacks = [value for name, value in given.items() if name.startswith("on_")]
        if isinstance(call.func, ast.Attribute) and call.func.attr == "fragment":
            callbacks += call.args
        made_by = call.func.func if isinstance(call.func, ast.Call) else None
        if isinstance(made_by, ast.Attribute) and made_by.attr == "fragment":  # st.fragment(…)(drawn)
            callbacks += call.args
        for callback in callbacks:
            if isinstance(callback, ast.Name):
                later.add(callback.id)
            elif isinstance(callback, ast.Lambda):
                yield from (f"line {callback.lineno}: {name}" for name in people_in(callback))
        if any(name.startswith("on_") for name in given):
            for handed in (given.get("args"), given.get("kwargs")):
                for name in people_in(handed) if handed is not None else ():
                    yield f"line {call.lineno}: {name} is handed on"
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name in later:
            own = {
                target.id
                for statement in ast.walk(function)
                if isinstance(statement, ast.Assign)
                for target in ast.walk(ast.Tuple(statement.targets, ast.Store()))
                if isinstance(target, ast.Name)
            }
            taken = {argument.arg for argument in function.args.args} & PEOPLE
            for name in (people_in(function) - own) | taken:
                yield f"{function.name}: {name} is from when the page was drawn"


def people_in(node: ast.AST) -> set[str]:
    """Who is named, other than by an attribute of theirs that stays what it is, such as an id."""
    attributes = {
        id(one.value) for one in ast.walk(node) if isinstance(one, ast.Attribute) and one.attr == "id"
    }
    return {
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and one.id in PEOPLE and id(one) not in attributes
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_runs_later_asks_who_is_there(path):
    assert list(stale(ast.parse(path.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "code",
    [
        'st.button("x", on_click=act, args=(visitor, 1))',
        'st.button("x", on_click=lambda: act(visitor))',
        "def draw(access):\n    def act():\n        use(access)\n    st.button('x', on_click=act)",
        "def act(visitor):\n    pass\nst.button('x', on_click=act)",
        "def show():\n    use(access.scope)\nst.fragment(show, run_every=1)()",
        "def show(visitor):\n    pass\nst.fragment(run_every=1)(show)(visitor)",
    ],
)
def test_somebody_of_before_is_found(code):
    assert list(stale(ast.parse(code)))
