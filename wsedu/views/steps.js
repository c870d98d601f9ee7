// @ts-check
// Python has computed every step already; a step is looked up, not computed again.
import { adjustable } from "./adjustable.js";

/** @param {import("./adjustable.js").State} state
 * @param {any} words
 * @returns {import("./adjustable.js").Slots} */
export const compute = (state, words) => words.steps[state["step"]];

export default { render: adjustable(compute) };
