"""The benchmark's network in plain PyTorch: what a user of PyTorch would write for the same supernet."""

from typing import Iterable

import torch
from torch import nn

Tensors = dict[str, torch.Tensor]
Branches = list[int]

EPSILON = 1e-5
MOMENTUM = 0.1


def conv_norm(layer: dict) -> nn.Sequential:
    """A convolution without bias, batch norm and, but for an operation's last layer, ReLU."""
    conv = nn.Conv2d(
        layer["inChannels"],
        layer["outChannels"],
        layer["kernel"],
        layer["stride"],
        layer["padding"],
        layer["dilation"],
        layer["groups"],
        bias=False,
    )
    modules: list[nn.Module] = [conv, nn.BatchNorm2d(layer["outChannels"], eps=EPSILON, momentum=MOMENTUM)]
    if layer["activation"] == "relu":
        modules.append(nn.ReLU(inplace=True))
    return nn.Sequential(*modules)


class Cell(nn.Module):
    """The mean over the branches that are on; an identity cell counts its input as one more."""

    def __init__(self, cell: dict) -> None:
        super().__init__()
        self.identity: bool = cell["identity"]
        self.operations = nn.ModuleDict(
            {index: nn.Sequential(*map(conv_norm, layers)) for index, layers in cell["operations"].items()}
        )

    def forward(self, x: torch.Tensor, branches: Branches) -> torch.Tensor:
        outputs = [self.operations[str(branch)](x) for branch in branches]
        if self.identity:
            outputs.append(x)
        total = outputs[0]
        for output in outputs[1:]:
            total = total + output
        return total / len(outputs) if len(outputs) > 1 else total


class Supernet(nn.Module):
    def __init__(self, network: dict) -> None:
        super().__init__()
        self.stem = conv_norm(network["stem"])
        self.cells = nn.ModuleList(map(Cell, network["cells"]))
        self.tail = nn.Conv2d(network["tail"]["inChannels"], network["tail"]["outChannels"], 1, bias=False)
        self.linear = nn.Linear(network["tail"]["outChannels"], network["classes"])

    def forward(self, x: torch.Tensor, path: list[Branches]) -> torch.Tensor:
        """x: (batch, channels, height, width). Returns logits (batch, classes)."""
        x = self.stem(x)
        for cell, branches in zip(self.cells, path, strict=True):
            x = cell(x, branches)
        return self.classify(x)

    def classify(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(torch.relu(self.tail(x)).mean((2, 3)))

    def norms(self, path: list[Branches]) -> Iterable[nn.BatchNorm2d]:
        """The batch norms that this architecture passes through."""
        on = [cell.operations[str(branch)] for cell, branches in zip(self.cells, path) for branch in branches]
        for part in [self.stem, *on]:
            yield from (module for module in part.modules() if isinstance(module, nn.BatchNorm2d))


def load(net: Supernet, network: dict, tensors: Tensors) -> None:
    """Copies the case's weights in; they lie in PyTorch's layout."""
    with torch.no_grad():
        load_conv_norm(net.stem, "stem", tensors)
        for position, (cell, described) in enumerate(zip(net.cells, network["cells"], strict=True)):
            for index, layers in described["operations"].items():
                for module, layer in zip(cell.operations[index], layers, strict=True):
                    load_conv_norm(module, f"cells.{position}.ops.{index}.{layer['name']}", tensors)
        net.tail.weight.copy_(tensors["tail.conv.weight"])
        net.linear.weight.copy_(tensors["tail.linear.weight"])
        net.linear.bias.copy_(tensors["tail.linear.bias"])


def load_conv_norm(module: nn.Sequential, name: str, tensors: Tensors) -> None:
    conv, norm = module[0], module[1]
    conv.weight.copy_(tensors[f"{name}.conv.weight"])
    norm.weight.copy_(tensors[f"{name}.bn.gamma"])
    norm.bias.copy_(tensors[f"{name}.bn.beta"])
