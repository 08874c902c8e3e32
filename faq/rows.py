"""Rows of grams, one a text or a document, on their way into an index."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int32]

#: The numbers of a text's grams, each as often as it stands there.
#: As bytes: of those there may be many, and the garbage collector does not walk through them.
Whole = bytes
#: Grams, the row in which each stands, and how often.
Pairs = tuple[npt.NDArray[np.integer], npt.NDArray[np.integer], npt.NDArray[np.float64]]
#: The numbers of a text's grams, and how much each counts.
Row = tuple[bytes, bytes]


@dataclass(slots=True)
class GramRows:
    """Counted grams, one row a text."""

    places: dict[str, int] = field(default_factory=dict)
    ids: "array[int]" = field(default_factory=lambda: array("i"))
    counts: "array[float]" = field(default_factory=lambda: array("f"))
    sizes: "array[int]" = field(default_factory=lambda: array("i"))

    def add(self, grams: Mapping[str, float]) -> None:
        """One more row."""
        places = self.places
        self.ids.extend([places.setdefault(gram, len(places)) for gram in grams])
        self.counts.extend(grams.values())
        self.sizes.append(len(grams))

    def rows(self) -> Integers:
        """The row of each gram."""
        return _rows(self.sizes)

    def found(self) -> npt.NDArray[np.int64]:
        """How many rows hold each gram."""
        return np.bincount(np.asarray(self.ids), minlength=len(self.places))


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Grams in the order of their numbers, and the numbers."""

    grams: Sequence[str]
    numbers: Sequence[int]


@dataclass(slots=True)
class RowList:
    """Rows of numbered grams and what they count."""

    ids: "array[int]" = field(default_factory=lambda: array("i"))
    counts: "array[float]" = field(default_factory=lambda: array("f"))
    sizes: "array[int]" = field(default_factory=lambda: array("i"))

    def add(self, row: Row) -> None:
        """One more row."""
        ids, counts = row
        self.ids.frombytes(ids)
        self.counts.frombytes(counts)
        self.sizes.append(len(ids) // self.ids.itemsize)

    def named(self, names: Names) -> GramRows:
        """The rows with their grams, which are in the order in which they came first."""
        ids = np.asarray(self.ids)
        first = np.full(len(names.grams), len(ids))
        first[ids[::-1]] = np.arange(len(ids) - 1, -1, -1)
        used = np.flatnonzero(first < len(ids))
        used = used[np.argsort(first[used])]
        numbers = array("i")
        numbers.frombytes(renumber(used, len(names.grams))[ids].tobytes())
        return GramRows(
            places=_name(used, names), ids=numbers, counts=self.counts, sizes=self.sizes
        )


@dataclass(slots=True)
class WholeRows:
    """Rows of numbered grams, each as often as it stands there."""

    ids: "array[int]" = field(default_factory=lambda: array("i"))
    sizes: "array[int]" = field(default_factory=lambda: array("i"))

    def add(self, parts: Iterable[Whole]) -> None:
        """One more row, made of these parts."""
        row = b"".join(parts)
        self.ids.frombytes(row)
        self.sizes.append(len(row) // self.ids.itemsize)

    def summed(self, names: Names) -> "Counted":
        """Each gram of a row once, with how often it stands there."""
        ids, rows, counts = count_pairs(
            np.asarray(self.ids), _rows(self.sizes), (len(names.grams), len(self.sizes))
        )
        used = np.unique(ids)
        return Counted(
            places=_name(used, names),
            ids=renumber(used, len(names.grams))[ids],
            rows=rows,
            counts=counts,
            size=max(len(self.sizes), 1),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How often each gram stands in each row; those of one gram by row."""

    places: Mapping[str, int]
    ids: npt.NDArray[np.integer]
    rows: npt.NDArray[np.integer]
    counts: npt.NDArray[np.float64]
    #: how many rows there are, at least one
    size: int


def count_pairs(
    ids: npt.NDArray[np.integer], rows: npt.NDArray[np.integer], most: tuple[int, int]
) -> Pairs:
    """Each pair of gram and row once, by gram and then by row, and how often it is there."""
    grams, height = most[0], max(most[1], 1)
    # sorting is quicker than looking for what is there twice, and is needed all the same
    # (half the room is enough where the numbers are small)
    kind = np.int32 if height * grams < 2**31 else np.int64
    keys = np.sort(np.add(ids.astype(kind) * height, rows, dtype=kind, casting="unsafe"))
    firsts = np.flatnonzero(np.diff(keys, prepend=-1))
    found, rows = np.divmod(keys[firsts], height)
    return found, rows, np.diff(firsts, append=len(keys)).astype(np.float64)


def _rows(sizes: "array[int]") -> Integers:
    return np.repeat(np.arange(len(sizes), dtype=np.int32), np.asarray(sizes))


def renumber(used: npt.NDArray[np.integer], most: int) -> Integers:
    """Every used number's place among the used ones."""
    places = np.zeros(most, dtype=np.int32)
    places[used] = np.arange(len(used))
    return places


def _name(used: npt.NDArray[np.integer], names: Names) -> dict[str, int]:
    # indexes share the letters of their grams and the numbers: both are objects
    return {
        names.grams[used_one]: names.numbers[place] for place, used_one in enumerate(used.tolist())
    }
