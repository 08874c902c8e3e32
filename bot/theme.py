"""The accent colour of the settings as CSS variables that stay readable in light and dark."""

#: Surfaces that accent-coloured words stand on; the same values stand in static/tokens.css.
LIGHT_SURFACE = "#f1f3f4"
DARK_SURFACE = "#26292c"
READABLE = 4.5
#: Below this a colour channel's light grows in a straight line (sRGB).
LINEAR_UNTIL = 0.04045

Rgb = tuple[float, float, float]


def _parse(colour: str) -> Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _text(colour: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)


def _luminance(colour: Rgb) -> float:
    """Relative luminance as WCAG defines it."""
    red, green, blue = (
        part / 12.92 if part <= LINEAR_UNTIL else ((part + 0.055) / 1.055) ** 2.4
        for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    lights = sorted((_luminance(_parse(one)), _luminance(_parse(other))))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def readable(colour: str, *, on: str, towards: str) -> str:
    """The colour moved towards black or white until its words can be read on a surface."""
    start, end = _parse(colour), _parse(towards)
    for step in range(21):
        share = step / 20
        red, green, blue = (a + (b - a) * share for a, b in zip(start, end, strict=True))
        moved = _text((red, green, blue))
        if contrast(moved, on) >= READABLE:
            return moved
    return towards


def theme_css(accent: str) -> str:
    """A style sheet that sets the accent, what is written on it, and links in its colour."""
    ink = max("#ffffff", "#101314", key=lambda colour: contrast(colour, accent))
    light = readable(accent, on=LIGHT_SURFACE, towards="#000000")
    dark = readable(accent, on=DARK_SURFACE, towards="#ffffff")
    return (
        f":root{{--accent:{accent};--accent-ink:{ink};--accent-text:{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{--accent-text:{dark}}}}}\n"
        f':root[data-theme="light"]{{--accent-text:{light}}}\n'
        f':root[data-theme="dark"]{{--accent-text:{dark}}}\n'
    )
