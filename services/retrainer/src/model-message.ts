import type { Bus, RetrainedModel } from '@nse/messaging';
import type { messages } from '@nse/rpc';
import { readCurve } from './curve.js';

/** A trained model with its training curve, for clients. */
export async function modelMessage(bus: Bus, model: RetrainedModel): Promise<messages.TrainedModel> {
  return { ...model, curve: readCurve(await bus.artifacts.get(model.curve)) };
}
