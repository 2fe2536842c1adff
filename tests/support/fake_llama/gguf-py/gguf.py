"""Stands in for the gguf library: every file has one tensor."""
import os


class _Values(list):
    dtype = "float16"

    def reshape(self, _):
        return self


class _Tensor:
    name = "blk.0.ffn_up.weight"
    data = _Values([0.5, float("inf") if os.environ.get("FAKE") == "too-large" else 1.0])


class GGUFReader:
    def __init__(self, path):
        with open(path) as file:
            assert file.read()
        self.tensors = [_Tensor()]
