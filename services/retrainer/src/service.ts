import { type Bus, newEvent, type RetrainedModel } from '@nse/messaging';
import type { handlers, messages } from '@nse/rpc';
import { askedAgain, requestOf, specOfSearch } from '@nse/service';
import { NseError } from '@nse/space';
import { askedRetraining, askedRetrainings } from './asked-retraining.js';
import { downloadFiles, downloadTrained, requestedFormat } from './download.js';
import { ownModel, ownRetraining } from './own-retraining.js';
import { requestedModel } from './request-work.js';
import { untrainedModel } from './untrained-model.js';
import { retrainingOf, watchRetraining } from './watch.js';

/** The gRPC side of the retrainer. */
export function retrainer(bus: Bus): handlers.Retrainer {
  return {
    startRetraining: async (request) => {
      const requested = await requestedModel(bus, request);
      const published = await askedAgain(bus, 'model', requested);
      await bus.publish(newEvent('model.requested', published, 'retrainer'));
      return await askedRetraining(bus, requested.search, requested.request);
    },

    listRetrainings: async ({ search }) => {
      await specOfSearch(bus, search);
      const own = await ownRetraining(bus, search).catch(ifNotFound);
      const all = [...(own === undefined ? [] : [own]), ...(await askedRetrainings(bus, search))];
      return { retrainings: all.map(withoutCurves) };
    },

    watchRetraining: ({ search, id }, { signal }) => watchRetraining(bus, search, id, signal),

    getRetraining: ({ search, id }) => retrainingOf(bus, search, id),

    downloadModel: async function* (request) {
      const format = requestedFormat(request.format);
      yield* downloadTrained(bus, request.search, await modelToDownload(bus, request), format);
    },

    exportArchitecture: async function* (request) {
      const format = requestedFormat(request.format);
      yield* downloadFiles(format, await untrainedModel(bus, request));
    },
  };
}

/** Raises NOT_FOUND where the model is not trained, INVALID_ARGUMENT for a role beside a retraining. */
async function modelToDownload(
  bus: Bus,
  { search, role, retraining }: messages.DownloadModelRequest__Output,
): Promise<RetrainedModel> {
  if (retraining !== '' && role === 'RANDOM') {
    const message = 'a retraining that was asked for has one model: give no role';
    throw new NseError('INVALID_ARGUMENT', message, { field: 'role' });
  }
  const model =
    retraining === ''
      ? await ownModel(bus, search, role === 'RANDOM' ? 'random' : 'chosen')
      : (await requestOf(bus, 'model', search, retraining)).done?.model;
  if (model !== undefined) return model;
  throw new NseError('NOT_FOUND', `the model of search "${search}" is not trained yet`, {
    field: 'search',
  });
}

/** The rounds may not be over yet. */
function ifNotFound(error: unknown): undefined {
  if (!(error instanceof NseError && error.code === 'NOT_FOUND')) throw error;
}

/** The curves of many models are more than a message holds. */
const withoutCurves = ({ chosen, random, ...rest }: messages.Retraining): messages.Retraining => ({
  ...rest,
  chosen: chosen ? { ...chosen, curve: [] } : null,
  random: random ? { ...random, curve: [] } : null,
});
