"""Accesses, tokens and the audit trail."""

from __future__ import annotations

from datetime import datetime

from vigie_client.calls import Call, Page, pages, reads, reads_list, reads_nothing, reads_page, route
from vigie_client.methods.media import PAGE
from vigie_client.models.installation import Access, Event, NewToken, Token
from vigie_client.values import as_query, given


class AccessMethods:
    @route
    def create_access(self, login: str, password: str, scope: str = "user") -> Call[Access]:
        """Let one more person enter (admins); scope is viewer, user or admin."""
        body = {"login": login, "password": password, "scope": scope}
        return Call("POST", "/accesses", reads(Access), json=body)

    @pages
    def list_accesses(self) -> Call[Page[Access]]:
        """Who may enter (admins)."""
        return Call("GET", "/accesses", reads_page(Access), query=as_query({"limit": PAGE}))

    @route
    def get_access(self, access_id: int) -> Call[Access]:
        """One access (admins)."""
        return Call("GET", f"/accesses/{access_id}", reads(Access))

    @route
    def change_password(self, access_id: int, password: str) -> Call[Access]:
        """Give an access another password (admins); its tokens and login sessions end."""
        return Call("PUT", f"/accesses/{access_id}", reads(Access), json={"password": password})

    @route
    def change_access(
        self, access_id: int, *, scope: str | None = None, disabled: bool | None = None
    ) -> Call[Access]:
        """Change what an access may do, or whether it may enter (admins)."""
        body = given(scope=scope, disabled=disabled)
        return Call("PATCH", f"/accesses/{access_id}", reads(Access), json=body)

    @route
    def delete_access(self, access_id: int) -> Call[Access]:
        """Let somebody enter no more (admins); their name stays in histories."""
        return Call("DELETE", f"/accesses/{access_id}", reads(Access))

    @route
    def list_tokens(self, *, access: str | None = None) -> Call[list[Token]]:
        """One's own tokens; for admins also those of a device, by its login."""
        return Call("GET", "/tokens", reads_list(Token), query=as_query({"access": access}))

    @route
    def create_token(
        self,
        name: str,
        *,
        scope: str | None = None,
        expires_in_days: int | None = None,
        access: str | None = None,
    ) -> Call[NewToken]:
        """Make a token for a program; its secret is in `token`, and is shown this once.

        Only who has signed in by login and password may: a token makes no tokens. Its scope is never wider than the
        owner's.
        """
        body = given(name=name, scope=scope, expires_in_days=expires_in_days, access=access)
        return Call("POST", "/tokens", reads(NewToken), json=body)

    @route
    def revoke_token(self, token_id: int) -> Call[None]:
        """End a token at once."""
        return Call("DELETE", f"/tokens/{token_id}", reads_nothing)

    @pages
    def list_events(
        self,
        *,
        name: str | None = None,
        login: str | None = None,
        media_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Call[Page[Event]]:
        """The audit trail, newest first; `until` a moment, that not included (admins)."""
        wanted = {"name": name, "login": login, "media_id": media_id, "since": since, "until": until}
        query = as_query({**wanted, "limit": PAGE})
        return Call("GET", "/events", reads_page(Event), query=query)
