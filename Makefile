# What a developer does here; `make` alone lists it.

.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv/bin
PACKAGES := messages fsm rib kernel_sync bgpd
SECONDS ?= 60
SCENARIOS ?= 10000

# The first Python that is new enough.
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)

# Install a Debian package when root, else say which one is missing: $(call need,PACKAGE,WHAT FOR)
need = { if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	then echo "installing the Debian package $(1), for $(2)"; apt-get update -qq && apt-get install -qq -y --no-install-recommends $(1) >/dev/null; \
	else echo "$(2) needs the Debian package $(1): sudo apt-get install $(1)" >&2; false; fi; }

.PHONY: help venv run demo test lint peers bench soak fuzz clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

venv: .venv/.installed  ## make .venv and install bgpd in it with what development needs

.venv/.installed: pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "bgpd needs Python 3.11 or newer, and none was found" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| $(call need,$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'),a virtual environment)
	@$(VENV)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "making .venv with $$($(PYTHON) -V)"; $(PYTHON) -m venv --clear .venv; }
	@echo "installing bgpd, editable, and its development tools into .venv"
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: venv  ## start the daemon on this host with configs/default.toml
	$(VENV)/bgpd -c configs/default.toml

demo: venv  ## show the daemon at work in a small network of namespaces
	$(VENV)/python -m tests.demo

test: venv lint peers  ## check style and types, then run every test
	@command -v ip >/dev/null || $(call need,iproute2,the interop tests) || true
	@command -v tmux >/dev/null || $(call need,tmux,the tests of screens) || true
	@command -v systemd-analyze >/dev/null || $(call need,systemd,the tests of the unit) || true
	@command -v groff >/dev/null || $(call need,groff-base,the tests of man pages) || true
	$(VENV)/python -m tests.suite

lint: venv  ## check style and types
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy --strict $(PACKAGES) tests

peers: venv  ## fetch the other routing daemons into .cache/peers, installing nothing
	@$(VENV)/python -m tests.interop.packages || echo "the tests that need them will be skipped"

bench: venv peers  ## measure speed and memory, next to other daemons
	$(VENV)/python -m tests.bench

soak: venv peers  ## run the long form of the tests marked soak
	@command -v debootstrap >/dev/null || $(call need,debootstrap,a clean root) || true
	BGPD_SOAK=1 $(VENV)/python -m pytest -m soak || { [ $$? = 5 ] && echo "no test is marked soak"; }

fuzz: venv  ## play SCENARIOS=10000 networks, and a tenth with restarts; make as many edits of BIRD files; mutate messages and search for counterexamples for SECONDS=60
	@$(VENV)/python -m tests.simulator --scenarios $(SCENARIOS)
	@$(VENV)/python -m tests.simulator --restarts --scenarios $$(($(SCENARIOS) / 10))
	@$(VENV)/python -m tests.bird.edits --count $(SCENARIOS)
	@$(VENV)/python -m tests.fuzz --seconds $$(($(SECONDS) / 2))
	@end=$$(($$(date +%s) + ($(SECONDS) + 1) / 2)); \
	while left=$$((end - $$(date +%s))); [ $$left -gt 0 ]; do \
		BGPD_HYPOTHESIS_PROFILE=fuzz timeout --signal=INT $$left $(VENV)/python -m pytest -q -x -m hypothesis; \
		status=$$?; [ $$status = 0 ] || [ $$status = 124 ] || exit $$status; \
	done; echo "nothing found in $(SECONDS) s"

clean:  ## remove everything that make has made
	rm -rf .venv .cache build dist *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
