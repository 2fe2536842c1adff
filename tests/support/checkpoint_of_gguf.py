#!/usr/bin/env python3
"""Writes the folder in Hugging Face's format that an F16 GGUF of SmolLM2 was made of, with numpy and gguf only.

    checkpoint_of_gguf.py SCRIPTS MODEL.gguf FOLDER [wrong-tokenizer]

SCRIPTS is the folder with llama.cpp's conversion scripts. "wrong-tokenizer" saves the tokenizer as transformers does it
after it was loaded from a GGUF: under the class LlamaTokenizer, with which the scripts make another vocabulary of it.
"""
import json
import os
import struct
import sys

import numpy

SCRIPTS, MODEL, FOLDER = sys.argv[1:4]
WRONG = "wrong-tokenizer" in sys.argv[4:]
sys.path.insert(0, os.path.join(SCRIPTS, "gguf-py"))
import gguf

NAMES = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
TOP = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
CONTROL = 3  # token type

reader = gguf.GGUFReader(MODEL)


def value(key):
    return reader.fields[key].contents()


def in_halves(weights, n_heads):
    """The rows of a rotary head as Hugging Face has them: llama.cpp's pairs become two halves."""
    rows = weights.shape[0] // n_heads // 2
    return weights.reshape(n_heads, rows, 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)


def tensors():
    out = {}
    for tensor in reader.tensors:
        name = tensor.name.removesuffix(".weight")
        weights = numpy.array(tensor.data)
        if name in TOP:
            out[TOP[name] + ".weight"] = weights
            continue
        _, layer, part = name.split(".")
        if part == "attn_q":
            weights = in_halves(weights, value("llama.attention.head_count"))
        if part == "attn_k":
            weights = in_halves(weights, value("llama.attention.head_count_kv"))
        out["model.layers.%s.%s.weight" % (layer, NAMES[part])] = weights
    return out


def write_safetensors(path, weights):
    header, end = {}, 0
    for name in sorted(weights):
        array = weights[name]
        dtype = {"float16": "F16", "float32": "F32"}[str(array.dtype)]
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [end, end + array.nbytes]}
        end += array.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in sorted(weights):
            file.write(numpy.ascontiguousarray(weights[name]).tobytes())


def write_json(name, what):
    with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as file:
        json.dump(what, file, ensure_ascii=False)


def config(tokens):
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": value("llama.embedding_length"),
        "intermediate_size": value("llama.feed_forward_length"),
        "num_hidden_layers": value("llama.block_count"),
        "num_attention_heads": value("llama.attention.head_count"),
        "num_key_value_heads": value("llama.attention.head_count_kv"),
        "vocab_size": len(tokens),
        "max_position_embeddings": value("llama.context_length"),
        "rms_norm_eps": float(value("llama.attention.layer_norm_rms_epsilon")),
        "rope_theta": float(value("llama.rope.freq_base")),
        "tie_word_embeddings": "output.weight" not in [tensor.name for tensor in reader.tensors],
        "torch_dtype": "float16",
        "hidden_act": "silu",
        "bos_token_id": value("tokenizer.ggml.bos_token_id"),
        "eos_token_id": value("tokenizer.ggml.eos_token_id"),
    }


def write_tokenizer(tokens):
    control = [i for i, kind in enumerate(value("tokenizer.ggml.token_type")) if kind == CONTROL]
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    added = [dict(id=i, content=tokens[i], **flags) for i in control]
    bytes_decoder = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    splits = [
        {"type": "Digits", "individual_digits": True},
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
    ]
    model = {
        "type": "BPE",
        "dropout": None,
        "unk_token": None,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": False,
        "byte_fallback": WRONG,
        "vocab": {token: i for i, token in enumerate(tokens)},
        "merges": value("tokenizer.ggml.merges"),
    }
    write_json(
        "tokenizer.json",
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": added,
            "normalizer": None,
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": splits},
            "post_processor": None,
            "decoder": {"type": "Sequence", "decoders": [bytes_decoder]} if WRONG else bytes_decoder,
            "model": model,
        },
    )
    settings = {
        "tokenizer_class": "LlamaTokenizer" if WRONG else "GPT2TokenizerFast",
        "bos_token": tokens[value("tokenizer.ggml.bos_token_id")],
        "eos_token": tokens[value("tokenizer.ggml.eos_token_id")],
        "chat_template": value("tokenizer.chat_template"),
        "clean_up_tokenization_spaces": False,
        "added_tokens_decoder": {str(i): dict(content=tokens[i], **flags) for i in control},
    }
    if WRONG:
        settings["unk_token"] = tokens[value("tokenizer.ggml.unknown_token_id")]
    write_json("tokenizer_config.json", settings)


os.makedirs(FOLDER, exist_ok=True)
token_texts = value("tokenizer.ggml.tokens")
write_safetensors(os.path.join(FOLDER, "model.safetensors"), tensors())
write_json("config.json", config(token_texts))
write_tokenizer(token_texts)
