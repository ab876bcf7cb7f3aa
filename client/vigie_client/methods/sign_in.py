"""Signing in, who is calling, and whether anybody answers."""

from __future__ import annotations

from typing import Any

from vigie_client.calls import Call, reads, route
from vigie_client.models.agreement import Consistency
from vigie_client.models.installation import AccessToken, Health, Me, Preferences
from vigie_client.values import as_query, given


class SignInMethods:
    @route
    def get_access_token(self, login: str, password: str) -> Call[AccessToken]:
        """A token of 60 minutes. A client that was given login and password asks for it by itself."""
        return Call(
            "POST",
            "/login/access-token",
            reads(AccessToken),
            form={"grant_type": "password", "username": login, "password": password},
            repeatable=True,
            open_to_anyone=True,
        )

    @route
    def me(self) -> Call[Me]:
        """Who is calling."""
        return Call("GET", "/me", reads(Me))

    @route
    def change_preferences(
        self, *, language: str | None = None, keys: dict[str, str] | None = None
    ) -> Call[Preferences]:
        """Change one's own language or keys; what is not given stays."""
        return Call("PATCH", "/me/preferences", reads(Preferences), json=given(language=language, keys=keys))

    @route
    def get_own_consistency(self, *, timezone: str | None = None) -> Call[Consistency]:
        """How often one's own older answers came out the same when they came back."""
        return Call("GET", "/me/consistency", reads(Consistency), query=as_query({"timezone": timezone}))

    @route
    def get_health(self) -> Call[Health]:
        """That the process answers."""
        return Call("GET", "/health", reads(Health), open_to_anyone=True)

    @route
    def get_readiness(self) -> Call[Health]:
        """That database and bucket can be reached. Raises Unavailable when they cannot."""
        return Call("GET", "/ready", reads(Health), open_to_anyone=True)

    @route
    def get_metrics(self) -> Call[str]:
        """Figures in the text form of Prometheus (admins, or the metrics token)."""
        return Call("GET", "/metrics", lambda answer: answer.content.decode())

    @route
    def get_openapi(self) -> Call[dict[str, Any]]:
        """The description of the API (OpenAPI), where it is not turned off."""
        return Call("GET", "/openapi.json", reads(dict), open_to_anyone=True)
