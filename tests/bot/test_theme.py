"""Any accent colour stays readable."""

import pytest

from bot.theme import DARK_SURFACE, LIGHT_SURFACE, contrast, readable, theme_css

ACCENTS = ["#0b6e4f", "#ffffff", "#000000", "#ffe600", "#06c755", "#7a3cff", "#808080"]


def test_contrast_is_what_wcag_says():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("accent", ACCENTS)
def test_words_in_the_accent_can_be_read(accent):
    light = readable(accent, on=LIGHT_SURFACE, towards="#000000")
    dark = readable(accent, on=DARK_SURFACE, towards="#ffffff")
    assert contrast(light, LIGHT_SURFACE) >= 4.5
    assert contrast(dark, DARK_SURFACE) >= 4.5


@pytest.mark.parametrize("accent", ACCENTS)
def test_words_on_the_accent_can_be_read(accent):
    ink = theme_css(accent).split("--accent-ink:")[1].split(";")[0]
    assert contrast(ink, accent) >= 4.5


def test_a_good_accent_is_left_alone():
    assert theme_css("#0b6e4f").startswith(
        ":root{--accent:#0b6e4f;--accent-ink:#ffffff;--accent-text:#0b6e4f}"
    )
