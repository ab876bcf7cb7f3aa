"""Mounts one of our JavaScript bundles as a Streamlit component.

The JavaScript given to Streamlit is only a loader: Streamlit runs inline code as a Blob module, where relative
imports fail and where half a megabyte would travel with every new browser session. The bundle itself is a static
file below `/assets`, cached by the browser under an address that carries its hash.
"""

import functools
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from language import Language, _, speaking

COMPONENTS_FOLDER = Path(__file__).parent
ASSETS_PATH = "/assets"

# Keep more than one line: Streamlit takes a one-line text with a slash in it for the path of a file.
_LOADER = """
const address = (file) => location.origin + "%(path)s/" + file + "?v=%(version)s";

function loadStyle(parentElement) {
  const present = parentElement.querySelector("link[data-bundle]");
  if (present) return present.ready;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.dataset.bundle = "%(name)s";
  link.href = address("%(name)s.css");
  link.ready = new Promise((resolve) => {
    link.onload = resolve;
    link.onerror = resolve;
  });
  parentElement.appendChild(link);
  return link.ready;
}

// A call whose data were replaced while it loaded must not take down what the later call has put up.
const calls = new WeakMap();

export default async function (component) {
  const { parentElement } = component;
  const call = (calls.get(parentElement) ?? 0) + 1;
  calls.set(parentElement, call);
  try {
    const [bundle] = await Promise.all([import(address("%(name)s.js")), %(style)s]);
    const cleanUp = await bundle.default(component);
    return () => {
      if (calls.get(parentElement) === call) cleanUp?.();
    };
  } catch (error) {
    console.error(error);
    const sentence = document.createElement("p");
    sentence.setAttribute("role", "alert");
    sentence.textContent = (%(sentences)s)[component.data?.language ?? "en"];
    parentElement.appendChild(sentence);
  }
}
"""


@functools.cache
def mount_bundle(name: str) -> Callable[..., Any]:
    """Give the mount callable of the bundle `components/<name>/dist/<name>.js`.

    The bundle's default export is called with Streamlit's `{name, data, key, parentElement, setStateValue,
    setTriggerValue}` at first and again whenever `data` changes, and returns its clean-up. `parentElement` is a
    shadow root, in which the bundle's CSS is already loaded. Raises FileNotFoundError when the bundle is not built.
    """
    return st.components.v2.component(f"vigie_{name}", js=loader_script(name))


def loader_script(name: str) -> str:
    """Write the JavaScript module that imports the bundle and its style from `/assets`."""
    folder = COMPONENTS_FOLDER / name / "dist"
    script, style = folder / f"{name}.js", folder / f"{name}.css"
    content = script.read_bytes() + (style.read_bytes() if style.exists() else b"")
    return _LOADER % {
        "name": name,
        "path": f"{ASSETS_PATH}/{name}",
        "version": hashlib.sha256(content).hexdigest()[:16],
        "style": "loadStyle(parentElement)" if style.exists() else "null",
        "sentences": json.dumps({language.value: _not_loaded(language) for language in Language}),
    }


def _not_loaded(language: Language) -> str:
    with speaking(language):
        return _("This part of the page could not be loaded. Reload the page to try again.")
