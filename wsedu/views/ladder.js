// @ts-check
// A ladder of any length. A short one is an ordinary picture. A long one, and one that grows, is
// in a box that scrolls: Python sends the drawing without its arrows, and the arrows one by one;
// only those that can be seen are in the page. First it sends both ends of a long one; when these
// are painted, the page asks for the whole.
import { draw, itemsOf, parse, takeApart } from "./interactive_svg.js";

/** @type {(board: HTMLElement, model: import("./interactive_svg.js").Model) =>
 *   import("./interactive_svg.js").View} */
function makeLadder(board, model) {
  /** The arrows in the page, by their number: where they come from, and what they are.
   * @type {Map<number, {source: string, row: Element, item: SVGElement}>} */
  const mounted = new Map();
  /** @type {string[]} */ let rows = [];
  /** @type {number[]} */ let tops = [];

  const sheet = () => /** @type {SVGSVGElement | null} */ (board.querySelector(":scope > svg"));

  /** Put an arrow into the page, if it is not there.
   * @param {number} index */
  function mount(index) {
    const source = rows[index];
    if (source === undefined) return undefined;
    let known = mounted.get(index);
    if (!known) {
      const row = parse(`<svg xmlns="http://www.w3.org/2000/svg"><g>${source}</g></svg>`)
        ?.firstElementChild;
      const item = /** @type {SVGElement | null} */ (row?.querySelector("[data-item]"));
      if (!row || !item) return undefined;
      known = { source, row, item };
      mounted.set(index, known);
    }
    if (!known.row.isConnected) sheet()?.append(known.row);
    return known.item;
  }

  /** What can be seen, and as much above and below, is in the page; little else is. */
  function look() {
    const svg = sheet();
    const scale = svg && svg.getBoundingClientRect().height / svg.viewBox.baseVal.height;
    if (!scale || !rows.length) return;
    const height = board.clientHeight / scale;
    const from = board.scrollTop / scale - height;
    const near = (/** @type {number} */ top) => top > from && top < from + 3 * height;
    for (const [index, { row, item }] of mounted) {
      // An arrow that is marked keeps its mark: it stays.
      if (near(tops[index]) || item.matches(".lit, .chosen")) continue;
      row.remove();
      mounted.delete(index);
    }
    tops.forEach((top, index) => near(top) && mount(index));
  }

  /** The names of the lanes stay when the rest scrolls: the top of the same drawing, once more. */
  function addHead() {
    const head = /** @type {Element} */ (sheet()?.cloneNode(true));
    head.setAttribute("viewBox", "0 0 900 36");
    head.setAttribute("height", "36");
    const box = document.createElement("div");
    box.className = "wsedu-head";
    box.append(head);
    board.prepend(box);
  }

  function show() {
    const frame = model.get("frame");
    board.classList.toggle("wsedu-scroll", !!frame);
    if (!frame) return draw(board, model.get("svg"));
    rows = model.get("rows");
    tops = model.get("tops");
    const { scrollTop, scrollHeight, clientHeight } = board;
    const atEnd = sheet() && scrollTop + clientHeight > scrollHeight - 8;
    draw(board, frame);
    addHead();
    for (const [index, { source }] of mounted) {
      if (rows[index] === source) mount(index);
      else mounted.delete(index);
    }
    // A reader at the end follows the new end; a reader elsewhere stays there.
    board.scrollTop = atEnd ? board.scrollHeight : scrollTop;
    look();
    if (!model.get("whole")) requestAnimationFrame(() => setTimeout(ask));
  }

  function ask() {
    model.set("whole", true);
    model.save_changes();
  }

  model.on("change:frame", show); // without a new drawing to be stored
  board.addEventListener("scroll", look);
  new ResizeObserver(look).observe(board); // it has no size before it is in the page

  const long = {
    get length() {
      return rows.length;
    },
    at: mount,
    /** @param {SVGElement} wanted */
    indexOf: (wanted) => [...mounted].find(([, { item }]) => item === wanted)?.[0] ?? -1,
  };
  return { show, items: () => (model.get("frame") ? long : itemsOf(board)) };
}

export default { render: takeApart(makeLadder) };
