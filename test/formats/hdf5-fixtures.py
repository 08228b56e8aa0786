"""Writes hdf5-fixtures.ts: small HDF5 files of what h5wasm cannot write. Run by hand: python3 hdf5-fixtures.py (h5py 3, NumPy)."""
import base64
import io
import zlib
from pathlib import Path

import h5py
import numpy as np


def bytes_of(fill, **options):
    memory = io.BytesIO()
    with h5py.File(memory, "w", track_times=False, **options) as f:
        fill(f)
    return memory.getvalue()


def nwb(f):
    f.attrs["nwb_version"] = "2.6.0"
    frames = np.arange(2000 * 4 * 4, dtype="float32").reshape(2000, 4, 4) % 7
    presentation = f.create_group("stimulus/presentation")

    def series(name, type_name="OpticalSeries"):
        group = presentation.create_group(name)
        group.attrs["neurodata_type"] = type_name
        start = group.create_dataset("starting_time", data=0.0)
        start.attrs["rate"] = 50.0
        return group

    series("lzf").create_dataset("data", data=frames[:40], compression="lzf", track_times=False)
    series("half").create_dataset("data", data=frames[:40].astype("float16"), track_times=False)
    layout = h5py.VirtualLayout(shape=(40, 4, 4), dtype="float32")
    layout[...] = h5py.VirtualSource("elsewhere.h5", "data", shape=(40, 4, 4))
    series("virtual").create_virtual_dataset("data", layout)
    series("linked")["data"] = h5py.ExternalLink("elsewhere.h5", "/data")
    series("external").create_dataset("external_file", data=["movie.avi"], track_times=False)
    series("indexed", "IndexSeries").create_dataset("data", data=np.arange(3, dtype="uint32"), track_times=False)
    presentation["indexed/indexed_timeseries"] = h5py.SoftLink("/stimulus/templates/gone")
    pictures = f.create_group("stimulus/templates/pictures")
    images = [pictures.create_dataset(name, data=np.full((2, 3), value, "uint8"), track_times=False) for name, value in (("a", 10), ("b", 20))]
    order = pictures.create_dataset("order_of_images", (2,), dtype=h5py.ref_dtype, track_times=False)
    order[:] = [images[1].ref, images[0].ref]
    series("pictures", "IndexSeries").create_dataset("data", data=np.array([1, 0, 1], dtype="uint32"), track_times=False)
    presentation["pictures/indexed_images"] = h5py.SoftLink("/stimulus/templates/pictures")
    big = series("big-endian")
    big.create_dataset("data", data=frames[:6].astype(">f8"), track_times=False)
    big["timestamps"] = np.arange(6) / 50 + 0.1
    f["units/spike_times"] = np.array([0.1, 0.115, 0.13, 0.2])
    f["units/spike_times_index"] = np.array([1, 4], dtype="uint64")
    f["units/id"] = np.array([7, 9])


def mat(f):
    def put(name, values, class_name, group=f, **attributes):
        data = group.create_dataset(name, data=values, track_times=False)
        data.attrs["MATLAB_class"] = np.bytes_(class_name)
        for key, value in attributes.items():
            data.attrs[key] = value
        return data

    # what MATLAB shows as stim(row, column, frame) lies reversed: [frame, column, row]
    stim = np.array([[[100 * t + 10 * r + c for r in range(2)] for c in range(3)] for t in range(4)]) / 1000
    put("stim", stim, "double")
    put("counts", np.array([[0, 2, 1, 0]], dtype="float64"), "double")
    put("frameSeconds", np.array([[0.02]]), "double")
    put("big", np.array([[3, -(2**40)]], dtype="int64"), "int64")
    put("yes", np.array([[1], [0]], dtype="uint8"), "logical", MATLAB_int_decode=np.int32(1))
    put("text", np.array([[ord("a"), ord("d")], [ord("b"), ord("e")], [ord("ç"), ord("f")]], dtype="uint16"), "char", MATLAB_int_decode=np.int32(2))
    put("empty", np.array([0, 3], dtype="uint64"), "double", MATLAB_empty=np.uint8(1))
    put("complex", np.array([[(1.0, 2.0)]], dtype=[("real", "f8"), ("imag", "f8")]), "double")
    cell = f.create_dataset("cell", (1, 1), dtype=h5py.ref_dtype, track_times=False)
    cell.attrs["MATLAB_class"] = np.bytes_("cell")
    refs = f.create_group("#refs#")
    cell[0, 0] = put("a", np.array([[1.0]]), "double", refs).ref
    struct = f.create_group("cellInfo")
    struct.attrs["MATLAB_class"] = np.bytes_("struct")
    put("depth", np.array([[350.0]]), "double", struct)
    put("area", np.array([[ord(c)] for c in "V1"], dtype="uint16"), "char", struct)
    handle = f.create_group("handle")
    handle.attrs["MATLAB_class"] = np.bytes_("function_handle")
    thin = f.create_group("thin")
    thin.attrs["MATLAB_class"] = np.bytes_("double")
    thin.attrs["MATLAB_sparse"] = np.uint64(9)


def mat_bytes():
    data = bytearray(bytes_of(mat, userblock_size=512))
    text = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, written by a test".ljust(124)
    data[:128] = text + b"\x00\x02IM"
    return bytes(data)


def literal(name, what, data):
    text = base64.b64encode(zlib.compress(data, 9)).decode()
    lines = "\n".join(f'  "{text[i : i + 110]}",' for i in range(0, len(text), 110))
    return f"/** {what} */\nexport const {name} = bytesOf([\n{lines}\n]);\n"


head = '''import { unzlibSync } from "fflate";

// written by hdf5-fixtures.py
function bytesOf(lines: readonly string[]): Uint8Array {
  return unzlibSync(Buffer.from(lines.join(""), "base64"));
}
'''
parts = [
    head,
    literal("oddNwb", "An NWB file of series that are packed, typed or linked in ways that are not read, and one that is read.", bytes_of(nwb)),
    literal("mat73", "A file as MATLAB 7.3 lays it out, with a variable of every class.", mat_bytes()),
]
Path(__file__).with_name("hdf5-fixtures.ts").write_text("\n".join(parts))
