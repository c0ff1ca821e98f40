# Runs beside nats-server, as the same user and seeing its processes: lets it read its settings and certificates again when
# they have changed, which it does at a signal alone.
settings=${SETTINGS:-/etc/nats} certificates=${CERTIFICATES:-/tls}

state() { cat "$settings"/nats.conf "$settings"/listeners/* "$certificates"/* | sha256sum; }

signal() {
  for comm in /proc/[0-9]*/comm; do
    name= && read -r name <"$comm" || continue
    [ "$name" = nats-server ] || continue
    pid=${comm#/proc/}
    kill -HUP "${pid%/comm}" && return 0
  done 2>/dev/null
  return 1
}

seen=$(state)
while sleep "${EVERY_SECONDS:-5}"; do
  now=$(state)
  # Not seen before it was told: a server that is just away is told at the next look.
  [ "$now" != "$seen" ] && signal && seen=$now && echo 'told nats-server to read its files again'
done
