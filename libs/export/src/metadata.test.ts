import { fileMetadata, type ModelFacts } from './metadata.js';

const facts: ModelFacts = {
  search: 'first',
  code: '0.-.3,4',
  pool: 'mac27',
  activation: 'relu',
  squeezeExcitation: false,
  macs: 1200,
  params: 34,
  labels: ['T-shirt', 'a "quoted" one'],
  normalisation: { mean: [0.2862], deviation: [0.353] },
  testAccuracy: 0.9125,
  version: '0.1.0',
};
const input = { name: 'images', shape: [3, 32, 24], layout: 'NCHW' } as const;

describe('the metadata of a file', () => {
  it('says what the network is, what it takes and what its outputs mean', () => {
    const metadata = fileMetadata(facts, input);
    expect(metadata).toMatchObject({
      description:
        'image classifier, architecture 0.-.3,4 of pool mac27, of search first: test accuracy 91.25 %',
      producer: 'nse 0.1.0',
      search: 'first',
      architecture: '0.-.3,4',
      trained: 'true',
      testAccuracy: '0.9125',
      macs: '1200',
      params: '34',
    });
    expect(JSON.parse(metadata['labels'] ?? '')).toEqual(facts.labels);
    expect(JSON.parse(metadata['normalisation'] ?? '')).toMatchObject(facts.normalisation ?? {});
    expect(JSON.parse(metadata['input'] ?? '')).toEqual({
      name: 'images',
      shape: [1, 3, 32, 24],
      layout: 'NCHW',
      type: 'float32',
    });
  });

  it('has the shape in the order of the file', () => {
    const { input: told = '' } = fileMetadata(facts, { ...input, layout: 'NHWC' });
    expect(JSON.parse(told)).toMatchObject({ shape: [1, 32, 24, 3], layout: 'NHWC' });
  });

  it('claims nothing of an untrained network that only training tells', () => {
    const { code, pool, activation, squeezeExcitation, macs, params, version } = facts;
    const metadata = fileMetadata(
      { code, pool, activation, squeezeExcitation, macs, params, version },
      input,
    );
    expect(metadata).toMatchObject({
      trained: 'false',
      description: expect.stringMatching(/: not trained$/) as string,
    });
    for (const key of ['testAccuracy', 'labels', 'normalisation', 'search'])
      expect(metadata).not.toHaveProperty(key);
  });
});
