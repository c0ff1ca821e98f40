import { createClient, type Client, toStruct } from '@nse/rpc';
import type { Endpoints } from './local/runtime.js';

/** The services of one system, as the commands use them. */
export interface System {
  readonly spaceManager: Client<'SpaceManager'>;
  readonly retrainer: Client<'Retrainer'>;
  readonly struct: typeof toStruct;
  close(): void;
}

/** Connects lazily: nothing is sent before the first call. */
export function connect({ services }: Endpoints): System {
  const spaceManager = createClient('SpaceManager', services['space-manager']);
  const retrainer = createClient('Retrainer', services.retrainer);
  return {
    spaceManager,
    retrainer,
    struct: toStruct,
    close: () => {
      spaceManager.close();
      retrainer.close();
    },
  };
}
