"""Files of instruments and offices that are not read: which they are, and which export is."""

from pathlib import Path

MPT = "open it in EC-Lab and export it as text (.mpt) with freq, Re(Z) and -Im(Z)"
THALES = "export it in Zahner Analysis or Thales as an ASCII list (.txt, .csv)"
# By suffix: what it is, and what to do.
_BY_SUFFIX = {
    ".mpr": ("a BioLogic measurement", MPT),
    ".mps": ("the settings of a BioLogic measurement, without data", "take the .mpr beside it, or " + MPT),
    ".mpl": ("the log of a BioLogic measurement, without data", "take the .mpr beside it, or " + MPT),
    **dict.fromkeys((".ism", ".isf"), ("a Zahner Thales impedance file", THALES)),
    ".isc": ("a Zahner Thales file", THALES),
    ".idf": ("an Ivium data file", "export it in IviumSoft as ASCII (.txt, .csv) with Z' and Z''"),
    ".ids": ("an Ivium data set", "export it in IviumSoft as ASCII (.txt, .csv) with Z' and Z''"),
    ".pssession": ("a PalmSens PSTrace session", "export the measurement in PSTrace as csv"),
    ".psmethod": ("a PalmSens method, without data", "export the measurement in PSTrace as csv"),
    ".pss": ("a PalmSens file", "export the measurement in PSTrace as csv"),
    ".dfr": ("an Autolab FRA file", "export it in FRA or NOVA as ASCII (.txt, .csv)"),
    ".nox": ("a Metrohm NOVA file", "export the data grid in NOVA as ASCII (.txt, .csv)"),
    ".par": ("a Parstat or VersaStudio file", "export it as text (.par of VersaStudio is text, or .csv)"),
    ".bin": ("a binary file, perhaps of CH Instruments", "convert it to text (File, Convert to Text)"),
    ".res": ("an Arbin result file", "export it as csv"),
    **dict.fromkeys((".nda", ".ndax"), ("a Neware file", "export it in BTSDA as csv")),
    ".mdat": ("a Solartron ModuLab file", "export it as csv"),
    ".zmf": ("a Scribner file", "save it in ZView as .z text"),
    ".eps": ("a Novocontrol WinDETA file", "export it as ASCII (.txt)"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls"), ("an Excel workbook", "save the sheet as csv")),
    ".ods": ("a spreadsheet", "save the sheet as csv"),
    **dict.fromkeys((".opj", ".opju"), ("an Origin project", "export the worksheet as ASCII (.csv, .txt)")),
    ".zip": ("an archive", "unpack it"),
    ".tdms": ("a LabVIEW TDMS file", "export it as csv"),
    ".mat": ("a MATLAB file", "write f, Re Z, Im Z as csv"),
    **dict.fromkeys((".npy", ".npz"), ("a numpy file", "write f, Re Z, Im Z as csv")),
    **dict.fromkeys((".h5", ".hdf5"), ("an HDF5 file", "write f, Re Z, Im Z as csv")),
    ".nc": ("a netCDF file", "write f, Re Z, Im Z as csv"),
    ".pkl": ("a Python pickle", "write f, Re Z, Im Z as csv"),
    ".parquet": ("a parquet table", "write it as csv"),
    ".docx": ("a Word file", "save the table as csv"),
    ".pdf": ("a PDF", "take the file of the instrument"),
}
# By how the file begins, whatever its name.
_BY_BEGIN = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "export it as text"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Office file", "export it as text"),
    (b"%PDF", *_BY_SUFFIX[".pdf"]),
    *((begin, "a picture", "take the file of the instrument") for begin in (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")),
    (b"\x1f\x8b", "a gzip archive", "unpack it"),
    (b"BZh", "a bzip2 archive", "unpack it"),
    (b"\xfd7zXZ", "an xz archive", "unpack it"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it"),
    (b"Rar!", "a rar archive", "unpack it"),
    (b"\x89HDF", *_BY_SUFFIX[".h5"]),
    (b"CDF", *_BY_SUFFIX[".nc"]),
    (b"\x93NUMPY", *_BY_SUFFIX[".npy"]),
    (b"MATLAB 5.0", *_BY_SUFFIX[".mat"]),
    (b"TDSm", *_BY_SUFFIX[".tdms"]),
    (b"PAR1", *_BY_SUFFIX[".parquet"]),
    (b"CPYUA", *_BY_SUFFIX[".opju"]),
    (b"CPYA", *_BY_SUFFIX[".opj"]),
    (b"\x00\x01\x00\x00Standard", *_BY_SUFFIX[".res"]),
    (b"NEWARE", *_BY_SUFFIX[".nda"]),
    (b"EC-LAB SETTING FILE", *_BY_SUFFIX[".mps"]),
    (b"EC-Lab LOG FILE", *_BY_SUFFIX[".mpl"]),
    (b"<?xml", "an XML file", "export the table as csv"),
    (b"<!DOCTYPE", "a web page", "export the table as csv"),
    (b"<html", "a web page", "export the table as csv"),
)
_SESSION = b"PalmSens"
# Containers of several formats, which the suffix tells apart.
_CONTAINERS = (
    (b"PK\x03\x04", {".xlsx", ".xlsm", ".ods", ".ndax", ".npz", ".docx"}),
    (b"\xd0\xcf\x11\xe0", {".xls", ".nox", ".opj"}),
)


def begins_as(data: bytes, path: str | Path) -> str:
    """What a file is that begins like one that is never read, and what to do; "" for others."""
    suffix = Path(path).suffix.lower()
    if data.startswith(tuple(begin for begin, suffixes in _CONTAINERS if suffix in suffixes)):
        return _told(*_BY_SUFFIX[suffix])
    return next((_told(what, advice) for begin, what, advice in _BY_BEGIN if data.startswith(begin)), "")


def named_as(data: bytes, path: str | Path) -> str:
    """What a file without a spectrum is by its suffix or its words, and which export is read; "" when nothing tells."""
    if _SESSION in data[:4000].replace(b"\0", b""):
        return _told(*_BY_SUFFIX[".pssession"])
    known = _BY_SUFFIX.get(Path(path).suffix.lower())
    return _told(*known) if known else ""


def _told(what: str, advice: str) -> str:
    return f"{what}, which is not read; {advice}"
