"""Walks an NWB 2 file as PyNWB does: every required field with its type. Prints JSON; ends with 3 where h5py is missing."""
import json
import re
import sys

try:
    import h5py
except ImportError:
    sys.exit(3)

problems = []


def need(condition, what):
    if not condition:
        problems.append(what)


def typed(node, name, namespace="core"):
    need(node.attrs.get("neurodata_type") == name, f"{node.name}: neurodata_type {node.attrs.get('neurodata_type')}")
    need(node.attrs.get("namespace") == namespace, f"{node.name}: namespace {node.attrs.get('namespace')}")
    object_id = node.attrs.get("object_id", "")
    need(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", object_id), f"{node.name}: object_id {object_id}")
    ids.append(object_id)


def text(node):
    return isinstance(node, h5py.Dataset) and node.shape == () and h5py.check_string_dtype(node.dtype) is not None


def scalar_text(node, key):
    need(isinstance(node.attrs.get(key), str), f"{node.name}: attribute {key}")


def time_series(node, unit):
    scalar_text(node, "description")
    scalar_text(node, "comments")
    need(node["data"].attrs.get("unit") == unit, f"{node.name}: unit")
    for key in ("conversion", "resolution", "offset"):
        need(node["data"].attrs[key].shape == () and node["data"].attrs[key].dtype.kind == "f", f"{node.name}: {key}")
    start = node["starting_time"]
    need(start.shape == () and start.dtype == "float64", f"{node.name}: starting_time")
    need(start.attrs["rate"].shape == () and start.attrs["unit"] == "seconds", f"{node.name}: rate")


ids = []
with h5py.File(sys.argv[1], "r") as f:
    typed(f, "NWBFile")
    need(f.attrs["nwb_version"].startswith("2."), "nwb_version")
    for name in ("identifier", "session_description", "session_start_time", "timestamps_reference_time"):
        need(text(f[name]), name)
    need(f["file_create_date"].ndim == 1, "file_create_date")
    for name in ("acquisition", "analysis", "general", "processing", "stimulus/presentation", "stimulus/templates"):
        need(isinstance(f.get(name), h5py.Group), name)

    shown = f["stimulus/presentation/stimulus"]
    typed(shown, "OpticalSeries")
    time_series(shown, "contrast")
    need(shown["data"].ndim == 3 and shown["data"].dtype == "float32", "data")
    need(list(shown["dimension"]) == list(shown["data"].shape[1:]), "dimension")
    need(text(shown["format"]) and text(shown["orientation"]), "format, orientation")

    units = f["units"]
    typed(units, "Units")
    scalar_text(units, "description")
    need(list(units.attrs["colnames"]) == ["spike_times"], "colnames")
    typed(units["id"], "ElementIdentifiers", "hdmf-common")
    typed(units["spike_times"], "VectorData", "hdmf-common")
    typed(units["spike_times_index"], "VectorIndex", "hdmf-common")
    for name in ("spike_times", "spike_times_index"):
        scalar_text(units[name], "description")
    target = f[units["spike_times_index"].attrs["target"]]
    need(target.name == "/units/spike_times", "target of spike_times_index")
    ends = units["spike_times_index"][:].tolist()
    need(len(ends) == len(units["id"]) and ends[-1] == len(units["spike_times"]), "ends of spike times")

    module = f["processing/spike_counts"]
    typed(module, "ProcessingModule")
    scalar_text(module, "description")
    for series in module.values():
        typed(series, "TimeSeries")
        time_series(series, "spikes")
    need(len(set(ids)) == len(ids), "object_id is not unique")

    spikes = [end - start for start, end in zip([0, *ends], ends)]
    print(json.dumps({"problems": problems, "spikes": spikes, "pixel": float(shown["data"][7, 4, 2])}))
