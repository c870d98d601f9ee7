// @ts-check
// What every picture does in the page: light up what belongs together, move with the keyboard,
// and say in words what is selected. The drawing itself comes from Python, as data.
// Each widget's module is this file and its own, joined by picture.py.

/** @typedef {{get(name: string): any, set(name: string, value: any): void,
 *   save_changes(): void, on(event: string, call: () => void): void,
 *   off(event: string, call: () => void): void}} Model
 * @typedef {{model: Model, el: HTMLElement}} Context */

/** Put a drawing into `board`. It is parsed as XML, so nothing in it can become a script.
 * @param {HTMLElement} board
 * @param {string} source */
export function draw(board, source) {
  board.replaceChildren();
  if (!source) return;
  const tree = new DOMParser().parseFromString(source, "image/svg+xml");
  if (tree.documentElement.nodeName !== "svg") return;
  const svg = document.importNode(tree.documentElement, true);
  svg.setAttribute("aria-hidden", "true"); // the board around it speaks
  board.setAttribute("aria-label", svg.getAttribute("aria-label") ?? "");
  board.append(svg);
}

/** A drawing whose items can be pointed at and walked through.
 * @param {HTMLElement} says
 * @param {(name: string) => void} choose */
export function makeBoard(says, choose) {
  const board = document.createElement("div");
  board.className = "wsedu-board";
  board.tabIndex = 0;
  board.setAttribute("role", "group");
  let at = -1;

  const items = () => /** @type {SVGElement[]} */ ([...board.querySelectorAll("[data-item]")]);

  /** @param {SVGElement | undefined} item */
  function light(item) {
    const names = new Set((item?.dataset.lights ?? "").split(" ").filter(Boolean));
    if (item?.dataset.item) names.add(item.dataset.item);
    for (const other of items()) {
      const own = other.dataset.item ?? "";
      const back = (other.dataset.lights ?? "").split(" ");
      const lit = names.has(own) || (!!item?.dataset.item && back.includes(item.dataset.item));
      other.classList.toggle("lit", lit);
    }
    if (item) says.textContent = item.dataset.says ?? "";
  }

  /** @param {SVGElement} item */
  function select(item) {
    for (const other of items()) other.classList.toggle("chosen", other === item);
    at = items().indexOf(item);
    light(item);
    choose(item.dataset.item ?? "");
  }

  /** @param {Event} event */
  const itemOf = (event) =>
    /** @type {SVGElement | undefined} */ (
      /** @type {Element} */ (event.target).closest("[data-item]") ?? undefined
    );

  board.addEventListener("pointerover", (event) => light(itemOf(event) ?? items()[at]));
  board.addEventListener("pointerleave", () => light(items()[at]));
  board.addEventListener("click", (event) => {
    const item = itemOf(event);
    if (item) select(item);
  });
  board.addEventListener("keydown", (event) => {
    const all = items();
    const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (step) at = Math.min(Math.max(at + step, 0), all.length - 1);
    else if (event.key === "Home") at = 0;
    else if (event.key === "End") at = all.length - 1;
    else if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    if (!all[at]) return;
    if (event.key === "Enter" || event.key === " ") select(all[at]);
    else {
      light(all[at]);
      all[at].scrollIntoView({ block: "nearest" });
    }
  });
  return board;
}

/** An empty line of words that a screen reader says when it changes.
 * @returns {HTMLParagraphElement} */
export function makeStatus() {
  const says = document.createElement("p");
  says.className = "wsedu-says";
  says.setAttribute("role", "status");
  return says;
}

/** The element of a widget, whose keys stay its own: JupyterLab would take them as commands
 * (arrows move cells, "d d" deletes one).
 * @param {HTMLElement} el */
export function own(el) {
  el.classList.add("wsedu");
  el.addEventListener("keydown", (event) => event.stopPropagation());
}
