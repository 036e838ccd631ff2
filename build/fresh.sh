#!/bin/sh
# Shows that a Debian 12 with git and make, and nothing else, builds Sluice: makes such a root by debootstrap, clones this
# repository into it, and runs there what the arguments say (`make build` when there are none). Root only.
# FRESH_MIRROR: another mirror of Debian. FRESH_OVERLAY: a folder copied over the new root, for a site's certificates
# and settings of apt and npm. FRESH_ENV: "NAME=value ..." for the commands in it. FRESH_KEEP=1 leaves the root behind.
set -eu
cd "$(dirname -- "$0")/.."

fail() { echo "fresh: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "needs root, for chroot"
command -v debootstrap >/dev/null || fail "needs debootstrap: apt-get install debootstrap"

fresh=$(mktemp -d "${TMPDIR:-/tmp}/sluice-fresh.XXXXXX")
clean() {
	umount -q "$fresh/dev/shm" "$fresh/dev" "$fresh/proc" 2>/dev/null || true
	if [ -n "${FRESH_KEEP-}" ]; then echo "fresh: kept $fresh"; else rm -rf --one-file-system "$fresh"; fi
}
trap clean EXIT
trap 'exit 1' INT TERM

timed() {
	name=$1
	shift
	start=$(date +%s)
	code=0
	"$@" || code=$?
	echo "fresh: $name: exit code $code after $(($(date +%s) - start)) s"
	return $code
}
inside() {
	# shellcheck disable=SC2086 # words are meant to split
	chroot "$fresh" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin ${FRESH_ENV-} sh -c "$1"
}

timed "Debian 12" debootstrap --variant=minbase --include=git,make,ca-certificates \
	bookworm "$fresh" "${FRESH_MIRROR:-http://deb.debian.org/debian}" >/dev/null
cp /etc/resolv.conf "$fresh/etc/resolv.conf"
echo '127.0.0.1 localhost' >"$fresh/etc/hosts" # Debian's installer writes it
[ -z "${FRESH_OVERLAY-}" ] || cp -a "$FRESH_OVERLAY/." "$fresh/"
mount -t proc proc "$fresh/proc"
mount --bind /dev "$fresh/dev"
mount -t tmpfs shm "$fresh/dev/shm"

git clone -q --no-hardlinks . "$fresh/root/sluice"
[ $# -gt 0 ] || set -- make build
timed "$*" inside "cd /root/sluice && $*"
timed "$* again" inside "cd /root/sluice && $*"
