"""The one exception for what a person handed in wrongly."""


class InputError(ValueError):
    """Bad input from outside: a file, a name, a setting, a folder.

    The message is one sentence that says what was wrong, what was expected and how to mend it.
    The command line prints it without a traceback and exits with code 2.
    """
