"""An impedance spectrum: the value, its file, and the frequencies it is taken at.

Sign convention: fields vary as e^{+iωt}, a capacitor has Z = 1/(iωC), so capacitive spectra have Im Z < 0.
Values are SI inside; centimetres appear only in files and pictures.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.base import catalogue
from constriction.base.errors import InputError
from constriction.base.files import telling_where

EDGE_UNITS = {unit: catalogue.EDGE_UNITS[unit] for unit in ("ohm", "ohm m2", "ohm m")}  # that a spectrum may have


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Impedance against frequency.

    Attributes:
        frequency: (N,) in Hz, N ≥ 1, positive, strictly falling. A read-only copy of what was given.
        impedance: (N,) complex in SI units of `unit`, Im Z < 0 where capacitive. A read-only copy.
        unit: "ohm" (a cell), "ohm m2" (area-specific, the simulator's) or "ohm m" (normalised to the cell
            constant).

    Raises:
        InputError: wrong shape, a number that is not finite or not positive, frequencies not falling, unknown
            unit.
    """

    frequency: NDArray[np.float64]
    impedance: NDArray[np.complex128]
    unit: str

    def __post_init__(self) -> None:
        """Copy the arrays, so that nobody changes them from outside, and check them."""
        object.__setattr__(self, "frequency", _read_only(self.frequency, np.float64))
        object.__setattr__(self, "impedance", _read_only(self.impedance, np.complex128))
        if self.unit not in EDGE_UNITS:
            raise InputError(f"spectrum.unit = {self.unit!r}: expected one of {', '.join(map(repr, EDGE_UNITS))}")
        _check_shapes(self.frequency, self.impedance)
        _check_numbers(self.frequency, self.impedance)

    @property
    def window(self) -> tuple[float, float]:
        """The smallest and the largest frequency in Hz."""
        return float(self.frequency[-1]), float(self.frequency[0])

    def part(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> "Spectrum":
        """Some of the points: (N,) whether each is one of them, or their places."""
        return Spectrum(self.frequency[which], self.impedance[which], self.unit)

    @classmethod
    def sorted_spectrum(cls, frequency: ArrayLike, impedance: ArrayLike, unit: str) -> Self:
        """Make a spectrum of points in any order.

        Args:
            frequency: (N,) in Hz, positive, no value twice, any order.
            impedance: (N,) complex, in SI units of `unit`, in the order of `frequency`.
            unit: as in `Spectrum`.

        Returns:
            The spectrum with falling frequency.

        Raises:
            InputError: as `Spectrum`; a frequency given twice is not falling.
        """
        f, z = np.asarray(frequency, dtype=np.float64), np.asarray(impedance, dtype=np.complex128)
        _check_shapes(f, z)
        falling = np.argsort(-f, kind="stable")
        return cls(f[falling], z[falling], unit)


def write_csv(spectrum: Spectrum, path: str | Path) -> None:
    """Write a spectrum, falling frequency, with every digit (a round trip changes Z by rounding alone).

    Args:
        spectrum: what is written; Ω·m² becomes Ω·cm², Ω·m becomes Ω·cm, and the header says so.
        path: the file, replaced if it exists.

    Raises:
        StoreError: the file cannot be written.
    """
    z = spectrum.impedance * EDGE_UNITS[spectrum.unit].factor
    rows = zip(spectrum.frequency.tolist(), z.real.tolist(), z.imag.tolist(), strict=True)
    lines = [",".join(csv_header(spectrum.unit)), *(",".join(map(repr, row)) for row in rows)]
    with telling_where(path):
        Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def logarithmic_frequencies(start: float, stop: float, points_per_decade: float) -> NDArray[np.float64]:
    """Frequencies at equal distances on a logarithmic axis, both ends exactly included.

    Args:
        start: highest frequency in Hz.
        stop: lowest frequency in Hz, at most `start`.
        points_per_decade: at least this many points per decade; the distance is shrunk until it divides the
            range.

    Returns:
        (N,) frequencies in Hz, falling from `start` to `stop`.

    Raises:
        InputError: an argument is not finite and positive, or `stop` is above `start`.
    """
    for name, value in (("from", start), ("to", stop), ("points_per_decade", points_per_decade)):
        if not (math.isfinite(value) and value > 0):
            raise InputError(f"sweep.{name} = {value!r}: expected a finite positive number")
    if start < stop:
        raise InputError(f"sweep.from = {start!r} Hz is below sweep.to = {stop!r} Hz: expected the higher one first")
    # Six decades that come out of a change of units as 6 + 1e-15 get no point too many.
    steps = max(math.ceil(points_per_decade * math.log10(start / stop) - 1e-9), int(start > stop))
    return np.geomspace(start, stop, steps + 1)


def _read_only[Number: np.generic](values: ArrayLike, kind: type[Number]) -> NDArray[Number]:
    try:
        copy = np.array(values, dtype=kind)
    except (TypeError, ValueError) as error:
        raise InputError(f"spectrum: {values!r:.60}: expected numbers ({error})") from error
    copy.flags.writeable = False
    return copy


def _check_shapes(frequency: NDArray[np.float64], impedance: NDArray[np.complex128]) -> None:
    if frequency.ndim != 1 or frequency.size == 0 or impedance.shape != frequency.shape:
        raise InputError(
            f"spectrum: frequency has shape {frequency.shape} and impedance {impedance.shape}, "
            "expected two lists of one length, at least 1"
        )


def _check_numbers(frequency: NDArray[np.float64], impedance: NDArray[np.complex128]) -> None:
    bad = np.flatnonzero(~(np.isfinite(frequency) & (frequency > 0)))
    if bad.size:
        raise InputError(f"spectrum.frequency[{bad[0]}] = {frequency[bad[0]]} Hz: expected a finite positive number")
    bad = np.flatnonzero(~np.isfinite(impedance))
    if bad.size:
        raise InputError(f"spectrum.impedance[{bad[0]}] = {impedance[bad[0]]}: expected a finite number")
    bad = np.flatnonzero(np.diff(frequency) >= 0)
    if bad.size:
        raise InputError(
            f"spectrum.frequency[{bad[0] + 1}] = {frequency[bad[0] + 1]} Hz after {frequency[bad[0]]} Hz: "
            "expected strictly falling frequencies; Spectrum.sorted_spectrum sorts"
        )


def csv_header(unit: str) -> tuple[str, str, str]:
    """The names of the columns of a spectrum's file, for a unit as in `Spectrum`."""
    suffix = EDGE_UNITS[unit].suffix
    return "frequency_hertz", f"real_impedance_{suffix}", f"imaginary_impedance_{suffix}"
