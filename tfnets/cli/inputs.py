"""`tfnets maximize | fool | occlude`: asking a network through its input.

Each starts the study of its kind with a person's own network, picture, unit or class. The same
settings are options of `tfnets run`, for the studies that have them.
"""

import argparse
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tfnets.cli.options import Commands, add_run_options, command, run_study
from tfnets.errors import InputError
from tfnets.files import as_on_disk

SETTINGS = {
    "network": "the network: a known name, a .keras file, or alexnet:FILE.npy",
    "image": "the picture: a photo's name (`tfnets data list` shows them) or a file",
    "unit": "a class, a channel (LAYER:7) or a neuron (LAYER:ROW,COLUMN,CHANNEL)",
    "target": "the class that is asked for, by number or name",
    "source": "the class that is there, by number or name",
}
"""Settings of studies that are options of the commands, and what they mean."""
ALONE = {
    "neuron_images": ("second=",),
    "fooling": ("attacks=signed_gradient,eight_bit", "rated=", "second=", "others="),
    "occlusion": ("photos=", "fills=mean", "relative_sizes=1.0", "planted=0"),
}
"""Settings that leave out what a study adds to the question of one person; `--set` wins."""
PHOTOGRAPH_NETWORK = "efficientnet_lite0"
"""The network that a person's own picture is shown to, unless another is named. The studies' full
scale is made for networks of its size."""


def add(commands: Commands) -> None:
    """Adds the commands of this module."""
    text = "Draw the image that a unit of a network wants to see (the study neuron_images)."
    parser = command(commands, "maximize", text, _maximize)
    add_settings(parser, ("network", "unit"))
    _add_size(parser)
    add_run_options(parser, "neuron_images", "neuron_images-UNIT", scale=None)

    text = "Change a picture a little until a network sees another class (the study fooling)."
    parser = command(commands, "fool", text, lambda options: _ask("fooling", options))
    _add_picture(parser)
    parser.add_argument("--target", metavar="CLASS", required=True, help=SETTINGS["target"])
    add_settings(parser, ("source",))
    add_run_options(parser, "fooling", "fooling-IMAGE-TARGET", scale="full")

    text = "Show which part of a picture a network's answer depends on (the study occlusion)."
    parser = command(commands, "occlude", text, lambda options: _ask("occlusion", options))
    _add_picture(parser)
    add_settings(parser, ("target",))
    add_run_options(parser, "occlusion", "occlusion-IMAGE", scale="full")


def add_settings(parser: argparse.ArgumentParser, names: Iterable[str]) -> None:
    """Adds an option for each of these keys of `SETTINGS`."""
    for name in names:
        parser.add_argument(f"--{name}", metavar=name.upper(), help=SETTINGS[name])


def assignments(options: argparse.Namespace) -> list[str]:
    """Returns the `key=value` texts of the settings that a command has and was given."""
    given = {name: getattr(options, name, None) for name in SETTINGS}
    made = {name: _lasting(value) for name, value in given.items() if value is not None}
    if size := getattr(options, "size", None):
        if not made.get("network", "").endswith(".keras"):
            raise InputError("A size belongs to a .keras file; give --network FILE.keras as well.")
        sides = re.fullmatch(r"(\d{1,5})(?:x(\d{1,5}))?", size)
        if not sides:
            raise InputError(f"The size is {size!r}; give one like 64, or HEIGHTxWIDTH like 48x64.")
        made["network"] += f"@{sides[1]}x{sides[2] or sides[1]}"
    return [f"{name}={value}" for name, value in made.items()]


def _maximize(options: argparse.Namespace) -> None:
    # The quick scale's learning rates are made for small images.
    small = (options.network or "cifar10").startswith("cifar10")
    options.scale = options.scale or ("quick" if small else "full")
    # Without a network of the person's own, it is the whole study with its second network.
    alone = ALONE["neuron_images"] if options.network else ()
    _start("neuron_images", options, alone, options.unit)


def _ask(study: str, options: argparse.Namespace) -> None:
    _start(study, options, ALONE[study], Path(options.image).stem, options.target)


def _add_picture(parser: argparse.ArgumentParser) -> None:
    """Adds the picture, and the network that is shown it."""
    parser.add_argument("image", metavar="IMAGE", help=SETTINGS["image"])
    text = f"{SETTINGS['network']} (default {PHOTOGRAPH_NETWORK})"
    parser.add_argument("--network", metavar="NETWORK", default=PHOTOGRAPH_NETWORK, help=text)
    _add_size(parser)


def _add_size(parser: argparse.ArgumentParser) -> None:
    text = "size of the images, such as 64 or 48x64, for a .keras file that leaves it open"
    parser.add_argument("--size", metavar="HEIGHTxWIDTH", help=text)


def _start(
    study: str, options: argparse.Namespace, alone: Sequence[str], *labels: str | None
) -> None:
    """Runs a study in a folder that is called by it and by what it is asked about."""
    safe = [re.sub(r"[^\w.-]+", "-", label) for label in labels if label]
    run_study(study, options, [*alone, *assignments(options)], "-".join([study, *safe]))


def _lasting(value: str) -> str:
    """Makes the path of a file absolute, so that the run can be resumed from another folder."""
    kind, colon, place = value.rpartition(":")
    if re.fullmatch(r"[\w-]*", value):  # A name, whatever files there are.
        return value
    if as_on_disk(value).is_file():
        return str(as_on_disk(value).absolute())
    return f"{kind}{colon}{Path(place).absolute()}" if colon and Path(place).is_file() else value
