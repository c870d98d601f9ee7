"""An examination: what is drawn is right, explains what is wrong, and stays as it is."""

import ast
import json
import random
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
from wsedu_classroom import examination
from wsedu_classroom.examination import drawing, frozen, paper, relabelled
from wsedu_classroom.examination.frozen import Examination, Question, changed, judged
from wsedu_classroom.examination.values import RAISES, text_of, value_of

from wsedu.course.catalogue import UnknownName, exercises
from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Letters
from wsedu.course.runner import Attempt
from wsedu.course.verdict import NotYet, Verdict
from wsedu.course.wording import Wording

from .answers import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import exam as exam_script  # noqa: E402

EXERCISES = exercises().copy()
BY_LETTERS = [each for each in EXERCISES.values() if isinstance(each.judge, Letters)]
DRAWN = [each for each in BY_LETTERS if each.draw]
FUNCTIONS = [each for each in EXERCISES.values() if isinstance(each.judge, Cases)]
SEEDS = 50


def named(exercise: Exercise) -> str:
    return exercise.name


def verdict(exercise: Exercise, answer: Any) -> Verdict:
    return exercise.judge(exercise, Attempt(answer), random.Random(0))


def exam(*names: str, seed: int = 1, count: int = 2) -> Examination:
    return Examination(
        name="midterm",
        course="0",
        seed=seed,
        start="",
        starters={},
        forms=drawing.forms([EXERCISES[name] for name in names], seed, count),
    )


# Letters.


def numbers_differ(exercise: Exercise) -> bool:
    """Whether more than the letters, and the bytes that the task shows, are drawn."""
    return bool(exercise.draw and exercise.draw(random.Random(0))["wrong"])


@pytest.mark.parametrize("exercise", BY_LETTERS, ids=named)
def test_solution_passes_and_each_known_mistake_has_its_sentence(exercise: Exercise) -> None:
    for seed in range(SEEDS):
        asked = drawing.question(exercise, f"{seed} A")
        sits = judged(asked)
        assert verdict(sits, dict(sits.solution)).passed
        assert verdict(sits, dict.fromkeys(sits.solution, ...)).outcome == "not attempted"
        assert set(sits.solution) == set(asked.words["letters"]) == set(exercise.solution)
        assert len(asked.wrong) >= 0.6 * len(exercise.wrong)
        if seed > 4 and not numbers_differ(exercise):
            continue
        sentences = {said for _theirs, said in asked.wrong}
        for theirs, said in asked.wrong:
            answer = {letter: value_of(text) for letter, text in theirs.items()}
            found = verdict(sits, sits.solution | answer)
            assert found.outcome == "not yet", (seed, theirs)
            if len(theirs) == 1:
                assert found.sentence == said, (seed, theirs)
            assert found.sentence in sentences
            assert not re.search(r"[{}]", said)


@pytest.mark.parametrize("exercise", BY_LETTERS, ids=named)
def test_two_forms_differ_and_hold_the_same_situations(exercise: Exercise) -> None:
    first, second = (drawing.question(exercise, f"7 {form} {exercise.name}") for form in "AB")
    assert (first.task, first.answers) != (second.task, second.answers)
    assert list(first.answers) == list(second.answers)
    if not exercise.draw:
        assert sorted(first.answers.values()) == sorted(second.answers.values())


def test_page_for_teachers_says_how_many_exercises_have_other_numbers() -> None:
    page = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
    assert "Ten of them, such as `read-header` and `predict-seconds`," in page
    assert len(DRAWN) == 10
    assert {"read-header", "predict-seconds"} < set(map(named, DRAWN))


@pytest.mark.parametrize("exercise", DRAWN, ids=named)
def test_drawn_numbers_in_a_task_give_the_answers(exercise: Exercise) -> None:
    """The library, or a clock, reads the numbers in the task."""
    home = f"tests.course.letters.{exercise.name.replace('-', '_')}"
    right = import_module(home).right
    tasks = set()
    for seed in range(SEEDS):
        other = drawing.with_other_numbers(exercise, random.Random(seed))
        tasks.add(other.words["task"])
        assert right(other.words["task"]) == other.solution, (seed, other.words["task"])
    assert len(tasks) > SEEDS / 5
    assert right(exercise.words["task"]) == exercise.solution


CIRCLED = {chr(ord("A") + number): chr(0x24B6 + number) for number in range(12)}  # Ⓐ ...
NOUN = re.compile(r" (?!(?:and|asks|does|has|is|makes|or|raises|says|to)\b)[\w(€]")
ALONE = re.compile(r"`[^`]*`|\"[^\"]*\"|(?<![\w+'])([A-L])(?![\w+'])")


@pytest.mark.parametrize("exercise", BY_LETTERS, ids=named)
def test_all_letters_of_an_exercise_are_found_in_its_words(exercise: Exercise) -> None:
    """What stays of the capitals that stand alone is the article; the rest is as it was."""
    new = {letter: CIRCLED[letter] for letter in exercise.solution}
    texts = [mistake.sentence for mistake in exercise.mistakes]
    texts += [*exercise.words["letters"].values()]
    for text in (*texts, exercise.words["task"]):
        found = relabelled.in_task if text == exercise.words["task"] else relabelled.in_text
        renamed = found(text, new)
        for match in ALONE.finditer(renamed):
            article = match[1] == "A" and NOUN.match(renamed, match.end())
            assert not match[1] or match[1] not in new or article, renamed
        for letter, circled in new.items():
            renamed = renamed.replace(circled, letter)
        assert renamed == text.replace("D to I:", "D, E, F, G, H and I:")


def test_new_letters_leave_articles_code_and_names_alone() -> None:
    new = dict(zip("ABC", "BCA", strict=True))
    for text, renamed in (
        ("A: a Ping. A Pong is none.", "B: a Ping. A Pong is none."),
        ("A and C: 1002.", "A and B: 1002."),
        ('In `A` and "B", the loop of A ends.', 'In `A` and "B", the loop of B ends.'),
        ("UTF-8, U+A, ABC and Z are no letters.", "UTF-8, U+A, ABC and Z are no letters."),
        ("A to C: all.", "A, B and C: all."),
    ):
        assert relabelled.in_text(text, new) == renamed


@pytest.mark.parametrize("seed", range(20))
def test_a_capital_of_the_payload_is_not_taken_for_the_letter_of_a_question(seed: int) -> None:
    asked = drawing.question(EXERCISES["unmask-by-hand"], str(seed))
    said = " ".join([*asked.words["letters"].values(), *(text for _letters, text in asked.wrong)])
    named_bytes = re.findall(r"is ([0-9a-f]{2}), (?:which is|a capital|a small) `(.)`", said)
    assert len(named_bytes) == 3
    assert [bytes.fromhex(code).decode() for code, _letter in named_bytes] == [
        letter for _code, letter in named_bytes
    ]


def test_lines_of_a_task_are_in_order_under_their_new_letters() -> None:
    task = "Say:\n\n- A: one\n- B: as A\n- C: three\n\nIn B, two."
    new = dict(zip("ABC", "BCA", strict=True))
    renamed = "Say:\n\n- A: three\n- B: one\n- C: as B\n\nIn C, two."
    assert relabelled.can_be_relabelled(task, "ABC")
    assert not relabelled.can_be_relabelled(task, "ABCD")
    assert relabelled.in_task(task, new) == renamed


# Functions.


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=named)
def test_function_is_judged_by_frozen_cases(exercise: Exercise) -> None:
    first, second = (drawing.question(exercise, f"7 {form}") for form in "AB")
    again = drawing.question(exercise, "7 A")
    assert first == again
    sits = judged(first)
    if first.kind == "seeded":
        assert not first.cases
        return
    assert first.cases != second.cases or exercise.judge.cases(random.Random(1)) == (
        exercise.judge.cases(random.Random(2))
    ), "the hidden cases of two forms differ"
    assert verdict(sits, exercise.solution).passed
    assert [text_of(args) for args in sits.judge.cases(random.Random(99))] == [
        args for args, _result in first.cases
    ]
    wrong = judged(first).mistakes[0].answer
    assert not verdict(sits, wrong).passed


def test_most_functions_are_frozen_as_values() -> None:
    kinds = [drawing.question(exercise, "1 A").kind for exercise in FUNCTIONS]
    assert kinds.count("cases") >= 36


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=named)
def test_right_result_on_paper_is_what_the_solution_returns(exercise: Exercise) -> None:
    asked = paper.question(exercise, random.Random(3))
    if asked is None:
        return
    call = asked.call
    assert 2 <= len(asked.results) == len(set(asked.results)) <= paper.MOST
    try:
        result = text_of(eval(call, {exercise.solution.__name__: exercise.solution}))
    except ValueError:
        result = RAISES
    assert asked.results[asked.right] == result
    assert [n for n, said in enumerate(asked.says) if not said] == [asked.right]
    assert not any(each.startswith("zlib:") for each in asked.results)


def test_examples_of_a_task_are_drawn_and_right() -> None:
    drawn = 0
    for exercise in FUNCTIONS:
        on_paper = paper.question(exercise, random.Random(1))
        asked = f"`{on_paper.call}`" if on_paper else "``"
        task = drawing.with_other_examples(exercise, random.Random(1), asked[1:-1])
        if task == exercise.words["task"].strip():
            continue
        drawn += 1
        assert asked not in task
        sentence = drawing.SENTENCE.search(task)
        assert sentence
        for called, args, result in drawing.EXAMPLE.findall(sentence[0]):
            assert called == exercise.solution.__name__
            got = eval(called + args, {called: exercise.solution})
            assert got == ast.literal_eval(result), exercise.name
    assert drawn >= 10


def test_right_results_of_two_forms_are_at_different_letters() -> None:
    names = ("encode-header", "worth-it", "minimal-length")  # four results, or two
    for seed in range(1, 9):
        forms = exam(*names, seed=seed, count=3).forms
        for one, other in pairwise(forms.values()):
            for first, second in zip(one, other, strict=True):
                assert first.paper and second.paper
                assert first.paper.right != second.paper.right, (seed, first.exercise)
                assert second.paper.says[second.paper.right] == ""
    assert forms == exam(*names, seed=8, count=3).forms


def test_no_task_of_an_examination_says_what_the_course_does_with_the_function() -> None:
    for sentence in drawing.OF_THE_COURSE:
        assert any(sentence in each.words["task"] for each in FUNCTIONS)
    for name in ("compute-accept", "encode-header", "mask-payload"):
        task = drawing.question(EXERCISES[name], "7 A").task
        assert not re.search("(your own|Your) server", task) and len(task) > 100


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (b"\x80~\xbb`", "80 7e bb 60"),
        (b"", "<>"),
        ("b'~'", "\"b'~'\""),
        ((4000, "it's", b"'\"\\", [b""]), '(4000, "it\'s", <27 22 5c>, [<>])'),
        ([1, None], "[1, None]"),
    ],
)
def test_bytes_on_paper_are_in_hex(value: Any, printed: str) -> None:
    assert paper.in_hex(repr(value)) == printed
    assert paper.in_hex(f"call({value!r})").removeprefix("call(")[:-1].strip("<>") == (
        printed.strip("<>")
    )


# Frozen.


def test_frozen_file_asks_and_judges_the_same_when_nothing_can_be_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("read-header", "encode-header", "six-endings", "take-frames", "first-wrong-frame")
    made = exam(*names)
    made.write(tmp_path / "exam.json")
    before = {form: [judged(asked) for asked in made.forms[form]] for form in made.forms}

    def no_more(*_args: Any) -> Any:
        raise AssertionError("what is frozen is not drawn again")

    for name in ("random", "choice", "sample", "shuffle", "randrange"):
        monkeypatch.setattr(random.Random, name, no_more)
    for name in names:  # the course of next year: other numbers, cases and mistakes
        usual = EXERCISES[name]
        other = replace(usual, draw=no_more, wrong={})
        if isinstance(usual.judge, Cases):
            other = replace(other, judge=replace(usual.judge, cases=no_more))
        else:
            other = replace(other, solution={}, judge=no_more)
        monkeypatch.setitem(frozen.USUAL, name, other)
    found = Examination.read(tmp_path / "exam.json")
    assert found == made
    for form, questions in found.forms.items():
        for asked, usual in zip(questions, before[form], strict=True):
            sits = judged(asked)
            assert sits.words["passed"] == usual.words["passed"]
            assert verdict(sits, usual.solution).passed
            if asked.kind == "letters":
                theirs, _said = asked.wrong[0]
                wrong = sits.solution | {letter: value_of(theirs[letter]) for letter in theirs}
                assert verdict(sits, wrong) == verdict(usual, wrong)


def test_a_changed_exercise_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = exam("read-header", "encode-header", "keepalive", count=1).forms["A"]
    by_letters, function, seeded = made
    assert [changed(asked) for asked in made] == ["", "", ""]
    usual = EXERCISES["encode-header"]
    monkeypatch.setattr(frozen, "fingerprint", lambda exercise: "another")
    assert changed(by_letters) == ""  # all that its verdicts need is frozen
    assert changed(function) == ""  # the same results are right
    assert changed(seeded) == "its code has changed, and its cases are made by it"
    little = replace(usual, judge=replace(usual.judge, expected=lambda *_args: b""))
    monkeypatch.setitem(frozen.USUAL, "encode-header", little)
    assert changed(function) == f"other results are right now in {len(function.cases)} of its cases"
    assert verdict(judged(function), usual.solution).passed  # by what is frozen
    monkeypatch.setitem(
        frozen.USUAL, "encode-header", replace(usual, judge=replace(usual.judge, expected=len))
    )
    assert "raises TypeError" in changed(function)
    monkeypatch.delitem(frozen.USUAL, "encode-header")
    assert changed(function) == "the course has no exercise 'encode-header' now"


def test_fingerprint_is_that_of_the_code_of_exercise_lesson_and_package(tmp_path: Path) -> None:
    home = tmp_path / "package" / "lesson" / "exercise"
    home.mkdir(parents=True)
    (home / "en.toml").write_text('title = "Title"')
    exercise = replace(EXERCISES["keepalive"], words=Wording(home))
    seen = {frozen.fingerprint(exercise)}
    for number, folder in enumerate((home, home.parent, home.parent.parent), 2):
        (folder / "code.py").write_bytes(b"one\n")
        seen.add(frozen.fingerprint(exercise))
        assert len(seen) == number
        (folder / "code.py").write_bytes(b"one\r\n")
        (folder / "en.toml").write_text('title = "Another"')
        assert frozen.fingerprint(exercise) in seen


@pytest.mark.parametrize(
    "value", [b"\x00\xff", (True, None, 1.5), {"a": [1]}, "Ж", float("inf"), b"x" * 10_000]
)
def test_values_are_read_as_they_were_written(value: Any) -> None:
    assert value_of(json.loads(json.dumps(text_of(value)))) == value
    assert len(text_of(value)) < 600


@pytest.mark.parametrize("value", [object(), float("nan"), {"a": frozenset({1})}])
def test_a_value_that_no_text_stands_for_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="no text stands for"):
        text_of(value)


# In a notebook.


def test_check_says_only_that_an_answer_is_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WSEDU_EXAM", raising=False)
    monkeypatch.setattr(examination, "_kept", {})

    def starter(fin, opcode, length):  # type: ignore[no-untyped-def]
        return ...

    right, wrong = EXERCISES["read-header"].solution, {"A": 1}
    said = set()
    for answer in (right, wrong):
        examination.check("read-header", answer)
        said.add(capsys.readouterr().out)
    assert said == {"read-header: kept in this notebook. It is judged after the examination.\n"}
    examination.check("encode-header", starter)
    examination.check("which-cell-raises", dict.fromkeys("ABCDEF", ...))
    examination.progress()
    assert capsys.readouterr().out == (
        "encode-header: not attempted yet: the dots are still there.\n"
        "which-cell-raises: not attempted yet: the dots are still there.\n"
        "Kept: read-header\nNot attempted: encode-header, which-cell-raises\n"
        "Save the notebook, and hand in its file.\n"
    )
    for refused in (examination.hint, examination.solution, examination.start_over):
        refused("read-header")
        assert EXERCISES["read-header"].reason not in capsys.readouterr().out


def test_notebook_needs_nothing_of_the_course() -> None:
    """On a teacher's computer the solutions may be missing: only this package is beside it."""
    code = """
import sys
sys.path[:] = [path for path in sys.path if "site-packages" not in path]
sys.path.insert(0, sys.argv[1])
sys.modules["wsedu"] = sys.modules["wsedu_exercises"] = None
from wsedu_classroom.examination import check, progress
check("read-header", {"A": True})
progress()
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(ROOT / "classroom")], capture_output=True, text=True
    )
    assert done.stderr == "" and "Kept: read-header" in done.stdout


def test_check_judges_by_the_form_where_it_is_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = exam("read-header")
    made.write(tmp_path / "exam.json")
    monkeypatch.setenv("WSEDU_HOME", str(tmp_path))
    monkeypatch.setenv("WSEDU_EXAM", str(tmp_path / "exam.json"))
    monkeypatch.setenv("WSEDU_FORM", "B")
    monkeypatch.setitem(exercises(), "read-header", EXERCISES["read-header"])
    own, others = (
        {letter: value_of(text) for letter, text in made.forms[form][0].answers.items()}
        for form in "BA"
    )
    examination.check("read-header", own)
    assert capsys.readouterr().out.startswith("✔ 04.1: ")
    with pytest.raises(NotYet):
        examination.check("read-header", others)


def test_an_exercise_that_is_gone_costs_no_other_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = exam("encode-header", "read-header", count=1)
    made.write(tmp_path / "exam.json")
    monkeypatch.setenv("WSEDU_HOME", str(tmp_path))
    monkeypatch.setenv("WSEDU_EXAM", str(tmp_path / "exam.json"))
    monkeypatch.setenv("WSEDU_FORM", "A")
    monkeypatch.setitem(exercises(), "read-header", EXERCISES["read-header"])
    monkeypatch.delitem(exercises(), "encode-header")
    monkeypatch.delitem(frozen.USUAL, "encode-header")
    with pytest.raises(UnknownName):
        examination.check("encode-header", EXERCISES["encode-header"].solution)
    examination.check("read-header", judged(made.forms["A"][1]).solution)
    assert capsys.readouterr().out.startswith("✔ 04.1: ")


@pytest.mark.parametrize("name", ["keepalive", "craft-payload", "build-request"])
def test_a_seeded_question_is_judged_by_the_course(name: str) -> None:
    asked = drawing.question(EXERCISES[name], "7 A")
    sits = judged(asked)
    assert asked.kind == "seeded"
    assert verdict(sits, EXERCISES[name].solution).passed
    assert not verdict(sits, sits.mistakes[0].answer).passed
    one, other = (repr(sits.judge.cases(random.Random(seed))) for seed in (1, 2))
    assert re.sub("0x[0-9a-f]+", "", one) == re.sub("0x[0-9a-f]+", "", other)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import os\nos.environ['WSEDU_EXAM']", "WSEDU_EXAM"),
        ("from wsedu import solution", "from wsedu import solution"),
        ("def solution(data):\n    return data", None),
    ],
)
def test_a_cell_that_names_the_right_answers_is_noticed(source: str, found: str | None) -> None:
    match = exam_script.KEY.search(source)
    assert (match and match[0]) == found


def test_question_is_only_data() -> None:
    asked = drawing.question(EXERCISES["take-frames"], "1 A")
    assert isinstance(asked, Question)
    assert frozen._question(json.loads(json.dumps(frozen.asdict(asked)))) == asked


# The command. That it grades is tested in test_teaching.py.


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(exam_script, "ROOT", tmp_path)
    return tmp_path / "exams" / "midterm"


def written(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}


def test_files_are_made_from_the_frozen_one_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam_script.main("make midterm 04_frame_layout keepalive --seed 7 --forms 2".split())
    before = written(folder)
    assert {"exam.json", "key.html", "sheet-A.html", "forms/B/midterm.ipynb"} < set(before)
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "exam.json":
            path.unlink()
    monkeypatch.setattr(exam_script, "lessons", lambda: [])
    monkeypatch.setattr(drawing, "forms", None)
    exam_script.main(["write", "midterm"])
    assert written(folder) == before


def test_notebook_of_a_form_has_its_tasks_and_no_solution(folder: Path) -> None:
    exam_script.main("make midterm minimal-length read-header --seed 7 --forms 2".split())
    made = Examination.read(folder / "exam.json")
    for form, questions in made.forms.items():
        notebook = json.loads((folder / "forms" / form / "midterm.ipynb").read_text("utf-8"))
        assert notebook["metadata"]["wsedu"] == {"examination": "midterm", "form": form}
        sources = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
        for asked in questions:
            assert asked.task in sources[f"{asked.exercise}-task"]
            assert "..." in sources[f"{asked.exercise}-answer"]
        # A function that the examination does not ask for is lent.
        assert sources["exam-start"] == (
            "from wsedu import mine\n"
            "from wsedu_classroom.examination import check, hint, progress, solution, start_over\n"
            '\nencode_header = mine("encode-header")\ndecode_header = mine("decode-header")'
        )
        sheet = (folder / f"sheet-{form}.html").read_text("utf-8")
        key = (folder / "key.html").read_text("utf-8")
        for asked in questions:
            assert asked.title in sheet and asked.title in key
            assert EXERCISES[asked.exercise].reason not in sheet
            for _theirs, said in asked.wrong:
                assert said not in sheet
    a_form, b_form = ((folder / f"sheet-{form}.html").read_text("utf-8") for form in "AB")
    assert a_form.replace("form A", "form B") != b_form


def test_a_sheet_prints_bytes_in_hex_says_so_once_and_has_a_line_for_the_letter(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["encode-header", "mask-payload", "worth-it"]
    exam_script.main(["make", "midterm", *names, *"--seed 7 --forms 2".split()])
    assert "exams/midterm/forms, one form to each learner;" in capsys.readouterr().out
    made = Examination.read(folder / "exam.json")
    for form, (header, mask, plain) in made.forms.items():
        sheet = unescape((folder / f"sheet-{form}.html").read_text("utf-8"))
        assert sheet.count("show bytes in hex") == 1
        assert sheet.count("Answer: ____") == sheet.count("<ol") == 3
        assert not re.search(r"\bb['\"]|\\x", sheet)
        for asked in (header, mask):
            assert asked.paper
            for result in map(ast.literal_eval, asked.paper.results):
                assert f"<code>{result.hex(' ') or '<>'}</code>" in sheet
        assert mask.paper and f"<code>{paper.in_hex(mask.paper.call)}</code>" in sheet
        assert "hex" not in exam_script.sheet([plain])
    key = unescape((folder / "key.html").read_text("utf-8"))
    assert "\\x" not in key


def test_a_function_that_is_asked_for_is_not_lent(folder: Path) -> None:
    exam_script.main("make midterm encode-header minimal-length --seed 7".split())
    start = Examination.read(folder / "exam.json").start
    assert 'mine("encode-header")' not in start and 'mine("decode-header")' in start


def test_a_changed_exercise_is_named_before_anything_is_graded(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    exam_script.main("make midterm keepalive --seed 1".split())
    monkeypatch.setattr(frozen, "fingerprint", lambda exercise: "another")
    capsys.readouterr()
    with pytest.raises(SystemExit, match="Nothing was graded"):
        exam_script.main(["grade", "midterm"])
    assert capsys.readouterr().out == (
        "keepalive has changed since the examination was made: its code has changed, and its "
        "cases are made by it.\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("make Mid read-header --seed 1", "Name it with lowercase letters"),
        ("make mid read-headr --seed 1", "Did you mean 'read-header'"),
        ("grade midterm", "Make the examination first"),
    ],
)
def test_an_examination_that_cannot_be_is_refused(folder: Path, words: str, said: str) -> None:
    with pytest.raises(SystemExit, match=said):
        exam_script.main(words.split())
    assert not folder.parent.exists()


def test_a_frozen_examination_is_not_drawn_again(folder: Path) -> None:
    words = "make midterm read-header --seed 1".split()
    exam_script.main(words)
    before = written(folder)
    with pytest.raises(SystemExit, match="is frozen"):
        exam_script.main(words)
    assert written(folder) == before


@pytest.mark.parametrize(
    "damaged",
    [
        lambda text: "",
        lambda text: text.replace('"forms"', '"formes"'),
        lambda text: text.replace('"stars"', '"sterne"'),
        lambda text: text.replace('"A": "', '"A": "oops('),
        lambda text: text.replace('"(True, ', '"(True( '),
    ],
)
def test_a_damaged_file_is_named_before_anything_is_graded(folder: Path, damaged: Any) -> None:
    exam_script.main("make midterm read-header encode-header --seed 1".split())
    text = (folder / "exam.json").read_text("utf-8")
    assert damaged(text) != text
    (folder / "exam.json").write_text(damaged(text), "utf-8")
    for command in ("write", "grade"):
        with pytest.raises(SystemExit, match=r"^exams/midterm/exam\.json.* Restore the file"):
            exam_script.main([command, "midterm"])


def test_an_examination_that_was_interrupted_can_be_made_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "make midterm read-header --seed 1".split()
    with monkeypatch.context() as during:
        during.setattr(frozen.json, "dumps", lambda *_args, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            exam_script.main(words)
    exam_script.main(words)


def notebook(title: str = "# Examination midterm, form A", **mark: Any) -> Any:
    cells = [nbformat.v4.new_markdown_cell(title)]
    return nbformat.NotebookNode(cells=cells, metadata={"wsedu": mark} if mark else {})


@pytest.mark.parametrize(
    ("metadata", "title", "forms"),
    [
        ({"wsedu": {"form": "B"}}, "# Examination midterm, form A", ["B", "A"]),
        ({"wsedu": {"form": "A"}}, "# Examination midterm, form A", ["A"]),
        ({}, "Text\n# Examination midterm, form A\n\nMore", ["A"]),
        ({}, "# Something else", []),
        ({"wsedu": None}, "# Something else", []),
        ({"wsedu": {"form": ["B"]}}, "# Examination midterm, form A", ["A"]),
        ({"wsedu": "B"}, "# Something else", []),
    ],
)
def test_forms_are_those_of_the_metadata_and_of_the_title(
    metadata: dict[str, Any], title: str, forms: list[str]
) -> None:
    cells = [nbformat.v4.new_markdown_cell(title)]
    assert exam_script.forms_of(nbformat.NotebookNode(cells=cells, metadata=metadata)) == forms


@pytest.mark.parametrize(
    ("handed", "table", "form", "said"),
    [
        (notebook(form="A"), {}, "A", []),
        (notebook(form="A"), {"émile": "A"}, "A", []),
        (notebook(form="B"), {}, "B", ["graded as form B; the notebook also says A"]),
        (notebook(), {"émile": "B"}, "B", ["graded as form B; the notebook also says A"]),
        (notebook(), {"ada": "B"}, "A", ["forms.csv does not name this learner"]),
        (notebook("#"), {}, "", ["does not say which form it is"]),
        (notebook(form="Z"), {}, "", ["form Z, which the examination does not have"]),
        (notebook(examination="final"), {}, "A", ["is of the examination final"]),
    ],
)
def test_doubt_about_the_form_is_said(
    handed: Any, table: dict[str, str], form: str, said: list[str]
) -> None:
    macos = "E\u0301mile"  # the accent is a sign of its own in the name of the folder
    got, remarks = exam_script.which_form(macos, handed, exam("read-header"), table)
    assert got == form and len(remarks) == len(said)
    assert all(words in remark for words, (_reason, remark) in zip(said, remarks, strict=True))


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (b"Ada,A\nAlan,b\n", {"ada": "A", "alan": "B"}),
        (b"\xef\xbb\xbfstudent_id;form\r\n\r\nAda; A ;;\r\n;;\r\n", {"ada": "A"}),
        (b'"Lovelace, Ada",A\nTuring, Alan\tB', {"lovelace, ada": "A", "turing, alan": "B"}),
        (b"Ada,A\nAda,B", "line 2: write NAME,FORM, each name once"),
        (b"Ada,C", "line 1: .* with a form of A, B; not 'Ada,C'"),
        (b"name,form\nAda", "line 2: write NAME,FORM"),
        ("Zoé,A".encode("utf-16"), "is not in UTF-8"),
    ],
)
def test_the_list_of_forms_is_read_as_spreadsheets_write_it(
    lines: bytes, found: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("forms.csv").write_bytes(lines)
    if isinstance(found, dict):
        assert exam_script.listed(exam("read-header")) == found
    else:
        with pytest.raises(SystemExit, match=found):
            exam_script.listed(exam("read-header"))
