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
  PREFIX/bin/lgspd              the program
  PREFIX/lib/lgspd              lgspd.previous, the last program before it that
                                worked, and its unit
  PREFIX/share/doc/lgspd        the guides, and the schemas of mapping.yaml and
                                case.yaml for editors
  PREFIX/share/lgspd/sdk        what authors of plugins build from; with --binary
                                only if bin/sdk is there
  /etc/lgspd                    0750 root:lgspd
    lgspd.yaml                  0640 root:lgspd, from the example; if there is
                                one, the new example is put beside it as
                                lgspd.yaml.new
    lgspd.key                   0640 root:lgspd, 32 random bytes in hexadecimal,
                                if that is where the configuration has its key
                                and nothing is stored yet
    secrets/                    0750 root:lgspd
  /var/lib/lgspd                0700 lgspd:lgspd
  lgspd.service                 for systemd
  user and group lgspd          without a shell and a home

A daemon that runs is restarted and watched for some seconds. If it does not
stay up, the program before it is put back. A daemon that is stopped stays
stopped. Exit code 1: what went wrong is said last.
TEXT
}

say() { printf '%s\n' "$*"; }
die() {
	printf 'install.sh: %s\n' "$*" >&2
	exit 1
}

account=lgspd
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# settle reads the arguments and settles where everything goes.
settle() {
	prefix=/usr/local binary='' make_key=yes dest=${DESTDIR:-}
	while (($#)); do
		case $1 in
		--binary | --prefix)
			(($# > 1)) || die "$1 needs a value; see --help"
			printf -v "${1#--}" %s "$2" && shift 2
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
	library=$dest$prefix/lib/lgspd
	documents=$dest$prefix/share/doc/lgspd
	sdk=$dest$prefix/share/lgspd/sdk
	settings=$dest/etc/lgspd
	config=$settings/lgspd.yaml
	example=$source_dir/config/lgspd.yaml
	data=$dest/var/lib/lgspd
	# systemd looks below /usr and /usr/local, whatever the prefix is.
	units=$dest/usr/local/lib/systemd/system
	[[ $prefix != /usr ]] || units=$dest/usr/lib/systemd/system
	unit=$units/lgspd.service
	service=absent # what the daemon does before anything is changed
	new_program=no new_unit=no kept=no staged=''
}

# live tells a machine that runs from a folder that a package is made of.
live() { [[ -z $dest ]]; }
has_systemd() { live && [[ -d /run/systemd/system ]]; }

# put SOURCE TARGET MODE [OWNER] makes a file whole or not at all.
put() {
	local new=$2.installing
	install -m "$3" /dev/null "$new"
	cat -- "$1" >"$new"
	own "${4:-root:root}" "$new"
	mv -f -- "$new" "$2"
}

own() { ! live || chown "$1" "$2"; }

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
	local sudo=()
	[[ $(id -u) != 0 || ${SUDO_USER:-root} == root ]] || sudo=(sudo -H -u "$SUDO_USER" env "PATH=$PATH")
	"${sudo[@]}" "$@"
}

is_fresh() {
	[[ -e $1 ]] && [[ -z $(find "$source_dir" \( -name .git -o -path "$source_dir/bin" \) -prune -o -type f \
		\( -name '*.go' -o -name '*.sql' -o -name '*.yaml' -o -name '*.tsv' -o -name '*.py' -o -name '*.pgo' -o -name 'go.*' -o -name Makefile \) -newer "$1" -print -quit) ]]
}

build() {
	binary=$source_dir/bin/lgspd
	[[ -x $binary ]] && is_fresh "$binary" && is_fresh "$source_dir/bin/sdk" && return
	PATH=$PATH:/usr/local/go/bin:/usr/lib/go/bin # which sudo takes away
	command -v go >/dev/null || die "there is no Go to build with; install it, or name a ready program with --binary"
	command -v gcc >/dev/null || die "there is no gcc to build with: apt-get install gcc libc6-dev; or name a ready program with --binary"
	command -v make >/dev/null || die "there is no make to build with: apt-get install make; or name a ready program with --binary"
	local flags=${GOFLAGS:-}
	as_builder git -C "$source_dir" rev-parse HEAD >/dev/null 2>&1 || flags+=' -buildvcs=false'
	say "Building bin/lgspd and bin/sdk ..."
	as_builder env GOFLAGS="$flags" make -s -C "$source_dir" build sdk ||
		die "the program could not be built; what is missing is said above. Without the internet: see \"Without the internet\" in README.md"
}

make_account() {
	live || return 0
	getent group "$account" >/dev/null || groupadd --system "$account"
	getent passwd "$account" >/dev/null ||
		useradd --system --gid "$account" --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin \
			--comment 'lgspd, departments to the national platform' "$account"
}

# checks PROGRAM reports whether that program takes the present configuration.
checks() { as_account "$1" check --config "$config" 2>&1; }

# guard refuses a program that does not take the configuration which the
# installed one takes.
guard() {
	live && [[ -x $program && -f $config ]] || return 0
	checks "$program" >/dev/null || return 0
	local found
	found=$(checks "$binary") && return
	printf '%s\n' "$found" >&2
	die "nothing was changed: the new program does not take the present configuration; mend what is listed above first"
}

# stage copies the program to where the account may run it, and where nothing
# that is put aside takes its place: it may be the previous one itself.
stage() {
	mkdir -p -- "$library"
	staged=$(mktemp "$library/.lgspd-new.XXXXXX")
	trap 'rm -f -- "$staged" "$staged.installing"' EXIT
	put "$binary" "$staged" 0755
	binary=$staged
}

ask() { systemctl show --property "$1" --value lgspd; }
pause() { sleep 1; }

# steady SECONDS reports whether the daemon runs, and goes on for so long as
# one process: one that systemd starts again and again does not count.
steady() {
	local first left=$1
	first=$(ask MainPID)
	while systemctl is-active --quiet lgspd && [[ $first != 0 && $(ask MainPID) == "$first" ]]; do
		((left-- > 0)) || return 0
		pause
	done
	return 1
}

# look_at_service notes what the daemon does before anything is changed.
look_at_service() {
	has_systemd && [[ -f $unit ]] || return 0
	case $(ask ActiveState) in
	failed) service=failed ;;
	active | activating | reloading | deactivating)
		# Longer than the unit waits before it starts what crashed again.
		service=failing
		! steady 6 || service=running
		;;
	*) service=stopped ;;
	esac
}

# is_known_good reports whether the installed program is worth going back to.
is_known_good() {
	"$program" version >/dev/null 2>&1 || return 1
	live || return 0
	case $service in
	running) ;;
	failing) return 1 ;;
	*) checks "$program" >/dev/null ;;
	esac
}

# keep_previous puts the installed program aside, with its unit. One that does
# not work never takes the place of one that did.
keep_previous() {
	cmp -s -- "$binary" "$program" || new_program=yes
	cmp -s -- <(make_unit) "$unit" || new_unit=yes
	[[ -x $program && $new_program$new_unit != nono ]] || return 0
	is_known_good || { say "Previous:      what was installed is not known to work, and is not kept" && return; }
	[[ $new_program == no ]] || put "$program" "$library/lgspd.previous" 0755
	[[ ! -f $unit ]] || put "$unit" "$library/lgspd.service.previous" 0644
	kept=yes
}

make_unit() { sed "s|/usr/local/|$prefix/|g" "$source_dir/config/lgspd.service"; }

install_unit() { put <(make_unit) "$unit" 0644; }

install_program() {
	mkdir -p -- "$(dirname "$program")" "$units" "$documents"
	keep_previous
	put "$binary" "$program" 0755
	install_unit
	local page
	for page in "$source_dir"/{CHANGELOG.md,docs/huong-dan/*,docs/{glossary,mapping-language,guide-mappings}.md,docs/vi-du/*,config/lgspd.yaml,mappings/schema/*.json}; do
		put "$page" "$documents/$(basename "$page")" 0644
	done
	put "$source_dir/adapters/ngsp/README.md" "$documents/ngsp.md" 0644
	put "$source_dir/adapters/soap/README.md" "$documents/soap.md" 0644
	put "$source_dir/sandbox/README.md" "$documents/sandbox.md" 0644
	put "$source_dir/plugins/README.md" "$documents/plugins.md" 0644
	say "Program:       $program ($("$program" version))"
}

# install_sdk puts the SDK in place as a whole. A part of the old one that the new
# one lacks would still be built from.
install_sdk() {
	local new=$sdk.installing old=$sdk.replaced
	if [[ ! -d $source_dir/bin/sdk ]]; then
		say "SDK:           none is laid down: there is no bin/sdk here; make sdk makes it"
		return
	fi
	rm -rf -- "$new" "$old"
	mkdir -p -- "$(dirname "$sdk")"
	cp -R -- "$source_dir/bin/sdk" "$new"
	chmod -R u=rwX,go=rX "$new"
	! live || chown -R root:root "$new"
	[[ ! -e $sdk ]] || mv -- "$sdk" "$old"
	mv -- "$new" "$sdk"
	rm -rf -- "$old"
	say "SDK:           $sdk"
}

install_settings() {
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
	install_key
	say "Data:          $data"
}

# install_key makes a key where the configuration expects one and none is. A
# new key beside messages that rest under another would hide that the old one
# has to be found.
install_key() {
	local key=$settings/lgspd.key
	if [[ -e $key ]]; then
		say "Key:           $key, unchanged"
	elif ! lacks_key "$key"; then
		say "Key:           none was made: the configuration does not ask for $key"
	elif [[ $make_key == no ]]; then
		say "Key:           none was made; run install.sh on the machine itself"
	elif [[ -e $data/lgspd.db ]]; then
		say "Key:           $key IS MISSING, and what $data holds"
		say "               cannot be read without it: put the copy from the safe there, 0640 root:$account"
	else
		new_key "$key"
		say "Key:           $key, new"
		say
		say "  KEEP A COPY OF THE KEY IN A SAFE, away from this machine and from the backups of"
		say "  $data. Without it no message that is stored can be read ever again."
		say
	fi
}

# lacks_key KEY asks the program whether the configuration has its key there and
# misses it. The example has.
lacks_key() {
	cmp -s -- "$example" "$config" && return
	live || return
	[[ $(checks "$program" || true) == *": key_file: the file $1 cannot be used: no such file or directory;"* ]]
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

# restart brings a daemon that ran to the new program, and makes sure that it
# stays up.
restart() {
	has_systemd || return 0
	systemctl daemon-reload
	[[ $service == running || $service == failing ]] || return 0
	if [[ $service$new_unit == runningno ]] && cmp -s -- "$binary" "/proc/$(ask MainPID)/exe"; then
		say "Service:       runs this program already, and goes on"
		return
	fi
	if stays_up; then
		service=running && say "Service:       restarted with this program, and stays up"
		return
	fi
	say "Service:       ended with exit code $(ask ExecMainStatus); its last lines:"
	journalctl --unit lgspd --lines 5 --no-pager --output cat 2>/dev/null | sed 's/^/  /' || true
	if [[ $kept == yes || $new_program == yes && -e $library/lgspd.previous ]]; then go_back; fi
	give_up "the daemon does not stay up, and there is no program before this one that is known to work"
}

stays_up() {
	systemctl restart lgspd || true # what came of it is looked at next
	steady 10
}

give_up() { die "$1. Configuration, key and data are as they were. See journalctl -u lgspd, and runuser -u $account -- lgspd doctor --offline"; }

# go_back puts the last program that worked in the place of the new one. If that
# does not run either, the program is not the cause, or has brought the database
# to a form that only it can read: then the new one is left in place.
go_back() {
	local new old
	say "               going back to the program before ..."
	new=$("$program" version)
	[[ $new_program == no ]] || put "$library/lgspd.previous" "$program" 0755
	[[ ! -f $library/lgspd.service.previous ]] || put "$library/lgspd.service.previous" "$unit" 0644
	old=$("$program" version)
	systemctl daemon-reload
	stays_up && give_up "the new program, $new, does not stay up and was taken out again; the one before, $old, runs"
	put "$binary" "$program" 0755
	install_unit
	systemctl daemon-reload
	systemctl restart lgspd || true
	give_up "the daemon stays up neither with the new program, $new, nor with the one before, $old; the new one is in place, and systemd goes on trying it"
}

next_steps() {
	say
	if ! live; then
		say "Everything is below $dest."
		return
	fi
	local problems in_order=no
	if problems=$(checks "$program"); then
		in_order=yes
		say "The configuration is in order."
	else
		say "Still to be filled in or mended, as lgspd check tells it:"
		printf '%s\n' "$problems" | sed 's/^lgspd: //; s/^/  /'
	fi
	say
	case $service in
	running) say "Next: runuser -u $account -- lgspd doctor" && return ;;
	failed) say "The daemon does not run: it had ended with exit code $(ask ExecMainStatus) (2: a mistake in the configuration), and was left so." ;;
	stopped) say "The daemon does not run: it was stopped before, and was left so." ;;
	esac
	say "Next:"
	if [[ $in_order == no ]]; then
		say "  1. edit $config: province, departments, upstreams (the example's"
		say "     addresses lead nowhere); put each secret into a file of its own:"
		say "       install -m 0640 -g $account /dev/stdin $settings/secrets/NAME"
		say "  2. runuser -u $account -- lgspd check, until nothing is left to mend"
		say "  3. systemctl enable --now lgspd"
		say "  4. runuser -u $account -- lgspd doctor"
	else
		say "  1. systemctl enable --now lgspd"
		say "  2. runuser -u $account -- lgspd doctor"
	fi
	say "The guide is $documents/van-hanh.md (Vietnamese)."
}

main() {
	settle "$@"
	[[ -n $binary ]] || build
	[[ -f $binary && -x $binary ]] || die "--binary $binary: there is no such program"
	"$binary" version >/dev/null || die "$binary does not run on this machine"
	make_account
	stage
	guard
	look_at_service
	install_program
	install_sdk
	install_settings
	restart
	next_steps
}

# Read by another script, as the tests do, it only defines what is above.
[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
