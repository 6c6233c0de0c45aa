"""Fine-tune a tiny BERT on made-up sentences, with class weights in the loss."""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn
from torch.utils.data import Dataset
from transformers import BertConfig, BertForSequenceClassification, HfArgumentParser, Trainer, TrainingArguments


@dataclass
class DataArguments:
    rows: int = field(default=400)
    length: int = field(default=12)


class Sentences(Dataset):
    def __init__(self, rows, length, seed):
        generator = torch.Generator().manual_seed(seed)
        self.ids = torch.randint(5, 60, (rows, length), generator=generator)
        self.labels = (self.ids < 20).sum(1).gt(length // 4).long()

    def __len__(self):
        return len(self.ids)

    def __getitem__(self, index):
        return {
            "input_ids": self.ids[index],
            "attention_mask": torch.ones_like(self.ids[index]),
            "labels": self.labels[index],
        }


class WeightedTrainer(Trainer):
    def compute_loss(self, model, inputs, return_outputs=False, **kwargs):
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        weight = torch.tensor([1.0, 2.0])
        loss = nn.functional.cross_entropy(outputs.logits, labels, weight=weight)
        return (loss, outputs) if return_outputs else loss


def compute_metrics(prediction):
    logits, labels = prediction
    predicted = np.argmax(logits, axis=-1)
    accuracy = (predicted == labels).mean()
    return {"accuracy": float(accuracy)}


def main():
    parser = HfArgumentParser(DataArguments)
    (data_args,) = parser.parse_args_into_dataclasses()
    config = BertConfig(
        vocab_size=64,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=32,
        num_labels=2,
    )
    model = BertForSequenceClassification(config)
    training_args = TrainingArguments(
        output_dir="out",
        num_train_epochs=30,
        per_device_train_batch_size=16,
        eval_strategy="steps",
        eval_steps=200,
        save_steps=200,
        logging_steps=50,
        learning_rate=5e-4,
        report_to="none",
        use_cpu=True,
        disable_tqdm=True,
    )
    trainer = WeightedTrainer(
        model=model,
        args=training_args,
        train_dataset=Sentences(data_args.rows, data_args.length, seed=0),
        eval_dataset=Sentences(100, data_args.length, seed=1),
        compute_metrics=compute_metrics,
    )
    trainer.train()
    metrics = trainer.evaluate()
    print(metrics)
    trainer.save_model("final")


if __name__ == "__main__":
    main()
