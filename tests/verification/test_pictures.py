"""What pictures show is what was solved: areas, current lines and densities; and each kind of picture is one.

The current is known twice: from the potential's energy, which normalises every density drawn, and by integrating those
densities over the interface. Slopes at a rim are infinite, so the integral over the contacts is the less exact one:
measured 1.0 % to 1.9 % at level 4 and 0.5 % to 1.0 % at level 1.
"""

import base64
import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from cases import RANDOM
from PIL import Image

from constriction import load, parse_case
from constriction.base.errors import RenderingError
from constriction.case.schema import resolved_toml
from constriction.cli import main
from constriction.simulation.scene import gap_frequency, picture_fineness, solve_scene
from constriction.simulation.solids.shares import shares
from constriction.view.pictures import output, rendering
from constriction.view.pictures.captions import caption
from constriction.view.pictures.cutaway import Cutaway
from constriction.view.pictures.lines import current_lines
from constriction.view.pictures.pictures import KINDS, panels
from constriction.view.pictures.stage import WIDTHS, page

MESHES = Path(__file__).parents[2] / "meshes"
CASES = ("sodium_islands", "single_spot", "lifted_copper")  # a lattice, a tube, a meshed gap
FREQUENCIES = (100.0, 1e7)
every_case = pytest.mark.parametrize("name", CASES)


def silent(_):
    pass


def draw(scene, what, columns, dpi):
    return page(panels(scene, what), caption(scene, what), columns, dpi)


@pytest.fixture(scope="module")
def scenes():
    return {name: solve_scene(load(MESHES / f"{name}.toml"), FREQUENCIES, 2.0, silent) for name in CASES}


@pytest.fixture(scope="module")
def disorder():
    case = parse_case({"interface": RANDOM, "gap": {"height": "100 nm"}})
    return solve_scene(case, (100.0,), 4.0, silent)


@pytest.fixture(scope="module", autouse=True)
def renderer():
    try:
        rendering.prepare_rendering()
    except RenderingError as error:
        pytest.skip(str(error))


# --- what is drawn -------------------------------------------------------------------------------------------------


@every_case
@pytest.mark.parametrize("number", range(len(FREQUENCIES)))
def test_densities_on_the_interface_add_up_to_the_current(scenes, name, number):
    found = shares(scenes[name], number)
    assert found.defect < 0.025
    assert found.contact.real > 0 and found.gap.real > -1e-6


@every_case
def test_gap_takes_nothing_at_low_frequency_and_never_more_than_its_area(scenes, name):
    low, high = (shares(scenes[name], number).gap.real for number in range(2))
    assert abs(low) < 1e-4
    area = 1 - scenes[name].layout.contact_fraction
    assert low < high < area
    if name == "sodium_islands":  # far above its relaxation at 45 kHz the current is even, as without an interface
        assert high == pytest.approx(area, rel=0.02)


@every_case
def test_at_the_chosen_frequency_the_gap_carries_half_of_what_it_can(scenes, name):
    case = load(MESHES / f"{name}.toml")
    scene = solve_scene(case, (gap_frequency(case, 4.0), 1e13), 4.0, silent)
    here, far_above = (shares(scene, number).gap.real for number in range(2))
    # One relaxation is assumed, and wide gaps are chosen for below it: between a third and two thirds, measured 0.64.
    assert here / far_above == pytest.approx(0.5, abs=0.17)
    if name == "sodium_islands":  # in the others the electrolyte's permittivity keeps the gap from conducting as well
        assert here == pytest.approx((1 - scene.layout.contact_fraction) / 2, rel=0.1)


def test_there_is_no_such_frequency_without_a_gap():
    case = {"interface": {"pattern": "square", "contact_fraction": 0.2, "pitch": "1 mm"}, "gap": {"height": "none"}}
    assert gap_frequency(parse_case(case), 4.0) is None
    full = {"interface": {**case["interface"], "contact_fraction": 1.0}, "gap": {"height": "5 nm"}}
    assert gap_frequency(parse_case(full), 4.0) is None


@every_case
def test_surfaces_of_equal_potential_are_lit_along_the_field(scenes, name):
    view = Cutaway(scenes[name], 0)
    highest = float(scenes[name].potentials[0].real.max())
    for shell in (view.shells(np.linspace(0.2, 0.8, 4) * highest), view.kept(view.shells([0.5 * highest]), ("gone",))):
        surface = shell.extract_surface(algorithm=None) if shell.n_points else shell
        if not surface.n_points:
            continue
        corners = surface.points[surface.regular_faces]
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normals = surface.point_data["Normals"][surface.regular_faces].mean(axis=1)
        cosine = np.sum(across * normals, axis=1) / np.maximum(np.linalg.norm(across, axis=1), 1e-300)
        area = np.linalg.norm(across, axis=1)
        assert np.average(cosine, weights=area) > 0.97  # outward on the side that the renderer takes for the front


@every_case
def test_at_low_frequency_every_line_ends_on_a_contact(scenes, name):
    view = Cutaway(scenes[name], 0)
    lines = current_lines(view)
    assert len(lines) >= 30
    assert not any(line.through_gap for line in lines)
    ends = np.array([line.points[-1] for line in lines])
    assert np.all(ends[:, 2] == 0)
    assert np.all(scenes[name].layout.on_contact(ends[:, :2]))


@every_case
def test_lines_carry_equal_currents(scenes, name):
    lines = current_lines(Cutaway(scenes[name], 1))
    through = np.mean([line.through_gap for line in lines])
    # Of fifty lines a few stand beside the border between those to the gap and those to the contacts.
    assert through == pytest.approx(shares(scenes[name], 1).gap.real, abs=0.08)


@every_case
def test_drawn_areas_are_those_of_the_lattice_cell(scenes, name):
    view, layout = Cutaway(scenes[name]), scenes[name].layout
    everywhere = layout.cell.area * len(view.tiles)
    seen = view.kept(view.surface("contact"), ("open", "covered", "gone")).area
    assert seen == pytest.approx(layout.contact_fraction * everywhere, rel=2e-3)
    rest = view.kept(view.surface("contact", "gap")).area  # without the corner that is cut away
    assert rest == pytest.approx(0.75 * everywhere, rel=1e-2)


def test_a_cell_without_mirror_images_is_cut_through_a_spot(disorder):
    view = Cutaway(disorder, 0)
    assert len(view.tiles) == 1
    assert disorder.layout.on_contact(np.array([view.corner]))[0]
    removed = view.kept(view.surface("contact", "gap"), ("gone",)).area
    x, y = view.corner
    assert removed == pytest.approx((disorder.layout.width - x) * y, rel=1e-3)
    cut = view.cut_faces().points
    low, high = -np.array(view.corner), np.array([disorder.layout.width, disorder.layout.depth]) - view.corner
    on_sides = np.isclose(cut[:, :2], low, atol=1e-9) | np.isclose(cut[:, :2], high, atol=1e-9)
    in_front, on_right = np.isclose(cut[:, 0], 0, atol=1e-9), np.isclose(cut[:, 1], 0, atol=1e-9)
    assert np.all(on_sides.any(axis=1) | in_front | on_right)
    assert cut[in_front, 1].min() == pytest.approx(low[1]) and cut[on_right, 0].max() == pytest.approx(high[0])


def test_equipotential_surfaces_meet_the_metal_nowhere(scenes):
    view = Cutaway(scenes["single_spot"], 0)
    shell = view.electrolyte.contour([0.02], scalars="potential")
    distance = np.hypot(shell.points[:, 0], shell.points[:, 1])
    on_top = shell.points[:, 2] > -1e-9
    # It leaves the electrolyte beside the contact and goes below it everywhere else.
    assert distance[on_top].min() > view.scene.layout.spots[0].size
    assert shell.points[distance < 0.5 * view.scene.layout.spots[0].size][:, 2].max() < -1e-6


# --- pictures ------------------------------------------------------------------------------------------------------


@every_case
@pytest.mark.parametrize("what", KINDS)
def test_every_kind_of_picture_shows_something(scenes, name, what):
    figure = draw(scenes[name], what, columns=1, dpi=60)
    image = output.pixels(figure).astype(float)
    assert figure.get_size_inches()[0] == pytest.approx(WIDTHS[1])
    assert image.var() > 1000
    assert len(np.unique(image.reshape(-1, 3), axis=0)) > 100
    words = " ".join(text.get_text() for text in figure.texts)
    assert load(MESHES / f"{name}.toml").title in " ".join(words.split())
    assert "µm" in " ".join(text.get_text() for axes in figure.axes for text in axes.texts)


def test_picture_of_disorder_shows_something(disorder):
    assert output.pixels(draw(disorder, "potential", columns=1, dpi=60)).astype(float).var() > 1000


def test_words_below_a_picture_can_be_left_out(scenes, tmp_path):
    from PIL import Image

    heights = []
    for words in (None, ""):
        output.write_picture(scenes["single_spot"], "mesh", tmp_path / "x.png", columns=1, small=True, words=words)
        with Image.open(tmp_path / "x.png") as image:
            heights.append(image.height)
    assert heights[1] < heights[0] - 50


def test_frames_of_an_animation_have_one_size_and_differ(scenes, tmp_path):
    from PIL import Image

    output.write_picture(scenes["sodium_islands"], "current", tmp_path / "x.gif", columns=1, small=False)
    with Image.open(tmp_path / "x.gif") as film:
        assert film.n_frames == len(FREQUENCIES)
        first = np.asarray(film.convert("RGB"), dtype=float)
        film.seek(1)
        assert np.abs(np.asarray(film.convert("RGB"), dtype=float) - first).mean() > 3
    assert [path.name for path in tmp_path.iterdir()] == ["x.gif"]


def test_scene_to_turn_needs_no_network(scenes, tmp_path):
    pytest.importorskip("trame_vtk", reason="the extra 'interactive' is not installed")
    output.write_picture(scenes["single_spot"], "potential", tmp_path / "x.html", columns=1, small=False)
    text = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert not re.search(r"<(script|link|img)[^>]*(src|href)\s*=\s*[\"']?(https?:)?//", text)
    assert "favicon" not in text  # which the viewer fetches from the web by itself
    assert "Content-Security-Policy" in text.partition("</head>")[0]
    packed = re.search(r'const base64Str = "([^"]+)"', text)
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(packed[1]))) as archive:
        scene = json.loads(archive.read("index.json"))
    assert len(scene["hashes"]) > 10
    assert "One spot in a flux tube" in text


def test_many_spots_are_drawn_from_a_coarser_mesh():
    few, many = (picture_fineness(load(MESHES / f"{name}.toml"), 0.2) for name in ("single_spot", "random_islands"))
    assert few == 0.2 < many


# --- the command ---------------------------------------------------------------------------------------------------


def test_folder_of_an_earlier_run_is_drawn(tmp_path, capsys):
    run = tmp_path / "run"
    run.mkdir()
    (run / "case.toml").write_text(resolved_toml(load(MESHES / "stripes.toml")), encoding="utf-8")
    target = tmp_path / "new" / "current.png"
    assert main(["picture", str(run), "--what", "current", "--level", "4", "--small", "-o", str(target)]) == 0
    assert capsys.readouterr().out == f"Written: {target}\n"
    assert 10_000 < target.stat().st_size < 250_000


STRIPES = str(MESHES / "stripes.toml")
BAD = [
    ([STRIPES, "-o", "x.png", "--what", "colour"], "--what 'colour': expected one of mesh, potential, current, interf"),
    (["nowhere.toml", "-o", "x.png"], "nowhere.toml"),
    ([".", "-o", "x.png"], "holds no case.toml; expected a case file or the folder of an earlier run"),
    ([STRIPES, "-o", "x.jpg"], "suffix '.jpg'; expected one of .png, .gif, .mp4, .html"),
    ([STRIPES, "-o", "x.png", "--columns", "3"], "--columns 3: expected 1 (84 mm) or 2 (174 mm)"),
    ([STRIPES, "-o", "x.png", "--level", "0"], "--level 0.0: expected a number from 0.001 to 100"),
    ([STRIPES, "-o", "x.png", "--frequency", "1 kHz"], "--frequency '1 kHz': a mesh has none"),
    ([STRIPES, "-o", "x.png", "--what", "current", "--frequency", "10"], "--frequency '10': expected a frequency"),
    ([STRIPES, "-o", "x.png", "--what", "current", "--frequency", "0 Hz"], "0 Hz: expected one or two above zero"),
    ([STRIPES, "-o", "x.gif", "--what", "current", "--frequency", "1 Hz"], "x.gif runs over the sweep"),
    ([STRIPES, "-o", "x.gif"], "x.gif: a mesh does not change with frequency"),
    ([STRIPES, "-o", "x.html", "--what", "interface"], "x.html: the interface is flat"),
    ([STRIPES, "-o", "x.png", "--interactive"], "expected .html with --interactive"),
    ([STRIPES, "-o", "x.png", "--memory", "1 kB"], "of memory even on the coarsest mesh"),
]


@pytest.mark.parametrize(("arguments", "expected"), BAD)
def test_wrong_input_is_told_in_one_line(arguments, expected, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["picture", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert expected in said.err and said.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


MISSING = [
    (["--what", "current", "-o", "x.mp4"], ("imageio_ffmpeg", "av"), "pip install imageio-ffmpeg"),
    (["-o", "x.html"], ("trame_vtk",), "pip install trame-vtk"),
]


@pytest.mark.parametrize(("arguments", "packages", "advice"), MISSING)
def test_missing_package_is_told_with_its_command(arguments, packages, advice, monkeypatch, capsys):
    find = output.importlib.util.find_spec
    monkeypatch.setattr(output.importlib.util, "find_spec", lambda n: None if n in packages else find(n))
    assert main(["picture", STRIPES, *arguments]) == 2
    said = capsys.readouterr().err
    assert advice in said and said.count("\n") == 1


def test_machine_that_cannot_render_is_told_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(rendering, "TRIAL", "import os; os.abort()")  # as VTK does without its libraries
    rendering._working_window.cache_clear()
    assert main(["picture", STRIPES, "-o", str(tmp_path / "x.png")]) == 1
    rendering._working_window.cache_clear()
    said = capsys.readouterr().err
    assert "apt-get install libegl1 libgl1" in said and said.count("\n") == 1
    assert not list(tmp_path.iterdir())


# --- uneven gaps and maps --------------------------------------------------------------------------------------------


def test_height_of_an_uneven_gap_is_coloured():
    gap = {"height": "100 nm", "profile": "linear", "rise": "5 um", "length": "200 um"}
    case = parse_case({"interface": {"pattern": "square", "pitch": "2 mm", "contact_fraction": 0.2}, "gap": gap})
    height, density = panels(solve_scene(case, (1e6,), 4.0, silent), "interface")
    values = height.layers[0].mesh.point_data["height"]  # µm
    assert height.scale.logarithmic and "µm" in height.scale.label
    assert (values.min(), values.max()) == pytest.approx((0.1, 5.0), rel=0.02)
    assert density.scale.name == "current"


@pytest.mark.parametrize("name", ["measured_map", "height_map"])
def test_map_is_drawn_from_above_without_a_mesh(name, tmp_path, capsys):
    case, path = MESHES / f"{name}.toml", tmp_path / "map.png"
    main(["picture", str(case), "--what", "interface", "-o", str(path)])
    with Image.open(path) as image:
        assert image.width == round(2 * WIDTHS[1] * 300)  # the current density beside it
    for words, told in (
        (["--frequency", "0 Hz", "-o", str(path)], "expected one or two above zero"),
        (["-o", str(tmp_path / "map.gif")], "drawn from above; expected .png"),
    ):
        assert main(["picture", str(case), "--what", "interface", *words]) == 2
        assert told in capsys.readouterr().err
