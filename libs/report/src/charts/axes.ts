import type { EChartsOption } from 'echarts';

/** Without quotes: echarts puts it into an SVG attribute as it is. */
const FONT = 'system-ui, -apple-system, Segoe UI, Roboto, sans-serif';

/** What all charts share: font, tooltip drawn on the canvas (no markup, so nothing in it can be run), legend on top. */
export function frame() {
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: FONT, color: 'var(--ink)' },
    tooltip: {
      renderMode: 'richText',
      backgroundColor: 'var(--surface)',
      borderColor: 'var(--line)',
      borderWidth: 1,
      padding: [8, 12],
      confine: true,
      textStyle: { color: 'var(--ink)', fontFamily: FONT, fontSize: 12, lineHeight: 18 },
    },
    legend: {
      top: 8,
      left: 8,
      type: 'scroll',
      icon: 'circle',
      itemWidth: 10,
      itemHeight: 10,
      itemGap: 16,
      textStyle: { color: 'var(--ink)', fontFamily: FONT, fontSize: 12 },
      inactiveColor: 'var(--line)',
      pageIconColor: 'var(--accent)',
      pageTextStyle: { color: 'var(--muted)' },
    },
    grid: { left: 8, right: 24, top: 44, bottom: 28, containLabel: true },
  } satisfies EChartsOption;
}

/** A value axis with its name in the middle; `scale` lets it start above zero. */
export function valueAxis(name: string, side: 'x' | 'y', nameGap: number) {
  return {
    type: 'value' as const,
    scale: true,
    name,
    nameLocation: 'middle' as const,
    nameGap,
    nameTextStyle: { color: 'var(--muted)', fontSize: 12 },
    axisLabel: { color: 'var(--muted)', fontSize: 12 },
    axisLine: { show: side === 'x', lineStyle: { color: 'var(--line)' } },
    axisTick: { show: false },
    splitLine: { show: side === 'y', lineStyle: { color: 'var(--line)' } },
  };
}
