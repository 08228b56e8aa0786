"""PyTorch as a peer: answers the requests of peer-protocol.ts, in its own layout, which is ours (NCHW)."""
import json
import sys
import time

threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1


def say(message):
    print(json.dumps(message), flush=True)


def prepare(problem):
    """The call of the problem: the operator that its own gradients run, with only the wanted one asked for."""
    s, pad, places, kind = problem["shape"], problem["pad"], problem["places"], problem["pass"]
    size, kernel, stride = s["size"], s["kernel"], [s["stride"]] * 2
    shapes = {
        "V": [s["batch"], s["inChannels"], size, size],
        "K": [s["outChannels"], s["inChannels"], kernel, kernel],
        "G": [s["batch"], s["outChannels"], places, places],
    }
    V, K, G = (
        torch.from_numpy(numpy.fromfile(f"{problem['folder']}/{name}.f32", numpy.float32).reshape(shapes[name]))
        for name in "VKG"
    )
    if kind == "f":
        return lambda: torch.nn.functional.conv2d(V, K, stride=stride, padding=pad)
    mask = [kind == "h", kind == "g", False]
    backward = torch.ops.aten.convolution_backward
    rest = [None, stride, [pad, pad], [1, 1], False, [0, 0], 1, mask]
    return lambda: backward(G, V, K, *rest)[0 if kind == "h" else 1]


def timed(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def answer():
    call = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "problem" in request:
                call = prepare(request["problem"])
                seconds, result = timed(call)
                result.contiguous().numpy().tofile(request["problem"]["result"])
                say({"seconds": [seconds]})
            else:
                say({"seconds": [timed(call)[0] for _ in range(request["run"])]})
        except Exception as problem:
            say({"error": str(problem).split("\n")[0]})


try:
    import numpy
    import torch

    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    say({"ready": f"PyTorch {torch.__version__}, NCHW, {torch.get_num_threads()} thread{'s' if threads > 1 else ''}"})
    answer()
except ImportError as problem:
    say({"error": str(problem)})
