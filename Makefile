# Every target works on a fresh clone: what is missing is installed by build/setup.sh.
MACHINE := $(shell uname -m)
NODE := node_modules/node-linux-$(subst aarch64,arm64,$(subst x86_64,x64,$(MACHINE)))/bin/node
export PATH := $(dir $(abspath $(NODE))):$(PATH)
.DEFAULT_GOAL := build

# A folder's own time changes when a file comes or goes, so folders are listed too.
tree = $(shell find $(wildcard $(1)) -not -name '.*' 2>/dev/null)
ADDON := out/Release/sluice.node

.PHONY: build run test lint format bench fuzz sanitize sanitizers soak ci-full fresh clean \
	setup-run setup-test docker-build docker-run-test docker-build-streamer

build: $(ADDON) out/dist.stamp out/web.stamp

# A password in SOURCE may hold any character but the single quote.
run: build
	exec bin/sluice '$(or $(value SOURCE),test:)'

test: setup-test build
	$(NODE) build/test.mjs

lint: setup-test $(ADDON)
	$(NODE) build/lint.mjs

format: setup-test
	$(NODE) build/format.mjs

sanitize: setup-test
	$(NODE) build/sanitize.mjs

# What `sanitize` runs.
sanitizers: setup-test
	$(NODE) build/sanitize.mjs --build

# A minute for each target; SECONDS_EACH says otherwise.
fuzz: setup-test
	$(NODE) build/fuzz.mjs $(or $(SECONDS_EACH),60)

bench: setup-test build
	$(NODE) bench/run.ts

# Hours of the same, on purpose by hand: WHAT=suite (or readers), MINUTES=60.
soak: setup-test build
	$(NODE) build/soak.mjs

ci-full: setup-test build
	$(NODE) build/ci-full.mjs

fresh:
	build/fresh.sh

setup-run:
	@build/setup.sh run

setup-test:
	@build/setup.sh test

$(ADDON): $(call tree,native CMakeLists.txt package.json build/addon.mjs) | setup-run
	$(NODE) build/addon.mjs
	@touch -c $@

out/dist.stamp: $(call tree,lib tsconfig.json tsconfig.build.json build/dist.mjs) | setup-run
	$(NODE) build/dist.mjs
	@touch $@

out/web.stamp: $(call tree,web build/web.mjs package-lock.json) | setup-run out/dist.stamp
	$(NODE) build/web.mjs
	@touch $@

clean:
	rm -rf out dist

docker-build docker-run-test docker-build-streamer:
	build/docker.sh $@
