# What a person or CI does with this repository. `make` lists it.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

# SQLite is pure Go here, so that the binary needs no C library anywhere.
export CGO_ENABLED := 0

GOLANGCI := bin/tools/golangci-lint-2.15.0
VERSITYGW := bin/tools/versitygw-1.8.0
NODE_MODULES := web/node_modules/.package-lock.json
WEB_APP := web/dist/index.html
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' -not -path 'web/e2e/*')

# In this order: first what fails fastest.
CHECKS := fmt-check lint vet test-web test-go e2e bench-works

## Use it

build: $(WEB_APP) ## Build bin/trellis, one binary with the web app inside
	go build -ldflags='-s -w' -o bin/trellis ./cmd/trellis

run: build ## Build, then serve http://127.0.0.1:8080 on ./data
	bin/trellis serve --data data --listen 127.0.0.1:8080

## Check it

test: $(GOLANGCI) $(VERSITYGW) $(NODE_MODULES) browser ## Run every check; brings PostgreSQL, Chromium and tools if missing
	.ci/with-postgres $(MAKE) $(CHECKS)
	@echo "checks: $(words $(CHECKS)) passed, 0 failed"

check: fmt-check lint vet test-web test-go ## Run what needs no browser

fmt: $(GOLANGCI) $(NODE_MODULES) ## Format all code
	$(GOLANGCI) fmt
	cd web && npm run format

fmt-check: $(GOLANGCI) ## Check that the Go code is formatted (the web app's: test-web)
	$(GOLANGCI) fmt --diff

lint: $(GOLANGCI) ## Lint the Go code (the web app's: test-web)
	$(GOLANGCI) config verify
	$(GOLANGCI) run --allow-serial-runners

vet: ## Run go vet
	go vet ./...

# Many tests wait for a database, so that more of them than processors go on at
# once. What go vet would find again, make vet has.
test-go: $(VERSITYGW) tracer ## Run the Go tests, on SQLite and PostgreSQL
	.ci/with-postgres go test -timeout 20m -parallel 4 -vet=off ./...

test-web: $(WEB_APP) ## Check the web app: format, lint, types, unit tests, size
	cd web && npm run check && npm test && npm run size

e2e: build browser ## Run the browser journeys on the built binary
	cd web && npm run e2e

# The vulnerability database and one module of govulncheck 1.9.0 are not in
# every registry that CI reaches, so this is not a part of `make test`.
vuln: ## Ask the Go vulnerability database about our dependencies
	go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

# RAPID_CHECKS is how many cases each property is tried on (100 in make test),
# KILLS how often each server is killed (3 or 20), FUZZTIME how long each fuzz
# test looks for new inputs.
RAPID_CHECKS ?= 5000
KILLS ?= 100
FUZZTIME ?= 60s
trust: $(VERSITYGW) tracer ## Try the properties on many more cases, then run the fuzzers (RAPID_CHECKS KILLS FUZZTIME)
	RAPID_CHECKS=$(RAPID_CHECKS) TRELLIS_TEST_KILLS=$(KILLS) .ci/with-postgres go test -count=1 -timeout 4h ./...
	@grep -rl --include='*_test.go' '^func Fuzz' engine cmd | while read -r file; do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file"); do \
			go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x "./$$(dirname "$$file")" || exit 1; \
		done; \
	done

## Measure it

# See cmd/trellis-bench. DATABASES is sqlite, postgres or both.
ROWS ?= 100000
ROUNDS ?= 3
SECONDS ?= 5
DATABASES ?= sqlite,postgres
BENCH = bin/trellis-bench -product bin/trellis -databases $(DATABASES)

bench: build bin/trellis-bench ## Measure the product beside a hand-written server (ROWS ROUNDS SECONDS DATABASES)
	.ci/with-postgres --durable $(BENCH) -rows $(ROWS) -rounds $(ROUNDS) -seconds $(SECONDS)

bench-works: build bin/trellis-bench ## See that the benchmark works, on few rows
	.ci/with-postgres $(BENCH) -rows 2000 -rounds 1 -seconds 1

bin/trellis-bench: FORCE
	go build -o $@ ./cmd/trellis-bench

## Other

clean: ## Remove what was built and fetched
	rm -rf bin web/dist/* web/node_modules

help: ## List the targets
	@awk -F ':.*## ' '/^## /{print "\n" substr($$0, 4)} /^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# What the targets stand on

$(GOLANGCI): # is put in its place whole, so that an interrupted build leaves nothing
	@echo "Building golangci-lint; once, about two minutes"
	@GOBIN=$(CURDIR)/bin/tools/new go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
	@mv bin/tools/new/golangci-lint $@ && rmdir bin/tools/new

$(VERSITYGW): # the S3 server of the tests
	@echo "Building versitygw; once, about two minutes"
	@GOBIN=$(CURDIR)/bin/tools/new-s3 go install github.com/versity/versitygw/cmd/versitygw@v1.8.0
	@mv bin/tools/new-s3/versitygw $@ && rmdir bin/tools/new-s3

$(NODE_MODULES): web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

$(WEB_APP): $(NODE_MODULES) $(WEB_SOURCES)
	cd web && npm run build
	@touch $@

browser:
	@command -v chromium >/dev/null || .ci/bring "the browser journeys" chromium
	@fc-list ':lang=zh-cn' 2>/dev/null | grep -q . || .ci/bring "the browser journeys in Chinese" fontconfig fonts-noto-cjk

tracer:
	@command -v strace >/dev/null || .ci/bring "the test that sees each write reach the disk" strace

FORCE:

.PHONY: build run test fmt fmt-check lint vet test-go test-web e2e check vuln trust bench bench-works clean help browser tracer FORCE
