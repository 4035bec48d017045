"""Hashes pictures with Meta's own PDQ. Takes files of raw RGB after a line "WIDTH HEIGHT"; prints a JSON list of pairs, each
hash as Meta writes it in hexadecimal and its quality.

A picture of another size than 512 by 512 is brought to it first, as docs/spec/image.md §2 says, written from there and not
from our TypeScript.
"""

import json
import sys

import numpy
import pdqhash

SIDE = 512


def weights(size):
    """A matrix that brings a column of `size` values to 512."""
    matrix = numpy.zeros((SIDE, size))
    for cell in range(SIDE):
        if size >= SIDE:
            start, end = cell * size / SIDE, (cell + 1) * size / SIDE
            for at in range(int(start), min(size, int(numpy.ceil(end)))):
                matrix[cell, at] = max(0, min(at + 1, end) - max(at, start)) * SIDE / size
        else:
            centre = min(size - 1, max(0, (cell + 0.5) * size / SIDE - 0.5))
            low = int(centre)
            matrix[cell, low] += 1 - (centre - low)
            if low + 1 < size:
                matrix[cell, low + 1] += centre - low
    return matrix


def brought(picture):
    height, width, _ = picture.shape
    if (height, width) == (SIDE, SIDE):
        return picture
    luma = picture @ numpy.array([0.299, 0.587, 0.114])
    luma = weights(height) @ luma @ weights(width).T
    # The binding takes bytes, so the brightness is rounded here and nowhere else.
    return numpy.repeat(numpy.rint(luma).astype(numpy.uint8)[:, :, None], 3, 2)


answers = []
for path in sys.argv[1:]:
    header, _, body = open(path, "rb").read().partition(b"\n")
    width, height = map(int, header.split())
    picture = numpy.frombuffer(body, dtype=numpy.uint8).reshape(height, width, 3)
    bits, quality = pdqhash.compute(numpy.ascontiguousarray(brought(picture)))
    answers.append([bytes(numpy.packbits(bits)).hex(), quality])
print(json.dumps(answers))
