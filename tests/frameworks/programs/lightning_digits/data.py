import lightning as L
import torch
from torch.utils.data import DataLoader, TensorDataset, random_split


class BlobsDataModule(L.LightningDataModule):
    def __init__(self, batch_size=32, rows=1200):
        super().__init__()
        self.batch_size = batch_size
        self.rows = rows

    def setup(self, stage=None):
        generator = torch.Generator().manual_seed(0)
        centers = torch.randn(3, 16, generator=generator) * 2
        label = torch.randint(3, (self.rows,), generator=generator)
        points = centers[label] + torch.randn(self.rows, 16, generator=generator)
        full = TensorDataset(points, label)
        sizes = [self.rows - 400, 200, 200]
        self.train_set, self.val_set, self.test_set = random_split(full, sizes, generator=generator)

    def train_dataloader(self):
        return DataLoader(self.train_set, batch_size=self.batch_size, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.val_set, batch_size=self.batch_size)

    def test_dataloader(self):
        return DataLoader(self.test_set, batch_size=self.batch_size)
