import { Metadata } from '@grpc/grpc-js';
import { NseError } from '@nse/space';
import fc from 'fast-check';
import { accessFromEnvironment, admit, methods, neededFor, type Rules, takeShown } from './access.js';
import { hashOf, parseTokens } from './tokens.js';

const now = new Date('2026-01-01T00:00:00Z');
const entry = (name: string, role: string, more: object = {}) => ({
  name,
  role,
  sha256: hashOf(`nse_${name}`).toString('hex'),
  ...more,
});
const file = (...tokens: unknown[]) => Buffer.from(JSON.stringify({ tokens }));

const rules: Rules = {
  tokens: parseTokens(
    file(
      entry('anna', 'reader'),
      entry('ben', 'editor', { expires: '2026-01-01T00:00:01Z' }),
      entry('old', 'editor', { expires: '2026-01-01T00:00:00Z' }),
    ),
  ),
  certificates: new Map([['search-controller', 'editor']]),
};
const read = '/nse.v1.SpaceManager/GetSearch';
const change = '/nse.v1.SpaceManager/CreateSearch';
const tokenHash = (name: string) => ({ tokenHash: hashOf(`nse_${name}`) });

function refusal(work: () => unknown): NseError | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof NseError) return error;
    throw error;
  }
  return undefined;
}

describe('roles', () => {
  it('need an editor for exactly the methods that may change something', () => {
    const paths = methods.map(({ path }) => path);
    expect(paths.filter((path) => neededFor(path) === 'editor').sort()).toEqual([
      '/nse.v1.FitnessEvaluator/EvaluateArchitectures',
      '/nse.v1.LatencyProfiler/BuildTable',
      '/nse.v1.LatencyProfiler/CancelMeasurement',
      '/nse.v1.LatencyProfiler/CancelTableBuild',
      '/nse.v1.LatencyProfiler/ImportTable',
      '/nse.v1.LatencyProfiler/MeasureArchitectures',
      '/nse.v1.Retrainer/StartRetraining',
      '/nse.v1.SpaceManager/AddOperations',
      '/nse.v1.SpaceManager/CancelSearch',
      '/nse.v1.SpaceManager/CreateSearch',
      '/nse.v1.SpaceManager/DeleteSearch',
      '/nse.v1.SpaceManager/PauseSearch',
      '/nse.v1.SpaceManager/ResumeSearch',
    ]);
  });

  it('are readers for reflection, nobody for health, and editors for what nobody knows', () => {
    expect(neededFor('/grpc.reflection.v1.ServerReflection/ServerReflectionInfo')).toBe('reader');
    expect(neededFor('/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo')).toBe('reader');
    expect(neededFor('/grpc.health.v1.Health/Check')).toBe('none');
    expect(neededFor('/grpc.health.v1.HealthAndMore/Check')).toBe('editor');
    expect(neededFor('/nse.v1.SpaceManager/GetSomethingNew')).toBe('editor');
  });
});

describe('a caller', () => {
  it('may what its token says, until it expires', () => {
    expect(admit(read, tokenHash('anna'), rules, now)).toBe('token anna');
    expect(admit(change, tokenHash('ben'), rules, now)).toBe('token ben');
    expect(() => admit(read, tokenHash('ben'), rules, new Date('2026-01-01T00:00:01Z'))).toThrow('expired');
  });

  it('hears which role a method needs, and which one it has', () => {
    expect(refusal(() => admit(change, tokenHash('anna'), rules, now))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message:
        'nse.v1.SpaceManager/CreateSearch needs the role editor, and the token anna has the role reader',
    });
  });

  it('hears how to show a token where it shows none', () => {
    const error = refusal(() => admit(read, {}, rules, now));
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TokenMissing' });
    expect(error?.message).toContain('authorization: Bearer');
  });

  it('hears of a token that is unknown what it hears of an expired one, but for when that was', () => {
    const unknown = refusal(() => admit(read, tokenHash('eve'), rules, now));
    const expired = refusal(() => admit(read, tokenHash('old'), rules, now));
    expect(unknown).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TokenRefused' });
    expect(expired?.message.replace(': it expired at 2026-01-01T00:00:00Z', '')).toBe(unknown?.message);
  });

  it('needs no token where its certificate is trusted', () => {
    expect(admit(change, { certificate: 'search-controller' }, rules, now)).toBe(
      'certificate search-controller',
    );
    expect(refusal(() => admit(read, { certificate: 'client' }, rules, now))).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it('is judged by the token that it shows, whatever its certificate', () => {
    const both = { certificate: 'search-controller', ...tokenHash('eve') };
    expect(refusal(() => admit(read, both, rules, now))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is asked for nothing by health checks', () => {
    expect(admit('/grpc.health.v1.Health/Check', {}, rules, now)).toBe('anyone');
  });
});

describe('what a call shows', () => {
  const shown = (header: string | undefined, subject: object = {}) => {
    const metadata = new Metadata();
    if (header !== undefined) metadata.set('authorization', header);
    const taken = takeShown(metadata, { sslPeerCertificate: { subject } as never });
    expect(metadata.get('authorization')).toEqual([]);
    return taken;
  };

  it('is the hash of its token, whose name may be written in any case', () => {
    expect(shown('Bearer nse_anna')).toEqual(tokenHash('anna'));
    expect(shown('bearer  nse_anna')).toEqual(tokenHash('anna'));
  });

  it('is no token of ours, whatever else the header says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        const { tokenHash: hash } = shown(`Basic ${text}`);
        expect(() => admit(read, { tokenHash: hash! }, rules, now)).toThrow('does not count');
      }),
    );
  });

  it('is the common name of its certificate, where there is one alone', () => {
    expect(shown(undefined, { CN: 'a' })).toEqual({ certificate: 'a' });
    expect(shown(undefined, { CN: ['search-controller', 'b'] })).toEqual({});
    expect(takeShown(new Metadata(), {})).toEqual({});
  });
});

describe('a file of tokens', () => {
  it('names every wrong place, and repeats none of the content', () => {
    const error = refusal(() =>
      parseTokens(
        file({ name: 'A b', role: 'root', sha256: 'nse_secret', expires: 'soon', token: 'nse_other' }),
      ),
    );
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(error?.violations.map(({ field }) => field).sort()).toEqual(
      ['name', 'role', 'sha256', 'expires']
        .map((key) => `tokens.0.${key}`)
        .concat('tokens.0')
        .sort(),
    );
    expect(JSON.stringify(error)).not.toContain('nse_');
  });

  it.each(['', '{', '[]', 'null', '{"tokens":{}}', '{"tokens":[],"more":1}', 'nse_secret'])(
    'is refused where it is %j',
    (content) => {
      const error = refusal(() => parseTokens(Buffer.from(content)));
      expect(error?.code).toBe('INVALID_ARGUMENT');
      expect(String(error?.message)).not.toContain('secret');
    },
  );

  it('has each name once', () => {
    expect(() => parseTokens(file(entry('a', 'reader'), entry('a', 'editor')))).toThrow('a is there twice');
  });

  it('raises named errors alone, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (content) => {
        refusal(() => parseTokens(Buffer.from(content)));
      }),
    );
  });
});

describe('the environment', () => {
  it('says who may call, or nothing', () => {
    expect(accessFromEnvironment({})).toBeUndefined();
    expect(accessFromEnvironment({ NSE_TOKENS: '/t' })).toEqual({ tokens: '/t', certificates: new Map() });
    const both = { NSE_TOKENS: '/t', NSE_TRUSTED_CERTIFICATES: 'a=editor, b=reader,' };
    expect(accessFromEnvironment(both)?.certificates).toEqual(
      new Map([
        ['a', 'editor'],
        ['b', 'reader'],
      ]),
    );
  });

  it('trusts nobody by mistake', () => {
    expect(() => accessFromEnvironment({ NSE_TRUSTED_CERTIFICATES: 'a=editor' })).toThrow(
      'without NSE_TOKENS',
    );
    for (const wrong of ['a', 'a=root', '=editor', 'a=editor=reader', 'a b=reader'])
      expect(() => accessFromEnvironment({ NSE_TOKENS: '/t', NSE_TRUSTED_CERTIFICATES: wrong })).toThrow(
        'is no NAME=',
      );
  });
});
