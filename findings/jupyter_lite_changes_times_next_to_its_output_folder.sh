#!/usr/bin/env bash
# One would guess: with SOURCE_DATE_EPOCH, `jupyter lite build` gives the files that it writes that time,
#   and leaves every file outside its output folder alone.
# True: before it copies into the output folder, it walks the folder that holds the output folder, with
#   everything in it, and sets the modification time of all that is newer back to SOURCE_DATE_EPOCH. With
#   an output folder such as ../site or docs/site, these are the sources of your project.
# Versions: jupyterlite-core 0.8.6, Python 3.11.
# Why it matters: make, rsync and incremental documentation builds compare these times. An edited source
#   and the older page built from it get the same time, so the edit is not built, and no message says so.
#   Give the output folder a parent of its own.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q jupyterlite-core==0.8.6
mkdir course project
printf 'lesson.html: lesson.md\n\t@echo to be built\n' >project/Makefile
what_make_says() { make -C project --no-print-directory; }
edit() { # the page was built in 2010, and its source was edited in 2020
    touch -d 2010-01-01T12:00:00Z project/lesson.html
    touch -d 2020-02-02T12:00:00Z project/lesson.md
}
build() { # $1: the output folder; then the day of the edited source
    if ! SOURCE_DATE_EPOCH=1000000000 env/bin/jupyter-lite build --lite-dir course --output-dir "$1" >log 2>&1
    then
        cat log >&2
        exit 1
    fi
    date -u -r project/lesson.md +%F
}
edit
made_before=$(what_make_says)
apart=$(build project/own/site)
made_apart=$(what_make_says)
edit
beside=$(build project/site)
made_beside=$(what_make_says)
env/bin/pip list --disable-pip-version-check 2>/dev/null | grep jupyterlite
echo "lesson.md was edited on 2020-02-02, after lesson.html was built; make says: $made_before"
echo "after jupyter lite build with SOURCE_DATE_EPOCH=1000000000 (2001-09-09)"
echo "  into project/own/site: lesson.md of $apart, make says: $made_apart"
echo "  into project/site:     lesson.md of $beside, make says: $made_beside"
[ "$made_before" = "to be built" ]
[ "$apart" = 2020-02-02 ] && [ "$made_apart" = "to be built" ]
[ "$beside" = 2001-09-09 ] && [ "$made_beside" != "to be built" ]
