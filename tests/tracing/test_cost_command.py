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
            ("4x12x3", "'conv' (Conv2D) cannot take 4x12x3"),
        ],
    )
    def test_bad_shapes_are_one_sentence(self, file, shape, sentence, capsys):
        code, out, err = self.run(capsys, "cost", file, f"--input={shape}")
        assert (code, out) == (2, "")
        assert err.startswith("tfnets: ")
        assert sentence in err
        assert err.count("\n") == 1

    def test_bad_files_and_layers_are_one_sentence(self, tmp_path, capsys):
        text = tmp_path / "model.keras"
        text.write_text("no model")
        attention = tmp_path / "attention.keras"
        image = keras.Input((4, 4, 2))
        x = layers.MultiHeadAttention(1, 2, name="attend")(image, image)
        keras.Model(image, x).save(attention)
        for path, sentence in [
            (text, "not a whole .keras file"),
            (tmp_path / "missing.keras", "no file"),
            (attention, "'attend' is of the kind MultiHeadAttention"),
        ]:
            code, out, err = self.run(capsys, "cost", path)
            assert (code, out) == (2, "")
            assert sentence in err
            assert err.count("\n") == 1
