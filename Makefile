# The chores, by name. The checks themselves stand once, in .ci/run.

export CARGO_TARGET_DIR ?= $(CURDIR)/target
RELEASE := $(CARGO_TARGET_DIR)/release
PYTHON ?= python3
ORACLE := .venv-oracle
FUZZ_SECONDS ?= 60
RULES ?= ../shared/data/sigma/rules

.PHONY: help run build test lint bench bench-peers rsigma pysigma fuzz oracle clean
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## scan this machine's logs (or the bundled sample), and say what to try next
	@deploy/first-run.sh $(RELEASE)/tocsin

build: ## build the release binary
	@.ci/run toolchain >/dev/null
	cargo build --release --workspace --bins

test: ## run all tests; fetches what they need
	@.ci/run test doctest

lint: ## formatting, tidy, clippy, rustdoc, dependencies
	@.ci/run fmt tidy clippy rustdoc deny

bench: build ## measure lines per core-second, memory, and cost against entities
	$(PYTHON) benches/drive.py --tocsin $(RELEASE)/tocsin --authlog $(RELEASE)/authlog \
		--normalise $(RELEASE)/normalise

bench-peers: ## install fail2ban and CrowdSec (Debian, root) for `make bench`; starts no service
	benches/install-peers.sh

rsigma: ## compare our Sigma engine with rsigma on the rules of RULES: agreement, speed, correlations
	cargo build --release --manifest-path benches/rsigma/Cargo.toml
	-$(CARGO_TARGET_DIR)/release/tocsin-rsigma agree $(RULES)
	$(CARGO_TARGET_DIR)/release/tocsin-rsigma speed $(RULES)
	$(CARGO_TARGET_DIR)/release/tocsin-rsigma correlate

pysigma: $(ORACLE)/done ## compare our Sigma engine with pySigma's SQLite backend on a sample of RULES
	cargo build --release --manifest-path benches/rsigma/Cargo.toml
	$(CARGO_TARGET_DIR)/release/tocsin-rsigma sample $(RULES) $(CARGO_TARGET_DIR)/sample.jsonl
	$(ORACLE)/bin/python benches/rsigma/sqlite.py $(RULES) $(CARGO_TARGET_DIR)/sample.jsonl

fuzz: ## fuzz every target for FUZZ_SECONDS (60)
	fuzz/run.sh $(FUZZ_SECONDS)

oracle: $(ORACLE)/done ## the Python reference implementations that goldens come from
	@echo "use $(ORACLE)/bin/python"

$(ORACLE)/done: testdata/oracle/requirements.txt
	$(PYTHON) -m venv $(ORACLE)
	$(ORACLE)/bin/pip install --quiet --requirement $<
	touch $@

clean: ## remove what was built here
	cargo clean
	rm -rf $(ORACLE)
