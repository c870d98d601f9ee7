"""Fill our points into a table that Moodle or Canvas has exported, so that it can be imported.

How to think about it: the table of the learning system stays what it is. Its rows, its order, its
separator, its byte order mark and every cell that we have nothing to say about are written back as
they came. We only look for the row of each learner, and for the column of each assignment. Where
either is in doubt, nothing is written, and a sentence says so.

What the two systems export and accept was read in their own code and pages, in November 2026:

* Moodle's grading worksheet, one assignment each: ``Identifier, Full name, Email address, Status,
  Grade, Maximum grade, Grade can be changed, Last modified (submission), Last modified (grade)``
  and so on. The import needs ``Identifier``, ``Grade`` and ``Last modified (grade)``. It skips,
  without a word, a grade above the maximum, an empty grade, and a grade that is locked
  (``mod/assign/feedback/offline/importgradeslib.php`` and ``locallib.php`` of moodle/moodle).
* Moodle's export of the gradebook and its list of participants: ``First name, Surname, ID number,
  Institution, Department, Email address``, then ``Assignment: TITLE (Real)``, or none. The import
  asks for each column whether it is a grade, or a new one
  (https://docs.moodle.org/en/Grade_import, ``grade/import/grade_import_form.php``).
* Canvas: ``Student, ID, SIS User ID, SIS Login ID, Section``, perhaps ``Integration ID`` and
  ``Root Account``, then each assignment as ``TITLE (ID)``, then totals. The row ``Points Possible``
  holds the points of each assignment, and "(read only)" below each total. A row before it may say
  "Manual Posting". ``EX`` is excused, ``N/A`` not assigned. A user can choose semicolons and a
  byte order mark, and numbers may have a decimal comma; the import takes both. A
  column without an id that has no assignment's title becomes a new assignment
  (``lib/gradebook_exporter.rb`` and ``lib/gradebook_importer.rb`` of instructure/canvas-lms).
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .concepts import separator_of

BOM = "\ufeff"
NUMBER = r"\s*\d+{}\d+\s*"
# What Canvas writes in place of a number, and what it means.
CANVAS_WORDS = {"EX": "is excused", "N/A": "does not have this assignment"}


class CannotFill(ValueError):
    """There is no way to fill this table; the sentence says why."""


@dataclass(frozen=True)
class Points:
    """What one learner has in one assignment.

    learner: the name of the folder in ``submitted``
    score:   None if there was nothing to grade; 0 is a true zero
    most:    what there is to gain
    """

    learner: str
    email: str
    assignment: str
    score: float | None
    most: float


def read_points(text: str) -> list[Points]:
    """The points in ``grades.csv``, as ``scripts/grade.py`` writes it."""
    return [
        Points(
            row["student_id"],
            row["email"],
            row["assignment"],
            float(row["score"]) if row["score"] else None,
            float(row["max_score"]),
        )
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]


def read_names(data: bytes) -> dict[str, str]:
    """What a learning system calls a learner, by what the folder is called: two columns of a table.

    Raises CannotFill for a line that is no such pair.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotFill("The file is not in UTF-8: save it as CSV UTF-8.") from None
    names: dict[str, str] = {}
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    for number, row in enumerate(rows, 1):
        if len(row) < 2 or not (row[0].strip() and row[1].strip()):
            raise CannotFill(f"Line {number} does not hold two names of a learner.")
        names[plain(row[0])] = row[1]
    return names


class Table:
    """A table as it came: its cells, and how they were written.

    Raises CannotFill if the bytes are no table in UTF-8.
    """

    def __init__(self, data: bytes) -> None:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise CannotFill("The file is not in UTF-8: save it as CSV UTF-8.") from None
        self.bom = BOM if text.startswith(BOM) else ""
        text = text.removeprefix(BOM)
        self.end = "\r\n" if "\r\n" in text else "\n"
        self.separator = separator_of(text)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=self.separator)
        try:
            self.rows = [row for row in rows if row]
        except csv.Error as error:
            raise CannotFill(f"Line {rows.line_num} cannot be read: {error}.") from None
        if len(self.rows) < 2 or len(self.rows[0]) < 2:
            raise CannotFill("The file holds no table with a row for each learner.")
        for row in self.rows:  # Excel leaves out the empty cells at the end
            row += [""] * (len(self.rows[0]) - len(row))

    @property
    def heads(self) -> list[str]:
        """The names of the columns."""
        return self.rows[0]

    def add_column(self, head: str) -> int:
        """The index of a new, empty column at the end."""
        for row in self.rows:
            row.append("")
        self.rows[0][-1] = head
        return len(self.rows[0]) - 1

    def number(self, value: float) -> str:
        """A number as this table writes numbers: with a comma, if its own have one."""
        text = f"{value:.2f}".rstrip("0").rstrip(".")
        cells = [cell for row in self.rows[1:] for cell in row]
        commas = any(re.fullmatch(NUMBER.format(","), cell) for cell in cells)
        points = any(re.fullmatch(NUMBER.format(r"\."), cell) for cell in cells)
        return text.replace(".", ",") if commas and not points else text

    def to_bytes(self) -> bytes:
        """The table, written as it was."""
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=self.separator, lineterminator=self.end).writerows(self.rows)
        return (self.bom + file.getvalue()).encode("utf-8")


# Who is in which row.

PEOPLE = {
    "moodle": ("Username", "ID number", "Email address", "Full name"),
    "canvas": ("SIS Login ID", "SIS User ID", "Integration ID", "ID", "Student"),
}


def plain(text: str) -> str:
    """A name as it is compared: without case, and with single spaces.

    macOS writes an accent in the name of a folder as a sign of its own, and spreadsheets do not.
    """
    return unicodedata.normalize("NFC", " ".join(text.split()).casefold())


def rows_of(
    table: Table, people: Iterable[tuple[int, ...]], rows: list[int], names: set[str]
) -> list[int]:
    """The rows in which one of these columns, or two of them together, hold one of these names."""

    def said(row: int, places: tuple[int, ...]) -> str:
        return plain(" ".join(table.rows[row][at] for at in places))

    return [row for row in rows if any(said(row, places) in names for places in people)]


def match(
    table: Table,
    points: list[Points],
    system: str,
    rows: list[int],
    by: str | None,
    also: Mapping[str, str],
) -> Iterator[tuple[str, int | None, str]]:
    """Each learner, with the row of the learner, or None and the reason why there is none.

    by:   the column that names learners; None looks into all columns that usually do
    also: another name of a learner, by the one that ``plain`` makes of the folder's
    """
    wanted = [by] if by else list(PEOPLE[system])
    heads = list(map(plain, table.heads))
    people: list[tuple[int, ...]] = [
        (at,) for at, head in enumerate(heads) if head in map(plain, wanted)
    ]
    if not by and {"first name", "surname"} <= set(heads):  # Moodle's table of all grades
        people.append((heads.index("first name"), heads.index("surname")))
    if not people:
        raise CannotFill(
            f"None of these columns is in the table: {', '.join(wanted)}. "
            "Say which column names learners: --by COLUMN."
        )
    names: dict[str, set[str]] = {}
    for one in points:
        known = names.setdefault(one.learner, set())
        others = (one.learner, one.email, also.get(plain(one.learner), ""))
        known |= {plain(name) for name in others if name.strip()}
    found = {learner: rows_of(table, people, rows, known) for learner, known in names.items()}
    for learner, places in found.items():
        rivals = [other for other, theirs in found.items() if set(theirs) & set(places)]
        if not places:
            yield learner, None, "is not in the table"
        elif len(places) > 1:
            yield learner, None, f"fits {len(places)} rows of the table"
        elif len(rivals) > 1:
            yield learner, None, f"fits the same row as {', '.join(set(rivals) - {learner})}"
        else:
            yield learner, places[0], ""


# Which column is which assignment.


def words(text: str) -> str:
    """A title as it is compared: its letters and digits only."""
    return " ".join(re.findall(r"\w+", text.casefold().replace("_", " ")))


def column_of(table: Table, assignment: str, title: str) -> int | None:
    """The column of an assignment, by its name, or by the title of its lesson; None if none is.

    Raises CannotFill if several are.
    """
    names = [assignment]
    if title:
        names += [title, f"{assignment.partition('_')[0]} {title}"]
    wanted = {words(name) for name in names}
    heads = [re.sub(r"^Assignment: ?| \(Real\)$| \(\d+\)$", "", head) for head in table.heads]
    found = [at for at, head in enumerate(heads) if words(head) in wanted]
    return only_one(assignment, found) if found else None


def only_one(column: str, places: list[int]) -> int:
    """The place of a column; CannotFill if there is none, or more than one."""
    if not places:
        raise CannotFill(f"There is no column {column} in the table.")
    if len(places) > 1:
        raise CannotFill(
            f"{len(places)} columns of the table may be {column}. "
            "Name one with --column, or delete the others."
        )
    return places[0]


def only(points: list[Points], assignment: str | None) -> list[Points]:
    """The points of one assignment; CannotFill if it has not been said which one."""
    names = sorted({one.assignment for one in points})
    if assignment is None and len(names) > 1:
        raise CannotFill(
            f"The table has one column, and you graded {', '.join(names)}. "
            "Say which: --assignment NAME."
        )
    return [one for one in points if assignment in (None, one.assignment)]


def fill(
    system: str,
    table: Table,
    points: list[Points],
    titles: Mapping[str, str],
    *,
    assignment: str | None = None,
    column: str | None = None,
    by: str | None = None,
    also: Mapping[str, str] | None = None,
) -> list[str]:
    """Write the points into the table, and return what the teacher should know, a line each.

    system:     "moodle" or "canvas"
    points:     of all assignments, from ``read_points``
    titles:     of the lessons, by the names of their assignments
    assignment: only this one
    column:     where its points go; needed if the table calls it by a name that we do not know
    by:         the column that names learners
    also:       what the system calls them, from ``read_names``

    Raises CannotFill; the table is as it was then.
    """
    is_worksheet = system == "moodle" and {"Identifier", "Grade"} <= set(table.heads)
    if column is None and is_worksheet:
        column = "Grade"
    if column is not None:
        only_one(column, [at for at, head in enumerate(table.heads) if head == column])
    points = (
        only(points, assignment)
        if column
        else [one for one in points if assignment in (None, one.assignment)]
    )
    if not points:
        raise CannotFill(f"There are no points for {assignment or 'any assignment'}.")
    rows = list(range(1, len(table.rows)))
    header = None
    if system == "canvas":
        header = next((row for row in rows if "Points Possible" in table.rows[row][0]), None)
        # The rows above it are no learners: they say how grades are posted.
        rows = [row for row in rows if row > (header or 0)]
    matched = list(match(table, points, system, rows, by, also or {}))
    places = {learner: row for learner, row, _reason in matched if row is not None}
    said = [f"{learner} {reason}." for learner, row, reason in matched if row is None]
    if not places:
        raise CannotFill(
            f"{' '.join(said)} With --names FILE you can say what the table calls them."
        )
    said += [
        f"Row {row + 1} ({', '.join(table.rows[row][:2])}) has no points from here."
        for row in rows
        if row not in places.values() and any(table.rows[row])
    ]
    for name in sorted({one.assignment for one in points}):
        these = [one for one in points if one.assignment == name]
        at = table.heads.index(column) if column else column_of(table, name, titles.get(name, ""))
        if at is None:
            at = table.add_column(name)
            said.append(f"The table had no column for {name}; it has a new one.")
            if header is not None:
                table.rows[header][at] = table.number(these[0].most)
        said += limits(table, at, header, these[0])
        for one in these:
            if one.score is not None and one.learner in places:
                said += put(table, places[one.learner], at, one, system)
    return said


def put(table: Table, row: int, at: int, one: Points, system: str) -> Iterator[str]:
    """Write one learner's points, unless the table says that there must be none."""
    cells = table.rows[row]
    locked = "Grade can be changed"
    if system == "canvas" and cells[at] in CANVAS_WORDS:
        yield f"{one.learner} {CANVAS_WORDS[cells[at]]} in Canvas, so {one.assignment} stays."
    elif locked in table.heads and cells[table.heads.index(locked)] == "No":
        yield f"{one.learner}: Moodle has locked this grade, so it stays."
    else:
        cells[at] = table.number(one.score or 0)


def limits(table: Table, at: int, header: int | None, one: Points) -> Iterator[str]:
    """What differs between the points that there are to gain here and in the table."""
    heads = [plain(head) for head in table.heads]
    cells = []
    if header is not None:
        cells = [table.rows[header][at]]
        if "read only" in cells[0]:
            raise CannotFill(f"Canvas computes the column {table.heads[at]}: choose another.")
    elif table.heads[at] == "Grade" and "maximum grade" in heads:
        cells = sorted({row[heads.index("maximum grade")] for row in table.rows[1:]})
    for cell in cells:
        if re.fullmatch(r"\d+([.,]\d+)?", cell) and float(cell.replace(",", ".")) != one.most:
            yield f"{one.assignment} has {one.most:g} points here, and {cell} in the table."
