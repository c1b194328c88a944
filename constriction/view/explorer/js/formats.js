/** Files of instruments and offices that are not read: which they are, and which export is (files/formats.py). */

const AS_MPT = "open it in EC-Lab and export it as text (.mpt) with freq, Re(Z) and -Im(Z)";
const AS_LIST = "export it in Zahner Analysis or Thales as an ASCII list (.txt, .csv)";
const AS_CSV = "write f, Re Z, Im Z as csv";
/** By suffix: what it is, and what to do. */
const FORMATS_BY_SUFFIX = {
  mpr: ["a BioLogic measurement", AS_MPT],
  mps: ["the settings of a BioLogic measurement, without data", AS_MPT],
  mpl: ["the log of a BioLogic measurement, without data", AS_MPT],
  ism: ["a Zahner Thales impedance file", AS_LIST],
  isf: ["a Zahner Thales impedance file", AS_LIST],
  isc: ["a Zahner Thales file", AS_LIST],
  idf: ["an Ivium data file", "export it in IviumSoft as ASCII (.txt, .csv) with Z' and Z''"],
  ids: ["an Ivium data set", "export it in IviumSoft as ASCII (.txt, .csv) with Z' and Z''"],
  pssession: ["a PalmSens PSTrace session", "export the measurement in PSTrace as csv"],
  psmethod: ["a PalmSens method, without data", "export the measurement in PSTrace as csv"],
  pss: ["a PalmSens file", "export the measurement in PSTrace as csv"],
  dfr: ["an Autolab FRA file", "export it in FRA or NOVA as ASCII (.txt, .csv)"],
  nox: ["a Metrohm NOVA file", "export the data grid in NOVA as ASCII (.txt, .csv)"],
  par: ["a Parstat or VersaStudio file", "export it as text (.par of VersaStudio is text, or .csv)"],
  bin: ["a binary file, perhaps of CH Instruments", "convert it to text (File, Convert to Text)"],
  res: ["an Arbin result file", "export it as csv"],
  nda: ["a Neware file", "export it in BTSDA as csv"],
  ndax: ["a Neware file", "export it in BTSDA as csv"],
  mdat: ["a Solartron ModuLab file", "export it as csv"],
  zmf: ["a Scribner file", "save it in ZView as .z text"],
  eps: ["a Novocontrol WinDETA file", "export it as ASCII (.txt)"],
  xlsx: ["an Excel workbook", "save the sheet as csv"],
  xlsm: ["an Excel workbook", "save the sheet as csv"],
  xls: ["an Excel workbook", "save the sheet as csv"],
  ods: ["a spreadsheet", "save the sheet as csv"],
  opj: ["an Origin project", "export the worksheet as ASCII (.csv, .txt)"],
  opju: ["an Origin project", "export the worksheet as ASCII (.csv, .txt)"],
  zip: ["an archive", "unpack it"],
  tdms: ["a LabVIEW TDMS file", "export it as csv"],
  mat: ["a MATLAB file", AS_CSV],
  npy: ["a numpy file", AS_CSV],
  npz: ["a numpy file", AS_CSV],
  h5: ["an HDF5 file", AS_CSV],
  hdf5: ["an HDF5 file", AS_CSV],
  nc: ["a netCDF file", AS_CSV],
  pkl: ["a Python pickle", AS_CSV],
  parquet: ["a parquet table", "write it as csv"],
  docx: ["a Word file", "save the table as csv"],
  pdf: ["a PDF", "take the file of the instrument"],
};
/** By how the file begins, whatever its name. */
const FORMATS_BY_BEGIN = [
  ["BIO-LOGIC MODULAR FILE", ...FORMATS_BY_SUFFIX.mpr],
  ["PK\x03\x04", "a zip archive or an Excel workbook", "export it as text"],
  ["\xd0\xcf\x11\xe0", "an old Excel or Office file", "export it as text"],
  ["%PDF", ...FORMATS_BY_SUFFIX.pdf],
  ...["\x89PNG", "\xff\xd8\xff", "GIF8"].map((begin) => [begin, "a picture", "take the file of the instrument"]),
  ...["\x1f\x8b", "BZh", "\xfd7zXZ", "7z\xbc\xaf", "Rar!"].map((begin) => [begin, "an archive", "unpack it"]),
  ["\x89HDF", ...FORMATS_BY_SUFFIX.h5],
  ["CDF", ...FORMATS_BY_SUFFIX.nc],
  ["\x93NUMPY", ...FORMATS_BY_SUFFIX.npy],
  ["MATLAB 5.0", ...FORMATS_BY_SUFFIX.mat],
  ["TDSm", ...FORMATS_BY_SUFFIX.tdms],
  ["PAR1", ...FORMATS_BY_SUFFIX.parquet],
  ["CPYUA", ...FORMATS_BY_SUFFIX.opju],
  ["CPYA", ...FORMATS_BY_SUFFIX.opj],
  ["\x00\x01\x00\x00Standard", ...FORMATS_BY_SUFFIX.res],
  ["NEWARE", ...FORMATS_BY_SUFFIX.nda],
  ["EC-LAB SETTING FILE", ...FORMATS_BY_SUFFIX.mps],
  ["EC-Lab LOG FILE", ...FORMATS_BY_SUFFIX.mpl],
  ["<?xml", "an XML file", "export the table as csv"],
  ["<!DOCTYPE", "a web page", "export the table as csv"],
  ["<html", "a web page", "export the table as csv"],
];
/** Containers of several formats, which the suffix tells apart. */
const CONTAINERS = [
  ["PK\x03\x04", ["xlsx", "xlsm", "ods", "ndax", "npz", "docx"]],
  ["\xd0\xcf\x11\xe0", ["xls", "nox", "opj"]],
];

const toldFormat = ([what, advice]) => `${what}, which is not read; ${advice}`;
const suffixOf = (name) => (name.includes(".") ? name.split(".").pop().toLowerCase() : "");
const formatOf = (suffix) => (Object.hasOwn(FORMATS_BY_SUFFIX, suffix) ? FORMATS_BY_SUFFIX[suffix] : null);

/** What a file is that begins like one that is never read, and what to do; "" for others. */
export function beginsAs(bytes, name) {
  const head = String.fromCharCode(...bytes.subarray(0, 64));
  const suffix = suffixOf(name);
  const own = CONTAINERS.some(([begin, suffixes]) => head.startsWith(begin) && suffixes.includes(suffix));
  if (own) return toldFormat(formatOf(suffix));
  const found = FORMATS_BY_BEGIN.find(([begin]) => head.startsWith(begin));
  return found ? toldFormat(found.slice(1)) : "";
}

/** What a file without a spectrum is by its suffix or its words, and which export is read; "" when nothing tells. */
export function namedAs(bytes, name) {
  const head = String.fromCharCode(...bytes.subarray(0, 4000)).replaceAll("\0", "");
  const known = head.includes("PalmSens") ? FORMATS_BY_SUFFIX.pssession : formatOf(suffixOf(name));
  return known ? toldFormat(known) : "";
}
