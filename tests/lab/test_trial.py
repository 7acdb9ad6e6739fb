"""A trial is a value: what it reads, needs, measures and keeps."""

import os
import pickle
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from tests.conftest import load_synthetic, synthetic_digits
from tests.lab.works import After, Line, Said
from tfnets import datasets, models
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError
from tfnets.lab.trial import DataStore, Measurement, Trial, Work, with_needs


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", Config.of("lines", "tiny", 0, {}))


@pytest.fixture
def loads():
    """A function that loads a data set, and the calls of it."""
    calls = []

    def load(name, data_dir=None):
        calls.append((name, data_dir))
        if name == "absent":
            raise InputError("The data set is not to be had.")
        return synthetic_digits(6, 4)

    return load, calls


class TestDataStore:
    def test_a_data_set_is_loaded_once_whatever_is_taken_of_it(self, loads, tmp_path):
        load, calls = loads
        assert len(DataStore(None, load).images("mnist").x_train) == 6
        first = DataStore(None, load).images("mnist", train=3, test=2)
        assert [len(part) for part in (first.x_train, first.y_train, first.x_test)] == [3, 3, 2]
        assert len(DataStore(None, load).images("mnist", test=1).x_train) == 6
        assert calls == [("mnist", None)]
        DataStore(tmp_path, load).images("mnist")
        DataStore(tmp_path, load).images("fashion_mnist")
        assert calls[1:] == [("mnist", tmp_path), ("fashion_mnist", tmp_path)]

    def test_what_could_not_be_loaded_is_tried_again(self, loads):
        load, calls = loads
        for _ in range(2):
            with pytest.raises(InputError, match="not to be had"):
                DataStore(None, load).images("absent")
        assert len(calls) == 2

    def test_more_images_than_there_are_are_all(self, loads):
        found = DataStore(None, loads[0]).images("mnist", train=7, test=7)
        assert (len(found.x_train), len(found.x_test)) == (6, 4)

    def test_it_is_what_loads_when_it_is_made(self, monkeypatch):
        monkeypatch.setattr(datasets, "load", load_synthetic)
        assert DataStore().load is load_synthetic
        assert DataStore().images("mnist").source == "made up"

    def test_it_can_be_sent_to_another_process(self, tmp_path):
        for store in (DataStore(), DataStore(tmp_path, load_synthetic)):
            assert pickle.loads(pickle.dumps(store)) == store

    @pytest.mark.parametrize("name", ["{}", "alexnet:{}"])
    def test_a_network_is_loaded_once_until_its_file_is_written_again(
        self, name, tmp_path, monkeypatch
    ):
        calls = []

        def load(name, data_dir):
            calls.append((name, data_dir))
            return len(calls)

        monkeypatch.setattr(models, "load", load)
        file = tmp_path / "net.keras"
        file.write_text("weights")
        name = name.format(file)
        assert [DataStore("data").network(name) for _ in range(2)] == [1, 1]
        os.utime(file, ns=(1, 1))
        assert [DataStore("data").network(name) for _ in range(2)] == [2, 2]
        assert calls == [(name, "data")] * 2


@dataclass(frozen=True)
class Chain(Work):
    """Needs those of smaller numbers that `settings` lists for it."""

    @property
    def needs(self):
        return [replace(self, seed=seed) for seed in self.settings[self.seed]]

    def do(self):
        self.run.part(self.key, dict)


@pytest.mark.parametrize(
    ("needs", "asked", "order"),
    [
        ([[], [], []], [2, 0], [2, 0]),
        ([[], [0], [1]], [2], [0, 1, 2]),
        ([[], [0], [0], [2, 1]], [3], [0, 2, 1, 3]),
        ([[], [0], [0], [1, 2]], [2, 3, 0], [0, 2, 1, 3]),
        ([[], [0]], [1, 1, 0], [0, 1]),
    ],
)
def test_what_is_needed_is_once_and_first(needs, asked, order):
    works = [Chain(tuple(map(tuple, needs)), "chain", seed) for seed in asked]
    assert [work.seed for work in with_needs(works)] == order


def test_the_same_need_of_other_settings_is_refused():
    with pytest.raises(ValueError, match="Two different trials are called train-first-3"):
        with_needs([After("here", "sum", 3), After("there", "other", 3)])


def test_a_trial_is_equal_wherever_it_is_done_and_can_be_sent(run):
    line = Line((3, 0.0), "line", 2)
    assert (line.part, line.key) == ("line-2", "train-line-2")
    assert line.at(run) == line == replace(line, store=DataStore("elsewhere"))
    assert hash(line.at(run)) == hash(line)
    assert line.at(run).run is run
    assert "run" not in repr(line.at(run))
    assert pickle.loads(pickle.dumps(line)) == line


@dataclass(frozen=True)
class Kept(Line):
    """Keeps samples, counts measurements in `settings[2]`, and stops once as `variant` says."""

    def train(self, measuring) -> dict[str, Any]:
        return Line.train(replace(self, settings=self.settings[:2]), measuring)

    def measure(self, trainer, point):
        self.settings[2].append(point)
        if self.variant == "measuring" and self.settings[2] == [1, 2]:
            raise KeyboardInterrupt
        self.keep(point, np.full((2, 3), point))
        return Line.measure(self, trainer, point)

    def _measured(self, trainer, point):
        values = Line._measured(self, trainer, point)
        if self.variant == "training" and self.settings[2] == [1, 2]:
            raise KeyboardInterrupt
        return values


def test_points_are_measured_and_kept(run):
    line = Kept((3, 0.0, []), "line", 4).at(run)
    line.do()
    assert [row["point"] for row in line.measured(run)] == [1, 2, 3]
    assert len({row["sum"] for row in line.measured(run)}) == 3  # as it was at that point
    for point in (1, 2, 3):
        kept = run.load_array(f"samples/line-4-epoch{point}")
        np.testing.assert_array_equal(kept, np.full((2, 3), point))
    assert list(line.result(run)) == ["norm"]
    line.do()
    assert line.settings[2] == [1, 2, 3]


@pytest.mark.parametrize(("stop", "again"), [("measuring", [2]), ("training", [])])
def test_a_point_that_was_measured_is_not_measured_again(stop, again, run, tmp_path):
    """Stopped while it is measured, or between that and the saving of the epoch."""
    line = Kept((3, 0.0, []), stop, 4)
    with pytest.raises(KeyboardInterrupt):
        line.at(run).do()
    assert not run.has_part(line.key)
    resumed = Kept((3, 0.0, [0]), stop, 4)
    resumed.at(Run.open(run.path)).do()
    assert resumed.settings[2] == [0, *again, 3]
    whole = Run.create(tmp_path / "whole", run.config)
    Kept((3, 0.0, [0]), stop, 4).at(whole).do()
    assert resumed.measured(run) == resumed.measured(whole)
    assert resumed.result(run) == resumed.result(whole)


def test_what_was_not_done_has_no_result(run):
    line = Line((2, 0.0), "line", 0)
    for ask in (line.result, line.measured):
        with pytest.raises(RuntimeError, match="ended without one of its parts"):
            ask(run)
    assert not (run.path / "parts").exists()


def test_points_without_a_measurement_are_named(run):
    @dataclass(frozen=True)
    class Pointed(Trial):
        points = (1,)

        def train(self, measuring):
            measuring.set_model(None)
            measuring.on_epoch_end(0)

    with pytest.raises(NotImplementedError, match="Pointed has points, but measures nothing"):
        Pointed(None, "x", 0).at(run).do()


def test_a_measurement_is_one_part_of_its_own_name(run):
    calls = []

    @dataclass(frozen=True)
    class Counted(Measurement):
        def measure(self):
            calls.append(self.seed)
            return {"seed": self.seed}

    counted = Counted(None, "counted", 3)
    for _ in range(2):
        counted.at(run).do()
    assert counted.key == "counted-3"
    assert counted.result(run) == {"seed": 3}
    assert calls == [3]


def test_a_work_without_more_needs_nothing_and_measures_nothing(run):
    said = Said("notes", "first", 1)
    assert list(said.needs) == []
    assert list(Trial.points.fget(said)) == []
