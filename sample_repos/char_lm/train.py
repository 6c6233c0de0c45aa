"""Train the character model. Everything is at module level, in the order in which it happens.

Any setting below can be changed on the command line:
$ python train.py --max_iters=100 --learning_rate=1e-3
"""

import ast
import json
import math
import os
import sys
import time

import numpy as np
import torch

from model import CharTransformer

# -----------------------------------------------------------------------------
# default config values
data_dir = "data"
out_dir = "out"
# evaluation
eval_interval = 50
eval_iters = 5
# model
block_size = 40
n_layer = 2
n_head = 4
n_embd = 64
# optimizer
batch_size = 12
gradient_accumulation_steps = 2  # two small batches make one update, so memory holds one of them only
learning_rate = 6e-3
min_lr = 6e-4
warmup_iters = 20
max_iters = 250
weight_decay = 0.01
grad_clip = 1.0
seed = 1337
# -----------------------------------------------------------------------------
# command line: --name=value replaces the global of that name, if there is one and the types agree
config_keys = [k for k, v in globals().items() if not k.startswith("_") and isinstance(v, (int, float, str))]
for arg in sys.argv[1:]:
    key, _, value = arg.removeprefix("--").partition("=")
    if key not in config_keys:
        sys.exit(f"unknown setting {key}; there are {', '.join(config_keys)}")
    if not isinstance(globals()[key], str):
        value = type(globals()[key])(ast.literal_eval(value))
    globals()[key] = value
config = {k: globals()[k] for k in config_keys}  # goes into the checkpoint
# -----------------------------------------------------------------------------

os.makedirs(out_dir, exist_ok=True)
torch.manual_seed(seed)
device = "cuda" if torch.cuda.is_available() else "cpu"

# data: the files that prepare.py wrote, read from disk only where a batch needs them
train_data = np.memmap(os.path.join(data_dir, "train.bin"), dtype=np.uint16, mode="r")
val_data = np.memmap(os.path.join(data_dir, "val.bin"), dtype=np.uint16, mode="r")
with open(os.path.join(data_dir, "vocab.json"), encoding="utf-8") as f:
    chars = json.load(f)


def get_batch(split):
    """Random windows of the text: x (B, T), and y, the same windows one character later."""
    data = train_data if split == "train" else val_data
    ix = torch.randint(len(data) - block_size, (batch_size,)).tolist()
    x = torch.stack([torch.from_numpy(data[i : i + block_size].astype(np.int64)) for i in ix])
    y = torch.stack([torch.from_numpy(data[i + 1 : i + 1 + block_size].astype(np.int64)) for i in ix])
    return x.to(device), y.to(device)


# model and optimizer
model = CharTransformer(len(chars), block_size, n_layer, n_head, n_embd).to(device)
print(f"{sum(p.numel() for p in model.parameters()):,} parameters on {device}")
optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=weight_decay)


@torch.no_grad()
def estimate_loss():
    """The mean loss over a few batches of each split: one batch alone is too noisy to compare."""
    out = {}
    model.eval()
    for split in ("train", "val"):
        losses = torch.zeros(eval_iters)
        for k in range(eval_iters):
            x, y = get_batch(split)
            _, loss = model(x, y)
            losses[k] = loss.item()
        out[split] = losses.mean().item()
    model.train()
    return out


def get_lr(it):
    """Linear warmup, then half a cosine down to min_lr."""
    if it < warmup_iters:
        return learning_rate * (it + 1) / warmup_iters
    progress = (it - warmup_iters) / max(1, max_iters - warmup_iters)
    return min_lr + 0.5 * (learning_rate - min_lr) * (1.0 + math.cos(math.pi * min(1.0, progress)))


# training loop
iter_num = 0
best_val_loss = float("inf")
t0 = time.time()
while True:
    lr = get_lr(iter_num)
    for param_group in optimizer.param_groups:
        param_group["lr"] = lr

    # evaluate now and then, and keep the weights that do best on text they have not seen
    if iter_num % eval_interval == 0:
        losses = estimate_loss()
        print(f"iter {iter_num:4d}: train loss {losses['train']:.3f}, val loss {losses['val']:.3f}, lr {lr:.1e}")
        if losses["val"] < best_val_loss:
            best_val_loss = losses["val"]
            checkpoint = {"model": model.state_dict(), "config": config, "chars": chars, "iter_num": iter_num}
            torch.save(checkpoint, os.path.join(out_dir, "ckpt.pt"))

    if iter_num >= max_iters:
        break

    # forward, backward, update; the gradients of the small batches add up
    for micro_step in range(gradient_accumulation_steps):
        x, y = get_batch("train")
        logits, loss = model(x, y)
        loss = loss / gradient_accumulation_steps  # so that the sum is a mean again
        loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), grad_clip)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    iter_num += 1

print(f"best val loss {best_val_loss:.3f} (guessing blindly is {math.log(len(chars)):.3f}), {time.time() - t0:.1f} s")
