// @ts-check
// Changing a page as little as possible, so that nothing flickers and no place is lost.
//
// How to think about it: say what the page should look like, and let these functions find out what
// is different. What is the same already is not touched. Every text is a text: nothing that a
// learner can choose becomes markup.

/** A new element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {string} [name] its class @param {(string | Node)[]} inside */
export function make(tag, name = "", ...inside) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  node.append(...inside);
  return node;
}

/** The element of that id. @param {string} id */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** Let an element have this text. @param {Node} node @param {string} text */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Let a line of code be broken between its words. On a narrow page it is broken between their
 * parts: before an address, after each of its slashes and commas, and not inside a token.
 * @param {HTMLElement} node @param {string} code */
export function sayInParts(node, code) {
  const words = code.split(" ").map((word) => {
    const parts = word.match(/'?(?:\w+:\/\/)?[^(,/]*[(,/]?/g) ?? [];
    return make("span", "word", ...parts.filter(Boolean).map((part) => make("span", "part", part)));
  });
  node.replaceChildren(...words.flatMap((word) => [word, " "]).slice(0, -1));
  for (const name of ["word", "part"]) {
    const lengths = [...node.querySelectorAll(`.${name}`)].map((one) => one.textContent.length);
    node.style.setProperty(`--longest-${name}`, String(Math.max(...lengths)));
  }
}

/** Let an element have this attribute; null takes it away.
 * @param {Element} node @param {string} name @param {string | null} value */
export function set(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** Let an element have exactly these children in this order, and move as few as possible.
 * @param {Element} parent @param {Element[]} wanted */
export function arrange(parent, wanted) {
  const keep = new Set(wanted);
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
  const places = new Map([...parent.children].map((child, place) => [child, place]));
  const still = inOrder(wanted.filter((node) => places.has(node)), places);
  let next = /** @type {Element | null} */ (null);
  for (const node of [...wanted].reverse()) {
    if (!still.has(node)) parent.insertBefore(node, next);
    next = node;
  }
}

/** The most nodes that are in the wanted order already: a longest increasing subsequence.
 * @param {Element[]} nodes @param {Map<Element, number>} places */
function inOrder(nodes, places) {
  const place = (/** @type {Element} */ node) => /** @type {number} */ (places.get(node));
  /** @type {Element[]} the node with the least place that ends a run of each length */
  const ends = [];
  /** @type {Map<Element, Element | undefined>} */ const before = new Map();
  for (const node of nodes) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (place(ends[middle]) < place(node)) low = middle + 1;
      else high = middle;
    }
    before.set(node, ends[low - 1]);
    ends[low] = node;
  }
  /** @type {Set<Element>} */ const found = new Set();
  for (let node = ends.at(-1); node; node = before.get(node)) found.add(node);
  return found;
}

/** Elements by key: each is made once, and filled whenever the list is shown again. */
export class Keyed {
  /** @param {Element} parent @param {(key: string) => HTMLElement} create */
  constructor(parent, create) {
    this.parent = parent;
    this.create = create;
    /** @type {Map<string, HTMLElement>} */ this.nodes = new Map();
  }

  /** @param {string} key */
  node(key) {
    const node = this.nodes.get(key) ?? this.create(key);
    this.nodes.set(key, node);
    return node;
  }

  /** Show the elements of these keys, in this order. @param {string[]} keys */
  show(keys) {
    arrange(this.parent, keys.map((key) => this.node(key)));
    const shown = new Set(keys);
    for (const key of this.nodes.keys()) if (!shown.has(key)) this.nodes.delete(key);
  }
}

const AFTER_SCROLL = 3000; // ms in which a list that was scrolled is being read

/** Whether a reader is busy with this element: points at it, has the focus in it, or scrolls it.
 * @param {HTMLElement} node
 * @returns {() => boolean} */
export function held(node) {
  let [pointed, scrolled] = [false, -Infinity];
  node.addEventListener("pointerenter", ({ pointerType }) => (pointed = pointerType !== "touch"));
  node.addEventListener("pointerleave", () => (pointed = false));
  node.addEventListener("scroll", () => (scrolled = performance.now()));
  return () =>
    pointed ||
    node.contains(document.activeElement) && document.activeElement !== node ||
    performance.now() - scrolled < AFTER_SCROLL;
}

/** Let the arrow keys go through the cells of a table, of which one takes part in Tab.
 * @param {HTMLTableElement} table */
export function walk(table) {
  /** @type {HTMLElement | undefined} */ let current;
  /** @param {HTMLElement | undefined} cell */
  const go = (cell) => {
    if (!cell) return;
    if (current !== cell) current?.removeAttribute("tabindex");
    current = cell;
    cell.tabIndex = 0;
    cell.focus();
  };
  table.addEventListener("click", ({ target }) => go(cellOf(target)));
  table.addEventListener("focusin", ({ target }) => {
    const cell = cellOf(target);
    if (cell && cell !== current) go(cell);
  });
  table.addEventListener("keydown", (event) => {
    const cell = cellOf(event.target);
    if (!cell) return;
    if (event.key === "Escape") return cell.blur();
    const row = /** @type {HTMLTableRowElement} */ (cell.parentElement);
    const [down, right] = MOVES[event.key] ?? [0, 0];
    if (!down && !right) return;
    event.preventDefault();
    const body = [...table.tBodies[0].rows];
    const y = Math.min(Math.max(body.indexOf(row) + down, 0), body.length - 1);
    const cells = body[y].cells;
    go(cells[Math.min(Math.max(cell.cellIndex + right, 0), cells.length - 1)]);
  });
  /** Let Tab come to the first cell, unless it comes to another one already. */
  return () => {
    if (current?.isConnected) return;
    current = table.tBodies[0].rows[0]?.cells[0];
    if (current) current.tabIndex = 0;
  };
}

/** @type {Record<string, [down: number, right: number]>} */
const MOVES = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  PageDown: [10, 0],
  PageUp: [-10, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

/** The cell of a table's body in which something happened.
 * @param {EventTarget | null} target
 * @returns {HTMLTableCellElement | undefined} */
export function cellOf(target) {
  const found = /** @type {Element | null} */ (target)?.closest?.("tbody td, tbody th");
  return /** @type {HTMLTableCellElement | undefined} */ (found ?? undefined);
}
