#!/usr/bin/env bash
# Installs lgspd on this machine, or upgrades it: see --help.
set -euo pipefail

usage() {
	cat <<'TEXT'
usage: sudo ./install.sh [--binary FILE] [--prefix DIR] [--no-key]

Installs lgspd, or upgrades it. Nothing that a province made is ever changed:
configuration, key, secrets and data stay as they are.

  --binary FILE  install this program. Without it: bin/lgspd if it is newer than
                 the sources, else one is built, which needs Go, gcc, libc6-dev
                 and, unless Go has the modules already, the internet
  --prefix DIR   where the program and its documents go, default /usr/local
  --no-key       make no key: for packages, whose key everybody would have
  --help         this text

With DESTDIR=/some/folder in the environment everything is put below that folder
instead; then root is not needed, no user is made, nothing is started.

It makes:
  PREFIX/bin/lgspd              the program; the one before it stays as
                                PREFIX/lib/lgspd/lgspd.previous
  PREFIX/share/doc/lgspd        the guides
  /etc/lgspd                    0750 root:lgspd
    lgspd.yaml                  0640 root:lgspd, from the example; if there is
                                one, the new example is put beside it as
                                lgspd.yaml.new
    lgspd.key                   0640 root:lgspd, 32 random bytes in hexadecimal
    secrets/                    0750 root:lgspd
  /var/lib/lgspd                0700 lgspd:lgspd
  lgspd.service                 for systemd
  user and group lgspd          without a shell and a home
TEXT
}

say() { printf '%s\n' "$*"; }
die() {
	printf 'install.sh: %s\n' "$*" >&2
	exit 1
}

prefix=/usr/local binary='' make_key=yes dest=${DESTDIR:-}
account=lgspd
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

while (($#)); do
	case $1 in
	--binary | --prefix)
		(($# > 1)) || die "$1 needs a value; see --help"
		if [[ $1 == --binary ]]; then binary=$2; else prefix=$2; fi
		shift 2
		;;
	--no-key) make_key=no && shift ;;
	--help | -h) usage && exit 0 ;;
	*) die "unknown argument $1; see --help" ;;
	esac
done
[[ $prefix =~ ^(/[A-Za-z0-9._-]+)+$ ]] || die "--prefix $prefix: want an absolute path of plain letters, without / at its end"
[[ -z $dest || $dest == /* ]] || die "DESTDIR=$dest: want an absolute path"
[[ -n $dest || $(id -u) == 0 ]] || die "this needs root: sudo ./install.sh"

umask 022
program=$dest$prefix/bin/lgspd
previous=$dest$prefix/lib/lgspd/lgspd.previous
documents=$dest$prefix/share/doc/lgspd
settings=$dest/etc/lgspd
data=$dest/var/lib/lgspd
# systemd looks below /usr and /usr/local, whatever the prefix is.
units=$dest/usr/local/lib/systemd/system
[[ $prefix != /usr ]] || units=$dest/usr/lib/systemd/system

# put SOURCE TARGET MODE [OWNER] makes a file whole or not at all.
put() {
	local new=$2.installing
	install -m "$3" /dev/null "$new"
	cat -- "$1" >"$new"
	own "${4:-root:root}" "$new"
	mv -f -- "$new" "$2"
}

own() { [[ -n $dest ]] || chown "$1" "$2"; }

folder() {
	mkdir -p -- "$1"
	chmod "$2" "$1"
	own "$3" "$1"
}

# as_account runs a program as the daemon would run it.
as_account() { runuser -u "$account" -- "$@"; }

# as_builder runs a command as the person behind sudo, so that nothing in the
# sources or in that person's caches comes to belong to root.
as_builder() {
	if [[ $(id -u) == 0 && -n ${SUDO_USER:-} && $SUDO_USER != root ]]; then
		sudo -H -u "$SUDO_USER" env "PATH=$PATH" "$@"
	else
		"$@"
	fi
}

is_fresh() {
	[[ -x $1 ]] && [[ -z $(find "$source_dir" -name .git -prune -o -type f \
		\( -name '*.go' -o -name '*.sql' -o -name '*.yaml' -o -name '*.tsv' -o -name '*.pgo' -o -name 'go.*' \) -newer "$1" -print -quit) ]]
}

build() {
	binary=$source_dir/bin/lgspd
	is_fresh "$binary" && return
	PATH=$PATH:/usr/local/go/bin:/usr/lib/go/bin # which sudo takes away
	command -v go >/dev/null || die "there is no Go to build with; install it, or name a ready program with --binary"
	command -v gcc >/dev/null || die "there is no gcc to build with: apt-get install gcc libc6-dev; or name a ready program with --binary"
	local flags=(-trimpath -pgo=cmd/lgspd/lgspd.pgo)
	as_builder git -C "$source_dir" rev-parse HEAD >/dev/null 2>&1 || flags+=(-buildvcs=false)
	say "Building bin/lgspd ..."
	(cd "$source_dir" && as_builder env CGO_ENABLED=1 go build "${flags[@]}" -o bin/lgspd ./cmd/lgspd) ||
		die "the program could not be built; what is missing is said above"
}

make_account() {
	[[ -z $dest ]] || return 0
	getent group "$account" >/dev/null || groupadd --system "$account"
	getent passwd "$account" >/dev/null ||
		useradd --system --gid "$account" --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin \
			--comment 'lgspd, departments to the national platform' "$account"
}

# guard refuses a program that does not take the configuration which the
# installed one takes.
guard() {
	[[ -z $dest && -x $program && -f $settings/lgspd.yaml ]] || return 0
	as_account "$program" check --config "$settings/lgspd.yaml" >/dev/null 2>&1 || return 0
	local trial found=''
	trial=$(mktemp "$(dirname "$program")/.lgspd-trial.XXXXXX") # a place that surely may hold programs
	put "$binary" "$trial" 0755
	found=$(as_account "$trial" check --config "$settings/lgspd.yaml" 2>&1) || {
		rm -f -- "$trial"
		printf '%s\n' "$found" >&2
		die "nothing was changed: the new program does not take the present configuration; mend what is listed above first"
	}
	rm -f -- "$trial"
}

install_program() {
	mkdir -p -- "$(dirname "$program")" "$(dirname "$previous")" "$units" "$documents"
	if [[ -f $program ]] && ! cmp -s -- "$binary" "$program"; then
		put "$program" "$previous" 0755
	fi
	put "$binary" "$program" 0755
	sed "s|/usr/local/|$prefix/|g" "$source_dir/config/lgspd.service" >"$units/lgspd.service.installing"
	chmod 0644 "$units/lgspd.service.installing"
	mv -f -- "$units/lgspd.service.installing" "$units/lgspd.service"
	local page
	for page in "$source_dir"/{CHANGELOG.md,docs/huong-dan/*,docs/{glossary,mapping-language}.md,config/lgspd.yaml}; do
		put "$page" "$documents/$(basename "$page")" 0644
	done
	put "$source_dir/adapters/ngsp/README.md" "$documents/ngsp.md" 0644
	put "$source_dir/adapters/soap/README.md" "$documents/soap.md" 0644
	put "$source_dir/sandbox/README.md" "$documents/sandbox.md" 0644
	say "Program:       $program ($("$program" version))"
}

install_settings() {
	local example=$source_dir/config/lgspd.yaml config=$settings/lgspd.yaml key=$settings/lgspd.key
	folder "$settings" 0750 "root:$account"
	folder "$settings/secrets" 0750 "root:$account"
	folder "$data" 0700 "$account:$account"
	if [[ ! -e $config ]]; then
		put "$example" "$config" 0640 "root:$account"
		say "Configuration: $config, the example: fill it in"
	elif cmp -s -- "$example" "$config"; then
		say "Configuration: $config, still the example: fill it in"
	else
		put "$example" "$config.new" 0640 "root:$account"
		say "Configuration: $config, unchanged; what this version can do is in $config.new"
	fi
	if [[ -e $key ]]; then
		say "Key:           $key, unchanged"
	elif [[ $make_key == no ]]; then
		say "Key:           none was made; run install.sh on the machine itself"
	else
		new_key "$key"
		say "Key:           $key, new"
		say
		say "  KEEP A COPY OF THE KEY IN A SAFE, away from this machine and from the backups of"
		say "  $data. Without it no message that is stored can be read ever again."
		say
	fi
	say "Data:          $data"
}

new_key() {
	local new=$1.installing
	install -m 0640 /dev/null "$new"
	head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$new"
	printf '\n' >>"$new"
	[[ $(wc -c <"$new") == 65 ]] || die "the key could not be made: no 32 bytes came from /dev/urandom"
	own "root:$account" "$new"
	# A link, unlike a rename, never takes the place of a key that is there.
	ln -- "$new" "$1"
	rm -f -- "$new"
}

restart() {
	[[ -z $dest && -d /run/systemd/system ]] || return 0
	systemctl daemon-reload
	if systemctl is-active --quiet lgspd; then
		systemctl restart lgspd
		say "The daemon was restarted with the new program: systemctl status lgspd"
	fi
}

next_steps() {
	say
	if [[ -n $dest ]]; then
		say "Everything is below $dest."
		return
	fi
	local found
	if found=$(as_account "$program" check --config "$settings/lgspd.yaml" 2>&1); then
		say "The configuration is in order."
	else
		say "Still to be filled in or mended, as lgspd check tells it:"
		printf '%s\n' "$found" | sed 's/^lgspd: //; s/^/  /'
	fi
	say
	say "Next:"
	say "  1. edit $settings/lgspd.yaml: province, departments, upstreams (the example's"
	say "     addresses lead nowhere); put each secret into a file of its own:"
	say "       install -m 0640 -g $account /dev/stdin $settings/secrets/NAME"
	say "  2. runuser -u $account -- lgspd check"
	say "  3. systemctl enable --now lgspd"
	say "  4. runuser -u $account -- lgspd doctor"
	say "The guide is $documents/van-hanh.md (Vietnamese)."
}

[[ -n $binary ]] || build
[[ -f $binary && -x $binary ]] || die "--binary $binary: there is no such program"
"$binary" version >/dev/null || die "$binary does not run on this machine"
make_account
guard
install_program
install_settings
restart
next_steps
