"""The README is true: its examples run, its commands and files exist."""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tfnets import cli
from tfnets.studies import STUDIES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = "".join(re.findall(r"```bash\n(.*?)```", README, flags=re.DOTALL))
COMMANDS = re.findall(r"^tfnets (.*?)(?:\s+#.*)?$", SHELL, flags=re.MULTILINE)
EXAMPLES = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_five_examples_run_in_order(digits, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    assert len(EXAMPLES) == 5
    for example in EXAMPLES:
        exec(compile(example, "README.md", "exec"), names)
    shown = capsys.readouterr().out
    assert "7 loaded, 1 skipped, 0 mismatched" in shown
    assert (tmp_path / "example.html").exists()
    assert (tmp_path / "saved" / "decoder" / "saved_model.pb").exists()
    assert 0.3 < names["run"].metrics["origin"]["probe_accuracy"] <= 1


def test_there_are_exactly_two_commands():
    assert re.findall(r"<!-- (\w+) command -->", README) == ["main", "test"]
    script = README.split("<!-- main command -->")[1].split("```")[1]
    assert "scripts/quickstart.py" in script
    assert (ROOT / "scripts" / "quickstart.py").exists()


def test_every_study_is_in_the_table():
    rows = re.findall(r"^\| `(\w+)` \|", README, flags=re.MULTILINE)
    assert rows == list(STUDIES)


def test_links_lead_somewhere():
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        if not link.startswith("http"):
            assert (ROOT / link).exists(), link


@pytest.mark.parametrize("line", COMMANDS)
def test_command_lines_parse(line):
    assert cli.parser().parse_args(shlex.split(line)).action


def test_commands_shown_are_all_there_are():
    known = {
        *("list", "run", "resume", "report", "restore", "export", "cost", "data"),
        *("maximize", "fool", "occlude", "generate", "classify", "denoise", "anomaly"),
        "translate",
    }
    assert {line.split()[0] for line in COMMANDS} == known


GENERATED = re.findall(r"^Made by `tfnets (generate .*?) --out (\S+)`", README, flags=re.MULTILINE)


@pytest.mark.parametrize(("line", "name"), GENERATED)
def test_pictures_are_what_the_committed_generators_draw(line, name, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    out = tmp_path / name
    assert cli.main([*shlex.split(line), "--out", str(out)]) == 0
    with Image.open(out) as made, Image.open(ROOT / "docs" / name) as shown:
        made, shown = (np.asarray(image, np.int16) for image in (made, shown))
    # Rounding to eight bits may fall the other way on another processor.
    np.testing.assert_allclose(made, shown, atol=2)


def test_numbers_in_the_table_are_those_of_the_reference_runs():
    def metrics(study, file="metrics.json"):
        path = ROOT / "saved_models" / "reference" / study / file
        return json.loads(path.read_text(encoding="utf-8"))

    def report(study):
        return metrics(study, "report.json")

    errors = metrics("autoencoder")
    head = metrics("few_labels")["heads"]["sigmoid64"]
    low, high = head["difference"]["ci95"]
    gan = metrics("decoder_gan")
    widths = {name: row["test_accuracy"] for name, row in metrics("width_sweep")["widths"].items()}
    linear = metrics("linear_ablation")["networks"]
    ends = {name: f"{row['test_accuracy']['mean']:.4f}" for name, row in linear.items()}
    single = {
        name: f"{row['test_accuracy']['mean']:.4f} with {row['parameters']:,}"
        for name, row in metrics("single_convolution")["networks"].items()
    }
    shuffled = metrics("shuffled_pixels")
    dense, kernels = (
        [
            f"{shuffled[network][kind]['test_accuracy']['mean']:.4f}"
            for kind in ("plain", "shuffled")
        ]
        for network in ("perceptron", "convolutional")
    )
    fooled = metrics("fooling")["attacks"]
    eight, signed = fooled["eight_bit"], fooled["signed_gradient"]
    hidden = metrics("occlusion")
    deleted = next(c for c in report("occlusion")["claims"] if "Taking blocks" in c["claim"])
    gains = [(c["ours"], *(c["ci95"])) for c in report("laplace_noise")["claims"]]
    prior = metrics("fourier_prior")
    spectra = [prior[arm]["distance"]["mean"] for arm in ("without", "with")]
    asked = metrics("conditional_gan")["networks"]
    faster = report("conditional_gan")["claims"][1]
    scored = metrics("wrong_labels")["variants"]
    drawn = metrics("dcgan")
    captions = metrics("caption_to_digit")
    said, real = captions["variants"]["matching"], captions["real"]
    raised = report("caption_to_digit")["claims"][-1]
    stable = {claim["claim"]: claim["ours"] for claim in report("gan_stabilisers")["claims"]}
    subjects = ("ring", "grid", "mnist")
    first = "in the first epoch the generator's gradient is larger with plain than with minimax"
    smaller = [10 ** stable[f"{one}: {first}"] for one in subjects]
    latent, steadier = metrics("gan_priors")["priors"], report("gan_priors")["claims"][0]
    best_low, best_high = widths["12-32"]["ci95"]
    shown = [
        *(f"{errors[name]['test_mse']:.4f}" for name in ("origin", "one_dense", "deep")),
        f"{head['transfer']['mean']:.4f} against {head['mlp']['mean']:.4f}",
        f"{head['difference']['mean']:.4f} [{low:.4f}, {high:.4f}]",
        *(f"{gan[name]['frechet']:.0f} " for name in ("scratch", "restored", "deep_restored")),
        f"real {gan['scratch']['frechet_real']:.1f}",
        f"{widths['12-32']['mean']:.4f} [{best_low:.4f}, {best_high:.4f}]",
        f"(a) {ends['linear_no_pooling']}, (b) {ends['linear_average_pooling']}",
        f"(c) {ends['linear_four_convolutions']} against {ends['nonlinear']}",
        *single.values(),
        f"{hidden['fills']['zero']['in_box']['mass']:.2f} of the drops on "
        f"{hidden['fills']['zero']['in_box']['area']:.2f} of the area",
        f"{deleted['ours']:.3f} [{deleted['ci95'][0]:.3f}, {deleted['ci95'][1]:.3f}]",
        "gains {:.2f} [{:.2f}, {:.2f}] dB at sigma 0.1".format(*gains[2]),
        "{:.2f} [{:.2f}, {:.2f}] at 0.2, but loses".format(*gains[4]),
        f"loses {-gains[0][0]:.2f} at 0.05",
        f"gains {gains[5][0]:.2f} to {gains[1][0]:.2f} dB at all three",
        "falls from {:.1f} to {:.1f} dB".format(*spectra),
        f"stays at {prior['with']['smallest_probability']:.2f}",
        f"p(mink) {eight['p_target_after_png']:.4f} in the PNG",
        f"{eight['changed_values']:,} values of 150,528 changed, L2 {eight['l2']:.3f}",
        f"{signed['changed_values']:,} values, L2 {signed['l2']:.3f}",
        f"{dense[0]} plain, {dense[1]} shuffled",
        f"{kernels[0]} falls to {kernels[1]}",
        f"up to {shuffled['perceptron']['permuted_loss_difference']:.4f}",
        "{:.4f} [{:.4f}, {:.4f}] (real images {:.4f})".format(
            said["agreement"]["mean"], *said["agreement"]["ci95"], real["agreement"]["mean"]
        ),
        "thickness {:.3f}, slant {:.3f} (real images {:.3f} and {:.3f})".format(
            *(said[name]["mean"] for name in ("thickness", "slant")),
            *(real[name]["mean"] for name in ("thickness", "slant")),
        ),
        *(
            "{:.3f} [{:.3f}, {:.3f}]".format(
                scored[name]["auroc_wrong"]["mean"], *scored[name]["auroc_wrong"]["ci95"]
            )
            for name in ("plain", "matching")
        ),
        "{:.0f} [{:.0f}, {:.0f}], all 10 digits".format(
            drawn["mnist"]["paper"]["frechet"], *drawn["mnist"]["paper"]["frechet_ci95"]
        ),
        "without batch normalisation {:.0f} on average".format(
            drawn["mnist"]["paper_without_norm"]["frechet"]
        ),
        "{:.2f} [{:.2f}, {:.2f}] in its judge's features (real {:.2f})".format(
            drawn["cifar10"]["paper"]["frechet"],
            *drawn["cifar10"]["paper"]["frechet_ci95"],
            drawn["cifar10"]["paper"]["frechet_real"],
        ),
        "slant by {:.3f} [{:.3f}, {:.3f}]".format(raised["ours"], *raised["ci95"]),
        "{:.4f} [{:.4f}, {:.4f}] for the complex network".format(
            asked["complex"]["agreement"]["mean"], *asked["complex"]["agreement"]["ci95"]
        ),
        "{:.4f} for the paper's, {:.4f} for the simple one".format(
            *(asked[name]["agreement"]["mean"] for name in ("paper", "simple"))
        ),
        f"reads {asked['complex']['agreement']['mean']:.1%}".replace("%", " %"),
        "real digits: {:.4f}".format(metrics("conditional_gan")["judge"]["mean"]),
        "Frechet distance {:.1f}, real {:.1f};".format(
            asked["complex"]["frechet"]["mean"], asked["complex"]["frechet_real"]
        ),
        "lower by {:.2f} [{:.2f}, {:.2f}] over the training".format(
            faster["ours"], *faster["ci95"]
        ),
        f"{min(smaller):.0f} to {max(smaller):.0f} times smaller",
        "steadier by {:.3f} [{:.3f}, {:.3f}]".format(steadier["ours"], *steadier["ci95"]),
        "recall {:.2f} against {:.2f}".format(
            *(latent[k]["recall"] for k in ("mixture", "uniform"))
        ),
        "(precision {:.2f} against {:.2f}) and vary less (recall {:.2f})".format(
            *(latent[k]["precision"] for k in ("encoded", "uniform")), latent["encoded"]["recall"]
        ),
        f"(96, 256) ends at {widths['96-256']['mean']:.4f}",
    ]
    assert [number for number in shown if number not in README] == []
    assert [stable[f"{one}: The plain GAN loses modes"] for one in subjects] == [
        "5/8, 3/8, 1/8", "0/25, 0/25, 0/25", "7/10, 7/10, 7/10",
    ]  # fmt: skip
    assert [stable[f"{one}: The combination covers every mode"] for one in subjects] == [
        ", ".join([f"{n}/{n}"] * 3) for n in (8, 25, 10)
    ]
