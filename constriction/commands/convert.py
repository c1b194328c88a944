"""`constriction convert`: a measured file becomes spectra in the form of spectrum.csv."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from cyclopts import Parameter

from constriction.base.errors import InputError
from constriction.base.files import check_file, whole_files
from constriction.base.ranks import agree
from constriction.commands.job.guard import guarded, refused
from constriction.commands.job.options import Debug, geometry, refuse_empty

if TYPE_CHECKING:
    from mpi4py import MPI

    from constriction.spectra.files.readers import ReadOptions
    from constriction.spectra.measurement import Measurement


def convert(
    source: Path,
    /,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    area: str | None = None,
    thickness: str | None = None,
    impedance: str | None = None,
    debug: Debug = False,
) -> int:
    """Read the file of an impedance instrument and write its spectra as csv, frequency falling, units as measured.

    Example: constriction convert measured.mpt -o measured.csv

    Several sweeps become measured-1.csv, measured-2.csv, … Exit codes: 0 done; 2 wrong input; 1 anything else.

    Parameters
    ----------
    source:
        BioLogic .mpt or .mpr, Gamry .DTA, ZPlot .z, VersaStudio .par, RelaxIS, Autolab, CH Instruments or Parstat
        text, any csv or tsv with a header that names frequency and Z, Y, C with D, R or G, or a quantity of a
        material (ε, M, σ, ρ), or three columns of numbers.
    output:
        The csv file; replaced if it exists.
    area:
        Of the electrode, such as "0.785 cm2"; for quantities of a material. [default: what the file says]
    thickness:
        Of the sample, such as "1 mm"; for quantities of a material. [default: what the file says]
    impedance:
        Of several in the file, such as Zce or drift-corrected. [default: Z, else Zwe-ce]
    """
    if why := refuse_empty([source]):
        return refused(why)
    return guarded(partial(_convert, source, output, (area, thickness, impedance or "")), debug)


def _convert(source: Path, output: Path, how: tuple[str | None, str | None, str], comm: MPI.Comm) -> None:
    """On rank 0 alone."""
    from constriction.view.terminal.words import print_table

    written = agree(comm, lambda: write_spectra(source, output, _read_options(*how)))
    for item in written if comm.rank == 0 else ():
        print_table(f"{source}, sweep {item.measurement.metadata.sweep} of {len(written)}", converted_rows(item))


def _read_options(area: str | None, thickness: str | None, impedance: str) -> ReadOptions:
    from constriction.spectra.files.readers import ReadOptions

    return ReadOptions(geometry(area, thickness), impedance)


class Converted(NamedTuple):
    """One written spectrum."""

    path: Path
    measurement: Measurement


def write_spectra(source: Path, output: Path, options: ReadOptions | None = None) -> list[Converted]:
    """Read a file and write its spectra, each as a file of its own.

    Args:
        source: a file of an impedance instrument.
        output: the file to write; several sweeps become NAME-1.csv, NAME-2.csv, … instead. Units stay as measured.
        options: how the source is read.

    Raises:
        InputError: the source cannot be read, the output has another suffix than .csv, is the source, or cannot
            be written. Nothing is written then.
        StoreError: the disk is full; what was there before is as it was.
    """
    from constriction.spectra.files.readers import read
    from constriction.spectra.spectrum import write_csv

    if output.suffix.lower() != ".csv":
        raise InputError(f"{output}: suffix {output.suffix!r}; expected .csv")
    measurements = read(source, options)
    if len(measurements) == 1:
        paths = [output]
    else:
        paths = [output.with_stem(f"{output.stem}-{number}") for number in range(1, len(measurements) + 1)]
    for path in paths:
        check_file(path)
        if path.exists() and path.samefile(source):
            raise InputError(f"{path}: is the file to convert; expected another name")
    written = [Converted(path, measurement) for path, measurement in zip(paths, measurements, strict=True)]
    with whole_files(output.parent, output) as beside:
        for path, measurement in written:
            write_csv(measurement.spectrum, beside / path.name)
    return written


def converted_rows(item: Converted) -> list[tuple[str, str]]:
    """The lines of a table: what was recognised, decided, and seems wrong."""
    from constriction.spectra.spectrum import EDGE_UNITS
    from constriction.view.terminal.numbers import engineering

    spectrum, metadata = item.measurement.spectrum, item.measurement.metadata
    low, high = (engineering(float(f), "Hz") for f in (spectrum.frequency[-1], spectrum.frequency[0]))
    told = "" if metadata.geometry_used else ", not applied"
    rows = [
        ("instrument", metadata.instrument or "not recognised"),
        ("date", metadata.date or None),
        ("cycle", _written(metadata.cycle, "{}")),
        ("points", f"{spectrum.frequency.size}, {low} to {high}, in {EDGE_UNITS[spectrum.unit].label}"),
        ("temperature", _written(metadata.temperature, "{:.2f} K")),
        ("area in file", _written(metadata.area, "{:.6g} cm²", 1e4, told)),
        ("thickness in file", _written(metadata.thickness, "{:.6g} mm", 1e3, told)),
        *(("note", note) for note in item.measurement.notes),
        *(("WARNING", warning) for warning in item.measurement.warnings),
        ("written", str(item.path)),
    ]
    return [(name, words) for name, words in rows if words is not None]


def _written(value: float | None, form: str, factor: float = 1, told: str = "") -> str | None:
    """A value in the unit of its form; None where the file says nothing."""
    return None if value is None else form.format(value * factor) + told
