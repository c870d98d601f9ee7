"""How nbgrader runs and counts the notebooks of this course: ``nbgrader_config.py`` names these.

How to think about it: one cell costs at most the points of its own exercise. A cell that ends
Python, or that does not end and cannot be interrupted, is left out: the kernel is started again,
the cells above are run again without it, and the grading goes on below. What happened stands in
the outputs of the cell, where ``to_look_at`` finds it.
"""

from __future__ import annotations

import copy
import os
import re
from contextlib import suppress
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader import preprocessors
from nbgrader.utils import is_grade
from traitlets import Integer

DIED, ENDLESS = "KernelDied", "CellTimeoutError"
# exit() ends nothing; and whatever a cell does to the name, each check is the course's.
JUDGE = "wsedu_classroom.examination" if "WSEDU_EXAM" in os.environ else "wsedu"
READY = f"get_ipython().ask_exit = lambda: None\nfrom {JUDGE} import check"
PING = "None"  # a kernel that was interrupted runs it at once, or never
# What is kept of a cell: characters of one output, and outputs.
LONGEST, MOST = 200_000, 200
STARTS = 3  # how often a kernel that does not come up is started


class Execute(preprocessors.Execute):
    """Runs all cells of a notebook, whatever one of them does."""

    check_timeout = Integer(
        120, help="Seconds for a cell that checks; a check limits the answer itself."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any, km: Any = None) -> Any:
        self.lost: set[int] = set()  # the cells that are left out when the cells run again
        self.timeout_func = self.seconds
        return super().preprocess(nb, resources, km)

    def start_new_kernel_client(self, **options: Any) -> Any:
        """Connect to the kernel that was just started, or start another one.

        Its ports are chosen before it starts, so another program may take one of them; then the
        kernel ends at once.
        """
        for _start in range(STARTS - 1):
            with suppress(RuntimeError):
                return super().start_new_kernel_client(**options)
            self.km = self.create_kernel_manager()
            self.start_new_kernel()
        return super().start_new_kernel_client(**options)

    def seconds(self, cell: NotebookNode) -> int:
        """How long a cell may run."""
        if is_grade(cell):
            return int(self.check_timeout)
        return 10 if cell.source == PING else int(self.timeout)

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> Any:
        if index == 0:
            self._aside(READY, index)
        self._run(index)
        if index == len(self.nb.cells) - 1:
            self._check_again()
        return cell, resources

    def process_message(self, msg: Any, cell: NotebookNode, cell_index: int) -> Any:
        """Leave out what a cell puts out when it has put out enough."""
        printed = sum(len(output.get("text", "")) for output in cell.outputs)
        if msg["msg_type"] in ("stream", "display_data") and (
            printed > LONGEST or len(cell.outputs) > MOST
        ):
            return None
        return super().process_message(msg, cell, cell_index)

    def _check_again(self) -> None:
        """Check what was not passed once more, now that the whole notebook has run.

        An answer may stand below its check, or use a function that does.
        """
        for index, cell in enumerate(self.nb.cells):
            if is_grade(cell) and failed(cell) and not trouble(cell):
                before = copy.deepcopy(cell)
                self._run(index)
                if failed(cell):
                    cell.outputs = before.outputs
                    cell.execution_count = before.execution_count

    def _run(self, index: int) -> None:
        """Run a cell and keep its outputs; afterwards there is a kernel that answers."""
        cell = self.nb.cells[index]
        if cell.cell_type != "code":
            return
        try:
            if is_grade(cell):
                self._aside(READY, index)
            self.execute_cell(cell, index, store_history=True)
            if is_grade(cell) and not failed(cell):
                # nbgrader takes stderr for failure, and a thread of another cell may write there.
                cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
            if trouble(cell) == "timed out" and ended_by_time(self._aside(PING, index)):
                self.lost.add(index)
                self._start_again(index)
        except DeadKernelError:
            self._died(index)
            self._start_again(index)
        cell.outputs = cut(cell.outputs)

    def _died(self, index: int) -> None:
        self.lost.add(index)
        said = "This cell ended Python. The cells below were graded without it."
        self.nb.cells[index].outputs = [
            new_output("error", ename=DIED, evalue=said, traceback=[said])
        ]

    def _start_again(self, end: int) -> None:
        """A new kernel, in which the cells above ``end`` have run, without those that are lost."""
        while True:
            self.shutdown_kernel = "immediate"
            self._cleanup_kernel()
            self.shutdown_kernel = "graceful"
            self.km = self.create_kernel_manager()
            self.start_new_kernel()
            self.start_new_kernel_client()
            index = 0
            try:
                self._aside(READY, index)
                for index in range(end):
                    cell = self.nb.cells[index]
                    if cell.cell_type == "code" and index not in self.lost:
                        self._aside(cell.source, index)
                return
            except DeadKernelError:
                self._died(index)

    def _aside(self, source: str, index: int) -> NotebookNode:
        """Run code that is not in the notebook, at the place of a cell."""
        cell, aside = self.nb.cells[index], new_code_cell(source)
        try:
            return self.execute_cell(aside, index, store_history=True)
        finally:
            self.nb.cells[index] = cell


class SaveAutoGrades(preprocessors.SaveAutoGrades):
    """Saves the points, and asks for a look at each exercise that lost them to an accident."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> Any:
        self.accidents = {check for check, _reason in to_look_at(nb)}
        return super().preprocess(nb, resources)

    def _add_score(self, cell: NotebookNode, resources: Any) -> None:
        super()._add_score(cell, resources)
        name = cell.metadata.nbgrader.grade_id
        grade = self.gradebook.find_grade(
            name, self.notebook_id, self.assignment_id, self.student_id
        )
        if name in self.accidents and not grade.auto_score:
            grade.needs_manual_grade = True
            self.gradebook.db.commit()


# The steps of nbgrader, two of them ours.
STEPS = [
    Execute,
    preprocessors.IgnorePattern,
    ClearMetadataPreprocessor,
    preprocessors.LimitOutput,
    SaveAutoGrades,
    preprocessors.AssignLatePenalties,
    preprocessors.CheckCellMetadata,
]


def to_look_at(notebook: NotebookNode) -> list[tuple[str, str]]:
    """What happened in an executed notebook: the next exercise (or nothing), and a reason."""
    found, waiting = [], []
    for cell in notebook.cells:
        if reason := trouble(cell):
            waiting.append(reason)
        if is_grade(cell):
            found += [(cell.metadata.nbgrader.grade_id, reason) for reason in waiting]
            waiting = []
    return found + [("", reason) for reason in waiting]


def trouble(cell: NotebookNode) -> str:
    """``"died"`` or ``"timed out"`` if that happened to a cell, else nothing."""
    names = [output.get("ename") for output in cell.get("outputs", [])]
    if DIED in names:
        return "died"
    said = "".join(output.get("text", "") for output in cell.get("outputs", []))
    late = is_grade(cell) and re.search(r"did not finish within\s+\d+\s+s", said)
    return "timed out" if ENDLESS in names or late else ""


def ended_by_time(cell: NotebookNode) -> bool:
    """Whether a cell was ended because its time was up."""
    return any(output.get("ename") == ENDLESS for output in cell.outputs)


def failed(cell: NotebookNode) -> bool:
    """Whether a check that ran gives no points."""
    return any(output.output_type == "error" for output in cell.outputs)


def cut(value: Any) -> Any:
    """The same outputs, with strings cut that are longer than a teacher would read."""
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:LONGEST] + "\n... (the rest was cut)"
    if isinstance(value, list):
        return [cut(item) for item in value]
    if isinstance(value, dict):
        return NotebookNode({key: cut(item) for key, item in value.items()})
    return value
