"""Writes the reference files of this folder: images by Pillow, arrays by NumPy. Run: python make.py (needs both)."""

import base64
import json
from pathlib import Path

import numpy as np
from PIL import Image

here = Path(__file__).parent
images = here / "images"
arrays = here / "arrays"
images.mkdir(exist_ok=True)
arrays.mkdir(exist_ok=True)


def encoded(image):
    return base64.b64encode(np.asarray(image.convert("RGB")).tobytes()).decode()


# A smooth picture with a corner of its own, 9 high and 14 wide: no axis or direction can be mistaken.
rows, columns = np.mgrid[0:9, 0:14]
pixels = np.stack([columns * 18, rows * 30, 255 - columns * 9 - rows * 12], axis=-1).astype(np.uint8)
pixels[:3, :4] = [250, 20, 40]
rgb = Image.fromarray(pixels)
grey = rgb.convert("L")
alpha = rgb.copy()
alpha.putalpha(Image.fromarray((columns * 19).astype(np.uint8)))
palette = rgb.quantize(16)

files = {}


def save(name, image, **options):
    image.save(images / name, **options)
    with Image.open(images / name) as read:
        files[name] = {"size": [read.height, read.width], "rgb": encoded(read)}


save("rgb.png", rgb)
save("grey.png", grey)
save("alpha.png", alpha)
save("palette.png", palette)
save("rgb.jpg", rgb, quality=90)
save("progressive.jpg", rgb, quality=90, progressive=True)
save("grey.jpg", grey, quality=90)
save("lossless.webp", rgb, lossless=True)
save("lossy.webp", rgb, quality=80)
save("rgb.bmp", rgb)
save("palette.bmp", palette)
save("rgb.tif", rgb)
save("lzw.tif", rgb, compression="tiff_lzw")
save("plain.gif", palette, interlace=0)
save("interlaced.gif", palette, interlace=1)
save("rgb.ppm", rgb)
# A GIF with long codes: noise fills the code table of 4096 entries several times.
noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (90, 100), dtype=np.uint8), "L")
save("noise.gif", noise)

# 16 bits: the upper 8 are what remains.
Image.fromarray(rows.astype(np.uint16) * 7000 + 99).save(images / "grey16.png")
files["grey16.png"] = {
    "size": [9, 14],
    "rgb": base64.b64encode(np.repeat(((rows * 7000 + 99) >> 8).astype(np.uint8)[..., None], 3, -1).tobytes()).decode(),
}

# All eight EXIF orientations of one JPEG, and what it looks like upright.
from PIL import ImageOps

for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    name = f"turned{orientation}.jpg"
    rgb.save(images / name, quality=90, exif=exif)
    upright = ImageOps.exif_transpose(Image.open(images / name))
    files[name] = {"size": [upright.height, upright.width], "rgb": encoded(upright)}

filters = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS, "box": Image.BOX}
resized = [
    {"file": name, "interpolation": filter, "size": [height, width], "rgb": encoded(Image.open(images / name).convert("RGB").resize((width, height), filters[filter]))}
    for name in ["rgb.png", "grey.png", "alpha.png", "plain.gif"]
    for filter in filters
    for height, width in [(5, 7), (20, 31)]
]
(here / "images.json").write_text(json.dumps({"files": files, "resized": resized}, indent=2) + "\n")

# Arrays: 7 samples of 2 x 3 with values that every type can hold.
values = np.arange(42).reshape(7, 2, 3)
labels = np.array([0, 1, 2, 0, 1, 2, 2])
for kind in ["u1", "i1", "<i2", ">i2", "<u2", "<i4", ">i4", "<u4", "<i8", ">i8", "<u8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]:
    name = kind.replace("<", "le_").replace(">", "be_")
    np.savez(arrays / f"{name}.npz", x=values.astype(kind), y=labels.astype(kind))
np.savez(arrays / "b1.npz", x=values % 2 == 1, y=labels > 0)
np.savez_compressed(arrays / "deflated.npz", x=values.astype("f4"), y=labels)
np.savez(arrays / "fortran.npz", x=np.asfortranarray(values.astype("<i4")), y=np.asfortranarray(np.eye(3)[labels]))
np.savez_compressed(arrays / "fortran_deflated.npz", x=np.asfortranarray(np.arange(7 * 2 * 3 * 5).reshape(7, 2, 3, 5).astype("f4")), y=labels[:, None])
np.savez(arrays / "nhwc.npz", x=np.arange(7 * 5 * 4 * 3, dtype=np.uint16).reshape(7, 5, 4, 3), y=labels)
np.savez(arrays / "nchw.npz", x=np.arange(7 * 5 * 4 * 3, dtype=np.uint16).reshape(7, 3, 5, 4), y=labels)
np.savez(arrays / "objects.npz", x=np.array([[1], "two", None] * 2 + [3], dtype=object), y=labels)
np.savez(arrays / "text.npz", x=np.array(["a", "b"] * 3 + ["c"]), y=labels)
np.savez(arrays / "structured.npz", x=np.zeros(7, dtype=[("a", "<f4"), ("b", "<i4")]), y=labels)
for version in [(1, 0), (2, 0), (3, 0)]:
    import zipfile

    with zipfile.ZipFile(arrays / f"version{version[0]}.npz", "w") as archive:
        for name, array in [("x", values.astype("f4")), ("y", labels)]:
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, array, version=version)
