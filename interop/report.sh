#!/bin/sh
# Has other programs read the files of reports: see README.md.
#
#   interop/report.sh
#
# Exit code: 0 every check held, 1 one did not, 3 the machine lacks a program.
set -u
cd "$(dirname "$0")/.." || exit 3
python=${PYTHON:-/usr/bin/python3}
export no_proxy='*' NO_PROXY='*'

for need in "$python -c 'import docx, openpyxl'" "soffice --version" "pdftotext -v"; do
	if ! sh -c "$need" >/dev/null 2>&1; then
		echo "FAIL programs: this does not work here: $need"
		echo "     apt-get install --no-install-recommends python3-docx python3-openpyxl libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils"
		exit 3
	fi
done

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

if ! ${GO:-go} test ./report/layout -run '^TestFilesAreKeptToBeLookedAt$' -count=1 -keep "$work" >"$work/log" 2>&1; then
	echo "FAIL files: go test ./report/layout"
	cat "$work/log"
	exit 1
fi
mkdir "$work/office" || exit 3
if ! timeout 180 soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to pdf --outdir "$work/office" "$work"/*.docx >"$work/log" 2>&1 ||
	! (cd "$work" && for f in *.xlsx; do cp "$f" "annex-$f"; done) ||
	! timeout 180 soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to pdf --outdir "$work/office" "$work"/annex-*.xlsx >>"$work/log" 2>&1; then
	echo "FAIL office: LibreOffice converts the files"
	cat "$work/log"
	exit 1
fi
for f in "$work"/*.pdf "$work"/office/*.pdf; do
	if ! pdftotext -layout "$f" "$f.txt"; then
		echo "FAIL pdf: pdftotext reads $(basename "$f")"
		exit 1
	fi
done
"$python" interop/report_files.py "$work"
