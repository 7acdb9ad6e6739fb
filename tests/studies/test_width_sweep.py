import numpy as np
import pytest

from tfnets import execute
from tfnets.artifacts.run import Config, Run
from tfnets.errors import InputError
from tfnets.studies.width_sweep import page
from tfnets.studies.width_sweep.numbers import landmarks, summary, verdict
from tfnets.studies.width_sweep.settings import WIDTHS, Settings, filters

POINTS = 30
FALLING = np.linspace(2, 1, POINTS)
ALIKE, BETTER = 0.95 * FALLING, 0.5 * FALLING


def turning(rise):
    """A test loss that falls to 1 for half of the points and ends at `rise`."""
    down, up = np.linspace(2, 1, POINTS // 2), np.linspace(1, rise, POINTS // 2)
    down[-2:], up[0], up[-POINTS // 10 :] = 1, 1, rise
    return np.concatenate([down, up])


@pytest.mark.parametrize(
    ("train", "test", "expected"),
    [
        (ALIKE, FALLING, "underfits"),
        (BETTER, FALLING, "fits"),
        (BETTER, turning(1.09), "fits"),
        (BETTER, turning(1.11), "overfits"),
        (0.2 * FALLING, turning(3), "overfits"),
        # The rise comes first: a test loss that has gone up is overfitting, whatever the gap.
        (0.99 * turning(1.5), turning(1.5), "overfits"),
        (FALLING, np.full(POINTS, 2.3), "fits"),
        (np.full(POINTS, 2.3), np.full(POINTS, 2.3), "underfits"),
    ],
)
def test_the_verdict_on_made_curves(train, test, expected):
    assert verdict(landmarks(train, test)) == expected


@pytest.mark.parametrize(
    ("rise", "gap", "expected"),
    [
        (1.1, 0.1, "fits"),
        (1.1, np.nextafter(0.1, 0), "underfits"),
        (np.nextafter(1.1, 2), 0.0, "overfits"),
        (np.nextafter(1.1, 2), 0.9, "overfits"),
        (1.0, 0.1, "fits"),
        (1.0, -0.2, "underfits"),
    ],
)
def test_the_verdict_at_its_borders(rise, gap, expected):
    assert verdict({"rise": rise, "gap": gap}) == expected


def test_landmarks_by_hand():
    """Ends are means over the last tenth, the lowest point is smoothed over three."""
    test = np.array([9.0] * 10 + [2, 3, 4] + [6.0] * 5 + [7, 8])
    train = np.array([5.0] * 18 + [2, 1])
    assert len(test) == 20
    marks = landmarks(train, test)
    assert marks == {"rise": pytest.approx(7.5 / 3), "gap": pytest.approx((7.5 - 1.5) / 7.5)}


def test_one_low_point_alone_is_not_the_lowest():
    low = FALLING.copy()
    low[10] = 0.2
    assert landmarks(ALIKE, low)["rise"] == pytest.approx(1)
    low[9:12] = 0.2
    assert landmarks(ALIKE, low)["rise"] == pytest.approx(np.mean(FALLING[-3:]) / 0.2)


@pytest.mark.parametrize("points", [1, 2, 3, 9])
def test_short_curves_have_landmarks_too(points):
    flat = np.full(points, 2.0)
    assert landmarks(0.5 * flat, flat) == {"rise": pytest.approx(1), "gap": pytest.approx(0.5)}


def result(train, test, **numbers):
    curve = {"train_loss": list(train), "test_loss": list(test), "step": list(range(len(test)))}
    numbers = {"test_accuracy": 0.5, "train_accuracy": 0.5, "parameters": 7} | numbers
    return numbers | {"test_loss": test[-1], "train_loss": train[-1], "curve": curve}


def test_a_summary_judges_the_mean_of_the_curves_and_each_seed():
    repeats = [
        result(BETTER, turning(1.0), test_accuracy=0.6, train_accuracy=0.7),
        result(BETTER, turning(1.4), test_accuracy=0.7, train_accuracy=0.9),
    ]
    found = summary(repeats)
    assert found["verdict"] == "overfits"
    assert [own["verdict"] for own in found["by_seed"]] == ["fits", "overfits"]
    assert found["rise"] == pytest.approx(1.2)
    assert [own["rise"] for own in found["by_seed"]] == pytest.approx([1.0, 1.4])
    means = {name: found[name]["mean"] for name in ("test_accuracy", "train_accuracy")}
    assert means == pytest.approx({"test_accuracy": 0.65, "train_accuracy": 0.8})
    assert found["test_loss"]["mean"] == pytest.approx(1.2)
    assert found["test_loss"]["n"] == found["seeds"] == 2
    low, high = found["test_accuracy"]["ci95"]
    assert low == pytest.approx(0.65 - 12.7062 * 0.05, abs=1e-4)
    assert high == pytest.approx(0.65 + 12.7062 * 0.05, abs=1e-4)
    assert found["parameters"] == 7


def test_one_seed_has_no_interval():
    found = summary([result(ALIKE, FALLING)])
    assert found["test_accuracy"] == {"mean": 0.5, "n": 1}
    assert found["verdict"] == "underfits"


@pytest.mark.parametrize(
    "text", ["abc", "12x32", "12", "12-", "-32", "0-8", "8-0", "1-2-3", "3--8"]
)
def test_a_width_that_is_none_is_one_sentence(text):
    sentence = rf"The width '{text}' is unknown; write two numbers .* such as 12-32"
    with pytest.raises(InputError, match=sentence):
        filters(text)
    with pytest.raises(InputError, match=sentence):
        execute.start("width_sweep", "nowhere", scale="tiny", assignments=[f"widths=3-8,{text}"])


@pytest.mark.parametrize("widths", [(), ("3-8", "6-16", "3-8"), ("3-8", "03-8")])
def test_no_width_and_a_width_twice_are_one_sentence(widths):
    with pytest.raises(InputError, match=r"The setting widths is .*; give at least one"):
        Settings(widths=widths)


def test_widths_are_pairs_of_filters():
    assert [filters(width) for width in WIDTHS] == [
        (3, 8), (6, 16), (12, 32), (24, 64), (48, 128), (96, 256),
    ]  # fmt: skip


def rows(accuracies, rise=1.0):
    """Made-up results of some widths, one accuracy per seed."""
    return {
        width: [result(BETTER, turning(rise), test_accuracy=value) for value in values]
        for width, values in accuracies.items()
    }


@pytest.fixture
def claims(tmp_path):
    """Returns a function from made-up results to the page's claims, by their sentences."""

    def of(made):
        numbers = {width: summary(repeats) for width, repeats in made.items()}
        settings = Settings(repeats=len(next(iter(made.values()))))
        run = Run.create(tmp_path / "run", Config.of("width_sweep", "tiny", 0, {}))
        report = page.write(run, settings, made, numbers)
        assert all((run.path / figure["file"]).exists() for figure in report["figures"])
        return {claim["claim"]: claim for claim in report["claims"]}

    return of


def test_the_claims_of_a_sweep_as_the_origin_saw_it(claims):
    made = rows({"12-32": [0.65, 0.655, 0.66], "3-8": [0.5, 0.51, 0.52]})
    made["3-8"] = [result(ALIKE, FALLING, test_accuracy=0.5) for _ in range(3)]
    made |= rows({"24-64": [0.60, 0.61, 0.60]}, rise=1.3)
    made |= rows({"96-256": [0.62, 0.61, 0.63]}, rise=2.0)
    for width, loss in {"12-32": 1.0, "3-8": 1.4, "24-64": 1.1, "96-256": 1.7}.items():
        made[width] = [row | {"test_loss": loss} for row in made[width]]
    found = claims(made)
    assert {claim["verdict"] for claim in found.values()} == {"confirmed"}
    assert list(found) == [
        "(12, 32) fits",
        "(3, 8) underfits",
        "(24, 64) overfits",
        "(96, 256) overfits",
        "(96, 256) overfits strongly",
        "(12, 32) reaches about 65 % on the test images",
        "(12, 32) is the best width by its test accuracy",
        "(12, 32) is the best width by its test loss",
    ]
    best = found["(12, 32) is the best width by its test accuracy"]
    assert best["ours"] == pytest.approx(np.mean([0.03, 0.045, 0.03]))
    least = found["(12, 32) is the best width by its test loss"]
    assert least["ours"] == pytest.approx(1.1 - 1.0)


def test_the_claims_of_a_sweep_that_saw_the_contrary(claims):
    made = rows({"12-32": [0.71, 0.70, 0.72], "3-8": [0.74, 0.75, 0.75], "48-128": [0.6] * 3}, 1.2)
    made["3-8"] = [row | {"test_loss": 0.9} for row in made["3-8"]]
    found = claims(made)
    assert {name: claim["verdict"] for name, claim in found.items()} == {
        "(12, 32) fits": "not confirmed",
        "(3, 8) underfits": "not confirmed",
        "(48, 128) overfits": "confirmed",
        "(48, 128) overfits strongly": "not confirmed",
        "(12, 32) reaches about 65 % on the test images": "not confirmed",
        "(12, 32) is the best width by its test accuracy": "not confirmed",
        "(12, 32) is the best width by its test loss": "not confirmed",
    }


def test_one_seed_confirms_nothing_and_other_widths_are_not_judged_by_the_origin(claims):
    found = claims(rows({"12-32": [0.65], "5-5": [0.5]}))
    assert {claim["verdict"] for claim in found.values()} == {"not decidable"}
    assert not any("5, 5" in name for name in found)
