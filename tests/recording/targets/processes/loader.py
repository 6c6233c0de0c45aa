import sys

import torch
from torch.utils.data import DataLoader, Dataset


class Items(Dataset):
    def __len__(self):
        return 12

    def __getitem__(self, index):
        return torch.full((3,), float(index))  # @item


def main(how):
    loader = DataLoader(Items(), batch_size=3, num_workers=2, multiprocessing_context=how)
    print(sum(batch.sum().item() for batch in loader))


if __name__ == "__main__":
    main(sys.argv[1])
