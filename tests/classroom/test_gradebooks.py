"""Points in the tables of Moodle and Canvas: the rest of the table stays, and doubt is said."""

import csv
import io
from typing import Any

import pytest
from wsedu_classroom.gradebooks import CannotFill, Points, Table, fill, read_names, read_points

from wsedu.course.catalogue import lessons

FRAMES, CLOSING = "04_frame_layout", "07_closing"
TITLES = {lesson.slug: lesson.title for lesson in lessons()}
MOST = 8.0

# As Moodle 4 writes it: quotes where there is a space, feedback of several lines.
WORKSHEET = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    '"Participant 4711","Ada Lovelace",ada@example.org,"Submitted for grading - ",,8.00,Yes,'
    '"Monday, 23 November 2026, 9:12 AM",-,\n'
    '"Participant 4712","Grace Hopper",grace@example.org,"No submission - ",,8.00,Yes,-,-,"One\n'
    'line, and ""another"""\n'
    '"Participant 4713","=1+1 Turing",alan@example.org,"Submitted for grading - ",3.00,8.00,No,'
    '"Monday, 23 November 2026, 9:20 AM",-,\n'
    '"Participant 4714","Late Comer",late@example.org,"No submission - ",5.00,8.00,Yes,-,-,\n'
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,04 Frame layout (901234),Essay (901235),"
    "Assignments Current Score,Current Score,Final Score\r\n"
    ",,,,,Manual Posting,,,,\r\n"
    "    Points Possible,,,,,10.00,5.00,(read only),(read only),(read only)\r\n"
    '"Lovelace, Ada",101,S1,ada,"WebSocket, Monday",,4.00,80.00,80.00,80.00\r\n'
    '"Hopper, Grace",102,S2,grace,"WebSocket, Monday",EX,5.00,100.00,100.00,100.00\r\n'
    '"Turing, Alan",103,S3,alan,"WebSocket, Monday",,,,,\r\n'
    '"Student, Test",109,,89a1,"WebSocket, Monday",,,,,\r\n'
)


def have(learner: str, score: float | None, name: str = FRAMES, email: str = "") -> Points:
    return Points(learner, email, name, score, MOST)


CLASS = [
    have("ada@example.org", 7.5),
    have("grace", 0, email="Grace@Example.org"),
    have("alan@example.org", 6),
    have("late@example.org", None),
    have("gone", 8),
]


def filled(
    system: str, text: str, points: list[Points], **options: Any
) -> tuple[list[dict[str, str]], list[str]]:
    table = Table(text.encode())
    said = fill(system, table, points, TITLES, **options)
    again = io.StringIO(table.to_bytes().decode("utf-8-sig"), newline="")
    return list(csv.DictReader(again, delimiter=table.separator)), said


def test_the_worksheet_of_moodle_gets_grades_and_keeps_all_else() -> None:
    rows, said = filled("moodle", WORKSHEET, CLASS)
    before = list(csv.DictReader(io.StringIO(WORKSHEET, newline="")))
    assert [row.pop("Grade") for row in rows] == ["7.5", "0", "3.00", "5.00"]
    assert rows == [{k: v for k, v in row.items() if k != "Grade"} for row in before]
    assert said == [
        "gone is not in the table.",
        "alan@example.org: Moodle has locked this grade, so it stays.",
    ]


def test_a_learner_without_a_score_keeps_what_is_in_the_table_and_a_zero_is_written() -> None:
    rows, _said = filled(
        "moodle", WORKSHEET, [have("Late Comer", None), have("grace@example.org", 0)]
    )
    assert [row["Grade"] for row in rows] == ["", "0", "3.00", "5.00"]


def test_rows_and_learners_that_do_not_match_are_named() -> None:
    _rows, said = filled("moodle", WORKSHEET, [have("ada@example.org", 1), have("nemo", 1)])
    assert said == [
        "nemo is not in the table.",
        "Row 3 (Participant 4712, Grace Hopper) has no points from here.",
        "Row 4 (Participant 4713, =1+1 Turing) has no points from here.",
        "Row 5 (Participant 4714, Late Comer) has no points from here.",
    ]


def test_another_maximum_is_said() -> None:
    text = WORKSHEET.replace("8.00", "100.00")
    _rows, said = filled("moodle", text, [have("ada@example.org", 1)])
    assert f"{FRAMES} has 8 points here, and 100.00 in the table." in said


def test_a_worksheet_of_one_assignment_does_not_take_the_points_of_two() -> None:
    both = [have("ada@example.org", 1), have("ada@example.org", 2, CLOSING)]
    with pytest.raises(CannotFill, match="--assignment NAME"):
        filled("moodle", WORKSHEET, both)
    rows, _said = filled("moodle", WORKSHEET, both, assignment=CLOSING)
    assert rows[0]["Grade"] == "2"


def test_the_gradebook_of_moodle_gets_the_column_that_has_the_name_of_the_lesson() -> None:
    text = (
        'First name,Surname,ID number,Institution,Department,"Email address",'
        '"Assignment: Frame layout: bits, opcodes, lengths (Real)",'
        '"Assignment: Closing (Real)","Course total (Real)","Last downloaded from this course"\n'
        "Ada,Lovelace,7,,,ada@example.org,-,-,-,1795770000\n"
    )
    points = [have("7", 8), have("7", 3, CLOSING)]
    rows, said = filled("moodle", text, points)
    assert (rows[0]["Assignment: Closing (Real)"], rows[0]["Course total (Real)"]) == ("3", "-")
    assert rows[0]["Assignment: Frame layout: bits, opcodes, lengths (Real)"] == "8"
    assert said == []


def test_a_list_of_participants_gets_a_new_column_for_each_assignment() -> None:
    text = '"First name",Surname,"Email address",Groups\nAda,Lovelace,ada@example.org,"A, B"\n'
    points = [have("ada@example.org", 7.5), have("ada@example.org", 0, CLOSING)]
    rows, said = filled("moodle", text, points)
    assert (rows[0][FRAMES], rows[0][CLOSING], rows[0]["Groups"]) == ("7.5", "0", "A, B")
    assert said == [
        f"The table had no column for {name}; it has a new one." for name in (FRAMES, CLOSING)
    ]


def test_a_list_says_what_the_table_calls_a_learner() -> None:
    text = "Full name,Email address\nAda Lovelace,ada@school.example\nBen Byron,b@school.example\n"
    also = read_names(b"\xef\xbb\xbfAda;ada@school.example\r\n")
    rows, _said = filled("moodle", text, [have("ada", 7), have("b", 3)], also=also)
    assert [row[FRAMES] for row in rows] == ["7", ""]
    with pytest.raises(CannotFill, match="Line 2 does not hold two names"):
        read_names(b"ada,ada@school.example\nben\n")


def test_nothing_is_written_if_no_learner_is_in_the_table() -> None:
    text = "Full name,Email address\nAda Lovelace,ada@school.example\n"
    with pytest.raises(CannotFill, match="ada is not in the table. With --names FILE"):
        filled("moodle", text, [have("ada", 7)])


def test_a_full_name_fits_a_first_name_and_a_surname() -> None:
    text = '"First name",Surname,"Email address"\nAda,Lovelace,a@example.org\nAda,Byron,b@x.org\n'
    rows, said = filled("moodle", text, [have("ada lovelace", 7), have("Ada", 3)])
    assert [row[FRAMES] for row in rows] == ["7", ""]
    assert "Ada is not in the table." in said


def test_a_table_in_another_language_needs_the_names_of_its_columns() -> None:
    text = (
        "\ufeffID;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Bestwertung\n"
        "Teilnehmer/in 4711;Ada Lovelace;ada@example.org;Zur Bewertung abgegeben;;8,00\n"
    )
    with pytest.raises(CannotFill, match="--by COLUMN"):
        filled("moodle", text, CLASS)
    table = Table(text.encode())
    options = {"column": "Bewertung", "by": "E-Mail-Adresse"}
    fill("moodle", table, CLASS, TITLES, **options)
    assert table.to_bytes() == text.replace("abgegeben;;", "abgegeben;7,5;").encode()


def test_canvas_gets_points_below_points_possible_and_keeps_ids_and_totals() -> None:
    points = [have("ada", 7.5), have("102", 3), have("S3", 0)]
    rows, said = filled("canvas", CANVAS, points)
    before = list(csv.DictReader(io.StringIO(CANVAS, newline="")))
    column = [row.pop("04 Frame layout (901234)") for row in rows]
    assert column == ["Manual Posting", "10.00", "7.5", "EX", "0", ""]
    assert rows == [
        {k: v for k, v in row.items() if k != "04 Frame layout (901234)"} for row in before
    ]
    assert said == [
        "Row 7 (Student, Test, 109) has no points from here.",
        f"{FRAMES} has 8 points here, and 10.00 in the table.",
        f"102 is excused in Canvas, so {FRAMES} stays.",
    ]


def test_canvas_finds_the_assignment_by_its_title_before_the_id() -> None:
    title = TITLES[FRAMES]
    text = CANVAS.replace("04 Frame layout (901234)", f'"{FRAMES} (901234)"')
    rows, _said = filled("canvas", text, [have("ada", 8)])
    assert rows[2][f"{FRAMES} (901234)"] == "8"
    text = CANVAS.replace("04 Frame layout (901234)", f'"{title} (901234)"')
    rows, _said = filled("canvas", text, [have("ada", 8)])
    assert rows[2][f"{title} (901234)"] == "8"


def test_canvas_gets_a_new_assignment_with_its_points_possible() -> None:
    rows, said = filled("canvas", CANVAS, [have("alan", 6, CLOSING)])
    assert [row[CLOSING] for row in rows] == ["", "8", "", "", "6", ""]
    assert f"The table had no column for {CLOSING}; it has a new one." in said


def test_an_assignment_of_no_lesson_is_found_by_its_own_name() -> None:
    text = CANVAS.replace("Essay (901235)", "Exam of June (901235)")
    rows, said = filled("canvas", text, [have("alan", 6, "exam_of_june")])
    assert rows[4]["Exam of June (901235)"] == "6"
    assert not any("new one" in sentence for sentence in said)


def test_a_total_that_canvas_computes_is_not_filled() -> None:
    with pytest.raises(CannotFill, match="Canvas computes the column Final Score"):
        filled("canvas", CANVAS, [have("ada", 1)], column="Final Score")


def test_semicolons_decimal_commas_and_the_byte_order_mark_stay() -> None:
    text = (
        "\ufeffStudent;ID;SIS Login ID;Section;04_frame_layout (7)\r\n"
        "    Points Possible;;;;8,00\r\n"
        '"Lovelace, Ada";101;ada;Montag;\r\n'
    )
    table = Table(text.encode())
    assert fill("canvas", table, [have("ADA", 7.5)], TITLES) == []
    # Only a cell that holds the separator needs quotes.
    assert table.to_bytes() == (
        text.replace('"Lovelace, Ada";101;ada;Montag;', "Lovelace, Ada;101;ada;Montag;7,5").encode()
    )


def test_a_doubtful_match_is_not_filled() -> None:
    text = CANVAS.replace("Turing, Alan", "Lovelace, Ada")
    doubtful = [have("Lovelace, Ada", 5), have("grace", 1), have("S2", 2)]
    rows, said = filled("canvas", text, [*doubtful, have("Student, Test", 3)])
    kept = [row["04 Frame layout (901234)"] for row in rows if row["Student"] != "Student, Test"]
    assert set(kept) <= {"", "EX", "10.00", "Manual Posting"}
    assert said[:3] == [
        "Lovelace, Ada fits 2 rows of the table.",
        "grace fits the same row as S2.",
        "S2 fits the same row as grace.",
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("Identifier,Grade\nM\xfcller,1\n".encode("latin-1"), "not in UTF-8"),
        (b"", "no table"),
        (b"just a line\n", "no table"),
        (b"Identifier,Grade\n", "no table"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(CannotFill, match=sentence):
        Table(data)


def test_a_row_without_its_empty_cells_is_read() -> None:
    rows, _said = filled(
        "canvas",
        CANVAS.replace('89a1,"WebSocket, Monday",,,,,', "89a1"),
        [have("89a1", 1, CLOSING)],
    )
    assert rows[-1][CLOSING] == "1"


@pytest.mark.parametrize("evil", ["=", "+", "-", "@"])
def test_we_write_nothing_that_a_spreadsheet_takes_for_a_formula(evil: str) -> None:
    name = f"{evil}cmd|' /C calc'!A0"
    before = Table(CANVAS.encode())
    after = Table(CANVAS.encode())
    fill("canvas", after, [have(name, 1), have("ada", 2)], TITLES)
    old = {cell for row in before.rows for cell in row}
    new = {cell for row in after.rows for cell in row} - old
    assert new == {"2"}


def test_what_grading_writes_is_read() -> None:
    text = (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,"
        "late_submission_penalty,score,max_score,look_at\r\n"
        '04_frame_layout,,,ada,,,ada@example.org,7.0,0.0,7.0,8.0,"decode-header died; misnamed"\r\n'
        "04_frame_layout,,,absent,,,,,,,8.0,missing\r\n"
    )
    assert read_points(text) == [
        Points("ada", "ada@example.org", FRAMES, 7.0, 8.0),
        Points("absent", "", FRAMES, None, 8.0),
    ]


def test_a_name_is_found_however_its_accents_and_spaces_are_written() -> None:
    text = WORKSHEET.replace("Ada Lovelace", "Adé  Lovelace")
    rows, said = filled("moodle", text, [have("ade\u0301 lovelace", 1.5)])
    assert rows[0]["Grade"] == "1.5" and not any("is not in the table" in line for line in said)


def test_empty_lines_are_no_learners() -> None:
    text = "\n" + WORKSHEET + ",,,,,,,,,\n"
    rows, said = filled("moodle", text, CLASS)
    assert rows[0]["Grade"] == "7.5" and not any(line.startswith("Row 6") for line in said)


def test_one_of_two_columns_is_not_guessed() -> None:
    for text, system in (
        (CANVAS.replace("Essay", "04_frame_layout"), "canvas"),
        (WORKSHEET.replace('"Maximum grade"', "Grade"), "moodle"),
    ):
        with pytest.raises(CannotFill, match="2 columns of the table may be"):
            filled(system, text, CLASS)
    rows, _said = filled(
        "canvas",
        CANVAS.replace("Essay", "04_frame_layout"),
        CLASS,
        column="04_frame_layout (901235)",
        assignment=FRAMES,
    )
    assert [row["04_frame_layout (901235)"] for row in rows[2:4]] == ["4.00", "0"]


def test_a_line_that_no_table_has_is_named() -> None:
    with pytest.raises(CannotFill, match=r"^Line 3 cannot be read: "):
        Table(b"Full name,Grade\nAda,1\n" + b"x" * 200_000 + b",1\n")
