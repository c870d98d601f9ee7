"""A question: its options, as a widget and as a list."""

from wsedu.views import Question


def ask(chosen: int = -1) -> Question:
    return Question("Which status?", ["101", "200"], chosen, "Kept.")


def test_forms_are_widget_text_and_markdown() -> None:
    question = ask()
    data, _metadata = question._repr_mimebundle_()
    assert data["text/plain"] == data["text/markdown"] == str(question)
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == question.model_id
    assert "image/svg+xml" not in data


def test_text_has_the_question_and_every_option() -> None:
    assert ask().text == "Which status?\n\n- ( ) 101\n- ( ) 200"


def test_stored_text_does_not_tell_what_was_chosen() -> None:
    assert ask(0).text == ask(1).text == ask().text


def test_choice_is_told_to_every_observer() -> None:
    question = ask()
    told: list[int] = []
    question.observe(lambda change: told.append(change["new"]), "chosen")
    question.chosen = 1
    assert told == [1]


def test_page_gets_all_that_it_shows() -> None:
    state = ask(1).get_state()
    assert state["question"] == "Which status?"
    assert state["options"] == ["101", "200"]
    assert (state["chosen"], state["kept"]) == (1, "Kept.")
