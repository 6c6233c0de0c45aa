import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 2)

    def forward(self, x):
        hidden = self.layer(x)  # @forward
        return hidden.relu()


@torch.compile
def scale(x):
    doubled = x * 2  # @scale
    return doubled


@torch.jit.script  # @script
def scripted(x):
    y = x * 3  # @inside
    return y + 1


net = torch.compile(Net())
inner = Net()
inner.compile()
traced = torch.jit.trace(nn.Linear(2, 2), torch.ones(1, 2))  # @trace
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(3):
    out = inner(torch.ones(3, 4)) + scale(net(torch.ones(3, 4)))
    loss = traced(scripted(out)).sum()
    loss.backward()
    optimizer.step()
print("done")
