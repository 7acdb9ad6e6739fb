"""What is damaged in a run folder is said and made again, and nothing wrong is taken for right."""

import contextlib
import shutil

import keras
import pytest
import tensorflow as tf

from tests.artifacts.test_checkpoint import EPOCHS, classifier, create, fit, state
from tests.training import tiny
from tfnets.artifacts import seals
from tfnets.artifacts.run import Run
from tfnets.errors import InputError


def flipped(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def cut(file):
    file.write_bytes(file.read_bytes()[:-3])


DAMAGE = {
    "flipped": flipped,
    "cut": cut,
    "emptied": lambda file: file.write_bytes(b""),
    "garbage": lambda file: file.write_bytes(b"\xff\x00garbage"),
}
MISSING = {"missing": lambda file: file.unlink()}


def each(kinds):
    return pytest.mark.parametrize("damage", kinds.values(), ids=kinds)


@each(DAMAGE)
def test_a_damaged_part_is_made_again(damage, tmp_path, caplog):
    run, calls = create(tmp_path / "run"), []

    def compute():
        calls.append(1)
        return {"accuracy": 0.125}

    run.part("x", compute)
    before = (run.path / "parts" / "x.json").read_bytes()
    damage(run.path / "parts" / "x.json")
    with pytest.raises(InputError, match=r"x\.json is not what was written"):
        run._read("parts/x.json")
    assert run.part("x", compute) == {"accuracy": 0.125}
    assert len(calls) == 2
    assert "x.json is not what was written; it is made again." in caplog.text
    assert (run.path / "parts" / "x.json").read_bytes() == before


@each(DAMAGE | MISSING)
def test_a_damaged_seal_costs_the_part_and_a_missing_one_nothing(damage, tmp_path):
    run = create(tmp_path / "run")
    run.part("x", lambda: {"a": 1})
    damage(run.path / "parts" / ".x.json.sha256")
    assert run.has_part("x") == (damage is MISSING["missing"])  # of an earlier version


@each(DAMAGE | MISSING)
@pytest.mark.parametrize("name", ["history.csv", ".history.csv.sealed"])
def test_damage_to_one_history_costs_nothing(name, damage, tmp_path, caplog):
    run = create(tmp_path / "run")
    for epoch in (1, 2, 3):
        run.log("x", epoch, {"loss": 1 / epoch})
    rows, text = run.history, (run.path / "history.csv").read_bytes()
    damage(run.path / name)
    again = Run.open(run.path)
    assert again.history == rows
    with again:
        again.log("x", 4, {"loss": 0.25})
    assert ("history.csv was not what was written" in caplog.text) == (name == "history.csv")
    assert (run.path / "history.csv").read_bytes() == text + b"x,4,0.25\n"
    assert Run.open(run.path).history == again.history


@each(DAMAGE)
@pytest.mark.parametrize("name", ["metrics", "report"])
def test_numbers_of_a_finished_run_are_never_wrong(name, damage, tmp_path):
    run = create(tmp_path / "run")
    run.finish({"accuracy": 0.125}, {"title": "t"})
    damage(run.path / f"{name}.json")
    with pytest.raises(InputError, match=rf"{name}\.json is not what was written: .*; put back"):
        getattr(Run.open(run.path), name)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run that has all epochs, and its model's state at the end."""
    run, model = create(tmp_path_factory.mktemp("trained") / "run"), classifier()
    fit(run, model)
    return run.path, state(model)


class TestCheckpoint:
    FILES = ("index", "data-00000-of-00001", "json")

    @each(DAMAGE | MISSING)
    @pytest.mark.parametrize("file", FILES)
    def test_the_epoch_before_is_taken(self, file, damage, trained, tmp_path, caplog):
        shutil.copytree(trained[0], tmp_path / "run")
        run, started = Run.open(tmp_path / "run"), []
        with contextlib.suppress(FileNotFoundError):
            damage(run.checkpoint_folder("net") / f"epoch-{EPOCHS}.{file}")
        model = restored_only(run, started)
        assert started == [EPOCHS - 1]
        list_missing = file == "json" and damage is MISSING["missing"]  # as after a kill
        assert ("is damaged; training goes on before it" in caplog.text) != list_missing
        assert model.optimizer.iterations.numpy() == (EPOCHS - 1) * 4

    def test_it_ends_as_undisturbed(self, trained, tmp_path):
        shutil.copytree(trained[0], tmp_path / "run")
        run = Run.open(tmp_path / "run")
        flipped(run.checkpoint_folder("net") / f"epoch-{EPOCHS}.index")
        model = classifier()
        fit(run, model)
        tiny.same(state(model), trained[1])
        assert (run.path / "history.csv").read_bytes() == (trained[0] / "history.csv").read_bytes()

    def test_two_that_are_damaged_begin_it_again(self, trained, tmp_path, caplog):
        shutil.copytree(trained[0], tmp_path / "run")
        run, model = Run.open(tmp_path / "run"), classifier()
        for epoch in (EPOCHS, EPOCHS - 1):
            flipped(run.checkpoint_folder("net") / f"epoch-{epoch}.data-00000-of-00001")
        fit(run, model)
        assert caplog.text.count("is damaged; training goes on before it") == 2
        tiny.same(state(model), trained[1])

    def test_states_of_earlier_versions_are_read(self, trained, tmp_path):
        """They were kept by `tf.train.CheckpointManager`."""
        run, model = create(tmp_path / "run"), classifier()
        fit(run, model, epochs=1)
        folder = run.checkpoint_folder("net")
        states = [v.value for v in model.variables if id(v) not in set(map(id, model.weights))]
        others = {"random_states": states, "tracked": {}}
        old = tf.train.Checkpoint(model=model, epoch=tf.Variable(1, dtype=tf.int64), **others)
        shutil.rmtree(folder)
        tf.train.CheckpointManager(old, str(folder), max_to_keep=1).save()
        again = classifier()
        fit(run, again)
        tiny.same(state(again), trained[1])


def restored_only(run, started):
    """A model that is brought to the last state that is whole; training stops before a step."""

    class Stop(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            raise KeyboardInterrupt

    model = classifier()
    with pytest.raises(KeyboardInterrupt):
        fit(run, model, started=started, callbacks=[Stop()])
    return model


def test_a_seal_is_written_before_its_file(tmp_path):
    class Killed(BaseException):
        pass

    def kill():
        raise Killed

    with pytest.raises(Killed):
        seals.write(tmp_path / "x", b"content", last=kill)
    assert [file.name for file in tmp_path.iterdir()] == [".x.sha256"]
    seals.write(tmp_path / "x", b"content")
    assert not seals.broken(tmp_path / "x")
