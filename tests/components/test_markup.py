"""What people and programs give is text on every screen: no page hands it over as Markdown or HTML.

Read from the code itself, so that a new line which forgets to escape is found before anybody types anything.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FILES = [
    path
    for folder in ("pages", "components")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "node_modules" not in path.parts
]
SCRIPTS = [
    path
    for path in sorted((ROOT / "components").rglob("*.js"))
    if not {"node_modules", "dist", "test"} & set(path.parts)
]

# Streamlit's functions whose first argument, label or help is read as Markdown, and ours that hand theirs on.
SPEAKING = {
    "badge", "button", "caption", "checkbox", "choose_one", "confirm", "date_input", "datetime_input",
    "download_button", "error",
    "expander", "file_uploader", "form_submit_button", "header", "info", "link_button", "markdown", "metric",
    "multiselect", "number_input", "pills", "popover", "radio", "segmented_control", "selectbox", "spinner",
    "status", "subheader", "success", "tabs", "text_area", "text_input", "title", "toast", "toggle", "warning", "write",
}  # fmt: skip
SPOKEN = ("label", "help", "placeholder", "text")
# Functions whose answer is safe: it is escaped, or made of our own words and of numbers.
MARKDOWN_SAFE = {
    "plain", "_", "plural", "number", "len", "count_text", "media_text", "local_text", "day_text", "span_text",
    "ago_text", "_rotation_text", "_listed", "_left", "size_text", "share_text", "_preview_text", "_summary", "preview",
}  # fmt: skip
HTML_SAFE = {
    "escape", "html.escape", "_", "plural", "number", "media_figure", "count_text", "plain",
    "acts", "facts", "comments_list", "_list", "_figure",
}  # fmt: skip
NUMBERS = {"id", "media_id", "width", "height", "lat", "lon", "number", "extracted_from"}
# What the eye must vouch for, each with the reason.
VOUCHED = {
    "components/admin/audit.py": {"label": "one of our two"},
    "components/choosing.py": {"label": "what `choose_one` is given: looked at there"},
    "components/datasets/choices.py": {"{'all': _('Everything')}": "our own words, and a moment"},
    "components/imports/preview.py": {"_go_text(preview, options)": "made of numbers"},
    "components/table_edits.py": {"_summary(preview)": "made of numbers"},
    "components/layout.py": {"_STYLES[kind]": "our own style sheets"},
    "components/made_token.py": {"label": "our own, of two callers"},
    "components/media_panel.py": {
        "label": "our own",
        "value": "escaped, or made of numbers, in `facts` just above",
    },
    "pages/account.py": {"rule": "our own rules of passwords", "access.scope.value": "one of four words"},
    "components/admin/access_forms.py": {"changed.scope.value": "one of four words"},
    "components/admin/cells.py": {
        "label": "what `confirm` is given: looked at there",
        "says": "what `confirm` is given: looked at there",
        "act": "what `confirm` is given: looked at there",
    },
    "components/admin/installation.py": {"facts.product": "SQLite or PostgreSQL"},
    "components/admin/source_forms.py": {
        "done": "kept from `_preview_text`",
        "label": "given by its two callers",
    },
    "components/messages.py": {
        "said": "kept from `_say`: escaped there",
        "sentence": "given by `explain_problems`: escaped there",
    },
    "components/question_forms.py": {"question.key": "a-z, 0-9 and _, between backticks"},
    "components/sign_in.py": {"retold(WRONG)": "our own sentence"},
}


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)


def assigned(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """Every value that a name is given by a plain assignment, wherever in the file."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, ast.NamedExpr):
            found.setdefault(node.target.id, []).append(node.value)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value] * 9
            for target, value in zip(node.targets[0].elts, values, strict=False):
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(value)
    return found


class Reader:
    """Follows an expression to where its text is from."""

    def __init__(self, path: Path, tree: ast.AST, safe: set[str]) -> None:
        self._vouched = VOUCHED.get(path.relative_to(ROOT).as_posix(), {})
        self._assigned = assigned(tree)
        self._safe = safe
        self.used: set[str] = set()

    def unsafe(self, node: ast.expr, depth: int = 0) -> Iterator[str]:
        """The parts that may be anybody's text."""
        told = ast.unparse(node)
        if isinstance(node, ast.Attribute) and node.attr in NUMBERS:
            return
        if told in self._vouched:
            self.used.add(told)
        elif isinstance(node, ast.Constant | ast.Compare) or (
            isinstance(node, ast.Name) and told.strip("_").isupper()
        ):
            pass
        elif isinstance(node, ast.JoinedStr):
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from self.unsafe(part.value, depth)
        elif isinstance(node, ast.IfExp):
            yield from self.unsafe(node.body, depth)
            yield from self.unsafe(node.orelse, depth)
        elif isinstance(node, ast.BinOp):
            yield from self.unsafe(node.left, depth)
            yield from self.unsafe(node.right, depth)
        elif isinstance(node, ast.BoolOp | ast.List | ast.Tuple):
            for part in node.values if isinstance(node, ast.BoolOp) else node.elts:
                yield from self.unsafe(part, depth)
        elif isinstance(node, ast.GeneratorExp | ast.ListComp):
            yield from self.unsafe(node.elt, depth)
        elif isinstance(node, ast.Call) and name_of(node) == "join":
            yield from self.unsafe(node.args[0], depth)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in self._safe:
            if ast.unparse(node.func) in ("_", "plural"):
                for slot in node.keywords:
                    if not is_a_number(slot):
                        yield from self.unsafe(slot.value, depth)
        elif isinstance(node, ast.Name) and depth < 4 and node.id in self._assigned:
            for value in self._assigned[node.id]:
                yield from self.unsafe(value, depth + 1)
        else:
            yield told


def is_a_number(slot: ast.keyword) -> bool:
    """Slots that our sentences use for counts, and nothing else."""
    return slot.arg in (
        "id",
        "n",
        "count",
        "most",
        "total",
        "waiting",
        "running",
        "failed",
        "start",
        "end",
        "minutes",
    )


def spoken(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args[: 3 if name_of(call) == "confirm" else 1]
    yield from (slot.value for slot in call.keywords if slot.arg in SPOKEN)


def is_streamlits(call: ast.Call) -> bool:
    of_a_log = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in ("log", "logging")
    return name_of(call) in SPEAKING and not of_a_log


def not_escaped_as_markdown(path: Path) -> tuple[list[str], set[str]]:
    """Where anybody's text may be read as Markdown, and what the eye has vouched for."""
    tree = ast.parse(path.read_text("utf-8"))
    reader = Reader(path, tree, MARKDOWN_SAFE)
    found = [
        f"{path.name}:{call.lineno} {part}"
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and is_streamlits(call)
        for text in spoken(call)
        for part in reader.unsafe(text)
    ]
    return found, reader.used


def not_escaped_as_html(path: Path) -> tuple[list[str], set[str]]:
    """The same of HTML: of every text with a slot that holds a tag."""
    tree = ast.parse(path.read_text("utf-8"))
    reader = Reader(path, tree, HTML_SAFE)
    found = [
        f"{path.name}:{written.lineno} {part}"
        for written in ast.walk(tree)
        if isinstance(written, ast.JoinedStr) and "<" in "".join(literals(written))
        for part in reader.unsafe(written)
    ]
    return found, reader.used


def literals(written: ast.JoinedStr) -> Iterator[str]:
    yield from (str(part.value) for part in written.values if isinstance(part, ast.Constant))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_of_anybodys_is_read_as_markdown_or_html(path: Path) -> None:
    as_markdown, vouched_there = not_escaped_as_markdown(path)
    as_html, vouched_here = not_escaped_as_html(path)
    assert as_markdown + as_html == []
    # What nobody needs to vouch for any more would hide the next mistake.
    assert vouched_there | vouched_here == set(VOUCHED.get(path.relative_to(ROOT).as_posix(), {}))


@pytest.mark.parametrize(
    ("line", "unsafe"),
    [
        ("st.markdown(media.file_name)", ["media.file_name"]),
        ("st.error(_('No {name}.', name=login))", ["login"]),
        ("name = media.source\nst.button(f'**{name}**')", ["media.source"]),
        ("st.text_input('x', help=comment.text)", ["comment.text"]),
        ("st.error(_('No {name}.', name=plain(login)))", []),
        ("st.code(media.file_name)", []),
    ],
)
def test_a_line_that_forgets_is_found(line: str, unsafe: list[str]) -> None:
    tree = ast.parse(line)
    reader = Reader(ROOT / "pages/new.py", tree, MARKDOWN_SAFE)
    calls = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and is_streamlits(call)]
    assert [part for call in calls for text in spoken(call) for part in reader.unsafe(text)] == unsafe


def test_nothing_is_vouched_for_in_a_file_that_is_gone() -> None:
    assert set(VOUCHED) <= {path.relative_to(ROOT).as_posix() for path in FILES}


def test_streamlit_is_never_told_to_take_html_in_markdown() -> None:
    for path in FILES:
        assert "unsafe_allow_html" not in path.read_text("utf-8"), path


def test_no_script_makes_markup_or_code_of_text() -> None:
    """Elements are made by createElement and filled by textContent; a drawing of ours may stand as a literal."""
    making = re.compile(
        r"(innerHTML|outerHTML)\s*\+?=(?!\s*'[^'$]*';)"
        r"|insertAdjacentHTML|document\.write|\beval\(|new Function\(|DOMParser|createContextualFragment|srcdoc"
    )
    assert len(SCRIPTS) > 30
    for path in SCRIPTS:
        found = making.search(path.read_text("utf-8"))
        assert found is None, (path, found)
