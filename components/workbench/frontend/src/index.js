// Entry of the bundle: Streamlit calls this at first and again whenever the data changes.

import { keyOf, useKeys } from "./keys.js";
import { speak } from "./strings.js";
import { createWorkbench } from "./workbench.js";

/** @type {WeakMap<object, ReturnType<typeof createWorkbench>>} */
const mounted = new WeakMap();
/** How to tell Python, as of the last call. @type {WeakMap<object, (name: string, value: any) => void>} */
const tell = new WeakMap();

/** @param {{data: any, parentElement: Element|ShadowRoot, setStateValue: (name: string, value: any) => void}} component */
export default function workbench({ data, parentElement, setStateValue }) {
  tell.set(parentElement, setStateValue);
  speak(data.language);
  useKeys(data.keys ?? {});
  speak(data.language, keyOf);
  const place = { ...data, api: location.origin + data.api };
  const there = mounted.get(parentElement);
  if (!there) {
    mounted.set(parentElement, createWorkbench(parentElement, place, (at) => tell.get(parentElement)("place", at)));
  } else {
    there.setPlain(data.plain);
    if (!data.echo && differs(there.place, place)) there.go(place);
  }
  return () => {
    mounted.get(parentElement)?.stop();
    mounted.delete(parentElement);
  };
}

const differs = (here, there) => here.start !== there.start || JSON.stringify(here.query) !== JSON.stringify(there.query);
