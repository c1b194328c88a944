"""`constriction picture`: a case in three dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from cyclopts import Parameter

from constriction.base.errors import InputError, counted, naming
from constriction.base.files import check_file
from constriction.base.quantities import parse_quantity
from constriction.base.ranks import agree
from constriction.commands.job.guard import guarded
from constriction.commands.job.options import FLAG, Debug, Memory, check_level, memory_of
from constriction.commands.job.steps import case_file, wait_for_compilers
from constriction.view.terminal.streams import tell

if TYPE_CHECKING:
    from mpi4py import MPI

    from constriction.case.numerics import Sweep
    from constriction.case.schema import Case
    from constriction.geometry.cell import Layout
    from constriction.simulation.weights import Laws

# Of each kind: at which frequencies (Hz) it is drawn if none is given, over how many columns of a journal.
DEFAULTS: dict[str, tuple[tuple[float, ...], int]] = {
    "mesh": ((), 1),
    "potential": ((100.0,), 1),
    "current": ((100.0,), 2),
    "interface": ((100.0,), 2),
    "contacts": ((0.0,), 1),
}
MOST_FREQUENCIES = 2
FRAMES = 25
FINEST_OF_MESH, FINEST_OF_FIELD = 1.0, 0.2
COARSE = 4.0  # fineness of the mesh that a frequency is chosen by
FAR_BELOW = 1e-2  # the frequency below that one where next to nothing passes the gap


@Parameter(name="*")
@dataclass(frozen=True)
class PictureOptions:
    """What is drawn, and how."""

    what: str = "mesh"
    """mesh, potential (with equipotential surfaces), current (lines), interface (gap height and current density) or
    contacts (current density over its mean over the contacts)."""
    frequency: Annotated[tuple[str, ...], FLAG] = ()
    """Such as "10 MHz"; twice for two panels. [default: 100 Hz, of contacts direct current, of current also where the
    gap takes half of what it can; a .gif runs over the sweep]"""
    columns: int | None = None
    """Width: 1 column of a journal (84 mm) or 2 (174 mm). [default: 1, of current and interface 2]"""
    level: float | None = None
    """Size of the mesh's elements as in `constriction mesh`. [default: chosen so that it takes seconds]"""
    small: Annotated[bool, FLAG] = False
    """Fewer colours, so that a .png is about a third as large: for web pages."""
    no_caption: Annotated[bool, FLAG] = False
    """Leave out the words below the picture, for a journal or a slide."""
    interactive: Annotated[bool, FLAG] = False
    """Write a scene to turn in the browser instead, -o FILE.html; it needs no network."""
    memory: Memory = None
    debug: Debug = False


def picture(
    source: Path,
    /,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    options: PictureOptions = PictureOptions(),  # noqa: B008 - frozen, so no state is shared
) -> int:
    """Draw a case in three dimensions: its mesh, the potential, the current lines, or the interface from above.

    Example: constriction picture meshes/sodium_islands.toml --what current -o current.png

    Example: constriction picture results/islands --what potential --frequency "10 kHz" -o potential.png

    Example: constriction picture meshes/sodium_islands.toml --what current -o current.gif

    Exit codes: 0 done; 2 wrong input; 1 anything else, such as a machine that cannot render.

    Parameters
    ----------
    source:
        A case file (TOML), or the folder of an earlier run.
    output:
        .png (300 dpi); .gif or .mp4 over the sweep's frequencies; .html to turn.
    """
    return guarded(partial(_picture, source, output, options), options.debug)


class PicturePlan(NamedTuple):
    """What will be drawn; `frequencies` in Hz."""

    case: Case
    frequencies: tuple[float, ...]
    chosen: bool
    fineness: float
    columns: int
    from_above: bool = False
    """Whether it is an interface whose outlines are not meshed."""


def _picture(source: Path, output: Path, options: PictureOptions, comm: MPI.Comm) -> None:
    """On rank 0 alone."""
    import constriction.field.mesh_files  # noqa: F401 - on all ranks at once: PETSc starts here
    from constriction.view.terminal.words import progress

    layout = agree(comm, lambda: _prepare(source, output, options))
    if comm.rank != 0:
        return
    if layout.from_above:
        _draw_from_above(layout, output, options)
        return
    wait_for_compilers()
    from constriction.geometry.cell import lay_out_case
    from constriction.simulation.scene import solve_scene
    from constriction.simulation.simulate import Options, laws_of
    from constriction.view.pictures.captions import caption, check_drawn
    from constriction.view.pictures.output import write_picture

    with progress(silent=False) as report:
        laws = laws_of(layout.case, lay_out_case(layout.case), Options(report=report))
        frequencies, words = layout.frequencies, ""
        if layout.chosen:
            frequencies, words = _chosen(layout, laws)
        scene = solve_scene(layout.case, frequencies, layout.fineness, report, laws)
        check_drawn(scene, options.what)
        report("drawing")
        below = "" if options.no_caption else f"{caption(scene, options.what)} {words}".strip()
        columns = layout.columns if options.columns or not layout.chosen or len(frequencies) > 1 else 1
        write_picture(scene, options.what, output, columns, options.small, below)
    tell(f"Written: {output}")


def _chosen(layout: PicturePlan, laws: Laws) -> tuple[tuple[float, ...], str]:
    """Two frequencies (Hz), the second where the gap takes much, or one where no gap does; and why, in words."""
    from constriction.simulation.scene import gap_frequency
    from constriction.view.terminal.numbers import hertz

    high = gap_frequency(layout.case, max(layout.fineness, COARSE), laws)
    if high is None:
        return layout.frequencies, _no_frequency(layout.case, laws)
    sweep, told = layout.case.sweep, hertz(high)
    inside = min(sweep.start, sweep.stop) <= high <= max(sweep.start, sweep.stop)
    where = "within" if inside else "beyond"
    words = f"{told}, {where} the case's sweep, is chosen: there the gap carries about half of what it can."
    return (min(layout.frequencies[0], FAR_BELOW * high), high), words


def _no_frequency(case: Case, laws: Laws) -> str:
    """Why there is no frequency at which the gap takes half of what it can, in words."""
    from constriction.geometry.cell import lay_out_case

    fraction = lay_out_case(case).contact_fraction
    if laws.gap is None or fraction == 1:
        return "No current passes beside the contacts, at any frequency."
    if fraction == 0:
        return "There are no contacts: all current passes the gap."
    return "What passes the gap hardly changes with frequency."


def _prepare(source: Path, output: Path, options: PictureOptions) -> PicturePlan:
    """Everything that can be checked before meshing."""
    from constriction.case.schema import load
    from constriction.geometry.cell import lay_out_case

    _check_options(options)
    path = case_file(source)
    case = load(path)
    frequencies = _frequencies(case, output, options)
    if options.interactive and output.suffix.lower() != ".html":
        raise InputError(f"{output}: suffix {output.suffix!r}; expected .html with --interactive")
    from constriction.view.pictures.output import check_output
    from constriction.view.pictures.rendering import prepare_rendering

    check_output(output, options.what)
    check_file(output)
    with naming(path):
        if options.what == "interface" and not _is_meshed(lay_out_case(case)):
            _check_from_above(output)
            return PicturePlan(case, frequencies, False, math.inf, 1, from_above=True)
        fineness = _fineness(case, options)
    prepare_rendering()
    chosen = options.what == "current" and not options.frequency and output.suffix.lower() == ".png"
    return PicturePlan(case, frequencies, chosen, fineness, options.columns or _columns(output, options.what))


def _is_meshed(layout: Layout) -> bool:
    """Whether an interface is drawn from a mesh of just its outlines."""
    from constriction.field.mesh.layouts.meshable import is_meshed_as_drawn

    return layout.electrode is None and is_meshed_as_drawn(layout)


def _check_from_above(output: Path) -> None:
    """Refuse what the picture of outlines that are not meshed cannot be."""
    if output.suffix.lower() != ".png":
        raise InputError(f"{output}: contacts that are not meshed are drawn from above; expected .png")


def _draw_from_above(what: PicturePlan, output: Path, options: PictureOptions) -> None:
    """Contacts that are not meshed, such as those of a map as they were traced, the gap and the current density."""
    from constriction.geometry.cell import lay_out_case
    from constriction.simulation.maps.densities import density_of
    from constriction.simulation.simulate import Options, laws_of
    from constriction.simulation.weights import uneven_gap
    from constriction.view.pictures.flat import MARGIN, flat_figure
    from constriction.view.pictures.output import write_still
    from constriction.view.pictures.stage import WIDTHS, wrapped
    from constriction.view.terminal.words import progress

    case = what.case
    layout = lay_out_case(case)
    with progress(silent=False) as report:
        laws = laws_of(case, layout, Options(report=report))
        report("current density")
        densities = [] if layout.circular else [density_of(case, layout, laws, f) for f in what.frequencies]
    contacts = "Contacts"
    if layout.background != "gap":
        contacts = f"Contacts beside {layout.islands} pores"
    elif layout.lattice_images == 1:
        contacts = counted(layout.islands, "contact")
    drawn = (
        f"{contacts}{' as traced' if layout.traced else ''}, {100 * layout.contact_fraction:.3g} % of the interface."
    )
    words = "" if options.no_caption else " ".join(filter(None, [case.title and f"{case.title};", drawn]))
    below = wrapped(words, (1 + len(densities)) * WIDTHS[1] - MARGIN)
    profile = uneven_gap(case, layout)
    write_still(flat_figure(layout, case.gap.height, profile, densities, below), output, options.small)
    tell(f"Written: {output}")


def _check_options(options: PictureOptions) -> None:
    """Refuse what cannot be wanted of any case."""
    if options.what not in DEFAULTS:
        raise InputError(f"--what {options.what!r}: expected one of {', '.join(DEFAULTS)}")
    if options.columns not in (None, 1, 2):
        raise InputError(f"--columns {options.columns}: expected 1 (84 mm) or 2 (174 mm)")
    check_level(options.level)


def _columns(output: Path, what: str) -> int:
    still = output.suffix.lower() == ".png"
    return DEFAULTS[what][1] if still or what == "interface" else 1


def _frequencies(case: Case, output: Path, options: PictureOptions) -> tuple[float, ...]:
    """In Hz, at which the picture is drawn."""
    if options.what == "mesh" and options.frequency:
        raise InputError(f"--frequency {options.frequency[0]!r}: a mesh has none; expected another --what")
    if output.suffix.lower() in (".gif", ".mp4"):
        if options.frequency:
            raise InputError(f"--frequency {options.frequency[0]!r}: {output.name} runs over the sweep; expected .png")
        return _frames(case.sweep)
    most, expected = (1, "one") if output.suffix.lower() == ".html" else (MOST_FREQUENCIES, "one or two")
    with naming("--frequency", " "):
        given = tuple(parse_quantity(text, "frequency") for text in options.frequency)
    if len(given) > most or min(given, default=1.0) <= 0:
        raise InputError(f"--frequency {', '.join(options.frequency)}: expected {expected} above zero")
    return given or DEFAULTS[options.what][0][:most]


def _frames(sweep: Sweep) -> tuple[float, ...]:
    """Rising frequencies in Hz, one of each picture of an animation."""
    from constriction.spectra.spectrum import logarithmic_frequencies

    points = max(1, round((FRAMES - 1) / abs(math.log10(sweep.start / sweep.stop))))
    return tuple(float(f) for f in logarithmic_frequencies(sweep.start, sweep.stop, points)[::-1])


def _fineness(case: Case, options: PictureOptions) -> float:
    """Of the mesh; refused if it would not fit into the memory."""
    from constriction.field.mesh_files import check_cell_case
    from constriction.simulation.scene import cell_case, picture_fineness
    from constriction.simulation.simulate import check_size

    memory = memory_of(options.memory)
    check_size(case, memory)
    finest = FINEST_OF_MESH if options.what == "mesh" else FINEST_OF_FIELD
    fineness = options.level or picture_fineness(case, finest)
    check_cell_case(cell_case(case, fineness), memory)
    return fineness
