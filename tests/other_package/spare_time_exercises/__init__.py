"""A package of exercises that is not the course's: one lesson with one exercise, for the tests."""
