"""Semi-supervised node classification with a two-layer GCN on a made-up graph."""

import argparse

import torch
import torch.nn.functional as F
from torch_geometric.data import Data
from torch_geometric.nn import GCNConv
from torch_geometric.utils import stochastic_blockmodel_graph, to_undirected


def make_graph(nodes_per_block, seed):
    torch.manual_seed(seed)
    blocks = [nodes_per_block] * 3
    probs = torch.full((3, 3), 0.02) + torch.eye(3) * 0.15
    edge_index = to_undirected(stochastic_blockmodel_graph(blocks, probs))
    y = torch.arange(3).repeat_interleave(nodes_per_block)
    x = F.one_hot(y, 3).float() + torch.randn(len(y), 3)
    data = Data(x=x, edge_index=edge_index, y=y)
    order = torch.randperm(data.num_nodes)
    data.train_mask = torch.zeros(data.num_nodes, dtype=torch.bool)
    data.train_mask[order[:40]] = True
    data.test_mask = ~data.train_mask
    return data


class GCN(torch.nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.conv1 = GCNConv(3, hidden)
        self.conv2 = GCNConv(hidden, 3)

    def forward(self, x, edge_index):
        x = F.dropout(x, p=0.5, training=self.training)
        x = self.conv1(x, edge_index).relu()
        return self.conv2(x, edge_index)


parser = argparse.ArgumentParser()
parser.add_argument("--hidden_channels", type=int, default=16)
parser.add_argument("--lr", type=float, default=0.01)
parser.add_argument("--epochs", type=int, default=200)
args = parser.parse_args()

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
data = make_graph(60, seed=0).to(device)
model = GCN(args.hidden_channels).to(device)
optimizer = torch.optim.Adam(model.parameters(), lr=args.lr, weight_decay=5e-4)


def train():
    model.train()
    optimizer.zero_grad()
    out = model(data.x, data.edge_index)
    loss = F.cross_entropy(out[data.train_mask], data.y[data.train_mask])
    loss.backward()
    optimizer.step()
    return float(loss)


@torch.no_grad()
def test():
    model.eval()
    pred = model(data.x, data.edge_index).argmax(dim=-1)
    accs = []
    for mask in [data.train_mask, data.test_mask]:
        accs.append(int((pred[mask] == data.y[mask]).sum()) / int(mask.sum()))
    return accs


best = 0.0
for epoch in range(1, args.epochs + 1):
    loss = train()
    train_acc, test_acc = test()
    if test_acc > best:
        best = test_acc
        torch.save(model.state_dict(), "gcn.pt")
    print(f"epoch {epoch:03d} loss {loss:.4f} train {train_acc:.3f} test {test_acc:.3f}")
