import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { messages } from '@nse/rpc';
import { downloadModel, exportArchitecture, modelFormats, writeFiles } from './model.js';
import { Served } from './testing/served.js';

let served: Served | undefined;

afterEach(async () => {
  await served?.stop();
});

async function download(
  parts: (role: string | undefined) => messages.DownloadModelResponse[],
  random = false,
) {
  served = await Served.start({
    retrainer: {
      downloadModel: async function* ({ role }) {
        await Promise.resolve();
        yield* parts(role);
      },
    },
  });
  return await downloadModel(served.system.retrainer, 'small', { random });
}

const file = (name: string, content: string): messages.DownloadModelResponse => ({
  file: { name, sha256: createHash('sha256').update(content).digest('hex') },
});
const chunk = (text: string): messages.DownloadModelResponse => ({ chunk: Buffer.from(text) });

describe('a downloaded model', () => {
  it('is its files, chunks joined', async () => {
    const files = await download(() => [
      file('architecture.json', '{}'),
      chunk('{}'),
      file('model.safetensors', 'ab'),
      chunk('a'),
      chunk('b'),
    ]);
    expect([...files].map(([name, content]) => [name, String(content)])).toEqual([
      ['architecture.json', '{}'],
      ['model.safetensors', 'ab'],
    ]);
  });

  it('is the random one where that is asked for', async () => {
    const files = await download((role) => [file('architecture.json', 'RANDOM'), chunk(role ?? '')], true);
    expect(String(files.get('architecture.json'))).toBe('RANDOM');
  });

  it('never has a file of another name, which could lie anywhere', async () => {
    await expect(download(() => [file('../../etc/passwd', 'x'), chunk('x')])).rejects.toMatchObject({
      code: 'INTERNAL',
    });
  });

  it('is refused where it was damaged on its way', async () => {
    await expect(download(() => [file('architecture.json', '{}'), chunk('{')])).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  it.each(modelFormats)('comes as %s where that is asked for, and as nothing else', async (format) => {
    const asked: unknown[] = [];
    served = await Served.start({
      retrainer: {
        downloadModel: async function* (request) {
          await Promise.resolve();
          asked.push(request.format);
          const other = format === 'onnx' ? 'model.tflite' : 'model.onnx';
          yield* [file(other, 'x'), chunk('x')];
        },
        exportArchitecture: async function* (request) {
          await Promise.resolve();
          asked.push([request.format, request.code, request.seed]);
          yield* [];
        },
      },
    });
    const { retrainer } = served.system;
    await expect(downloadModel(retrainer, 'small', { format })).rejects.toMatchObject({ code: 'INTERNAL' });
    expect([
      ...(await exportArchitecture(retrainer, { search: 'small', code: '1', seed: 0, format })),
    ]).toEqual([]);
    const message = `MODEL_FORMAT_${format.toUpperCase().replace('-', '_')}`;
    expect(asked).toEqual([message, [message, '1', 0]]);
  });

  it('is written into a folder that is made', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'nse-model-'));
    const [path] = await writeFiles(join(parent, 'new', 'folder'), new Map([['a.json', '{}']]));
    expect(readFileSync(path!, 'utf8')).toBe('{}');
    rmSync(parent, { recursive: true });
  });
});
