"""Headers that every answer carries, whatever made it: what browsers may do with it, and where it may go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Of answers that are no pages: nothing in them is ever to run, to load or to be framed.
NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
A_YEAR = 365 * 24 * 3600


class SafeHeaders:
    """ASGI middleware around everything a door serves. What an answer says of itself stays."""

    def __init__(self, app: ASGIApp, policy: str = NOTHING, *, https: bool = False) -> None:
        """`policy` is the content security policy; with `https` browsers come by it alone from then on."""
        self._app = app
        self._headers = {**HEADERS, "Content-Security-Policy": policy}
        self._https = https
        if https:
            self._headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if headers.get("content-type", "").startswith("application/json"):
                    # It is about people and their work, or holds a token: no cache keeps it.
                    headers.setdefault("Cache-Control", "no-store")
                if self._https:
                    _require_secure_cookies(headers)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _require_secure_cookies(headers: MutableHeaders) -> None:
    """Streamlit does not know that a proxy speaks https for it, and leaves its cookie open to http."""
    cookies = headers.getlist("set-cookie")
    del headers["set-cookie"]
    for cookie in cookies:
        secure = "; secure" in cookie.lower()
        headers.append("set-cookie", cookie if secure else f"{cookie}; Secure")
