import json
import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

import tfnets
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError

CONFIG = Config.of("few_labels", "tiny", 3, {"latent": 8, "epochs": (1, 2)})


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", CONFIG)


def files(folder):
    """Files by name, but for the locks, which stay, and the seals."""
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return {path.as_posix() for path in found if path.suffix not in (".lock", ".sha256")}


def test_a_config_names_the_installed_versions():
    assert CONFIG.versions == {
        "tfnets": tfnets.__version__,
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "numpy": np.__version__,
    }


def test_created_and_opened_again(run):
    opened = Run.open(str(run.path))
    assert opened.path == run.path
    assert opened.config == Config(
        "few_labels", "tiny", 3, {"latent": 8, "epochs": [1, 2]}, CONFIG.versions
    )
    assert files(run.path) == {"config.json"}
    assert not opened.finished
    assert opened.history == []


def test_folders_are_made_and_an_empty_one_is_taken(tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("empty", "a/b"):
        assert Run.create(tmp_path / name, CONFIG).path == tmp_path / name


def test_a_folder_in_use_is_refused_and_left_alone(run, tmp_path):
    with pytest.raises(InputError, match=r"not an empty folder.*tfnets resume"):
        Run.create(run.path, CONFIG)
    (tmp_path / "other").mkdir()
    (tmp_path / "other/mine.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    for name in ("other", "file"):
        with pytest.raises(InputError, match="not an empty folder"):
            Run.create(tmp_path / name, CONFIG)
    assert files(tmp_path) == {"other/mine.txt", "file", "run/config.json"}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '"text"', '{"study": "x"}', '{"more": 1}', b"\xff\xfe"]
)
def test_a_damaged_config_is_refused(run, text):
    data = text if isinstance(text, bytes) else text.encode()
    (run.path / "config.json").write_bytes(data)
    with pytest.raises(InputError, match=r"no readable config.json; give a folder"):
        Run.open(run.path)


def test_what_is_no_run_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    for name in ("", "missing", "file"):
        with pytest.raises(InputError, match="is not a run folder"):
            Run.open(tmp_path / name)


def test_a_part_is_computed_once(run):
    calls = []

    def compute():
        calls.append(1)
        return {"values": (1, 2), "share": 0.1 + 0.2}

    results = [r.part("a part", compute) for r in (run, run, Run.open(run.path))]
    assert results == [{"values": [1, 2], "share": 0.1 + 0.2}] * 3
    assert len(calls) == 1
    assert run.part("another", lambda: {"x": 1}) == {"x": 1}
    assert files(run.path) == {"config.json", "parts/a part.json", "parts/another.json"}


def test_a_part_is_there_once_it_is_computed(run):
    assert not run.has_part("x")
    with pytest.raises(KeyboardInterrupt):
        run.part("x", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    assert not run.has_part("x")
    run.part("x", lambda: {"y": 1})
    assert [r.has_part("x") for r in (run, Run.open(run.path))] == [True, True]
    assert not run.has_part("y")


def test_a_part_that_fails_leaves_nothing_and_can_be_tried_again(run):
    with pytest.raises(KeyboardInterrupt):
        run.part("x", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    assert files(run.path) == {"config.json"}
    assert run.part("x", lambda: {"y": 1}) == {"y": 1}


rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b, c"]),
        st.integers(1, 5),
        st.dictionaries(st.sampled_from(["loss", "accuracy", "ü"]), st.floats(), max_size=3),
    ),
    max_size=8,
)


def plain(history):
    """Rows in which NaN equals NaN."""
    return [{k: repr(v) for k, v in row.items()} for row in history]


@settings(max_examples=40, deadline=None)
@given(logged=rows)
def test_history_keeps_the_last_row_of_each_epoch_and_drops_later_ones(logged, tmp_path_factory):
    run = Run.create(tmp_path_factory.mktemp("run"), CONFIG)
    expected = []
    for part, epoch, values in logged:
        run.log(part, epoch, values)
        expected = [r for r in expected if r["part"] != part or r["epoch"] < epoch]
        expected.append({"part": part, "epoch": epoch, **values})
    assert plain(run.history) == plain(expected)
    opened = Run.open(run.path).history
    key = {"part": "", "epoch": ""}
    assert [dict(sorted((key | row).items())) for row in plain(opened)] == [
        dict(sorted((key | row).items())) for row in plain(expected)
    ]


def test_history_file(run):
    run.log("a", 1, {"loss": np.float32(0.5)})
    run.log("a", 2, {"loss": 0.25, "accuracy": 1})
    run.log("b", 1, {"error": 3})
    run.log("a", 2, {"loss": math.nan})
    assert (run.path / "history.csv").read_bytes() == (
        b"part,epoch,loss,error\na,1,0.5,\nb,1,,3.0\na,2,nan,\n"
    )


def test_history_is_a_copy(run):
    run.log("a", 1, {"loss": 1})
    run.history[0]["loss"] = 2
    assert run.history[0]["loss"] == 1


@pytest.mark.parametrize(
    "text", ["loss\n1\n", "part,epoch\na,x\n", "part,epoch,loss\na,1,no\n", "part,epoch\na,1,2\n"]
)
def test_a_damaged_history_is_named(run, text):
    (run.path / "history.csv").write_text(text)
    with pytest.raises(InputError, match=r"history\.csv is damaged; put back a copy, or delete it"):
        Run.open(run.path)


def model():
    inputs = keras.Input((2,), name="inputs")
    return keras.Model(inputs, keras.layers.Dense(3, name="dense")(inputs), name="net")


def test_models_and_arrays_come_back_equal(run):
    net, x = model(), np.ones((4, 2), np.float32)
    run.save_model("models/net", net)
    np.testing.assert_array_equal(run.load_model("models/net")(x), net(x))
    for values in (np.arange(6).reshape(2, 3), np.float32([[0.1]]), np.array([])):
        run.save_array("samples", values)
        loaded = run.load_array("samples")
        np.testing.assert_array_equal(loaded, values)
        assert loaded.dtype == values.dtype
    assert files(run.path) == {"config.json", "models/net.keras", "samples.npy"}


def test_figures_are_saved_the_same_each_time(run):
    data = []
    for _ in range(2):
        figure = Figure((1, 1))
        figure.add_subplot().plot([1, 2])
        run.save_figure("line", figure, dpi=50)
        data.append((run.path / "line.png").read_bytes())
    assert data[0] == data[1]
    assert data[0][:4] == b"\x89PNG"
    assert b"matplotlib" not in data[0].lower()


def test_missing_models_and_arrays_are_named(run):
    with pytest.raises(InputError, match=r"no file .*net\.keras"):
        run.load_model("net")
    with pytest.raises(InputError, match=r"no samples\.npy yet; finish the run"):
        run.load_array("samples")


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/tmp/x"])
def test_names_that_leave_the_folder_are_refused(run, name, tmp_path):
    before = files(tmp_path)
    for act in (
        lambda: run.save_json(f"{name}.json", {}),
        lambda: run.save_model(name, model()),
        lambda: run.save_array(name, np.ones(2)),
        lambda: run.save_figure(name, Figure()),
        lambda: run.load_model(name),
        lambda: run.load_array(name),
        lambda: run.part(name, dict),
        lambda: run.has_part(name),
        lambda: run.checkpoint_folder(name),
    ):
        with pytest.raises(InputError, match="leads out of"):
            act()
    assert files(tmp_path) == before


@pytest.mark.parametrize("name", ["../config", "../parts/../config"])
def test_a_part_s_name_cannot_reach_other_files_of_the_run(run, name):
    with pytest.raises(InputError, match="leads out of"):
        run.part(name, dict)
    with pytest.raises(InputError, match="leads out of"):
        run.checkpoint_folder("..")


def test_a_second_holder_is_refused_until_the_first_is_done(run):
    with run:
        with pytest.raises(InputError, match="Another process is working in"), Run.open(run.path):
            pass
        assert Run.open(run.path).config.seed == 3  # reading needs no lock
    with Run.open(run.path) as second:
        assert second.config.seed == 3


def test_the_lock_is_given_back_after_an_error(run):
    with pytest.raises(KeyboardInterrupt), run:
        raise KeyboardInterrupt
    with Run.open(run.path):
        pass


def test_taking_the_folder_shows_what_was_written_since_it_was_opened(run):
    late = Run.open(run.path)
    with run:
        run.log("a", 1, {"loss": 1})
    with late:
        late.log("a", 2, {"loss": 2})
    assert [row["epoch"] for row in Run.open(run.path).history] == [1, 2]


def test_finishing_marks_the_run_and_drops_the_checkpoints(run):
    (run.checkpoint_folder("a")).mkdir(parents=True)
    (run.checkpoint_folder("a") / "state").write_text("x")
    for name in ("metrics", "report"):
        with pytest.raises(InputError, match=rf"no {name}\.json yet; finish the run"):
            getattr(run, name)
    run.finish({"accuracy": 0.5}, {"title": "t"})
    opened = Run.open(run.path)
    assert opened.finished
    assert (opened.metrics, opened.report) == ({"accuracy": 0.5}, {"title": "t"})
    assert files(run.path) == {"config.json", "metrics.json", "report.json"}
    (run.path / "metrics.json").write_text("{")
    with pytest.raises(InputError, match="is not what was written"):
        _ = run.metrics
    (run.path / ".metrics.json.sha256").unlink()
    with pytest.raises(InputError, match="not valid JSON; delete it"):
        _ = run.metrics


def test_a_report_that_cannot_be_written_leaves_the_run_unfinished(run):
    with pytest.raises(ValueError, match="JSON"):
        run.finish({"accuracy": 0.5}, {"value": math.nan})
    assert not run.finished


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, [1, {"x": math.nan}]])
def test_json_that_is_not_finite_is_refused_and_the_old_file_stays(run, value):
    run.save_json("a.json", {"x": 1})
    with pytest.raises(ValueError, match="JSON"):
        run.save_json("a.json", {"x": value})
    assert json.loads((run.path / "a.json").read_text()) == {"x": 1}
    assert files(run.path) == {"config.json", "a.json"}


class Broken:
    """A model and figure that writes half of itself."""

    def save(self, path):
        path.write_text("half")
        raise KeyboardInterrupt

    def savefig(self, path, **_):
        self.save(path)


@pytest.mark.parametrize(
    "act",
    [
        lambda run: run.save_model("x", Broken()),
        lambda run: run.save_figure("x", Broken()),
        lambda run: run.save_array("x", np.array([object()])),
    ],
    ids=["model", "figure", "array"],
)
def test_nothing_half_written_stays(run, act):
    with pytest.raises((KeyboardInterrupt, ValueError)):
        act(run)
    assert files(run.path) == {"config.json"}


def test_json_keeps_the_order_of_keys(run):
    run.save_json("a.json", {"z": 1, "a": 2})
    assert (run.path / "a.json").read_text() == '{\n "z": 1,\n "a": 2\n}\n'
