"""Fill the points into a table of Moodle or Canvas; ``scripts/classroom.py export`` starts this.

How to think about it: ``grades.csv`` has been written just before. ``wsedu_classroom.gradebooks``
does the rest; here are the files, and what is printed. The table that you exported stays as it is:
``grades.csv`` of Moodle becomes ``grades.filled.csv`` beside it.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from wsedu_classroom.gradebooks import CannotFill, Table, fill, read_names, read_points

from wsedu.course.catalogue import lessons


def main(words: list[str], grades: Path) -> None:
    """Fill each table that was named, and say what was left out.

    words: as ``scripts/classroom.py export`` got them, which has checked them
    """
    parser = ArgumentParser()
    for option in ("--moodle", "--canvas", "--assignment", "--column", "--by", "--names"):
        parser.add_argument(option)
    told = parser.parse_args(words)
    points = read_points(grades.read_text(encoding="utf-8"))
    names = told.names and Path(told.names)
    try:
        also = read_names(names.read_bytes()) if names else {}
    except (CannotFill, OSError) as error:
        sys.exit(f"{names}: {error}")
    titles = {lesson.slug: lesson.title for lesson in lessons()}
    for system in ("moodle", "canvas"):
        name = getattr(told, system)
        if not name:
            continue
        source = Path(name)
        try:
            table = Table(source.read_bytes())
            said = fill(
                system,
                table,
                points,
                titles,
                assignment=told.assignment,
                column=told.column,
                by=told.by,
                also=also,
            )
        except (CannotFill, OSError) as error:
            sys.exit(f"{source}: {error}")
        target = source.with_suffix(".filled.csv")
        target.write_bytes(table.to_bytes())
        for sentence in said:
            print(f"  {sentence}")
        print(f"Import {target} into {system.capitalize()}.")
