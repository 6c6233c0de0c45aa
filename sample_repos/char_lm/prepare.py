"""Turn the logbook into numbers: one id per character, the first nine tenths for training, the rest for validation.

Look at the vocabulary: it is simply every character that occurs. `train.py` reads the three files written here.
"""

import json
import os

import numpy as np

data_dir = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")

with open(os.path.join(data_dir, "logbook.txt"), encoding="utf-8") as f:
    text = f.read()

chars = sorted(set(text))
stoi = {ch: i for i, ch in enumerate(chars)}  # character -> id
print(f"{len(text):,} characters, {len(chars)} different ones: {''.join(chars)!r}")

# The split is by time, not at random: the model is judged on days that it has never read.
n_train = int(0.9 * len(text))
train_ids = np.array([stoi[ch] for ch in text[:n_train]], dtype=np.uint16)  # (N,)
val_ids = np.array([stoi[ch] for ch in text[n_train:]], dtype=np.uint16)

train_ids.tofile(os.path.join(data_dir, "train.bin"))
val_ids.tofile(os.path.join(data_dir, "val.bin"))

# The ids mean nothing without the vocabulary, so it is kept beside them.
with open(os.path.join(data_dir, "vocab.json"), "w", encoding="utf-8") as f:
    json.dump(chars, f, ensure_ascii=False)

print(f"train.bin has {len(train_ids):,} ids, val.bin has {len(val_ids):,}")
