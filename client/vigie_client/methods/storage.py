"""Storage checks: whether the server's database and bucket say the same (admins)."""

from __future__ import annotations

from vigie_client.calls import Call, Page, pages, reads, reads_page, route
from vigie_client.methods.media import PAGE
from vigie_client.models.storage import StorageCheck
from vigie_client.values import as_query


class StorageMethods:
    @route
    def ask_for_storage_check(self, *, deep: bool = False, repair: bool = False) -> Call[StorageCheck]:
        """Have a check made in the background: `deep` reads every object, `repair` puts right what can be."""
        return Call("POST", "/storage/checks", reads(StorageCheck), json={"deep": deep, "repair": repair})

    @route
    def get_storage_check(self, check_id: int) -> Call[StorageCheck]:
        """How far a check is, or what it found."""
        return Call("GET", f"/storage/checks/{check_id}", reads(StorageCheck))

    @pages
    def list_storage_checks(self) -> Call[Page[StorageCheck]]:
        """All checks, newest first."""
        return Call("GET", "/storage/checks", reads_page(StorageCheck), query=as_query({"limit": PAGE}))
