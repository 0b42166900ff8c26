# bench_torch.py: PyTorch on the workloads of bench.c, one thread.
#
#     bench_torch.py                          prints name and version
#     bench_torch.py WORKLOAD H B [quick]     prints the milliseconds of one run
#
# WORKLOAD is TRAIN (forward, backward, Adam), INVERT (weights frozen; backward to the input of the
# first step) or GENERATE (forward).  205 steps, 20 inputs (zero after the first step), 2 outputs.
import sys
import time

import torch

if len(sys.argv) == 1:
    print("PyTorch", torch.__version__)
    sys.exit()

workload, hidden, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
repetitions = 3 if "quick" in sys.argv else 9
steps, inputs, outputs = 205, 20, 2

torch.set_num_threads(1)
torch.manual_seed(1)
lstm = torch.nn.LSTM(inputs, hidden)
dense = torch.nn.Linear(hidden, outputs)
parameters = list(lstm.parameters()) + list(dense.parameters())
first = torch.randn(1, batch, inputs)
rest = torch.zeros(steps - 1, batch, inputs)
target = torch.randn(steps, batch, outputs)
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

run = {"TRAIN": train, "INVERT": invert, "GENERATE": generate}[workload]

# The median of several measurements of at least 50 ms each, after one run to warm up.
run()
start, calls = time.perf_counter(), 0
while calls == 0 or time.perf_counter() - start < 0.05:
    run()
    calls += 1
seconds = []
for _ in range(repetitions):
    start = time.perf_counter()
    for _ in range(calls):
        run()
    seconds.append((time.perf_counter() - start) / calls)
print(1e3 * sorted(seconds)[repetitions // 2])
