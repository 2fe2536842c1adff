#include "assay/variants/convert_script.hpp"

namespace assay::variants {
namespace {

// clang-format off
constexpr std::string_view kScript = R"py(
import sys
sys.path[:] = [p for p in sys.path if p not in ('', '.')]  # the working folder holds no modules of ours
import json
import os

SCRIPT, FOLDER, BASE, OUT, REPLY, TEXTS = sys.argv[1:7]
SCRIPTS = os.path.dirname(SCRIPT)


def reply(what):
    with open(REPLY, 'w') as file:
        json.dump(what, file)


def give_up(failure, what):
    reply({'failure': failure, 'what': str(what)})
    sys.exit(1)


def words_of(error):
    return '%s: %s' % (type(error).__name__, error)


if sys.version_info < (3, 9):
    give_up('python', 'Python %d.%d' % sys.version_info[:2])

import runpy
import threading
import time


def end_with_parent(parent):
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def load_libraries():
    # The scripts' own gguf comes before one that is installed: they belong together.
    sys.path.insert(0, os.path.join(SCRIPTS, 'gguf-py'))
    sys.path.insert(0, SCRIPTS)
    try:
        import torch
        import transformers
        import gguf
        import numpy
        import jinja2
    except BaseException as error:
        give_up('imports', words_of(error))
    # torch 1.13 of Debian 12 lacks types that the scripts only name.
    for name in ('uint16', 'uint32', 'uint64', 'float8_e4m3fn', 'float8_e5m2'):
        if not hasattr(torch, name):
            setattr(torch, name, 'missing-' + name)
    transformers.utils.logging.set_verbosity_error()


def convert():
    os.chdir(os.path.dirname(OUT))  # braces in a path would be filled in by the script
    kind = ['--base', BASE, '--outtype', 'f32'] if BASE else ['--outtype', 'f16']
    sys.argv = [SCRIPT, FOLDER] + kind + ['--outfile', os.path.basename(OUT)]
    try:
        runpy.run_path(SCRIPT, run_name='__main__')
    except SystemExit as end:
        if end.code not in (None, 0):
            give_up('conversion', '')


def check_values():
    import gguf
    import numpy
    piece = 1 << 22
    for tensor in gguf.GGUFReader(OUT).tensors:
        values = tensor.data.reshape(-1)
        if values.dtype not in (numpy.float16, numpy.float32):
            continue
        for begin in range(0, len(values), piece):
            if not numpy.isfinite(values[begin:begin + piece]).all():
                give_up('values', tensor.name)


def n_vocab():
    with open(os.path.join(FOLDER, 'config.json'), encoding='utf-8') as file:
        config = json.load(file)
    size = config.get('vocab_size', config.get('text_config', {}).get('vocab_size'))
    return size if isinstance(size, int) else 0


def special_tokens(tokenizer):
    found = dict((int(id), str(token)) for id, token in tokenizer.added_tokens_decoder.items() if token.special)
    found.update(zip(tokenizer.all_special_ids, tokenizer.all_special_tokens))
    return found


def chat(tokenizer):
    if not tokenizer.chat_template:
        return ''
    turns = [{'role': 'user', 'content': 'Name a 3rd word.'}, {'role': 'assistant', 'content': ANSWER}]
    return tokenizer.apply_chat_template(turns, tokenize=False)


def end_of(tokenizer, rendered, special):
    if ANSWER in rendered:
        ids = tokenizer.encode(rendered.rsplit(ANSWER, 1)[-1].strip(), add_special_tokens=False)
        for id in ids[:1]:
            if id in special:
                return {'id': id, 'text': special[id]}
    if not rendered and tokenizer.eos_token_id is not None:
        return {'id': tokenizer.eos_token_id, 'text': tokenizer.eos_token}
    return None


def ask_tokenizer():
    from transformers import AutoTokenizer
    tokenizer = AutoTokenizer.from_pretrained(FOLDER, local_files_only=True, trust_remote_code=False)
    special = special_tokens(tokenizer)
    rendered = chat(tokenizer)
    texts = json.loads(TEXTS)
    texts += ['a %s b' % text for id, text in sorted(special.items())[:64]]
    texts += [rendered] if rendered else []
    asked = [{'text': text, 'special': False, 'ids': tokenizer.encode(text, add_special_tokens=False)} for text in texts]
    asked.append({'text': texts[0], 'special': True, 'ids': tokenizer.encode(texts[0], add_special_tokens=True)})
    return {'n_vocab': n_vocab(), 'n_tokens': len(tokenizer), 'texts': asked, 'end': end_of(tokenizer, rendered, special)}


ANSWER = 'Zebra'
threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
load_libraries()
convert()
check_values()
if BASE:
    reply({'adapter': True})
    sys.exit(0)
try:
    said = ask_tokenizer()
except Exception as error:
    give_up('tokenizer', words_of(error))
reply(said)
)py";
// clang-format on

}  // namespace

std::string_view convert_script() {
    return kScript;
}

}  // namespace assay::variants
