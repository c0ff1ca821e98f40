import type { EChartsOption } from 'echarts';
import type { Report } from '../report.js';
import { frontsOption } from './fronts.js';
import { coloured, type Palette, palette, type Theme } from './palette.js';

/** The chart of the fronts as one SVG picture, for a README: 960 x 520, on the theme's own background. */
export async function frontsSvg(report: Report, theme: Theme = 'light'): Promise<string> {
  return chartSvg(frontsOption(report), theme, report.rounds.length);
}

const FOR_README = { width: 960, height: 520 };

/**
 * A chart drawn without a browser. Echarts is loaded only here: it takes a moment and few commands need it.
 *
 * @param further colours that the option names beside those of every chart
 */
export async function chartSvg(
  option: EChartsOption | Readonly<Record<string, unknown>>,
  theme: Theme,
  rounds: number,
  size: { readonly width: number; readonly height: number } = FOR_README,
  further: Palette = {},
): Promise<string> {
  const { init } = await import('echarts');
  const colours = { ...palette(theme, rounds), ...further };
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption(coloured({ ...option, backgroundColor: 'var(--paper)' }, colours));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
