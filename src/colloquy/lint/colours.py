"""Colours as eyes have them: contrast, and how far two are apart, for common and for other colour sight.

Contrast: WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.  Distance: CIEDE2000 (CIE 142-2001),
as G. Sharma, W. Wu and E. N. Dalal set it out in 2005.  Colour sight: F. Viénot, H. Brettel and
J. D. Mollon, Color Research and Application 24 (1999), for eyes without red or green cones.
"""

from __future__ import annotations

from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from typing import TypeAlias

Linear: TypeAlias = tuple[float, float, float]
"""Red, green and blue as amounts of light, from 0 to 1."""

_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
_WHITE = (0.95047, 1.0, 1.08883)
SIGHT = {
    "common colour sight": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "no red cones": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "no green cones": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}
"""How light of a colour is seen, as a matrix on linear red, green and blue."""


def linear(colour: str) -> Linear:
    """Give the light of a colour `#rrggbb` (sRGB, IEC 61966-2-1)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return r, g, b


def _times(matrix: tuple[Linear, Linear, Linear], light: Linear) -> Linear:
    x, y, z = (sum(m * c for m, c in zip(row, light, strict=True)) for row in matrix)
    return x, y, z


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, from 1 to 21.

    >>> contrast("#000000", "#ffffff"), round(contrast("#777777", "#ffffff"), 2)
    (21.0, 4.48)
    """
    a, b = (sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(x), strict=True)) for x in (one, other))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def lab(light: Linear) -> Linear:
    """Give the CIELAB coordinates of a light, for the white of sRGB (D65)."""

    def f(t: float) -> float:
        return float(t ** (1 / 3)) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29

    x, y, z = (f(max(c, 0.0) / w) for c, w in zip(_times(_XYZ, light), _WHITE, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: str, other: str, sight: str = "common colour sight") -> float:
    """Give how far two colours are apart (CIEDE2000): 1 is about what can just be told, side by side.

    >>> round(distance("#0072b2", "#d55e00")), round(distance("#808080", "#818181"), 1)
    (63, 0.3)
    """
    seen = SIGHT[sight]
    return ciede2000(lab(_times(seen, linear(one))), lab(_times(seen, linear(other))))


def ciede2000(one: Linear, other: Linear) -> float:
    """Give the distance of two colours in CIELAB; names are those of the paper of Sharma, Wu and Dalal."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_c = (hypot(a1, b1) + hypot(a2, b2)) / 2
    g = 0.5 * (1 - sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = hypot(a1, b1), hypot(a2, b2)
    h1, h2 = (degrees(atan2(b, a)) % 360 if a or b else 0.0 for a, b in ((a1, b1), (a2, b2)))
    dl, dc = l2 - l1, c2 - c1
    turn = h2 - h1
    if not c1 * c2:
        turn = 0.0
    elif turn > 180:
        turn -= 360
    elif turn < -180:
        turn += 360
    dh = 2 * sqrt(c1 * c2) * sin(radians(turn / 2))
    ml, mc = (l1 + l2) / 2, (c1 + c2) / 2
    mh = h1 + h2
    if c1 * c2:
        if abs(h1 - h2) > 180:
            mh += 360 if mh < 360 else -360
        mh /= 2
    t = (
        1 - 0.17 * cos(radians(mh - 30)) + 0.24 * cos(radians(2 * mh))
        + 0.32 * cos(radians(3 * mh + 6)) - 0.20 * cos(radians(4 * mh - 63))
    )  # fmt: skip
    sl = 1 + 0.015 * (ml - 50) ** 2 / sqrt(20 + (ml - 50) ** 2)
    sc, sh = 1 + 0.045 * mc, 1 + 0.015 * mc * t
    rc = 2 * sqrt(mc**7 / (mc**7 + 25**7))
    rt = -sin(radians(60 * exp(-(((mh - 275) / 25) ** 2)))) * rc
    return sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * (dc / sc) * (dh / sh))
