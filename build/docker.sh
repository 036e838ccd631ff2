#!/bin/sh
# The docker targets of the Makefile; each says so where no daemon answers.
set -eu
cd "$(dirname -- "$0")/.."

if ! command -v docker >/dev/null 2>&1 || ! docker info >/dev/null 2>&1; then
	echo "$1: no Docker daemon answers here; install and start Docker, or build without it: make build" >&2
	exit 1
fi

case $1 in
	docker-build)
		docker build --target runtime --tag sluice .
		;;
	docker-run-test)
		docker build --target runtime --tag sluice .
		container=$(docker run --detach --publish 127.0.0.1::8080 sluice test:)
		trap 'docker rm --force "$container" >/dev/null' EXIT
		address=$(docker port "$container" 8080/tcp | head -n 1)
		tries=0
		until curl --fail --silent --max-time 2 "http://$address/healthz" >/dev/null; do
			tries=$((tries + 1))
			if [ $tries -gt 30 ]; then docker logs "$container"; exit 1; fi
			sleep 1
		done
		curl --fail --silent --show-error --location --max-time 20 "http://$address/test/index.m3u8"
		echo "1 passed, 0 failed"
		;;
	docker-build-streamer)
		docker build --target streamer --tag sluice-streamer .
		;;
esac
