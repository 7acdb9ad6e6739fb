"""`tfnets cost`: the table, or one sentence."""

import keras
import pytest
from keras import layers

from tests.theory.samples import chain
from tfnets import cli


class TestCommand:
    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "model.keras"
        chain((12, 12, 3), layers.Conv2D(2, 5, name="conv"), layers.ReLU(name="relu")).save(path)
        return path

    def run(self, capsys, *words):
        code = cli.main([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    def test_it_prints_the_table(self, file, capsys):
        code, out, _ = self.run(capsys, "cost", file)
        assert code == 0
        assert "conv   Conv2D  8x8x2   5x5    1           152            9,600" in out
        code, out, _ = self.run(capsys, "cost", file, "--input", "20x9x3")
        assert code == 0
        assert "16x5x2" in out

    def test_an_unknown_layer_costs_its_row(self, tmp_path, capsys):
        path = tmp_path / "attention.keras"
        image = keras.Input((4, 4, 2))
        x = layers.MultiHeadAttention(1, 2, name="attend")(image, image)
        keras.Model(image, layers.Conv2D(1, 3, name="conv")(x)).save(path)
        code, out, _ = self.run(capsys, "cost", path)
        assert code == 0
        lines = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
        counted = 16 * 2 * 2 * 4 + 2 * 16 * 16 * 2
        assert lines["attend"][1:] == ["4x4x2", "unknown", "-", "24", f"{counted:,}"]
        assert lines["conv"][1:] == ["2x2x1", "unknown", "-", "19", "72"]

    def test_the_length_of_a_text_can_be_given(self, tmp_path, capsys):
        path = tmp_path / "text.keras"
        chain((None,), layers.Embedding(9, 3), layers.LSTM(2, name="lstm")).save(path)
        code, _, err = self.run(capsys, "cost", path)
        assert code == 2
        assert "leaves its input shape open: (None,)" in err
        code, out, _ = self.run(capsys, "cost", path, "--input", "5")
        assert code == 0
        assert f"{5 * 8 * (3 + 2)}" in out

    def test_a_model_without_an_image_has_no_fields(self, tmp_path, capsys):
        path = tmp_path / "generator.keras"
        chain((5,), layers.Dense(3, name="dense")).save(path)
        code, out, _ = self.run(capsys, "cost", path)
        assert code == 0
        assert "field" not in out

    @pytest.mark.parametrize(
        ("shape", "sentence"),
        [
            ("32x32", "HEIGHTxWIDTHxCHANNELS"),
            ("32x32x0", "HEIGHTxWIDTHxCHANNELS"),
            ("-3x3x3", "HEIGHTxWIDTHxCHANNELS"),
            ("32x32x1", "has 1 channels, but the model takes 3"),
            ("5x5x5x5x5", "HEIGHTxWIDTHxCHANNELS"),
            ("4x12x3", "'conv' (Conv2D) cannot take 4x12x3"),
        ],
    )
    def test_bad_shapes_are_one_sentence(self, file, shape, sentence, capsys):
        code, out, err = self.run(capsys, "cost", file, f"--input={shape}")
        assert (code, out) == (2, "")
        assert err.startswith("tfnets: ")
        assert sentence in err
        assert err.count("\n") == 1

    def test_bad_files_are_one_sentence(self, tmp_path, capsys):
        text = tmp_path / "model.keras"
        text.write_text("no model")
        for path, sentence in [
            (text, "not a whole .keras file"),
            (tmp_path / "missing.keras", "no file"),
        ]:
            code, out, err = self.run(capsys, "cost", path)
            assert (code, out) == (2, "")
            assert sentence in err
            assert err.count("\n") == 1
