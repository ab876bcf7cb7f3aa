// Builds elements from a description, and lets Streamlit follow their links without a reload.

const TAGS = new Set(["a", "b", "code", "details", "div", "h2", "i", "img", "nav", "p", "small", "span", "summary",
  "table", "tbody", "td", "th", "thead", "time", "tr"]);

// Text only ever becomes text, and links and pictures only lead to addresses of this site: nothing that somebody typed
// as a name can become markup or a script.
function build({ tag, attributes, children }) {
  if (!TAGS.has(tag)) throw new Error(`unexpected element ${tag}`);
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "style") {
      for (const [property, setting] of Object.entries(value)) element.style.setProperty(property, setting);
    } else if (name === "href" || name === "src") {
      if (/^\/(?![/\\])/.test(value)) element.setAttribute(name, value);
    } else if (!name.startsWith("on")) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.map((child) => (typeof child === "string" ? child : build(child))));
  return element;
}

export default function ({ data, parentElement }) {
  const root = document.createElement("div");
  root.className = "doors";
  root.append(...data.map(build));
  root.addEventListener("click", (event) => {
    const door = event.target.closest("a[href]");
    const elsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!door || elsewhere || door.hasAttribute("download")) return;
    event.preventDefault();
    // Streamlit goes where the address bar says when the history moves. Its own way to switch pages from Python
    // leaves a second entry behind: the page one comes from, with the filter of the page one goes to.
    history.pushState({}, "", door.href);
    dispatchEvent(new PopStateEvent("popstate"));
  });
  parentElement.querySelector(".doors")?.remove();
  parentElement.append(root);
  return () => root.remove();
}
