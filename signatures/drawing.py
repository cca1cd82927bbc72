"""Specimens of a hand signature and of a seal, for demonstrations. Real ones are scanned and uploaded as PNG."""

import hashlib
import math
import random
from collections.abc import Iterator
from io import BytesIO
from itertools import combinations, pairwise
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

Point = tuple[float, float]
BLUE, RED = (28, 63, 170), (214, 30, 36)
FINER = 3  # drawn larger by this factor, then reduced: smooth edges


def hand_signature(name: str, *, width: int = 660, height: int = 300) -> bytes:
    """A PNG in blue on nothing: the same flourish for the same name."""
    chance = random.Random(hashlib.sha256(name.encode()).digest())  # noqa: S311
    mask = Image.new("L", (width * FINER, height * FINER))
    pen = ImageDraw.Draw(mask)
    for stroke, thickness in ((_letters(chance, name), 1.0), (_flourish(chance), 0.8)):
        _ink(pen, stroke, width * FINER, height * FINER, thickness)
    return _png(mask, BLUE)


def _letters(chance: random.Random, name: str) -> list[Point]:
    """A tall opening loop, then one narrowing wave for each letter of the given name."""
    given = name.split()[-1] if name.split() else "x"
    lean, tall, deep = chance.uniform(-0.03, 0.04), chance.uniform(0.05, 0.16), chance.uniform(0.78, 0.92)
    points = [(0.10, chance.uniform(0.45, 0.72)), (0.16 + lean, 0.30), (0.24 + lean, tall), (0.30 + lean, tall + 0.08)]
    points += [(0.24, 0.48), (0.17 - lean, deep), (0.12 - lean, deep - 0.12), (0.22, 0.54), (0.32, 0.48)]
    step = 0.42 / (2 * len(given) + 2)
    x = 0.34
    for number in range(len(given) + 1):
        fall = 1 - 0.6 * number / (len(given) + 1)
        points.append((x, 0.50 - fall * chance.uniform(0.08, 0.24)))
        points.append((x + step * 0.8, 0.56 + fall * chance.uniform(0.00, 0.12)))
        x += 2 * step
    return [*points, (x + 0.04, 0.44), (0.93, chance.uniform(0.30, 0.42))]


def _flourish(chance: random.Random) -> list[Point]:
    """The line back under the name."""
    drop = chance.uniform(0.74, 0.84)
    return [
        (0.93, 0.40),
        (0.80, drop - 0.12),
        (0.48, drop),
        (0.26, drop + 0.06),
        (0.40, drop + 0.10),
        (0.84, drop - 0.04),
    ]


def _ink(pen: ImageDraw.ImageDraw, points: list[Point], width: int, height: int, thickness: float) -> None:
    """The fast parts of a stroke are thin, the turns are thick."""
    previous: Point | None = None
    for x, y in _smooth(points):
        at = (x * width, y * height)
        speed = math.dist(at, previous) / width if previous else 0.0
        radius = thickness * height * max(0.004, 0.0125 - speed * 1.8)
        pen.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=235)
        previous = at


def _smooth(points: list[Point], steps: int = 160) -> Iterator[Point]:
    """A Catmull-Rom curve through the points."""
    padded = [points[0], *points, points[-1]]
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            yield (
                _between(before[0], start[0], end[0], after[0], t),
                _between(before[1], start[1], end[1], after[1], t),
            )


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def seal(agency: str, above: str, *, size: int = 560) -> bytes:
    """A round PNG in red on nothing: `above` around the top, the agency's name in the middle, "specimen" below."""
    edge = size * FINER
    mask = Image.new("L", (edge, edge))
    pen = ImageDraw.Draw(mask)
    for margin, breadth in ((0.010, 0.020), (0.045, 0.006), (0.205, 0.007)):
        inset = edge * margin
        pen.ellipse((inset, inset, edge - inset, edge - inset), outline=255, width=round(edge * breadth))
    _around(mask, above.upper(), edge, room=205, top=True)
    _around(mask, _("Dấu minh họa").upper(), edge, room=100, top=False)
    for side in (-1, 1):
        angle = math.radians(24)
        _star(pen, edge * (0.5 + side * 0.375 * math.cos(angle)), edge * (0.5 + 0.375 * math.sin(angle)), edge * 0.026)
    lines = _lines(agency.upper())
    letter = edge * 0.082
    letter *= min(1.0, edge * 0.5 / max((_font(round(letter)).getlength(line) for line in lines), default=1))
    font, leading = _font(round(letter)), letter * 1.12
    for number, line in enumerate(lines):
        pen.text((edge / 2, edge / 2 + (number - (len(lines) - 1) / 2) * leading), line, 255, font, anchor="mm")
    return _png(mask, RED)


def _around(mask: Image.Image, text: str, edge: int, *, room: float, top: bool) -> None:
    """Letters within `room` degrees of the ring; below, their heads point inward."""
    radius, size = edge * 0.372, edge * 0.085
    size *= min(1.0, math.radians(room) * radius / _font(round(size)).getlength(text))
    font, side = _font(round(size)), -1 if top else 1
    angle = -font.getlength(text) / radius / 2
    for letter in text:
        half = font.getlength(letter) / radius / 2
        angle += half
        tile = Image.new("L", (round(edge * 0.2),) * 2)
        ImageDraw.Draw(tile).text((tile.width / 2, tile.height / 2), letter, 255, font, anchor="mm")
        tile = tile.rotate(side * math.degrees(angle), Image.Resampling.BICUBIC)
        x = edge / 2 + radius * math.sin(angle) - tile.width / 2
        y = edge / 2 + side * radius * math.cos(angle) - tile.height / 2
        mask.paste(255, (round(x), round(y)), tile)
        angle += half


def _star(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    corners = [
        (
            x + (radius if corner % 2 == 0 else radius * 0.382) * math.sin(math.pi * corner / 5),
            y - (radius if corner % 2 == 0 else radius * 0.382) * math.cos(math.pi * corner / 5),
        )
        for corner in range(10)
    ]
    pen.polygon(corners, fill=255)


def _lines(name: str) -> list[str]:
    """Three lines, four for a long name, as even as its words allow."""
    words = name.replace(" –", "\u00a0–").split(" ")
    cuts = combinations(range(1, len(words)), min(len(words), 3 if len(name) <= 40 else 4) - 1)
    splits = [[" ".join(words[start:end]) for start, end in pairwise((0, *cut, len(words)))] for cut in cuts]
    return min(splits, key=lambda lines: sum(len(line) ** 2 for line in lines), default=[])


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(settings.ROOT) / "static/fonts/papers/Tinos-Bold.ttf", size)


def _png(mask: Image.Image, colour: tuple[int, int, int]) -> bytes:
    """One colour everywhere, the drawing in the transparency alone: small, and no pale edges."""
    small = mask.resize((mask.width // FINER, mask.height // FINER), Image.Resampling.LANCZOS)
    image = Image.new("RGBA", small.size, colour)
    image.putalpha(small)
    output = BytesIO()
    image.save(output, "PNG")
    return output.getvalue()
