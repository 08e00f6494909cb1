# The paper as one command; docs/paper.md says what it takes. What is there is not made again, and each command goes
# on where it was stopped. Set on the command line: make paper LIMIT=20 PAPER=runs/trial

# Where everything goes.
PAPER = runs/paper
# The problems: a data set on the Hub, a folder in APPS's own layout, or of parquet files; both halves are read.
APPS = codeparrot/apps
# Who modifies the problems and asks about them; the paper's gemini-pro is no longer served.
GEMINI = gemini-2.5-flash
# What is tuned: a Hub id, a folder of transformers, a GGUF file, or a name of `clarify models list`.
BASE = deepseek-ai/deepseek-coder-6.7b-instruct
# A base of transformers in llama.cpp's form; the authors evaluate in 8 bits, too.
CONVERT = convert_hf_to_gguf.py
OUTTYPE = q8_0
# What is measured on, and how: the texts as published, the reply as it comes, the paper's judge.
BENCHMARK = humanevalcomm-v2
HUMANEVAL = humaneval
VIEW = raw
SYSTEM = plain
JUDGE = llm
# Figure 5: more runs, one for each ratio, such as RATIOS="0.2 0.4 0.6 0.8 1".
RATIOS =
# For a trial: only so many problems of each half of APPS, and tasks of each benchmark.
LIMIT =
# Further options of `clarify synth build`, `clarify train` and `clarify eval run`.
SYNTH_FLAGS =
TRAIN_FLAGS =
EVAL_FLAGS =
# Servers in place of Google's and OpenAI's; the second is OpenAI-compatible, and JUDGE then llm:NAME.
GEMINI_URL =
JUDGE_URL =
# Another environment's, in place of the one that is made here.
CLARIFY = $(BIN)/clarify

# How the runs differ. The ratios were studied with the loss on all, of which 1 is the paper's table 3.
loss-on-answer = --set data.supervise=answer
loss-on-all = --set data.supervise=all
ratio-1 = $(loss-on-all) --set data.mode=clarify-only --set data.ratio=
differs = $(or $($1),$(loss-on-all) --set data.ratio=$(1:ratio-%=%))

STUDY := $(RATIOS:%=ratio-%)
TUNED := loss-on-all loss-on-answer $(STUDY)
MODELS := base loss-on-all loss-on-answer
SHOWN := $(MODELS) $(MODELS:%=humaneval-%)
RUN := $(TUNED:%=$(PAPER)/runs/%/README.md)
ADAPTER := $(TUNED:%=$(PAPER)/adapters/%.gguf)
JUDGED := $(addprefix $(PAPER)/eval/,$(addsuffix /figures.json,$(MODELS) $(STUDY)))
CLEAR := $(MODELS:%=$(PAPER)/eval/humaneval-%/figures.json)
SWEEP := $(if $(STUDY),$(PAPER)/sweep/sweep.json)
# A Hub id and a folder have a slash in them.
CONVERTED := $(if $(findstring /,$(BASE:%.gguf=)),$(PAPER)/base.gguf)
GGUF := $(or $(CONVERTED),$(BASE))

.PHONY: paper always

paper: $(PAPER)/report.html $(PAPER)/report.md ## The paper, from data to tables: docs/paper.md
	@echo 'The tables are in $(PAPER)/report.md, the page is $(PAPER)/report.html'

# Other settings of a step make it run again; its command then goes on with what is there, or refuses it.
of-data = $(APPS) $(GEMINI) $(LIMIT) $(SYNTH_FLAGS)
of-base = $(BASE) $(OUTTYPE)
of-runs = $(BASE) $(TRAIN_FLAGS)
of-eval = $(BENCHMARK) $(HUMANEVAL) $(VIEW) $(SYSTEM) $(JUDGE) $(LIMIT) $(EVAL_FLAGS)
OF := $(addprefix $(PAPER)/settings/,of-data of-base of-runs of-eval)
$(OF): always $(if $(filter $(BIN)/%,$(CLARIFY)),$(VENV)/.paper)
	@mkdir -p $(@D)
	@echo '$($(@F))' | cmp -s - $@ || echo '$($(@F))' > $@

$(PAPER)/data/README.md: $(PAPER)/settings/of-data
	CLARIFY_BASE_URL=$(GEMINI_URL) $(CLARIFY) synth build --recipe apps-gemini \
	  --source 'apps:$(APPS)@train' --source 'apps:$(APPS)@test' --option model=gemini:$(GEMINI) \
	  $(LIMIT:%=--problems %) $(SYNTH_FLAGS) --out $(@D)

$(PAPER)/base.gguf: $(PAPER)/settings/of-base
	$(CONVERT) "$(or $(patsubst %/config.json,%,$(wildcard $(BASE)/config.json)),$$($(CLARIFY:%clarify=%hf) download -q $(BASE)))" \
	  --outtype $(OUTTYPE) --outfile $@.part
	mv $@.part $@

$(RUN): $(PAPER)/runs/%/README.md: $(PAPER)/data/README.md $(PAPER)/settings/of-runs
	$(CLARIFY) train paper --data $(PAPER)/data --set base.model=$(BASE) $(call differs,$*) $(TRAIN_FLAGS) --out $(@D)

$(ADAPTER): $(PAPER)/adapters/%.gguf: $(PAPER)/runs/%/README.md $(CONVERTED)
	$(CLARIFY) models export $(PAPER)/runs/$* --base $(GGUF) --out $@

# Benchmark, system, further options, adapter. A model of this machine runs, whatever server the environment names.
define evaluate
CLARIFY_BASE_URL= $(CLARIFY) eval run --benchmark $1 --system $2 --view $(VIEW) $(LIMIT:%=--limit %) $3 \
  --model $(GGUF) --adapter $4 $(EVAL_FLAGS) --no-score --out $(@D)
CLARIFY_BASE_URL=$(JUDGE_URL) $(CLARIFY) eval rescore $(@D) --benchmark $1 --judge $(JUDGE) --json > $@.part
mv $@.part $@
endef
adapter = $(if $(filter base,$1),none,$(PAPER)/adapters/$1.gguf)

$(JUDGED): $(PAPER)/eval/%/figures.json: $(PAPER)/settings/of-eval $(CONVERTED)
	$(call evaluate,$(BENCHMARK),$(SYSTEM),,$(call adapter,$*))

# The paper offers no question here: code is all that is asked for.
$(CLEAR): $(PAPER)/eval/humaneval-%/figures.json: $(PAPER)/settings/of-eval $(CONVERTED)
	$(call evaluate,$(HUMANEVAL),never,--categories original,$(call adapter,$*))

$(TUNED:%=$(PAPER)/eval/%/figures.json): $(PAPER)/eval/%/figures.json: $(PAPER)/adapters/%.gguf
$(filter-out %-base/figures.json,$(CLEAR)): $(PAPER)/eval/humaneval-%/figures.json: $(PAPER)/adapters/%.gguf

$(PAPER)/table-6.json: $(PAPER)/data/README.md $(CONVERTED)
	$(CLARIFY) synth stats $(PAPER)/data --model $(GGUF) --json > $@.part
	mv $@.part $@

$(PAPER)/sweep/sweep.json: $(STUDY:%=$(PAPER)/eval/%/figures.json)
	CLARIFY_BASE_URL=$(JUDGE_URL) $(CLARIFY) eval sweep $(foreach one,$(RATIOS),--at $(one)=$(PAPER)/eval/ratio-$(one)) \
	  --benchmark $(BENCHMARK) --view $(VIEW) --judge $(JUDGE) --out $(@D)

$(PAPER)/report.html $(PAPER)/report.md: $(PAPER)/table-6.json $(JUDGED) $(CLEAR) $(SWEEP)
	$(CLARIFY) eval report $(SHOWN:%=$(PAPER)/eval/%) --benchmark $(BENCHMARK) --benchmark $(HUMANEVAL) \
	  --stats $(PAPER)/table-6.json $(SWEEP:%=--sweep %) --out $@

$(VENV)/.paper: $(VENV)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[synth,train,eval]'
	touch $@
