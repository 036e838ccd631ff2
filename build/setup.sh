#!/bin/sh
# Brings what Sluice needs onto this machine, and does nothing when all is there.
#   build/setup.sh runtime   what the server needs to run (the Docker image)
#   build/setup.sh run       the same, and what building it needs (make build, make run)
#   build/setup.sh test      the same, and what its tests need (make test)
# Packages come from Debian or Ubuntu (list: build/packages.txt), everything else from npm.
set -eu
cd "$(dirname -- "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# packages WORD...: the names listed under these words.
packages() {
	for word in "$@"; do
		sed -n "s/^$word  *\([^ ]*\).*/\1/p" build/packages.txt
	done
}

# missing NAME...: those that dpkg does not have.
missing() {
	dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' |
		{ have=" $(tr '\n' ' ')"; for name in "$@"; do case $have in *" $name "*) ;; *) echo "$name" ;; esac; done; }
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"
	elif has sudo; then sudo "$@"
	else fail "not root and no sudo here; as root, run: $*"
	fi
}

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@"; }

# What only tests use may be absent from a distribution: those tests say so themselves.
offered() {
	for name in "$@"; do
		if apt-cache show "$name" >/dev/null 2>&1; then echo "$name"
		elif packages test | grep -qx "$name"; then say "$name is not in this distribution: left out" >&2
		else fail "$name is not in this distribution: Debian 12 or Ubuntu 24.04 is the oldest that has all"
		fi
	done
}

install_packages() {
	# shellcheck disable=SC2046,SC2086 # words are meant to split
	wanted=$(missing $(packages $1))
	[ "$2" = node ] && wanted="$wanted $(node_packages)"
	case $1 in *test*) wanted="$wanted $(go_packages)" ;; esac
	[ -n "$(echo $wanted)" ] || return 0
	apt update
	wanted=$(offered $wanted)
	[ -n "$wanted" ] || return 0
	say "installing Debian packages:" $wanted
	apt install -y --no-install-recommends $wanted
}

# Any Node with npm is enough to start: npm brings the Node that runs Sluice.
node_packages() {
	has node || echo nodejs
	has npm || echo npm
}

# A Go of 1.21 or newer fetches the one that test/go asks for; an older one is of no use, and its tests say so.
go_packages() {
	! has go || return 0
	apt-cache policy golang-go | grep -Eq 'Candidate: 2:1\.(2[1-9]|[3-9])' && echo golang-go || true
}

# Not Debian: we install nothing, but do not stand in the way of a machine that has it all.
check_tools() {
	lacking=
	for plugin in x264enc:ugly avdec_h264:libav h264parse:bad rtspsrc:good videotestsrc:base; do
		! has gst-inspect-1.0 || gst-inspect-1.0 "${plugin%:*}" >/dev/null 2>&1 ||
			lacking="$lacking GStreamer's-plugin-set-${plugin#*:}"
	done
	if [ "$1" = runtime ]; then
		has gst-inspect-1.0 || lacking="$lacking GStreamer>=1.22"
	else
		for tool in g++ cmake ninja pkg-config node npm; do has $tool || lacking="$lacking $tool"; done
		pkg-config --exists 'gstreamer-1.0 >= 1.22' gstreamer-app-1.0 gstreamer-video-1.0 2>/dev/null ||
			lacking="$lacking headers-of-GStreamer>=1.22"
	fi
	[ -z "$lacking" ] || fail "this is not Debian or Ubuntu, so please install yourself:$lacking
setup: Debian calls it:" $(packages $2)
}

# node_modules is as package-lock.json says, or is made so.
install_modules() {
	if [ -L node_modules ]; then return 0; fi # of another work tree, which looks after it
	locked=$(sha256sum package-lock.json)
	stamp=node_modules/.sluice-stamp
	if [ "$(cat $stamp 2>/dev/null)" = "$locked" ]; then return 0; fi
	say "installing npm packages into node_modules"
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	echo "$locked" >$stamp
}

# A newer ffmpeg than Debian's, for tests alone, which say so themselves where it is missing.
fetch_newer_ffmpeg() {
	wanted=$(sha256sum build/newer-ffmpeg.txt)
	if [ "$(cat out/peers/stamp 2>/dev/null)" = "$wanted" ]; then return 0; fi
	say "fetching a newer ffmpeg for the tests"
	rm -rf out/peers && mkdir -p out/peers
	/usr/bin/python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
		--require-hashes --requirement build/newer-ffmpeg.txt --dest out/peers &&
		/usr/bin/python3 -m zipfile -e out/peers/*.whl out/peers &&
		install -m 755 out/peers/imageio_ffmpeg/binaries/ffmpeg-* out/peers/ffmpeg &&
		echo "$wanted" >out/peers/stamp || say "no newer ffmpeg: left out"
	rm -rf out/peers/*.whl out/peers/imageio_ffmpeg*
}

case ${1-} in
	runtime) words=runtime ;;
	run) words="runtime build" ;;
	test) words="runtime build test" ;;
	*) fail "expected one of the words runtime, run, test" ;;
esac
[ "$1" = runtime ] && node=none || node=node
if has dpkg-query && has apt-get; then install_packages "$words" $node; else check_tools "$1" "$words"; fi
[ $node = none ] || install_modules
[ "$1" != test ] || fetch_newer_ffmpeg
