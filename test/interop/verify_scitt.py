"""Reads our Signed Statement (RFC 9943, RFC 9995) and COSE Receipt (RFC 9942) with python-cwt and the standard library.

Written from the RFCs, not from our TypeScript. Prints one line of figures; any failure is an exception.
"""

import hashlib
import json
import sys

import cbor2
from cwt import COSE, COSEKey

ED25519 = -19
SHA_256 = -16


def verified(message, key, payload=None):
    """Protected header, unprotected header and payload of a COSE_Sign1 whose signature holds for this key."""
    cose_key = COSEKey.from_bytes(key)
    return COSE.new(verify_kid=True).decode_with_headers(message, cose_key, detached_payload=payload)


def thumbprint(key):
    """RFC 9679: SHA-256 of the required members of an OKP key, in deterministic CBOR."""
    members = cbor2.loads(key)
    return hashlib.sha256(cbor2.dumps({1: 1, -1: members[-1], -2: members[-2]}, canonical=True)).digest()


def check_statement(message, key, given):
    protected, unprotected, payload = verified(message, key)
    assert protected[1] == ED25519 and protected[4] == thumbprint(key)
    assert protected[15][1] == given["issuer"] and protected[15][2] and isinstance(protected[15][6], int)
    # Hash envelope: payload hash algorithm, type and place of the preimage; content type must be absent.
    assert protected[258] == SHA_256 and protected[259] and protected[260].startswith("http")
    assert 3 not in protected and not any(label in unprotected for label in (258, 259, 260))
    assert payload == hashlib.sha256(bytes.fromhex(given["claim"])).digest()
    assert unprotected == {}


def inclusion_root(entry, index, size, path):
    """RFC 9162, section 2.1.3.2."""
    assert 0 <= index < size
    node, fn, sn = hashlib.sha256(b"\x00" + entry).digest(), index, size - 1
    for sibling in path:
        assert sn != 0 and len(sibling) == 32
        if fn & 1 or fn == sn:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return node


def check_receipt(receipt, entry, key, given):
    """The root comes from the entry and the path; it is the payload that was signed."""
    proofs = cbor2.loads(receipt).value[1][396]
    assert list(proofs) == [-1] and len(proofs[-1]) == 1
    size, index, path = cbor2.loads(proofs[-1][0])
    root = inclusion_root(entry, index, size, path)
    protected, _, _ = verified(receipt, key, root)
    assert protected[1] == ED25519 and protected[395] == 1 and protected[4] == thumbprint(key)
    assert protected[15][1] == given["log"]
    return size, index, root


def survivors(message, check):
    """The positions at which one changed bit still passes."""
    passed = []
    for at in range(len(message)):
        changed = bytearray(message)
        changed[at] ^= 1
        try:
            check(bytes(changed))
            passed.append(at)
        except Exception:
            pass
    return passed


def statement_step(given):
    message, key = bytes.fromhex(given["statement"]), bytes.fromhex(given["issuerKey"])
    check_statement(message, key, given)
    assert survivors(message, lambda changed: check_statement(changed, key, given)) == []
    return f"alg -19, hash envelope, kid; all {len(message)} changed bytes refused"


def receipt_step(given):
    receipt, entry = bytes.fromhex(given["receipt"]), bytes.fromhex(given["statement"])
    key = bytes.fromhex(given["logKey"])
    size, index, root = check_receipt(receipt, entry, key, given)
    assert (size, index, root.hex()) == (given["size"], given["index"], given["root"])

    def unchanged_claim(changed):
        # The size is not signed: another size with the same path gives the same root, and says no more.
        assert check_receipt(changed, entry, key, given)[0] == size

    assert survivors(receipt, unchanged_claim) == []
    assert survivors(entry, lambda changed: check_receipt(receipt, changed, key, given)) == []
    return f"entry {index} of {size}, root recomputed; all {len(receipt)} changed bytes and any other entry refused"


def transparent_step(given):
    message = cbor2.loads(bytes.fromhex(given["transparent"]))
    header, unprotected, payload, signature = message.value
    assert message.tag == 18 and list(unprotected) == [394] and len(unprotected[394]) == 1
    statement = cbor2.dumps(cbor2.CBORTag(18, [header, {}, payload, signature]))
    assert statement.hex() == given["statement"]
    verified(bytes.fromhex(given["transparent"]), bytes.fromhex(given["issuerKey"]))
    check_statement(statement, bytes.fromhex(given["issuerKey"]), given)
    check_receipt(unprotected[394][0], statement, bytes.fromhex(given["logKey"]), given)
    return "signature holds with the receipt inside; statement and receipt taken apart"


if __name__ == "__main__":
    step, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        material = json.load(file)
    print({"statement": statement_step, "receipt": receipt_step, "transparent": transparent_step}[step](material))
