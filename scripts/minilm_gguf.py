#!/usr/bin/env python3
"""Writes the GGUF of all-MiniLM-L6-v2 (F16) from the folder of its package, with numpy and gguf only.

minilm_gguf.py FOLDER TARGET

The tensors are those that llama.cpp's convert_hf_to_gguf.py writes, byte for byte.
"""
import json
import pathlib
import sys

import gguf
import numpy as np


def tokens_of(tokenizer):
    """Tokens as llama.cpp's WordPiece has them: a word's first part begins with U+2581, others with nothing."""
    special = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    texts, kinds = [], []
    for token, _ in sorted(tokenizer["model"]["vocab"].items(), key=lambda item: item[1]):
        if token in special:
            texts.append(token)
            kinds.append(gguf.TokenType.CONTROL)
        else:
            texts.append(token[2:] if token.startswith("##") else "\u2581" + token)
            kinds.append(gguf.TokenType.NORMAL)
    return special, texts, kinds


def write_header(writer, config, tokenizer):
    special, texts, kinds = tokens_of(tokenizer)
    writer.add_type("model")
    writer.add_name("all-MiniLM-L6-v2")
    writer.add_license("apache-2.0")
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_file_type(1)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_quantization_version(2)
    writer.add_token_type_count(config["type_vocab_size"])
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("jina-v2-en")
    writer.add_token_list(texts)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(special["[CLS]"])
    writer.add_eos_token_id(special["[SEP]"])
    writer.add_unk_token_id(special["[UNK]"])
    writer.add_sep_token_id(special["[SEP]"])
    writer.add_pad_token_id(special["[PAD]"])
    writer.add_mask_token_id(special["[MASK]"])
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(True)


def add_tensors(writer, weights, n_layers):
    n_header = int.from_bytes(weights[:8], "little")
    header = json.loads(weights[8 : 8 + n_header])
    header.pop("__metadata__", None)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.BERT, n_layers)
    for name, info in header.items():
        if name.endswith("position_ids") or name.startswith("pooler."):
            continue
        begin, end = info["data_offsets"]
        values = np.frombuffer(weights, np.float32, (end - begin) // 4, 8 + n_header + begin).reshape(info["shape"])
        new_name = names.get_name(name, try_suffixes=(".weight", ".bias"))
        stays = values.ndim == 1 or "position_embd" in new_name or "token_types" in new_name
        writer.add_tensor(new_name, values if stays else values.astype(np.float16))


def main():
    folder, target = pathlib.Path(sys.argv[1]), sys.argv[2]
    config = json.loads((folder / "config.json").read_text())
    writer = gguf.GGUFWriter(target, "bert")
    write_header(writer, config, json.loads((folder / "tokenizer.json").read_text()))
    add_tensors(writer, (folder / "model.safetensors").read_bytes(), config["num_hidden_layers"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


main()
