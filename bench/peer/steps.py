"""The three things that are timed, each as the algorithm page states it."""

from typing import Any

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from network import Branches, Supernet

Pair = dict[str, Any]


class WeightSteps:
    """SGD with Nesterov momentum on the sampled path; decay on weights, not on biases and batch norm."""

    def __init__(self, net: Supernet, settings: dict) -> None:
        self.net = net
        plain = {parameter for name, parameter in net.named_parameters() if parameter.ndim == 1}
        decayed = [parameter for parameter in net.parameters() if parameter not in plain]
        groups = [
            {"params": decayed, "weight_decay": settings["weightDecay"]},
            {"params": list(plain), "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.SGD(
            groups, lr=settings["learningRate"], momentum=settings["momentum"], nesterov=True
        )

    def step(self, images: torch.Tensor, labels: torch.Tensor, path: list[Branches]) -> float:
        """Weights off the path get no gradient, and so neither momentum nor decay. Returns the loss before the step."""
        self.net.requires_grad_(True).train()
        self.optimizer.zero_grad(set_to_none=True)
        loss = cross_entropy(self.net(images, path), labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()


class FitnessSteps:
    """Two branch sets a cell: A with its graph, B without; Adam on the logits; the weights stay."""

    def __init__(self, net: Supernet, settings: dict, pool_size: int) -> None:
        self.net = net
        self.settings = settings
        device = net.linear.weight.device
        self.logits = nn.Parameter(torch.zeros(len(net.cells), pool_size, device=device))
        self.optimizer = torch.optim.Adam(
            [self.logits], lr=settings["learningRate"], betas=(0.0, settings["beta2"]), eps=settings["epsilon"]
        )

    def step(
        self, images: torch.Tensor, labels: torch.Tensor, pairs: list[Pair], costs: list[dict[str, float]]
    ) -> float:
        """`costs`: per cell, those of its A and B. Returns cross-entropy plus the cost term, before the step."""
        self.net.requires_grad_(False).train()
        self.optimizer.zero_grad(set_to_none=True)
        x = self.net.stem(images)
        expected = torch.tensor(self.settings["fixedCost"])
        for position, (pair, cost) in enumerate(zip(pairs, costs, strict=True)):
            x, cell_cost = self.cell(position, x, pair, cost)
            expected = expected + cell_cost
        distance = (expected - self.settings["target"]) / self.settings["scale"]
        loss = cross_entropy(self.net.classify(x), labels) + self.settings["alpha"] * distance ** self.settings["beta"]
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def cell(
        self, position: int, x: torch.Tensor, pair: Pair, cost: dict[str, float]
    ) -> tuple[torch.Tensor, torch.Tensor | float]:
        cell = self.net.cells[position]
        a, b = pair["a"], pair["b"]
        out_a = cell(x, a)
        if not pair["choice"]:
            return out_a, cost["a"]
        out_b = self.without_trace(cell, x, b)
        p_a, p_b = self.chances(position, pair)
        out = out_a * (p_a + 1 - p_a.detach()) + out_b * (p_b - p_b.detach())
        return out, p_a * cost["a"] + p_b * cost["b"]

    def without_trace(self, cell: nn.Module, x: torch.Tensor, branches: Branches) -> torch.Tensor:
        """Set B: no graph, and running statistics stay as they are."""
        norms = [m for branch in branches for m in cell.operations[str(branch)] for m in m if hasattr(m, "momentum")]
        for norm in norms:
            norm.track_running_stats = False
        with torch.no_grad():
            out = cell(x, branches)
        for norm in norms:
            norm.track_running_stats = True
        return out

    def chances(self, position: int, pair: Pair) -> tuple[torch.Tensor, torch.Tensor]:
        p = torch.sigmoid(self.logits[position]) * 0.999 + 0.0005
        odds = torch.log(p / (1 - p))
        raw_a, raw_b = odds[pair["a"]].sum(), odds[pair["b"]].sum()
        return torch.sigmoid(raw_a - raw_b), torch.sigmoid(raw_b - raw_a)


Batch = tuple[torch.Tensor, torch.Tensor]


@torch.no_grad()
def score(
    net: Supernet, path: list[Branches], calibration: list[Batch], held_out: list[Batch]
) -> dict[str, float]:
    """Batch norm from the mean statistics of the calibration batches, then loss and accuracy on held-out ones."""
    norms = list(net.norms(path))
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    net.train()
    for images, _ in calibration:
        net(images, path)
    net.eval()
    loss, right, count = 0.0, 0, 0
    for images, labels in held_out:
        output = net(images, path)
        loss += cross_entropy(output, labels, reduction="sum").item()
        right += int((output.argmax(1) == labels).sum().item())
        count += len(labels)
    for norm in norms:
        norm.momentum = 0.1
    return {"loss": loss / count, "accuracy": right / count}
