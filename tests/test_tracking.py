"""`--log`: what TensorBoard and MLflow show is what the run folder holds, live."""

import json

import numpy as np
import pytest
import tensorflow as tf

from tfnets import execute, tracking
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError


@pytest.fixture(autouse=True)
def stores(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (tmp_path / "store").as_uri())


def tensorboard(run):
    """(Scalars: name -> {epoch: value}, names of images, text) of a run's event files."""
    reading = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    events = reading.EventAccumulator(str(run.path / "tensorboard"), {reading.TENSORS: 0})
    events.Reload()
    kinds = {
        tag: events.SummaryMetadata(tag).plugin_data.plugin_name for tag in events.Tags()["tensors"]
    }
    points = {
        tag: {
            event.step: float(tf.make_ndarray(event.tensor_proto)) for event in events.Tensors(tag)
        }
        for tag, kind in kinds.items()
        if kind == "scalars"
    }
    images = {tag for tag, kind in kinds.items() if kind == "images"}
    text = events.Tensors("settings")[0].tensor_proto.string_val[0].decode()
    return points, images, text


def mlflow(run):
    client = pytest.importorskip("mlflow").MlflowClient()
    where = client.get_experiment_by_name("tfnets").experiment_id
    points, images, text = {}, set(), ""
    for each in client.search_runs([where]):
        assert each.info.status == "FINISHED"
        assert each.info.run_name == run.path.name
        for name in each.data.metrics:
            for metric in client.get_metric_history(each.info.run_id, name):
                points.setdefault(name, {})[metric.step] = metric.value
        images |= {
            file.path.removesuffix(".png") for file in client.list_artifacts(each.info.run_id)
        }
        text = json.dumps(each.data.params)
    return points, images, text


SHOWN = {"tensorboard": tensorboard, "mlflow": mlflow}


@pytest.mark.parametrize("tool", SHOWN)
def test_curves_pictures_and_settings_are_those_of_the_run(tool, digits, tmp_path):
    run = execute.start(
        "autoencoder", tmp_path / "run", scale="tiny", assignments=["variants=masked", "repeats=1"],
        jobs=1, log=tool,
    )  # fmt: skip
    points, images, text = SHOWN[tool](run)
    assert run.history
    for row in run.history:
        for name in row.keys() - {"part", "epoch"}:
            shown = points[f"{row['part']}/{name}"][row["epoch"]]
            assert shown == np.float32(row[name]) or shown == row[name]
    assert {file.stem for file in run.path.glob("*.png")} == images
    assert "masked" in text


@pytest.mark.parametrize("tool", SHOWN)
def test_it_is_live_and_goes_on_with_what_is_new(tool, tmp_path, monkeypatch):
    monkeypatch.setattr(tracking, "_EVERY", 0.01)
    shown = []
    monkeypatch.setattr(tracking.TOOLS[tool], "scalar", lambda self, *point: shown.append(point))
    run = Run.create(tmp_path / "run", Config.of("autoencoder", "tiny", 0, {"a": [1, 2]}))
    with tracking.following(run, tool):
        trial = Run.create(run.trial_folder("x"), run.config)
        trial.log("x", 1, {"loss": 1.0})
        wait_until(lambda: shown)
        trial.log("x", 2, {"loss": 0.5})
        trial.part("x", dict)
        run.adopt(trial.path, last="x")
        run.log("y", 1, {"loss": 3.0})
    assert shown == [("x/loss", 1.0, 1), ("x/loss", 0.5, 2), ("y/loss", 3.0, 1)]
    shown.clear()
    again = Run.open(run.path)
    with tracking.following(again, tool):
        again.log("y", 2, {"loss": 2.0})
    assert shown == [("y/loss", 2.0, 2)]


def test_a_tool_that_is_not_there_is_one_sentence_and_no_folder(tmp_path, monkeypatch, call):
    def absent(run):
        raise ImportError("No module named 'mlflow'")

    monkeypatch.setitem(tracking.TOOLS, "mlflow", absent)
    code, _, said = call(
        "run", "transport", "--scale", "tiny", "--out", tmp_path / "run", "--log", "mlflow"
    )
    assert code == 2
    assert "mlflow cannot start (No module named 'mlflow'); `pip install" in said
    assert not (tmp_path / "run").exists()
    with pytest.raises(InputError, match="known are tensorboard, mlflow"):
        execute.start("transport", tmp_path / "run", scale="tiny", log="paper")


def wait_until(true):
    import time

    for _ in range(500):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it took more than five seconds")
