"""Put what a learner handed in into an order in which it can be graded.

How to think about it: only the learner's own code counts. The checks and the first cell belong
to the course, so they are taken from the course's notebook, and each check is put after the
answer that it checks. It does not matter whether the learner deleted a check, changed it, or
saved the notebook with an editor that forgot the ids of its cells. A notebook of an earlier
edition may name exercises as they were called then. What was handed in is only read, never
changed.
"""

from __future__ import annotations

import ast
import re
import symtable
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from wsedu.course.packages import current_name

# A check, alone on its line. A learner may have changed what stands in it.
CHECK = re.compile(r"""^check\(\s*["']([\w.-]+)["']\s*,?(.*)\)[ \t]*;?[ \t]*(#.*)?$\n?""", re.M)
HEADING = re.compile(r"(?m)^## (\d\d\.\d+) ")
KINDS = ("task", "answer", "check")
LINK_OUT = re.compile(r"\[([^]]*)\]\(\.\./[^)]*\)")  # out of the notebook's folder
OLD = re.compile(r"""(["'])(\d\d\.\w+)\1""")  # what an exercise was called in earlier editions
NEW = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


@dataclass(frozen=True)
class Check:
    """A check of the course: the exercise, its number, the name of its answer, and its cell.

    The ids of the exercise's task, answer and check begin with the exercise's name.
    """

    exercise: str
    number: str
    argument: str
    cell: NotebookNode


def checks(source: NotebookNode) -> list[Check]:
    """The checks of a notebook of the course, in order."""
    found, number = [], ""
    for cell in source.cells:
        number = next(iter(HEADING.findall(cell.source)), number)
        if cell.metadata.get("nbgrader", {}).get("grade"):
            match = CHECK.fullmatch(cell.source)
            assert match, f"a check is one line: {cell.source}"
            found.append(Check(match[1], number, match[2].strip(), cell))
    return found


# Finding it.


def traces(handed: NotebookNode, source: NotebookNode) -> int:
    """How many exercises of ``source`` have left a trace: an id, a heading, or a check."""
    ids, text = set(), ""
    for cell in handed.cells:
        ids |= {cell.id, text_at(cell.metadata, "nbgrader", "grade_id")}
        text += "\n" + cell.source
    headings = set(HEADING.findall(text))
    named = headings | {match[1] for match in CHECK.finditer(text)}
    named = {current_name(name) for name in named}
    numbers = {cell.id: HEADING.findall(cell.source) for cell in source.cells}
    return sum(
        bool(
            ids & {check.exercise, *(f"{check.exercise}-{kind}" for kind in KINDS)}
            or check.exercise in named
            or headings.intersection(numbers[f"{check.exercise}-task"])
        )
        for check in checks(source)
    )


@dataclass
class Found:
    """What one learner's folder has for one assignment.

    notebook: the one to grade; None if there is none
    path:     where it is
    remarks:  (reason, sentence) for the teacher
    """

    notebook: NotebookNode | None
    path: Path | None
    remarks: list[tuple[str, str]]


def find(folder: Path, slug: str, name: str, sources: dict[str, NotebookNode]) -> Found:
    """Look in a learner's folder for a notebook of the assignment ``slug``.

    name:    what its file should be called; it is found under any name and in any folder
    sources: the course's own notebook of each assignment
    """
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    paths = [path for path in paths if not any(part.startswith(".") for part in path.parts)]
    place = Path(slug) / name
    candidates: dict[Path, NotebookNode] = {}
    remarks, perhaps = [], []

    def age(path: Path) -> tuple[bool, int, Path]:
        """The newest sorts last; what the browser edition keeps as a copy counts as old."""
        return ".mine" not in path.name, (folder / path).stat().st_mtime_ns, path

    for path in sorted(paths, key=age):
        if path.suffix.lower() != ".ipynb":
            continue
        try:
            handed = read(folder / path)
        except ValueError as error:
            said = ("unreadable", f"the file {path}: {error}")
            if path.parts[0] == slug or path.name.startswith(name.removesuffix(".ipynb")):
                remarks.append(said)
            elif not _of_another(path, slug, sources):
                perhaps.append(said)  # it may be the one, if there is no other
            continue
        most = max(traces(handed, source) for source in sources.values())
        if traces(handed, sources[slug]) == most and (most or path in (place, Path(name))):
            candidates[path] = handed
    if not candidates:
        there = ", ".join(str(path) for path in sorted(paths) if path.parts[0] == slug)
        said = (
            f"there is no notebook of it, only {there}" if there else "nothing of it was handed in"
        )
        return Found(None, None, remarks + perhaps or [("missing", said)])
    path, notebook = list(candidates.items())[-1]  # the newest
    if len(candidates) > 1:
        names = ", ".join(str(path) for path in sorted(candidates))
        remarks.append(("several", f"of {names} the newest is graded: {path}"))
    if path.name != name:
        remarks.append(("misnamed", f"the file {path} is graded as {name}"))
    return Found(notebook, folder / path, remarks)


def _of_another(path: Path, slug: str, sources: Iterable[str]) -> bool:
    """Whether its folder or its number says that a file is of another assignment."""
    return any(
        path.parts[0] == other or path.name.startswith(other.partition("_")[0] + "_")
        for other in sources
        if other != slug
    )


def read(path: Path) -> NotebookNode:
    """A notebook without its outputs; ValueError with a sentence if it is none."""
    cells = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that ids are missing is what we expect
            notebook = nbformat.read(path, as_version=4)
        for old in notebook.cells:
            cell = NEW[old.cell_type](old.get("source", ""), metadata=old.get("metadata") or {})
            cell.id = text_at(old, "id")
            cells.append(cell)
    except Exception as error:
        raise ValueError(f"it is not a notebook ({type(error).__name__})") from None
    return NotebookNode(cells=cells, metadata=notebook.metadata)


def text_at(found: Any, *names: str) -> str:
    """The text under these names, one in the other; empty if something else is there.

    What is not code may be anything: a learner can edit the file.
    """
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


# Giving it out.


def without_links_out(notebook: NotebookNode) -> NotebookNode:
    """The notebook, with only the words of links to files that a learner does not have."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK_OUT.sub(r"\1", cell.source)
    return notebook


# Its order.


def in_order(handed: NotebookNode, source: NotebookNode) -> NotebookNode:
    """The learner's cells, with the course's first cell and the course's checks among them."""
    code = [cell for cell in source.cells if cell.cell_type == "code"]
    first, last = code[0], code[-1]
    ids = {cell.id for cell in source.cells if cell.metadata == {}} - {first.id}
    tests = checks(source)
    by_id = {test.cell.id: test.exercise for test in tests}
    by_id |= {test.exercise: test.exercise for test in tests}  # as nbgrader calls the check

    stems = _stems(handed, {test.exercise for test in tests})
    cells: list[NotebookNode] = []
    shown: dict[str, int] = {}  # exercise -> the number of the cell above which its check was
    called: dict[str, str] = {}  # exercise -> what the learner's check was called with
    for cell in handed.cells:
        text, names = cell.source, []
        if cell.cell_type == "code" or CHECK.fullmatch(text.strip()):
            grade_id = text_at(cell.metadata, "nbgrader", "grade_id")
            marks = (_current_id(cell, stems), grade_id)
            names = [by_id[mark] for mark in marks if mark in by_id]
            theirs = {str(current_name(m[1])): m[2].strip() for m in CHECK.finditer(text)}
            names += theirs
            called |= theirs
            text = CHECK.sub("", text)
        if _bare(text) == _bare(first.source) or (names and not _bare(text)):
            pass  # the course has it
        else:
            own = NEW[cell.cell_type](text)  # without its outputs and its metadata
            name = _current_id(cell, stems)
            free = name in ids and name not in {other.id for other in cells}
            own.id = name if free else f"own-{len(cells)}"
            cells.append(own)
        shown |= {name: len(cells) for name in names}

    given = {_bare(cell.source) for cell in code}
    places: list[tuple[int, NotebookNode]] = []
    for test in tests:
        place, name = _place(test, cells, shown, given), called.get(test.exercise, "")
        renamed = name.isidentifier() and name != test.argument
        if renamed and not _answers(test, cells, given):
            alias = new_code_cell(f"{test.argument} = {name}", id=f"{test.exercise}-renamed")
            places.append((place, alias))
        places.append((place, test.cell))
    start = int(bool(cells) and cells[0].cell_type == "markdown")  # after the title
    ordered: list[NotebookNode] = []
    for number in range(len(cells) + 1):
        ordered += [first] if number == start else []
        ordered += [check for place, check in places if place == number]
        ordered += cells[number : number + 1]
    if last.source not in {cell.source for cell in cells}:
        ordered.append(last)  # progress()
    return new_notebook(cells=ordered, metadata=source.metadata)


def _stems(handed: NotebookNode, known: set[str]) -> dict[str, str]:
    """With what the ids of an exercise began in an earlier edition -> its name now."""
    found = {}
    for cell in handed.cells:
        stem, _hyphen, kind = (cell.id or "").rpartition("-")
        pattern = {"task": HEADING, "check": CHECK}.get(kind)
        if pattern and stem not in known and (match := pattern.search(cell.source)):
            found[stem] = str(current_name(match[1]))
    return found


def _current_id(cell: NotebookNode, stems: dict[str, str]) -> str:
    stem, hyphen, kind = (cell.id or "").rpartition("-")
    return stems[stem] + hyphen + kind if stem in stems else cell.id or ""


def _place(test: Check, cells: list[NotebookNode], shown: dict[str, int], given: set[str]) -> int:
    """The number of the cell above which a check belongs.

    That is where the learner has it, if an answer is above it; else right after the answer.
    """
    answers = _answers(test, cells, given)
    at = shown.get(test.exercise)
    if at is not None and (not answers or answers[0] < at):
        return at
    named = [number for number, cell in enumerate(cells) if cell.id == f"{test.exercise}-answer"]
    chosen = [number for number in answers if number in named]
    chosen = chosen or [number for number in answers if number in _below(test, cells)]
    chosen = chosen or answers or named
    return chosen[-1] + 1 if chosen else len(cells)


def _below(test: Check, cells: list[NotebookNode]) -> set[int]:
    """The numbers of the cells between the heading of an exercise and the next heading.

    In an examination, two exercises may ask for an answer of the same name.
    """
    found, inside = set(), False
    for number, cell in enumerate(cells):
        if cell.cell_type == "markdown" and (headings := HEADING.findall(cell.source)):
            inside = test.number in headings
        elif inside:
            found.add(number)
    return found


def _answers(test: Check, cells: list[NotebookNode], given: set[str]) -> list[int]:
    """The numbers of the cells in which the learner binds the name of an answer."""
    return [
        number
        for number, cell in enumerate(cells)
        if cell.cell_type == "code"
        and _bare(cell.source) not in given
        and binds(cell.source, test.argument)
    ]


def _bare(text: str) -> str:
    """Code without comments and blank lines, and with what exercises are called now."""
    text = OLD.sub(lambda name: f'"{current_name(name[2])}"', text)
    lines = (line.rstrip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.lstrip().startswith("#"))


def binds(text: str, name: str) -> bool:
    """Whether a cell gives ``name`` a value that is not lent by ``mine``."""
    try:
        tree = ast.parse(TransformerManager().transform_cell(text))
        tree.body = [line for line in tree.body if not _lends(line)]
        table = symtable.symtable(ast.unparse(tree), "cell", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return False  # it does not run
    return any(
        s.is_assigned() or s.is_imported() for s in table.get_symbols() if s.get_name() == name
    )


def _lends(line: ast.stmt) -> bool:
    return (
        isinstance(line, ast.Assign)
        and isinstance(line.value, ast.Call)
        and isinstance(line.value.func, ast.Name)
        and line.value.func.id == "mine"
    )
