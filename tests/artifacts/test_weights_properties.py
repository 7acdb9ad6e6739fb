import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.artifacts.weight_report import RestoreError
from tfnets.artifacts.weights import restore_weights

from .samples import assert_same, numbers, shake

L = keras.layers
KINDS = {
    "dense": lambda name, width=4: L.Dense(4, name=name),
    "bare": lambda name, width=4: L.Dense(4, use_bias=False, name=name),
    "norm": lambda name, width=4: L.BatchNormalization(name=name),
    "layernorm": lambda name, width=4: L.LayerNormalization(name=name),
    "prelu": lambda name, width=4: L.PReLU(name=name),
    "dropout": lambda name, width=4: L.Dropout(0.5, name=name),
    "nested": lambda name, width=4: keras.Sequential(
        [L.Input((width,)), L.Dense(4, name="d")], name=name
    ),
}
names = st.lists(
    st.from_regex(r"[a-z][a-z0-9_.]{0,8}", fullmatch=True), min_size=1, max_size=5, unique=True
)
stacks = names.flatmap(
    lambda found: st.tuples(
        *[st.tuples(st.just(name), st.sampled_from(sorted(KINDS))) for name in found]
    )
)
quick = settings(max_examples=15, deadline=None)


def stack(layers, seed):
    return shake(
        keras.Sequential([L.Input((4,)), *[KINDS[kind](name) for name, kind in layers]]), seed
    )


@quick
@given(stacks)
def test_restoring_a_model_into_itself_loads_everything_and_changes_nothing(layers):
    model = stack(layers, 1)
    before = numbers(model)
    report = restore_weights(model, model)
    assert_same(numbers(model), before)
    assert len(report.loaded) == len(before)
    assert report.numbers == sum(array.size for array in before)
    assert (report.skipped, report.mismatched, report.unused) == ((), (), ())


@quick
@given(stacks, st.randoms(use_true_random=False))
def test_any_renaming_of_the_layers_is_followed(layers, random):
    new = [f"new_{place}" for place in range(len(layers))]
    random.shuffle(new)
    source = stack(layers, 1)
    target = stack([(name, kind) for name, (_, kind) in zip(new, layers, strict=True)], 2)
    before = numbers(target)
    named = dict(zip([name for name, _ in layers], new, strict=True))
    with_weights = {name for name, kind in layers if kind != "dropout"}
    rename = {name.replace(".", r"\."): named[name] for name in with_weights}
    restore_weights(target, source, rename=rename, dry_run=True)
    assert_same(numbers(target), before)
    report = restore_weights(target, source, rename=rename)
    assert len(report.loaded) == len(before)
    assert_same(numbers(target), numbers(source))


def side_by_side(layers, widths, seed):
    """The same layers, each on an input of its own width."""
    inputs = [L.Input((width,)) for width in widths]
    outputs = [
        KINDS[kind](name, width)(tensor)
        for (name, kind), width, tensor in zip(layers, widths, inputs, strict=True)
    ]
    return shake(keras.Model(inputs, outputs), seed)


@quick
@given(stacks, st.data())
def test_every_changed_shape_is_reported_and_nothing_else(layers, data):
    sizes = st.lists(st.integers(1, 4), min_size=len(layers), max_size=len(layers))
    ours, theirs = data.draw(sizes), data.draw(sizes)
    target, source = side_by_side(layers, ours, 1), side_by_side(layers, theirs, 2)
    changed = [
        (tuple(mine.shape), tuple(other.shape))
        for mine, other in zip(target.weights, source.weights, strict=True)
        if mine.shape != other.shape
    ]
    before = numbers(target)
    report = restore_weights(target, source, dry_run=True)
    assert [(row.target_shape, row.source_shape) for row in report.mismatched] == changed
    assert len(report.loaded) == len(before) - len(changed)
    assert_same(numbers(target), before)
    if changed:
        with pytest.raises(RestoreError) as caught:
            restore_weights(target, source)
        assert caught.value.report.mismatched == report.mismatched
        assert_same(numbers(target), before)
