// @ts-check
// JupyterLab 4.6 shows a stored SVG as an image that cannot be narrower than it was drawn, that
// says nothing to a screen reader, and that does not know the theme. Ours get all three here.
// A live picture needs none of it: it is in the page itself. On a narrow screen, such as a phone's,
// JupyterLab's list of files would leave no room for a lesson: there it closes when one opens.

/** @typedef {{_JUPYTERLAB?: Record<string, {init(): void, get(): Promise<() => object>}>}} Lab */
/** @typedef {{connect(slot: () => void): void, disconnect(slot: () => void): void}} Signal */
/** @typedef {{currentChanged: Signal, layoutModified?: Signal}} Signals */
/** @typedef {{leftCollapsed: boolean, collapseLeft(): void} & Signals} Shell */

const IMAGES = ".jp-RenderedSVG > img";
const OURS = /(class%3D%22wsedu-svg)(?:%20dark)?(%22)/; // as JupyterLab writes it into the address

/** @param {Element} found */
function mend(found) {
  const image = /** @type {HTMLImageElement} */ (found);
  if (!OURS.test(image.src)) return;
  const dark = document.body.dataset.jpThemeLight === "false";
  const source = image.src.replace(OURS, dark ? "$1%20dark$2" : "$1$2");
  if (image.src !== source) image.src = source;
  if (image.alt) return;
  const text = decodeURIComponent(source.slice(source.indexOf(",") + 1));
  const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  image.alt = svg.getAttribute("aria-label") ?? "";
  image.style.maxWidth = "100%";
  image.style.minWidth = svg.style.getPropertyValue("--least");
}

/** @param {Shell} shell */
function makeRoom(shell) {
  const narrow = matchMedia("(max-width: 760px)");
  const close = () => {
    if (narrow.matches && !shell.leftCollapsed) shell.collapseLeft();
  };
  shell.currentChanged.connect(close);
  // While it starts, JupyterLab opens the list itself, more than once. After that, you do.
  // (The page of Jupyter Notebook has no such signal, and no such list.)
  shell.layoutModified?.connect(close);
  const touched = () => shell.layoutModified?.disconnect(close);
  for (const kind of ["pointerdown", "keydown"])
    addEventListener(kind, touched, { once: true, capture: true });
}

/** @param {{shell: Shell}} app */
function activate({ shell }) {
  const all = () => document.querySelectorAll(IMAGES).forEach(mend);
  new MutationObserver((records) => {
    for (const { addedNodes } of records)
      for (const node of addedNodes)
        if (node instanceof Element) {
          if (node.matches(IMAGES)) mend(node);
          node.querySelectorAll(IMAGES).forEach(mend);
        }
  }).observe(document.body, { childList: true, subtree: true });
  new MutationObserver(all).observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  all();
  makeRoom(shell);
}

// What JupyterLab asks every extension for; no build is needed for so little.
const plugin = { id: "wsedu:stored-pictures", autoStart: true, activate };
const lab = /** @type {Lab} */ (/** @type {unknown} */ (window));
(lab._JUPYTERLAB ??= {})["wsedu"] = {
  init: () => undefined,
  get: () => Promise.resolve(() => plugin),
};
