# Needs python3 (3.10 or newer), git and make. Everything goes into .venv; nothing outside this folder is changed.
#
#   make tour                 tour a sample that trains a small network, and say how to look at the result
#   make tour REPO=<url>      tour a repository of your own (a URL or a folder)
#   make test                 lint, type-check and test
#   make lint                 lint and type-check only
#   make browser              a Chromium for the tests of the web page, when the machine has none
#   make mermaid              Mermaid for the tests of the onboarding map, when there is npm
#   make dap-client           a debug client for the tests of walks in an editor, when there is npm
#   make pictures             the pictures in docs/ anew, from three samples
#   make clean                remove what these made

PYTHON = python3
REPO   = sample_repos/shapes_cnn
# The folder the tour goes to; each tour has its own in tours/ when this is empty.
OUT    =
# The Python that runs the toured program. Ours has torch and numpy; `make tour REPO=… PY=…` takes another one.
PY     = .venv/bin/python

BIN = .venv/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: tour test lint browser mermaid dap-client pictures frameworks clean

tour: .venv/stamp-samples
	$(BIN)/repotour run "$(REPO)" --python "$(PY)" $(if $(OUT),--out "$(OUT)") --yes
	@echo
	@echo "To walk through it from here:"
	@for tour in `ls -t $(or $(OUT),tours/*)/*.tour.json | head -n 1`; do echo "    $(BIN)/repotour replay $$tour"; done

test: lint .venv/stamp-samples browser mermaid dap-client frameworks
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: .venv/stamp-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf .venv .venv-frameworks .mypy_cache .pytest_cache .ruff_cache build dist tests/actual
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is written when its installation is complete, so that the second call of anything above starts at once.
.venv/stamp-base: pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 10))" || \
	    { echo "RepoTour needs Python 3.10 or newer; name one with: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
	    { rm -rf .venv; echo "This Python cannot create environments; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing RepoTour into .venv"
	$(PIP) install --upgrade "pip>=25.1"
	$(PIP) install --editable .
	@touch $@

.venv/stamp-dev: .venv/stamp-base
	@echo "Installing the tools for development"
	$(PIP) install --group dev
	@touch $@

# Tests run with one version of torch. Where there is no build of it for this machine, any that the samples accept will do.
.venv/stamp-samples: .venv/stamp-base sample_repos/requirements.txt tests/constraints.txt
	@echo "Installing torch and numpy for the samples; the download may take minutes"
	$(PIP) install --constraint tests/constraints.txt --requirement sample_repos/requirements.txt || \
	    $(PIP) install --requirement sample_repos/requirements.txt
	@touch $@

# A Chromium for the tests of the web page: the one that is here, else Debian's, else one from npm. Where there is none of
# these, the tests of tests/web that need it are skipped and say so.
browser: .venv/stamp-dev
	@PATH="$$PATH:$(CURDIR)/.venv/chromium" sh tests/web/bring_chromium.sh .venv/chromium || \
	    echo "There is no Chromium here and none could be installed: the web page will not be tested in a browser"

pictures: .venv/stamp-samples browser
	@PATH="$$PATH:$(CURDIR)/.venv/chromium" $(BIN)/python docs/pictures.py

mermaid: .venv/stamp-dev
	@sh tests/faces/bring_mermaid.sh .venv/mermaid || \
	    echo "Mermaid could not be brought: the diagrams of the onboarding map will not be read by its own parser"

# A debug client that is not ours, for the tests of live walks and of the replay adapter.
dap-client: .venv/stamp-dev
	@test -d .venv/dap/node_modules/@vscode/debugadapter-testsupport || \
	    npm install --silent --no-fund --no-audit --prefix .venv/dap @vscode/debugadapter-testsupport@1.68 || \
	    echo "There is no npm here, or the debug client could not be brought: the tests that need it will be skipped"

# An environment of its own for the programs of tests/frameworks, about 1.7 GB; torch is shared with .venv. Where it cannot
# be made (no network, no build for this machine), their tests are skipped and say so.
frameworks: .venv/stamp-samples
	@$(MAKE) --no-print-directory .venv-frameworks/stamp || \
	    echo "The frameworks could not be installed: the tests of tests/frameworks will be skipped"

FRAMEWORKS = $(BIN)/python -m pip --disable-pip-version-check --quiet --python .venv-frameworks/bin/python install
.venv-frameworks/stamp: tests/frameworks/requirements.txt tests/frameworks/versions.txt
	@echo "Installing Lightning, Hugging Face, JAX, Keras, scikit-learn and others; the download may take minutes"
	@rm -rf .venv-frameworks
	@$(BIN)/python -m venv --without-pip .venv-frameworks
	@$(BIN)/python tests/frameworks/share_torch.py .venv-frameworks
	$(FRAMEWORKS) --no-deps --requirement tests/frameworks/versions.txt || \
	    $(FRAMEWORKS) --requirement tests/frameworks/requirements.txt
	@touch $@
