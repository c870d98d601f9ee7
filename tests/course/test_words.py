"""The words of lessons and exercises fit their code: nothing is missing, and nothing is left over.

A word that is missing would be an error in the middle of a learner's check; one that nothing uses
would be translated for nothing.
"""

import ast
import inspect
import string
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from wsedu.course import clients
from wsedu.course import raw_client as raw
from wsedu.course.catalogue import exercises, lessons
from wsedu.course.clients import Clients
from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Letters
from wsedu.course.mistakes import kind_of
from wsedu.course.packages import packages
from wsedu.course.texts import Texts
from wsedu.course.wording import Wording
from wsedu_exercises import refusals
from wsedu_exercises.ping_pong_and_timeouts.own_server import conversations, handshakes

ROOT = Path(__file__).parent.parent.parent
ALL = list(exercises().values())
PACKAGES = [package.folder for package in packages()]
OTHER = ROOT / "tests" / "other_package" / "spare_time_exercises"
LESSONS = [package.folder / name for package in packages() for name in package.lessons]
LESSONS.append(OTHER / "reading_bytes")

ALWAYS = {"title", "task", "passed", "reason", "hints", "mistakes"}


def name_of(thing: Any) -> str:
    return str(thing.name)


def toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def placeholders(text: str) -> set[str]:
    """What is filled into a sentence."""
    return {name for _text, name, _spec, _how in string.Formatter().parse(text) if name is not None}


def sentences(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """All strings of a file of words, each with its key."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from sentences(inner, f"{key}.{name}")
    else:
        for number, inner in enumerate(value):
            yield from sentences(inner, f"{key}.{number}")


@pytest.mark.parametrize("exercise", ALL, ids=name_of)
def test_exercise_has_the_words_that_its_judge_needs_and_no_others(exercise: Exercise) -> None:
    words = toml(exercise.words.folder / "en.toml")
    needed = set(ALWAYS)
    if isinstance(exercise.judge, (Letters, Cases, Texts)):
        needed.add("like")
    if isinstance(exercise.judge, Letters):
        needed.add("letters")
        assert list(words["letters"]) == list(exercise.solution)
    allowed = {"says", "seen", "named"} if isinstance(exercise.judge, Clients) else {"says"}
    assert needed <= set(words) <= needed | allowed | {"fields", "conditions"}
    assert all(text.strip() for _key, text in sentences(words))
    assert len(words["hints"]) == 3


@pytest.mark.parametrize("exercise", ALL, ids=name_of)
def test_every_mistake_has_a_sentence_and_every_sentence_a_mistake(exercise: Exercise) -> None:
    assert set(exercise.words["mistakes"]) == set(map(kind_of, exercise.wrong))


# The sentences that code chooses by name.


def says(exercise: Exercise) -> dict[str, set[str] | None]:
    """The names of sentences in an exercise's code, each with the facts that it gives.

    That is ``words.say(name, fact=...)``. What clients complain of has a test of its own.
    """
    tree = ast.parse((exercise.words.folder / "exercise.py").read_text(encoding="utf-8"))
    constants: dict[str, set[str]] = {}  # a variable -> the strings that it may hold
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            constants.setdefault(node.targets[0].id, set()).update(strings(node.value))
    found: dict[str, set[str] | None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (
            (isinstance(node.func, ast.Attribute) and node.func.attr == "say")
            or (isinstance(node.func, ast.Name) and node.func.id == "say")
        ):
            (name,) = node.args
            names = strings(name)
            if isinstance(name, ast.Name):
                names = constants[name.id]
            facts = {keyword.arg or "" for keyword in node.keywords}
            found |= dict.fromkeys(names, facts)
    return found


def strings(node: ast.AST) -> set[str]:
    """The strings that an expression may be; not those that it only compares with."""
    if isinstance(node, ast.IfExp):
        return strings(node.body) | strings(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


@pytest.mark.parametrize("exercise", ALL, ids=name_of)
def test_every_sentence_that_code_says_is_there_with_its_facts(exercise: Exercise) -> None:
    used, known = says(exercise), exercise.words.get("says", {})
    assert set(used) == set(known) - complaints(exercise)
    for name, facts in used.items():
        # A sentence may leave out a fact that others of the same call tell.
        assert facts is None or placeholders(known[name]) <= facts, name


def complaints(exercise: Exercise) -> set[str]:
    """What clients complain of, by the names that stand in their code and in that of the check."""
    if not isinstance(exercise.judge, Clients):
        return set()
    shared = map(Path, (clients.__file__, raw.__file__, refusals.__file__))
    modules = [*exercise.words.folder.glob("*.py"), *shared]
    code = "\n".join(path.read_text(encoding="utf-8") for path in modules)
    named = {node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)}
    return {name for name in exercise.words["says"] if name in named} - set(says(exercise))


@pytest.mark.parametrize("judge", [clients, raw, conversations, handshakes])
def test_every_complaint_has_a_sentence_with_its_facts(judge: ModuleType) -> None:
    exercise = exercises()["own-server"]
    words = exercise.words["mistakes"] | exercise.words["says"]
    calls = [
        node
        for node in ast.walk(ast.parse(inspect.getsource(judge)))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("Complaint", "expect"))
    ]
    found = 0
    for call in calls:
        facts = {keyword.arg for keyword in call.keywords if keyword.arg} | {"wanted"}
        for name in strings(call.args[0]) if call.args else ():
            found += 1
            seen = exercise.words["seen"].get(name, "")
            assert placeholders(words[name]) | placeholders(seen) <= facts | {"sent", "got"}, name
    assert found or judge is clients


REFUSING = [e for e in ALL if isinstance(e.judge, Clients) and e.judge.also]


@pytest.mark.parametrize("exercise", REFUSING, ids=name_of)
def test_every_refusal_has_its_sentence_and_its_words(exercise: Exercise) -> None:
    module = inspect.getmodule(exercise.solution)
    words = exercise.words["mistakes"] | exercise.words["says"]
    names = [refusal.name for refusal in module.REFUSALS]
    assert set(names) == set(exercise.words["named"]) and set(names) <= set(words)
    for name in ("drops", "other-code", "says-more"):
        assert placeholders(words[name]) <= {"frame", "wanted", "got", "data"}


def test_sentences_are_said() -> None:
    assert sum(len(says(exercise)) for exercise in ALL) >= 25


# The lessons.


@pytest.mark.parametrize("folder", LESSONS, ids=lambda folder: folder.name)
def test_words_of_a_lesson_fit_its_plan(folder: Path) -> None:
    plan, words = toml(folder / "lesson.toml"), toml(folder / "en.toml")
    tables = {"predictions", "quizzes", "misconceptions", "objectives"}
    assert set(plan) <= tables | {"exercises"}
    # What the course's own table of lessons says of it, which README.md shows.
    assert set(words) - {"able"} == set(plan) & tables | {"title"}
    for table in set(plan) & tables:
        assert list(plan[table]) == list(words[table]), table
    for name, right in plan.get("predictions", {}).items():
        said = words["predictions"][name]
        assert set(said) == {"question", "options", "said"}
        assert len(said["options"]) == len(said["said"]) > right >= 0
    for name, places in plan.get("quizzes", {}).items():
        said = words["quizzes"][name]
        assert set(said) == {"question", "steps", "said", "done"}
        assert len(said["steps"]) == len(said["said"]) == len(places)
        assert sorted(places) == list(range(len(places)))


@pytest.mark.parametrize("folder", LESSONS, ids=lambda folder: folder.name)
def test_every_exercise_of_a_lesson_has_a_folder_and_every_folder_is_listed(folder: Path) -> None:
    listed = {name.replace("-", "_") for name in toml(folder / "lesson.toml").get("exercises", [])}
    assert {path.parent.name for path in folder.glob("*/exercise.py")} == listed
    assert {path.parent.name for path in folder.glob("*/en.toml")} == listed


def test_every_lesson_has_a_folder_and_every_folder_is_listed() -> None:
    for package in packages():
        found = {path.parent.name for path in package.folder.glob("*/lesson.toml")}
        assert found == set(package.lessons)
        assert len(set(package.lessons)) == len(package.lessons)
    assert len(lessons()) == sum(len(package.lessons) for package in packages())


# Other languages.

TRANSLATED = [
    path
    for folder in (*PACKAGES, OTHER)
    for path in sorted(folder.rglob("??.toml"))
    if path.name != "en.toml"
]


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_translation_says_nothing_that_english_has_not(path: Path) -> None:
    """It may lack sentences, which are then shown in English; it fills in what English fills in."""
    english = dict(sentences(toml(path.parent / "en.toml")))
    for key, text in sentences(toml(path)):
        assert key in english, key
        assert "says" not in key or placeholders(text) == placeholders(english[key]), key


def test_there_are_translations() -> None:
    assert TRANSLATED
    words = Wording(OTHER / "reading_bytes" / "count_ones", "ru")
    assert words["mistakes"]["zeros"].startswith("Вы считаете")
    assert words["mistakes"]["first-bit-only"].startswith("You look at"), "English where none is"


def test_missing_words_and_broken_files_name_their_file(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text("title = 'x'\n")
    with pytest.raises(KeyError, match=r"en\.toml has no 'task'"):
        _ = Wording(tmp_path)["task"]
    (tmp_path / "en.toml").write_text("title = \n")
    with pytest.raises(ValueError, match=r"en\.toml: "):
        Wording(tmp_path)
