"""What was said about a media, and a form to say more."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import tzinfo
from html import escape

import streamlit as st

from components.clock import browser_zone, local_text
from components.doors import Node, link, node, review_address, show_doors, table
from components.messages import explain_problems, plain
from components.sign_in import require_visitor
from curation.accesses import CURATORS
from curation.answers import MAX_COMMENT
from curation.comments import CommentView, MentionView, comment_on, list_mentions, mark_seen
from curation.queues import Queue
from curation.sign_in import SignedIn
from db.models import Access
from db.session import open_session
from language import _, plural

LINE = 160
STYLE = """
<style>
.vigie-comments { list-style: none; padding: 0 !important; margin: 0 !important; font-size: 0.88rem; }
.vigie-comments li { margin: 0 !important; padding: 0.34rem 0 !important; border-bottom: 1px solid #8883; }
.vigie-comments .who { opacity: 0.68; }
.vigie-comments time { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 0.8rem; }
.vigie-comments p { margin: 0.1rem 0 0 !important; font-size: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
</style>
"""


def comments_section(visitor: SignedIn, media_id: int, said: Sequence[CommentView]) -> None:
    """The comments of a media, first to last; curators can add one."""
    st.html(f'<p class="vigie-title">{_("Comments")}</p>')
    if said:
        st.html(STYLE + comments_list(said, browser_zone()))
    elif visitor.access.scope not in CURATORS:
        st.caption(_("No comments yet."))
    if visitor.access.scope in CURATORS:
        # The text stays when it is refused; the client id stays with it, so that a second press says nothing twice.
        st.session_state.setdefault(_client_id_key(media_id), secrets.token_urlsafe(12))
        with st.form(f"comment_form_{media_id}", border=False):
            st.text_area(
                _("Comment"),
                key=_text_key(media_id),
                max_chars=MAX_COMMENT,
                height=80,
                placeholder=_("Say something; @login mentions a person"),
                label_visibility="collapsed",
            )
            st.form_submit_button(_("Add the comment"), on_click=_comment, args=(media_id,))


def comments_list(said: Sequence[CommentView], zone: tzinfo) -> str:
    """Comments as HTML; every value escaped."""
    lines = (
        f"<li><span class='who'>{escape(comment.author)} · "
        f"<time>{escape(local_text(comment.created_at, zone)[:-3])}</time></span><p>{escape(comment.text)}</p></li>"
        for comment in said
    )
    return f'<ul class="vigie-comments">{"".join(lines)}</ul>'


def see_mentions(visitor: SignedIn, media_id: int) -> None:
    """Note that what was said to this person about a media has been on their screen."""
    with explain_problems():
        with open_session(read_only=True) as session:
            unseen = list_mentions(session, visitor.access, unseen=True)
        if here := [mention.comment_id for mention in unseen if mention.media_id == media_id]:
            with open_session() as session:
                mark_seen(session, visitor.access, here)


def mentions_section(access: Access, mentions: Sequence[MentionView]) -> None:
    """Where somebody was mentioned and has not looked yet, each with doors to the media."""
    st.markdown(
        plural(
            len(mentions),
            "**You were mentioned** in {n} comment",
            "**You were mentioned** in {n} comments",
        )
    )
    show_doors(mentions_table(access, mentions, browser_zone()), key="mentions")
    ids = tuple(mention.comment_id for mention in mentions)
    st.button(_("Mark all as seen"), key="mentions_seen", type="tertiary", on_click=_see, args=(ids,))


def mentions_table(access: Access, mentions: Sequence[MentionView], zone: tzinfo) -> Node:
    """Who said what, and where; whoever reviews can go on there."""
    rows: list[list[Node | str]] = []
    for mention in mentions:
        doors = [
            link(
                f"/browse?media={mention.media_id}",
                mention.file_name or _("media {id}", id=str(mention.media_id)),
            )
        ]
        if access.scope in CURATORS:
            address = f"{review_address(Queue.FILTER)}&start={mention.media_id}"
            doors += [node("span", " · "), link(address, _("Review"))]
        when = node("time", local_text(mention.created_at, zone), datetime=mention.created_at.isoformat())
        said = node("span", shortened(mention.text), title=mention.text)
        rows.append([when, mention.author, said, node("span", *doors)])
    return table((_("when"), _("who"), _("said"), _("about")), rows, empty="")


def shortened(text: str) -> str:
    """A comment in one line."""
    line = " ".join(text.split())
    return line if len(line) <= LINE else f"{line[:LINE]}…"


def _comment(media_id: int) -> None:
    with explain_problems():
        visitor = require_visitor()
        text, client_id = st.session_state[_text_key(media_id)], st.session_state[_client_id_key(media_id)]
        with open_session() as session:
            said = comment_on(session, visitor.access, media_id, text, client_id=client_id).comment
        st.session_state[_text_key(media_id)] = ""
        del st.session_state[_client_id_key(media_id)]
        if said.mentions:
            st.toast(_("Said, and mentioned {logins}.", logins=plain(", ".join(said.mentions))))


def _see(comment_ids: Sequence[int]) -> None:
    with explain_problems():
        visitor = require_visitor()
        with open_session() as session:
            mark_seen(session, visitor.access, comment_ids)


def _text_key(media_id: int) -> str:
    return f"comment_text_{media_id}"


def _client_id_key(media_id: int) -> str:
    return f"comment_client_id_{media_id}"
