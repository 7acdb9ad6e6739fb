"""Starting and resuming a study in its run folder."""

import dataclasses
import importlib
import logging
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from tfnets import tracking
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError, choices
from tfnets.files import kept
from tfnets.jobs import JOBS
from tfnets.lab.engine import Lab
from tfnets.lab.settings import Settings, from_json, override
from tfnets.lab.trial import DataStore
from tfnets.studies import STUDIES, require

LOGGER = logging.getLogger(__name__)


def load(name: str) -> ModuleType:
    """Imports the module of a study or of a job; an `InputError` if there is no such study."""
    if name not in JOBS:
        require(name)
    where = f"studies.{name}.study" if name in STUDIES else f"jobs.{name}.job"
    return importlib.import_module(f"tfnets.{where}")


def scale_of(name: str, scale: str) -> Settings:
    """Returns a study's settings at a scale; an `InputError` if there is no such one."""
    scales = load(name).SCALES
    if scale not in scales:
        raise InputError(f"There is no scale {scale!r}; {choices(scale, scales)}.")
    return scales[scale]


def require_seed(seed: int) -> None:
    """Refuses, with an `InputError`, a seed that not all generators of random numbers take."""
    if not 0 <= seed < 2**31:
        raise InputError(f"The seed is {seed}; give a whole number from 0 to 2147483647.")


def start(
    name: str,
    out: Path | str,
    *,
    scale: str = "quick",
    seed: int = 0,
    assignments: Sequence[str] = (),
    data_dir: Path | str | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    threads: int = 1,
    log: str | None = None,
) -> Run:
    """Runs a study in a new folder.

    Args:
        name: A key of `STUDIES` or `JOBS`.
        out: New or empty folder.
        scale: `tiny` (seconds), `quick` (minutes) or `full` (the origin's scale).
        seed: The one seed of the run, 0 or more.
        assignments: `key=value` texts that change settings.
        data_dir: Data cache; None for the default.
        jobs: Trainings at a time, one process each; None for as many as cores.
        cluster: Address of a Dask scheduler that does them instead.
        threads: TensorFlow's threads in each; 1 gives the same bytes on any machine.
        log: A key of `tracking.TOOLS` that shows the run meanwhile, or None.

    Raises:
        InputError: Unknown study, scale or setting, a bad value, a folder in use, a tool that is
            not there, or the system refuses more disk or memory; what is finished is kept.
    """
    study, chosen = load(name), scale_of(name, scale)
    require_seed(seed)
    settings = override(chosen, assignments)
    lab = Lab(jobs, cluster, threads, DataStore(data_dir))
    config = Config.of(name, scale, seed, dataclasses.asdict(settings), threads)
    with Run.create(out, config) as run:
        try:
            with tracking.following(run, log), kept(run.path):
                study.run(run, settings, lab)
        except InputError:
            run.discard_if_empty()
            raise
    return run


def resume(
    path: Path | str,
    *,
    data_dir: Path | str | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    log: str | None = None,
) -> Run:
    """Continues a run from its last finished epoch; a finished run is returned as it is.

    Other arguments as in `start`.

    Raises:
        InputError: Not a run folder, of another version's settings, or in use.
    """
    run = Run.open(path)
    study = load(run.config.study)
    settings = from_json(study.Settings, run.config.settings)
    if run.finished:
        return run
    before = run.config.versions
    now = Config.of(run.config.study, run.config.scale, run.config.seed, {}).versions
    if now != before:
        text = (
            "%s was started with %s and goes on with %s; the numbers may differ in the last bits."
        )
        LOGGER.warning(text, path, dict(before), dict(now))
    lab = Lab(jobs, cluster, run.config.threads, DataStore(data_dir))
    with run, tracking.following(run, log), kept(run.path):
        study.run(run, settings, lab)
    return run


def start_or_resume(
    name: str,
    out: Path | str,
    *,
    scale: str,
    seed: int,
    data_dir: Path | str | None = None,
    jobs: int | None = None,
) -> Run:
    """Starts a study, or continues the same study, scale and seed in its folder.

    Raises:
        InputError: The folder holds another run, or as in `start` and `resume`.
    """
    if not Run.is_run(Path(out)):
        return start(name, out, scale=scale, seed=seed, data_dir=data_dir, jobs=jobs)
    there = Run.open(out).config
    if (there.study, there.scale, there.seed) != (name, scale, seed):
        raise InputError(
            f"{out} holds the study {there.study} at scale {there.scale} with seed {there.seed}, "
            f"not {name} at {scale} with {seed}; give another --out."
        )
    return resume(out, data_dir=data_dir, jobs=jobs)
