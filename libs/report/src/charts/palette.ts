/** Colour variables, by name, for one background. Charts say `var(--name)`; page and picture put in their own. */
export type Palette = Readonly<Record<string, string>>;

export type Theme = 'light' | 'dark';

/** Viridis, from dark to bright: even steps for the eye, also with colour-blindness. */
const VIRIDIS = [
  '#440154',
  '#472d7b',
  '#3b528b',
  '#2c728e',
  '#21918c',
  '#28ae80',
  '#5ec962',
  '#addc30',
  '#fde725',
];

/** The stretch of viridis that rounds run through, first to last: towards more contrast with the background. */
const STRETCH: Readonly<Record<Theme, readonly [number, number]>> = { light: [0.72, 0.02], dark: [0.3, 1] };

/** Fates and kinds after Okabe and Ito's palette for colour-blind readers, in tones that suit each background. */
const TONES: Readonly<Record<Theme, Palette>> = {
  light: {
    paper: '#ffffff',
    surface: '#f5f7f9',
    line: '#dce1e7',
    muted: '#59636e',
    ink: '#1a1f26',
    accent: '#0a66b0',
    chosen: '#b3261e',
    random: '#59636e',
    band: 'rgba(10, 102, 176, 0.08)',
    untried: '#eef1f4',
    left: '#c5ccd5',
    pruned: '#cc5a00',
    dropped: '#eeb23e',
    kept: '#0072b2',
    'on-dark-fate': '#ffffff',
    'on-light-fate': '#1a1f26',
    'kind-mbconv': '#dbeaf7',
    'kind-rectangular': '#fdebcd',
    'kind-conv': '#d8f0e6',
    'kind-dualconv': '#f4deeb',
  },
  dark: {
    paper: '#11161c',
    surface: '#1a2129',
    line: '#303a45',
    muted: '#9ba7b4',
    ink: '#e7ebef',
    accent: '#6cb4f0',
    chosen: '#ff8a80',
    random: '#b8c2cc',
    band: 'rgba(108, 180, 240, 0.10)',
    untried: '#1d252e',
    left: '#4b5763',
    pruned: '#e8752b',
    dropped: '#d9a032',
    kept: '#4aa8e0',
    'on-dark-fate': '#0d1116',
    'on-light-fate': '#0d1116',
    'kind-mbconv': '#1f3a52',
    'kind-rectangular': '#4a3a1c',
    'kind-conv': '#1d4436',
    'kind-dualconv': '#472f42',
  },
};

/** All colours for a background; rounds are `round-1`, `round-2` and so on, more contrast with every round. */
export function palette(theme: Theme, rounds: number): Palette {
  const [from, to] = STRETCH[theme];
  const byRound = Array.from({ length: rounds }, (_, index) => {
    const share = rounds === 1 ? 1 : index / (rounds - 1);
    return [`round-${index + 1}`, viridis(from + share * (to - from))] as const;
  });
  return { ...TONES[theme], ...Object.fromEntries(byRound) };
}

/** Puts a palette's colours for every `var(--name)` in a chart's option. */
export function coloured<T>(option: T, colours: Palette): T {
  const text = JSON.stringify(option).replaceAll(
    /var\(--([\w-]+)\)/g,
    (whole, name: string) => colours[name] ?? whole,
  );
  return JSON.parse(text) as T;
}

function viridis(position: number): string {
  const scaled = Math.min(1, Math.max(0, position)) * (VIRIDIS.length - 1);
  const low = Math.min(VIRIDIS.length - 2, Math.floor(scaled));
  const channels = (colour: string | undefined) =>
    [1, 3, 5].map((start) => Number.parseInt((colour ?? '#000000').slice(start, start + 2), 16));
  const [a, b] = [channels(VIRIDIS[low]), channels(VIRIDIS[low + 1])];
  const mixed = a.map((value, channel) =>
    Math.round(value + (scaled - low) * ((b[channel] ?? value) - value)),
  );
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
