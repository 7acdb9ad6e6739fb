import keras
import numpy as np
import pytest

from tfnets.artifacts.models import load_model
from tfnets.artifacts.weight_report import RestoreError, Row
from tfnets.artifacts.weights import restore_file, restore_weights
from tfnets.errors import InputError

from .samples import assert_same, decoder, numbers, shake

# Keras's own `model.save` on TensorFlow variables.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
L = keras.layers


def test_copies_by_name_whatever_the_models_are_called():
    source, target = shake(decoder("decoder"), 1), shake(decoder("generator"), 2)
    report = restore_weights(target, source)
    assert_same(numbers(target), numbers(source))
    assert [row.target for row in report.loaded] == [
        "hidden/kernel",
        "hidden/bias",
        "norm/gamma",
        "norm/beta",
        "norm/moving_mean",
        "norm/moving_variance",
        "out/kernel",
        "out/bias",
    ]
    assert report.loaded[0] == Row("hidden/kernel", (3, 4), "hidden/kernel", (3, 4))
    assert (report.skipped, report.mismatched, report.unused) == ((), (), ())


def test_the_source_is_not_changed_and_not_shared():
    source, target = shake(decoder(), 1), decoder()
    before = numbers(source)
    restore_weights(target, source)
    shake(target, 3)
    assert_same(numbers(source), before)


def test_the_order_of_layers_does_not_matter():
    def pair(first, second):
        inputs = L.Input((2,))
        outputs = [L.Dense(2, name=name)(inputs) for name in (first, second)]
        return keras.Model(inputs, outputs)

    source, target = shake(pair("a", "b"), 1), shake(pair("b", "a"), 2)
    restore_weights(target, source)
    for name in "ab":
        assert_same(target.get_layer(name).get_weights(), source.get_layer(name).get_weights())


def test_skip_leaves_weights_bitwise_untouched_even_if_they_would_fit():
    source, target = shake(decoder(), 1), shake(decoder(), 2)
    before = target.get_layer("norm").get_weights()
    report = restore_weights(target, source, skip=["norm", "hidden/b.*"])
    assert_same(target.get_layer("norm").get_weights(), before)
    np.testing.assert_array_equal(target.get_layer("hidden").kernel, source.layers[0].kernel)
    assert (np.asarray(target.get_layer("hidden").bias) != source.layers[0].bias).all()
    assert [row.target for row in report.skipped] == [
        "hidden/bias",
        "norm/gamma",
        "norm/beta",
        "norm/moving_mean",
        "norm/moving_variance",
    ]
    assert report.unused == ()


def test_optimizer_metrics_and_random_states_are_left_alone(tmp_path):
    source, target = shake(decoder(), 1), shake(decoder(), 2)
    for model in (source, target):
        model.compile("adam", "mse", metrics=["mae"])
        model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    source.save_weights(tmp_path / "m.weights.h5")
    other = [v for v in target.variables if not any(v is w for w in target.weights)]
    other += target.optimizer.variables
    before = [np.asarray(variable) for variable in other]
    assert len(before) > 10
    for given_source in (source, tmp_path / "m.weights.h5"):
        report = restore_weights(target, given_source)
        assert (len(report.loaded), report.unused) == (8, ())
    assert_same(map(np.asarray, other), before)


def test_normalization_works_with_what_was_restored():
    def normalizer(data):
        layer = L.Normalization(name="n")
        layer.adapt(data)
        return keras.Sequential([L.Input((2,)), layer])

    images = np.array([[1.0, 2.0], [3.0, 8.0]], "float32")
    source, target = normalizer(images), normalizer(images * 0)
    report = restore_weights(target, source)
    assert [row.target for row in report.loaded] == ["n/mean", "n/variance", "n/count"]
    np.testing.assert_array_equal(target(images), source(images))
    np.testing.assert_allclose(target(images), [[-1, -1], [1, 1]], atol=1e-6)


def test_the_error_lists_both_sides_and_nothing_is_written():
    source, target = shake(decoder(width=5), 1), shake(decoder(), 2)
    before = numbers(target)
    with pytest.raises(RestoreError) as caught:
        restore_weights(target, source, rename={"out": "last"})
    assert_same(numbers(target), before)
    message = str(caught.value).splitlines()
    assert message[0].startswith("8 of the target's 8 weights do not fit the source and nothing")
    table = [line.split() for line in message[1:]]
    assert [
        "mismatched",
        "hidden/kernel",
        "3x4",
        "hidden/kernel",
        "3x5",
        "shapes",
        "differ",
    ] in table
    assert ["mismatched", "out/bias", "2", "-", "-", "not", "in", "the", "source"] in table
    assert ["unused", "-", "-", "out/kernel", "5x2"] in table
    assert isinstance(caught.value, InputError)


def test_one_misfit_keeps_all_others_from_being_written():
    source, target = shake(decoder(), 1), shake(decoder(), 2)
    before = numbers(target)
    with pytest.raises(RestoreError) as caught:
        restore_weights(target, source, rename={"out": "last"}, skip=["out/bias"])
    assert_same(numbers(target), before)
    report = caught.value.report
    assert [len(rows) for rows in (report.loaded, report.skipped, report.mismatched)] == [6, 1, 1]


def test_a_dry_run_reports_the_same_and_changes_nothing():
    source, target = shake(decoder(width=5), 1), shake(decoder(), 2)
    before = numbers(target)
    report = restore_weights(target, source, skip=["norm"], dry_run=True)
    assert_same(numbers(target), before)
    assert report.dry_run
    assert report.mismatched == (
        Row("hidden/kernel", (3, 4), "hidden/kernel", (3, 5), "shapes differ"),
        Row("hidden/bias", (4,), "hidden/bias", (5,), "shapes differ"),
        Row("out/kernel", (4, 2), "out/kernel", (5, 2), "shapes differ"),
    )
    assert report.loaded == (Row("out/bias", (2,), "out/bias", (2,)),)


def test_the_report_prints_as_an_aligned_table():
    source, target = decoder(), decoder("small")
    target.pop()
    report = restore_weights(target, source, skip=["norm/.*"])
    lines = str(report).splitlines()
    assert lines[-1] == "2 loaded, 4 skipped, 0 mismatched, 2 unused; 16 numbers"
    assert lines[1] == "loaded   hidden/kernel         3x4    hidden/kernel         3x4"
    assert lines[-2] == "unused   -                     -      out/kernel            4x2"
    big = keras.Sequential([L.Input((1000,)), L.Dense(40, name="d")])
    assert restore_weights(big, big, dry_run=True).summary == (
        "2 loaded, 0 skipped, 0 mismatched, 0 unused; 40,040 numbers (dry run: nothing written)"
    )


def typed(dtype):
    return keras.Sequential([L.Input((2,), dtype=dtype), L.Dense(2, name="d", dtype=dtype)])


def test_floats_are_cast_and_the_table_says_so():
    source, target = typed("float64"), typed("float32")
    source.layers[0].kernel.assign(np.full((2, 2), 1 / 3))
    report = restore_weights(target, source)
    assert {row.note for row in report.loaded} == {"float64 -> float32"}
    np.testing.assert_array_equal(target.layers[0].kernel, np.full((2, 2), 1 / 3, "float32"))
    assert "float64 -> float32" in str(report)


def test_a_cast_that_would_overflow_is_refused():
    source, target = typed("float32"), typed("float16")
    source.layers[0].kernel.assign([[1e5, 0], [0, 0]])
    with pytest.raises(RestoreError, match="too large for float16"):
        restore_weights(target, source)
    source.layers[0].kernel.assign([[np.inf, np.nan], [0, 0]])
    restore_weights(target, source)
    np.testing.assert_array_equal(target.layers[0].kernel, [[np.inf, np.nan], [0, 0]])


class Table(L.Layer):
    def __init__(self, kind, **options):
        super().__init__(**options)
        self.kind = kind

    def build(self, shape):
        self.table = self.add_weight(
            shape=(2,), dtype=self.kind, initializer="ones", trainable=False, name="table"
        )

    def call(self, inputs):
        return inputs


def test_whole_numbers_are_copied_but_never_cast():
    def model(kind):
        return keras.Sequential([L.Input((2,)), Table(kind, name="t")])

    source = model("int32")
    source.layers[0].table.assign([2**31 - 1, -5])
    target = model("int32")
    restore_weights(target, source)
    np.testing.assert_array_equal(target.layers[0].table, [2**31 - 1, -5])
    for other in ("float32", "int64"):
        with pytest.raises(RestoreError, match=f"int32 is not made {other}"):
            restore_weights(model(other), source)


@pytest.fixture
def files(tmp_path):
    source, target = shake(decoder(), 1), shake(decoder("generator"), 2)
    source.save(tmp_path / "source.keras")
    target.save(tmp_path / "target.keras")
    return source, tmp_path / "source.keras", tmp_path / "target.keras", tmp_path / "out.keras"


def test_restore_file_writes_the_restored_model(files):
    source, source_path, target_path, out = files
    before = target_path.read_bytes()
    report = restore_file(source_path, target_path, out)
    assert report == restore_weights(decoder(), source)
    assert load_model(out).name == "generator"
    assert_same(numbers(load_model(out)), numbers(source))
    assert target_path.read_bytes() == before


def test_restore_file_keeps_what_exists_unless_forced(files):
    source, source_path, target_path, out = files
    out.write_bytes(b"mine")
    with pytest.raises(InputError, match=r"exists already; .* --force"):
        restore_file(source_path, target_path, out)
    assert out.read_bytes() == b"mine"
    restore_file(source_path, target_path, out, force=True)
    assert_same(numbers(load_model(out)), numbers(source))
    restore_file(source_path, target_path, target_path, force=True)
    assert_same(numbers(load_model(target_path)), numbers(source))


def test_restore_file_leaves_nothing_after_an_error_or_a_dry_run(files):
    _, source_path, target_path, out = files
    with pytest.raises(RestoreError):
        restore_file(source_path, target_path, out, rename={"hidden": "x"})
    report = restore_file(source_path, target_path, out, rename={"hidden": "x"}, dry_run=True)
    assert len(report.mismatched) == 2
    assert sorted(p.name for p in out.parent.iterdir()) == ["source.keras", "target.keras"]
    with pytest.raises(InputError, match=r"expected NAME\.keras"):
        restore_file(source_path, target_path, out.with_suffix(".h5"))
