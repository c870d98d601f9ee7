// @ts-check
// A picture that is taken apart by pointing and selecting.
import { draw, makeBoard, makeStatus, own } from "./board.js";

/** @param {import("./board.js").Context} context */
function render({ model, el }) {
  own(el);
  const says = makeStatus();
  const hint = document.createElement("p");
  hint.className = "wsedu-hint";
  const board = makeBoard(says, (name) => {
    model.set("selected", name);
    model.save_changes();
  });
  const detailSays = makeStatus();
  const detail = makeBoard(detailSays, () => {});
  const lower = document.createElement("div");
  lower.append(detail, detailSays);

  const show = () => {
    draw(board, model.get("svg"));
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
}

export default { render };
