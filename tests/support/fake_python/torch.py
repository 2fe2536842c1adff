"""Stands in for torch where a test has only Python itself."""
import os

if os.environ.get("FAKE") == "no-torch":
    raise ImportError("libcudart.so.13: cannot open shared object file")
