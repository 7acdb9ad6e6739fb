"""A setting says its default, meaning and check once, and survives `--set` and config.json."""

# ruff: noqa: RUF009 -- fields are made by functions that say default, meaning and check.

import dataclasses
import json
import math
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfnets import execute
from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import (
    Counts,
    Names,
    Rates,
    as_text,
    count,
    described,
    deviation,
    from_json,
    one_of,
    override,
    rate,
    setting,
    some_of,
    weight,
)
from tfnets.studies import STUDIES

KINDS = ("scratch", "restored", "one_dense")
TINY = 5e-324


@dataclass(frozen=True, kw_only=True)
class Everything(lab.Settings):
    """One setting of each kind."""

    epochs: int = count(3, "Epochs.")
    points: Counts = count((1, 3), "Points of measurement.")
    learning_rate: float = rate(0.001, "Learning rate.")
    rates: Rates = rate((0.1, 0.01), "Learning rates.")
    penalty: float = weight(10.0, "Weight of the penalty.")
    penalties: Rates = weight((0.0, 1.0), "Weights.")
    noise: float = deviation(0.1, "Noise.")
    sigmas: Rates = deviation((0.1, 1.0), "Noises.")
    momentum: float = lab.decay(0.9, "Momentum.")
    momenta: Rates = lab.decay((0.0, 0.9), "Momenta.")
    kind: str = one_of(KINDS, "scratch", "The network.")
    kinds: Names = some_of(KINDS, ("scratch", "restored"), "The networks.")
    extra: Names = some_of(KINDS, (), "More networks.", may_be_empty=True)
    latent: int = setting(8, "Numbers of z; any will do.")
    shift: float = setting(0.5, "Any number.")
    mirrored: bool = setting(False, "Whether images are mirrored.")
    switches: tuple[bool, ...] = setting((True, False), "Switches.")
    folder: str = setting("here", "Any text.")
    words: Names = setting(("a", "b"), "Any texts.")


PLAIN = Everything()
ABOVE, LEAST = "a number above 0", "a number of at least 0"
UNIT, BELOW = r"a number in \(0, 1\]", "a number from 0 to below 1"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("epochs", [1, 2, 10**9]),
        ("points", [(1,), (1, 1), (3, 2, 10**9)]),
        ("learning_rate", [TINY, 1, 1.7e308]),
        ("rates", [(TINY,), (1.0, 1e308)]),
        ("penalty", [0, 0.0, -0.0, TINY, 1.7e308]),
        ("penalties", [(0.0,), (0.0, 1e308)]),
        ("noise", [TINY, 0.5, 1, 1.0]),
        ("sigmas", [(1.0,), (TINY, 1.0)]),
        ("momentum", [0, 0.0, math.nextafter(1, 0)]),
        ("momenta", [(0.0,), (0.0, math.nextafter(1, 0))]),
        ("kind", [*KINDS]),
        ("kinds", [KINDS, ("one_dense",)]),
        ("extra", [(), KINDS]),
        ("latent", [0, -1]),
        ("shift", [-1e308, 0.0]),
    ],
)
def test_what_is_within_the_limits_is_taken(name, values):
    for value in values:
        assert getattr(dataclasses.replace(PLAIN, **{name: value}), name) == value


@pytest.mark.parametrize(
    ("name", "values", "asked"),
    [
        ("epochs", [0, -1], "numbers of at least 1"),
        ("points", [(), (0,), (1, 0), (3, -1, 2)], "numbers of at least 1"),
        ("learning_rate", [0, 0.0, -TINY, -1, math.inf, -math.inf, math.nan], ABOVE),
        ("rates", [(), (0.0,), (0.1, 0.0), (math.inf,), (0.1, math.nan)], "numbers above 0"),
        ("penalty", [-TINY, -1, math.inf, math.nan], LEAST),
        ("penalties", [(), (0.0, -1.0), (math.inf, 0.0)], "numbers of at least 0"),
        ("noise", [0, 0.0, -0.1, math.nextafter(1, 2), math.inf, math.nan], UNIT),
        ("sigmas", [(), (0.0,), (0.1, 1.5)], r"numbers in \(0, 1\]"),
        ("momentum", [-TINY, 1, 1.0, math.inf, math.nan], BELOW),
        ("momenta", [(), (1.0,), (0.5, -0.1)], "numbers from 0 to below 1"),
    ],
)
def test_what_is_beyond_a_limit_is_one_sentence(name, values, asked):
    for value in values:
        with pytest.raises(InputError, match=f"The setting {name} is .*; give {asked}.$") as error:
            dataclasses.replace(PLAIN, **{name: value})
        assert f" {value};" in str(error.value)


def test_a_near_text_is_named():
    with pytest.raises(InputError, match="not know one_dens; did you mean one_dense"):
        dataclasses.replace(PLAIN, kind="one_dens")


@pytest.mark.parametrize(
    ("name", "value", "unknown"),
    [
        ("kind", "thick", "thick"),
        ("kind", "", ""),
        ("kinds", ("scratch", "deep", "wide"), "deep, wide"),
        ("kinds", (), "an empty list"),
        ("extra", ("deep",), "deep"),
    ],
)
def test_texts_that_are_not_known_are_one_sentence(name, value, unknown):
    with pytest.raises(InputError) as error:
        dataclasses.replace(PLAIN, **{name: value})
    named = unknown or "an empty list"
    assert str(error.value) == (
        f"The setting {name} does not know {named}; choose from scratch, restored, one_dense."
    )


@pytest.mark.parametrize(
    "field",
    [lab.repeats(0), lab.batch_size(0), lab.first_train_images(0), lab.first_test_images(-1)],
)
def test_shared_counts_are_checked(field):
    with pytest.raises(InputError, match="at least 1"):
        field.metadata["check"]("name", field.default)


def test_shared_settings_say_what_they_mean():
    assert (
        lab.first_train_images(5, 50_000).metadata["help"] == "Training images used (all: 50000)."
    )
    assert lab.repeats(3, "Draws.").metadata["help"] == "Draws."
    with pytest.raises(InputError, match="choose from mnist, fashion_mnist"):
        lab.dataset().metadata["check"]("dataset", "cifar10")


def test_known_texts_may_come_from_what_is_read_once():
    field = some_of(iter(KINDS), KINDS, "The networks.")
    for _ in range(2):
        field.metadata["check"]("kinds", KINDS)


def test_rules_between_settings_come_after_those_of_each():
    @dataclass(frozen=True, kw_only=True)
    class Ordered(lab.Settings):
        first: int = count(1, "First.")
        last: int = count(2, "Last.")

        def require(self):
            if self.first > self.last:
                raise InputError("The last is before the first.")

    with pytest.raises(InputError, match="The setting last is 0"):
        Ordered(first=5, last=0)
    with pytest.raises(InputError, match="The last is before the first"):
        override(Ordered(), ["first=3"])
    assert override(Ordered(), ["first=3", "last=3"]).last == 3


words = st.from_regex(r"[A-Za-z0-9_.*|/\\-]{1,8}", fullmatch=True)
VALUES = {
    "latent": st.integers(),
    "epochs": st.integers(1),
    "points": st.lists(st.integers(1), min_size=1).map(tuple),
    "shift": st.floats(allow_nan=False),
    "learning_rate": st.floats(TINY, 1e308),
    "penalties": st.lists(st.floats(0, 1e308), min_size=1).map(tuple),
    "mirrored": st.booleans(),
    "switches": st.lists(st.booleans()).map(tuple),
    "kind": st.sampled_from(KINDS),
    "extra": st.lists(st.sampled_from(KINDS)).map(tuple),
    "folder": st.text(),
    "words": st.lists(words).map(tuple),
}


@pytest.mark.parametrize("name", VALUES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_value_comes_back_from_set_and_from_config_json(name, data):
    value = data.draw(VALUES[name])
    changed = override(PLAIN, [f"{name}={as_text(value)}"])
    assert getattr(changed, name) == value
    assert type(getattr(changed, name)) is type(value)
    assert dataclasses.replace(changed, **{name: getattr(PLAIN, name)}) == PLAIN
    kept = json.loads(json.dumps(dataclasses.asdict(changed)))
    assert from_json(Everything, kept) == changed


@pytest.mark.parametrize("name", STUDIES)
def test_each_study_s_settings_come_back_from_text_and_from_config_json(name):
    study = execute.load(name)
    for scale, chosen in study.SCALES.items():
        texts = [f"{key}={value}" for key, value, _ in described(chosen)]
        assert override(study.SCALES["full"], texts) == chosen, scale
        kept = json.loads(json.dumps(dataclasses.asdict(chosen)))
        assert from_json(study.Settings, kept) == chosen, scale


def test_the_last_of_two_assignments_wins_and_lists_bear_spaces():
    changed = override(PLAIN, ["latent=1", "latent=2", "points= 1, 2,,3 ", "folder=a=b"])
    assert (changed.latent, changed.points, changed.folder) == (2, (1, 2, 3), "a=b")


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("latent", "--set takes key=value, but got 'latent'."),
        ("", "--set takes key=value, but got ''."),
        ("latent=many", "The setting latent takes a int like 8, not 'many'."),
        ("latent=2.5", "The setting latent takes a int like 8, not '2.5'."),
        ("latent=", "The setting latent takes a int like 8, not ''."),
        ("shift=1,2", "The setting shift takes a float like 0.5, not '1,2'."),
        ("mirrored=yes", "The setting mirrored takes a bool like False, not 'yes'."),
        ("switches=true,yes", "The setting switches takes a tuple like (True, False), not "
         "'true,yes'."),
        ("points=1;2", "The setting points takes a tuple like (1, 3), not '1;2'."),
    ],
)  # fmt: skip
def test_text_of_another_type_is_one_sentence(assignment, sentence):
    with pytest.raises(InputError) as error:
        override(PLAIN, [assignment])
    assert str(error.value) == sentence


def test_an_unknown_setting_names_the_known_ones():
    with pytest.raises(InputError, match="no setting 'epoch'; did you mean epochs"):
        override(PLAIN, ["epoch=3"])


def test_truth_is_read_in_any_letters():
    assert override(PLAIN, ["mirrored=TRUE", "switches=False,true"]).switches == (False, True)


def test_settings_of_earlier_versions_are_left_out():
    kept = dataclasses.asdict(PLAIN) | dict.fromkeys(lab.RETIRED, 4)
    assert from_json(Everything, kept) == PLAIN
    assert "workers" in lab.RETIRED


def test_settings_that_are_missing_have_their_values_at_full_scale():
    assert from_json(Everything, {"latent": 3}) == dataclasses.replace(PLAIN, latent=3)


@pytest.mark.parametrize(
    "values", [{"width": 3}, {"epochs": "many"}, {"epochs": None}, {"rates": [[1]]}, [], None, 3]
)
def test_what_does_not_fit_a_config_json_is_one_sentence(values):
    with pytest.raises(InputError, match="does not fit this version of the study; start a new run"):
        from_json(Everything, values)


def test_a_bad_value_in_config_json_is_named():
    with pytest.raises(InputError, match="The setting epochs is 0"):
        from_json(Everything, {"epochs": 0})


def test_settings_are_described_as_set_takes_them():
    rows = {name: (value, meaning) for name, value, meaning in described(PLAIN)}
    assert list(rows) == [field.name for field in dataclasses.fields(PLAIN)]
    assert rows["points"] == ("1,3", "Points of measurement.")
    assert rows["switches"] == ("true,false", "Switches.")
    assert rows["extra"] == ("", "More networks.")
    assert rows["rates"] == ("0.1,0.01", "Learning rates.")
