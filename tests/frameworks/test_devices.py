"""Libraries that choose a GPU themselves, asked for one where there is none: one process, on the CPU, and told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attempting import attempts_of

from tests.frameworks.test_programs import PYTHON
from tracer.plan import Shim

MakeRepo = Callable[..., Path]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.torch,
    pytest.mark.skipif(not PYTHON.exists(), reason="no environment with the frameworks; `make test` builds it"),
]

TRAINERS = """
import lightning
import torch
from accelerate import Accelerator
from torch import nn
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments


class Net(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 1)

    def training_step(self, batch, index):
        return self.layer(batch).pow(2).mean()

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.1)


def with_lightning():
    loader = torch.utils.data.DataLoader(torch.randn(16, 4), batch_size=8, pin_memory=True)
    trainer = lightning.Trainer(
        accelerator="gpu", devices=4, strategy="ddp", precision="16-mixed", max_epochs=1, sync_batchnorm=True,
        logger=False, enable_checkpointing=False, enable_progress_bar=False,
    )
    model = Net()
    trainer.fit(model, loader)
    print("lightning", trainer.num_devices, trainer.precision, model.device)


def with_accelerate():
    accelerator = Accelerator(mixed_precision="fp16")
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loader = torch.utils.data.DataLoader(torch.randn(16, 4), batch_size=8)
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
    for x in loader:
        loss = model(x.cuda()).pow(2).mean()
        optimizer.zero_grad()
        accelerator.backward(loss)
        optimizer.step()
    print("accelerate", accelerator.device, torch.cuda.get_device_name(accelerator.device))


def with_transformers():
    config = BertConfig(
        vocab_size=32, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    model = BertForSequenceClassification(config).to("cuda")
    rows = [{"input_ids": torch.randint(0, 32, (8,)), "labels": torch.tensor(i % 2)} for i in range(8)]
    args = TrainingArguments(
        output_dir="out", fp16=True, max_steps=2, per_device_train_batch_size=4, report_to="none",
        optim="adamw_torch_fused", disable_tqdm=True, save_strategy="no",
    )
    Trainer(model=model, args=args, train_dataset=rows).train()
    with torch.no_grad(), torch.autocast("cuda", dtype=torch.float16):
        print("transformers", tuple(model(input_ids=torch.zeros(2, 8, dtype=torch.long).cuda()).logits.shape))


with_lightning()
with_accelerate()
with_transformers()
"""

JAX = """
import os

os.environ["JAX_PLATFORMS"] = "cuda"
import jax
import jax.numpy as jnp

jax.config.update("jax_platform_name", "gpu")
device = jax.devices("gpu")[0]
print(device.platform, jax.local_device_count("gpu"), jax.default_backend())
weights = jax.device_put(jnp.ones((4, 1)), device)
with jax.default_device(jax.devices("cuda")[0]):
    for step in range(3):
        x = jax.random.normal(jax.random.key(step), (8, 4))
        weights = weights - 0.1 * jax.grad(lambda w: jnp.mean((x @ w) ** 2))(weights)
fast = jax.jit(jnp.sum, backend="gpu")
print(fast(weights).shape, x.device.platform)
"""


def told(source: str, done: str, pairs: dict[str, str]) -> None:
    """Each of these was told, at the line that holds the text."""
    lines = source.splitlines()
    for said, text in pairs.items():
        number = next(n for n, line in enumerate(lines, start=1) if text in line)
        row = next((row for row in done.splitlines() if row.startswith(said)), "")
        assert f"train.py:{number}" in row, (said, row, done)


def test_trainers_of_libraries(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": TRAINERS})
    done = attempts_of(repo, "train.py", python=str(PYTHON), only=(), shims=(Shim("cuda"),), limits={"seconds": 120})
    assert done.ending[0] == "finished", done.last.err
    assert [line for line in done.last.out.splitlines() if line.startswith(("light", "acc", "trans"))] == [
        "lightning 1 32-true cpu",
        "accelerate cpu CPU",
        "transformers (2, 2)",
    ]
    pairs = {
        "Trainer(accelerator='gpu') became 'cpu'": "trainer = lightning.Trainer(",
        "Trainer(devices=4) became 1": "trainer = lightning.Trainer(",
        "Trainer(strategy='ddp') became 'auto'": "trainer = lightning.Trainer(",
        "Trainer(precision='16-mixed') became '32-true'": "trainer = lightning.Trainer(",
        "Trainer(sync_batchnorm=True) became False": "trainer = lightning.Trainer(",
        "Accelerator(mixed_precision='fp16') became 'no'": "accelerator = Accelerator(",
        "TrainingArguments(fp16=True) became False": "args = TrainingArguments(",
        "Module.to('cuda') was asked for and became the CPU": 'to("cuda")',
    }
    told(TRAINERS, done.told, pairs)


def test_jax(make_repo: MakeRepo) -> None:
    repo = make_repo(files={"train.py": JAX})
    done = attempts_of(repo, "train.py", python=str(PYTHON), only=(), shims=(Shim("cuda"),), limits={"seconds": 120})
    assert done.ending[0] == "finished", done.last.err
    assert done.last.out.splitlines() == ["cpu 1 cpu", "() cpu"]
    pairs = {
        "JAX_PLATFORMS=cuda became cpu": "import jax",
        "jax.config.update('jax_platform_name', 'gpu') became 'cpu'": "jax.config.update(",
        "jax.devices('gpu') became those of the CPU": 'jax.devices("gpu")',
        "jax.devices('cuda') became those of the CPU": 'jax.devices("cuda")',
        "jax.jit(backend='gpu') became that of the CPU": "fast = jax.jit(",
    }
    told(JAX, done.told, pairs)
