"""Reads ML-DSA-44 cosignatures (C2SP tlog-cosignature, type 0x06) with pyca/cryptography, and makes one.

Written from the specification, not from our TypeScript. Takes a checkpoint and verifier keys, verifies the line of every
one of them, and prints a verifier key and a line of its own. Any failure is an exception.
"""

import base64
import hashlib
import json
import struct
import sys

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

TYPE = b"\x06"
NAME = "python.example.org"
TIME = 1790000000


def key_id(name, public):
    return hashlib.sha256(name.encode() + b"\n" + TYPE + public).digest()[:4]


def cosigned_message(name, time, text):
    origin, size, root = text.rstrip("\n").split("\n")
    vector = lambda data: struct.pack(">B", len(data)) + data
    return (
        b"subtree/v1\n\x00"
        + vector(name.encode())
        + struct.pack(">Q", time)
        + vector(origin.encode())
        + struct.pack(">QQ", 0, int(size))
        + base64.b64decode(root)
    )


given = json.load(open(sys.argv[1], encoding="utf-8"))
text, _, signatures = given["note"].rpartition("\n\n")
text += "\n"
times = []
for vkey in given["keys"]:
    name, identifier, encoded = vkey.split("+", 2)
    blob = base64.b64decode(encoded)
    assert blob[:1] == TYPE and len(blob) == 1313 and bytes.fromhex(identifier) == key_id(name, blob[1:])
    lines = [line.split(" ") for line in signatures.splitlines()]
    decoded = [base64.b64decode(line[2]) for line in lines if line[:2] == ["\u2014", name]]
    own = [line[4:] for line in decoded if line[:4] == bytes.fromhex(identifier)]
    assert len(own) == 1 and len(own[0]) == 8 + 2420
    (time,) = struct.unpack(">Q", own[0][:8])
    MLDSA44PublicKey.from_public_bytes(blob[1:]).verify(own[0][8:], cosigned_message(name, time, text))
    times.append(time)

private = MLDSA44PrivateKey.from_seed_bytes(hashlib.sha256(b"interop").digest())
public = private.public_key().public_bytes_raw()
signature = struct.pack(">Q", TIME) + private.sign(cosigned_message(NAME, TIME, text))
print(
    json.dumps(
        {
            "times": times,
            "vkey": f"{NAME}+{key_id(NAME, public).hex()}+{base64.b64encode(TYPE + public).decode()}",
            "line": f"\u2014 {NAME} {base64.b64encode(key_id(NAME, public) + signature).decode()}\n",
        }
    )
)
