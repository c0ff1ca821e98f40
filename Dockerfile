# The images of NSE. Targets:
#   services     the services without TensorFlow; starts fast and stays small
#   worker       the workers of their tasks with TensorFlow for the CPU
#   worker-cuda  the same with TensorFlow for NVIDIA GPUs and its CUDA libraries (x86-64)
# Built as in docs/kubernetes.md. Numeric user 10001, nothing of theirs is written but /tmp, an SBOM in /app/sbom.cdx.json.

FROM node:20-bookworm-slim AS tools
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates g++ python3 python3-pip \
  && rm -rf /var/lib/apt/lists/*
# Kept between builds, in no layer.
ENV npm_config_cache=/cache/npm PIP_CACHE_DIR=/cache/pip
WORKDIR /app

# Only what npm reads, so that a change of a source does not bring the packages in anew.
FROM tools AS manifests
COPY . /checkout
RUN cd /checkout \
  && find . -name package.json -exec cp --parents {} /app ';' \
  && cp package-lock.json .npmrc /app

FROM tools AS packages
COPY --from=manifests /app ./
RUN --mount=type=cache,target=/cache/npm npm ci --ignore-scripts

FROM packages AS build
COPY . .
RUN node k8s/images/build.mjs \
  && rm -rf libs/*/dist/testing services/*/dist/testing libs/cli libs/testing \
  && find libs services -path '*/dist/*' '(' -name '*.map' -o -name '*.d.ts' -o -name '*.tsbuildinfo' ')' -delete \
  && find libs services -path '*/node_modules' -prune -o -type d -name dist -print \
  | xargs cp -a --parents -t /opt

# The set-up's own TensorFlow and binding; headers are for the compiler alone.
FROM packages AS tensorflow
ENV NSE_CACHE=/opt/nse NSE_TENSORFLOW=cpu
COPY tools tools
COPY k8s/images k8s/images
RUN --mount=type=cache,target=/cache/pip node k8s/images/tensorflow.mjs && rm -rf /opt/nse/*/tensorflow/include

FROM packages AS tensorflow-cuda
ENV NSE_CACHE=/opt/nse NSE_TENSORFLOW=gpu
COPY tools tools
COPY k8s/images k8s/images
RUN --mount=type=cache,target=/cache/pip node k8s/images/tensorflow.mjs && rm -rf /opt/nse/*/tensorflow/include

# The packages that run, of the services alone.
FROM tools AS app
COPY --from=manifests /app ./
RUN --mount=type=cache,target=/cache/npm npm ci --ignore-scripts --omit dev \
  -w @nse/space-manager -w @nse/supernet-trainer -w @nse/fitness-evaluator -w @nse/latency-profiler -w @nse/retrainer -w @nse/search-controller \
  && npm sbom --sbom-format cyclonedx --omit dev --package-lock-only > /npm.cdx.json \
  && rm -rf libs/cli libs/testing bench test \
  && cd node_modules/onnxruntime-node/bin/napi-v6 && rm -rf darwin win32 \
  && find linux -mindepth 1 -maxdepth 1 ! -name "$(node -p process.arch)" -exec rm -rf '{}' +
COPY --from=build /opt ./
COPY proto proto
COPY k8s/images/sbom.mjs k8s/images/nse.mjs tools/src/pins.mjs k8s/images/

# What only workers load goes.
FROM app AS services-app
RUN rm -rf node_modules/@tensorflow node_modules/@img node_modules/sharp services/*/dist/worker.js libs/tensor libs/supernet libs/baselines libs/data \
  && node k8s/images/sbom.mjs /npm.cdx.json > /sbom.cdx.json \
  && mv /sbom.cdx.json sbom.cdx.json \
  && find . -xtype l -delete

FROM app AS worker-app
RUN node k8s/images/sbom.mjs /npm.cdx.json cpu > /sbom.cdx.json && mv /sbom.cdx.json sbom.cdx.json
COPY --from=tensorflow /app/node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8 node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8

FROM app AS worker-cuda-app
RUN node k8s/images/sbom.mjs /npm.cdx.json gpu > /sbom.cdx.json && mv /sbom.cdx.json sbom.cdx.json
COPY --from=tensorflow-cuda /app/node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8 node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8

FROM node:20-bookworm-slim AS base
RUN groupadd -g 10001 nse && useradd -u 10001 -g 10001 -M -d /tmp -s /usr/sbin/nologin nse
# A number, as Kubernetes cannot tell from a name that it is not root.
USER 10001:10001
WORKDIR /app
ENV NODE_ENV=production HOME=/tmp
ENTRYPOINT ["node", "/app/k8s/images/nse.mjs"]
CMD ["--version"]

FROM base AS services
COPY --from=services-app /app /app
# Loads all that a service loads: what is missing ends the build.
RUN node k8s/images/nse.mjs --version

FROM base AS worker-cuda
COPY --from=tensorflow-cuda /opt/nse /opt/nse
COPY --from=worker-cuda-app /app /app
RUN node k8s/images/nse.mjs --version

FROM base AS worker
COPY --from=tensorflow /opt/nse /opt/nse
COPY --from=worker-app /app /app
RUN node k8s/images/nse.mjs --version && node -e "require('@nse/tensor').loadBackend().then((is) => console.log(is.device, is.tensorFlowVersion))"
