// @ts-check
// A picture that is taken apart by pointing and selecting.
import { draw, itemsOf, takeApart } from "./interactive_svg.js";

export default {
  render: takeApart((board, model) => ({
    show: () => draw(board, model.get("svg")),
    items: () => itemsOf(board),
  })),
};
