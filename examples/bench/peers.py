# peers.py: other libraries on the workloads of bench.c, one thread.
#
#     peers.py PEER WORKLOAD ARGUMENTS
#
# Prints its name and version when it is ready; then for every line it reads it prints the milliseconds
# of processor time that one run takes, a mean over 50 ms or more.  Exits at once if the library is
# not installed.  The peers of a workload:
#
#     torch, jax, onnxruntime    TRAIN, INVERT, GENERATE, with H and B.  TRAIN is forward, backward and
#                                Adam; INVERT freezes the weights and goes back to the input of the first
#                                step; GENERATE is forward.  205 steps, 20 inputs (zero after the first
#                                step), 2 outputs.  onnxruntime knows GENERATE alone.
#     lloyd, elkan               KMEANS of scikit-learn by that algorithm, with FILE and k: ten starts
#     minisom                    SOM, with FILE: the map and the iterations of ic_som_train, its start included
#     aeon, dtaidistance         DTW of the first two curves in FILE.  aeon adds up squared distances
#                                and so has no roots to compute.
#     minirocket                 FIT and RECOGNISE (one letter), with FILE and how many letters of it are to be learned;
#                                a row is class, length, points.  aeon's classifier: MiniRocket (Dempster et al. 2021)
#                                and scikit-learn's ridge classifier.  It wants curves of one length: 128 points, evenly
#                                spaced in time, centred and of size 1 as the recogniser's; that is not timed.
#
# A FILE holds two whole numbers of 32 bits, n and d, and then n x d floats.
import importlib.metadata
import itertools
import math
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import numpy as np

STEPS, INPUTS, OUTPUTS = 205, 20, 2


def load(path):
    n, d = np.fromfile(path, dtype=np.int32, count=2)
    return np.fromfile(path, dtype=np.float32, offset=8).reshape(n, d)


def torch_peer(workload, hidden, batch):
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(1)
    lstm = torch.nn.LSTM(INPUTS, int(hidden))
    dense = torch.nn.Linear(int(hidden), OUTPUTS)
    parameters = list(lstm.parameters()) + list(dense.parameters())
    first = torch.randn(1, int(batch), INPUTS)
    rest = torch.zeros(STEPS - 1, int(batch), INPUTS)
    target = torch.randn(STEPS, int(batch), OUTPUTS)
    optimiser = torch.optim.Adam(parameters, lr=0.001)

    def forward():
        return dense(lstm(torch.cat([first, rest]))[0])

    def train():
        optimiser.zero_grad()
        torch.nn.functional.mse_loss(forward(), target).backward()
        optimiser.step()

    def invert():
        first.grad = None
        torch.nn.functional.mse_loss(forward(), target).backward()

    def generate():
        with torch.inference_mode():
            forward()

    if workload == "INVERT":
        first.requires_grad_(True)
        for p in parameters:
            p.requires_grad_(False)
    return {"TRAIN": train, "INVERT": invert, "GENERATE": generate}[workload]


def jax_peer(workload, hidden, batch):
    import jax
    from jax import numpy as jnp

    hidden, batch = int(hidden), int(batch)
    keys = jax.random.split(jax.random.PRNGKey(1), 5)
    w = {
        "W": jax.random.normal(keys[0], (INPUTS, 4 * hidden)) / math.sqrt(INPUTS),
        "U": jax.random.normal(keys[1], (hidden, 4 * hidden)) / math.sqrt(hidden),
        "b": jnp.zeros(4 * hidden),
        "D": jax.random.normal(keys[2], (hidden, OUTPUTS)) / math.sqrt(hidden),
        "d": jnp.zeros(OUTPUTS),
    }
    first = jax.random.normal(keys[3], (batch, INPUTS))
    target = jax.random.normal(keys[4], (STEPS, batch, OUTPUTS))

    def forward(w, first):                 # the input's product where there is an input, as in bench.c
        def step(state, x):
            h, c = state
            i, f, g, o = jnp.split(x + h @ w["U"] + w["b"], 4, axis=1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        zero = jnp.zeros((batch, hidden))
        state, h0 = step((zero, zero), first @ w["W"])
        _, rest = jax.lax.scan(lambda s, _: step(s, 0.0), state, None, STEPS - 1)
        return jnp.concatenate([h0[None], rest]) @ w["D"] + w["d"]

    def loss(w, first):
        return jnp.mean((forward(w, first) - target) ** 2)

    def update(w, m, v, t):
        g = jax.grad(loss)(w, first)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        rate = 0.001 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        return jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-7), w, m, v), m, v, t + 1

    if workload == "TRAIN":
        zeros = jax.tree.map(jnp.zeros_like, w)
        state = [(w, zeros, zeros, 1.0)]
        run = jax.jit(update)

        def train():
            state[0] = jax.block_until_ready(run(*state[0]))

        return train
    run = jax.jit(jax.grad(loss, 1) if workload == "INVERT" else forward)
    return lambda: jax.block_until_ready(run(w, first))


def onnxruntime_peer(workload, hidden, batch):
    if workload != "GENERATE":
        sys.exit(1)
    import onnxruntime
    from onnx import TensorProto, checker, helper

    hidden, batch = int(hidden), int(batch)
    random = np.random.default_rng(1)

    def weights(name, *shape):
        x = random.standard_normal(shape).astype(np.float32) / math.sqrt(shape[-1])
        return helper.make_tensor(name, TensorProto.FLOAT, shape, x.ravel())

    nodes = [
        helper.make_node("LSTM", ["x", "W", "R", "B"], ["h"], hidden_size=hidden),
        helper.make_node("Squeeze", ["h", "one"], ["flat"]),
        helper.make_node("MatMul", ["flat", "D"], ["product"]),
        helper.make_node("Add", ["product", "d"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "generator",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [STEPS, batch, INPUTS])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [STEPS, batch, OUTPUTS])],
        [
            weights("W", 1, 4 * hidden, INPUTS),
            weights("R", 1, 4 * hidden, hidden),
            weights("B", 1, 8 * hidden),
            weights("D", hidden, OUTPUTS),
            weights("d", OUTPUTS),
            helper.make_tensor("one", TensorProto.INT64, [1], [1]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    checker.check_model(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    x = np.zeros((STEPS, batch, INPUTS), np.float32)
    x[0] = random.standard_normal((batch, INPUTS))
    return lambda: session.run(None, {"x": x})


def kmeans_peer(algorithm):
    def peer(workload, path, k):
        from sklearn.cluster import KMeans

        x, seed = load(path), iter(range(1 << 30))
        return lambda: KMeans(int(k), n_init=10, algorithm=algorithm, random_state=next(seed)).fit(x)

    return peer


def minisom_peer(workload, path):
    from minisom import MiniSom

    x = load(path)
    side = math.ceil(math.sqrt(len(x)))

    def run():
        som = MiniSom(side, side, x.shape[1], sigma=1.0, learning_rate=0.5, random_seed=1)
        som.random_weights_init(x)
        som.train(x, 100, random_order=True)

    return run


def aeon_peer(workload, path):
    from aeon.distances import dtw_distance

    x = load(path).astype(np.float64)
    a, b = (np.ascontiguousarray(x[k].reshape(-1, 2).T) for k in (0, 1))
    return lambda: dtw_distance(a, b)


def dtaidistance_peer(workload, path):
    from dtaidistance import dtw_ndim

    x = load(path).astype(np.float64)
    a, b = (np.ascontiguousarray(x[k].reshape(-1, 2)) for k in (0, 1))
    return lambda: dtw_ndim.distance_fast(a, b)


def minirocket_peer(workload, path, count):
    from aeon.classification.convolution_based import MiniRocketClassifier

    def prepare(row):
        x = row[2 : 2 + 2 * int(row[1])].reshape(-1, 2).T
        at = np.linspace(0, x.shape[1] - 1, 128)
        x = np.stack([np.interp(at, np.arange(x.shape[1]), axis) for axis in x])
        x -= x.mean(1, keepdims=True)
        return x / np.sqrt((x**2).sum(0).mean())

    rows, count = load(path), int(count)
    x, labels = np.stack([prepare(row) for row in rows]), rows[:, 0].astype(int)

    def fit():
        return MiniRocketClassifier(random_state=0).fit(x[:count], labels[:count])

    if workload == "FIT":
        return fit
    model, turn = fit(), itertools.cycle(range(count, len(x)))

    def one():
        k = next(turn)
        model.predict(x[k : k + 1])

    one.note = f", {(model.predict(x[count:]) == labels[count:]).mean():.4f} right"
    return one


PEERS = {
    "torch": (torch_peer, "PyTorch", "torch"),
    "jax": (jax_peer, "JAX", "jax"),
    "onnxruntime": (onnxruntime_peer, "onnxruntime", "onnxruntime"),
    "lloyd": (kmeans_peer("lloyd"), "sklearn Lloyd", "scikit-learn"),
    "elkan": (kmeans_peer("elkan"), "sklearn Elkan", "scikit-learn"),
    "minisom": (minisom_peer, "MiniSom", "minisom"),
    "aeon": (aeon_peer, "aeon", "aeon"),
    "dtaidistance": (dtaidistance_peer, "dtaidistance", "dtaidistance"),
    "minirocket": (minirocket_peer, "MiniRocket of aeon", "aeon"),
}

make, name, package = PEERS[sys.argv[1]]
run = make(*sys.argv[2:])
run()
start, calls = time.process_time(), 0
while calls == 0 or time.process_time() - start < 0.05:
    run()
    calls += 1
print(name, importlib.metadata.version(package) + getattr(run, "note", ""), flush=True)
for _ in sys.stdin:
    start = time.process_time()
    for _ in range(calls):
        run()
    print(1e3 * (time.process_time() - start) / calls, flush=True)
