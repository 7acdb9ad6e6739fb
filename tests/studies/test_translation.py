"""What is special to study `translation`."""

import dataclasses

import numpy as np
import pytest

from tfnets.datasets import domains
from tfnets.errors import InputError
from tfnets.studies.translation import numbers, page
from tfnets.studies.translation.pairs import DomainPairs
from tfnets.studies.translation.settings import SCALES, Settings

NAMES = SCALES["full"].domains


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"domains": ("sepia",)}, "does not know sepia"),
        ({"methods": ()}, "an empty list"),
        ({"width": 0}, "width is 0"),
        ({"cycle": -1.0}, "cycle is -1"),
        ({"average": 1.0}, "average is 1"),
        ({"train_images": 500}, "set train_images higher"),
    ],
)
def test_settings_that_no_run_could_use_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Settings(**changes)


def test_full_scale_has_eight_domains_three_methods_two_seeds():
    full = SCALES["full"]
    assert (len(full.domains), len(full.methods), full.repeats) == (8, 3, 2)


def test_no_true_pair_is_in_the_unpaired_training_set(digits):
    pairs = DomainPairs.of("inverted", digits, digits)
    a, b = pairs.unpaired
    assert len(a) == len(b) == len(digits.x_train) // 2
    back = {(1 - image).round(5).tobytes() for image in b}
    assert not back & {image.round(5).tobytes() for image in a}
    a, b = pairs.paired
    np.testing.assert_allclose(b, 1 - a, atol=1e-6)
    np.testing.assert_allclose(pairs.partners.x_test, 1 - digits.x_test, atol=1e-6)


def test_partners_of_fashion_have_the_digits_label(digits):
    order = np.random.default_rng(0).permutation(len(digits.x_train))
    shuffled = dataclasses.replace(
        digits, x_train=digits.x_train[order], y_train=digits.y_train[order]
    )
    pairs = DomainPairs.of("fashion", digits, shuffled)
    known = zip(digits.x_train, digits.y_train, strict=True)
    where = {image.tobytes(): label for image, label in known}
    assert [where[image.tobytes()] for image in pairs.partners.x_train] == digits.y_train.tolist()


def row(ssim, relative, seeds=2):
    """A domain in which every method's relative distance is given."""
    one = {"distance": 0.1, "rank": 0.2, "frechet": 3.0, "label": {"mean": 0.9, "ci95": [0, 1]}}
    return {
        "similarity": {"ssim": ssim, "distance": 1 - ssim},
        "real": {"label": {"mean": 0.95}, "frechet": 1.5},
        "methods": {m: [one | {"relative": v}] * seeds for m, v in relative.items()},
    }


def rows(**orders):
    """Eight domains; each method's distances in a given order of closeness."""
    return {
        name: row(0.1 * i, {m: 0.05 * order[i] for m, order in orders.items()})
        for i, name in enumerate(NAMES)
    }


FALLING = [8, 7, 6, 5, 4, 3, 2, 1]
MIXED = [4, 8, 1, 6, 3, 7, 2, 5]


def claims(**orders):
    settings = SCALES["full"]
    found = numbers.over_seeds(settings, rows(**orders))
    return found, page.claims(settings, found)


def test_a_method_that_does_better_in_closer_domains_is_found():
    made, found = claims(plain=MIXED, cycle=FALLING, paired=FALLING[::-1])
    plain, cycle, paired, *_ = found
    assert (cycle.ours, cycle.verdict) == (pytest.approx(1), "confirmed")
    assert (paired.ours, paired.verdict) == (pytest.approx(-1), "not confirmed")
    assert plain.verdict == "not decidable"
    test = made["correlations"]["cycle"]["relative"]["ssim"]
    assert test["p_greater"] == pytest.approx(1 / 40_320)
    assert made["correlations"]["cycle"]["label"]["ssim"]["rho"] == 0


def test_a_plain_gan_that_does_follow_closeness_refutes_the_claim():
    _, found = claims(plain=FALLING, cycle=MIXED, paired=MIXED)
    assert [claim.verdict for claim in found[:3]] == ["not confirmed", *["not decidable"] * 2]


def test_methods_are_compared_over_domains_in_pairs():
    smaller = [value - 0.5 for value in MIXED]
    _, found = claims(plain=MIXED, cycle=MIXED, paired=smaller)
    cycle, paired = found[3:]
    assert cycle.ours == 0
    assert cycle.verdict == "not confirmed"
    assert paired.ours == pytest.approx(0.025)
    assert (paired.verdict, paired.n) == ("confirmed", 8)


def test_quality_counts_frechet_distances_against_real_ones():
    made = numbers.over_seeds(SCALES["full"], rows(plain=MIXED, cycle=MIXED, paired=MIXED))
    found = made["domains"]
    found[NAMES[0]]["frechet_real"] = 3.0
    quality = numbers._quality(found, "plain", "frechet")
    np.testing.assert_allclose(quality, [-1, *[-2] * 7])


def test_domains_of_the_settings_are_those_that_exist():
    assert tuple(domains.DOMAINS) == NAMES
