"""What parts of the package load, in a fresh interpreter: start-up stays fast, transforms need no mesh library."""

import subprocess
import sys
from pathlib import Path

from study_files import BASE, SPECTRAL, write_study

MESHES = Path(__file__).parents[2] / "meshes"


def printed_by(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_usual_units_do_not_load_pint() -> None:
    program = (
        "import sys; from constriction.base.quantities import parse_quantity as p;"
        "p('100 nm', 'length'); assert 'pint' not in sys.modules;"
        "p('1 inch', 'length'); assert 'pint' in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_neither_models_nor_usual_units_need_a_heavy_library() -> None:
    program = (
        "import sys; from constriction.case.schema import parse_case;"
        "parse_case({'interface': {'pattern': 'square', 'contact_fraction': 1, 'pitch': '1 mm'}});"
        "sys.exit(' '.join({'pint', 'numpy', 'shapely', 'dolfinx', 'gmsh'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_mesh_library_is_needed():
    """Not even MPI: the libraries are not loaded."""
    code = (
        "import sys, constriction.field.transforms.convergence as s; from constriction.case.schema import parse_case\n"
        "from constriction.geometry.cell import lay_out\n"
        "case = parse_case({'interface': {'pattern': 'square', 'pitch': '1 mm', 'contact_fraction': 0.2}})\n"
        "plan = lay_out(case.interface)\n"
        "r = s.converge(plan, 6.0, s.Goal(1e-2, 1e9), lambda text: None); assert 0.39 < r.constriction < 0.41\n"
        "print(sorted({'mpi4py', 'petsc4py', 'dolfinx', 'ufl', 'basix', 'gmsh'} & set(sys.modules)))"
    )
    assert printed_by(code) == "[]"


def test_what_solves_a_case_loads_no_mesh_library_before_it_knows_the_case():
    code = (
        "import sys, constriction.simulation.simulate\n"
        "print(sorted({'petsc4py', 'dolfinx', 'ufl', 'basix', 'gmsh', 'scipy.spatial'} & set(sys.modules)))"
    )
    assert printed_by(code) == "[]"


def test_a_case_of_straight_rims_and_discs_searches_no_trees():
    code = (
        "import sys; from constriction import parse_case, simulate\n"
        "interface = {'pattern': 'square', 'pitch': '1 mm', 'contact_fraction': 0.2}\n"
        "case = parse_case({'interface': interface, 'electrolyte': {'material': 'NZSP', 'thickness': '1.5 mm'}})\n"
        "assert simulate(case).R_cstr > 0\n"
        "print(sorted({'scipy.spatial', 'scipy.interpolate', 'scipy.optimize', 'matplotlib'} & set(sys.modules)))"
    )
    assert printed_by(code) == "[]"


def test_a_run_of_such_a_case_loads_nothing_that_others_need(tmp_path):
    code = (
        "import sys; from constriction.cli import main\n"
        f"assert main(['run', {str(MESHES / 'sodium_islands.toml')!r}, '--out', {str(tmp_path)!r}]) == 0\n"
        "print(sorted({'scipy.spatial', 'scipy.optimize', 'plotly', 'pyvista'} & set(sys.modules)))"
    )
    assert printed_by(code).splitlines()[-1] == "[]"


def test_no_global_plotting_state():
    code = "import constriction.view.writers.plots, sys; assert 'matplotlib.pyplot' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_plotly_and_matplotlib_are_loaded_only_for_a_report():
    code = "import constriction.cli, sys; assert not {'plotly', 'matplotlib', 'shapely'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_study_by_transforms_starts_no_petsc(tmp_path):
    path = write_study(tmp_path, '[grid]\n"gap.height" = ["5 nm", "7 nm"]\n', BASE + SPECTRAL)
    code = (
        "import sys; from constriction.cli import main\n"
        f"assert main(['study', 'run', {str(path)!r}, '--out', {str(tmp_path / 'out')!r}, '--quiet']) == 0\n"
        "assert not {'petsc4py', 'dolfinx'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
