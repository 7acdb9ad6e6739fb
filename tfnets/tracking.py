"""What a run writes, shown in TensorBoard or MLflow while it goes on.

A thread looks into the run folder every few seconds: new rows of history.csv, of the run and of the
trials that are going on in this or another process, become scalars by epoch, and pictures become
images. So no training knows of it, and its numbers are the same with and without.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from tfnets.artifacts.run import Run
from tfnets.errors import InputError

_EVERY = 5.0  # seconds between two looks


class Tracker(Protocol):
    """Where settings, scalars and pictures go."""

    def settings(self, values: Mapping[str, str]) -> None:
        """Takes the settings of the run."""

    def scalar(self, name: str, value: float, epoch: int) -> None:
        """Takes a number of an epoch, from 1."""

    def picture(self, file: Path) -> None:
        """Takes a PNG file."""

    def close(self) -> None:
        """Writes what is left."""


class TensorBoard:
    """Event files in the folder `tensorboard` of the run."""

    def __init__(self, run: Run) -> None:
        import tensorflow as tf

        self._tf = tf
        self._writer = tf.summary.create_file_writer(str(run.path / "tensorboard"))

    def settings(self, values: Mapping[str, str]) -> None:
        """As a table."""
        rows = "\n".join(f"| {name} | {value} |" for name, value in values.items())
        with self._writer.as_default(step=0):
            self._tf.summary.text("settings", f"| setting | value |\n|---|---|\n{rows}")

    def scalar(self, name: str, value: float, epoch: int) -> None:
        """As a point of a curve."""
        with self._writer.as_default(step=epoch):
            self._tf.summary.scalar(name, value)

    def picture(self, file: Path) -> None:
        """As an image without an epoch."""
        pixels = self._tf.io.decode_png(file.read_bytes())
        with self._writer.as_default(step=0):
            self._tf.summary.image(file.stem, pixels[None])

    def close(self) -> None:
        """Ends the event file."""
        self._writer.close()


class MLflow:
    """A run of the experiment `tfnets`, where MLFLOW_TRACKING_URI says or MLflow's default is."""

    def __init__(self, run: Run) -> None:
        import mlflow

        self._client = mlflow.MlflowClient()
        known = self._client.get_experiment_by_name("tfnets")
        where = known.experiment_id if known else self._client.create_experiment("tfnets")
        self._run = self._client.create_run(where, run_name=run.path.name).info.run_id

    def settings(self, values: Mapping[str, str]) -> None:
        """As parameters."""
        for name, value in values.items():
            self._client.log_param(self._run, name, value)

    def scalar(self, name: str, value: float, epoch: int) -> None:
        """As a metric."""
        self._client.log_metric(self._run, name, value, step=epoch)

    def picture(self, file: Path) -> None:
        """As an artifact."""
        self._client.log_artifact(self._run, str(file))

    def close(self) -> None:
        """Marks the run as ended."""
        self._client.set_terminated(self._run)


TOOLS: dict[str, Callable[[Run], Tracker]] = {"tensorboard": TensorBoard, "mlflow": MLflow}


@contextlib.contextmanager
def following(run: Run, tool: str | None) -> Iterator[None]:
    """Shows what comes into a run folder meanwhile; what is there already was shown before.

    Args:
        run: The run.
        tool: A key of `TOOLS`, or None for nothing.

    Raises:
        InputError: The tool cannot be started: it is none of `TOOLS`, its package (extra
            `tracking`) is missing, or its server does not answer.
    """
    if tool is None:
        yield
        return
    try:
        tracker = TOOLS[tool](run)
        config = run.config
        own = {"study": config.study, "scale": config.scale, "seed": config.seed}
        tracker.settings(
            {name: str(value) for name, value in (own | dict(config.settings)).items()}
        )
    except Exception as error:  # Servers and stores raise many kinds.
        reason = " ".join(str(error).split())[:300]
        raise InputError(
            f"{tool} cannot start ({reason}); `pip install -e '.[tracking]'` installs what is "
            f"needed, and known are {', '.join(TOOLS)}."
        ) from error
    ended = threading.Event()
    seen: set[Any] = set()
    if run.history:
        _show(run.path, seen, None)

    def look() -> None:
        while not ended.wait(_EVERY):
            _show(run.path, seen, tracker)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        _show(run.path, seen, tracker)
        tracker.close()


def _show(path: Path, seen: set[Any], tracker: Tracker | None) -> None:
    """Gives what is new to the tracker; without one, it only counts as seen."""
    for folder in (path, *sorted((path / "checkpoints" / "trials").glob("*"))):
        with contextlib.suppress(OSError, InputError):  # A trial's folder goes when it is adopted.
            for row in Run.open(folder).history:
                place = row.pop("part"), row.pop("epoch")
                if place not in seen and tracker is not None:
                    for name, value in row.items():
                        tracker.scalar(f"{place[0]}/{name}", value, place[1])
                seen.add(place)
            for file in sorted(folder.glob("[!.]*.png")):
                if file.name not in seen and tracker is not None:
                    tracker.picture(file)
                seen.add(file.name)
