"""The Export page says why an export is not handed out, instead of offering a download that is refused."""

from __future__ import annotations

from curation import looks
from curation.acts import ReviewPolicy
from curation.annotations import submit_annotation
from db.models import Scope
from db.session import open_session
from tests.exported import exported
from tests.factories import a_box, a_media, an_access
from tests.pages.conftest import links

ALWAYS = ReviewPolicy(second_opinion_share=1.0)


def test_an_export_with_a_picture_to_answer_offers_no_download(open_page, installation):
    with open_session() as session:
        author = an_access(session, login="nora")
        admin = an_access(session, Scope.ADMIN, login="olaf")
        media = a_media(session, uploaded_by=author)
        submit_annotation(session, author, media.id, shapes=[a_box()], policy=ALWAYS)
    made = exported(author)
    address = f"/api/exports/{made.id}/file"

    def offered(access):
        return address in dict(map(reversed, links(open_page(access, "export.py", export=str(made.id)))))

    assert offered(admin)
    with open_session() as session:
        assert looks.take(session, admin, ALWAYS, 1) == [media.id]
    app = open_page(admin, "export.py", export=str(made.id))
    assert [said.value.replace("\\", "") for said in app.info] == [
        "1 media in this export are yours to answer on the Review page. Do that first."
    ]
    assert not offered(admin)
    assert "Receipt" not in [said.value for said in app.subheader]
    assert offered(author)
    shown = open_page(author, "export.py", export=str(made.id))
    assert "Receipt" in [said.value for said in shown.subheader]
