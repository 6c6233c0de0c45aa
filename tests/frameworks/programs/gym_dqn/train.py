"""DQN on CartPole."""

import argparse
import random
from collections import deque

import gymnasium as gym
import numpy as np
import torch
from torch import nn


class QNetwork(nn.Module):
    def __init__(self, observations, actions):
        super().__init__()
        self.network = nn.Sequential(nn.Linear(observations, 64), nn.ReLU(), nn.Linear(64, actions))

    def forward(self, x):
        return self.network(x)


class ReplayMemory:
    def __init__(self, capacity):
        self.memory = deque(maxlen=capacity)

    def push(self, *transition):
        self.memory.append(transition)

    def sample(self, batch_size):
        batch = random.sample(self.memory, batch_size)
        columns = [np.array(column) for column in zip(*batch)]
        return [torch.as_tensor(column, dtype=torch.float32) for column in columns]

    def __len__(self):
        return len(self.memory)


def select_action(policy, state, epsilon, env):
    if random.random() < epsilon:
        return env.action_space.sample()
    with torch.no_grad():
        return policy(torch.as_tensor(state)).argmax().item()


def optimize_model(policy, target, memory, optimizer, args):
    if len(memory) < args.batch_size:
        return None
    states, actions, rewards, next_states, dones = memory.sample(args.batch_size)
    values = policy(states).gather(1, actions.long().unsqueeze(1)).squeeze(1)
    with torch.no_grad():
        expected = rewards + args.gamma * target(next_states).max(1).values * (1 - dones)
    loss = nn.functional.smooth_l1_loss(values, expected)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def evaluate(policy, episodes):
    env = gym.make("CartPole-v1")
    returns = []
    for episode in range(episodes):
        state, _ = env.reset(seed=1000 + episode)
        done, total = False, 0.0
        while not done:
            action = select_action(policy, state, 0.0, env)
            state, reward, terminated, truncated, _ = env.step(action)
            total += reward
            done = terminated or truncated
        returns.append(total)
    return float(np.mean(returns))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--episodes", type=int, default=150)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--gamma", type=float, default=0.99)
    parser.add_argument("--lr", type=float, default=1e-3)
    args = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)

    env = gym.make("CartPole-v1")
    policy = QNetwork(4, 2)
    target = QNetwork(4, 2)
    target.load_state_dict(policy.state_dict())
    optimizer = torch.optim.Adam(policy.parameters(), lr=args.lr)
    memory = ReplayMemory(10_000)
    for episode in range(args.episodes):
        state, _ = env.reset(seed=episode)
        done = False
        while not done:
            epsilon = max(0.05, 1.0 - episode / 100)
            action = select_action(policy, state, epsilon, env)
            next_state, reward, terminated, truncated, _ = env.step(action)
            done = terminated or truncated
            memory.push(state, action, reward, next_state, float(terminated))
            state = next_state
            optimize_model(policy, target, memory, optimizer, args)
        if episode % 10 == 0:
            target.load_state_dict(policy.state_dict())
    print("mean return", evaluate(policy, episodes=5))
    torch.save(policy.state_dict(), "policy.pt")


if __name__ == "__main__":
    main()
