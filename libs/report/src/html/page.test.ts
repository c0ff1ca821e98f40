import { createHash } from 'node:crypto';
import { type DefaultTreeAdapterTypes as Tree, parse } from 'parse5';
import { poolNamed } from '@nse/space';
import type { Report } from '../report.js';
import { latencySample, sampleReport } from '../testing/sample.js';
import { reportHtml } from './page.js';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&</script><!--`;

interface Page {
  readonly elements: Tree.Element[];
  readonly errors: string[];
}

function parsed(page: string): Page {
  const errors: string[] = [];
  const document = parse(page, {
    onParseError: ({ code, startLine }) => errors.push(`${code} in line ${startLine}`),
  });
  const elements: Tree.Element[] = [];
  const visit = (node: Tree.Node) => {
    if ('tagName' in node) elements.push(node);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(document);
  return { elements, errors };
}

const attribute = (element: Tree.Element, name: string): string | undefined =>
  element.attrs.find((one) => one.name === name)?.value;

const textOf = (node: Tree.Node): string => {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
};

const named = ({ elements }: Page, tag: string) => elements.filter((element) => element.tagName === tag);

function hostileReport(): Report {
  const report = sampleReport({ rounds: 2 });
  return {
    ...report,
    name: HOSTILE,
    notes: [HOSTILE],
    commands: [HOSTILE],
    dataset: { ...report.dataset, kind: HOSTILE, split: HOSTILE, classes: [HOSTILE] },
    pool: { name: HOSTILE, operations: report.pool.operations.map(() => HOSTILE) },
    spec: { [HOSTILE]: HOSTILE },
    versions: { [HOSTILE]: HOSTILE },
    host: { ...report.host, platform: HOSTILE, backend: HOSTILE, gpu: HOSTILE },
  };
}

describe('report.html', () => {
  const report = sampleReport();
  const text = reportHtml(report);
  const page = parsed(text);

  it('is well-formed and not too large to mail', () => {
    expect(page.errors).toEqual([]);
    expect(text.length).toBeLessThan(1.4e6);
  });

  it('names nothing outside itself', () => {
    for (const element of page.elements) {
      for (const name of ['src', 'href', 'action', 'srcset', 'poster', 'data', 'xlink:href']) {
        expect([element.tagName, name, attribute(element, name)]).toEqual([element.tagName, name, undefined]);
      }
    }
    const styles = named(page, 'style').map(textOf).join('');
    expect(styles).not.toMatch(/url\(|@import/);
  });

  it('lets only the scripts and styles run that it was made with', () => {
    const policy = page.elements.find((one) => attribute(one, 'http-equiv') === 'Content-Security-Policy');
    const content = attribute(policy!, 'content')!;
    expect(content).toContain("default-src 'none'");
    expect(content).not.toContain('unsafe');
    const code = page.elements.filter(
      (one) => one.tagName === 'style' || (one.tagName === 'script' && attribute(one, 'type') === undefined),
    );
    expect(code.map((one) => one.tagName).sort()).toEqual(['script', 'style']);
    for (const element of code) {
      expect(content).toContain(`'sha256-${createHash('sha256').update(textOf(element)).digest('base64')}'`);
    }
    for (const element of page.elements) {
      expect(element.attrs.filter(({ name }) => name === 'style' || name.startsWith('on'))).toEqual([]);
    }
  });

  it('shows every point of every front, the chosen and the random architecture', () => {
    const codes = named(page, 'code').map(textOf);
    for (const { code } of report.rounds.flatMap((round) => round.front)) expect(codes).toContain(code);
    expect(codes).toContain(report.chosen.code);
    expect(codes).toContain(report.random!.code);
    const cells = named(page, 'td').map(textOf);
    expect(cells).toEqual(expect.arrayContaining(['92.61 %', '91.83 %', '6 min 13 s']));
  });

  it('names the method, and speaks of one front where there is one round', () => {
    const sections = (made: Page) => named(made, 'h2').map(textOf);
    const words = (made: Page) => textOf(named(made, 'header')[0]!).replaceAll(/\s+/g, ' ');
    expect(words(page)).toContain('evolution (multi-branch), 6 rounds over the 27 operations');
    expect(sections(page)).toEqual(expect.arrayContaining(['Fronts by round', 'How the space evolved']));
    const one = parsed(reportHtml({ ...sampleReport({ rounds: 1 }), method: 'darts' }));
    expect(one.errors).toEqual([]);
    expect(words(one)).toContain('DARTS, 1 round over the 27 operations');
    expect(sections(one)).toEqual(expect.arrayContaining(['The front', 'What the front uses of the space']));
    expect(textOf(named(one, 'body')[0]!)).not.toContain('1 rounds');
  });

  it('draws every branch of the chosen architecture', () => {
    const [drawing] = named(page, 'svg').filter((svg) => attribute(svg, 'class') === 'diagram');
    const drawn = textOf(drawing!).replaceAll(/\s+/g, ' ');
    for (const operation of report.chosen.cells.flatMap((cell) => cell.operations)) {
      const [kind, ...rest] = report.pool.operations[operation]!.split(' ');
      expect(drawn).toContain(kind);
      expect(drawn).toContain(rest.join(' '));
    }
  });

  it('gives every chart a label, and every table a caption', () => {
    const charts = page.elements.filter((one) => attribute(one, 'data-chart') !== undefined);
    expect(charts.map((one) => attribute(one, 'data-chart'))).toEqual([
      'fronts',
      'space',
      'supernet',
      'retrain',
    ]);
    for (const element of charts) expect(attribute(element, 'aria-label')).toMatch(/\w{3}/);
    for (const table of named(page, 'table'))
      expect(textOf(table.childNodes.find((node) => node.nodeName === 'caption')!)).toMatch(/\w{3}/);
  });

  it('carries data that its script can read, by an id that stands once', () => {
    const ids = page.elements.flatMap((one) => attribute(one, 'id') ?? []);
    expect(ids.filter((id, place) => ids.indexOf(id) !== place)).toEqual([]);
    const data = page.elements.find((one) => attribute(one, 'id') === 'charts');
    const { options, space } = JSON.parse(textOf(data!)) as Record<
      'options' | 'space',
      Record<string, unknown[]>
    >;
    expect(Object.keys(options)).toEqual(['fronts', 'supernet', 'retrain', 'space']);
    expect(space['fates']).toHaveLength(report.rounds.length);
  });

  it('escapes all text that comes from outside', () => {
    const hostile = reportHtml(hostileReport());
    const tree = parsed(hostile);
    expect(tree.errors).toEqual([]);
    expect(named(tree, 'img')).toEqual([]);
    expect(named(tree, 'script')).toHaveLength(2);
    expect(named(tree, 'h1').map(textOf)).toEqual([HOSTILE]);
    const data = tree.elements.find((one) => attribute(one, 'id') === 'charts');
    expect(textOf(data!)).not.toContain('<');
    expect(JSON.parse(textOf(data!))).toHaveProperty('space.operations.0', HOSTILE);
  });

  it('stands a search without a random one, and one of 17 rounds over 72 operations', () => {
    const alone = parsed(reportHtml({ ...report, random: null }));
    expect(alone.errors).toEqual([]);
    const depths = [1, 2, 2, 2, 2, 3];
    const large = sampleReport({ pool: poolNamed('mac72'), rounds: 17, depths, target: 9e6, drift: 1e6 });
    expect(reportHtml(large).length).toBeLessThan(1.7e6);
  });

  it('tells what the table predicts and the device takes, drawn and as tables, where latency was the budget', () => {
    const slow = latencySample();
    const shown = parsed(reportHtml(slow));
    expect(shown.errors).toEqual([]);
    const cells = named(shown, 'td').map((cell) => textOf(cell).trim());
    expect(cells).toEqual(expect.arrayContaining(['5.10 ms', '-6.2 %', '200']));
    expect(named(shown, 'h2').map(textOf)).toContain('Latency on host-sample');
    const data = shown.elements.find((one) => attribute(one, 'id') === 'charts');
    const { options } = JSON.parse(textOf(data!)) as { options: Record<string, object> };
    expect(JSON.stringify(options['latency'])).toContain('[6.1,6.5]');
    const drawn = (tree: Page) => tree.elements.some((one) => attribute(one, 'data-chart') === 'latency');
    expect(drawn(shown)).toBe(true);
    const { trust, ...untold } = slow.latency!;
    expect(trust?.pairs).toHaveLength(2);
    const bare = parsed(reportHtml({ ...slow, latency: { ...untold, measured: [] } }));
    expect([bare.errors, drawn(bare)]).toEqual([[], false]);
  });

  it('refuses what is no report', () => {
    expect(() => reportHtml({ ...report, seed: 0.5 })).toThrow(/seed/);
  });
});
