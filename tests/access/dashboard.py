"""The table of the dashboard's process: Streamlit's own routes, what is mounted beside them, and the pages."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.access.routes import COLUMNS

ROOT = Path(__file__).parents[2]
UPLOAD_FILE = "/_stcore/upload_file/{session_id}/{file_id}"

# Route and method as Streamlit has them, an address to ask, and the status for each of COLUMNS. A device has no cookie:
# it is a stranger here. HEAD is answered as GET.
STREAMLIT: dict[tuple[str, str], tuple[str, tuple[int, int, int, int, int]]] = {
    ("GET", "/_stcore/health"): ("/_stcore/health", (200,) * 5),
    ("OPTIONS", "/_stcore/health"): ("/_stcore/health", (204,) * 5),
    ("GET", "/_stcore/host-config"): ("/_stcore/host-config", (200,) * 5),
    ("GET", "/_stcore/metrics"): ("/_stcore/metrics", (404, 404, 404, 200, 404)),
    ("OPTIONS", "/_stcore/metrics"): ("/_stcore/metrics", (404, 404, 404, 204, 404)),
    ("GET", "/media/{file_id:path}"): ("/media/0123.jpg", (401, 404, 404, 404, 401)),
    ("OPTIONS", "/media/{file_id:path}"): ("/media/0123.jpg", (401, 204, 204, 204, 401)),
    # Nothing of ours is sent there: it asks for a cookie of Streamlit's own as well.
    ("PUT", UPLOAD_FILE): ("/_stcore/upload_file/s/f", (401, 403, 403, 403, 401)),
    ("DELETE", UPLOAD_FILE): ("/_stcore/upload_file/s/f", (401, 403, 403, 403, 401)),
    ("OPTIONS", UPLOAD_FILE): ("/_stcore/upload_file/s/f", (401, 403, 204, 204, 401)),
    ("GET", "/component/{path:path}"): ("/component/none/x.js", (404,) * 5),
    ("OPTIONS", "/component/{path:path}"): ("/component/none/x.js", (204,) * 5),
    ("GET", "/_stcore/bidi-components/{path:path}"): ("/_stcore/bidi-components/none/x.js", (404,) * 5),
    ("OPTIONS", "/_stcore/bidi-components/{path:path}"): ("/_stcore/bidi-components/none/x.js", (204,) * 5),
    ("GET", "/auth/login"): ("/auth/login", (302,) * 5),
    ("GET", "/auth/logout"): ("/auth/logout", (302,) * 5),
    ("GET", "/oauth2callback"): ("/oauth2callback", (302,) * 5),
    **{
        (method, f"/_stcore/agent/{name}"): (f"/_stcore/agent/{name}", (404,) * 5)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
        for name in ("interact", "openapi.json", "mcp")
    },
    ("GET", ""): ("/", (200,) * 5),  # the page itself, which knows nothing
}

# Pages by their address: "sign in", "not allowed", or a word for what they may do there.
PAGES: dict[str, tuple[str, str, str, str, str]] = {
    "overview": ("sign in", "see", "see", "see", "sign in"),
    "browse": ("sign in", "see", "see", "see", "sign in"),
    "upload": ("sign in", "not allowed", "see", "see", "sign in"),
    "review": ("sign in", "not allowed", "see", "see", "sign in"),
    "export": ("sign in", "see", "see", "see", "sign in"),
    "imports": ("sign in", "not allowed", "see", "see", "sign in"),
    "label_classes": ("sign in", "read", "read", "edit", "sign in"),
    "admin": ("sign in", "not allowed", "not allowed", "see", "sign in"),
    "account": ("sign in", "see", "see", "see", "sign in"),
}
ADMIN_SECTIONS = {"accesses", "devices", "sources", "webhooks", "installation", "acts", "audit", "storage"}

SIGN_IN = "Curation of camera pictures. Sign in to go on."
NOT_ALLOWED = "This page is not for your scope."
READS = "Admins change label classes and questions."
EDITS = "New label class"

assert all(len(row) == len(COLUMNS) for row in PAGES.values())


def pages_of_router() -> set[str]:
    """The addresses that `pages/router.py` knows, read from its text: to import it is to run it."""
    listed = _literal("pages/router.py", "PAGES")
    assert isinstance(listed, ast.Tuple)
    return {ast.literal_eval(entry.elts[2]) for entry in listed.elts if isinstance(entry, ast.Tuple)}


def sections_of_admin() -> set[str]:
    """The sections of the page Admin."""
    listed = _literal("pages/admin.py", "SECTIONS")
    assert isinstance(listed, ast.Dict)
    return {ast.literal_eval(key) for key in listed.keys if key is not None}


def _literal(path: str, name: str) -> ast.expr:
    """What a module assigns to a name."""
    for statement in ast.parse((ROOT / path).read_text("utf-8")).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=given)], value=ast.expr() as value) if given == name:
                return value
            case ast.AnnAssign(target=ast.Name(id=given), value=ast.expr() as value) if given == name:
                return value
    raise AssertionError(f"{path} has no {name}")


def what_is_shown(text: str, page: str) -> str:
    """In the words of PAGES what a page lets its visitor do."""
    if SIGN_IN in text:
        return "sign in"
    if NOT_ALLOWED in text:
        return "not allowed"
    if page == "label_classes":
        return "read" if READS in text else "edit" if EDITS in text else "neither"
    return "see"
