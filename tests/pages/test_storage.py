"""The storage section of the Admin page: what was found, in words, and asking for checks."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from curation.storage_checks.asking import make_asked_check
from curation.storage_checks.marker import settle
from db.models import Job, Scope, StorageCheck
from db.session import open_session
from storage import open_bucket
from tests.curation.checked import Checked
from tests.factories import an_access
from tests.pages.conftest import drawn, links, said, text_of


@pytest.fixture
def admin(installation):
    with open_session() as session:
        return an_access(session, Scope.ADMIN, "boss")


@pytest.fixture
def checked(installation, admin):
    settle(open_session, open_bucket())
    return Checked(installation.data_dir, admin)


def press(app, key):
    return app.button(key=key).click().run()


def stands(app):
    return " ".join(text_of(element) for element in drawn(app))


def test_before_the_first_check_it_says_when_that_comes(open_page, admin, checked):
    page = open_page(admin, "admin.py", section="storage")
    assert "Not found in order yet." in said(page)
    assert "the first comes by itself within an hour" in stands(page)


def test_a_check_is_asked_for_and_what_it_found_leads_to_the_media(open_page, admin, checked):
    lost, _kept = checked.register(), checked.register()
    checked.path_of(lost.media_id).unlink()
    page = press(open_page(admin, "admin.py", section="storage"), "check_storage")
    assert "under way" in stands(page)
    with open_session() as session:
        check = session.scalars(select(StorageCheck)).one()
        session.delete(session.scalars(select(Job).where(Job.name == "storage_check")).one())
    assert (check.deep, check.repair) == (False, False)
    make_asked_check(open_session, open_bucket(), checked.place, check.id)

    page = open_page(admin, "admin.py", section="storage")
    assert "1 content is missing" in stands(page)
    assert (str(lost.media_id), f"/browse?media={lost.media_id}") in links(page)
    assert "Uploading the same files again brings them back." in said(page)


def test_the_bucket_is_tested_when_asked(open_page, admin, checked):
    page = open_page(admin, "admin.py", section="storage")
    assert "It has not been tested" in said(page)
    page = next(button for button in page.button if button.label == "Test the bucket now").click().run()
    assert "It works" in said(page)
