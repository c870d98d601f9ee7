"""What a pull does to a learner's work, with the real nbgitpuller and git."""

import json
from pathlib import Path

import pytest

from .pulling import LESSON, Class, change, git


@pytest.fixture
def course(tmp_path: Path) -> Class:
    return Class(tmp_path)


def test_a_notebook_that_the_learner_has_not_changed_is_updated(course: Class) -> None:
    course.teacher_changes()
    course.pull()
    assert course.had() == course.sent()


def test_one_that_both_have_changed_is_kept_whole_also_by_later_pulls(course: Class) -> None:
    mine = change(course.learners / LESSON, 3, "mine = 1\n")
    for words in ("Newer.", "Newest."):
        course.teacher_changes(words)
        course.pull()
        assert course.had() == mine
    mine = change(course.learners / LESSON, 3, "mine = 2\n")
    course.teacher_changes("The last.")
    course.pull()
    assert course.had() == mine
    assert git(course.learners, "status", "--short") == ""


def test_without_the_courses_attributes_git_mixes_the_two(tmp_path: Path) -> None:
    course = Class(tmp_path, attributes="# none\n")
    mine = change(course.learners / LESSON, 3, "mine = 1\n")
    course.teacher_changes()
    course.pull()
    assert course.had() != mine and course.had() != course.sent()
    assert b"mine = 1" in course.had() and b"Newer." in course.had()


def test_a_deleted_notebook_comes_back_as_it_was_sent_last(course: Class) -> None:
    course.teacher_changes()
    (course.learners / LESSON).unlink()
    course.pull()
    assert course.had() == course.sent()


def test_a_renamed_notebook_stays_and_the_newer_one_comes_beside_it(course: Class) -> None:
    mine = change(course.learners / LESSON, 3, "mine = 1\n")
    course.teacher_changes()
    course.pull()
    renamed = LESSON.with_name("mine.ipynb")
    (course.learners / LESSON).rename(course.learners / renamed)
    course.pull()
    assert (course.had(renamed), course.had()) == (mine, course.sent())


def test_a_changed_notebook_that_the_teacher_removes_stays(course: Class) -> None:
    mine = change(course.learners / LESSON, 3, "mine = 1\n")
    (course.teachers / LESSON).unlink()
    course.send()
    course.pull()
    assert course.had() == mine


def test_a_changed_notebook_that_the_teacher_renames_keeps_what_the_learner_wrote(
    course: Class,
) -> None:
    mine = change(course.learners / LESSON, 3, "mine = 1\n")
    moved = LESSON.with_name("00_begin_here.ipynb")
    git(course.teachers, "mv", str(LESSON), str(moved))
    course.send()
    course.pull()
    kept = [path.read_bytes() for path in (course.learners / LESSON).parent.glob("*.ipynb")]
    assert mine in kept


def test_a_file_of_the_learner_with_the_name_of_a_new_one_stays_under_another_name(
    course: Class,
) -> None:
    new = LESSON.with_name("18_mine.ipynb")
    mine = json.dumps({"cells": []}).encode()
    (course.learners / new).write_bytes(mine)
    (course.teachers / new).write_bytes(course.sent())
    course.send()
    course.pull()
    (kept,) = (course.learners / LESSON).parent.glob("18_mine__*.ipynb")
    assert (kept.read_bytes(), course.had(new)) == (mine, course.sent())
