import numpy as np
import pytest

from tfnets.lab import findings


def agreed(answers, **options):
    return findings.agreed("It holds", answers, ours=0.7, origin="0.65", note="so", **options)


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ([True, True, True], "confirmed"),
        ([False, False], "not confirmed"),
        ([True, False], "not decidable"),
        ([False, True, True], "not decidable"),
        ([], "not decidable"),
        (list(np.array([0.1, 0.2]) < 0.3), "confirmed"),
        (list(np.array([0.1, 0.2]) > 0.3), "not confirmed"),
    ],
)
def test_repetitions_must_agree_to_decide(answers, verdict):
    claim = agreed(answers)
    assert claim.verdict == verdict
    assert (claim.n, claim.ci95, claim.ours, claim.origin) == (len(answers), None, 0.7, "0.65")
    assert claim.note == "so"


@pytest.mark.parametrize(("answer", "verdict"), [(True, "confirmed"), (False, "not confirmed")])
def test_one_repetition_decides_only_what_is_not_left_to_chance(answer, verdict):
    by_chance = agreed([answer])
    assert by_chance.verdict == "not decidable"
    assert by_chance.note == "so; one repetition only"
    certain = agreed([answer], certain=True)
    assert (certain.verdict, certain.note, certain.n) == (verdict, "so", 1)
    assert findings.sure("It holds", answer, ours=0.7, origin="0.65", note="so") == certain


@pytest.mark.parametrize("said", [{}, {"whose": "origin"}])
def test_a_claim_is_ours_unless_it_is_said_to_be_the_origins(said):
    made = [
        *(agreed(answers, **said) for answers in ([True], [True, False])),
        findings.sure("It holds", True, ours=1, note="so", **said),
        *(
            findings.decided("It holds", values, note="so", **said)
            for values in (np.ones(1), np.ones(2))
        ),
    ]
    assert {claim.whose for claim in made} == {said.get("whose", "ours")}


def test_certain_repetitions_that_disagree_stay_open():
    assert agreed([True, False], certain=True).verdict == "not decidable"


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([1.0, 1.1, 0.9], "confirmed"),
        ([-1.0, -1.1, -0.9], "not confirmed"),
        ([1.0, -1.0], "not decidable"),
        ([1.0], "not decidable"),
    ],
)
def test_a_quantity_is_above_its_threshold_by_its_interval(values, verdict):
    for threshold in (0.0, 5.0):
        claim = findings.decided(
            "It holds", np.array(values) + threshold, threshold=threshold, note="so"
        )
        assert claim.verdict == verdict
        assert claim.n == len(values)
        assert claim.ours == pytest.approx(np.mean(values) + threshold)
