import torch
import torch.distributed as dist


def train(model, rank):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(200):
        loss = model(torch.randn(8, 4)).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()  # @step
        if rank == 0 and step % 50 == 0:
            print("step", step)  # @printed
        if rank == 0 and step == 150:
            print("never reached")


def main():
    dist.init_process_group("gloo")
    torch.manual_seed(0)
    train(torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(4, 1)), dist.get_rank())
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
