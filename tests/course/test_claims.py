"""What the prose says is tied to something that a test can read.

A number in the prose is tied if the code or an output of its own section (from one heading to the
next) holds it. Any other number is inside a quote of ``docs/facts``: a file for each notebook, an
entry for each quote, with its source. So is what is said of a browser that the section does not
run. Programs have the versions of one table, ``docs/facts/versions.toml``.

What exercises say (tasks, hints, reasons, verdicts) is tied to their code, to the course's server,
or to their lesson; any other number is computed in ``docs/facts/exercises.toml``. What a task gives
as an example is what the solution returns.
"""

import importlib.metadata
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wsedu.course.catalogue import exercises, lessons, predictions, quizzes
from wsedu.course.exercise import Exercise
from wsedu.course.lesson import Lesson
from wsedu.course.peers import measured, outcome
from wsedu.recording import Recording

EXERCISES = exercises()
PREDICTIONS = predictions()
QUIZZES = quizzes()

ROOT = Path(__file__).parent.parent.parent
FACTS = ROOT / "docs" / "facts"
FOLDER = ROOT / "notebooks" / "en"
NOTEBOOKS = [path.stem for path in sorted(FOLDER.glob("*.ipynb"))]
VERSIONS: dict[str, list[str]] = tomllib.loads((FACTS / "versions.toml").read_text("utf-8"))

# How many sections RFC 6455 has below each of its sections.
PARTS = {"1": 9, "2": 1, "3": 0, "4": 4, "4.2": 2, "5": 8, "5.5": 3, "6": 2, "7": 4, "7.1": 7}
PARTS |= {"7.2": 3, "7.4": 2, "8": 2, "9": 2, "10": 8, "11": 8, "11.1": 2, "11.3": 5}
SECTIONS = {f"{above}.{n}" for above, count in PARTS.items() for n in range(1, count + 1)}

TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS = {word: str(10 * n) for n, word in enumerate(TENS, 2)}
WORDS |= {"hundred": "100", "thousand": "1000", "million": "1000000", "sixteen": "16"}
# One to twelve count what is on the page, and are left to the reader.
NUMBER = re.compile(
    r"(?<![\w./#\\-])\d[\d,]*(?:\.\d+)*(?![\w]|\.\d)|\b(?:" + "|".join(WORDS) + r")\b", re.I
)
UNITS = re.compile(r"\s*(?:s\b|ms\b|seconds|bytes|%|[KMG]i?B\b)")


@dataclass(frozen=True)
class Section:
    """The cells from one heading to the next: the prose by cell, and what code and outputs say."""

    prose: tuple[tuple[str, str], ...]
    shown: str


def sections(name: str) -> Iterator[Section]:
    notebook = json.loads((FOLDER / f"{name}.ipynb").read_text("utf-8"))
    prose: list[tuple[str, str]] = []
    shown: list[str] = []
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if re.match(r"#{1,3} ", text) and prose:
                yield Section(tuple(prose), "\n".join(shown))
                prose, shown = [], []
            prose.append((cell["id"], text))
            continue
        shown.append(text)
        for output in cell["outputs"]:
            shown.append("".join(output.get("text", "")))
            shown.append("".join(output.get("data", {}).get("text/plain", "")))
    yield Section(tuple(prose), "\n".join(shown))


def facts(name: str) -> list[dict[str, Any]]:
    path = FACTS / f"{name}.toml"
    if not path.exists():
        return []
    found: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["fact"]
    return found


def plain(text: str) -> str:
    """The prose without what is a name or an address: what is left may hold claims."""
    text = re.sub(r"(?m)^\d+\. ", "", text)  # a list
    text = re.sub(r"\*\*\d+ minutes\*\*(, and \d+ more)?", "", text)  # an estimate, and said so
    text = re.sub(
        r"\[\d\d\]\(\d\d_\w+\.ipynb(#.+?)?\)|\b[Ll]essons? \d\d( (and|to) \d\d)*", "", text
    )
    text = re.sub(r"\]\([^)\s]*\)", "]", text)  # where a link leads
    text = re.sub(r"RFC \d+(,?( \[?section)? \[?\d+(\.\d+)*)?", "", text)
    text = re.sub(r"\b(items?|answer) \d+(\.\d+)?(, \d+)*", "", text)
    return re.sub(r"\b127\.0\.0\.1\b", "", text)


def numbers(text: str) -> list[str]:
    """The numbers that a text states, as digits."""
    found = []
    for match in NUMBER.finditer(plain(text)):
        number = match[0].rstrip(",").lower()
        behind = plain(text)[match.end() :]
        if number in SECTIONS and not UNITS.match(behind):
            continue
        found.append(normal(number))
    return found


def normal(number: str) -> str:
    return WORDS.get(number, number.replace(",", ""))


def pool(shown: str) -> set[str]:
    """The numbers that code and outputs show; dumps of bytes are no numbers."""
    shown = re.sub(r"\b[0-9a-f]{2}( [0-9a-f]{2})+\b", " ", shown)
    shown = re.sub(r"(?m)^ +\d+  ", " ", shown)  # the offset in front of a dump
    return {found.replace(",", "") for found in re.findall(r"\d[\d,]*(?:\.\d+)*", shown)}


def untied(name: str, changed: tuple[str, str] = ("", "")) -> list[tuple[str, str]]:
    """Each cell with a number that neither its section nor a fact holds.

    ``changed`` is a cell and another text for it. A number whose neighbour is shown as well is
    not tied by that: the wrong one would pass. A section without code, such as "What you saw",
    speaks of the whole lesson, and a line of the glossary of the lesson that it names.
    """
    found = []
    for section in sections(name):
        for cell, text in section.prose:
            text = changed[1] if cell == changed[0] else text
            for fact in facts(name):
                text = text.replace(fact["quote"], "") if fact["cell"] == cell else text
            for line in text.splitlines():
                lesson = re.findall(r"\]\((\d\d_\w+)\.ipynb\) \|$", line)
                shown = section.shown or "\n".join(
                    part.shown for part in sections(lesson[0] if lesson else name)
                )
                found += [(cell, claim) for claim in claims(line) if not holds(shown, claim)]
    return found


def claims(line: str) -> list[str]:
    """The numbers of a line of prose, and its pieces of code with a digit, each as a whole."""
    spans = [span for span in re.findall(r"`([^`]+)`", plain(line)) if re.search(r"\d", span)]
    return spans + numbers(re.sub(r"`[^`]+`", "", line))


def holds(shown: str, claim: str) -> bool:
    """Whether what is shown holds a claim, and no number next to it."""
    if not re.fullmatch(r"\d+(\.\d+)*", claim):
        return re.search(rf"\b{re.escape(claim)}\b".replace(r"\b\\", r"\\"), shown) is not None
    here = pool(shown)
    near = {str(int(claim) - 1), str(int(claim) + 1)} if claim.isdigit() else set()
    return claim in here and not near & here


@pytest.fixture(params=NOTEBOOKS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_number_is_tied(name: str) -> None:
    assert untied(name) == []


def test_every_changed_number_is_noticed(name: str) -> None:
    """With one more than it says, a number is untied, or the quote that holds it is gone."""
    quotes = [(fact["cell"], fact["quote"]) for fact in facts(name)]
    for section in sections(name):
        for cell, text in section.prose:
            for at, number in places(text):
                other = f"{text[:at]}{int(number) + 1}{text[at + len(number) :]}"
                gone = any(where == cell and quote not in other for where, quote in quotes)
                assert gone or untied(name, (cell, other)), (cell, number)


def places(text: str) -> list[tuple[int, str]]:
    """Where a text states whole numbers; not those of sections, lessons and links."""
    stated = numbers(text)
    return [
        (match.start(), match[0])
        for match in re.finditer(r"(?<![\w./#\\-])\d+(?![\w.,])", text)
        if match[0] in stated and plain(text).count(match[0]) == text.count(match[0])
    ]


def test_every_fact_is_quoted_word_for_word_and_has_a_source(name: str) -> None:
    texts = {cell: text for section in sections(name) for cell, text in section.prose}
    for fact in facts(name):
        assert fact["quote"] in texts[fact["cell"]], fact
        assert set(fact) <= {"cell", "quote", "source", "how", "date", "peers"}
        assert_source(fact)


COUNTS = ("none", "one", "two", "three", "four", "five", "six", "seven", "all eight")


def assert_source(fact: dict[str, Any]) -> None:
    source = fact["source"]
    if rfc := re.fullmatch(r"RFC (\d+) ([\d.]+)", source):
        assert rfc[1] != "6455" or rfc[2] in SECTIONS | {*PARTS}, fact
    elif source == "peers":
        row, answer, count = fact["peers"]
        servers = measured()["versions"]
        assert sum(outcome(row, server) == answer for server in servers) == count, fact
        assert COUNTS[count] in fact["quote"].lower(), fact
    elif not source.startswith("https://"):
        program, _space, version = source.rpartition(" ")
        assert version in VERSIONS[program], fact
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", fact["date"]) and fact["how"], fact


def test_links_to_a_section_say_its_number(name: str) -> None:
    for section in sections(name):
        for _cell, text in section.prose:
            for said, rfc, number in re.findall(
                r"\[(?:section |RFC \d+, )?([\d.]+)\]\(https://www.rfc-editor.org/rfc/rfc(\d+)"
                r"#section-([\d.]+)\)",
                text,
            ):
                assert said == number, text
                assert rfc != "6455" or number in SECTIONS | {*PARTS}, text


# The exercises.


def words_of(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """Everything that an exercise says, each with its key in ``en.toml``."""
    path = exercise.words.folder / "en.toml"
    for key, value in tomllib.loads(path.read_text("utf-8")).items():
        inner = value if isinstance(value, dict) else {"": value}
        for name, text in inner.items():
            for one in text if isinstance(text, list) else [text]:
                said = one.format(**exercise.facts) if exercise.facts else one
                yield f"{key} {name}".strip(), said


def shown_by(lesson: Lesson, exercise: Exercise) -> str:
    """The exercise's code, where its letters are measured, the course's server, and the lesson."""
    letters = Path(__file__).parent / "letters" / f"{exercise.name.replace('-', '_')}.py"
    server = exercise.words.folder.parent.parent / "server.py"
    paths = [exercise.words.folder / "exercise.py", server, letters]
    code = [path.read_text("utf-8") for path in paths if path.exists()]
    parts = [
        text for part in sections(lesson.slug) for text in (part.shown, *dict(part.prose).values())
    ]
    return "\n".join(code + parts)


COMPUTED = tomllib.loads((FACTS / "exercises.toml").read_text("utf-8"))["fact"]
PAIRS = [(lesson, exercise) for lesson in lessons() for exercise in lesson.exercises]


def untied_in(lesson: Lesson, exercise: Exercise) -> list[tuple[str, str]]:
    """Each key with a number that nothing holds."""
    shown, task = shown_by(lesson, exercise), exercise.words["task"]
    # Here single bytes are named, too; they are tied to the dump that holds them.
    known_of_task = pool(shown) | set(re.findall(r"\b\d\d\b", shown + task))
    known = known_of_task | pool(task)
    found = []
    for key, text in words_of(exercise):
        if key.startswith(PROVED):
            continue
        for fact in COMPUTED:
            text = text.replace(fact["quote"], "") if fact["exercise"] == exercise.name else text
        for number in numbers(re.sub(r"`[^`]+`", "", text)):
            if number not in (known_of_task if key == "task" else known):
                found.append((key, number))
    return found


# What these say is bound to code that runs: a mistake, a condition, a case, a client's complaint.
PROVED = ("mistakes ", "conditions ", "says ", "seen ")


@pytest.mark.parametrize(("lesson", "exercise"), PAIRS, ids=[pair[1].name for pair in PAIRS])
def test_every_number_that_an_exercise_says_is_tied(lesson: Lesson, exercise: Exercise) -> None:
    assert untied_in(lesson, exercise) == [], (
        "nothing holds these numbers: use them in the exercise's code or task, write code in "
        "`...`, or name what computes them in docs/facts/exercises.toml"
    )


@pytest.mark.parametrize("fact", COMPUTED, ids=lambda fact: fact["exercise"])
def test_what_is_computed_for_an_exercise_is_right(fact: dict[str, Any]) -> None:
    assert set(fact) == {"exercise", "quote", "is"}
    exercise = EXERCISES[fact["exercise"]]
    assert any(fact["quote"] in text for _key, text in words_of(exercise)), fact
    (number,) = set(numbers(re.sub(r"`[^`]+`", "", fact["quote"])))
    value = eval(fact["is"], {"__builtins__": {"len": len, "bytes": bytes}})
    assert number == (value if isinstance(value, str) else f"{value:g}"), fact


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: exercise.name)
def test_sections_that_an_exercise_names_exist(exercise: Exercise) -> None:
    for key, text in words_of(exercise):
        for number in re.findall(r"\((\d+(?:\.\d+)+)(?:, item \d+)?\)", text):
            assert number in SECTIONS, (key, number)


# `encode_header(True, 1, 5)` is `b"\x81\x05"`
EXAMPLE = re.compile(r"`(\w+)\(([^`]*)\)` (?:is|returns|gives) `([^`]+)`")
EXAMPLES = [
    (exercise, *match)
    for exercise in EXERCISES.values()
    if callable(exercise.solution)
    for match in EXAMPLE.findall(exercise.words["task"])
    if match[0] == exercise.solution.__name__ and not re.search(r"\b[a-z]\b[^\"']", match[1])
]


@pytest.mark.parametrize(
    ("exercise", "called", "given", "result"), EXAMPLES, ids=[f"{e[1]}({e[2]})" for e in EXAMPLES]
)
def test_example_of_a_task_is_what_the_solution_returns(
    exercise: Exercise, called: str, given: str, result: str
) -> None:
    got = eval(f"{called}({given})", {called: exercise.solution})
    assert got == eval(result, {})


def test_tasks_have_examples() -> None:
    assert len(EXAMPLES) >= 15


# The programs.

NAMED = re.compile(r"\b(" + "|".join(map(re.escape, VERSIONS)) + r")`? (\d+(?:\.\d+)*)\b")
BROWSER = re.compile(r"\b(Chromium|Chrome|Firefox|Safari)\b(?! (?:ESR )?\d)")
# What the lab itself says of its recording has the version.
RECORDING = re.compile(r"recordings? of Chromium")


def prose() -> Iterator[tuple[str, str, str]]:
    """Whatever the course says, with its lesson: notebooks, exercises, and what checks say."""
    for path in sorted((ROOT / "exercises" / "en").glob("*/*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                yield path.stem[:2], cell["id"], "".join(cell["source"])
    said: list[tuple[str, str]] = []
    for exercise in EXERCISES.values():
        said += [(exercise.name, text) for _key, text in words_of(exercise)]
    for prediction in PREDICTIONS.values():
        said += [(prediction.name, text) for option in prediction.options for text in option]
        said.append((prediction.name, prediction.question))
    for quiz in QUIZZES.values():
        said += [(quiz.name, says) for _step, _place, says in quiz.steps]
    yield from ((name[:2], name, text) for name, text in said)
    for name in NOTEBOOKS:
        for section in sections(name):
            yield from ((name[:2], cell, text) for cell, text in section.prose)


def test_programs_have_the_versions_of_the_table() -> None:
    found = [(where, *match) for _no, where, text in prose() for match in NAMED.findall(text)]
    assert len(found) >= 10
    for where, program, version in found:
        assert any(f"{known}.".startswith(f"{version}.") for known in VERSIONS[program]), (
            where,
            program,
            version,
        )


def test_a_browser_is_named_with_its_version() -> None:
    """What one version does, another may not. A second time in the same cell needs no version."""
    for _lesson, where, text in prose():
        text = RECORDING.sub("", text)
        for browser in {match[1] for match in BROWSER.finditer(text)}:
            assert re.search(rf"\b{browser}\b (ESR )?\d", text), f"{where}: which {browser}?"


def test_table_of_versions_is_that_of_what_is_installed_and_kept() -> None:
    assert VERSIONS["websockets"] == [importlib.metadata.version("websockets")]
    for server, version in measured()["versions"].items():
        assert version.partition(" ")[0] in VERSIONS[server]
    for browser in ("Chromium", "Firefox ESR"):
        start = browser.lower().partition(" ")[0]
        for path in (ROOT / "wsedu" / "live").glob(f"{start}_*.json*"):
            version = VERSIONS[browser][0].partition(".")[0]
            assert f"{browser} {version} " in Recording.open(path).note
