"""The palette: every colour of the portal from one hue, as plain colours for old browsers.

Lightness and chroma are fixed per role (OKLCH, Björn Ottosson 2020, https://bottosson.github.io/
posts/oklab/), so each pair keeps its contrast at any hue; a test asks all 360. `oklch()` itself
needs Chrome 111, the floor is 109, so the sums are done here and hexadecimal colours are served.
"""

import math
from functools import cache

# role: (lightness 0–1, chroma, own hue in degrees or None for the municipality's)
Shade = tuple[float, float, int | None]
LIGHT: dict[str, Shade] = {
    "paper": (1.0, 0, None),
    "wash": (0.977, 0.005, None),
    "wash-2": (0.946, 0.009, None),
    "line": (0.895, 0.011, None),
    "edge": (0.57, 0.022, None),
    "ink": (0.24, 0.022, None),
    "ink-2": (0.42, 0.022, None),
    "ink-3": (0.48, 0.02, None),
    "bar": (0.31, 0.056, None),
    "bar-2": (0.39, 0.056, None),
    "on-bar": (1.0, 0, None),
    "on-bar-2": (0.87, 0.03, None),
    "brand": (0.41, 0.072, None),
    "brand-strong": (0.33, 0.06, None),
    "brand-soft": (0.72, 0.06, None),
    "on-brand": (1.0, 0, None),
    "tint": (0.962, 0.015, None),
    "tint-2": (0.915, 0.028, None),
    "ok": (0.42, 0.09, 152),
    "ok-tint": (0.958, 0.028, 152),
    "due": (0.45, 0.095, 62),
    "due-tint": (0.962, 0.038, 85),
    "due-fill": (0.76, 0.14, 75),
    "stop": (0.46, 0.155, 28),
    "stop-tint": (0.96, 0.02, 28),
    "mark": (0.93, 0.105, 97),
}
DARK: dict[str, Shade] = {
    "paper": (0.205, 0.016, None),
    "wash": (0.24, 0.018, None),
    "wash-2": (0.29, 0.02, None),
    "line": (0.335, 0.019, None),
    "edge": (0.63, 0.02, None),
    "ink": (0.94, 0.008, None),
    "ink-2": (0.81, 0.014, None),
    "ink-3": (0.74, 0.016, None),
    "bar": (0.26, 0.042, None),
    "bar-2": (0.34, 0.042, None),
    "on-bar": (1.0, 0, None),
    "on-bar-2": (0.84, 0.03, None),
    "brand": (0.8, 0.08, None),
    "brand-strong": (0.87, 0.065, None),
    "brand-soft": (0.52, 0.06, None),
    "on-brand": (0.2, 0.03, None),
    "tint": (0.27, 0.03, None),
    "tint-2": (0.34, 0.04, None),
    "ok": (0.81, 0.11, 152),
    "ok-tint": (0.29, 0.04, 152),
    "due": (0.84, 0.105, 80),
    "due-tint": (0.3, 0.04, 75),
    "due-fill": (0.74, 0.13, 75),
    "stop": (0.79, 0.105, 25),
    "stop-tint": (0.3, 0.055, 25),
    "mark": (0.43, 0.085, 92),
}


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """OKLCH to linear sRGB; values outside 0–1 are colours that a screen cannot show."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _channel(value: float) -> int:
    value = min(1.0, max(0.0, value))
    encoded = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(encoded * 255)


def colour(shade: Shade, hue: int) -> str:
    """A role's colour as #rrggbb. Chroma is lowered until the screen can show the colour."""
    lightness, chroma, own = shade
    angle = hue if own is None else own
    linear = _linear(lightness, chroma, angle)
    while chroma > 0 and not all(-0.0005 <= part <= 1.0005 for part in linear):
        chroma = max(0.0, chroma - 0.004)
        linear = _linear(lightness, chroma, angle)
    return "#" + "".join(f"{_channel(part):02x}" for part in linear)


def contrast(first: str, second: str) -> float:
    """The contrast of two #rrggbb colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour_: str) -> float:
    parts = (int(colour_[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@cache
def palette_css(hue: int) -> str:
    """A stylesheet of custom properties for a hue of 0 to 359 degrees, light and dark."""
    light, dark = _properties(LIGHT, hue), _properties(DARK, hue)
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light])"
        f"{{color-scheme:dark;{dark}}}}}\n"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}\n"
        f"@media print{{:root{{color-scheme:light;{light}}}}}\n"
    )


def _properties(shades: dict[str, Shade], hue: int) -> str:
    return ";".join(f"--{role}:{colour(shade, hue)}" for role, shade in shades.items())
