"""The exercises of the course: their code once, their words in each language.

How to think about it: a folder a lesson, and in it a folder an exercise. ``wsedu.course`` finds
them through an entry point; what else it takes from here are the names below.
"""

from .server import put_together

__all__ = ["put_together"]
