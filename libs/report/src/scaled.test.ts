import { architectureDiagram } from './html/diagram.js';
import { cellTable } from './html/tables.js';
import { scalingText } from './outcome.js';
import { parseReport, type Report } from './report.js';
import { architectureDrawing } from './terminal/drawing.js';
import { sampleReport } from './testing/sample.js';
import { PLAIN } from './testing/styles.js';

describe('scaled widths', () => {
  const chosen = { ...sampleReport().chosen, macs: 326_326_224 };
  const { network } = sampleReport();
  const scaled = { scale: 1.04, goal: 330e6, searchedMacs: 315_816_704, network };

  it('are told with what they were scaled for, and what the architecture cost as it was searched', () => {
    expect(scalingText({ chosen, scaled })).toBe('widths scaled to 1.04 for 330.0 M; 315.8 M as searched');
    expect(scalingText({ chosen })).toBeUndefined();
  });

  it('are told where no width reaches what they were scaled for', () => {
    expect(scalingText({ chosen, scaled: { ...scaled, goal: 1e6 } })).toMatch(
      /^widths scaled to 1.04 for .*, which no width reaches; /,
    );
  });

  it('are those of the drawing and of the table of cells, and of no other part', () => {
    const report = sampleReport();
    const cells = report.network.cells.map((cell) => ({ ...cell, inChannels: 1_111, outChannels: 2_222 }));
    const wide = { ...report, scaled: { ...scaled, network: { ...report.network, cells } } };
    const page = (one: Report) =>
      JSON.stringify([cellTable(one.chosen, one), architectureDiagram(one.chosen, one)]);
    expect(page(wide)).toContain('2222');
    expect(page(report)).not.toContain('2222');
    expect(architectureDrawing(wide.chosen, wide, PLAIN)).toContain('2222');
    expect(parseReport(JSON.parse(JSON.stringify(wide)))).toEqual(wide);
  });
});
