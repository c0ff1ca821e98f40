import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Palette, palette, type Theme } from '../charts/palette.js';
import { html, type Markup, scriptJson, trusted } from './markup.js';

const ASSETS = path.join(__dirname, '..', '..', 'assets');

/** A page of ours. */
export interface Page {
  readonly title: string;
  readonly body: Markup;
  /** What the page's script draws: `options` by the names of the charts, and what else a chart needs. */
  readonly charts: { readonly options: Readonly<Record<string, unknown>>; readonly space?: unknown };
  /** How many colours of rounds it needs. */
  readonly rounds: number;
  /** Further colours of its charts, by theme. */
  readonly colours?: Readonly<Record<Theme, Palette>>;
}

/**
 * One file that needs nothing else, not even a network. Its content policy lets only the scripts and styles run that were put in here,
 * by their hashes; all text is escaped that is no `Markup`.
 */
export function htmlPage({ title, body, charts, rounds, colours }: Page): string {
  const script = `${asset(require.resolve('echarts/dist/echarts.min.js'))}\n${asset(path.join(ASSETS, 'report.js'))}`;
  const style = `${themes(rounds, colours)}\n${asset(path.join(ASSETS, 'report.css'))}`;
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${inlined('style', style)}
      </head>
      <body>
        ${body}
        <script type="application/json" id="charts">
          ${scriptJson(charts)}
        </script>
        ${inlined('script', script)}
      </body>
    </html> `;
  return page.text;
}

function themes(rounds: number, colours: Page['colours']): string {
  const variables = (theme: Theme) =>
    Object.entries({ ...palette(theme, rounds), ...colours?.[theme] })
      .map(([name, colour]) => `--${name}:${colour}`)
      .join(';');
  return `:root{${variables('light')}}\n@media screen and (prefers-color-scheme:dark){:root{${variables('dark')}}}`;
}

/** The text exactly as it is, since the policy holds its hash. */
const inlined = (tag: 'style' | 'script', text: string): Markup => trusted(`<${tag}>${text}</${tag}>`);

const asset = (file: string): string => readFileSync(file, 'utf8');

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
