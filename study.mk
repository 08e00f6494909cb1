# The study of what tells unclear requests from clear ones; docs/study.md says what it holds. It goes on where it was
# stopped. Set on the command line: make study STUDY_FLAGS="--set limits.drafted=10" STUDY_OUT=runs/trial

# A recipe that comes with ClarifyCoder, or a TOML file.
STUDY_RECIPE = study
# Where everything goes.
STUDY_OUT = runs/study
# Further options of `clarify eval study`.
STUDY_FLAGS =

.PHONY: study

study: $(VENV)/.study pull ## What tells unclear requests from clear ones: docs/study.md
	$(BIN)/clarify eval study $(STUDY_RECIPE) --out $(STUDY_OUT) $(STUDY_FLAGS)

$(VENV)/.study: $(VENV)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[eval]'
	touch $@
