"""What an unknown name may have meant."""

import subprocess
import sys

import pytest

from tfnets import cli
from tfnets.errors import InputError, choices, printable


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("few_lables", "did you mean few_labels, or choose from few_labels, GIF"),
        ("FEW_LABELS", "did you mean few_labels, or choose from few_labels, GIF"),
        ("gip", "did you mean GIF, or choose from few_labels, GIF"),
        ("", "choose from few_labels, GIF"),
        ("nothing like it", "choose from few_labels, GIF"),
    ],
)
def test_near_names_are_said_else_all(name, said):
    assert choices(name, ["few_labels", "GIF"]) == said


def test_a_long_list_is_left_out_where_a_name_is_near():
    names = [f"name{number}" for number in range(11)]
    assert choices("name3x", names).startswith("did you mean name3")
    assert "choose from" not in choices("name3x", names)
    assert choices("else", names).startswith("choose from name0, name1")


@pytest.mark.parametrize(
    ("command", "listed"),
    [("classify", "classify"), ("anomaly", "find_anomalies"), ("fool", "fooling")],
)
def test_the_help_names_a_listing_that_there_is(command, listed, call, capsys):
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    assert f"`tfnets list {listed}` shows them" in " ".join(capsys.readouterr().out.split())
    assert call("list", listed)[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "few_lables"], "did you mean few_labels"),
        (["run", "dcgan", "--scale", "ful"], "did you mean full"),
        (["list", "gibs"], "did you mean gibbs"),
        (["sweep", "dcgam"], "did you mean dcgan"),
        (["rnu", "dcgan"], "there is no 'rnu'; did you mean run"),
    ],
)
def test_a_command_says_so_before_tensorflow_is_imported(words, said):
    code = (
        "import sys\nfrom tfnets.cli import main\ntry:\n    code = main(sys.argv[1:])\n"
        "except SystemExit as ended:\n    code = ended.code\n"
        "print(code, 'tensorflow' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "2 False\n"
    assert said in ended.stderr


HOSTILE = "a\x1b[2J\r\nb\u202ec\ud800\u2028d\x07\x9b\0"
SHOWN = "a?[2J  b?c? d???"


def test_what_a_sentence_quotes_is_made_printable():
    assert str(InputError(HOSTILE)) == SHOWN
    assert str(InputError(f"{InputError(HOSTILE)}")) == SHOWN
    assert printable(HOSTILE, keep="\r\n") == "a?[2J\r\nb?c? d???"
    plain = "\u00fc \u732b \u05d0\u05d1 e\u0301 plain"
    assert printable(plain) == plain
    assert len(str(InputError("x" * 10**6))) < 4000


def test_no_command_prints_text_raw(capsys):
    def action():
        print(HOSTILE)
        sys.stderr.write(HOSTILE)
        raise InputError(HOSTILE)

    assert cli.guarded(action) == 2
    shown = "a?[2J\r\nb?c? d???"
    assert capsys.readouterr() == (f"{shown}\n", f"{shown}tfnets: {SHOWN}\n")


def test_words_that_cannot_be_read_are_said_printably(capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["denoise", "a.png", "--out", "x", f"--{HOSTILE}"])
    assert capsys.readouterr().err.removesuffix("\n").isprintable()
