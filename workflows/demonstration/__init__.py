"""The demonstration: real agencies and the facts of Công văn 3983/UBND-TKTH; every person is invented."""
