import { runService } from '@nse/service';
import { followPhases } from './phases.js';
import { Reactions } from './reactions.js';
import { spaceManager } from './service.js';
import { SearchStore } from './store.js';

void runService('space-manager', async ({ bus, log }) => {
  const store = await SearchStore.open(bus);
  const reactions = new Reactions(bus, store, log);
  await reactions.announceAll();
  await reactions.start();
  void followPhases(bus, log, new AbortController().signal);
  return { SpaceManager: spaceManager(bus, store, reactions) };
});
