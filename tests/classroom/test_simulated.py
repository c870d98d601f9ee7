"""The simulated class is plausible, and the same for the same seed."""

import json
from collections import Counter

from wsedu_classroom.board.course import Course, installed
from wsedu_classroom.board.messages import read_event, read_hello

from .simulated import simulate

COURSE = installed()
ONE = Course(COURSE.mistakes, COURSE.options, COURSE.lessons[4:5])


def test_a_seed_gives_the_same_class_and_another_seed_another_one() -> None:
    assert simulate(seed=1, learners=20) == simulate(seed=1, learners=20)
    assert simulate(seed=1, learners=20) != simulate(seed=2, learners=20)


def test_the_board_takes_every_nickname_and_every_event() -> None:
    simulated = simulate(learners=40, lessons=["04"], course=ONE)
    for learner, nick in simulated.nicks.items():
        read_hello(json.dumps({"hello": nick, "learner": learner}))
    for number, one in enumerate(simulated.happenings, 1):
        event = read_event(json.dumps({"n": number, **one.event, "ago": 0}), COURSE)
        assert event.what == one.event["what"], "it is known"
        if event.what == "tried":
            assert event.value == [one.event["outcome"], one.event["mistake"]]


def test_a_class_passes_most_and_shares_a_few_mistakes() -> None:
    simulated = simulate(learners=100, lessons=["04"], course=ONE)
    tries = [one for one in simulated.happenings if one.event["what"] == "tried"]
    tried = [one.event for one in tries]
    assert {event["outcome"] for event in tried} == {"passed", "not yet", "raised"}
    begun = {(one.learner, one.event["name"]) for one in tries}
    passed = {(one.learner, one.event["name"]) for one in tries if one.event["outcome"] == "passed"}
    assert 0.7 < len(passed) / len(begun) < 1
    names = Counter((one["name"], one["mistake"]) for one in tried if one["mistake"])
    assert names.most_common(1)[0][1] > 10
    again = [one for one in simulated.happenings if one.event["what"] == "predicted"]
    assert len({(one.learner, one.event["name"]) for one in again}) < len(again), "they vote twice"
