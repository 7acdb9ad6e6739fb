"""A run's generator of digits as a SavedModel, as `tfnets export RUN --digits` makes it."""

from pathlib import Path

import numpy as np

from tfnets.artifacts import reference
from tfnets.artifacts.checked_export import ExportReport
from tfnets.artifacts.digit_export import export_digits as export
from tfnets.artifacts.run import Run
from tfnets.datasets.prompts import DIGITS
from tfnets.errors import InputError
from tfnets.methods.gans.saved import TAKES, chosen


def export_digits(
    run: Run | Path | str, out_dir: Path | str, generator: str | None = None, *, force: bool = False
) -> ExportReport:
    """Writes a SavedModel with the signature `(digit: int32[n], seed: int32[2]) -> image`.

    A process without Keras runs and compares it. Digits asked for with the seed [s, 1] are those
    that `tfnets generate --seed s` draws.

    Args:
        run: As `reference.opened` takes it.
        out_dir: The folder to make; `force` replaces one that is a SavedModel already.
        generator: One of `saved.names(run)`; None for the first.
        force: See `out_dir`.

    Raises:
        InputError: No run folder, no generator in it or none of that name, one that cannot be asked
            for a digit, or what `tfnets.artifacts.digit_export.export_digits` refuses.
    """
    saved = chosen(reference.opened(run), generator)
    if saved.takes == "nothing":
        raise InputError(
            f"The generator {saved.name!r} takes {TAKES[saved.takes]}; name one that takes a digit "
            "(`tfnets generate RUN --list` shows them)."
        )
    asked = [saved.condition(digit, None, 1).rows[0] for digit in range(len(DIGITS))]
    return export(saved.model, saved.prior, np.concatenate(asked), out_dir, force=force)
