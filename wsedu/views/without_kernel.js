// @ts-check
// What a picture asks a kernel, answered in a page that has none.

/** A model for a widget: it keeps what the picture sets, and shows the detail of what is selected.
 * @param {Record<string, any>} values
 * @param {Record<string, string>} [details] drawn beforehand, by the name of the item
 * @returns {import("./interactive_svg.js").Model} */
export function modelOf(values, details = {}) {
  /** @type {{event: string, call: () => void}[]} */ let calls = [];
  return {
    get: (name) => values[name],
    set: (name, value) => void (values[name] = value),
    save_changes() {
      const detail = details[values.selected];
      if (detail === undefined || detail === values.detail) return;
      values.detail = detail;
      for (const { event, call } of calls) if (event === "change:detail") call();
    },
    on: (event, call) => void calls.push({ event, call }),
    off: (_event, call) => void (calls = calls.filter((other) => other.call !== call)),
  };
}
