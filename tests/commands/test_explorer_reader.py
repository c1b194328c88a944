"""The explorer's reader in headless Chromium gives what `convert` gives, or refuses with a line."""

from pathlib import Path

import numpy as np
import pytest
from chromium import find_chromium
from measured import EIS, FREQUENCY, IMPEDANCE, table
from support.explorer_numerics import complexes, in_page, opened, packed

from constriction.base.errors import InputError
from constriction.spectra.files.readers import read
from constriction.spectra.spectrum import Spectrum, write_csv

if find_chromium() is None:
    pytest.skip("no Chromium here: apt-get install chromium runs the browser tests", allow_module_level=True)

CASES = EIS.parents[1] / "cases" / "spectra"
SHARED = [path for folder in (EIS, CASES) if folder.is_dir() for path in sorted(folder.rglob("*")) if path.is_file()]
READ = (
    "return given.map(([name, text]) => { try { return readMeasured(name, bytesOf(text)) }"
    " catch (error) { return {refused: error.message, kind: error.name} } })"
)
Z, Y = IMPEDANCE, 1 / IMPEDANCE
COLUMNS = (FREQUENCY, Z.real, -Z.imag)
COMMA = "{:.6e}".format
MADE = {
    "tabs.mpt": table("freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm", COLUMNS),
    "commas.csv": table("Frequency (Hz),Z' (kOhm),Z'' (kOhm)", (FREQUENCY, Z.real / 1e3, Z.imag / 1e3), ","),
    "decimal.csv": table("f [Hz];Re Z [Ω];-Im Z [Ω]", COLUMNS, ";", lambda x: f"{x:.6f}".replace(".", ",")),
    "polar.txt": table("Frequency(Hz)  |Z|(Ohm)  Phase(deg)", (FREQUENCY, np.abs(Z), np.degrees(np.angle(Z))), "  "),
    "bare.txt": table("", COLUMNS, " ").lstrip(),
    "admittance.csv": table("f/Hz,G/S,B/S", (FREQUENCY, Y.real, Y.imag), ","),
    "cp_d.csv": table("f/Hz,Cp/F,D", (FREQUENCY, Y.imag / (2 * np.pi * FREQUENCY), Y.real / Y.imag), ","),
    "latin.csv": table("f/Hz;Z\x92/Ohm;Z\x92\x92/Ohm", (FREQUENCY, Z.real, Z.imag), ";"),
    "broken.csv": table("f/Hz,Re(Z)/Ohm,-Im(Z)/Ohm", COLUMNS, ",").replace("\n", "\noverload,1,2\n", 1),
    "series.csv": table("time/s,Ewe/V,I/mA", COLUMNS, ","),
    "empty.csv": " \n",
    "words.txt": "no numbers here\n",
    "book.xlsx": "PK\x03\x04 and more",
}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with opened(tmp_path_factory) as page:
        yield page


def same_as_python(path, told):
    """Whether the page read a file as Python does; where both refuse it, in one line."""
    try:
        expected = read(path)
    except InputError as error:
        assert told["kind"] == "ReadError" and told["refused"].startswith(path.name) and "\n" not in told["refused"]
        # what either says before it names options or another reader
        assert told["refused"][:60] == str(error).replace(str(path), path.name)[:60]
        return
    if path.suffix == ".mpr":
        assert "export it as text" in told["refused"]
        return
    assert "refused" not in told, told
    assert len(told["spectra"]) == len(expected)
    for one, other in zip(told["spectra"], expected, strict=True):
        assert one["perArea"] == (other.spectrum.unit == "ohm m2")
        assert np.allclose(one["frequency"], other.spectrum.frequency, rtol=1e-12, atol=0)
        assert np.allclose(complexes(one), other.spectrum.impedance, rtol=1e-12, atol=0)
        assert len(one["notes"]) == len(other.notes) and one["warnings"] == list(other.warnings)
    if other.spectrum.unit == "ohm":
        assert told["area"] == pytest.approx(other.metadata.area)
    assert told["thickness"] == pytest.approx(other.metadata.thickness)
    assert told["instrument"] == other.metadata.instrument and "\n" not in told["understood"]


def compare(page, paths):
    given = [[path.name, packed(path.read_bytes())] for path in paths]
    for path, told in zip(paths, in_page(page, READ, given), strict=True):
        same_as_python(Path(path), told)


@pytest.mark.skipif(not SHARED, reason="no ../shared/data/eis beside the repository")
def test_shared_files_are_read_as_convert_reads_them(page):
    compare(page, SHARED)


def test_made_up_files_are_read_as_convert_reads_them(page, tmp_path):
    for name, text in MADE.items():
        (tmp_path / name).write_bytes(text.encode("latin-1" if name in ("latin.csv", "book.xlsx") else "utf-8"))
    (tmp_path / "wide.txt").write_bytes(MADE["tabs.mpt"].encode("utf-16"))
    write_csv(Spectrum(FREQUENCY, Z * 1e-4, "ohm m2"), tmp_path / "spectrum.csv")
    compare(page, sorted(tmp_path.iterdir()))


def test_values_per_area_need_no_area(page, tmp_path):
    write_csv(Spectrum(FREQUENCY, Z * 1e-4, "ohm m2"), tmp_path / "spectrum.csv")
    (told,) = in_page(page, READ, [["spectrum.csv", packed((tmp_path / "spectrum.csv").read_bytes())]])
    assert told["area"] is None and told["spectra"][0]["perArea"]
    assert np.allclose(complexes(told["spectra"][0]), Z * 1e-4, rtol=1e-9)


def test_a_long_file_is_read_in_parts_and_a_longer_one_refused(page):
    rows = "\\n".join(["f/Hz,Re(Z)/Ohm,-Im(Z)/Ohm", *(f"{10 ** (6 - k / 2000):.9g},1,1" for k in range(9000))])
    begin = f"const bytes = new TextEncoder().encode('{rows}'); const seen = [];"
    told = "r => [r.spectra[0].re.length, seen.length]"
    read_it = f"readMeasuredInParts('long.csv', bytes, share => seen.push(share)).then({told})"
    found = page.value(f"(() => {{ {begin} return {read_it}; }})()")
    assert found[0] == 9000 and found[1] >= 3
    refused = "try { readMeasured('x.csv', new Uint8Array(33e6)) } catch (error) { return error.message }"
    assert "expected at most" in in_page(page, refused)
