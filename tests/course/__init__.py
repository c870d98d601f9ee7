"""The course as a learner meets it: exercises, verdicts, journal, notebooks."""
