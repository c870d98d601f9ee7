"""Say what is stale: ``.venv/bin/python scripts/stale.py``; with ``--write``, make it anew.

How to think about it: some pages say again what is written elsewhere. None of them is edited by
hand. ``GENERATED`` is the list of them: where they are, and the function that makes them.
"""

from __future__ import annotations

import ast
import enum
import inspect
import io
import json
import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# The packages of this folder, whatever else is installed; and English, whatever is set.
sys.path[:0] = [str(ROOT), str(ROOT / "exercises")]
os.environ["WSEDU_LANGUAGE"] = "en"

from wsedu.course.catalogue import lessons  # noqa: E402
from wsedu.course.exercise import Exercise  # noqa: E402
from wsedu.course.lesson import Lesson  # noqa: E402
from wsedu.course.mistakes import kind_of  # noqa: E402
from wsedu.course.packages import packages  # noqa: E402
from wsedu.course.texts import Texts  # noqa: E402
from wsedu.course.wording import Wording  # noqa: E402

Cell = dict[str, Any]
Files = Iterator[tuple[Path, bytes]]  # what each file should hold

COURSE = packages()[0]  # other packages of exercises have pages of their own
LESSONS = [lesson for lesson in lessons() if lesson.number.isdigit()]


def text(page: str) -> bytes:
    """A page as it is stored: the same on every system."""
    return page.encode("utf-8")


# The notebooks of the exercises.


def exercise_notebooks() -> Files:
    """Task, answer and check of every exercise, in every language; other cells stay as they are."""
    for language in sorted(path.name for path in (ROOT / "exercises").glob("??")):
        for folder, lesson in zip(COURSE.lessons, LESSONS, strict=True):
            path = notebook_of(lesson, language)
            if path.exists():
                notebook = json.loads(path.read_text(encoding="utf-8"))
                notebook["cells"] = in_order(notebook["cells"], folder, lesson, language)
                yield path, notebook_text(notebook)


def notebook_of(lesson: Lesson, language: str = "en") -> Path:
    """Where a lesson's exercises are."""
    name = f"{lesson.number}_exercises.ipynb"
    return ROOT / "exercises" / language / lesson.slug / name


def notebook_text(notebook: dict[str, Any]) -> bytes:
    """A notebook as JupyterLab stores it."""
    return text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def in_order(cells: list[Cell], folder: str, lesson: Lesson, language: str) -> list[Cell]:
    """The cells of a notebook, with those of each exercise in the order of ``lesson.toml``.

    Cells after a check belong to that exercise, and move with it.
    """
    head: list[Cell] = []
    groups: dict[str, list[Cell]] = {}
    tail: list[Cell] = []
    group = head
    for cell in cells:
        if cell["id"].endswith("-task"):
            group = groups[cell["id"].removesuffix("-task")] = []
        elif cell["id"].endswith("-progress"):
            group = tail
        group.append(cell)
    for exercise in lesson.exercises:
        home = COURSE.folder / folder / exercise.name.replace("-", "_")
        words = Wording(home, language, exercise.facts)
        head += with_words(groups.get(exercise.name, []), exercise, words)
    return head + tail


def with_words(group: list[Cell], exercise: Exercise, words: Wording) -> list[Cell]:
    """The cells of one exercise; of the old ones, only the name of the answer is kept."""
    name = exercise.name
    old = {cell["id"]: "".join(cell["source"]) for cell in group}
    answer = starter(exercise, old.get(f"{name}-answer", ""))
    title = f"{exercise.number} {words['title']}"
    made = three_cells(name, title, exercise.stars, words["task"].strip(), answer)
    ids = [cell["id"] for cell in made]
    return made + [cell for cell in group if cell["id"] not in ids]


def three_cells(name: str, title: str, stars: int, task: str, answer: str) -> list[Cell]:
    """The task of an exercise, the cell for its answer, and the check."""
    check = code_cell(f"{name}-check", f'check("{name}", {answered(answer)})')
    check["metadata"] = {
        "deletable": False,
        "editable": False,
        "nbgrader": {
            "grade": True,
            "grade_id": name,
            "locked": True,
            "points": stars,
            "schema_version": 3,
            "solution": False,
            "task": False,
        },
    }
    return [
        prose_cell(f"{name}-task", f"## {title} {'★' * stars}\n\n{task}"),
        code_cell(f"{name}-answer", answer),
        check,
    ]


def prose_cell(name: str, source: str) -> Cell:
    """A cell of Markdown."""
    lines = source.splitlines(keepends=True)
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": lines}


def code_cell(name: str, source: str) -> Cell:
    """A cell that has not been run."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


def starter(exercise: Exercise, old: str) -> str:
    """What a learner finds in the answer cell: dots in place of the answer.

    old: what it is now; a name that is not that of a function may be any
    """
    if callable(exercise.solution):
        if old.endswith(" = ..."):
            return old
        word = "async def" if inspect.iscoroutinefunction(exercise.solution) else "def"
        taken = ", ".join(inspect.signature(exercise.solution).parameters)
        return f"{word} {exercise.solution.__name__}({taken}):\n    return ..."
    if isinstance(exercise.judge, Texts):
        return f'{answered(old) if old else "text"} = """\n{exercise.judge.begin}"""'
    rows = "".join(f'    "{letter}": ...,\n' for letter in exercise.solution)
    return f"{answered(old) if old else 'answers'} = {{\n{rows}}}"


def answered(source: str) -> str:
    """The name that an answer cell gives to the answer."""
    found = re.search(r"^(?:(?:async )?def (\w+)\(|(\w+) = )", source, re.M)
    assert found, f"an answer cell defines a name: {source}"
    return found[1] or found[2]


# Pages.


def readme() -> Files:
    """The table of lessons in README.md."""
    rows = ["| lesson | you will be able to |", "|---|---|"]
    for folder, lesson in zip(COURSE.lessons, LESSONS, strict=True):
        able = Wording(COURSE.folder / folder)["able"]
        link = f"[{lesson.number} {lesson.title}](notebooks/en/{lesson.slug}.ipynb)"
        rows.append(f"| {link} | {able} |")
    path = ROOT / "README.md"
    old = path.read_text(encoding="utf-8")
    start = old.index(rows[0])
    end = old.index("\n\n", start)
    yield path, text(old[:start] + "\n".join(rows) + old[end:])


def wrong_answers() -> Files:
    """The mistakes that each exercise recognises, for teachers."""
    lines = [
        "# Common wrong answers",
        "",
        "What learners answer, and the sentence that the check says to it.",
    ]
    for lesson in LESSONS:
        for exercise in lesson.exercises:
            lines += ["", f"## {exercise.number} {exercise.title} {'★' * exercise.stars}", ""]
            said = {kind_of(mistake.name): mistake.sentence for mistake in exercise.mistakes}
            lines += [f"* **{name.replace('-', ' ')}**: {said[name]}" for name in said]
    lines += ["", f"{sum(len(lesson.exercises) for lesson in LESSONS)} exercises."]
    yield ROOT / "docs" / "wrong-answers.md", text("\n".join(lines) + "\n")


def by_hand() -> Files:
    """What no check judges: objectives that are practised by predictions and quizzes alone."""
    lines = [
        "# What you grade by hand",
        "",
        "The checks judge every exercise. No exercise practises these objectives: predictions "
        "and quizzes ask for them, and those are not graded. Ask for two sentences, on paper or "
        "in a cell.",
        "",
        "| lesson | the learner can | asked by |",
        "|---|---|---|",
    ]
    for lesson in LESSONS:
        judged = {exercise.name for exercise in lesson.exercises}
        for objective in lesson.objectives:
            if not judged & set(objective.practised):
                asked = " ".join(f"`{name}`" for name in objective.practised)
                lines.append(f"| {lesson.number} | {objective.says} | {asked} |")
    lines += [
        "",
        "A check says whether code is right. How well it is written is yours to judge. It is worth "
        "your time where the task is open, in the exercises with four stars:",
        "",
    ]
    lines += [
        f"* {exercise.number} {exercise.title}"
        for lesson in LESSONS
        for exercise in lesson.exercises
        if exercise.stars == 4
    ]
    programs = [
        f"{exercise.number} needs {exercise.judge.program}: without it, nothing is judged."
        for lesson in LESSONS
        for exercise in lesson.exercises
        if isinstance(exercise.judge, Texts)
    ]
    yield ROOT / "docs" / "by-hand.md", text("\n".join([*lines, "", *programs]) + "\n")


def links() -> Files:
    """Every link that leaves the course, with the notebooks that hold it."""
    found: dict[str, set[str]] = {}
    for pattern in ("notebooks/*/*.ipynb", "exercises/*/*/*.ipynb"):
        for path in sorted(ROOT.glob(pattern)):
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "markdown":
                    for link in re.findall(r"\]\((https?://[^)\s]+)\)", "".join(cell["source"])):
                        found.setdefault(link, set()).add(path.stem)
    lines = [" ".join([link, *sorted(names)]) for link, names in sorted(found.items())]
    yield ROOT / "docs" / "links.txt", text("\n".join(lines) + "\n")


def translations() -> Files:
    """The sentences of ``wsedu`` in another language, in the form in which gettext reads them."""
    for path in sorted((ROOT / "wsedu" / "words" / "locale").glob("*/LC_MESSAGES/wsedu.po")):
        # JupyterLab brings it along.
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        compiled = io.BytesIO()
        write_mo(compiled, read_po(io.BytesIO(path.read_bytes())))
        yield path.with_suffix(".mo"), compiled.getvalue()


# The page of names.

ROOMS = {
    "wsedu": "The names that lessons use.",
    "wsedu.protocol": "Bytes and values: no sockets, no clock, no chance.",
    "wsedu.recording": "What was seen on a wire, and its fields.",
    "wsedu.live": "Servers and clients.",
    "wsedu.views": "Pictures of values.",
    "wsedu.course": "What a learner calls.",
}


def api() -> Files:
    """The public names of each room, with their signatures and docstrings."""
    lines = ["# The names of wsedu", "", "Made from the code: `Lab??` in a cell shows the rest."]
    seen: set[str] = set()
    for room, about in ROOMS.items():
        module = import_module(room)
        names = [name for name in module.__all__ if name not in seen]
        seen |= set(names)
        lines += ["", f"## {room}", "", about] if names else []
        for name in names:
            lines += ["", f"### {name}", "", *described(name, getattr(module, name), module)]
    yield ROOT / "docs" / "api.md", text("\n".join(lines) + "\n")


def described(name: str, value: Any, module: ModuleType) -> Iterator[str]:
    """The lines of one name."""
    if inspect.isclass(value):
        members = [f"    {member.name} = {member.value!r}" for member in members_of(value)]
        made = constructor(value)
        yield from code([f"class {name}:", *members] if members else [f"class {name}({made})"])
        yield from docstring(value)
        inherited = {name for base in value.__mro__[1:] for name in vars(base)}
        for part, function in vars(value).items():
            if part.startswith("_") or part in inherited or not getattr(function, "__doc__", None):
                continue
            if isinstance(function, property):
                yield from ["", f"`.{part}`: {first_line(function)}"]
            elif inspect.isfunction(inspect.unwrap(getattr(value, part))):
                node = parsed(getattr(value, part))
                word = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
                yield from ["", f"`{word}.{part}({arguments(node, 1)})`: {first_line(function)}"]
    elif callable(value) and inspect.isfunction(inspect.unwrap(value)):
        node = parsed(value)
        word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        yield from code([f"{word} {name}({arguments(node)}){returns}"])
        yield from docstring(value)
    else:
        yield from code([assigned(name, module)])


def code(lines: list[str]) -> list[str]:
    """A block of code; ruff would format one that says it is Python."""
    return ["```text", *lines, "```"]


def docstring(value: Any) -> Iterator[str]:
    """The first paragraph as prose, and the rest as it is written."""
    first, _empty, rest = inspect.cleandoc(value.__doc__ or "").partition("\n\n")
    yield from ["", first]
    if rest:
        yield from ["", "```text", *rest.splitlines(), "```"]


def first_line(value: Any) -> str:
    """The first sentence of a docstring."""
    return inspect.cleandoc(value.__doc__).partition("\n\n")[0].replace("\n", " ")


def parsed(value: Any) -> Any:
    """The syntax tree of a function or a class: it has each default as it is written."""
    return ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(value)))).body[0]


def arguments(node: Any, skip: int = 0) -> str:
    """The arguments of a function, without ``self`` if ``skip`` is 1."""
    del (node.args.posonlyargs or node.args.args)[:skip]
    return ast.unparse(node.args)


def members_of(value: type) -> Iterator[enum.Enum]:
    """The members of an enumeration; none of another class."""
    return iter(value if issubclass(value, enum.Enum) else ())


def constructor(value: type) -> str:
    """What makes an object of a class: its fields, or what its ``__init__`` takes."""
    if hasattr(value, "__dataclass_fields__") or hasattr(value, "_fields"):
        fields = [node for node in parsed(value).body if isinstance(node, ast.AnnAssign)]
        return ", ".join(
            ast.unparse(node).partition(" = field(")[0]
            for node in fields
            if node.target.id[0] != "_" and "ClassVar" not in ast.unparse(node.annotation)
        )
    for base in value.__mro__:
        if "__init__" in vars(base) and base.__module__.startswith("wsedu"):
            return arguments(parsed(base.__init__), 1)
    return ""


def assigned(name: str, module: ModuleType) -> str:
    """The line that gives a constant its value, or its type if that is long."""
    for path in sorted(Path(module.__file__ or "").parent.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", 0)]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                line = ast.unparse(node)
                return (
                    line if len(line) <= 100 else f"{name}: {type(getattr(module, name)).__name__}"
                )
    raise LookupError(f"{module.__name__} assigns no {name}")


# All of them.

GENERATED: dict[str, Callable[[], Files]] = {
    "exercises/LANGUAGE/*/*.ipynb: tasks, headings, metadata of checks": exercise_notebooks,
    "README.md: the table of lessons": readme,
    "docs/wrong-answers.md": wrong_answers,
    "docs/by-hand.md": by_hand,
    "docs/links.txt": links,
    "docs/api.md": api,
    "wsedu/words/locale/*/LC_MESSAGES/wsedu.mo": translations,
}


def stale() -> dict[Path, bytes]:
    """The files that do not hold what they should, with that."""
    return {
        path: wanted
        for make in GENERATED.values()
        for path, wanted in make()
        if not path.exists() or path.read_bytes() != wanted
    }


def write() -> list[Path]:
    """Make anew what is stale, in the order of the table: links are read from notebooks."""
    written = []
    for make in GENERATED.values():
        for path, wanted in make():
            if not path.exists() or path.read_bytes() != wanted:
                path.write_bytes(wanted)
                written.append(path)
    return written


if __name__ == "__main__":
    if "--write" in sys.argv:
        for path in write():
            print(f"{path.relative_to(ROOT)} is written anew.")
    elif found := stale():
        for path in found:
            print(f"{path.relative_to(ROOT)} is stale.")
        sys.exit("Make it anew: .venv/bin/python scripts/stale.py --write")
