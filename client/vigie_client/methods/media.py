"""Media: lists, one in full, its picture and link, its history, tags, and taking it away."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Unpack

from vigie_client.calls import (
    Call,
    Page,
    Saved,
    pages,
    reads,
    reads_bytes,
    reads_list,
    reads_page,
    reads_saved,
    route,
)
from vigie_client.filters import MediaFilter
from vigie_client.methods.uploads import MediaFields
from vigie_client.models.media import (
    Extraction,
    Facets,
    HistoryEntry,
    Link,
    Media,
    MediaCount,
    MediaDetails,
    MediaLink,
    Neighbour,
    TagsChanged,
)
from vigie_client.values import as_query, given, written

PAGE = 200

Size = Literal["thumb", "screen", "original"]


class MediaMethods:
    @pages
    def list_media(self, **wanted: Unpack[MediaFilter]) -> Call[Page[Media]]:
        """All media that match, however many; read a page at a time."""
        return Call("GET", "/media", reads_page(Media), query=as_query({**wanted, "limit": PAGE}))

    @route
    def count_media(self, **wanted: Unpack[MediaFilter]) -> Call[MediaCount]:
        """How many media match, up to 10,000. An order (`sort`, `seed`) has no part in it."""
        return Call("GET", "/media/count", reads(MediaCount), query=as_query(wanted))

    @route
    def get_facets(self) -> Call[Facets]:
        """How many media stand in each state."""
        return Call("GET", "/media/facets", reads(Facets))

    @route
    def get_media(self, media_id: int) -> Call[MediaDetails]:
        """One media in full."""
        return Call("GET", f"/media/{media_id}", reads(MediaDetails))

    @route
    def change_media(self, media_id: int, **changes: Unpack[MediaFields]) -> Call[MediaDetails]:
        """Change what is known about a media; what is not given stays, None empties."""
        return Call("PATCH", f"/media/{media_id}", reads(MediaDetails), json=written(changes))

    @route
    def update_media(self, media_id: int, **changes: Unpack[MediaFields]) -> Call[MediaDetails]:
        """As `change_media`, by the verb that pyro-storage has."""
        return Call("PUT", f"/media/{media_id}", reads(MediaDetails), json=written(changes))

    @route
    def withdraw_media(self, media_id: int) -> Call[MediaDetails]:
        """Take a media out of every list (admins). Its bytes go after the grace time."""
        return Call("DELETE", f"/media/{media_id}", reads(MediaDetails))

    @route
    def restore_media(self, media_id: int) -> Call[MediaDetails]:
        """Put a withdrawn media back where it was (admins)."""
        return Call("POST", f"/media/{media_id}/restore", reads(MediaDetails))

    @route
    def purge_media(self, media_id: int) -> Call[MediaDetails]:
        """Delete the content of a withdrawn media before its grace time is over (admins). It cannot be restored."""
        return Call("POST", f"/media/{media_id}/purge", reads(MediaDetails))

    @route
    def get_media_url(self, media_id: int, *, size: Size | None = None) -> Call[Link]:
        """An address that opens in any browser, for some minutes."""
        return Call("GET", f"/media/{media_id}/url", reads(Link), query=as_query({"size": size}))

    @route
    def get_media_urls(self, media_ids: Sequence[int], *, size: Size | None = None) -> Call[list[MediaLink]]:
        """Such addresses of up to 200 media at once."""
        return Call(
            "POST",
            "/media/urls",
            reads_list(MediaLink),
            json=given(ids=list(media_ids), size=size),
            repeatable=True,
        )

    @route
    def get_picture(
        self,
        media_id: int,
        *,
        size: Literal["thumb", "screen", "original", "crop"] = "screen",
        box: Sequence[float] | None = None,
    ) -> Call[bytes]:
        """The picture, in memory; a `crop` shows what surrounds `box`, or the smallest shape."""
        query = as_query({"size": size, "box": ",".join(map(str, box)) if box is not None else None})
        return Call("GET", f"/media/{media_id}/picture", reads_bytes, query=query)

    @route
    def save_picture(
        self,
        media_id: int,
        to: Path | str,
        *,
        size: Literal["thumb", "screen", "original", "video"] = "original",
    ) -> Call[Saved]:
        """The picture or video, into a file; that is there only once it is complete."""
        path = Path(to)
        return Call(
            "GET",
            f"/media/{media_id}/picture",
            reads_saved(path),
            query=as_query({"size": size}),
            save_to=path,
        )

    @route
    def get_history(self, media_id: int) -> Call[list[HistoryEntry]]:
        """What happened to a media, newest first."""
        return Call("GET", f"/media/{media_id}/history", reads_list(HistoryEntry))

    @route
    def list_neighbours(self, media_id: int, *, limit: int | None = None) -> Call[list[Neighbour]]:
        """The same source around this moment, earliest first."""
        return Call(
            "GET", f"/media/{media_id}/neighbours", reads_list(Neighbour), query=as_query({"limit": limit})
        )

    @route
    def tag_media(
        self, media_ids: Sequence[int], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> Call[TagsChanged]:
        """Add and remove tags on many media at once, all or none."""
        return Call(
            "POST",
            "/media/tags",
            reads(TagsChanged),
            json=given(ids=list(media_ids), add=list(add), remove=list(remove)),
            repeatable=True,  # a tag is there or is not
        )

    @route
    def extract_frames(self, media_id: int, *, every_seconds: float) -> Call[Extraction]:
        """Have frames taken out of a video; they become media of their own, by and by."""
        return Call(
            "POST", f"/media/{media_id}/frames", reads(Extraction), json=given(every_seconds=every_seconds)
        )

    @route
    def list_extractions(self, media_id: int) -> Call[list[Extraction]]:
        """How far the extractions of a video's frames are."""
        return Call("GET", f"/media/{media_id}/extractions", reads_list(Extraction))
