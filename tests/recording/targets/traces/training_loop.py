"""Fits a line by gradient descent, in plain Python."""
import random


def make_data(count, slope=2.0):
    random.seed(3)
    rows = []
    for index in range(count):
        x = index / count
        rows.append((x, slope * x + 1))
    return rows


def batches(rows, size):
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def loss_of(weight, bias, batch):
    total = 0.0
    for x, y in batch:
        error = weight * x + bias - y
        total += error * error
    return total / len(batch)


def gradient(weight, bias, batch):
    down, across = 0.0, 0.0
    for x, y in batch:
        error = weight * x + bias - y
        down += 2 * error * x / len(batch)
        across += 2 * error / len(batch)
    return down, across


def train(rows, epochs=4, rate=0.5):
    weight = bias = 0.0
    for epoch in range(epochs):
        seen = 0.0
        for number, batch in enumerate(batches(rows, 4)):
            loss = loss_of(weight, bias, batch)
            down, across = gradient(weight, bias, batch)
            weight -= rate * down
            bias -= rate * across
            seen += loss
        if epoch % 2 == 0:
            print(epoch, round(seen, 3))
    else:
        print("trained")
    return weight, bias


def main():
    rows = make_data(8)
    weight, bias = train(rows)
    accuracy = sum(abs(weight * x + bias - y) < 0.5 for x, y in rows) / len(rows)
    print(f"{accuracy:.2f}")
    return accuracy


if __name__ == "__main__":
    main()
