"""The one exception for what a person handed in wrongly, and what a name may have meant."""

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Bad input from outside: a file, a name, a setting, a folder.

    The message is one sentence that says what was wrong, what was expected and how to mend it.
    The command line prints it without a traceback and exits with code 2. What it quotes of files
    and names is made `printable`; `BREAKS` are the line breaks that a table of its own has.
    """

    BREAKS = ""

    def __str__(self) -> str:
        text = printable(super().__str__(), keep=self.BREAKS)
        return text if len(text) < 4000 else f"{text[:3900]} and so on."


def printable(text: str, keep: str = "") -> str:
    """Returns a text as a terminal or a page may show it, on one line: `keep` stays as it is.

    Line breaks and other spaces become spaces; escape characters, marks that turn the direction of
    writing, half surrogates and what else has no shape become question marks.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else " " if c.isspace() else "?" for c in text)


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
