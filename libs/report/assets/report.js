/* global document, window, echarts, getComputedStyle, ResizeObserver */
// Draws the charts of the page from the data in it. Runs in the browser, after echarts, in one script with it.
(() => {
  const { options, space } = JSON.parse(document.getElementById('charts').textContent);
  const charts = new Map();
  // Only a search's report has a space to show.
  let round = space ? space.fates.length - 1 : -1;

  /** The option with the colours of the page's theme in place of `var(--name)`. */
  function coloured(option) {
    const styles = getComputedStyle(document.documentElement);
    const text = JSON.stringify(option).replace(/var\((--[\w-]+)\)/g, (_, name) =>
      styles.getPropertyValue(name).trim(),
    );
    return JSON.parse(text);
  }

  /** One item for each cell and operation of the round shown: [operation, cell, fate], a mark, a tooltip. */
  function spaceItems() {
    return space.fates[round].flatMap((digits, cell) =>
      Array.from(digits, (digit, operation) => {
        const fate = Number(digit) % space.words.length;
        const fresh = Number(digit) >= space.words.length ? ', tried for the first time' : '';
        const fitness = space.fitness[round][cell][operation];
        const chance = fitness === undefined ? '' : `\nfitness ${fitness.toFixed(3)}`;
        return {
          value: [operation, cell, fate],
          name: `${space.operations[operation]} in cell ${space.cells[cell]}\n${space.words[fate]}${fresh}${chance}`,
          label: { formatter: space.marks[fate], color: space.markColours[fate] },
        };
      }),
    );
  }

  function draw() {
    for (const element of document.querySelectorAll('[data-chart]')) {
      const name = element.dataset.chart;
      if (name === 'space') {
        if (round < 0) continue;
        options.space.series[0].data = spaceItems();
        element.style.height = `${space.height}px`;
        element.style.minWidth = `${space.width}px`;
      }
      if (!charts.has(name)) charts.set(name, echarts.init(element));
      charts.get(name).setOption(coloured(options[name]), true);
    }
  }

  function show(chosen) {
    round = chosen;
    for (const button of document.querySelectorAll('[data-round]')) {
      button.setAttribute('aria-pressed', String(Number(button.dataset.round) === round));
    }
    draw();
  }

  for (const button of document.querySelectorAll('[data-round]')) {
    button.addEventListener('click', () => show(Number(button.dataset.round)));
  }
  // On paper the colours are the light ones, whatever the screen shows.
  for (const query of ['(prefers-color-scheme: dark)', 'print']) {
    window.matchMedia(query).addEventListener('change', draw);
  }
  draw();
  const sizes = new ResizeObserver(() => charts.forEach((chart) => chart.resize()));
  for (const chart of charts.values()) sizes.observe(chart.getDom());
})();
