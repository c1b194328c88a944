"""One measured spectrum with where it comes from, and whether its numbers can be what their columns say."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from constriction.spectra.spectrum import Spectrum

# An angle (rms over the points) by which the phase may differ from what |Z|(f) says before another reading of the
# columns is preferred: Bode's relation with a local slope is off by about 0.2 at the ends of an arc.
SUSPICIOUS_ANGLE = 0.6
# A wrong sign doubles the phase, which is small where the series resistance is large.
SUSPICIOUS_SIGN = 0.25
# And the other reading must fit this many times better.
SUSPICIOUS_RATIO = 2.0
WRONG_SIGN = "the sign of Im Z seems wrong"


@dataclass(frozen=True)
class Metadata:
    """Where a measurement comes from.

    Attributes:
        file: name without folder.
        sha256: of the file's bytes, hexadecimal.
        instrument: the program or device that wrote it, "" when the file does not tell.
        date: as the file writes it (orders of day and month differ), "" without.
        area: of the electrode in m² as the file tells, None without. Programs write 1 cm² when nobody typed one.
        thickness: of the sample in m as the file tells, None without.
        sweep: 1, 2, … in the file.
        cycle: as the instrument counts, None when it does not.
        temperature: in K as the file tells, None without.
        geometry_used: whether area and thickness made the impedance from a quantity of the material.
    """

    file: str
    sha256: str
    instrument: str = ""
    date: str = ""
    area: float | None = None
    thickness: float | None = None
    sweep: int = 1
    cycle: int | None = None
    temperature: float | None = None
    geometry_used: bool = False


@dataclass(frozen=True, eq=False)
class Measurement:
    """A measured spectrum.

    Attributes:
        spectrum: SI, strictly falling frequency.
        metadata: where it comes from.
        notes: what was decided in reading it, such as where the sign of Im Z is from.
        warnings: what seems wrong, each with its reason.
    """

    spectrum: Spectrum
    metadata: Metadata
    notes: tuple[str, ...] = field(default=())
    warnings: tuple[str, ...] = field(default=())


def expected_phase(frequency: NDArray[np.float64], impedance: NDArray[np.complex128]) -> NDArray[np.float64]:
    """The phase that |Z|(f) implies by Bode's gain-phase relation, π/2 times the slope of ln |Z| over ln f.

    Args:
        frequency: (N,) in Hz, strictly monotone, N ≥ 2.
        impedance: (N,), not 0; only |Z| is used, so neither a wrong sign of Im Z nor exchanged columns matter.

    Returns:
        (N,) in rad, within ±π/2.
    """
    with np.errstate(all="ignore"):  # numbers at the limits of a double make NaN, which fits nothing
        slope = np.gradient(np.log(np.abs(impedance)), np.log(frequency))
    return np.clip(math.pi / 2 * slope, -math.pi / 2, math.pi / 2)


def sign_by_physics(frequency: NDArray[np.float64], impedance: NDArray[np.complex128]) -> tuple[int, str]:
    """Whether the numbers of a nameless column are Im Z (+1) or −Im Z (−1).

    Args:
        frequency: (N,) in Hz, strictly monotone.
        impedance: (N,) with the numbers as Im Z.

    Returns:
        The sign that fits |Z|(f) better; where |Z| is too flat to tell, the one that makes most points
        capacitive. And the reason in words.
    """
    if np.all(impedance != 0):
        expected = expected_phase(frequency, impedance)
        as_given, turned = (_rms(np.angle(z) - expected) for z in (impedance, impedance.conj()))
        if max(as_given, turned) > 1.2 * min(as_given, turned) and np.any(np.abs(expected) > 0.1):
            sign = 1 if as_given < turned else -1
            return sign, "by Bode's relation: the phase that |Z|(f) implies"
    capacitive = np.count_nonzero(impedance.imag < 0)
    sign = 1 if 2 * capacitive >= np.count_nonzero(impedance.imag) else -1
    return sign, "by what is usual: most points capacitive"


def seems_polar(frequency: NDArray[np.float64], impedance: NDArray[np.complex128]) -> tuple[str, ...]:
    """Whether two nameless columns fit much better as |Z| and a phase in degrees than as Re and Im Z.

    Args:
        frequency: (N,) in Hz, strictly monotone.
        impedance: (N,) with the columns as real and imaginary part.
    """
    modulus, degrees = impedance.real, impedance.imag
    if not (np.all(modulus > 0) and np.all(np.abs(degrees) <= 180)):
        return ()
    slope = expected_phase(frequency, modulus.astype(np.complex128))
    polar = min(_rms(np.radians(sign * degrees) - slope) for sign in (1, -1))
    expected = expected_phase(frequency, impedance)
    given = min(_rms(np.angle(z) - expected) for z in (impedance, impedance.conj()))
    if not given > max(SUSPICIOUS_SIGN, SUSPICIOUS_RATIO * polar):
        return ()
    return (
        "columns 2 and 3 seem to be |Z| and phase in degrees: the phase then differs by "
        f"{math.degrees(polar):.0f}° (rms) from what |Z|(f) implies, as Re and Im by {math.degrees(given):.0f}°: "
        "a header would tell",
    )


def suspicions(spectrum: Spectrum) -> tuple[str, ...]:
    """What seems wrong with the columns of a spectrum, each with its reason.

    The phase is compared with the one that |Z|(f) implies: it must not fit much better with Re and Im exchanged,
    or with the other sign of Im Z.
    """
    f, z = spectrum.frequency, spectrum.impedance
    found = []
    if np.all(z != 0):
        expected = expected_phase(f, z)
        readings = {
            "": z,
            WRONG_SIGN: z.conj(),
            "the columns of Re and Im seem exchanged": z.imag + 1j * z.real,
            "the columns of Re and −Im seem exchanged": z.imag - 1j * z.real,
            # The same two below a header that calls the last one −Im.
            "the columns of −Im and Re seem exchanged": -z.imag - 1j * z.real,
            "the columns of Im and Re seem exchanged": -z.imag + 1j * z.real,
        }
        misfits = {words: _rms(np.angle(other) - expected) for words, other in readings.items()}
        best = min(misfits, key=lambda words: misfits[words])
        angle = SUSPICIOUS_SIGN if best == WRONG_SIGN else SUSPICIOUS_ANGLE
        if misfits[""] > max(angle, SUSPICIOUS_RATIO * misfits[best]):
            as_given, instead = (math.degrees(misfits[words]) for words in ("", best))
            found.append(
                f"{best}: the phase differs by {as_given:.0f}° (rms) from what |Z|(f) implies, by {instead:.0f}° then"
            )
    if (count := np.count_nonzero(z.real < 0)) > 0:
        found.append(f"Re Z is negative at {count} of {f.size} points: no passive cell has that")
    return tuple(found)


def _rms(angles: NDArray[np.float64]) -> float:
    """Of angles, each taken to ±π."""
    return float(np.sqrt(np.mean(((angles + math.pi) % (2 * math.pi) - math.pi) ** 2)))
