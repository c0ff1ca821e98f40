// Makes the pictures of a study's page of results from its report:
//   node docs/study-figures.mjs runs/pool-size
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { accuracySvg, studyReportSchema } from '@nse/study';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: node docs/study-figures.mjs <folder of a report.json>\n');
  process.exitCode = 2;
} else {
  const report = studyReportSchema.parse(
    JSON.parse(await readFile(path.join(folder, 'report.json'), 'utf8')),
  );
  const images = path.join(import.meta.dirname, 'images');
  for (const [theme, end] of /** @type {const} */ ([
    ['light', ''],
    ['dark', '-dark'],
  ])) {
    const file = path.join(images, `${report.name}${end}.svg`);
    await writeFile(file, await accuracySvg(report, theme));
    process.stdout.write(`${path.relative(process.cwd(), file)}\n`);
  }
}
