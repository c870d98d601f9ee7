"""The course: its catalogue, the checks of its exercises, and what a learner is told."""

from .desk import check, hint, predict, progress, recall, solution

__all__ = ["check", "hint", "predict", "progress", "recall", "solution"]
