"""Work on a person's own pictures; `classify` and `find_anomalies` are made like studies.

Importing this package imports no TensorFlow.
"""

from importlib import import_module

NAMES = ("find_anomalies", "classify")
"""The jobs that are made like a study, with a command of their own."""

JOBS: dict[str, str] = {name: import_module(f"{__name__}.{name}").QUESTION for name in NAMES}
"""Name of each and its question."""
