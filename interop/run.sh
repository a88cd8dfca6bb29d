#!/bin/sh
# Runs two independent SOAP toolkits against a running lgspd: see README.md.
#
#   interop/run.sh [LGSPD]      LGSPD is the built program; default: one built here from cmd/lgspd
#
# Exit code: 0 every check held, 1 one did not, 3 the machine lacks a toolkit.
set -u
lgspd=${1:-}
case $lgspd in
'' | /*) ;;
*) lgspd=$PWD/$lgspd ;;
esac
cd "$(dirname "$0")/.." || exit 3
python=${PYTHON:-/usr/bin/python3}
php=${PHP:-php}
export no_proxy='*' NO_PROXY='*'

for need in "$python -c 'import zeep'" "$php -r 'exit(extension_loaded(\"soap\") ? 0 : 1);'"; do
	if ! sh -c "$need" >/dev/null 2>&1; then
		echo "FAIL toolkits: this does not work here: $need"
		echo "     apt-get install --no-install-recommends python3-zeep php-cli php-soap"
		exit 3
	fi
done

work=$(mktemp -d) || exit 3
chmod 0700 "$work"
pids=
stop() {
	for pid in $pids; do kill "$pid" 2>/dev/null; done
	for pid in $pids; do wait "$pid" 2>/dev/null; done
	pids=
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

if [ -z "$lgspd" ]; then
	lgspd=$PWD/bin/lgspd
	if ! make -s build; then
		echo "FAIL build: make build"
		exit 1
	fi
fi

fail() {
	echo "FAIL $1"
	for log in sandbox.log serve.log; do
		if [ -s "$work/$log" ]; then sed "s/^/     $log: /" "$work/$log" | tail -n 20; fi
	done
	exit 1
}

# answers URL waits until something answers there.
answers() {
	"$python" - "$1" <<-'PYTHON'
		import sys, time, urllib.request
		for _ in range(100):
		    try:
		        urllib.request.urlopen(sys.argv[1], timeout=5).read()
		        sys.exit(0)
		    except OSError:
		        time.sleep(0.1)
		sys.exit(1)
	PYTHON
}

# Two ports that are free now.
ports=$("$python" -c '
import socket
held = [socket.socket() for _ in range(2)]
for s in held: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in held])') || fail "ports: none is free"
sandbox=127.0.0.1:${ports% *}
daemon=127.0.0.1:${ports#* }

"$python" -B interop/messages.py mappings >"$work/messages.json" || fail "messages: the cases of the mappings cannot be read"
"$python" -B interop/settings.py "$work" "$sandbox" "$daemon" || fail "settings: the configuration cannot be written"

"$lgspd" sandbox --listen "$sandbox" >"$work/sandbox.log" 2>&1 &
pids=$!
answers "http://$sandbox/_sandbox/stats" || fail "sandbox: it does not answer"
"$python" -B interop/lookups.py "$work" "http://$sandbox" || fail "lookups: nothing can be planned"
"$lgspd" serve --config "$work/lgspd.yaml" >"$work/serve.log" 2>&1 &
pids="$pids $!"
answers "http://$daemon/healthz" || fail "daemon: it does not answer"

# part NAME COMMAND… runs one part; one that ends early failed, whatever it said.
part() {
	name=$1
	shift
	timeout 50 "$@" >"$work/$name.out" 2>"$work/$name.err"
	code=$?
	cat "$work/$name.out"
	if [ -s "$work/$name.err" ]; then sed "s/^/     $name: /" "$work/$name.err"; fi
	if ! grep -q "^end " "$work/$name.out"; then
		echo "FAIL $name: ended early with code $code" | tee -a "$work/$name.out"
	fi
}

# Look-ups come first: updates change what is known of people.
part zeep-lookups "$python" -B interop/zeep_lookups.py "$work" "http://$daemon"
part php-lookups "$php" -d display_errors=stderr interop/php_lookups.php "$work" "http://$daemon"
part zeep "$python" -B interop/zeep_client.py "$work" "http://$daemon"
part php "$php" -d display_errors=stderr interop/php_client.php "$work" "http://$daemon"
part effects "$python" -B interop/effects.py "$work" "http://$sandbox" "$lgspd"

passed=$(cat "$work"/*.out | grep -c '^ok ')
failed=$(cat "$work"/*.out | grep -c '^FAIL ')
if [ "$failed" -ne 0 ] && [ -s "$work/serve.log" ]; then sed "s/^/     serve.log: /" "$work/serve.log" | tail -n 40; fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
