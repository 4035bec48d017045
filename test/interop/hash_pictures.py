"""Hashes pictures with Meta's own PDQ. Takes files of raw RGB after a line "WIDTH HEIGHT"; prints a JSON list of pairs, each
hash as Meta writes it in hexadecimal and its quality."""

import json
import sys

import numpy
import pdqhash

answers = []
for path in sys.argv[1:]:
    header, _, body = open(path, "rb").read().partition(b"\n")
    width, height = map(int, header.split())
    picture = numpy.frombuffer(body, dtype=numpy.uint8).reshape(height, width, 3)
    bits, quality = pdqhash.compute(picture)
    answers.append([bytes(numpy.packbits(bits)).hex(), quality])
print(json.dumps(answers))
