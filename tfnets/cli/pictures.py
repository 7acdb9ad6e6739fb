"""`tfnets classify | anomaly | generate | denoise | translate`: a person's own pictures."""

import argparse
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from tfnets.cli.options import Commands, add_run_options, command, run_study
from tfnets.errors import printable
from tfnets.files import as_on_disk
from tfnets.startup import import_tensorflow

_OURS = "or the name of a run that comes with tfnets, for instance"
_FOLDER = {"type": Path, "required": True, "metavar": "DIR"}


def add(commands: Commands) -> None:
    """Adds the commands of this module."""
    text = (
        "Classify the pictures in a folder from labels of a few of them. What it learns from is "
        "deformed as suits handwriting; --set bend=0 stroke=0 and the like leave out what would "
        "change the class of other pictures."
    )
    action = partial(_learn, "classify", "classify", "images", "labels")
    parser = command(commands, "classify", text, action)
    text = "folder of pictures of one size; sub-folders are not read"
    parser.add_argument("--images", help=text, **_FOLDER)
    text = "CSV with the columns file,label for some of them"
    parser.add_argument("--labels", help=text, **_FOLDER | {"metavar": "CSV"})
    add_run_options(parser, "classify", "classify-DIR", scale="full")

    text = (
        "Learn from a folder of normal pictures, and score how odd each picture of another folder "
        "is beside them. All pictures must be of one size."
    )
    action = partial(_learn, "find_anomalies", "anomaly", "test", "train")
    parser = command(commands, "anomaly", text, action)
    text = "folder of normal pictures, 100 or better more; sub-folders are not read"
    parser.add_argument("--train", help=text, **_FOLDER)
    parser.add_argument("--test", help="folder of the pictures to score", **_FOLDER)
    add_run_options(parser, "find_anomalies", "anomaly-DIR", scale="full")

    text = "Draw pictures with the generator of a finished run: a digit, or what a prompt says."
    option = command(commands, "generate", text, _generate).add_argument
    text = f"run folder of a GAN study, {_OURS} conditional_gan"
    option("run", type=as_on_disk, metavar="RUN", help=text)
    option("--digit", type=int, help="the digit; without one, all in turn")
    option("--prompt", help='a sentence, such as "a thick slanted seven"')
    option("--count", type=int, default=16, help="how many pictures (default 16)")
    option("--seed", type=int, default=0, help="seed of the latents (default 0)")
    text = ".png (side by side), .npz (array `images`) or .gif (one after the other); default "
    file = "generated.png"
    option("--out", type=as_on_disk, default=Path(file), metavar="FILE", help=text + file)
    option("--generator", metavar="NAME", help="one of --list (default: the first)")
    option("--list", action="store_true", help="only show the run's generators")

    text = (
        "Take noise and blur out of pictures of any size, colours channel by channel. The network "
        "was trained on handwriting, 28x28 pixels, strokes of two or three: it restores such "
        "pictures well and smooths others."
    )
    option = command(commands, "denoise", text, _denoise).add_argument
    _add_files(option, "restored")
    text = "run folder of the study denoising (default: the one that comes with tfnets)"
    option("--run", type=as_on_disk, metavar="RUN", help=text)

    text = (
        "Translate pictures into another domain with a generator of a finished run of the study "
        "translation. It knows digits of 28x28 pixels, light on dark; pictures of other sizes are "
        "taken as they are, or scaled with --size 28."
    )
    option = command(commands, "translate", text, _translate).add_argument
    text = f"run folder of study translation, {_OURS} translation"
    option("run", type=as_on_disk, metavar="RUN", help=text)
    _add_files(option, "translated")
    option("--domain", metavar="NAME", help="the domain (default: the run's first)")
    text = "paired, cycle or plain (default: the first of these that the run has)"
    option("--method", metavar="NAME", help=text)
    text = "scale the longer side to so many pixels first"
    option("--size", type=int, metavar="PIXELS", help=text)


def _add_files(option: Callable[..., Any], made: str) -> None:
    """Adds the options of the commands that take picture files, and write some."""
    option("pictures", type=as_on_disk, nargs="+", metavar="IMAGE", help="picture files")
    option("--out", help=f"folder for the {made} pictures, IMAGE's name with .png", **_FOLDER)
    text = "dark, light, or auto to go by the pictures' edges (default auto)"
    option("--background", default="auto", help=text)


def _learn(job: str, name: str, asked: str, known: str, options: argparse.Namespace) -> None:
    """Runs a job on the places given by two options; its folder is called by the first."""
    # Absolute, so that the run can be resumed from another folder.
    places = {option: getattr(options, option).absolute() for option in (asked, known)}
    given = [f"{option}={place}" for option, place in places.items()]
    run_study(job, options, given, f"{name}-{places[asked].name}")


def _denoise(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets.jobs.denoise import denoise_files
    from tfnets.jobs.own_pictures import require_background
    from tfnets.methods.denoisers.saved import load_denoiser

    require_background(options.background)
    network = load_denoiser(options.run)
    _say(denoise_files(network, options.pictures, options.out, options.background))


def _say(done: Iterable[Any]) -> None:
    for one in done:
        for note in one.notes:
            print(printable(f"{one.source}: {note}."), file=sys.stderr)
        print(printable(str(one.path)))


def _generate(options: argparse.Namespace) -> None:
    import_tensorflow()
    if options.list:
        _list(options.run)
        return
    from tfnets.jobs.generate import Wish, generate, require_ending, save

    require_ending(options.out)
    wish = Wish(options.digit, options.prompt, options.count, options.seed)
    made = generate(options.run, wish, options.generator)
    if made.unknown:
        words = ", ".join(dict.fromkeys(made.unknown))
        print(f"Left out, because the generator does not know it: {words}.", file=sys.stderr)
    if options.prompt is not None and "digit" not in made.asked:
        print("The prompt names no digit, so any may come.", file=sys.stderr)
    save(made, options.out)
    count = len(made.images)
    print(f"{options.out}: {count} picture{'s' if count > 1 else ''} by {made.generator}")


def _list(folder: Path) -> None:
    from tfnets.artifacts import reference
    from tfnets.methods.gans.saved import TAKES, SavedGenerator, names

    run = reference.opened(folder)
    found = names(run)
    width = max(map(len, found))
    for name in found:
        print(f"{name:{width}}  {TAKES[SavedGenerator.load(run, name).takes]}")


def _translate(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets.jobs.own_pictures import require_background
    from tfnets.jobs.translate import load_translator, translate_files

    require_background(options.background)
    found = load_translator(options.run, options.domain, options.method)
    given = {"background": options.background, "size": options.size}
    _say(translate_files(found, options.pictures, options.out, **given))
