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


def metrics(study, file="metrics.json"):
    path = ROOT / "saved_models" / "reference" / study / file
    return json.loads(path.read_text(encoding="utf-8"))


def report(study):
    return metrics(study, "report.json")


def row(study):
    return next(line for line in README.splitlines() if line.startswith(f"| `{study}` |"))


def test_numbers_of_the_latent_gan_are_those_of_its_reference_run():
    drawn = metrics("latent_gan")["networks"]
    origin, improved = drawn["origin"], drawn["improved"]
    shown = [
        "the origin's: Frechet distance {:.0f}, {}, {} and {} of 10 digits".format(
            origin["frechet"], *origin["modes_each"]
        ),
        "allows {:.1f};".format(origin["reconstructed"]["test"]["frechet"]["mean"]),
        "averaged weights: {:.1f};".format(drawn["plain"]["frechet"]),
        "{:.1f} [{:.1f}, {:.1f}] (reconstructions {:.1f}, real {:.1f})".format(
            improved["frechet"],
            *improved["frechet_ci95"],
            improved["reconstructed"]["test"]["frechet"]["mean"],
            improved["frechet_real"],
        ),
        "coverage {:.3f} against {:.3f}".format(improved["coverage"], origin["coverage"]),
        "{:,} updates".format(improved["points"][-1]["step"]),
    ]
    assert [number for number in shown if number not in row("latent_gan")] == []
    assert improved["modes_each"] == [10, 10, 10]


def test_numbers_of_the_digit_generator_are_those_of_its_reference_run():
    numbers = metrics("digit_generator")
    improved, origin = (numbers["networks"][name] for name in ("improved", "origin"))
    worst = min(one["mean"] for one in improved["worst_each"])
    shown = [
        "{:.4f} of 1,000 images of each digit in {} seeds".format(
            improved["agreement"]["mean"], len(improved["worst_each"])
        ),
        f"the worst digit of the worst seed {worst:.3f}",
        f"the judge on real digits: {numbers['judge']['mean']:.4f}",
        "Frechet distance {:.1f}, real {:.1f}".format(
            improved["frechet"]["mean"], improved["frechet_real"]
        ),
        f"the origin's network: {origin['agreement']['mean']:.4f}",
    ]
    assert [number for number in shown if number not in row("digit_generator")] == []
    assert worst >= 0.99
    assert max(one["mean"] for one in origin["worst_each"]) < 0.05
    assert numbers["export"]["max_abs_difference"] == 0


def test_numbers_of_label_efficient_classifiers_are_those_of_the_reference_run():
    balanced, uniform = (
        metrics("few_labels")[f"label_efficient{kind}"] for kind in ("", "_uniform")
    )
    page = (ROOT / "docs" / "few_labels.md").read_text(encoding="utf-8")
    for method, found in balanced.items():
        one, other = (
            "{:.4f} [{:.4f}, {:.4f}] | {:.4f}".format(kind["mean"], *kind["ci95"], kind["worst"])
            for kind in (found, uniform[method])
        )
        assert f"| {one} | {other} |" in page, method
        assert len(found["draws"]) == len(uniform[method]["draws"]) == 10
    for method in ("spreading", "pseudo_labels", "virtual_adversarial"):
        found = balanced[method]
        shown = "{:.4f} [{:.4f}, {:.4f}]".format(found["mean"], *found["ci95"])
        assert shown in row("few_labels"), method
        assert found["mean"] > 0.97


def test_numbers_of_the_interpolation_are_those_of_its_reference_run():
    numbers, gradual = metrics("interpolation"), report("interpolation")["claims"][0]
    straight, searched, drawn = (
        {name: value["mean"] for name, value in numbers["methods"][method].items()}
        for method in ("autoencoder_linear", "gan_linear", "draws_linear")
    )
    shown = [
        f"unsure at {straight['unsure']:.3f} of the points of the autoencoder's straight lines",
        f"at {searched['unsure']:.3f} of the GAN's",
        "{:.3f} [{:.3f}, {:.3f}]".format(gradual["ours"], *gradual["ci95"]),
        f"within {straight['width']:.3f} of the path against {searched['width']:.3f}",
        f"between draws of the GAN {drawn['unsure']:.3f}",
        f"{min(numbers['right'])} pairs, {numbers['seeds']} seeds",
    ]
    assert [number for number in shown if number not in row("interpolation")] == []
    assert gradual["verdict"] == "not confirmed"


def test_numbers_of_the_theory_studies_are_those_of_their_reference_runs():
    carried = metrics("transport")["pairs"]
    tests, chains = metrics("gibbs")["tests"], metrics("gibbs")["chains"]["x_squared"]
    layers = [
        network["layers"].values()
        for network in metrics("attention_as_convolution")["networks"].values()
    ]
    draws = chains["chains"][0] * chains["draws"][0]
    times = [
        sum(one["attention"]["total"] for one in network)
        / sum(one["multiplications"] for one in network)
        for network in layers
    ]
    error = max(one["error"] for network in layers for one in network)
    shown = {
        "transport": [f"that formula to {carried['slope']['formula_error']:.0e}"],
        "gibbs": [
            f"at least {min(tests['right']['p_radius']):.3f} in {len(chains['draws'])} seeds",
            f"sample size of {np.mean(chains['ess_mean']) / draws:.3f} of the draws",
        ],
        "attention_as_convolution": [
            f"to {error:.0e} of their largest output",
            f"{min(times):.0f} to {max(times):.0f} times the multiplications",
        ],
    }
    for study, numbers in shown.items():
        assert [number for number in numbers if number not in row(study)] == [], study
    assert max(tests["wrong"]["p_radius"]) < 1e-98


def test_numbers_of_the_gan_against_the_chain_are_those_of_its_reference_run():
    numbers, text = metrics("gan_against_mcmc"), row("gan_against_mcmc")
    known = report("gan_against_mcmc")["claims"]
    for claim, name in zip(known, ("neighbours", "boosting"), strict=False):
        first = np.mean([points[0][name]["accuracy"] for points in numbers["seeds"].values()])
        chance = np.mean([pair[name]["accuracy"] for pair in numbers["gibbs"]])
        shown = [
            "{:.3f} [{:.3f}, {:.3f}]".format(claim["ours"], *claim["ci95"]),
            f"{first:.3f}", f"{chance:.3f}", f"{claim['n']} seeds",
        ]  # fmt: skip
        assert [number for number in shown if number not in text] == []
        assert claim["verdict"] == "not confirmed"


def test_numbers_of_the_denoisers_are_those_of_their_reference_run():
    claims = {
        claim["claim"].partition(" restores ")[0]: claim for claim in report("denoising")["claims"]
    }
    unet = [claims[f"noise {level}: the U-Net"] for level in (0.2, 0.4, 0.6)]
    blur = [
        c for c in report("denoising")["claims"] if "blur" in c["claim"] and "U-Net" in c["claim"]
    ]
    ours = [
        claims[f"noise {level}: the autoencoder with 100 latents"]["ours"] for level in (0.2, 0.6)
    ]
    shown = [
        "{:.2f} [{:.2f}, {:.2f}] dB above".format(unet[0]["ours"], *unet[0]["ci95"]),
        f"{unet[1]['ours']:.2f} at 0.4, {unet[2]['ours']:.2f} at 0.6",
        f"{blur[0]['ours']:.2f} on blur ({blur[1]['ours']:.2f} above",
        f"loses {-ours[0]:.2f} dB at 0.2 and gains {ours[1]:.2f} at 0.6",
    ]
    assert [number for number in shown if number not in row("denoising")] == []
    assert {claim["verdict"] for claim in (*unet, *blur)} == {"confirmed"}


def test_numbers_of_the_red_eyes_are_those_of_their_reference_run():
    numbers = metrics("red_eye")
    ways, plain = numbers["ways"], report("red_eye")["claims"][-1]
    mean = {way: {k: v["mean"] for k, v in ways[way].items() if k != "left_alone"} for way in ways}
    outside = ways["context"]["outside"]
    shown = [
        f"redness {mean['flash']['redness']:.3f} falls to {mean['autoencoder']['redness']:.3f}",
        f"(clean: {mean['clean']['redness']:.3f}), {mean['autoencoder']['outside']:.1f} dB outside",
        f"{mean['context']['redness']:.3f} and {outside['mean']:.1f} "
        "[{:.1f}, {:.1f}] dB".format(*outside["ci95"]),
        f"{100 * numbers['detector']['pupil_found']:.1f} % of the pupils' pixels found",
        f"by {-plain['ours']:.1f} dB",
        f"{100 * numbers['portrait']['red']['changed_outside']:.0f} % of the skin",
        f"{numbers['images']} eyes, {numbers['seeds']} seeds",
    ]
    assert [number for number in shown if number not in row("red_eye")] == []


def test_numbers_of_the_translators_are_those_of_their_reference_run():
    numbers, claims = metrics("translation"), report("translation")["claims"]
    kept = {
        name: {method: found["label"]["mean"] for method, found in row["methods"].items()}
        for name, row in numbers["domains"].items()
    }
    lost = ("rotated_45", "rotated_90", "fashion")
    found = [value for name in kept for value in kept[name].values() if name not in lost]
    turned = {m: "{:.2f} and {:.2f}".format(*(kept[n][m] for n in lost[:2])) for m in kept["edges"]}
    nearer = ["{:.3f} [{:.3f}, {:.3f}]".format(c["ours"], *c["ci95"]) for c in claims[3:]]
    shown = [
        f"(label kept {min(found):.2f} to {max(found):.2f})",
        f"({turned['paired']}; CycleGAN {turned['cycle']}, plain GAN {turned['plain']})",
        f"CycleGAN {nearer[0]} below the plain GAN, the paired one {nearer[1]} below CycleGAN",
        "(rank correlations {:.2f}, {:.2f}, {:.2f})".format(*(c["ours"] for c in claims[:3])),
        f"{numbers['seeds']} seeds",
    ]
    assert [number for number in shown if number not in row("translation")] == []
    assert [c["verdict"] for c in claims] == ["not decidable"] * 3 + ["confirmed"] * 2


def test_numbers_of_the_unpaired_denoisers_are_those_of_their_reference_run():
    numbers = metrics("gan_denoising")
    found = {
        name: {key: row[key]["mean"] for key in ("psnr", "accuracy")}
        for name, row in numbers["methods"].items()
    }
    psnr = {name: f"{row['psnr']:.1f}" for name, row in found.items()}
    right = {name: f"{row['accuracy']:.3f}" for name, row in found.items()}
    cost = report("gan_denoising")["claims"][5]
    shown = [
        f"{psnr['all']} dB and {right['all']} of the digits",
        f"from {psnr['noisy']} dB and {right['noisy']}",
        f"discriminator {psnr['no_adversary']} dB, without the tie to the input {psnr['no_l2']}",
        f"Fourier spectrum {psnr['no_spectrum']}",
        "costs {:.2f} dB [{:.2f}, {:.2f}]".format(
            *(-n for n in (cost["ours"], *cost["ci95"][::-1]))
        ),
        f"pairs {psnr['pairs']} dB and {right['pairs']}",
        f"{psnr['unet']} and {right['unet']}",
        f"{numbers['images']:,} digits",
    ]
    assert [number for number in shown if number not in row("gan_denoising")] == []
    assert cost["verdict"] == "not confirmed"


def test_numbers_of_the_joint_model_are_those_of_its_reference_run():
    numbers = metrics("joint_model")
    drawn = numbers["sampled"]["agreement"]["committed"]
    shares = [one["mean"]["mean"] for one in numbers["sampled"]["probabilities"]]
    found = {name: row["agreement"]["committed"] for name, row in numbers["found"].items()}
    shown = [
        "{:.3f} [{:.3f}, {:.3f}] of the drawn".format(drawn["mean"], *drawn["ci95"]),
        f"between {min(shares):.3f} and {max(shares):.3f}",
        f"{found['nothing']['mean']:.3f} of {found['nothing']['n']} searches",
        f"(chance {numbers['start']['agreement']['committed']['mean']:.3f})",
        f"{found['length']['mean']:.3f} with h kept as long",
        f"{found['density']['mean']:.3f} with -log P(h)",
    ]
    assert [number for number in shown if number not in row("joint_model")] == []
    assert numbers["found"]["density"]["lengths"]["typical"] == 0


def test_numbers_of_the_anomalies_are_those_of_their_reference_run():
    numbers, claims = metrics("anomaly"), report("anomaly")["claims"]
    mean = {name: row["auroc"] for name, row in numbers["mean_over_held_out"].items()}
    pca = max(value for name, value in mean.items() if name.startswith("pca"))
    worst = min(map(str, range(10)), key=lambda digit: numbers[digit]["sum"]["auroc"])
    shown = [
        "AUROC {:.3f} [{:.3f}, {:.3f}]".format(claims[1]["ours"], *claims[1]["ci95"]),
        f"(reconstruction error alone {claims[0]['ours']:.3f})",
        f"{mean['sum']:.3f}, mean of ten (error alone {mean['error']:.3f}, PCA {pca:.3f} at best",
        f"isolation forest {mean['isolation_forest']:.3f}",
        f"the worst, {worst}, {numbers[worst]['sum']['auroc']:.3f}",
    ]
    assert [number for number in shown if number not in row("anomaly")] == []
    assert {claim["verdict"] for claim in claims[1:]} == {"confirmed"}


def test_numbers_in_the_table_are_those_of_the_reference_runs():
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
