import { type Report, reportHtml, stableJson } from '@nse/report';
import type { messages } from '@nse/rpc';
import { NseError } from '@nse/space';
import { stringify } from 'yaml';
import { z } from 'zod';
import { patient, type System } from '../connect.js';
import { hostFacts, versions } from '../host.js';
import { downloadModel, writeFiles } from '../model.js';
import { repositoryRoot } from '../paths.js';
import { reportOf, specOf } from '../report-data.js';
import { tableTrust } from '../table-trust.js';

/** What the demo knows and no service does. */
export interface DemoFacts {
  readonly out: string;
  readonly started: Date;
  readonly command: string;
  readonly notes: readonly string[];
}

/** Fetches what a search that has succeeded left, and writes the model, the report and the spec into the folder `out`. */
export async function writeReport(
  system: System,
  over: messages.Search__Output,
  { out, started, command, notes }: DemoFacts,
  signal: AbortSignal,
): Promise<Report> {
  const { spaceManager, retrainer } = system;
  const rounds = await Promise.all(
    Array.from({ length: over.rounds }, (_, index) =>
      spaceManager.getRound({ search: over.id, round: index + 1 }, patient),
    ),
  );
  const retraining = await retrainer.getRetraining({ search: over.id }, patient);
  const model = await downloadModel(retrainer, over.id, { ...patient, signal });
  const exported = await Promise.all(
    (['onnx', 'tflite'] as const).map((format) =>
      downloadModel(retrainer, over.id, { ...patient, format, signal }),
    ),
  );
  const report = reportOf(
    { search: over, rounds, retraining, dataset: datasetOf(model), trust: await tableTrust(system, over) },
    {
      notes,
      commands: [command],
      startedAt: started.toISOString(),
      secondsTotal: (Date.now() - started.getTime()) / 1000,
      host: hostFacts(),
      versions: versions(repositoryRoot),
    },
  );
  await writeFiles(
    out,
    new Map<string, Uint8Array | string>([
      ...model,
      ...exported.flatMap((files) => [...files]),
      ['report.json', stableJson(report)],
      ['report.html', reportHtml(report)],
      ['spec.yaml', stringify(specOf(over))],
    ]),
  );
  return report;
}

const modelDescription = z.object({
  dataset: z.object({
    kind: z.string(),
    classes: z.array(z.string()),
    imageSize: z.number(),
    channels: z.number(),
    train: z.number(),
    heldOut: z.number(),
    test: z.number(),
    split: z.string(),
  }),
});

/** What a model's architecture.json says of its images. Raises INTERNAL where it is missing. */
export function datasetOf(model: ReadonlyMap<string, Buffer>): Report['dataset'] {
  const text = model.get('architecture.json')?.toString('utf8');
  if (text === undefined) throw new NseError('INTERNAL', 'the model came without architecture.json');
  return modelDescription.parse(JSON.parse(text)).dataset;
}
