"""Stands in for numpy: a value is a float."""
import math

float16 = "float16"
float32 = "float32"


class isfinite:
    def __init__(self, values):
        self.values = values

    def all(self):
        return all(math.isfinite(value) for value in self.values)
