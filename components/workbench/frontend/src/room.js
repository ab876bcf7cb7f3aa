// The workbench fills the window below the page's own header, whatever height that has.

const HEADER = '[data-testid="stHeader"]';

/** @param {HTMLElement} root @returns {() => void} stops following the header */
export function fillBelowHeader(root) {
  const header = document.querySelector(HEADER);
  const place = () => {
    const bottom = header ? Math.max(0, Math.round(header.getBoundingClientRect().bottom)) : 0;
    root.style.setProperty("--workbench-top", `${bottom}px`);
  };
  place();
  const observer = new ResizeObserver(place);
  observer.observe(header ?? document.documentElement);
  return () => observer.disconnect();
}
