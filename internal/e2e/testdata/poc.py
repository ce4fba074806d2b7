# Writes an archive whose sparse map names a hole past the end of the entry.
# Made for the tests: it shows how such a reproducer looks and does no harm.
import sys

header = b"BRN1" + (64).to_bytes(8, "little")
hole = (0xFFFF_FFF0).to_bytes(8, "little") + (0x40).to_bytes(8, "little")
sys.stdout.buffer.write(header + hole)
