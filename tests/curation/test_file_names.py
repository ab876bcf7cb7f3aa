"""Names as people, cameras and attackers give them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import InvalidText
from curation.file_names import clean_file_name


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("IMG_2041.jpg", "IMG_2041.jpg"),
        ("folder/IMG_2041.jpg", "IMG_2041.jpg"),
        ("../../etc/passwd", "passwd"),
        ("/absolute/a.jpg", "a.jpg"),
        ("C:\\fakepath\\a.jpg", "a.jpg"),
        ("mixed\\folders/and\\a.jpg", "a.jpg"),
        (" a.jpg ", "a.jpg"),
        ("two words.jpg", "two words.jpg"),
        ("e\u0301te\u0301.jpg", "été.jpg"),
        ("日本の煙.jpg", "日本の煙.jpg"),
        ("CON", "CON"),
        ("a.jpg.exe", "a.jpg.exe"),
        (".jpg", ".jpg"),
        ("...", "..."),
        ("<b>a</b>".replace("/", "") + ".jpg", "<b>a<b>.jpg"),
        ("[a](javascript:alert(1)).jpg", "[a](javascript:alert(1)).jpg"),
        (":red[x] $x$.jpg", ":red[x] $x$.jpg"),
        ("=1+1.jpg", "=1+1.jpg"),
        ("a" * 251 + ".jpg", "a" * 251 + ".jpg"),
    ],
)
def test_a_name_is_kept_as_it_is_without_its_folders(name: str, clean: str) -> None:
    assert clean_file_name(name) == clean


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "folder/",
        "folder\\",
        ".",
        "..",
        "folder/..",
        "a\nb.jpg",
        "a\r\nSet-Cookie: x.jpg",
        "a\x00.jpg",
        "a\x1b[31m.jpg",
        "a\x7f.jpg",
        "a\x85.jpg",
        "a\u2028b.jpg",
        "a\u202egpj.exe",
        "a\u2066b.jpg",
        "a\udcff.jpg",
        "a" * 252 + ".jpg",
        "é" * 126 + ".jpg",
        "a" * 5000,
    ],
)
def test_a_name_that_is_none_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(InvalidText) as refusal:
        clean_file_name(name)
    assert str(refusal.value).endswith(".")
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in str(refusal.value))


@given(st.text(st.characters(), max_size=300))
def test_whatever_comes_out_is_safe_and_stays_as_it_is(name: str) -> None:
    try:
        clean = clean_file_name(name)
    except InvalidText:
        return
    assert 0 < len(clean.encode()) <= 255
    assert "/" not in clean and "\\" not in clean and clean not in (".", "..")
    assert not any(unicodedata.category(character) == "Cc" for character in clean)
    assert clean_file_name(clean) == clean
