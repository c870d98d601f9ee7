"""The common wrong answers of each exercise, from the checker's own list, as Markdown.

``.venv/bin/python scripts/wrong_answers.py > docs/wrong-answers.md`` (on Windows
``.venv\\Scripts\\python``)
"""

from wsedu.course.catalogue import exercises, lessons


def page() -> str:
    """The whole page."""
    lines = [
        "# Common wrong answers",
        "",
        "What learners answer, and the sentence that the check says to it.",
    ]
    for lesson in lessons():
        for exercise in lesson.exercises:
            lines += ["", f"## {exercise.number} {exercise.title} {'★' * exercise.stars}", ""]
            lines += [f"* **{mistake.name}**: {mistake.sentence}" for mistake in exercise.mistakes]
    lines += ["", f"{len(exercises())} exercises."]
    return "\n".join(lines)


if __name__ == "__main__":
    print(page())
