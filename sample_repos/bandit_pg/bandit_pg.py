"""Policy gradient in one file: an agent learns which of eight slot machines pays, and that it depends on the weather.

Each episode has 20 pulls. Before every pull the agent sees the weather, as four noisy numbers; each kind of weather has
one machine that pays well. Nobody tells the agent which: it only sees what its own pulls bring.
"""

import argparse
from dataclasses import dataclass, fields

import torch
import torch.nn as nn
from torch.distributions import Categorical


@dataclass
class Args:
    seed: int = 1
    episodes: int = 64
    """episodes per update, played side by side"""
    updates: int = 100
    """how often the policy is improved"""
    learning_rate: float = 1e-2
    entropy_coef: float = 0.02
    """how strongly the policy is kept from settling on one machine too early"""
    eval_every: int = 25
    """updates between two evaluations"""


def parse_args():
    parser = argparse.ArgumentParser(description="Policy gradient on a contextual bandit")
    for field in fields(Args):
        parser.add_argument("--" + field.name.replace("_", "-"), type=field.type, default=field.default)
    return Args(**vars(parser.parse_args()))


class WeatherBandit:
    """Many bandits at once: `reset` and `step` speak of N environments, as a vectorised environment does."""

    n_weathers = 4
    n_arms = 8
    episode_length = 20

    def __init__(self, n_envs, seed):
        self.n_envs = n_envs
        self.generator = torch.Generator().manual_seed(seed)
        self.best_arm = torch.tensor([6, 1, 3, 4])  # per weather; what the agent has to find out
        self.weather = None
        self.t = 0

    def _observe(self):
        """The weather of each environment, blurred: observations (N, 4)."""
        self.weather = torch.randint(self.n_weathers, (self.n_envs,), generator=self.generator)
        one_hot = nn.functional.one_hot(self.weather, self.n_weathers).float()
        return one_hot + 0.25 * torch.randn(self.n_envs, self.n_weathers, generator=self.generator)

    def reset(self):
        self.t = 0
        return self._observe()

    def step(self, action):
        """Pull arm `action` (N,): observations (N, 4), rewards (N,) of 0 or 1, and whether the episode is over."""
        pays = torch.where(action == self.best_arm[self.weather], 0.9, 0.1)  # even the best machine fails now and then
        reward = torch.bernoulli(pays, generator=self.generator)
        self.t += 1
        return self._observe(), reward, self.t == self.episode_length


class Policy(nn.Module):
    """Observations (N, 4) to a distribution over the arms."""

    def __init__(self, n_observations, n_arms):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n_observations, 32), nn.Tanh(), nn.Linear(32, n_arms))

    def forward(self, obs):
        return Categorical(logits=self.net(obs))


@torch.no_grad()
def evaluate(policy, seed):
    """The mean reward of a pull when the likeliest arm is always taken."""
    env = WeatherBandit(n_envs=50, seed=seed)
    obs, done, rewards = env.reset(), False, []
    while not done:
        action = policy(obs).probs.argmax(dim=-1)
        obs, reward, done = env.step(action)
        rewards.append(reward)
    return torch.stack(rewards).mean().item()


if __name__ == "__main__":
    args = parse_args()
    torch.manual_seed(args.seed)

    env = WeatherBandit(args.episodes, args.seed)
    policy = Policy(env.n_weathers, env.n_arms)
    optimizer = torch.optim.Adam(policy.parameters(), lr=args.learning_rate)
    baseline = 0.0  # a running mean of the reward: only what is better than usual should be encouraged

    for update in range(1, args.updates + 1):
        # rollout: play one episode in every environment with the policy as it is now
        log_probs, entropies, rewards = [], [], []
        obs, done = env.reset(), False
        while not done:
            dist = policy(obs)
            action = dist.sample()  # (N,)
            log_probs.append(dist.log_prob(action))
            entropies.append(dist.entropy())
            obs, reward, done = env.step(action)
            rewards.append(reward)

        log_probs = torch.stack(log_probs)  # (T, N)
        rewards = torch.stack(rewards)  # (T, N)

        # a pull changes nothing about later ones, so each is answerable for its own reward only
        advantages = rewards - baseline
        baseline = 0.9 * baseline + 0.1 * rewards.mean().item()

        policy_loss = -(advantages * log_probs).mean()
        entropy = torch.stack(entropies).mean()
        loss = policy_loss - args.entropy_coef * entropy

        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

        if update % args.eval_every == 0:
            score = evaluate(policy, seed=1000 + update)
            print(f"update {update:3d}  reward {rewards.mean():.3f}  entropy {entropy:.3f}  greedy reward {score:.3f}")

    print("the best policy possible earns 0.9 per pull, a blind one 0.2")
