"""A short form of benchmarks/accessing/tampering.py: every kind of change, a few times each."""

from collections import Counter

from benchmarks.accessing import tampering


def test_tampering_of_every_kind_is_found(db, seals):
    tampering.prepare()

    measured = tampering.measure(3 * len(tampering.KINDS))

    assert measured.missed == Counter()
    assert set(measured.found.values()) == {3}
    assert measured.whole_afterwards
