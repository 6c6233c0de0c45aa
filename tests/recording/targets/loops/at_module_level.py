import tiny_optim

optimizer = tiny_optim.Optimizer()
step = 0
while True:
    optimizer.step()
    step += 1
    if step >= 20000:
        break
print("left at", step)
for epoch in range(5000):
    optimizer.step()
print("epoch", epoch)
