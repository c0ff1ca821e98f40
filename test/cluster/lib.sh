# What test/cluster/run is made of: counting checks, images, ways into the cluster.
# shellcheck shell=bash disable=SC2154

passed=0 failed=0
k() { kubectl --namespace nse "$@"; }

check() { # WHAT COMMAND...
  local what=$1 from=$SECONDS
  shift
  # In the background, since set -e does nothing inside a condition.
  (set -e; "$@") >"$work/said" 2>&1 &
  if wait $!; then
    passed=$((passed + 1)) && echo "ok    $what ($((SECONDS - from)) s)"
    sed -n 's/^figure: /      /p' "$work/said"
  else
    failed=$((failed + 1)) && echo "FAIL  $what ($((SECONDS - from)) s): $(why)"
    tail -n 60 "$work/said" | sed 's/^/      /'
    state | sed 's/^/      /'
  fi
}

# In one line, as of a long log often only the lines that begin with FAIL are kept: the first error, else what was said last.
why() {
  { grep -m 1 -E '^ *([[:alnum:]]+Error|Error|error)( \[[A-Z_]+\])?: ' "$work/said" || tail -n 1 "$work/said"; } | sed 's/^ *//' | cut -c 1-300
}

# That the command fails. Not by `!`: what it turns round ends no function, unless it is the last there.
refuses() { if "$@"; then return 1; fi; }

# What one wants to know after a failure.
state() {
  k get pods,jobs 2>/dev/null || true
  k get events --field-selector type=Warning --sort-by .lastTimestamp 2>/dev/null | tail -n 8 || true
}

over() { # the closing line is the last one, so everything is put away before it
  trap - EXIT
  finish
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
  exit
}
needed() { # what the others cannot do without
  local before=$failed
  # By itself, as nothing that is part of a condition ends at its first failure, whatever it sets.
  check "$@"
  [ "$failed" = "$before" ] || over
}

image() { # TARGET TAG FOLDER: the last stage of a file is what is built
  { cat "$3/Dockerfile" && echo "FROM $1"; } >"$work/Dockerfile.$1"
  "$tool/load-image" "nse/$1:$2" "$3" "$work/Dockerfile.$1"
}

# Local ports that lead into the cluster for as long as the test runs: their addresses in `address` and `nats`.
forward() {
  node test/cluster/forward.mjs "$work/addresses" >"$work/forward.log" 2>&1 &
  forwards+=($!)
  local end=$((SECONDS + 60))
  until [ -s "$work/addresses" ]; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
  read -r address nats <"$work/addresses"
  nats=nats://$nats
}

ready() { # waits until all of NSE is ready
  k rollout status statefulset/nats --timeout=300s
  for deployment in $(k get deployments -o name); do k rollout status "$deployment" --timeout=300s; done
}
