"""Write the concept test, or compare two tables of letters: ``python3 scripts/classroom.py quiz``.

How to think about it: ``wsedu_classroom.concepts`` has the questions and counts; here they are made
into sheets of paper, into notebooks for a class without paper, and into a table for the terminal.
"""

import argparse
import csv
import html
import re
import sys
from pathlib import Path

import nbformat
from running import in_a_sentence, keep_private
from wsedu_classroom.concepts import (
    FORMS,
    LETTERS,
    Form,
    Question,
    Row,
    Unreadable,
    compare,
    questions,
    read_letters,
)
from wsedu_classroom.paper import page

from wsedu.course.catalogue import lessons

FOLDER = Path("build") / "quiz"
STYLE = """
body { font-size: 9pt; line-height: 1.25 }
code { font-size: 8pt }
h1 { font-size: 13pt; margin: 0 0 1mm }
p { margin: 0 }
.columns { clear: both; padding-top: 2mm; columns: 2; column-gap: 6mm;
  column-rule: 0.2mm solid #000 }
.question { break-inside: avoid; margin: 0 0 3mm }
.question ol { margin: 0.5mm 0 0; padding-left: 5mm; list-style: upper-alpha }
.question > p { font-weight: 600 }
"""
ANSWERS = """
body { font-size: 8.5pt; line-height: 1.15 }
td { white-space: nowrap } td:last-child { white-space: normal }
ul { margin: 0; padding-left: 5mm }
"""
HOW = "One answer to each question. Do not look anything up. It is not graded."


def code(text: str) -> str:
    """A text as HTML, with what is between backticks as code."""
    return re.sub(r"`(.+?)`", r"<code>\1</code>", html.escape(text))


def paper(name: str) -> str:
    """One form, on one sheet."""
    parts = []
    for number, question in enumerate(questions(), 1):
        form = question.forms[name]
        options = "".join(f"<li>{code(option)}</li>" for option in form.options.values())
        parts.append(
            f'<div class="question"><p>{number}. {code(form.asks)}</p><ol>{options}</ol></div>'
        )
    line = '<span class="name">Name: ____________________________</span>'
    body = f'<p>{line}{HOW}</p><div class="columns">{"".join(parts)}</div>'
    return page(f"WebSocket: what happens? Form {name}", body, style=STYLE)


def answers() -> str:
    """The right letters of both forms, and what to say to each misconception."""
    names = {lesson.number: lesson.title for lesson in lessons()}
    rows = []
    for number, question in enumerate(questions(), 1):
        said = "".join(
            f"<li>{letters_of(question, name)}: {code(sentence)}</li>"
            for name, sentence in question.said.items()
        )
        right = " / ".join(question.forms[name].right for name in FORMS)
        rows.append(
            f"<tr><td>{number}</td><td>{right}</td><td><b>{code(question.title)}</b> "
            f"({question.lesson} {html.escape(names[question.lesson])})<ul>{said}</ul></td></tr>"
        )
    head = "<tr><th></th><th>A / B</th><th>wrong letters (A / B), and what to say</th></tr>"
    body = f"<table>{head}{''.join(rows)}</table>"
    return page("WebSocket: what happens? Answers", body, style=ANSWERS, teacher=True)


def letters_of(question: Question, name: str) -> str:
    """Where a misconception is offered, in both forms: such as ``"B / D"``."""
    return " / ".join(LETTERS[list(question.forms[form].options).index(name)] for form in FORMS)


def notebook(name: str) -> nbformat.NotebookNode:
    """One form as a notebook, which prints the line for the table."""
    made = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    title = f"# WebSocket: what happens? Form {name}\n\n{HOW}"
    made.cells = [nbformat.v4.new_markdown_cell(title, id="quiz-title")]
    for number, question in enumerate(questions(), 1):
        text = in_words(number, question.forms[name])
        made.cells.append(nbformat.v4.new_markdown_cell(text, id=f"quiz-{question.concept}"))
    blank = "".join(f'    "",  # {number}\n' for number in range(1, len(questions()) + 1))
    source = (
        f'name = ""\nletters = [\n{blank}]\n'
        f'print(",".join([name.replace(",", " "), "{name}", *letters]))'
    )
    say = "Write your name and your letters. Run the cell, and send your teacher the line below it."
    made.cells.append(nbformat.v4.new_markdown_cell(say, id="quiz-send"))
    made.cells.append(nbformat.v4.new_code_cell(source, id="quiz-letters"))
    return made


def in_words(number: int, form: Form) -> str:
    """A question with its options, as Markdown."""
    options = [
        f"* {letter}: {text}" for letter, text in zip(LETTERS, form.options.values(), strict=True)
    ]
    return "\n".join([f"**{number}.** {form.asks}", "", *options])


def make() -> list[Path]:
    """Write everything for paper and for notebooks, and return the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    texts = {f"{name}.html": paper(name) for name in FORMS} | {"answers.html": answers()}
    texts |= {f"{name}.ipynb": nbformat.writes(notebook(name)) + "\n" for name in FORMS}
    numbers = [str(number) for number in range(1, len(questions()) + 1)]
    texts["letters.csv"] = ",".join(["learner", "form", *numbers]) + "\n"
    for name, text in texts.items():
        if name == "letters.csv" and (FOLDER / name).exists():
            continue  # a teacher may have filled it in
        (FOLDER / name).write_text(text, encoding="utf-8")
    return [FOLDER / name for name in texts]


def line(row: Row, indent: str = "") -> str:
    """A row of the table for the terminal."""
    gained = "" if indent else "    –" if row.gain is None else f"{row.gain:+5.2f}"
    return f"{indent + row.name:34}{row.before:>7.0%}{row.after:>7.0%}{gained:>8}".rstrip()


def table(before: Path, after: Path) -> str:
    """The comparison of two tables of letters. Raises SystemExit with a plain sentence."""
    sheets = []
    for path in (before, after):
        try:
            sheets.append(read_letters(path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            sys.exit(f"{path}: the file is not in UTF-8: save it as CSV UTF-8")
        except OSError as error:
            sys.exit(f"{path}: {error.strerror}")
        except (csv.Error, Unreadable) as error:
            sys.exit(f"{path}: {error}")
    first, last = sheets
    if not set(first) & set(last):
        sys.exit("No learner is in both tables.")
    lines = [f"Learners in both tables: {len(set(first) & set(last))}.", ""]
    if alone := sorted(set(first) ^ set(last)):
        lines[1:1] = [f"Only in one of the tables, and not counted: {', '.join(alone)}."]
    lines.append(f"{'right answers, wrong beliefs':34}{'before':>7}{'after':>7}{'gain':>8}")
    for row, wrong in compare(first, last):
        lines += [line(row), *(line(each, "  ") for each in wrong)]
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", type=Path)
    parser.add_argument("--after", type=Path)
    told = parser.parse_args()
    if told.before and told.after:
        print(table(told.before, told.after))
    else:
        keep_private()
        with in_a_sentence():
            for path in make():
                print(path)
