"""Every cell of a table can be looked at before it is applied, however many there are."""

from __future__ import annotations

import pytest

from curation.errors import ImportNotFound, UnknownFilter
from curation.tables.changes import TableCell, What, list_table_cells
from curation.tags import change_tags
from curation.two_step import change_media
from db.session import open_session
from tests.conftest import Installation
from tests.curation.tables.test_tables import Editor
from tests.factories import a_media, an_access, an_admin


@pytest.fixture
def editor(installation: Installation) -> Editor:
    with open_session() as session:
        return Editor(an_access(session, login="ines"), installation)


def looked_through(editor: Editor, import_id: int, what: What, limit: int = 2) -> list[TableCell]:
    found: list[TableCell] = []
    cursor = None
    with open_session(read_only=True) as session:
        while True:
            page = list_table_cells(session, editor.access, import_id, what, cursor=cursor, limit=limit)
            found += page.items
            if (cursor := page.next_cursor) is None:
                return found


def test_more_changes_than_a_preview_holds_are_all_there(editor: Editor) -> None:
    with open_session() as session:
        for _ in range(203):
            a_media(session)
    table = editor.take()
    for row in table:
        row["tags"], row["sequence"] = "fog", "s1"
    view = editor.drop(table)
    assert (view.preview["changed"], len(view.preview["changes"])) == (406, 200)
    found = looked_through(editor, view.id, What.CHANGE, limit=100)
    told = [(cell.row, cell.media_id, cell.column, cell.old, cell.new) for cell in found]
    assert sorted(told) == sorted(
        (number, int(row["media_id"]), column, "", new)
        for number, row in enumerate(table, 2)
        for column, new in (("tags", "fog"), ("sequence", "s1"))
    )
    assert [cell.row for cell in found] == sorted(cell.row for cell in found)
    editor.commit(view.id)
    # What was done can be looked through afterwards as well.
    assert looked_through(editor, view.id, What.CHANGE, limit=100) == found


def test_changes_conflicts_and_what_is_wrong_are_apart_and_as_the_preview_tells_them(editor: Editor) -> None:
    with open_session() as session:
        ids = [a_media(session, azimuth=1.0).id for _ in range(4)]
    table = sorted(editor.take(), key=lambda row: int(row["media_id"]))
    for row, azimuth in zip(table, ("10", "20", "30", "north"), strict=True):
        row["azimuth"], row["tags"] = azimuth, "fog"
    with open_session() as session:
        for media_id in ids[1:3]:
            change_media(session, an_admin(session), media_id, {"azimuth": 5.0})
    view = editor.drop(table)
    changes, conflicts, problems = (looked_through(editor, view.id, what) for what in What)
    assert [(cell.media_id, cell.column) for cell in changes if cell.column == "azimuth"] == [
        (ids[0], "azimuth")
    ]
    assert [(cell.base, cell.old, cell.new) for cell in conflicts] == [("1", "5", "20"), ("1", "5", "30")]
    [problem] = problems
    assert (problem.row, problem.new, problem.media_id) == (5, "north", ids[3])
    assert "azimuth" in (problem.sentence or "")
    assert [cell.place for cell in changes] == [cell["place"] for cell in view.preview["changes"]]
    assert [cell.place for cell in conflicts] == [cell["place"] for cell in view.preview["conflicts"]]
    done = editor.commit(view.id, mine=[conflicts[1].place])
    assert done.counts["changed"] == 3


def test_a_new_word_is_named_however_many_old_ones_come_before_it(editor: Editor) -> None:
    with open_session() as session:
        admin = an_admin(session)
        ids = [a_media(session).id for _ in range(14)]
        old = [f"old {number:03}" for number in range(210)]
        for start in range(0, len(old), 30):
            change_tags(session, admin, [ids[-1]], old[start : start + 30], [])
            change_tags(session, admin, [ids[-1]], [], old[start : start + 30])
    table = editor.take()
    for start, row in zip(range(0, len(old), 15), table, strict=True):
        row["tags"] = ";".join(old[start : start + 15])
    table[0]["tags"] += ";zebra"
    preview = editor.drop(table).preview
    assert (preview["new_tags"], preview["new"]) == (["zebra"], {"sources": 0, "tags": 1})


def test_nobody_looks_through_the_table_of_somebody_else(editor: Editor) -> None:
    with open_session() as session:
        a_media(session)
        other = an_access(session)
    [row] = table = editor.take()
    row["tags"] = "fog"
    view = editor.drop(table)
    with open_session(read_only=True) as session:
        with pytest.raises(ImportNotFound):
            list_table_cells(session, other, view.id, What.CHANGE)
        with pytest.raises(UnknownFilter):
            list_table_cells(session, editor.access, view.id, What.CHANGE, cursor="nowhere")
