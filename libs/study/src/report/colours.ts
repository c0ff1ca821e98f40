import type { Palette, Theme } from '@nse/report';

/** Okabe and Ito's palette for colour-blind readers, yellow and black in tones that suit each background. */
const TONES: Readonly<Record<Theme, readonly string[]>> = {
  light: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b58900', '#56b4e9', '#7a5195', '#59636e'],
  dark: ['#4aa8e0', '#f0803c', '#2fc79b', '#e39ac4', '#e6c02e', '#9ad2f2', '#b893d6', '#b8c2cc'],
};

/** Shapes go round as colours do, but not together with them: colour is never the only sign. */
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'pin', 'arrow'];

/** The colours of the series, as variables of the page. */
export const seriesColours: Readonly<Record<Theme, Palette>> = {
  light: named(TONES.light),
  dark: named(TONES.dark),
};

export const colourOf = (index: number): string => `var(--series-${(index % TONES.light.length) + 1})`;

export const symbolOf = (index: number): string => SYMBOLS[index % SYMBOLS.length] ?? 'circle';

function named(tones: readonly string[]): Palette {
  return Object.fromEntries(tones.map((tone, index) => [`series-${index + 1}`, tone]));
}
