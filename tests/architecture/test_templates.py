"""Templates, styles and shipped files: no inline style or script, nothing from elsewhere, colours people can read."""

import gzip
import hashlib
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((STATIC / "css").glob("*.css"))
VENDOR = tomllib.loads((STATIC / "VENDOR.toml").read_text(encoding="utf-8"))
NAMES = [str(path.relative_to(ROOT)) for path in TEMPLATES]


@pytest.fixture(params=TEMPLATES, ids=NAMES)
def source(request: pytest.FixtureRequest) -> str:
    path: Path = request.param
    return path.read_text(encoding="utf-8")


def test_templates_exist() -> None:
    assert len(TEMPLATES) > 40


def test_templates_carry_no_inline_style(source: str) -> None:
    assert not re.search(r"\sstyle\s*=|<style", source)


def test_templates_carry_no_inline_script(source: str) -> None:
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']|javascript:", source)


def test_templates_load_nothing_from_elsewhere(source: str) -> None:
    assert not re.search(r"(src|action|formaction)\s*=\s*[\"'](https?:)?//", source)
    assert not re.search(r"<link[^>]*href\s*=\s*[\"'](https?:)?//", source)


def test_addresses_are_used_in_the_block_that_asks_for_them(source: str) -> None:
    """Django forgets `{% url … as name %}` at the end of the block: elsewhere the link would lead nowhere."""
    blocks = re.split(r"{% (?:end)?block\b[^%]*%}", source)
    asked = [set(re.findall(r"{% url [^%]* as (\w+) %}", block)) for block in blocks]
    for block, own in zip(blocks, asked, strict=True):
        said = " ".join(map("".join, re.findall(r"{% \w+(.*?)%}|{{(.*?)}}", block)))
        used = set(re.findall(r'"[^"]*"|(?<![.\w])\w+\b(?!=)', said))
        assert not used & set.union(*asked) - own


def test_templates_stay_short(source: str) -> None:
    assert source.count("\n") <= 150


def test_template_lines_can_be_read() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > 160
    ]
    assert not long


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_keep_to_what_old_browsers_know(path: Path) -> None:
    style = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"@layer|color-mix|@import|&|https?://(?!www\.w3\.org)|popover", style)


def test_icons_that_templates_name_are_shipped() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    named = set(re.findall(r"""{% (?:icon|card "[^"]*"|button "[^"]*") "([a-z0-9-]+)"|icon="([a-z0-9-]+)\"""", sources))
    wanted = {one or other for one, other in named} - {"primary", "secondary", "quiet", "danger", "gold"}
    assert wanted <= {path.stem for path in (STATIC / "icons").glob("*.svg")}


def test_shipped_files_are_the_ones_written_down() -> None:
    for entry in VENDOR["file"]:
        path = STATIC / entry["path"] if (STATIC / entry["path"]).exists() else ROOT / entry["path"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"], entry["path"]
        assert entry["licence"]
        assert entry["version"]
    for entry in VENDOR["folder"]:
        lines = sorted(
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
            for path in (STATIC / entry["path"]).glob("*.svg")
        )
        assert hashlib.sha256("".join(lines).encode()).hexdigest() == entry["sha256_of_names"], entry["path"]


def test_every_font_and_vendored_file_is_written_down() -> None:
    binaries = [
        path for folder in ("fonts", "vendor") for path in (STATIC / folder).rglob("*.*") if path.suffix != ".txt"
    ]
    known = {entry["path"].removeprefix("static/") for entry in VENDOR["file"]}
    assert {str(path.relative_to(STATIC)) for path in binaries} <= known


@pytest.mark.parametrize(("names", "limit"), [(["core.css"], 8), (["core.css", "staff.css"], 14)])
def test_styles_stay_small_on_the_wire(names: list[str], limit: int) -> None:
    size = sum(len(gzip.compress((STATIC / "css" / name).read_bytes(), 9)) for name in names)
    assert size <= limit * 1024


def test_fonts_stay_small_on_the_wire() -> None:
    main = sum(path.stat().st_size for path in (STATIC / "fonts").glob("be-vietnam-pro-*.woff2"))
    assert main <= 55 * 1024


SCRIPTS = {
    "citizens": ({"page.js", "suggest.js"}, 4), "officers": ({"page.js", "staff.js", "preview.js"}, 7),
    "signing with a token": ({"ky-so.js"}, 3), "choosing a signature's place": ({"signature-place.js"}, 2),
    "one page of officers": ({"digitise.js", "pad.js"}, 2),
}  # fmt: skip


@pytest.mark.parametrize("whose", SCRIPTS)
def test_scripts_of_every_page_stay_small_on_the_wire(whose: str) -> None:
    """Officers' pages load htmx (16 kB) besides."""
    names, limit = SCRIPTS[whose]
    assert sum(len(gzip.compress((STATIC / "js" / name).read_bytes(), 9)) for name in names) <= limit * 1024


def test_every_script_is_weighed() -> None:
    assert {path.name for path in (STATIC / "js").glob("*.js")} == {
        name for names, _ in SCRIPTS.values() for name in names
    }


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


TOKENS = dict(re.findall(r"--([a-z0-9-]+): (#[0-9A-Fa-f]{6})", (STATIC / "css/core.css").read_text(encoding="utf-8")))
TEXT_ON = [
    ("ink", "white"), ("ink", "paper"), ("ink-2", "white"), ("ink-2", "paper"), ("ink-2", "mist"), ("grey-700", "mist"),
    ("white", "cham-700"), ("white", "cham-900"), ("cham-200", "cham-900"), ("cham-700", "white"),
    ("cham-700", "paper"),
    ("cham-800", "cham-100"), ("cham-700", "cham-50"), ("ink", "gold"), ("white", "green"), ("green-700", "green-50"),
    ("green-700", "white"), ("red-700", "white"), ("red-700", "red-50"), ("amber-700", "amber-50"),
    ("amber-700", "white"), ("violet-700", "violet-50"), ("line-strong", "white"),
]  # fmt: skip
EDGE_ON = [
    ("line-strong", "white"), ("line-strong", "paper"), ("gold", "cham-900"), ("ink", "white"), ("red", "white"),
    ("green-bar", "white"), ("amber-bar", "white"), ("red-bar", "white"), ("cham-700", "paper"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    assert ratio(TOKENS[text], TOKENS[ground]) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), EDGE_ON)
def test_edges_and_signs_stand_out_from_their_ground(edge: str, ground: str) -> None:
    assert ratio(TOKENS[edge], TOKENS[ground]) >= 3
