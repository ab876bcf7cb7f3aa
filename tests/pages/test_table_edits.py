"""An edited table on a page: its changes, what is wrong, conflicts and choices, and what came of it."""

from __future__ import annotations

from functools import partial

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from components import table_changes
from curation.reviews import decide
from curation.sign_in import COOKIE, open_login_session, redeem_ticket
from curation.tables.changes import list_table_cells
from curation.tags import change_tags
from curation.two_step import change_media
from db.models import Decision, Import, ImportState, Media, State
from db.session import open_session
from tests.conftest import Installation
from tests.curation.tables.test_tables import Editor
from tests.factories import a_media, an_access, an_admin
from tests.pages.conftest import drawn, said, text_of


def page() -> None:
    from components.sign_in import require_visitor
    from components.table_edits import table_edits

    table_edits(require_visitor().access)


@pytest.fixture
def editor(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Editor:
    with open_session() as session:
        access = an_access(session)
        ticket = open_login_session(session, access, "test", 12)
    with open_session() as session:
        cookies = {COOKIE: redeem_ticket(session, ticket)}
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: cookies))
    return Editor(access, installation)


def open_import(import_id: int) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    app.query_params["import"] = str(import_id)
    return app.run()


def test_a_table_is_looked_at_applied_and_undone(editor: Editor) -> None:
    with open_session() as session:
        rejected, wrong, conflicted = (a_media(session).id for _ in range(3))
    table = editor.take()
    by_id = {int(row["media_id"]): row for row in table}
    by_id[rejected]["state"] = "rejected"
    by_id[wrong]["azimuth"] = "north"
    by_id[conflicted]["state"] = "unsure"
    with open_session() as session:
        decide(session, an_admin(session), conflicted, Decision.REJECTED)
    view = editor.drop(table)

    app = open_import(view.id)
    assert not app.exception
    cells = [text_of(element) for element in drawn(app) if element["tag"] == "td"]
    assert "azimuth is a number from 0 to 360." in cells
    assert "north" in cells
    place = next(conflict["place"] for conflict in view.preview["conflicts"])
    app.multiselect(key="table_mine").set_value([place]).run()
    app.button(key="apply_table").click().run()
    assert not app.exception
    editor.run(view.id)
    with open_session(read_only=True) as session:
        states = [session.get_one(Media, found).state for found in (rejected, wrong, conflicted)]
    # Rejected by others, it would have to be opened again: as a person would do it.
    assert states == [State.REJECTED, State.NEW, State.UNSURE]

    app = open_import(view.id)
    assert "2 media were changed." in said(app)
    app.button(key="undo_table").click().run()
    editor.run(view.id)
    assert "2 media are as they were." in said(open_import(view.id))
    with open_session(read_only=True) as session:
        states = [session.get_one(Media, found).state for found in (rejected, wrong, conflicted)]
    assert states == [State.NEW, State.NEW, State.REJECTED]


def test_a_table_that_nobody_changed_offers_nothing_to_apply(editor: Editor) -> None:
    with open_session() as session:
        change_tags(session, an_admin(session), [a_media(session).id], ["fog"], [])
    app = open_import(editor.drop(editor.take_bytes()).id)
    assert "Nothing was changed in this table." in said(app)
    assert [button.key for button in app.button] == ["cancel_table"]
    app.button(key="cancel_table").click().run()
    assert "It was dropped. Nothing was changed." in said(app)


def test_what_is_no_table_says_why(editor: Editor) -> None:
    app = open_import(editor.drop(b"file_name,label\na.jpg,dog\n").id)
    assert "This table has no column media" in said(app)


def test_a_table_that_was_dropped_is_not_told_what_was_not_done(editor: Editor) -> None:
    with open_session() as session:
        a_media(session)
    [row] = table = editor.take()
    row["azimuth"] = "north"
    app = open_import(editor.drop(table).id)
    app.button(key="cancel_table").click().run()
    assert "It was dropped" in said(app)
    assert "Not done" not in said(app)


def test_a_table_that_failed_on_the_way_goes_on_or_is_undone(editor: Editor) -> None:
    with open_session() as session:
        media_id = a_media(session).id
    [row] = table = editor.take()
    row["state"] = "rejected"
    view = editor.drop(table)
    open_import(view.id).button(key="apply_table").click().run()
    with open_session() as session:
        session.get_one(Import, view.id).state = ImportState.FAILED
    app = open_import(view.id)
    assert {"apply_table", "undo_table"} <= {button.key for button in app.button}
    app.button(key="apply_table").click().run()
    editor.run(view.id)
    with open_session(read_only=True) as session:
        assert session.get_one(Media, media_id).state == State.REJECTED


def test_every_conflict_can_be_chosen_whichever_page_it_is_on(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_session() as session:
        ids = [a_media(session, azimuth=1.0).id for _ in range(5)]
    table = editor.take()
    for row in table:
        row["azimuth"], row["tags"] = "10", "fog"
    with open_session() as session:
        for media_id in ids:
            change_media(session, an_admin(session), media_id, {"azimuth": 5.0})
    view = editor.drop(table)
    monkeypatch.setattr(table_changes, "list_table_cells", partial(list_table_cells, limit=2))
    conflict, change = f"table_conflict_page_{view.id}", f"table_change_page_{view.id}"
    app = open_import(view.id)
    assert "The first 2 of 5." in said(app)
    app.multiselect(key="table_mine").set_value(["2:azimuth", "3:azimuth"]).run()
    app.button(key=f"{conflict}_next").click().run()
    assert "Rows 4 to 5; 5 in all." in said(app)
    assert "Yours is taken in 2 more, on other pages." in said(app)
    app.button(key=f"{change}_next").click().run()
    [second] = app.multiselect
    second.set_value(["5:azimuth"]).run()
    app.button(key=f"{conflict}_first").click().run()
    assert app.multiselect(key="table_mine").value == ["2:azimuth", "3:azimuth"]
    app.multiselect(key="table_mine").set_value(["3:azimuth"]).run()
    app.button(key="apply_table").click().run()
    assert not app.exception
    editor.run(view.id)
    with open_session(read_only=True) as session:
        assert [session.get_one(Media, found).azimuth for found in ids] == [5, 10, 5, 10, 5]
