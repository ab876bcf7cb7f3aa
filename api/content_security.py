"""The content security policy of the dashboard's pages: nothing from other hosts, no script but the known ones."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def inline_script_hashes(pages: Iterable[str]) -> tuple[str, ...]:
    """Policy sources for the inline scripts of HTML pages that a library brings (CSP Level 3, hash-source)."""
    scripts = {script for page in pages for script in INLINE_SCRIPT.findall(page)}
    digests = (hashlib.sha256(script.encode()).digest() for script in sorted(scripts))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def page_policy(hashes: Iterable[str]) -> str:
    """The policy of one page. Streamlit styles itself inline and loads inline component code as blobs."""
    scripts = " ".join(("'self'", "blob:", "'wasm-unsafe-eval'", *hashes))
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self' blob:; "
        "worker-src 'self' blob:; frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
