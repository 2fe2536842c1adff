#include "assay/config/example.hpp"

namespace assay::config {

std::string example_experiment() {
    return R"(# An experiment of assay: can a quantized model replace the original on your questions?
#   assay plan experiment.yaml    shows what would be done
#   assay run experiment.yaml     does it; run it again to go on where it was stopped
# Relative paths are relative to this file. Every value below is the default; only baseline, variants and dataset are needed.
# A variant, and the baseline too, may be a file of answers that were made elsewhere; between such files no model is needed.

# name: science                   # of the report and of the run directory; default: this file's name without its ending

baseline:                         # the original that the others are compared with
  file: model-F16.gguf            # GGUF; of a split model the first part
  # answers: f16.jsonl            # instead of file: answers that exist already (the study's, lm-eval, AlpacaEval, FastChat, or id and answer)
  # name: original                # default: the file's name without its ending

variants:                         # a type that llama.cpp can make, a file, or a mapping of name and type or file
  - Q8_0
  - Q4_K_M
  # - {name: mine, file: other.gguf}
  # - {name: q4, answers: q4.jsonl}                        # or answers:q4.jsonl
  # - {name: served, provider: ollama, model: "qwen2.5:0.5b"}  # a server runs it; url: another address than OLLAMA_HOST's, pull: true fetches it first
  # - {name: theirs, type: Q4_K_M, provider: ollama}         # a file of ours, created there for the run
  # - {name: vllm, provider: openai, model: m, url: "http://127.0.0.1:8000/v1", concurrency: 4}   # urls: several at once; server: vllm, where it does not say so itself
  # - {name: pulled, file: "ollama:qwen2.5:0.5b"}            # the GGUF behind that name in Ollama's store, in assay's engine
  # - {name: part, answers: part.jsonl, allow-missing: true} # a question without an answer counts as "no answer"; else it is an error
  # - {name: kv8, file: model-F16.gguf, cache-type-k: q8_0, cache-type-v: q8_0}   # how it is run, where that is not as under engine: also flash-attn; the baseline takes these keys, too
  # - {name: small, type: IQ2_XXS, imatrix: imatrix.gguf}   # types below three bits need an importance matrix

dataset:                          # may be left out where the baseline's answers hold their questions; JSONL, a JSON array or CSV with id, question, expected_answer, contexts, cluster
  file: questions.jsonl
  limit: 0                        # the first n questions; 0: all
  ids: []                         # only these ids; empty: all
  clusters: []                    # only these clusters; empty: all
  fields: {}                      # where the file calls them otherwise: {question: q, expected: answer, contexts: passages}

generation:                       # how every answer is made; names and meanings are llama.cpp's
  system: "You are a careful assistant. Answer correctly and briefly, and say so when you do not know."   # "": none
  # system-file: system.txt       # instead of system
  # prompt-template: prompt.jinja # the user turn, with question, contexts (a list) and id; default: a built-in one
  # chat-template: "{% for m in messages %}..."   # Jinja text; default: the one in the baseline's file
  # chat-template-file: chat.jinja                # instead of chat-template
  temp: 0                         # 0: always the likeliest token
  top-k: 0                        # 0: off; has no effect at temp 0, as top-p and min-p
  top-p: 0.9                      # 1: off
  min-p: 0                        # 0: off
  repeat-penalty: 1.05            # 1: off
  repeat-last-n: 64               # tokens that the penalty looks back on; 0: off; -1: ctx-size
  ctx-size: 4096                  # tokens of prompt and answer together
  predict: 128                    # most tokens of an answer
  seed: 42                        # used when temp is above 0
  stop: []                        # an answer ends before the first of these texts
  date: 2025-01-01                # what templates that print today's date are told
  thinking: false                 # enable_thinking of the chat template
  own-template: false             # true: each variant uses its own chat template; then not only the weights differ

judges:                           # the first decides, further ones show how sensitive the decision is
  - provider: reference           # a metric of the answer with the expected one; needs no model and no network
    metric: token_f1              # token_f1 | rouge_l | chrf
    tie-band: 0.05                # a difference of at most this is a tie
  # - name: panel-1               # default: the model's name
  #   provider: openai            # any server that speaks the OpenAI chat format; or gemini, anthropic, ollama
  #   url: "http://127.0.0.1:9000/v1"   # only openai needs one; the others have their own
  #   model: some-model
  #   api-key-env: MY_KEY         # variable that holds the key; default: OPENAI_API_KEY, GEMINI_API_KEY or ANTHROPIC_API_KEY for the
  #                               # provider's own host and this machine, else none
  #   concurrency: 4              # requests at the same time
  #   timeout-s: 120              # for one request
  #   retries: 5                  # after a transport error, 429 or 5xx
  #   requests-per-minute: 0      # at most, retries included; 0: no limit
  #   tokens-per-minute: 0        # of prompts and replies; 0: no limit
  #   max-calls: 0                # requests of one run, retries included; then the judge stops; 0: no limit
  #   max-tokens-total: 0         # tokens of one run, prompts and replies together; then the judge stops; 0: no limit
  #   max-cost: 0                 # likewise money, in the currency of the prices
  #   price-input: 0              # of a million prompt tokens, in any currency; 0: not given
  #   price-output: 0             # of a million reply tokens
  #   batch: false                # true: through the batch API of openai, gemini or anthropic: half the price, within 24 hours
  #   batch-poll-s: 60            # longest time between two looks at a batch
  #   allow-version-change: false # true: a reply that names another model version does not stop the judge
  #   temp: 0
  #   max-tokens: 1024            # of a reply
  #   prompt-template: judge.jinja   # default: a built-in one
  #   show-contexts: true         # whether the judge sees the passages
  #   show-expected: true         # whether the judge sees the expected answer
  #   tags: false                 # true: after the verdict it says what is wrong with each answer (incorrect, unsupported, incomplete ...)
  # - provider: gguf              # a model file, in an engine of our own; judges each pair in both orders
  #   file: judge.gguf
  #   reasoning: false            # true: it writes its reasoning before the verdict, which takes longer
  #   ctx-size: 0                 # tokens of prompt and reply; 0: 8192, or 4096 with reasoning
  # - {name: panel-2, provider: batch}   # texts to paste into a chat (or human: for a person); see assay export batches, assay import verdicts

judging:
  both-orders: false              # each pair twice, each answer first once; costs twice the calls
  repeats: 0                      # how often a part of the pairs is asked once more, to see whether a judge repeats itself; in no count
  repeat-share: 0.2               # that part

analysis:
  margin: 0.1                     # largest net loss (losses - wins, of all) that is still acceptable; frozen before judging
  alpha: 0.05                     # one-sided; the deciding interval has level 1 - 2 alpha
  power: 0.8                      # for the number of questions that would be needed
  stopping: hybrid                # hybrid | group-sequential | none: whether judging may end before all is judged; never of a judge
                                  # that costs nothing
  multiplicity: ladder            # ladder (from the largest file down, until one fails) | holm | none: what may be claimed of several variants
  expected-decisive-rate: 0.6     # wins and losses of all verdicts; only for `assay plan`
  icc: 0.1                        # how much verdicts of one cluster are alike, 0 to 1; only for `assay plan`, and only with clusters

engine:                           # this machine
  # path: /opt/assay/assay-engine # default: beside assay
  threads: 0                      # 0: the physical cores
  slots: 0                        # questions decoded together, a multiple of 8; 0: chosen by memory
  ubatch-size: 512                # tokens of one piece of a prompt; answers depend on it
  n-gpu-layers: -1                # -1: the backend's default
  flash-attn: on                  # on | off
  cache-type-k: f16               # f32 f16 bf16 q8_0 q5_1 q5_0 q4_1 q4_0 iq4_nl
  cache-type-v: f16

# controls: {known-bad: Q2_K}     # a variant that nobody means to ship, to show that the judge finds a bad one

blinding-seed: 1                  # which answer is shown first, and the order of judging

# output:
#   run: runs/science             # default: runs/NAME under the folder where assay is started
)";
}

}  // namespace assay::config
