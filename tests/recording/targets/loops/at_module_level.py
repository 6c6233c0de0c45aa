import tiny_optim

optimizer = tiny_optim.Optimizer()
step = 0
while True:
    optimizer.step()
    step += 1
    if step >= 100000:
        break
print("left at", step)
for epoch in range(10000):
    optimizer.step()
print("epoch", epoch)
