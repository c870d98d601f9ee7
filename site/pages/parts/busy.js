// How to go on after a cell that does not end. Python in a page cannot be interrupted, so the Stop
// button does nothing here, and JupyterLab does not say so.

const LOOK = 1000; // milliseconds from one look to the next
const LONG = 10; // looks at a cell that is running
const STOP = ["notebook:interrupt-kernel", "kernelmenu:interrupt"];
const WORDS =
  "A cell is still running. Stop (■) does not work here. If the cell does not end, choose " +
  "Kernel → Restart Kernel…";

/** Say how to restart while the notebook that is shown has a cell that runs for long. */
export function watchCells(app) {
  let kernel, looks, notice;
  const isBusy = () => app.shell.currentWidget?.sessionContext?.session?.kernel?.status === "busy";
  const say = async () => {
    notice ??= await app.commands.execute("apputils:notify", {
      message: WORDS,
      type: "info",
      options: { autoClose: false },
    });
  };
  app.commands.commandExecuted.connect((_commands, { id }) => {
    if (STOP.includes(id) && isBusy()) say();
  });
  setInterval(() => {
    const shown = app.shell.currentWidget?.sessionContext?.session?.kernel;
    looks = isBusy() && shown === kernel ? looks + 1 : 0;
    kernel = shown;
    if (looks === LONG) say();
    else if (!isBusy() && notice) {
      app.commands.execute("apputils:dismiss-notification", { id: notice });
      notice = undefined;
    }
  }, LOOK);
}
