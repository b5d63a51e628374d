# Everything the project does, one target each. Every target sets up what it needs and can be run again.
# The host has to bring npm and any Node from 20 on; the Node that runs the project is one of its packages.

MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
.DEFAULT_GOAL := help
# Installing replaces the project's own Node, so it is done with the host's.
host_path := $(PATH)
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# Node keeps compiled modules there: commands, and the processes and threads of tests, load in half the time.
export NODE_COMPILE_CACHE := $(CURDIR)/.cache/compiled

PROFILE ?= full
EXPERIMENT ?=

cli := node harness/cli/main.ts
# Changes whenever npm installed something; npm writes it last.
installed := node_modules/.package-lock.json

.PHONY: help reproduce merge compare list show new report summary screenshots demo top replay test check fix bench calibrate predict soak setup doctor clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z_]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo '  PROFILE=full|quick and EXPERIMENT=<id> choose what is measured.'

node_modules: $(installed) ## Install the dependencies, if they changed

# Two makes at once must not install at once; who waited finds the work done.
$(installed): package-lock.json
	@flock package-lock.json sh -c '[ $(installed) -nt package-lock.json ] || { PATH="$(host_path)" npm ci --no-progress >&2 && touch $(installed); }'

reproduce: $(installed) ## Measure the experiments and write the report; SHARD=i/n: a part; RECORD=1: keep logs to replay; BUDGET=: minutes it may take; FRESH=1: go on with no unfinished run
	@$(cli) reproduce --profile $(PROFILE) $(if $(EXPERIMENT),--experiment $(EXPERIMENT)) $(if $(RECORD),--record) $(if $(BUDGET),--budget $(BUDGET)) $(if $(FRESH),--fresh) $(if $(SHARD),--shard $(SHARD)) $(if $(SEED),--seed $(SEED))

merge: $(installed) ## Join the shards of a run and write the report: RUNS="<folder> …"; MIXED=1: of unlike machines, too
	@$(cli) merge $(RUNS) $(if $(MIXED),--mixed)

compare: $(installed) ## Say what changed between two runs, and fail if the second is worse: A=<run> B=<run>; THRESHOLD=: percent
	@$(cli) compare $(A) $(B) $(if $(THRESHOLD),--threshold $(THRESHOLD))

list: $(installed) ## List the experiments: what each asks, how many samples it takes
	@$(cli) list

show: $(installed) ## Show one experiment: question, cells, verdict, what it will take: EXPERIMENT=<id>
	@$(cli) show $(EXPERIMENT) --profile $(PROFILE)

new: $(installed) ## Write the file of a new experiment, which runs as it is: EXPERIMENT=<id>
	@$(cli) new $(EXPERIMENT)

report: $(installed) ## Write the report of a run again: RUN=<folder or name>; without it, of the latest
	@$(cli) report $(RUN)

summary: $(installed) ## Print the latest run as one JSON object
	@$(cli) summary

screenshots: $(installed) ## Take pictures of a report in a browser and look for barriers: RUN=<folder or name>; without it, the latest
	@$(cli) screenshots $(RUN)

demo: $(installed) ## Serve a page from replicas to a Linux host; CHECK=1: check it and end
	@$(cli) demo $(if $(CHECK),--check)

top: $(installed) ## Watch the stack that runs in another terminal, live; JSON=1: one JSON object
	@$(cli) top $(if $(JSON),--json)

replay: $(installed) ## Apply a recorded channel again and compare its digests: LOG=<file>
	@$(cli) replay $(LOG)

test: $(installed) ## Run all tests: unit, virtual time, threads, containers
	@$(cli) setup
	@vitest run --project unit --project sim
	@vitest run --project race
	@vitest run --project net --bail 20

check: $(installed) ## Check types, format, lint and the direction of imports
	@tsc --noEmit
	@biome check --error-on-warnings .

fix: $(installed) ## Format the source, and apply the safe fixes of the linter
	@biome check --write .

bench: $(installed) ## Measure the parts: channel, protocol machine, payload work
	@for program in $$(find stack harness -name '*.bench.ts' | sort); do \
	  echo "# $$program"; node $$program || exit 1; \
	done

calibrate: $(installed) ## Measure what operations cost here; the virtual cores predict from it
	@$(cli) calibrate

predict: $(installed) ## Say what more processors would give, by calibrate; AGAINST=latest: check it against a run
	@$(cli) predict $(if $(AGAINST),--against $(AGAINST))

soak: $(installed) ## Run 100,000 rough transfers (COUNT=: fewer), then simulations and thread tests over many seeds; SEED=, CASE=
	@node stack/sim/testing/soak.ts
	@[ -n "$(CASE)" ] || SOAK=1 vitest run --project sim --project race
	@[ -n "$(CASE)" ] || SOAK=1 vitest run --project net stack/strategy/replay

setup: $(installed) ## Install and start Docker, build the image; the other targets do it when they need it
	@$(cli) setup

doctor: $(installed) ## Say what this machine lacks, and how to get it
	@$(cli) doctor

clean: $(installed) ## Remove left-overs and caches; ALL=1: images too, RUNS=1: measured runs too
	@$(cli) clean $(if $(ALL),--all) $(if $(RUNS),--runs)
