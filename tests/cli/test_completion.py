"""`tfnets completion`."""

import shutil
import subprocess
import sys

import pytest

from tfnets.cli.completion import SHELLS


@pytest.fixture(scope="module")
def script():
    program = (
        "import sys; from tfnets import cli; code = cli.main(['completion', 'bash']); "
        "sys.exit(code or 'tensorflow' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.skipif(not shutil.which("bash"), reason="There is no bash.")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["gen"], ["generate"]),
        (["data", "g"], ["get"]),
        (["run", "few"], ["few_labels"]),
        (["run", "few_labels", "--sc"], ["--scale"]),
        (["sweep", "dcgan", "--scale", ""], ["tiny", "quick", "full"]),
        (["export", "mod"], ["model.keras"]),
    ],
)
def test_bash_offers_commands_options_studies_and_files(script, words, offered, tmp_path):
    (tmp_path / "model.keras").touch()
    typed = " ".join(f"'{word}'" for word in ["tfnets", *words])
    program = (
        f"{script}\nCOMP_WORDS=({typed}); COMP_CWORD={len(words)}; _shtab_tfnets; "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert [line.strip() for line in done.stdout.splitlines()] == offered, done.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_a_script_that_names_every_command(shell, call):
    code, out, _ = call("completion", shell)
    assert code == 0
    assert all(name in out for name in ("maximize", "generate", "few_labels", "--data-dir"))


def test_another_shell_is_one_sentence(call, capsys):
    with pytest.raises(SystemExit) as stop:
        call("completion", "basch")
    assert stop.value.code == 2
    assert "did you mean bash" in capsys.readouterr().err
