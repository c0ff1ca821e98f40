/** What every generated model.py imports. */
export const IMPORTS = `\
import sys
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn.functional import batch_norm, relu, silu
`;

/** The modules that every network is made of. Their parts are named as in model.safetensors. */
export const MODULES = `\
class BatchNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, x):
        return batch_norm(x, self.mean, self.variance, self.gamma, self.beta, self.training, eps=1e-5)


class Layer(nn.Module):
    """A convolution, batch norm and, where it has one, an activation."""

    def __init__(self, inputs, outputs, kernel=1, *, activation, **geometry):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, bias=False, **geometry)
        self.bn = BatchNorm(outputs)
        self.activation = activation

    def forward(self, x):
        y = self.bn(self.conv(x))
        return y if self.activation is None else self.activation(y)


class SqueezeExcitation(nn.Module):
    """Scales every channel by a gate, which follows from the averages of all."""

    def __init__(self, channels, squeezed, *, activation):
        super().__init__()
        self.reduce = nn.Conv2d(channels, squeezed, 1)
        self.restore = nn.Conv2d(squeezed, channels, 1)
        self.activation = activation

    def forward(self, x):
        average = x.mean((2, 3), keepdim=True)
        return x * torch.sigmoid(self.restore(self.activation(self.reduce(average))))


def operation(**layers):
    return nn.Sequential(OrderedDict(layers))


class Cell(nn.Module):
    """The mean over its operations and, where it has the identity, its input."""

    def __init__(self, operations, *, identity):
        super().__init__()
        self.ops = nn.ModuleDict(operations)
        self.identity = identity

    def forward(self, x):
        branches = [branch(x) for branch in self.ops.values()]
        if self.identity:
            branches.append(x)
        return sum(branches) / len(branches)


class Tail(nn.Module):
    """A convolution, an activation, the average over the map, the classifier."""

    def __init__(self, inputs, channels, classes, *, activation):
        super().__init__()
        self.conv = nn.Conv2d(inputs, channels, 1, bias=False)
        self.linear = nn.Linear(channels, classes)
        self.activation = activation

    def forward(self, x):
        return self.linear(self.activation(self.conv(x)).mean((2, 3)))
`;

/** What a person calls. */
export const FUNCTIONS = `\
def load(file=Path(__file__).with_name("model.safetensors")):
    """The network with the weights of the file, in evaluation mode."""
    network = Network()
    network.load_state_dict(load_file(file))
    return network.eval()


def prepare(image):
    """An image of Pillow as the network takes it: (1, channels, height, width), normalised."""
    image = image.convert("L" if CHANNELS == 1 else "RGB")
    side = round(min(image.size) * CENTRE_SHARE) if CENTRE_SHARE else 0
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = (left, top, left + side, top + side) if side else None
    image = image.resize((SIZE, SIZE), box=box)
    pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
    pixels = pixels.reshape(SIZE, SIZE, CHANNELS).permute(2, 0, 1) / 255
    mean, deviation = torch.tensor(MEAN), torch.tensor(DEVIATION)
    return ((pixels - mean[:, None, None]) / deviation[:, None, None]).unsqueeze(0)


def main():
    from PIL import Image

    with torch.inference_mode(), Image.open(sys.argv[1]) as image:
        chances = load()(prepare(image)).softmax(1)[0]
    for chance, label in sorted(zip(chances.tolist(), LABELS), reverse=True)[:5]:
        print(f"{100 * chance:.1f} %  {label}")


if __name__ == "__main__":
    main()
`;
