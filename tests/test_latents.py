import itertools
import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets.errors import InputError
from tfnets.latents import PRIORS, Encoded, GaussianMixture, Normal, Uniform, load, save

VECTORS = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
ALL = [
    Uniform(3),
    Uniform(2, 0.5, 4.0),
    Normal(3),
    GaussianMixture(3),
    GaussianMixture(2, stddev=0.1, centres=[[5, 0], [0, -5]]),
    Encoded(VECTORS, jitter=0.5),
]
EACH = pytest.mark.parametrize("prior", ALL, ids=lambda prior: type(prior).__name__)
seeds = st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))


@pytest.mark.parametrize("name", PRIORS)
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 50), st.integers(1, 20), seeds)
def test_shape_type_and_repetition(name, n, dim, seed):
    prior = PRIORS[name](dim)
    drawn = prior(n, seed)
    assert drawn.shape == (n, dim)
    assert drawn.dtype == tf.float32
    assert prior.dim == dim
    np.testing.assert_array_equal(drawn, prior(n, seed))


@settings(max_examples=25, deadline=None)
@given(seeds, st.floats(-5, 5, width=16), st.floats(0.125, 5, width=16))
def test_uniform_stays_in_its_interval(seed, low, width):
    drawn = Uniform(4, low, low + width)(50, seed).numpy()
    assert drawn.min() >= low
    assert drawn.max() <= low + width


@EACH
def test_seeds_differ_in_each_half(prior):
    draws = [prior(5, seed).numpy() for seed in ((1, 1), (1, 2), (2, 1))]
    assert len({draw.tobytes() for draw in draws}) == 3


@EACH
def test_rows_and_columns_of_a_draw_differ(prior):
    drawn = prior(40, (0, 0)).numpy()
    assert len(np.unique(drawn)) == drawn.size


@pytest.mark.parametrize(
    ("prior", "mean", "deviation"),
    [(Uniform(2), 0, 3**-0.5), (Uniform(2, 0, 6), 3, 3**0.5), (Normal(2), 0, 1)],
    ids=["uniform", "uniform 0 to 6", "normal"],
)
def test_moments(prior, mean, deviation):
    n = 20_000
    drawn = prior(n, (3, 4)).numpy()
    # Five standard errors; that of a deviation is at most its value / sqrt(2 n).
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=5 * deviation / n**0.5)
    np.testing.assert_allclose(drawn.std(axis=0), deviation, atol=5 * deviation / (2 * n) ** 0.5)
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 5 / n**0.5


def test_the_ends_of_the_default_interval_are_reached():
    drawn = Uniform(1)(20_000, (0, 0)).numpy()
    assert drawn.min() < -0.999
    assert drawn.max() > 0.999


@EACH
def test_inside_a_tf_function_with_n_and_seed_as_tensors(prior):
    @tf.function
    def draw(n, seed):
        return prior(n, seed)

    drawn = draw(tf.constant(6), tf.constant([3, 4]))
    np.testing.assert_array_equal(drawn, prior(6, (3, 4)))


@EACH
def test_serialised_by_keras_and_loaded_in_safe_mode(prior):
    text = json.dumps(keras.saving.serialize_keras_object(prior))
    loaded = keras.saving.deserialize_keras_object(json.loads(text), safe_mode=True)
    assert type(loaded) is type(prior)
    np.testing.assert_array_equal(loaded(7, (1, 2)), prior(7, (1, 2)))
    assert json.dumps(keras.saving.serialize_keras_object(loaded)) == text


# The mixture


def nearest(drawn, centres):
    """Index of and distance to the nearest centre of each row."""
    distances = np.linalg.norm(drawn[:, None] - centres[None], axis=2)
    return distances.argmin(axis=1), distances.min(axis=1)


def test_by_default_ten_centres_in_the_cube():
    for dim, seed in ((1, 0), (100, 1)):
        centres = GaussianMixture(dim, seed=seed).centres
        assert centres.shape == (10, dim)
        assert np.abs(centres).max() <= 1
        assert np.ptp(centres) > 1
        assert len(np.unique(centres, axis=0)) == 10


def test_centres_follow_the_seed():
    first, again, other = (GaussianMixture(4, seed=seed).centres for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 12), st.integers(0, 2**32 - 1), seeds)
def test_every_centre_has_its_share_and_its_spread(components, centre_seed, seed):
    """Far centres: those of the seed, times 1,000, so that no cloud reaches another."""
    centres = 1000 * GaussianMixture(20, components=components, seed=centre_seed).centres
    prior, n = GaussianMixture(20, centres=centres, stddev=0.5), 6000
    drawn = prior(n, seed).numpy()
    which, distance = nearest(drawn, centres)
    share = np.bincount(which, minlength=components) / n
    deviation = (components - 1) ** 0.5 / components / n**0.5
    np.testing.assert_allclose(share, 1 / components, atol=6 * deviation + 1e-12)
    # The mean square distance of 20 values around a centre is 20 * 0.5^2.
    assert np.mean(distance**2) == pytest.approx(5, rel=0.05)
    for place in range(components):
        offset = drawn[which == place].mean(axis=0) - centres[place]
        assert np.abs(offset).max() < 6 * 0.5 / (n / components * 0.5) ** 0.5


def test_the_choice_of_the_centre_and_the_noise_are_independent():
    """Two centres at -1 and 1: the noise left over must not know which was chosen."""
    prior = GaussianMixture(1, centres=[[-100], [100]], stddev=1.0)
    drawn = prior(20_000, (5, 6)).numpy()[:, 0]
    side = np.sign(drawn)
    noise = drawn - 100 * side
    assert abs(np.corrcoef(side, noise)[0, 1]) < 5 / 20_000**0.5
    assert noise.std() == pytest.approx(1, abs=0.03)


def test_without_spread_only_the_centres_are_drawn():
    prior = GaussianMixture(3, stddev=0.0)
    assert set(map(bytes, prior(500, (1, 1)).numpy())) == set(map(bytes, prior.centres))


# Stored vectors


def test_without_jitter_each_stored_vector_is_drawn_and_no_other():
    drawn = Encoded(VECTORS)(1000, (2, 3)).numpy()
    assert set(map(bytes, drawn)) == set(map(bytes, VECTORS))
    counts = np.unique(drawn, axis=0, return_counts=True)[1]
    expected = 1000 / len(VECTORS)
    assert np.abs(counts - expected).max() < 6 * expected**0.5


def test_jitter_is_around_the_stored_vectors():
    vectors = 1000 * VECTORS
    drawn = Encoded(vectors, jitter=0.2)(4000, (2, 3)).numpy()
    which, _ = nearest(drawn, vectors)
    rest = drawn - vectors[which]
    assert rest.std() == pytest.approx(0.2, rel=0.05)
    assert np.abs(rest.mean(axis=0)).max() < 0.02


def test_stored_vectors_are_copied_into_no_graph():
    prior = Encoded(np.zeros((5000, 8)))
    traced = tf.function(lambda: prior(4, (0, 1))).get_concrete_function()
    assert traced.graph.as_graph_def().ByteSize() < 20_000


# Files


@EACH
def test_saved_and_loaded_it_draws_the_same(prior, tmp_path):
    path = save(prior, tmp_path / "new" / "prior.json")
    loaded = load(path)
    assert type(loaded) is type(prior)
    assert loaded.dim == prior.dim
    np.testing.assert_array_equal(loaded(9, (3, 1)), prior(9, (3, 1)))


@EACH
def test_the_same_prior_gives_the_same_bytes_and_nothing_else_is_left(prior, tmp_path):
    for name in ("a", "b"):
        save(prior, tmp_path / name / "p.json")
        save(prior, tmp_path / name / "p.json")
    files = [sorted((tmp_path / name).iterdir()) for name in ("a", "b")]
    assert [f.name for f in files[0]] == [f.name for f in files[1]]
    assert len(files[0]) == (2 if hasattr(prior, "centres") or hasattr(prior, "vectors") else 1)
    for a, b in zip(*files, strict=True):
        assert a.read_bytes() == b.read_bytes()


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 6), st.integers(1, 9), st.floats(0, 3), st.integers(0, 2**32 - 1))
def test_every_mixture_comes_back_to_the_bit(tmp_path_factory, components, dim, stddev, seed):
    prior = GaussianMixture(dim, components=components, stddev=stddev, seed=seed)
    loaded = load(save(prior, tmp_path_factory.mktemp("prior") / "p.json"))
    np.testing.assert_array_equal(loaded.centres, prior.centres)
    assert loaded.stddev == prior.stddev
    assert loaded.centres.dtype == np.float32


def broken(folder, *, text=None, arrays=None):
    path = save(GaussianMixture(2), folder / "p.json")
    if text is not None:
        path.write_text(text)
    if arrays is not None:
        path.with_suffix(".npz").write_bytes(arrays)
    return path


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "it is not JSON"),
        ("{", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("\udc80", "it is not JSON"),
        ("[]", "it is a list, not an object"),
        ('{"prior": "Normal"}', "has no config"),
        ('{"prior": "Cauchy", "config": {}}', "'Cauchy', which is not known"),
        ('{"prior": ["Normal"], "config": {}}', "is not known"),
        ('{"prior": "Normal", "config": {}}', "Normal cannot be made of it"),
        ('{"prior": "Normal", "config": {"dim": 0}}', "Normal cannot be made of it"),
        ('{"prior": "Normal", "config": {"dim": 2.5}}', "Normal cannot be made of it"),
        ('{"prior": "Normal", "config": {"dim": 2, "evil": 1}}', "Normal cannot be made of it"),
        ('{"prior": "Uniform", "config": {"dim": 2, "low": "a"}}', "Uniform cannot be made"),
        ('{"prior": "GaussianMixture", "config": {"dim": 2, "centres": [[1]]}}', "cannot be made"),
        ('{"prior": "GaussianMixture", "config": {"dim": 2}}', "cannot be made of it"),
        ('{"prior": "Normal", "config": {"dim": 2}, "arrays_sha256": "0"}', "saved with"),
    ],
)
def test_a_damaged_description_is_one_sentence(text, sentence, tmp_path):
    path = broken(tmp_path)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=sentence) as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_arrays_that_were_changed_cut_off_or_lost_are_one_sentence(tmp_path):
    path = broken(tmp_path)
    whole = path.with_suffix(".npz").read_bytes()
    for changed in (whole[:-20], b"", bytes([whole[0] ^ 1]) + whole[1:]):
        with pytest.raises(InputError, match="not the file that the prior was saved with"):
            load(broken(tmp_path, arrays=changed))
    path.with_suffix(".npz").unlink()
    with pytest.raises(InputError, match=r"p\.npz of a prior cannot be read \(No such file"):
        load(path)


def test_arrays_of_another_prior_are_refused(tmp_path):
    first, other = (save(GaussianMixture(2, seed=i), tmp_path / f"{i}.json") for i in range(2))
    first.with_suffix(".npz").write_bytes(other.with_suffix(".npz").read_bytes())
    with pytest.raises(InputError, match="not the file"):
        load(first)


def test_nothing_is_unpickled(tmp_path):
    """An array of objects whose hash is right: unpickling it would make a file."""
    from tfnets.files import digest

    class Trap:
        def __reduce__(self):
            return Path.touch, (tmp_path / "trapped",)

    path = broken(tmp_path)
    np.savez(path.with_suffix(".npz"), centres=np.array([Trap()], dtype=object))
    kept = json.loads(path.read_text()) | {"arrays_sha256": digest(path.with_suffix(".npz"))}
    path.write_text(json.dumps(kept))
    with pytest.raises(InputError, match="does not hold a prior"):
        load(path)
    assert not (tmp_path / "trapped").exists()


def test_a_damaged_archive_with_the_right_hash_is_one_sentence(tmp_path):
    from tfnets.files import digest

    path = broken(tmp_path)
    for damage in (b"no archive", b"PK\x05\x06" + bytes(18)):
        path.with_suffix(".npz").write_bytes(damage)
        kept = json.loads(path.read_text()) | {"arrays_sha256": digest(path.with_suffix(".npz"))}
        path.write_text(json.dumps(kept))
        with pytest.raises(InputError, match="does not hold a prior"):
            load(path)


def test_missing_files_and_other_endings(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path / "none.json")
    for act in (lambda: load(tmp_path / "p.npz"), lambda: save(Normal(2), tmp_path / "p")):
        with pytest.raises(InputError, match=r"does not end in \.json"):
            act()
    assert not list(tmp_path.iterdir())


def test_a_prior_of_another_class_is_not_saved(tmp_path):
    class Mine(Normal):
        pass

    with pytest.raises(InputError, match="class Mine cannot be saved"):
        save(Mine(2), tmp_path / "p.json")
    assert not list(tmp_path.iterdir())


def test_a_kill_between_the_two_files_is_noticed(tmp_path, monkeypatch):
    """A new .npz beside the old .json does not pass for the old prior."""
    from tfnets.latents import saving

    path = save(GaussianMixture(2, seed=0), tmp_path / "p.json")
    real, calls = saving.atomic, itertools.count()

    def dying(target):
        if next(calls) == 1:
            raise KeyboardInterrupt
        return real(target)

    monkeypatch.setattr(saving, "atomic", dying)
    with pytest.raises(KeyboardInterrupt):
        save(GaussianMixture(2, seed=1), path)
    with pytest.raises(InputError, match="not the file that the prior was saved with"):
        load(path)


def test_arrays_are_stored_once_as_float32(tmp_path):
    path = save(Encoded(np.zeros((100, 7))), tmp_path / "p.json")
    with zipfile.ZipFile(path.with_suffix(".npz")) as archive:
        (member,) = archive.infolist()
        assert member.file_size == 100 * 7 * 4 + 128  # NumPy's header
    assert path.stat().st_size < 300


# Bad input


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Normal(0), "latent size is 0"),
        (lambda: Uniform(2.0), r"latent size is 2\.0"),
        (lambda: Uniform(2, 1, 1), "give low < high"),
        (lambda: Uniform(2, 0, np.inf), "give low < high"),
        (lambda: GaussianMixture(0), "latent size is 0"),
        (lambda: GaussianMixture(2, components=0), "0 centres"),
        (lambda: GaussianMixture(2, stddev=-1), "standard deviation of a mixture is -1"),
        (lambda: GaussianMixture(2, stddev=np.nan), "is nan"),
        (lambda: GaussianMixture(2, centres=[[1, 2, 3]]), "have 3 values each"),
        (lambda: GaussianMixture(2, centres=[1, 2]), r"the shape \(2,\)"),
        (lambda: GaussianMixture(2, centres=[[1, np.inf]]), "NaN or infinite"),
        (lambda: GaussianMixture(2, centres=[["a", "b"]]), "not numbers"),
        (lambda: Encoded(np.zeros((0, 3))), r"the shape \(0, 3\)"),
        (lambda: Encoded(np.zeros((2, 3)), jitter=-0.1), "jitter of encoded vectors is -0.1"),
    ],
)
def test_bad_values_are_one_sentence(make, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        make()
    assert "\n" not in str(caught.value)
