"""`tfnets completion`: what a shell needs to complete the command's words."""

import argparse

from tfnets.cli.options import Commands, command
from tfnets.files import as_on_disk
from tfnets.studies import SCALES, STUDIES

SHELLS = ("bash", "zsh", "fish")
_KNOWN = {"study": STUDIES, "--scale": SCALES}
"""Arguments, by their option or else their place, of which the words are known."""


def add(commands: Commands, whole: argparse.ArgumentParser) -> None:
    """Adds the command, which writes the script for the whole command line."""
    text = (
        "Write the script that completes commands, options, studies and files: "
        'eval "$(tfnets completion bash)".'
    )
    parser = command(commands, "completion", text, lambda options: _write(whole, options.shell))
    parser.add_argument("shell", choices=SHELLS, help="the shell")


def _write(whole: argparse.ArgumentParser, shell: str) -> None:
    import shtab

    for action in _actions(whole):
        name = action.option_strings[0] if action.option_strings else action.dest
        if name in _KNOWN:
            action.choices = list(_KNOWN[name])
        elif action.type is as_on_disk:
            action.complete = shtab.FILE
    print(shtab.complete(whole, shell))


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """The arguments of a parser and of its commands."""
    found = []
    for action in parser._actions:
        found.append(action)
        if isinstance(action, argparse._SubParsersAction):
            found += [each for inner in action.choices.values() for each in _actions(inner)]
    return found
