import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tfnets.errors import InputError
from tfnets.inputs.spectrum import (
    FLOOR,
    OPPONENTS,
    Spectrum,
    amplitudes,
    average_amplitude,
    distance,
    octave_shares,
    radial_profile,
)

PIXELS = st.floats(0, 1, width=32)


def photos(n=3, size=(8, 10), seed=0):
    return np.random.default_rng(seed).uniform(0, 1, (n, *size, 3)).astype(np.float32)


def decibels(ratio):
    return 10 * np.log10((ratio**2 + FLOOR**2) / (1 + FLOOR**2))


def random_phases(amplitude, seed=0):
    """A real image with exactly these amplitudes (of a real image) and other phases."""
    channels = amplitude.shape[-1]
    noise = np.fft.fft2(np.random.default_rng(seed).standard_normal(amplitude.shape), axes=(0, 1))
    planes = np.fft.ifft2(amplitude * noise / np.abs(noise), axes=(0, 1), norm="ortho").real
    return planes @ OPPONENTS if channels == 3 else planes


def test_a_wave_has_all_its_amplitude_at_its_frequency():
    wave = np.cos(2 * np.pi * 3 * np.arange(16) / 16)[None, None, :, None] * np.ones((1, 12, 1, 1))
    expected = np.zeros((12, 16))
    expected[0, [3, 13]] = np.sqrt(12 * 16) / 2
    assert amplitudes(wave)[0, ..., 0] == pytest.approx(expected, abs=1e-9)


@given(arrays(np.float32, (1, 5, 6, 3), elements=PIXELS))
def test_amplitudes_keep_the_energy(image):
    assert np.sum(amplitudes(image) ** 2) == pytest.approx(np.sum(np.float64(image) ** 2))


@given(arrays(np.float32, (1, 5, 6, 1), elements=PIXELS), st.integers(-9, 9), st.integers(-9, 9))
def test_amplitudes_do_not_change_with_a_circular_shift(image, down, right):
    shifted = np.roll(image, (down, right), axis=(1, 2))
    assert amplitudes(shifted) == pytest.approx(amplitudes(image), abs=1e-6)


def test_the_average_is_over_all_crops_of_all_pictures():
    crops = photos(7)
    large = np.concatenate(
        [np.concatenate(list(row), axis=1) for row in crops[:6].reshape(2, 3, *crops.shape[1:])]
    )
    framed = np.pad(large, ((2, 3), (4, 4), (0, 0)), constant_values=0.5)
    found = average_amplitude([framed, crops[6]], (8, 10))
    assert found.count == 7
    assert found.size == (8, 10)
    assert found.amplitude == pytest.approx(amplitudes(crops).mean(axis=0), rel=1e-5)


def test_a_generator_and_an_array_give_the_same():
    found = [average_amplitude(images, (8, 10)) for images in (photos(), iter(photos()))]
    assert (found[0].amplitude == found[1].amplitude).all()


def test_light_and_colours_are_told_apart():
    wave = np.cos(2 * np.pi * np.arange(8) / 8)[:, None, None] * np.ones((8, 8, 1))
    colours = {0: [1, 1, 1], 1: [1, 0, -1], 2: [-1, 2, -1]}
    for place, colour in colours.items():
        found = amplitudes((wave * colour)[None])[0]
        whole = np.linalg.norm(colour) * 8 / 2
        assert found[1, 0] == pytest.approx(np.eye(3)[place] * whole, abs=1e-9)


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        ([], "at least one picture"),
        (photos(size=(7, 10)), "no crop of 8 x 10"),
        ([photos()[0], photos()[0, ..., :1]], "3 and 1 channels"),
        ([photos()[0, ..., 0]], "no crop"),
        (np.full((1, 8, 10, 3), 0.5), "above 0 at every frequency"),
    ],
)
def test_pictures_without_an_average_are_refused(images, sentence):
    with pytest.raises(InputError, match=sentence):
        average_amplitude(images, (8, 10))


def test_saved_and_loaded_is_the_same(tmp_path):
    natural = average_amplitude(photos(), (8, 10))
    natural.save(tmp_path / "natural.npz")
    loaded = Spectrum.load(tmp_path / "natural.npz")
    assert (loaded.amplitude == natural.amplitude).all()
    assert loaded.count == 3
    assert [file.name for file in tmp_path.iterdir()] == ["natural.npz"]


class Harm:
    def __reduce__(self):
        return (pytest.fail, ("something was unpickled",))


@pytest.mark.parametrize(
    "content",
    [
        {"amplitude": np.ones((2, 2, 1))},
        {"amplitude": np.ones((2, 2, 1)), "count": "three"},
        {"amplitude": np.array([Harm()], dtype=object), "count": 1},
    ],
)
def test_other_archives_are_refused_and_nothing_is_unpickled(tmp_path, content):
    np.savez(tmp_path / "other.npz", allow_pickle=True, **content)
    with pytest.raises(InputError, match=r"other.npz is not a saved spectrum"):
        Spectrum.load(tmp_path / "other.npz")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not a zip", b"text", None])
def test_other_files_are_refused(tmp_path, data):
    if data is not None:
        (tmp_path / "natural.npz").write_bytes(data)
    with pytest.raises(InputError, match="is not a saved spectrum"):
        Spectrum.load(tmp_path / "natural.npz")


def test_a_saved_array_of_another_shape_is_refused(tmp_path):
    np.savez(tmp_path / "flat.npz", amplitude=np.ones(4), count=1)
    with pytest.raises(InputError, match=r"\(height, width, channels\)"):
        Spectrum.load(tmp_path / "flat.npz")


def test_an_image_with_the_natural_amplitudes_has_distance_0():
    natural = average_amplitude(photos(), (8, 10))
    image = random_phases(natural.amplitude.astype(np.float64))[None]
    assert distance(image, natural).numpy() == pytest.approx([0.0], abs=1e-3)


@pytest.mark.parametrize("factor", [0.5, 2.0, 10.0])
def test_a_scaled_image_has_the_factor_in_decibels(factor):
    images = photos(1)
    natural = Spectrum(amplitudes(images)[0], 1)
    assert distance(factor * images, natural).numpy() == pytest.approx(
        [abs(decibels(factor))], rel=1e-4
    )
    if factor > 1:
        assert decibels(factor) == pytest.approx(20 * np.log10(factor), abs=0.05)


def test_one_frequency_too_many_counts_by_its_share():
    natural = Spectrum(np.ones((4, 4, 1)), 1)
    image = random_phases(np.ones((4, 4, 1)))
    checkerboard = (-1.0) ** np.add.outer(np.arange(4), np.arange(4))[..., None]
    sign = np.sign(np.sum(image * checkerboard))
    found = distance((image + sign * checkerboard / 4 * 4)[None], natural).numpy()
    # The checkerboard's DFT is 16 / 4 = 4 at the highest frequency alone: its amplitude is 5.
    share = octave_shares((4, 4))[2, 2]
    assert found == pytest.approx([abs(decibels(5.0)) * np.sqrt(share)], rel=1e-4)


def test_every_octave_has_the_same_share():
    shares = octave_shares((256, 256))
    assert shares.sum() == pytest.approx(1)
    radius = np.hypot(np.fft.fftfreq(256)[:, None], np.fft.fftfreq(256)[None])
    octaves = [shares[(radius > 2.0**-k) & (radius <= 2.0 ** (1 - k))].sum() for k in range(2, 6)]
    assert octaves == pytest.approx(np.full(4, np.mean(octaves)), rel=0.1)


def test_shares_belong_to_frequencies_in_cycles_per_pixel():
    shares = octave_shares((8, 16))
    assert shares[2, 0] == pytest.approx(shares[0, 4])
    assert shares[1, 0] == pytest.approx(4 * shares[2, 0])
    assert shares[0, 0] == 0


def test_brightness_and_tint_are_free():
    natural = average_amplitude(photos(), (8, 10))
    tinted = photos() + np.array([0.2, -0.1, 0.05], np.float32)
    assert distance(tinted, natural).numpy() == pytest.approx(
        distance(photos(), natural).numpy(), rel=1e-4
    )


def test_an_image_of_one_colour_has_about_20_decibels():
    natural = average_amplitude(photos(size=(32, 32)), (32, 32))
    found = distance(np.full((1, 32, 32, 3), 0.5, np.float32), natural).numpy()
    assert found == pytest.approx([20.0], abs=0.5)


@pytest.mark.parametrize("shape", [(10, 8, 3), (8, 10, 1), (16, 20, 3)])
def test_another_size_is_refused(shape):
    natural = average_amplitude(photos(), (8, 10))
    with pytest.raises(InputError, match=r"images of 8 x 10 pixels and 3 channel"):
        distance(np.zeros((1, *shape), np.float32), natural)


def test_the_radial_profile_finds_1_over_f():
    radius = np.hypot(np.fft.fftfreq(64)[:, None], np.fft.fftfreq(48)[None])
    radius[0, 0] = 1
    frequency, amplitude = radial_profile(np.repeat(1 / radius[..., None], 3, axis=-1))
    assert len(frequency) == 24
    assert frequency[-1] == pytest.approx(0.5, abs=0.01)
    assert amplitude * frequency == pytest.approx(np.ones(24), rel=0.1)
    slope = np.polyfit(np.log(frequency), np.log(amplitude), 1)[0]
    assert slope == pytest.approx(-1, abs=0.05)


def test_the_radial_profile_of_a_wave_has_one_ring():
    wave = np.cos(2 * np.pi * 5 * np.arange(32) / 32)[None, :, None, None] * np.ones((1, 1, 32, 1))
    _, amplitude = radial_profile(amplitudes(wave)[0])
    assert np.flatnonzero(amplitude > 1e-9).tolist() == [4]  # ring 5, counted from 1
