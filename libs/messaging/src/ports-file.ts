import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

const LOOK_EVERY_MS = 20;

const portsFile = z.object({ nats: z.array(z.url()).min(1) });

/** An empty folder in which a nats-server is to say where it listens. */
export function emptyPortsFolder(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The port that a nats-server has been given, once it says so in the folder. Raises AbortError where the signal aborts before. */
export async function portSaidIn(folder: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    const [url] = readdirSync(folder).flatMap((name) => urlsIn(join(folder, name)));
    if (url !== undefined) return Number(new URL(url).port);
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** None where the server is still writing, or has just ended. */
function urlsIn(file: string): string[] {
  try {
    return portsFile.parse(JSON.parse(readFileSync(file, 'utf8'))).nats;
  } catch {
    return [];
  }
}
