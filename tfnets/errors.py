"""The one exception for what a person handed in wrongly, and what a name may have meant."""

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Bad input from outside: a file, a name, a setting, a folder.

    The message is one sentence that says what was wrong, what was expected and how to mend it.
    The command line prints it without a traceback and exits with code 2.
    """


FEW = 10
"""So many names are listed whole, even where one of them is near."""


def choices(name: str, known: Iterable[str]) -> str:
    """Says which names are near to an unknown one, and which there are if they are few or far."""
    known = list(known)
    folded = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name.casefold(), folded, n=3)
    meant = f"did you mean {' or '.join(folded[each] for each in near)}"
    listed = f"choose from {', '.join(known)}"
    if not near:
        return listed
    return f"{meant}, or {listed}" if len(known) <= FEW else meant
