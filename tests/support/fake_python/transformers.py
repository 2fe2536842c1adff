"""Stands in for transformers: a tokenizer whose ids are the bytes of the text, as the scripted engine's are.

FAKE in the environment:
  - other-ids: it has another id for the first digit of a text
  - other-bos: it puts a token at the beginning of a text
  - other-end: its chat template ends an answer with another token
  - many-tokens: it knows more tokens than the model
  - no-tokenizer: it cannot be made
"""
import os

FAKE = os.environ.get("FAKE", "")


class utils:
    class logging:
        @staticmethod
        def set_verbosity_error():
            pass


class _Tokenizer:
    chat_template = "a template"
    eos_token_id = 3
    eos_token = "\x03"
    added_tokens_decoder = {}
    all_special_ids = [3, 4]
    all_special_tokens = ["\x03", "\x04"]

    def __len__(self):
        return 300 if FAKE == "many-tokens" else 256

    def encode(self, text, add_special_tokens):
        ids = list(text.encode("utf-8"))
        if FAKE == "other-ids":
            digit = next((i for i, id in enumerate(ids) if 48 <= id < 58), None)
            if digit is not None:
                ids[digit] = 258
        if FAKE == "other-bos" and add_special_tokens:
            ids.insert(0, 1)
        return ids

    def apply_chat_template(self, turns, tokenize):
        end = "\x04" if FAKE == "other-end" else "\x03"
        return "".join("<%s>%s%s\n" % (turn["role"], turn["content"], end) for turn in turns)


class AutoTokenizer:
    @staticmethod
    def from_pretrained(folder, local_files_only, trust_remote_code):
        assert local_files_only and not trust_remote_code
        if FAKE == "no-tokenizer":
            raise ValueError("unknown tokenizer class")
        return _Tokenizer()
