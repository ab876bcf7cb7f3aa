"""How a bundle of JavaScript gets into a page."""

from __future__ import annotations

import pytest

from components import bundle


@pytest.mark.parametrize("name", ["workbench", "media_grid", "uploader"])
def test_the_loader_imports_the_bundle_and_its_style_by_their_hash(name):
    script = bundle.loader_script(name)
    assert f'address("{name}.js")' in script
    assert f'address("{name}.css")' in script
    assert f'"/assets/{name}/"' in script
    assert "\n" in script.strip()  # one line with a slash would be taken for the path of a file


def test_a_changed_bundle_gets_another_address(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "COMPONENTS_FOLDER", tmp_path)
    built = tmp_path / "one" / "dist"
    built.mkdir(parents=True)
    (built / "one.js").write_text("export default () => {};")
    first = bundle.loader_script("one")
    assert bundle.loader_script("one") == first
    (built / "one.js").write_text("export default () => 1;")
    assert bundle.loader_script("one") != first


def test_a_bundle_without_style_loads_none(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "COMPONENTS_FOLDER", tmp_path)
    built = tmp_path / "bare" / "dist"
    built.mkdir(parents=True)
    (built / "bare.js").write_text("export default () => {};")
    assert 'Promise.all([import(address("bare.js")), null])' in bundle.loader_script("bare")
