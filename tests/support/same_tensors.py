#!/usr/bin/env python3
"""Says whether two GGUF files hold the same tensors, in whatever order: same_tensors.py SCRIPTS A.gguf B.gguf

SCRIPTS is the folder with llama.cpp's conversion scripts. Exit code 0 if they do; else 1, with the first name that differs.
"""
import os
import sys

import numpy

sys.path.insert(0, os.path.join(sys.argv[1], "gguf-py"))
import gguf

first, second = ({tensor.name: tensor.data for tensor in gguf.GGUFReader(path).tensors} for path in sys.argv[2:4])
for name in sorted(set(first) | set(second)):
    if name not in first or name not in second or not numpy.array_equal(first[name], second[name]):
        sys.exit("%s differs" % name)
