"""The board: who has passed what, who is stuck on which mistake, and what a class predicted.

How to think about it: it is the course's own fan-out, which a teacher can show as an example.
Learners' notebooks send numbered events (lesson 17), a ``log`` puts them in order, the ``matrix``
is what they add up to, and ``server`` sends each change to the teachers' pages, where a slow page
gets the newest only (lesson 13). ``messages`` refuses what breaks a rule (lesson 15).
"""
