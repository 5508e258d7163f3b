# Every target does its own set-up. `make help` lists them.
STACK ?= local
# Of the instances that the image is for.
export ARCHITECTURE ?= amd64
PYTHON ?= python3
export PYTHON

PY := .venv/bin/python
STEP := scripts/step.sh
LOCAL := $(PY) -m local
ARTIFACTS := build/iris-forest/manifest.json build/iris-boosting/manifest.json
# Compiled where there is a C compiler; elsewhere ONNX Runtime predicts forests too.
KERNEL := $(if $(shell command -v cc),container/forest/.libforest.so)
VENV := .venv/.synced
# STACK=local is the stack on this machine; any other means AWS, with the caller's credentials.
# Either way the engine reads its --policy-pack and --policy-pack-config flags from variables.
LEVELS := $(wildcard $(CURDIR)/policies/environments/$(STACK).json)
JUDGED := $(if $(LEVELS),PULUMI_OPTION_POLICY_PACK_CONFIG="$(LEVELS)")
AWS := env PATH="$(CURDIR)/.venv/bin:$$PATH" PULUMI_OPTION_POLICY_PACK="$(CURDIR)/policies" $(JUDGED)
ENGINE := $(if $(filter local,$(STACK)),$(LOCAL) exec -- env $(JUDGED),$(AWS))
PULUMI := $(ENGINE) pulumi
# For a question about the stack that the policies have no say in.
UNJUDGED := $(if $(filter local,$(STACK)),$(LOCAL) exec -- env -u PULUMI_OPTION_POLICY_PACK,\
	env PATH="$(CURDIR)/.venv/bin:$$PATH") pulumi
FORMAT ?= table

# What a command that asks AWS itself is run with.
REACHING := $(if $(filter local,$(STACK)),$(LOCAL) exec --)

only_local = $(if $(filter local,$(STACK)),,$(error $(1) the local cloud; $(STACK) is not on it))
stacks = $(patsubst Pulumi.%.yaml,%,$(wildcard Pulumi.*.yaml))
# Stops at a stack that nobody has written, and on AWS where no Pulumi CLI can bring it up.
named = $(if $(filter $(STACK),$(stacks)),,$(error No stack $(STACK): there is no \
	Pulumi.$(STACK).yaml. Stacks: $(stacks)))
# The engine would take no notice of a policy that does not exist, and not name the file.
known_levels = $(if $(LEVELS),$(PY) -m gateway_policies.environment $(LEVELS))
reachable = $(named)$(if $(filter local,$(STACK)),,scripts/need.sh)

.DEFAULT_GOAL := help
.PHONY: help up down destroy status publish preview report who-can prices routes openapi docs acceptance bootstrap image check lint types contracts unit web-tests stack-tests test fuzz nightly bench format lock

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n",$$1,$$2}' $(MAKEFILE_LIST)

up: $(VENV) $(ARTIFACTS) $(KERNEL) ## Bring a stack up (STACK=local: on this machine) and call it
ifeq ($(STACK),local)
	@$(STEP) "Pulumi engine" $(PY) -m local.engine
	@$(STEP) "Local cloud" $(LOCAL) up
	@$(known_levels)
	@$(STEP) "Stack local" $(PULUMI) up --stack local --yes
	@$(STEP) "Predictions" $(LOCAL) smoke
	@printf '\nNext: make routes (how to call it), edit Pulumi.local.yaml and make up again, make down\n'
else
	@$(reachable)
	@$(known_levels)
	@$(STEP) "Stack $(STACK)" $(PULUMI) up --stack $(STACK)
endif

down: $(VENV) ## End the local cloud and remove all that it keeps
	$(call only_local,make down ends)
	@$(LOCAL) down

# The engine runs the hooks that remove what updates have kept only while the program runs.
destroy: $(VENV) $(ARTIFACTS) ## Remove everything that a stack has, after a question
	@$(reachable)
	@$(PULUMI) destroy --run-program --stack $(STACK)

bootstrap: $(VENV) ## Make what an account needs before any stack; STACK names the account
ifeq ($(STACK),local)
	@$(STEP) "Pulumi engine" $(PY) -m local.engine
	@cd bootstrap && PYTHONPATH="$(CURDIR)" "$(CURDIR)/$(PY)" -m local exec -- pulumi up --stack local --yes
else
	@scripts/need.sh
	@cd bootstrap && $(AWS) pulumi up --stack $(STACK)
endif

status: $(VENV) ## Say whether and where the local cloud runs, and where its log is
	$(call only_local,make status is about)
	@$(LOCAL) status

# What AWS is asked for goes by the caller's credentials, or under `python -m local exec`.
publish: $(VENV) $(ARTIFACTS) ## Give a stack's account its image and models; published.json says so
	$(named)
	@$(STEP) "Publishing for $(STACK)" $(REACHING) $(PY) -m publish --stack $(STACK)

preview: $(VENV) $(ARTIFACTS) ## Show what `make up` would change, with the policies' verdicts
	@$(reachable)
	@$(known_levels)
	@$(PULUMI) preview --stack $(STACK)

report: $(VENV) $(ARTIFACTS) ## Write that preview for a review, as build/preview-STACK.md and .sarif
	@$(reachable)
	@$(known_levels)
	@$(STEP) "Preview of $(STACK)" scripts/report.sh $(STACK) $(ENGINE) PULUMI_DEBUG_COMMANDS=true pulumi

who-can: $(VENV) $(ARTIFACTS) ## Show who can reach which endpoint, bucket and key (FORMAT=json: as JSON)
	@$(reachable)
	@preview=$$(mktemp) && trap 'rm -f "$$preview"' EXIT INT TERM && \
	  { $(UNJUDGED) preview --json --show-sames --stack $(STACK) > "$$preview"; \
	  $(PY) -m gateway_policies.reach --format $(FORMAT) < "$$preview"; }

# REGIONS: to ask for beside those that the pack has prices of.
prices: $(VENV) ## Ask AWS's Price List for the policies' prices (REGIONS="eu-north-1 ..." adds some)
	@$(PY) -m prices $(REGIONS)

routes: $(VENV) ## List a stack's routes and how to call them, as JSON, with their keys
ifeq ($(STACK),local)
	@$(LOCAL) routes
else
	@$(reachable)
	@$(PULUMI) stack output routes --json --show-secrets --stack $(STACK)
endif

openapi: $(VENV) ## Print the direct gateway's OpenAPI document, from the YAML alone
	$(named)
	@$(PY) -m components.openapi --stack $(STACK)

docs: $(VENV) ## Write docs/config.md, the editors' JSON Schema and docs/policies.md, from the code
	@$(PY) -m components.config
	@$(PY) -m gateway_policies.reference > docs/policies.md

# Its outputs hold API keys: the file that they go through is the user's alone, and goes with it.
acceptance: $(VENV) ## Test a deployed stack from outside, knowing nothing but its outputs
	@$(reachable)
	@$(if $(filter local,$(STACK)),$(LOCAL) routes > /dev/null)
	@outputs=$$(mktemp) && trap 'rm -f "$$outputs"' EXIT INT TERM && \
	  $(PULUMI) stack output --json --show-secrets --stack $(STACK) > "$$outputs" && \
	  $(REACHING) .venv/bin/pytest tests/acceptance --quiet --outputs "$$outputs"

test: check stack-tests ## Everything that CI runs

check: lint types contracts unit web-tests ## Lint, types, import contracts, unit tests, the web page: some five minutes

lint: $(VENV)
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/hadolint container/Dockerfile

types: $(VENV)
	@.venv/bin/mypy

contracts: $(VENV)
	@.venv/bin/lint-imports --no-cache

unit: $(VENV) $(KERNEL)
	@.venv/bin/pytest tests/unit --quiet --numprocesses auto --dist loadfile

web-tests: $(VENV)
	@scripts/browser.sh
	@.venv/bin/pytest tests/web --quiet

stack-tests: $(VENV) $(ARTIFACTS) $(KERNEL)
	@$(STEP) "Pulumi engine" $(PY) -m local.engine
	@.venv/bin/pytest tests/stack -m "not nightly"

fuzz: $(VENV) $(ARTIFACTS) $(KERNEL) ## Send server and gateway what nobody should, ten minutes long (FUZZ_SECONDS=60: one)
	@$(STEP) "Pulumi engine" $(PY) -m local.engine
	@.venv/bin/pytest tests/fuzz --quiet

nightly: test ## Also what takes long: load, faults, fuzzing, the image, all docs and stacks, benchmarks
	@.venv/bin/pytest tests/stack -m nightly
	@$(MAKE) fuzz
	@$(MAKE) bench

bench: $(VENV) $(ARTIFACTS) $(KERNEL) ## Measure the server, the local cloud and the policies, beside their peers
	@$(STEP) "Pulumi engine" $(PY) -m local.engine
	@$(PY) -m bench.gateway
	@$(PY) -m bench.preview
	@$(PY) -m bench.policies
	@$(PY) -m bench.serving --write-docs

image: $(VENV) ## Build the container image by docker, podman or buildah (ARCHITECTURE=amd64 or arm64)
	@$(STEP) "Container image" scripts/image.sh

format: $(VENV) ## Format the code
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/ruff format --quiet .

lock: $(VENV) ## Lock the newest dependencies that pyproject.toml allows
	@.venv/bin/uv lock --upgrade
	@.venv/bin/uv export --quiet --frozen --only-group bootstrap --output-file scripts/uv.txt
	@.venv/bin/uv export --quiet --frozen --only-group container --only-group training \
		--no-annotate --no-header --output-file container/requirements.txt
	@.venv/bin/uv export --quiet --frozen --only-group compiler \
		--no-annotate --no-header --output-file container/forest/compiler.txt
	@for peer in bentoml checkov cloudsplaining fastapi litserve mlserver schemathesis; do \
		.venv/bin/uv pip compile --quiet --upgrade \
		--universal --generate-hashes --python-version 3.11 --no-annotate --no-header \
		bench/peers/$$peer.in --output-file bench/peers/$$peer.txt || exit 1; done

$(VENV): uv.lock pyproject.toml policies/pyproject.toml scripts/setup.sh scripts/uv.txt
	@$(STEP) "Python packages" scripts/setup.sh

$(KERNEL): container/forest/kernel.c container/forest/build.sh
	@$(STEP) "Forest kernel" container/forest/build.sh $@ cc

TRAINER := $(wildcard container/training/*.py container/explain/*.py container/forest/*.py) \
	container/artifact.py container/signature.py uv.lock

build/iris-forest/manifest.json: $(TRAINER) | $(VENV)
	@$(STEP) "Training the iris forest" $(PY) -m container train --output build/iris-forest

# Beside the forest, for an A/B; compared with it as a candidate is with its champion.
build/iris-boosting/manifest.json: build/iris-forest/manifest.json $(TRAINER) | $(VENV)
	@$(STEP) "Training iris boosting" $(PY) -m container train --output build/iris-boosting \
		--algorithm boosting --champion build/iris-forest
