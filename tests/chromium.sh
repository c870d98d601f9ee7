#!/bin/sh
# Starts the Chromium that $CHROMIUM names, without the two pages that wait unseen below the address
# bar of each window: they took longer to load than a page of these tests. Of several lists of
# features Chromium takes the last, so Playwright's own list is made longer.
for word; do
    shift
    case $word in
    --disable-features=*) word="$word,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup" ;;
    esac
    set -- "$@" "$word"
done
exec "$CHROMIUM" "$@"
