"""The course: its catalogue, the checks of its exercises, and what a learner is told."""

from .desk import check, hint, predict, progress, recall, solution
from .workshop import mine

__all__ = ["check", "hint", "mine", "predict", "progress", "recall", "solution"]
