"""The common wrong answers of each exercise, from the checker's own list, as Markdown.

``.venv/bin/python scripts/wrong_answers.py > docs/wrong-answers.md`` (on Windows
``.venv\\Scripts\\python``)
"""

from wsedu.course.catalogue import EXERCISES, LESSONS


def page() -> str:
    """The whole page."""
    lines = [
        "# Common wrong answers",
        "",
        "What learners answer, and the sentence that the check says to it.",
    ]
    for lesson in LESSONS:
        for exercise in lesson.exercises:
            lines += ["", f"## {exercise.name} {exercise.title} {'★' * exercise.stars}", ""]
            lines += [f"* **{slip.name}**: {slip.sentence}" for slip in exercise.slips]
    lines += ["", f"{len(EXERCISES)} exercises."]
    return "\n".join(lines)


if __name__ == "__main__":
    print(page())
