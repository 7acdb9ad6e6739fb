"""`tfnets classify | anomaly | generate | denoise | translate`: a person's own pictures."""

import argparse
import sys
from pathlib import Path

from tfnets.cli.options import Commands, add_run_options, command, run_study
from tfnets.startup import import_tensorflow


def add(commands: Commands) -> None:
    """Adds the commands of this module."""
    _add_classify(commands)
    _add_anomaly(commands)
    _add_generate(commands)
    _add_denoise(commands)
    _add_translate(commands)


def _add_anomaly(commands: Commands) -> None:
    text = (
        "Learn from a folder of normal pictures, and score how odd each picture of another folder "
        "is beside them. All pictures must be of one size."
    )
    parser = command(commands, "anomaly", text, _anomaly)
    parser.add_argument(
        "--train", type=Path, required=True, metavar="DIR",
        help="folder of normal pictures, 100 or better more; sub-folders are not read",
    )  # fmt: skip
    parser.add_argument(
        "--test", type=Path, required=True, metavar="DIR", help="folder of the pictures to score"
    )
    add_run_options(parser, "anomaly-DIR", scale="full")


def _anomaly(options: argparse.Namespace) -> None:
    train, test = options.train.absolute(), options.test.absolute()
    # Absolute, so that the run can be resumed from another folder.
    places = [f"train={train}", f"test={test}"]
    run_study("find_anomalies", options, places, f"anomaly-{test.name}")


def _add_classify(commands: Commands) -> None:
    text = (
        "Classify the pictures in a folder from labels of a few of them. What it learns from is "
        "deformed as suits handwriting; --set bend=0 stroke=0 and the like leave out what would "
        "change the class of other pictures."
    )
    parser = command(commands, "classify", text, _classify)
    parser.add_argument(
        "--images", type=Path, required=True, metavar="DIR",
        help="folder of pictures of one size; sub-folders are not read",
    )  # fmt: skip
    parser.add_argument(
        "--labels", type=Path, required=True, metavar="CSV",
        help="CSV with the columns file,label for some of them",
    )  # fmt: skip
    add_run_options(parser, "classify-DIR", scale="full")


def _classify(options: argparse.Namespace) -> None:
    images, labels = options.images.absolute(), options.labels.absolute()
    # Absolute, so that the run can be resumed from another folder.
    places = [f"images={images}", f"labels={labels}"]
    run_study("classify", options, places, f"classify-{images.name}")


def _add_denoise(commands: Commands) -> None:
    text = (
        "Take noise and blur out of pictures of any size, colours channel by channel. The network "
        "was trained on handwriting, 28x28 pixels, strokes of two or three: it restores such "
        "pictures well and smooths others."
    )
    parser = command(commands, "denoise", text, _denoise)
    parser.add_argument("pictures", type=Path, nargs="+", metavar="IMAGE", help="picture files")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR",
        help="folder for the restored pictures, IMAGE's name with .png",
    )  # fmt: skip
    parser.add_argument(
        "--run", type=Path, metavar="RUN",
        help="run folder of the study denoising (default: the one of the repository)",
    )  # fmt: skip
    parser.add_argument(
        "--background", default="auto",
        help="dark, light, or auto to go by the pictures' edges (default auto)",
    )  # fmt: skip


def _denoise(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets.jobs.denoise import denoise_files
    from tfnets.jobs.own_pictures import require_background
    from tfnets.methods.denoisers.saved import load_denoiser

    require_background(options.background)
    network = load_denoiser(options.run)
    for one in denoise_files(network, options.pictures, options.out, options.background):
        for note in one.notes:
            print(f"{one.source}: {note}.", file=sys.stderr)
        print(one.path)


def _add_generate(commands: Commands) -> None:
    text = "Draw pictures with the generator of a finished run: a digit, or what a prompt says."
    parser = command(commands, "generate", text, _generate)
    parser.add_argument("run", type=Path, metavar="RUN", help="run folder of a GAN study")
    parser.add_argument("--digit", type=int, help="the digit; without one, all in turn")
    parser.add_argument("--prompt", help='a sentence, such as "a thick slanted seven"')
    parser.add_argument("--count", type=int, default=16, help="how many pictures (default 16)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the latents (default 0)")
    parser.add_argument(
        "--out", type=Path, default=Path("generated.png"), metavar="FILE",
        help=".png (side by side), .npz (array `images`) or .gif (one after the other); default "
        "generated.png",
    )  # fmt: skip
    parser.add_argument("--generator", metavar="NAME", help="one of --list (default: the first)")
    parser.add_argument("--list", action="store_true", help="only show the run's generators")


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
    from tfnets.artifacts.run import Run
    from tfnets.methods.gans.saved import TAKES, SavedGenerator, names

    run = Run.open(folder)
    found = names(run)
    width = max(map(len, found))
    for name in found:
        print(f"{name:{width}}  {TAKES[SavedGenerator.load(run, name).takes]}")


def _add_translate(commands: Commands) -> None:
    text = (
        "Translate pictures into another domain with a generator of a finished run of the study "
        "translation. It knows digits of 28x28 pixels, light on dark; pictures of other sizes are "
        "taken as they are, or scaled with --size 28."
    )
    parser = command(commands, "translate", text, _translate)
    parser.add_argument("run", type=Path, metavar="RUN", help="run folder of study translation")
    parser.add_argument("pictures", type=Path, nargs="+", metavar="IMAGE", help="picture files")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR",
        help="folder for the translated pictures, IMAGE's name with .png",
    )  # fmt: skip
    parser.add_argument("--domain", metavar="NAME", help="the domain (default: the run's first)")
    parser.add_argument(
        "--method", metavar="NAME",
        help="paired, cycle or plain (default: the first of these that the run has)",
    )  # fmt: skip
    parser.add_argument(
        "--background", default="auto",
        help="dark, light, or auto to go by the pictures' edges (default auto)",
    )  # fmt: skip
    parser.add_argument(
        "--size", type=int, metavar="PIXELS", help="scale the longer side to so many pixels first"
    )


def _translate(options: argparse.Namespace) -> None:
    import_tensorflow()
    from tfnets.jobs.own_pictures import require_background
    from tfnets.jobs.translate import load_translator, translate_files

    require_background(options.background)
    found = load_translator(options.run, options.domain, options.method)
    done = translate_files(
        found, options.pictures, options.out, background=options.background, size=options.size
    )
    for one in done:
        for note in one.notes:
            print(f"{one.source}: {note}.", file=sys.stderr)
        print(one.path)
