# Every task of the project. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
BIN := .venv/bin
# A version switcher may refuse `python3` in this folder when it lacks the version that .python-version names.
ifndef PYTHON
PYTHON := $(shell cd / && for p in python3 /usr/bin/python3 python; do \
	p=$$(command -v $$p) && $$p -c '' 2>/dev/null && $$p -c 'import sys; print(sys.executable)' && break; done)
endif
# Tests and commands start many short Python processes: without stored bytecode each compiles the whole source again.
unexport PYTHONDONTWRITEBYTECODE
CHECKED := kernel contracts chassis services operate adapter-kit deploy tests
LOCKED := requirements.lock

.PHONY: help install demo tools test test-fast thorough check openapi kubernetes kubernetes-test docs faults rehearse-upgrade rehearse-restore soak capacity bench up down status logs reset lock lowest audit sbom

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

install: ## make the environment in .venv from the locks (other targets do this by themselves)
	@test -n "$(PYTHON)" || { echo "make: no Python 3 found: install python3 with its venv module" >&2; exit 2; }
	@$(PYTHON) deploy/bootstrap.py

demo: install ## run the demo, a story on real servers; KEEP=1 leaves them running
	@$(BIN)/buurtsein demo $(if $(KEEP),--keep)

tools: install ## install the browser, the pooler and the packages of Java and TypeScript that some tests need
	@PYTHONPATH=tests $(BIN)/python -m harness.tools $(TOOLS)

test: TOOLS = browser pooler balancer systemd typescript archive
test: tools ## run all tests, in three processes; PYTEST_ARGS="-k area" runs some
	@$(BIN)/python -m pytest -n 3 $(PYTEST_ARGS)

test-fast: install ## run the tests that start no program and open no connection, in under a minute
	@$(BIN)/python -m pytest -n 2 -m "not external and not thorough and not soak" \
		--ignore tests/e2e --ignore tests/integration --ignore tests/faults $(PYTEST_ARGS)

check: install ## check lint, format, types, architecture, contracts, locks, manifests, alarms
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check --no-cache .
	$(BIN)/mypy $(CHECKED)
	$(BIN)/lint-imports
	$(BIN)/buurtsein-contracts check
	$(BIN)/python deploy/openapi.py --check
	$(BIN)/python -m buurtsein_stack.release.locks --check
	@PYTHONPATH=tests $(BIN)/python -m harness.kubernetes.check
	$(BIN)/python deploy/migrations.py
	@PYTHONPATH=tests $(BIN)/python -m harness.alarms.check

openapi: install ## write services/*/openapi.json from the routes; refuses a breaking change that CHANGELOG.md does not name
	@$(BIN)/python deploy/openapi.py

kubernetes: install ## write deploy/kubernetes from the manifests of the services and the installation of Aalst
	@$(BIN)/buurtsein kubernetes write --installation deploy/installations/aalst --to deploy/kubernetes

kubernetes-test: install ## ask a real Kubernetes API server, built the first time, whether it takes the manifests
	@PYTHONPATH=tests $(BIN)/python -m harness.kubernetes
	@$(BIN)/python -m pytest tests/kubernetes -m thorough $(PYTEST_ARGS)

docs: install ## write the portal for developers of other teams, dist/portal/index.html; it works offline
	@rm -rf dist/portal
	@$(BIN)/buurtsein openapi --to dist/portal/openapi > /dev/null
	@$(wildcard .local/tools/uv-*/bin/uv) build --offline --wheel --quiet --no-create-gitignore --python $(BIN)/python \
		--out-dir dist/portal/package contracts
	@$(BIN)/buurtsein-contracts docs --to dist/portal $(if $(CONTACT),--contact "$(CONTACT)")

thorough: TOOLS = browser pooler java typescript archive
thorough: tools ## run the slow tests that `make test` leaves out, except the faults
	@$(BIN)/python -m pytest -m thorough --ignore tests/faults --ignore tests/images --ignore tests/kubernetes $(PYTEST_ARGS)

faults: TOOLS = browser pooler balancer java typescript apicurio promtool archive
faults: tools ## break the real system in every way we know, and count lost and doubled events
	@$(BIN)/python -m pytest tests/faults -m "not soak" $(PYTEST_ARGS)

rehearse-upgrade: TOOLS = balancer
rehearse-upgrade: tools ## upgrade all services and roll back, behind HAProxy and under load, and count; REHEARSE_ARGS="--drain 0" fails
	@PYTHONPATH=deploy $(BIN)/python -m rehearsals.upgrade $(REHEARSE_ARGS)

rehearse-restore: install ## restore PostgreSQL to a moment while Kafka stays ahead, lose a topic, and count; REHEARSE_ARGS=--plant fails
	@PYTHONPATH=deploy $(BIN)/python -m rehearsals.restore $(REHEARSE_ARGS)

soak: install ## run half an hour of load with random faults; SOAK_MINUTES=5 for less
	@$(BIN)/python -m pytest tests/faults -m soak -s $(PYTEST_ARGS)

capacity: install ## compute what an installation needs (docs/capacity.md); CAPACITY_ARGS="--networks 9 --members 900 --reports 9000"
	@PYTHONPATH=deploy $(BIN)/python -m capacity $(CAPACITY_ARGS)

bench: install ## measure speed as ratios to minimal programs; results in .local/bench.json
	@PYTHONPATH=tests $(BIN)/python -m bench

up: install ## start the stack on this machine
	@$(BIN)/buurtsein up

down: install ## stop the stack and keep its data
	@$(BIN)/buurtsein down

status: install ## show each process with port, memory and health
	@$(BIN)/buurtsein status

logs: install ## show the last lines of every log; NAME=registry for one
	@$(BIN)/buurtsein logs $(NAME)

reset: install ## stop the stack and delete its data
	@$(BIN)/buurtsein reset --yes

lock: install ## write requirements.lock from what the packages declare, and a lock for each service; UPGRADE=1 takes the newest libraries
	@$(wildcard .local/tools/uv-*/bin/uv) pip compile $(if $(UPGRADE),--upgrade) --universal --python-version 3.12 --generate-hashes \
		--no-emit-index-url --no-header $(foreach name,contracts chassis kernel operate $(notdir $(wildcard services/*)),--no-emit-package buurtsein-$(name)) \
		--output-file requirements.lock kernel/pyproject.toml contracts/pyproject.toml chassis/pyproject.toml \
		$(wildcard services/*/pyproject.toml) operate/pyproject.toml deploy/stack/pyproject.toml requirements.in > /dev/null
	@$(BIN)/python -m buurtsein_stack.release.locks

.PHONY: release rehearse-install

release: install ## make wheels, locks, SBOMs and notes of VERSION=1.2.3 in dist/release; IMAGES=1: images too; WRITE=1: commits and tags
	@$(BIN)/python -m buurtsein_stack.release $(VERSION) $(if $(IMAGES),--images) $(if $(WRITE),--write)

rehearse-install: install ## install each service and `buurtsein` from wheels in bare environments, and use them on real servers
	@PYTHONPATH=deploy $(BIN)/python -m rehearsals.install

.PHONY: rehearse-keycloak

rehearse-keycloak: install ## run all services with Keycloak as issuer: sign-in of each role, rotation of keys, tokens that end
	@PYTHONPATH=deploy $(BIN)/python -m rehearsals.keycloak

.PHONY: images images-test containers-test compose-up compose-down compose-test

images: install ## write the container images to dist/images, without an engine; SERVICES="reports operate" for some, ENGINE=buildah BASE=IMAGE
	@$(BIN)/python -m buurtsein_stack.images $(SERVICES) $(if $(ENGINE),--engine $(ENGINE)) $(if $(BASE),--base $(BASE))

images-test: images ## run the images with as few rights as possible on real servers, through a story, and count what they may do
	@$(BIN)/python -m buurtsein_stack.images.engine
	@$(BIN)/python -m pytest -m thorough -n 0 tests/images/test_images.py $(PYTEST_ARGS)

containers-test: install ## run integration tests with PostgreSQL and Kafka in containers, by podman
	@$(BIN)/python -m buurtsein_stack.images.with_podman $(BIN)/python -m pytest -n 0 \
		$(or $(PYTEST_ARGS),tests/integration/test_migrations.py tests/integration/test_relay.py)

compose-up: images ## start the whole system in containers, from deploy/compose; STAND_INS=1 makes images for PostgreSQL and Kafka
	@$(BIN)/python -m buurtsein_stack.images.compose up $(if $(STAND_INS),--stand-ins)

compose-down: install ## stop the containers of compose-up and delete their data
	@$(BIN)/python -m buurtsein_stack.images.compose down

compose-test: images ## start the system of deploy/compose with podman-compose, tell a story in it, and stop it
	@$(BIN)/python -m buurtsein_stack.images.engine
	@$(BIN)/python -m pytest -m thorough -n 0 tests/images/test_compose.py $(PYTEST_ARGS)

lowest: install ## run the unit tests with the lowest versions of libraries that our packages declare
	@$(BIN)/python deploy/lowest.py $(PYTEST_ARGS)

audit: install ## list known weaknesses of the locked libraries; AUDIT_ARGS="--vulnerability-service osv" asks elsewhere
	@rm -f .local/audit.txt; \
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement $(LOCKED) --progress-spinner off \
		--output .local/audit.txt $(AUDIT_ARGS) 2> .local/audit.log && echo "audit: no known weaknesses" && exit 0; \
	if [ -s .local/audit.txt ]; then cat .local/audit.txt; exit 1; fi; \
	echo "audit: the advisories could not be asked: $$(tail -n 1 .local/audit.log | cut -c 1-200)" >&2; exit 2

sbom: install ## write the SBOM of this environment, with licences: CycloneDX in dist/sbom.cdx.json
	@mkdir -p dist
	@$(BIN)/cyclonedx-py environment .venv/bin/python --pyproject pyproject.toml --output-reproducible \
		--output-format JSON --output-file dist/sbom.cdx.json 2> .local/sbom.log || { tail -n 5 .local/sbom.log >&2; exit 1; }
	@sed -i.bak 's|file://$(CURDIR)/||' dist/sbom.cdx.json && rm -f dist/sbom.cdx.json.bak
	@echo "dist/sbom.cdx.json"
