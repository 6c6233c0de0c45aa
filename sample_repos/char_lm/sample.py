"""Let the trained model write. Loads what `train.py` saved and continues a first line."""

import os
import sys

import torch

from model import CharTransformer

start = sys.argv[1] if len(sys.argv) > 1 else "\n"  # an empty line: let it begin a day
torch.manual_seed(7)

# the checkpoint carries everything that is needed to build the model again: settings, vocabulary, weights
checkpoint = torch.load(os.path.join("out", "ckpt.pt"), map_location="cpu", weights_only=True)
config, chars = checkpoint["config"], checkpoint["chars"]
model = CharTransformer(len(chars), config["block_size"], config["n_layer"], config["n_head"], config["n_embd"])
model.load_state_dict(checkpoint["model"])
model.eval()

stoi = {ch: i for i, ch in enumerate(chars)}
idx = torch.tensor([[stoi[ch] for ch in start]])  # (1, T)
idx = model.generate(idx, max_new_tokens=300, temperature=0.5)
print("".join(chars[i] for i in idx[0].tolist()))
