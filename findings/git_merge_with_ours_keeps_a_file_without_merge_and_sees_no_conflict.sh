#!/usr/bin/env bash
# One would guess: a file with the attribute -merge that both sides have changed is a conflict. The
#   manual of gitattributes says so: git "takes the version from the current branch as the tentative
#   merge result, and declares that the merge has conflicts", as for binary files.
# True: with -X ours there is no conflict. The file stays byte for byte as it is in the current branch,
#   and the merge commits. Without the attribute, -X ours mixes both versions line by line, and only
#   where lines collide are they ours.
# Versions: git 2.39.5.
# Why it matters: nbgitpuller merges with -X ours, and a failed merge stops it. "*.ipynb -merge" in the
#   .gitattributes of a course is all it takes to keep a learner's notebook whole.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
git --version
git init -q --initial-branch=main course
cd course
git config user.name a
git config user.email a@example.org
for attributes in "# none" "*.ipynb -merge"; do
    git checkout -q --orphan "start-$RANDOM$RANDOM"
    echo "$attributes" > .gitattributes
    seq 1 20 > lesson.ipynb
    git add .
    git commit -q -m "sent"
    git branch -f teacher
    sed -i 's/^20$/20 ours/' lesson.ipynb
    git commit -q -a -m "the learner's"
    cp lesson.ipynb ../ours
    git checkout -q -B ours
    git checkout -q teacher
    sed -i 's/^1$/1 theirs/' lesson.ipynb
    git commit -q -a -m "the teacher's"
    git checkout -q ours
    git merge -q -X ours -m "merged" teacher
    if cmp -s lesson.ipynb ../ours; then found=whole; else found=mixed; fi
    echo "$attributes: the merge ended with 0, and our file is $found"
    case $attributes in
        "# none") test $found = mixed ;;
        *) test $found = whole; code=0; git checkout -q HEAD^1; git merge -q -m "merged" teacher > /dev/null 2>&1 || code=$?
           echo "$attributes, without -X ours: the merge ended with $code"; test "$code" = 1 ;;
    esac
done
