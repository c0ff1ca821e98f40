import { StorageType, type StreamConfig } from 'nats';
import { apiErrorCode, apiErrors, patiently, type Session } from './session.js';

/** Creates a file-backed stream, or brings an older one's settings up to date. Safe when several processes do it. */
export async function ensureStream(
  session: Session,
  config: Partial<StreamConfig> & { name: string },
): Promise<void> {
  const wanted = { ...config, storage: StorageType.File, num_replicas: session.replicas };
  await patiently(`create stream ${config.name}`, session.patienceMs, async () => {
    try {
      await session.jsm.streams.add(wanted);
    } catch (error) {
      if (apiErrorCode(error) !== apiErrors.streamNameInUse) throw error;
      await session.jsm.streams.update(config.name, wanted);
    }
  });
}
