"""How whole documents sound, in pieces of two and three letters, all of them counted at once."""

from array import array
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from faq.grams import without_frames
from faq.rows import Counted, Pairs, count_pairs, renumber

_FIRST, _LAST, _LONG = ord("ぁ"), ord("ゖ"), ord("ー")
#: Hiragana are numbered from one; nothing is a third letter too.
_LETTERS = _LAST - _FIRST + 3
#: So many documents are cut in one go: of more the numbers would need twice the room.
_AT_ONCE = 1_000

_Integers = npt.NDArray[np.integer]


def count_sounds(documents: Sequence[Sequence[str]]) -> Counted:
    """The grams that `faq.grams.sound_pieces` finds in the readings of each document."""
    # arrays that grow, as many small ones would leave holes in the memory
    ids, rows, counts = array("i"), array("i"), array("f")
    for first in range(0, max(len(documents), 1), _AT_ONCE):
        found, places, many = _count_block(documents[first : first + _AT_ONCE])
        ids.frombytes(found.astype(np.int32).tobytes())
        rows.frombytes((places + first).astype(np.int32).tobytes())
        counts.frombytes(many.astype(np.float32).tobytes())
    numbers = np.asarray(ids)
    heard = np.zeros(_LETTERS**3, dtype=np.bool_)
    heard[numbers] = True
    used = np.flatnonzero(heard)
    return Counted(
        places={_spell(number): place for place, number in enumerate(used.tolist())},
        ids=renumber(used, len(heard))[numbers],
        rows=np.asarray(rows),
        counts=np.asarray(counts, dtype=np.float64),
        size=max(len(documents), 1),
    )


def _count_block(documents: Sequence[Sequence[str]]) -> Pairs:
    # a blank behind each reading, for no gram goes on into the next one
    spoken = [without_frames(" ".join(readings)) + " " for readings in documents]
    sizes = [len(text) for text in spoken]
    letters = _number("".join(spoken))
    rows = np.repeat(np.arange(len(documents)), np.array(sizes, dtype=np.int64))
    heard = letters > 0
    in_pair = heard[:-1] & heard[1:]
    in_three = in_pair[:-1] & heard[2:]
    pairs = (letters[:-1] * _LETTERS + letters[1:]) * _LETTERS
    threes = pairs[:-1] + letters[2:]
    return count_pairs(
        np.concatenate((pairs[in_pair], threes[in_three])),
        np.concatenate((rows[:-1][in_pair], rows[:-2][in_three])),
        (_LETTERS**3, len(documents)),
    )


def _number(text: str) -> _Integers:
    """Every letter's number, and none for what is not hiragana."""
    # half a character has no number of its own, and a reading of one stays as it is
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.int32)
    numbers = codes - (_FIRST - 1)
    numbers[codes == _LONG] = _LETTERS - 1
    numbers[(numbers < 0) | (numbers >= _LETTERS)] = 0
    return numbers


def _spell(number: int) -> str:
    """The letters that make a gram's number."""
    rest, third = divmod(number, _LETTERS)
    letters = (*divmod(rest, _LETTERS), third)
    return "".join(
        "ー" if letter == _LETTERS - 1 else chr(letter + _FIRST - 1)
        for letter in letters
        if letter
    )
