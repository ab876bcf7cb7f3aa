"""No sentence is without its French one, none is left over, and none is written past the catalogue."""

from __future__ import annotations

import ast
import re
import string

import pytest

from curation import picture_limits
from curation.errors import AnswerIncomplete
from language import Language, _, plural, speaking
from language.french import FRENCH, PLURALS, REASONS, SENTENCES, WORDS
from language.retold import find_french, retold
from tests.language.sentences import ROOT, SCREENS, calls_of, files, marked, plurals, raised, tree_of

# Streamlit's functions that show a text, and the arguments of others that do.
TEXTS = {
    "title", "header", "subheader", "write", "markdown", "caption", "info", "success", "error", "warning", "toast",
    "button", "form_submit_button", "text_input", "text_area", "selectbox", "multiselect", "checkbox", "toggle",
    "radio", "pills", "segmented_control", "date_input", "time_input", "number_input", "color_picker", "popover",
    "expander", "tabs", "download_button", "link_button", "metric", "badge", "page_link", "slider", "node", "link",
    "big_button", "note", "table", "Number", "Pill",
}  # fmt: skip
SHOWN = {"label", "help", "placeholder", "title", "empty", "heads", "aria_label"}
# What is no language: marks of Markdown, our own name, what a person types into a shell.
NO_WORDS = re.compile(r":gray\[|/[a-z_./?-]+|[a-z_]+\.py|Vigie|SHA-256|vigie-[a-z]+|<[^>]*>|</?[a-z]+")


def test_every_sentence_of_a_screen_has_its_french():
    missing = {sentence: where for sentence, where in marked().items() if sentence not in FRENCH}
    assert not missing
    missing = {sentence: where for sentence, where in plurals().items() if sentence not in PLURALS}
    assert not missing


def test_every_sentence_of_an_error_has_its_french():
    sentences, reasons = raised()
    assert {text: where for text, where in sentences.items() if text not in {**SENTENCES, **FRENCH}} == {}
    assert {text: where for text, where in reasons.items() if text not in REASONS} == {}


def test_no_french_is_left_over():
    sentences, reasons = raised()
    assert set(FRENCH) - set(marked()) == set()
    assert set(PLURALS) - set(plurals()) == set()
    assert set(SENTENCES) - set(sentences) == set()
    assert set(REASONS) - set(reasons) == set()


def test_what_a_refused_file_looks_like_has_its_french():
    tables = (picture_limits._STARTS, picture_limits._TEXT_STARTS)
    named = {name for table in tables for _mark, name in table} - picture_limits.KINDS.keys()
    assert named - set(WORDS) == set()


def test_the_french_fills_the_same_slots():
    for english, french in FRENCH.items():
        assert names_in(english) == names_in(french), english
    for english, (one, many) in PLURALS.items():
        assert names_in(many) == names_in(english), english
        assert names_in(many) - {"n"} <= names_in(one) <= names_in(many), english
    for english, french in {**SENTENCES, **REASONS}.items():
        numbered = {re.sub(r":.*", "", slot) for slot in re.findall(r"\{(.*?)\}", french)}
        assert numbered == {str(place) for place in range(english.count("{}"))}, english


def names_in(sentence):
    return {
        name for _text, name, _format, _conversion in string.Formatter().parse(sentence) if name is not None
    }


def test_sentences_are_given_whole_to_the_catalogue():
    for path in files(*SCREENS):
        for call in calls_of(tree_of(path), "_", "later", "plural"):
            said = call.args if ast.unparse(call.func) != "plural" else call.args[1:]
            for part in said:
                assert not isinstance(part, ast.JoinedStr | ast.BinOp), f"{path.name}:{call.lineno}"


@pytest.mark.parametrize(
    "path", [*files("pages", "components")], ids=lambda path: str(path.relative_to(ROOT))
)
def test_nothing_is_shown_past_the_catalogue(path):
    for call in ast.walk(tree_of(path)):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name not in TEXTS or ast.unparse(call.func).startswith(("log.", "_LOADER")):
            continue
        given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in SHOWN)]
        if name == "Pill":
            given = given[:2]
        # A node begins with its tag, a link with its address.
        for part in given[1:] if name in ("node", "link") else given:
            for text in bare(part):
                assert not re.search(r"[A-Za-z]{2,}", NO_WORDS.sub("", text)), (
                    f"{path.name}:{call.lineno} {text!r}"
                )


def bare(node):
    """Texts that stand in an expression as they are, outside any call."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from bare(part.value if isinstance(part, ast.FormattedValue) else part)
    elif isinstance(node, ast.IfExp):
        yield from bare(node.body)
        yield from bare(node.orelse)
    elif isinstance(node, ast.BinOp):
        yield from bare(node.left)
        yield from bare(node.right)
    elif isinstance(node, ast.List | ast.Tuple):
        for part in node.elts:
            yield from bare(part)


@pytest.mark.parametrize(
    ("english", "french"),
    [
        (
            "IMG_2041.jpg is not a JPEG, PNG or WebP picture, nor an MP4, WebM or MOV video (it starts like a PDF)."
            " Nothing was stored.",
            "IMG_2041.jpg n’est ni une image JPEG, PNG ou WebP, ni une vidéo MP4, WebM ou MOV"
            " (cela commence comme un PDF). Rien n’a été stocké.",
        ),
        (
            "a b.png is 20,000 x 4 pixels; its sides must be between 16 and 16,384 pixels. Nothing was stored.",
            "a b.png fait 20\u202f000 x 4 pixels\u202f; ses côtés doivent faire entre 16 et 16\u202f384 pixels. "
            "Rien n’a été stocké.",
        ),
        (
            "big.jpg has 1,204.5 MiB; at most 50 MiB are taken. Nothing was stored.",
            "big.jpg a 1\u202f204,5 Mio\u202f; 50 Mio au plus sont acceptés. Rien n’a été stocké.",
        ),
        (
            "This picture is sent back by now, so it cannot be marked unsure.",
            "L’état de cette image est maintenant «\u00a0renvoyé\u00a0»\u00a0: elle ne peut pas passer à "
            "«\u00a0incertain\u00a0».",
        ),
        ("Shape 2: It has no label class.", "Forme 2\u00a0: Elle n’a pas de classe."),
        (
            "Too many failed sign-ins. Wait 5 minutes and try again.",
            "Trop de connexions échouées. Attendez 5 minutes et réessayez.",
        ),
        ("The login “new” is taken.", "L’identifiant «\u00a0new\u00a0» est pris."),
    ],
)
def test_an_error_is_told_in_french_with_its_values(english, french):
    assert find_french(english) == french


def test_a_sentence_that_nobody_translated_stays_as_it_is():
    with speaking(Language.FRENCH):
        assert retold("Brand new sentence") == "Brand new sentence"
    assert retold(AnswerIncomplete("Sign in first.").sentence) == "Sign in first."


def test_none_is_singular_in_french_and_plural_in_english():
    assert plural(0, "{n} shape", "{n} shapes") == "0 shapes"
    assert plural(1, "{n} shape", "{n} shapes") == "1 shape"
    with speaking(Language.FRENCH):
        assert plural(0, "{n} shape", "{n} shapes") == "0 forme"
        assert plural(1204, "{n} shape", "{n} shapes") == "1\u202f204 formes"
        assert _("Overview") == "Vue d’ensemble"
