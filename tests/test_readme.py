"""The README is true: its examples run, its commands and files exist."""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.test_scripts import script
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


ROWS = dict(re.findall(r"^\| \[`(\w+)`\]\(\S+\) \| (.*) \|$", README, flags=re.MULTILINE))


def test_every_study_is_in_the_table_in_short():
    assert list(ROWS) == list(STUDIES)
    for row in ROWS.values():
        origin, question, answer = row.split(" | ")
        assert origin in ("ran", "answered")
        assert len(question.split()) <= 12, question
        assert len(answer.split()) <= 12, answer


def test_results_and_the_table_are_made_from_the_reference_runs():
    for path, text in script("results").made().items():
        assert path.read_text(encoding="utf-8") == text, f"run scripts/results.py: {path.name}"


def test_a_stale_number_is_found(tmp_path, monkeypatch, capsys):
    results = script("results")
    stale = tmp_path / "results.md"
    text = results.RESULTS.read_text(encoding="utf-8")
    stale.write_text(text.replace("0.1022", "0.2022", 1), encoding="utf-8")
    monkeypatch.setattr(results, "RESULTS", stale)
    monkeypatch.setattr(results, "ROOT", stale.parent)
    monkeypatch.setattr(results, "README", tmp_path / "README.md")
    (tmp_path / "README.md").write_text(README, encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["results.py", "--check"])
    assert results.main() == 1
    assert capsys.readouterr().out == "results.md is stale\n"


def test_the_front_door_is_short():
    words = re.sub(r"```.*?```", "", README, flags=re.DOTALL).split()
    assert len(words) <= 1_600


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
        *("translate", "sweep", "completion", "doctor"),
    }
    assert {line.split()[0] for line in COMMANDS} == known


GANS = (ROOT / "docs" / "gans.md").read_text(encoding="utf-8")
GENERATED = re.findall(
    r"^Made by `tfnets (generate .*?) --out (\S+)`", README + GANS, flags=re.MULTILINE
)


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


def claims(study):
    return report(study)["claims"]


def test_reference_runs_hold_what_the_docs_say():
    """What is said in words, which no generated number carries."""
    improved = metrics("latent_gan")["networks"]["improved"]
    assert improved["modes_each"] == [10, 10, 10]
    digits = metrics("digit_generator")
    worst = {
        name: [one["mean"] for one in row["worst_each"]] for name, row in digits["networks"].items()
    }
    assert min(worst["improved"]) >= 0.99
    assert max(worst["origin"]) < 0.05
    assert digits["export"]["max_abs_difference"] == 0
    assert claims("interpolation")[0]["verdict"] == "not confirmed"
    assert max(metrics("gibbs")["tests"]["wrong"]["p_radius"]) < 1e-98
    assert [c["verdict"] for c in claims("gan_against_mcmc")[:2]] == ["not confirmed"] * 2
    unet = [c["verdict"] for c in claims("denoising") if "U-Net" in c["claim"]]
    assert set(unet) == {"confirmed"}
    translated = [c["verdict"] for c in claims("translation")]
    assert translated == ["not decidable"] * 3 + ["confirmed"] * 2
    assert claims("gan_denoising")[5]["verdict"] == "not confirmed"
    assert metrics("joint_model")["found"]["density"]["lengths"]["typical"] == 0
    assert {claim["verdict"] for claim in claims("anomaly")[1:]} == {"confirmed"}
    stable = {claim["claim"]: claim["ours"] for claim in claims("gan_stabilisers")}
    subjects = ("ring", "grid", "mnist")
    assert [stable[f"{one}: The plain GAN loses modes"] for one in subjects] == [
        "5/8, 3/8, 1/8", "0/25, 0/25, 0/25", "7/10, 7/10, 7/10",
    ]  # fmt: skip
    assert [stable[f"{one}: The combination covers every mode"] for one in subjects] == [
        ", ".join([f"{n}/{n}"] * 3) for n in (8, 25, 10)
    ]


def test_the_readme_says_what_the_judge_reads():
    agreement = metrics("conditional_gan")["networks"]["complex"]["agreement"]["mean"]
    assert f"reads {agreement:.1%}".replace("%", " %") in README


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
        assert balanced[method]["mean"] > 0.97
