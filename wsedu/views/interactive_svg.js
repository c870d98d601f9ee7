// @ts-check
// What every picture does in the page: light up what belongs together, move with the keyboard,
// and say in words what is selected. The drawing itself comes from Python, as data.
// Each widget's module is this file and its own, joined by picture.py.

/** @typedef {{get(name: string): any, set(name: string, value: any): void,
 *   save_changes(): void, on(event: string, call: () => void): void,
 *   off(event: string, call: () => void): void}} Model
 * @typedef {{model: Model, el: HTMLElement}} Context
 * @typedef {{length: number, at(index: number): SVGElement | undefined,
 *   indexOf(item: SVGElement): number}} Items all items of a board, in order
 * @typedef {{show(): void, items(): Items}} View */

/** A drawing as elements. It is parsed as XML, so nothing in it can become a script.
 * @param {string} source
 * @returns {Element | null} */
export function parse(source) {
  const tree = new DOMParser().parseFromString(source, "image/svg+xml");
  const found = tree.documentElement.nodeName === "svg";
  return found ? document.importNode(tree.documentElement, true) : null;
}

/** Put a drawing into `board`.
 * @param {HTMLElement} board
 * @param {string} source */
export function draw(board, source) {
  board.replaceChildren();
  const svg = source && parse(source);
  if (!svg) return;
  svg.setAttribute("aria-hidden", "true"); // the board around it speaks
  board.setAttribute("aria-label", svg.getAttribute("aria-label") ?? "");
  board.append(svg);
}

/** @param {HTMLElement} board */
export function itemsOf(board) {
  return /** @type {SVGElement[]} */ ([...board.querySelectorAll("[data-item]")]);
}

/** A drawing whose items can be pointed at and walked through.
 * @param {HTMLElement} says
 * @param {(name: string, item: SVGElement) => void} choose what a click, Enter or Space does
 * @param {() => Items} [all] its items, if not all of them are in the page */
export function makeBoard(says, choose, all) {
  const board = document.createElement("div");
  board.className = "wsedu-board";
  board.tabIndex = 0;
  board.setAttribute("role", "group");
  let at = -1;
  /** @type {SVGElement | undefined} */ let lit;

  const items = () => itemsOf(board);
  const list = all ?? items;
  const current = () => (at < 0 ? undefined : list().at(at));

  /** @param {SVGElement | undefined} item */
  function light(item) {
    const names = new Set((item?.dataset.lights ?? "").split(" ").filter(Boolean));
    if (item?.dataset.item) names.add(item.dataset.item);
    for (const other of items()) {
      const own = other.dataset.item ?? "";
      const back = (other.dataset.lights ?? "").split(" ");
      const together = names.has(own) || (!!item?.dataset.item && back.includes(item.dataset.item));
      other.classList.toggle("lit", together);
    }
    if (item) says.textContent = item.dataset.says ?? "";
    lit = item;
  }

  /** @param {SVGElement} item */
  function select(item) {
    for (const other of items()) other.classList.toggle("chosen", other === item);
    at = list().indexOf(item);
    choose(item.dataset.item ?? "", item);
    light(item); // last: what it says may have changed
  }

  /** @param {Event} event */
  const itemOf = (event) =>
    /** @type {SVGElement | undefined} */ (
      /** @type {Element} */ (event.target).closest("[data-item]") ?? undefined
    );

  // Only a moved pointer points. What scrolls under a resting pointer is not pointed at.
  board.addEventListener("pointermove", (event) => {
    const item = itemOf(event) ?? current();
    if (item !== lit) light(item); // what is said once is enough
  });
  board.addEventListener("pointerleave", () => light(current()));
  board.addEventListener("click", (event) => {
    const item = itemOf(event);
    if (item) select(item);
  });

  /** Bring an item into view. In Firefox a group cannot be scrolled to; its first shape can.
   * @param {SVGElement} item */
  const bring = (item) =>
    (item.querySelector("rect, path, text") ?? item).scrollIntoView({ block: "nearest" });

  /** Show more of a picture that is wider than the page, as long as something is hidden there: of
   * the item that is selected, and at either end of the list, of the picture.
   * @param {string} key
   * @returns {boolean} whether there was more */
  function slide(key) {
    const { left, right, width } = board.getBoundingClientRect();
    const ends = key === "ArrowRight" ? [list().length - 1] : [0, -1];
    const whole = ends.includes(at) ? board.querySelector(":scope > svg") : current();
    const shape = whole?.getBoundingClientRect();
    if (!shape) return false;
    const more = key === "ArrowRight" ? shape.right - right : shape.left - left;
    if (key === "ArrowRight" ? more < 2 : more > -2) return false;
    board.scrollLeft += Math.min(Math.max(more, -0.8 * width), 0.8 * width);
    return true;
  }

  // Where a picture goes on beside the page it fades out: not every system draws a scroll bar.
  const fade = () => {
    const { scrollLeft, scrollWidth, clientWidth } = board;
    board.classList.toggle("wsedu-more-left", scrollLeft > 1);
    board.classList.toggle("wsedu-more-right", scrollLeft + clientWidth < scrollWidth - 1);
  };
  board.addEventListener("scroll", fade);
  new ResizeObserver(fade).observe(board); // a new drawing has another height

  board.addEventListener("keydown", (event) => {
    const last = list().length - 1;
    if (last < 0) return; // the keys scroll
    if (["ArrowRight", "ArrowLeft"].includes(event.key) && slide(event.key))
      return event.preventDefault();
    const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    const next = Math.min(Math.max(at + (step ?? 0), 0), last);
    if (step && next === at) return event.preventDefault(); // there it ends
    if (step) at = next;
    else if (event.key === "Home") at = 0;
    else if (event.key === "End") at = last;
    else if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    const item = current();
    if (!item) return;
    if (event.key === "Enter" || event.key === " ") select(item);
    else {
      light(item);
      bring(item);
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

/** A widget of two boards: a picture, and what Python opens of the item that is selected.
 * @param {(board: HTMLElement, model: Model) => View} makeView what draws the first board
 * @returns {(context: Context) => () => void} */
export function takeApart(makeView) {
  return ({ model, el }) => {
    own(el);
    const says = makeStatus();
    const hint = document.createElement("p");
    hint.className = "wsedu-hint";
    /** @param {string} name */
    const choose = (name) => {
      model.set("selected", name);
      model.save_changes();
    };
    const board = makeBoard(says, choose, () => view.items());
    const view = makeView(board, model);
    const detailSays = makeStatus();
    const detail = makeBoard(detailSays, () => {});
    const lower = document.createElement("div");
    lower.append(detail, detailSays);

    const show = () => {
      view.show();
      board.setAttribute("aria-description", model.get("text"));
      hint.textContent = model.get("hint");
    };
    const showDetail = () => {
      draw(detail, model.get("detail"));
      detailSays.textContent = "";
      lower.hidden = !model.get("detail");
    };
    show();
    showDetail();
    model.on("change:svg", show);
    model.on("change:detail", showDetail);
    el.append(hint, board, says, lower);
    return () => {
      model.off("change:svg", show);
      model.off("change:detail", showDetail);
    };
  };
}
