import base64
import html.parser
import json
import re
from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tfnets.errors import InputError
from tfnets.report import build_report, reading, summary_rows, summary_table
from tfnets.report.content import Claim
from tfnets.report.numbers import cell, measured, together
from tfnets.report.reading import read_run

VOID = {"meta", "img", "br", "hr", "link", "input"}
EVIL = '<script>alert("x")</script>&\'"'


class Page(html.parser.HTMLParser):
    """Collects tags, attributes and text, and notes tags that do not balance."""

    def __init__(self, text):
        super().__init__()
        self.open, self.wrong, self.tags, self.text = [], [], [], []
        self.feed(text)
        self.close()
        self.wrong += self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.text.append(data)

    def all(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())


def claim(**changes):
    return {
        "claim": "Transfer beats the MLP",
        "origin": "0.7295",
        "ours": 0.741,
        "ci95": [0.73, 0.752],
        "n": 20,
        "unit": "",
        "verdict": "confirmed",
        "note": "paired",
        "whose": "origin",
    } | changes


def make_run(folder, *, config=None, **changes):
    folder.mkdir(parents=True, exist_ok=True)
    report = {
        "study": "few_labels",
        "title": "Few labels",
        "question": "Does it help?",
        "claims": [claim()],
        "tables": [{"title": "Accuracy", "columns": ["who", "value"], "rows": [["MLP", 0.65]]}],
        "figures": [{"file": "grid.png", "caption": "Some digits"}],
        "notes": ["a note"],
    } | changes
    settings = {
        "study": "few_labels",
        "scale": "quick",
        "seed": 3,
        "settings": {"epochs": 7},
        "versions": {"tfnets": "0.1", "keras": "3.15.1"},
    } | (config or {})
    Image.fromarray(np.arange(60, dtype=np.uint8).reshape(6, 10)).save(folder / "grid.png")
    for name, value in (("config", settings), ("metrics", {"a": {"b": 12.5}}), ("report", report)):
        (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    return folder


def build(tmp_path, *runs):
    return Page(build_report(runs, tmp_path / "page.html").read_text(encoding="utf-8"))


def test_page_is_balanced_and_refers_to_nothing_outside_itself(tmp_path):
    page = build(tmp_path, make_run(tmp_path / "a"), make_run(tmp_path / "b"))
    assert page.wrong == []
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    links = [attrs["href"] for _, attrs in page.tags if "href" in attrs]
    assert links == ["#run-1", "#run-2"]
    assert {link[1:] for link in links} == ids
    sources = [attrs["src"] for _, attrs in page.tags if "src" in attrs]
    assert len(sources) == 2
    assert all(source.startswith("data:image/") for source in sources)
    assert not page.all("script")
    style = (tmp_path / "page.html").read_text(encoding="utf-8").split("</style>")[0]
    assert not re.search(r"url\(|@import|https?:", style)


def test_images_are_inside_byte_for_byte_with_type_size_and_alternative_text(tmp_path):
    run = make_run(tmp_path / "a")
    frames = [Image.new("L", (4, 3), value) for value in (0, 99)]
    frames[0].save(run / "move.gif", save_all=True, append_images=frames[1:])
    Image.new("L", (300, 150)).save(run / "fine.png", dpi=(144, 144))
    names = ["grid.png", "move.gif", "fine.png"]
    figures = [{"file": name, "caption": f"the {name}"} for name in names]
    make_run(run, figures=figures)
    images = build(tmp_path, run).all("img")
    for name, image in zip(names, images, strict=True):
        head, content = image["src"].split(",")
        assert head == f"data:image/{name[-3:]};base64"
        assert base64.b64decode(content, validate=True) == (run / name).read_bytes()
        assert image["alt"] == f"the {name}"
    sizes = [(image["width"], image["height"]) for image in images]
    assert sizes == [("10", "6"), ("4", "3"), ("200", "100")]


def test_page_shows_all_there_is(tmp_path):
    page = build(tmp_path, make_run(tmp_path / "a"))
    for text in (
        "1 run \N{MIDDLE DOT} scale quick \N{MIDDLE DOT} seed 3 \N{MIDDLE DOT} tfnets 0.1",
        "1 confirmed",
        "0.7295",
        "0.741 [0.730, 0.752], N = 20",
        "Does it help?",
        "paired",
        "Accuracy who value MLP 0.65",
        "Some digits",
        "a note",
        '"epochs": 7',
        '"b": 12.5',
    ):
        assert text in page.words
    assert page.words.count("Transfer beats the MLP") == 2


def test_facts_that_differ_between_runs_are_all_listed(tmp_path):
    first = make_run(tmp_path / "a")
    second = make_run(tmp_path / "b", config={"seed": 4})
    assert (
        "2 runs \N{MIDDLE DOT} scale quick \N{MIDDLE DOT} seed 3, 4"
        in build(tmp_path, first, second).words
    )


def test_nothing_from_a_run_becomes_markup(tmp_path):
    run = make_run(tmp_path / "<script>")
    evil_file = "<script>\"&'.png"
    (run / "grid.png").rename(run / evil_file)
    make_run(
        run,
        config={"settings": {EVIL: EVIL}, "versions": {EVIL: EVIL}},
        title=EVIL,
        question=EVIL,
        claims=[claim(claim=EVIL, origin=EVIL, ours=EVIL, unit=EVIL, note=EVIL)],
        tables=[{"title": EVIL, "columns": [EVIL, EVIL], "rows": [[EVIL, EVIL]]}],
        figures=[{"file": evil_file, "caption": EVIL}],
        notes=[EVIL],
    )
    (run / "metrics.json").write_text(json.dumps({EVIL: EVIL}))
    out = build_report([run], tmp_path / "page.html", title=EVIL)
    source = out.read_text(encoding="utf-8")
    page = Page(source)
    assert page.wrong == []
    assert not page.all("script")
    assert "<script" not in source
    assert page.all("img")[0]["alt"] == EVIL
    assert {name for _, attrs in page.tags for name in attrs} <= {
        "lang", "charset", "name", "content", "http-equiv", "class", "href", "scope",
        "data-name", "id", "width", "height", "src", "alt",
    }  # fmt: skip


def test_no_mark_that_turns_or_breaks_text_reaches_the_page(tmp_path):
    evil = "a\u202eb\x1b[2J\x07\u2066\x00"
    run = make_run(
        tmp_path / "a", title=evil, notes=[evil, "half \udcff"], claims=[claim(claim=evil)]
    )
    source = build_report([run], tmp_path / "page.html").read_text(encoding="utf-8")
    assert source.replace("\n", "").isprintable()
    assert "a?b?[2J" in source


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_figure_is_found_in_any_unicode_form(tmp_path, form):
    figures = [{"file": normalize(form, "\ufb01\u00fc.png"), "caption": "x"}]
    run = make_run(tmp_path / "a", figures=figures)
    (run / "grid.png").rename(run / "\ufb01\u00fc.png")
    assert len(build(tmp_path, run).all("img")) == 1


def test_same_runs_give_the_same_bytes_and_replace_the_page(tmp_path):
    run, out = make_run(tmp_path / "a"), tmp_path / "new" / "page.html"
    first = build_report([run], out)
    content = first.read_bytes()
    assert build_report([run], out) == out
    assert out.read_bytes() == content
    assert [file.name for file in out.parent.iterdir()] == ["page.html"]


def test_verdicts_are_counted_and_labelled_with_text(tmp_path):
    verdicts = ["confirmed", "not confirmed", "not decidable", "confirmed"]
    page = build(tmp_path, make_run(tmp_path / "a", claims=[claim(verdict=v) for v in verdicts]))
    labels = [attrs["class"] for attrs in page.all("span") if "verdict" in attrs["class"]]
    classes = [f"verdict {verdict.replace(' ', '-')}" for verdict in verdicts]
    assert labels == classes[:3] + classes + classes
    assert "2 confirmed 1 not confirmed 1 not decidable" in page.words


def test_the_origins_claims_come_first_and_are_counted_apart(tmp_path):
    aim = {"claim": "It reaches 0.8", "origin": None, "whose": "ours", "verdict": "not decidable"}
    claims = [claim(**aim), claim(), claim(**aim | {"verdict": "confirmed"})]
    page = build(tmp_path, make_run(tmp_path / "a", claims=claims), make_run(tmp_path / "b"))
    head, *parts = re.split("All claims|Does it help", page.words)
    assert head.endswith(
        "The origin's claims: 2 confirmed Our own claims: 1 confirmed 1 not decidable "
    )
    # All claims, the first run's, the second's: each claim where it belongs.
    for part, origins, ours in zip(parts, (2, 1, 1), (2, 2, 0), strict=True):
        before, _, after = part.partition("Our own claims")
        counts = [before.count(text) for text in ("Transfer beats the MLP", "It reaches 0.8")]
        assert counts == [origins, 0]
        assert after.count("It reaches 0.8") == ours
        # Where no claim has a number of the origin, there is no column for it.
        assert "Claim Origin Ours" in before
        assert ("Claim Ours" in after) == (ours > 0)
    assert [row.whose for row in summary_rows([tmp_path / "a", tmp_path / "b"])] == [
        "origin", "origin", "ours", "ours",
    ]  # fmt: skip


@pytest.mark.parametrize(("origin", "whose"), [("0.7295", "origin"), (None, "ours")])
def test_a_claim_of_a_run_of_before_is_the_origins_if_it_has_its_number(origin, whose, tmp_path):
    old = {k: v for k, v in claim(origin=origin).items() if k not in ("whose", "unit")}
    assert read_run(make_run(tmp_path / "a", claims=[old])).report.claims == [
        Claim(**old, whose=whose)
    ]


def test_columns_of_numbers_are_aligned_right(tmp_path):
    rows = [["MLP", 1, None, None], ["x", 2.5, 3, None]]
    table = {"title": "t", "columns": list("abcd"), "rows": rows}
    page = build(tmp_path, make_run(tmp_path / "a", claims=[], tables=[table]))
    assert [attrs.get("class") for attrs in page.all("th")] == [None, "number", "number", None]
    assert [attrs.get("class") for attrs in page.all("td")] == [None, "number", "number", None] * 2


def test_a_run_may_have_next_to_nothing(tmp_path):
    page = build(tmp_path, make_run(tmp_path / "a", claims=[], tables=[], figures=[], notes=[]))
    assert page.wrong == []
    assert "No claims." in page.words


def test_half_a_surrogate_pair_does_not_stop_the_page(tmp_path):
    assert (
        "bad ? note" in build(tmp_path, make_run(tmp_path / "a", notes=["bad \ud800 note"])).words
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "\N{EN DASH}"),
        ("as printed", "as printed"),
        (18554, "18,554"),
        (True, "yes"),
        (0.0, "0"),
        (0.74123, "0.7412"),
        (0.7, "0.7"),
        (98.514, "98.51"),
        (12345.67, "12,346"),
        (1e-7, "1e-07"),
        (1.23456e9, "1.235e+09"),
        (-0.5, "-0.5"),
        (float("nan"), "nan"),
    ],
)
def test_cells(value, text):
    assert cell(value) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "0.741 [0.730, 0.752], N = 20"),
        ({"unit": "%", "ours": 74.1, "ci95": [73, 75.25]}, "74.10 % [73.00, 75.25], N = 20"),
        ({"ci95": None, "n": None}, "0.741"),
        ({"ours": "mink", "ci95": None, "n": 1}, "mink, N = 1"),
        ({"ours": None}, "\N{EN DASH}"),
        ({"ours": 0.00012, "ci95": [-1.2, 1.2], "n": None}, "0.0 [-1.2, 1.2]"),
        ({"ours": -0.00012, "ci95": [-1.2, 1.2], "n": 1200}, "0.0 [-1.2, 1.2], N = 1,200"),
        ({"ours": 20, "ci95": [18, 22], "n": 5}, "20 [18, 22], N = 5"),
    ],
)
def test_measurements(changes, text):
    assert measured(Claim(**claim(**changes))) == text


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=3))
def test_numbers_side_by_side_are_right_to_four_digits_of_the_largest(values):
    largest = max(map(abs, values))
    read = [float(text.replace(",", "")) for text in together(values)]
    assert all(
        abs(a - b) <= max(0.00051 * largest, 0.5 if largest > 1e4 else 0)
        for a, b in zip(values, read, strict=True)
    )
    assert not any(text.strip("-0.,") == "" and text.startswith("-") for text in together(values))


def test_summary_has_one_row_per_claim_in_order(tmp_path):
    ours_alone = claim(origin=None, verdict="not decidable", whose="ours")
    first = make_run(tmp_path / "a", claims=[ours_alone, claim()])
    second = make_run(tmp_path / "b", config={"study": "attacks"})
    rows = summary_rows([second, first])
    ours = "0.741 [0.730, 0.752], N = 20"
    text = "Transfer beats the MLP"
    assert rows == [
        ("attacks", text, "0.7295", ours, "confirmed", "origin"),
        ("few_labels", text, "0.7295", ours, "confirmed", "origin"),
        ("few_labels", text, "\N{EN DASH}", ours, "not decidable", "ours"),
    ]
    assert rows[0].study == "attacks"


def test_terminal_tables_are_aligned(tmp_path):
    claims = [claim(claim="It helps a lot", origin=None, whose="ours"), claim()]
    lines = summary_table([make_run(tmp_path / "a", claims=claims)]).split("\n")
    assert lines == [
        "The origin's claims: 1 confirmed",
        "",
        "study       claim                   origin  ours [95 % interval]          verdict",
        "----------  ----------------------  ------  ----------------------------  ---------",
        "few_labels  Transfer beats the MLP  0.7295  0.741 [0.730, 0.752], N = 20  confirmed",
        "",
        "Our own claims: 1 confirmed",
        "",
        "study       claim           origin  ours [95 % interval]          verdict",
        "----------  --------------  ------  ----------------------------  ---------",
        "few_labels  It helps a lot  \N{EN DASH}       0.741 [0.730, 0.752], N = 20  confirmed",
    ]
    assert summary_table([make_run(tmp_path / "b", claims=[])]) == "No claims."


def test_terminal_table_wraps_at_100_columns_and_loses_nothing(tmp_path):
    long = " ".join(f"word{i}" for i in range(60))
    claims = [claim(claim=long, origin=long, ours=long), claim(verdict="not decidable")]
    run = make_run(tmp_path / "a", config={"study": "a" * 40}, claims=claims)
    table = summary_table([run])
    assert max(map(len, table.split("\n"))) <= 100
    assert table.count("word59") == 3
    assert table.count("a") >= 40


def test_terminal_table_prints_no_control_characters(tmp_path):
    run = make_run(tmp_path / "a", claims=[claim(claim="red \x1b[31m\u202eline\nbreak")])
    table = summary_table([run])
    assert "red ?[31m?line break" in table
    assert "\x1b" not in table


def refused(tmp_path, *runs):
    with pytest.raises(InputError) as caught:
        build_report(runs, tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()
    with pytest.raises(InputError):
        summary_rows(runs)
    return str(caught.value)


def test_an_unfinished_run_says_how_to_go_on(tmp_path):
    run = make_run(tmp_path / "a")
    (run / "report.json").unlink()
    message = refused(tmp_path, make_run(tmp_path / "b"), run)
    assert f"`tfnets resume {run}`" in message
    assert "not finished" in message


def test_what_is_no_run_is_refused(tmp_path):
    assert "at least one run folder" in refused(tmp_path)
    assert "not a run folder" in refused(tmp_path, tmp_path)
    assert "not a run folder" in refused(tmp_path, tmp_path / "missing")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": None}, "report.json.title is null, not text"),
        ({"question": 5}, "report.json.question is 5, not text"),
        ({"claims": {}}, "report.json.claims is an object, not a list"),
        ({"claims": ["x"]}, "claims[0] is 'x', not an object"),
        ({"claims": [{"claim": "x"}]}, "claims[0] lacks 'ci95'"),
        ({"claims": [claim(more=1)]}, "claims[0] has 'more', which is not known"),
        ({"claims": [claim(claim=None)]}, "claims[0].claim is null, not text"),
        ({"claims": [claim(verdict="true")]}, "confirmed, not confirmed, not decidable"),
        ({"claims": [claim(verdict=True)]}, "confirmed, not confirmed, not decidable"),
        ({"claims": [claim(ci95=[1])]}, "is a list, not [low, high] or null"),
        ({"claims": [claim(ci95=["1", "2"])]}, "[low, high]"),
        ({"claims": [claim(origin=0.7)]}, "claims[0].origin is 0.7, not text or null"),
        ({"claims": [claim(ours=[1])]}, "ours is a list, not text or a number or true or false"),
        ({"claims": [claim(n="20")]}, "claims[0].n is '20', not a whole number or null"),
        ({"claims": [claim(n=True)]}, "claims[0].n is true, not a whole number"),
        ({"claims": [claim(whose="yours")]}, "whose is 'yours', not one of origin, ours"),
        ({"tables": [{"title": "t", "columns": ["a"], "rows": [[1, 2]]}]}, "a row that does not"),
        ({"tables": [{"title": "t", "columns": ["a"], "rows": [[[1]]]}]}, "rows[0][0] is a list"),
        ({"tables": [{"title": "t", "columns": "a", "rows": []}]}, "columns is 'a', not a list"),
        ({"tables": [{"title": "t", "columns": ["a"]}]}, "tables[0] lacks 'rows'"),
        ({"figures": [{"caption": "x"}]}, "figures[0] lacks 'file'"),
        ({"figures": [{"file": "gone.png", "caption": "x"}]}, "'gone.png' cannot be read"),
        ({"figures": [{"file": "report.json", "caption": "x"}]}, "give a PNG or GIF file"),
        ({"figures": [{"file": "../secret.png", "caption": "x"}]}, "leads out of"),
        ({"figures": [{"file": "/etc/passwd", "caption": "x"}]}, "leads out of"),
        ({"figures": [{"file": "a\0.png", "caption": "x"}]}, "not a line of text"),
        ({"notes": "text"}, "notes is 'text', not a list"),
        ({"config": {"versions": []}}, "versions is a list, not an object"),
        ({"config": {"study": 5}}, "study is 5, not text"),
        ({"config": {"study": "<b>"}}, "study is '<b>', not a study"),
        ({"config": {"scale": "large"}}, "scale is 'large', not tiny, quick or full"),
        ({"config": {"scale": {}}}, "scale is an object, not text"),
        ({"config": {"seed": "<b>"}}, "seed is '<b>', not a whole number"),
        ({"config": {"seed": -1}}, "seed is -1, not a whole number from 0 to 2147483647"),
        ({"config": {"settings": [1]}}, "settings is a list, not an object"),
        ({"config": {"more": 1}}, "it has 'more', which is not known"),
    ],
)
def test_damaged_runs_are_refused_in_one_sentence(tmp_path, changes, message):
    Image.new("L", (2, 2)).save(tmp_path / "secret.png")
    text = refused(tmp_path, make_run(tmp_path / "a", **changes))
    assert message in text
    assert text.count(". ") == 0


@pytest.mark.parametrize("text", ["null", "[]", '{"a": NaN}', '{"a": 1, "a": 2}'])
def test_numbers_that_are_no_object_of_numbers_are_refused(tmp_path, text):
    run = make_run(tmp_path / "a")
    (run / "metrics.json").write_text(text)
    assert "metrics.json is not valid JSON; delete it and continue" in refused(tmp_path, run)


def test_pictures_are_read_to_a_limit(tmp_path, monkeypatch):
    run = make_run(tmp_path / "a")
    monkeypatch.setattr(reading, "MOST_PICTURES", (run / "grid.png").stat().st_size)
    read_run(run)
    make_run(run, figures=[{"file": "grid.png", "caption": "x"}] * 2)
    assert "it has more than 0 bytes" in refused(tmp_path, run)


def test_a_link_that_leads_out_of_the_run_is_refused(tmp_path):
    run = make_run(tmp_path / "a")
    Image.new("L", (2, 2)).save(tmp_path / "secret.png")
    (run / "grid.png").unlink()
    (run / "grid.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(InputError, match="leads out of"):
        build_report([run], tmp_path / "page.html")


@pytest.mark.parametrize("content", ["{", "[1]", '"text"'])
def test_a_report_that_is_no_json_object_is_refused(tmp_path, content):
    run = make_run(tmp_path / "a")
    (run / "report.json").write_text(content)
    assert "report.json" in refused(tmp_path, run)


def test_pages_go_to_html_files_only(tmp_path):
    run = make_run(tmp_path / "a")
    (tmp_path / "folder.html").mkdir()
    for out in (run / "config.json", tmp_path / "folder.html", tmp_path):
        with pytest.raises(InputError, match=r"a file that ends in \.html"):
            build_report([run], out)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        build_report([run], tmp_path / "file" / "page.html")
    assert json.loads((run / "config.json").read_text())["seed"] == 3
