"""`tfnets data list | get`: data sets, network weights and photographs."""

import argparse
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tfnets.cli.options import Commands, add_data_dir, command
from tfnets.errors import InputError, choices

if TYPE_CHECKING:
    from tfnets.datasets import Status


def add(commands: Commands) -> None:
    """Adds the commands of this module."""
    text = "Show or fetch data sets, network weights and photos."
    parser = commands.add_parser("data", help=text, description=text)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    add_data_dir(command(actions, "list", "Show what is known and cached.", _list))
    get = command(actions, "get", "Fetch a data set, weights or a photo into the cache.", _get)
    get.add_argument("name", metavar="NAME", help="as `tfnets data list` shows it")
    add_data_dir(get)


def _list(options: argparse.Namespace) -> None:
    from tfnets import datasets
    from tfnets.datasets.sources import assets, photo_catalog

    files = assets.status(options.data_dir)
    photos = [row for row in files if row.name.startswith(photo_catalog.PREFIX)]
    _print_rows("Data sets", datasets.status(options.data_dir))
    _print_rows("Weights", [row for row in files if row not in photos])
    print("Photos installed with scikit-image and scikit-learn")
    _print_names(photo_catalog.INSTALLED)
    for sources in dict.fromkeys(row.sources for row in photos):
        group = [row for row in photos if row.sources == sources]
        state = _state(all(row.cached for row in group))
        where = f"{group[0].megabytes} MB from {', '.join(sources)}"
        print(f"Photos, {state}, {where}, {group[0].licence}")
        _print_names(row.name.removeprefix(photo_catalog.PREFIX) for row in group)


def _print_rows(title: str, rows: "Iterable[Status]") -> None:
    print(title)
    for row in rows:
        print(f"  {row.name:18} {_state(row.cached):10} {row.megabytes:6.1f} MB  {row.licence}")
        print(f"  {'':18} from {', '.join(row.sources)}")


def _state(cached: bool) -> str:
    return "cached" if cached else "not cached"


def _print_names(names: Iterable[str]) -> None:
    print(textwrap.fill(", ".join(names), 100, initial_indent="  ", subsequent_indent="  "))


def _get(options: argparse.Namespace) -> None:
    from tfnets import datasets
    from tfnets.datasets import pictures
    from tfnets.datasets.sources import assets, photo_catalog
    from tfnets.datasets.sources.asset_catalog import ASSETS
    from tfnets.datasets.sources.catalog import DATASETS

    name = options.name
    if name in photo_catalog.INSTALLED:
        print(f"{name} is installed: {pictures.photo_file(name)}.")
        return
    if name in DATASETS:
        stored = datasets.get(name, options.data_dir)
        print(f"{stored.name} is in {stored.folder} (source: {stored.source}).")
        return
    full = name if name in ASSETS else f"{photo_catalog.PREFIX}{name}"
    if full not in ASSETS:
        weights = [known for known in ASSETS if not known.startswith(photo_catalog.PREFIX)]
        known = [*DATASETS, *weights, *pictures.PHOTOS]
        raise InputError(
            f"There are no data called {name!r}; {choices(name, known)}; `tfnets data list` shows "
            "all."
        )
    kept = assets.get(full, options.data_dir)
    print(f"{name} is in {kept.path} (source: {kept.source}).")
