import type { Bus } from './bus.js';
import { TestServer } from './testing/with-bus.js';

let server: TestServer;
let bus: Bus;
const signal = new AbortController().signal;

beforeAll(async () => {
  server = await TestServer.start();
  bus = await server.bus();
});

afterAll(() => server.stop());

const chunks = (count: number) => Array.from({ length: count }, (_, index) => ({ from: index * 10 }));

describe('a work queue', () => {
  it('shares the chunks and returns the results in order', async () => {
    const done: number[][] = [[], [], []];
    const workers = done.map(async (mine) => {
      const queue = await (await server.bus()).workQueue<{ from: number }, number>('shared');
      await queue.work(async (chunk, index) => {
        mine.push(index);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return chunk.from + 1;
      }, signal);
    });
    const queue = await bus.workQueue<{ from: number }, number>('shared');
    await queue.enqueue(chunks(30));
    const arrived: number[] = [];
    const results = await queue.results(signal, (count) => arrived.push(count));
    await Promise.all(workers);
    expect(results).toEqual(chunks(30).map(({ from }) => from + 1));
    expect(done.flat().sort((a, b) => a - b)).toEqual(chunks(30).map((_, index) => index));
    expect(done.every((mine) => mine.length > 0)).toBe(true);
    expect(arrived.at(-1)).toBe(30);
  });

  it('does no chunk again when the service adds them again', async () => {
    const queue = await bus.workQueue<{ from: number }, number>('again');
    await queue.enqueue(chunks(5));
    await queue.enqueue(chunks(5));
    let calls = 0;
    const handler = (chunk: { from: number }) => Promise.resolve(chunk.from + calls++ * 0);
    await queue.work(handler, signal);
    await queue.enqueue(chunks(5));
    await queue.work(handler, signal);
    expect(calls).toBe(5);
    expect(await queue.results(signal)).toEqual([0, 10, 20, 30, 40]);
    expect(await queue.counts()).toEqual({ done: 5, total: 5 });
  });

  it('gives a chunk whose worker failed to the next one', async () => {
    const queue = await bus.workQueue<{ from: number }, string>('failed');
    await queue.enqueue(chunks(3));
    await expect(queue.work(() => Promise.reject(new Error('worker broke')), signal)).rejects.toThrow(
      'worker broke',
    );
    await queue.work((chunk) => Promise.resolve(`by the second: ${chunk.from}`), signal);
    expect(await queue.results(signal)).toEqual([0, 10, 20].map((from) => `by the second: ${from}`));
  });

  it('keeps the first of two results of a chunk', async () => {
    const queue = await bus.workQueue<{ from: number }, string>('twice');
    await queue.enqueue(chunks(1));
    const states = await bus.states('NSE_WORK_RESULTS', (value) => value);
    await queue.work(async () => {
      await states.create('twice.0', 'from the one that was faster');
      return 'from the slower one';
    }, signal);
    expect(await queue.results(signal)).toEqual(['from the one that was faster']);
  });

  it('leaves nothing behind once it was cleared, no marks of what was there either', async () => {
    const queue = await bus.workQueue<{ from: number }, number>('traceless');
    await queue.enqueue(chunks(3));
    await queue.work(() => Promise.resolve(1), signal);
    await queue.clear();
    const states = await bus.states('NSE_WORK_RESULTS', (value) => value);
    const abort = new AbortController();
    await states.create('traceless.sentinel', 0);
    for await (const change of states.watch('traceless.*', abort.signal)) {
      expect(change).toMatchObject({ kind: 'set', key: 'traceless.sentinel' });
      abort.abort();
    }
  });

  it('lets a worker go as soon as its last chunk is done', async () => {
    const queue = await bus.workQueue<{ from: number }, number>('prompt');
    const lingered: number[] = [];
    for (let time = 0; time < 5; time++) {
      await queue.enqueue(chunks(2));
      let last = 0;
      await queue.work(() => {
        last = performance.now();
        return Promise.resolve(1);
      }, signal);
      lingered.push(performance.now() - last);
      await queue.clear();
    }
    // A worker that asked for another chunk would wait a second for it, each time.
    expect(Math.min(...lingered)).toBeLessThan(900);
  });

  it('starts anew once it was cleared', async () => {
    const queue = await bus.workQueue<{ from: number }, number>('cleared');
    await queue.enqueue(chunks(2));
    await queue.work(() => Promise.resolve(1), signal);
    await queue.clear();
    expect(await queue.counts()).toEqual({ done: 0, total: 0 });
    await queue.enqueue(chunks(3));
    await queue.work(() => Promise.resolve(2), signal);
    expect(await queue.results(signal)).toEqual([2, 2, 2]);
  });

  it('does not let a worker that is told to stop between two chunks take its work for done', async () => {
    const queue = await bus.workQueue<{ from: number }, number>('halted');
    await queue.enqueue(chunks(3));
    const abort = new AbortController();
    const working = queue.work((_chunk, index) => {
      if (index === 1) abort.abort(new Error('told to stop'));
      return Promise.resolve(index);
    }, abort.signal);
    await expect(working).rejects.toThrow('told to stop');
    expect(await queue.counts()).toEqual({ done: 2, total: 3 });
    await queue.work((_chunk, index) => Promise.resolve(index), signal);
    expect(await queue.results(signal)).toEqual([0, 1, 2]);
  });

  it('keeps its workers while it is open, gives the results of each part, and lets them go once it is closed', async () => {
    const queue = await bus.workQueue<{ from: number }, number>('open');
    const taken: number[] = [];
    const working = queue.work((chunk, index) => {
      taken.push(index);
      return Promise.resolve(chunk.from + 1);
    }, signal);
    await queue.add(chunks(3), 0);
    expect(await queue.resultsOf(0, 3, signal)).toEqual([1, 11, 21]);
    expect(await queue.counts()).toEqual({ done: 3, total: 0 });
    // The same again, as a service that was restarted would add it, with what it had not come to.
    await queue.add(chunks(3), 0);
    const arrived: number[] = [];
    await queue.add(chunks(2), 3);
    expect(await queue.resultsOf(3, 2, signal, (done) => arrived.push(done))).toEqual([1, 11]);
    expect(arrived.at(-1)).toBe(2);
    expect(await queue.resultsOf(3, 0, signal)).toEqual([]);
    await queue.close(5);
    await working;
    expect(taken).toEqual([0, 1, 2, 3, 4]);
    expect(await queue.results(signal)).toEqual([1, 11, 21, 1, 11]);
  });

  it('does not keep a worker for ever where nobody adds to it or closes it', async () => {
    const queue = await bus.workQueue<{ from: number }, number>('deserted');
    await queue.add(chunks(1), 0);
    const working = queue.work(() => Promise.resolve(1), signal, 100);
    await expect(working).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(await queue.counts()).toEqual({ done: 1, total: 0 });
  });

  it('keeps a worker that has nothing to do while another one is at a chunk', async () => {
    const queue = await bus.workQueue<{ from: number }, number>('slow');
    await queue.add(chunks(1), 0);
    const idle = await (await server.bus()).workQueue<{ from: number }, number>('slow');
    let waiting: Promise<void> | undefined;
    const working = queue.work(async () => {
      waiting = idle.work(() => Promise.resolve(2), signal, 10);
      waiting.catch(() => undefined);
      // Longer than the other one's patience.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      await queue.close(1);
      return 1;
    }, signal);
    await working;
    await waiting;
    expect(await queue.results(signal)).toEqual([1]);
  });

  it('stops waiting when the signal aborts', async () => {
    const queue = await bus.workQueue<{ from: number }, number>('aborted');
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('enough')), 50);
    await expect(queue.results(abort.signal)).rejects.toThrow('enough');
    await expect(queue.work(() => Promise.resolve(1), abort.signal)).rejects.toThrow('enough');
  });
});
