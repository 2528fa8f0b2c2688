"""A small drawing board for the demo's pictures: flat shapes, smooth edges, no files."""

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1280, 800
SAMPLES = 3  # drawn three times as large and averaged down: that is the smooth edge
Point = tuple[float, float]


class Board:
    """Shapes in picture coordinates: 1280 by 800, the origin at the top left."""

    def __init__(self, background: str) -> None:
        size = (WIDTH * SAMPLES, HEIGHT * SAMPLES)
        self._image = Image.new("RGB", size, background)
        self._pen = ImageDraw.Draw(self._image)
        self._at: tuple[float, float, float] = (0, 0, 1)

    @contextmanager
    def moved(self, x: float, y: float, scale: float = 1) -> Iterator[None]:
        """Draw what follows with (x, y) as its origin, `scale` times as large."""
        before = self._at
        self._at = (
            before[0] + x * before[2],
            before[1] + y * before[2],
            before[2] * scale,
        )
        try:
            yield
        finally:
            self._at = before

    def _map(self, points: Sequence[Point]) -> list[Point]:
        x, y, scale = self._at
        return [((x + px * scale) * SAMPLES, (y + py * scale) * SAMPLES) for px, py in points]

    def rect(self, x: float, y: float, w: float, h: float, fill: str, radius: float = 0) -> None:
        box = self._map([(x, y), (x + w, y + h)])
        self._pen.rounded_rectangle(box, radius * self._at[2] * SAMPLES, fill)

    def poly(self, points: Sequence[Point], fill: str) -> None:
        self._pen.polygon(self._map(points), fill)

    def disc(self, x: float, y: float, rx: float, fill: str, ry: float | None = None) -> None:
        ry = rx if ry is None else ry
        self._pen.ellipse(self._map([(x - rx, y - ry), (x + rx, y + ry)]), fill)

    def line(self, points: Sequence[Point], fill: str, width: float) -> None:
        """A stroke with round ends and joints; `width` in picture pixels."""
        mapped = self._map(points)
        thick = max(1, round(width * self._at[2] * SAMPLES))
        self._pen.line(mapped, fill, thick)
        for x, y in mapped:
            half = thick / 2
            self._pen.ellipse((x - half, y - half, x + half, y + half), fill)

    def curve(self, points: Sequence[Point], fill: str, width: float) -> None:
        self.line(smooth(points), fill, width)

    def land(self, ridge: Sequence[Point], fill: str) -> None:
        """Everything below a smooth ridge."""
        self.poly([*smooth(ridge), (WIDTH, HEIGHT), (0, HEIGHT)], fill)

    def waves(self, x: float, y: float, count: int, fill: str, width: float = 6) -> None:
        """A little row of waves that begins at (x, y), each 88 pixels long."""
        steps = [
            (x + 88 * count * i / (24 * count), y - 11 * math.sin(i * math.pi / 12))
            for i in range(24 * count + 1)
        ]
        self.line(steps, fill, width)

    def arch(self, x: float, y: float, w: float, h: float, fill: str) -> None:
        """A doorway or window with a round top, standing on y + h."""
        self.disc(x + w / 2, y + w / 2, w / 2, fill)
        self.rect(x, y + w / 2, w, h - w / 2, fill)

    def png(self) -> bytes:
        out = io.BytesIO()
        self._image.reduce(SAMPLES).save(out, "PNG", compress_level=4)
        return out.getvalue()


def smooth(points: Sequence[Point], steps: int = 16) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    ends = [points[0], *points, points[-1]]
    out: list[Point] = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for i in range(steps):
            t = i / steps
            out.append(
                (
                    _between(a[0], b[0], c[0], d[0], t),
                    _between(a[1], b[1], c[1], d[1], t),
                )
            )
    out.append(points[-1])
    return out


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
