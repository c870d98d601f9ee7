"""What a class needs beside the course: the tunnel of a hub, and the teacher's board.

How to think about it: learners read ``wsedu``. This package is for the people who run a class, and
nothing in ``wsedu`` imports it. ``tunnel`` is an extension of a learner's Jupyter server, ``board``
a server of the teacher's, and ``hub`` the configuration of a JupyterHub. ``gradebooks``,
``concepts`` and ``paper`` are for points, a quiz and printing.
"""
