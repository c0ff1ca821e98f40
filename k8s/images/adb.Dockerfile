# adb, for the components adb-sidecar and adb-usb:
#   docker build -t REGISTRY/adb:1.0.41 - < k8s/images/adb.Dockerfile
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends adb && rm -rf /var/lib/apt/lists/*
USER 10001:10001
