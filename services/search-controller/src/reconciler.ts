import { isDeepStrictEqual } from 'node:util';
import { messageOf, statusOf as httpStatusOf } from '@nse/kubernetes';
import type { Client } from '@nse/rpc';
import { NseError } from '@nse/space';
import type { Logger } from '@nse/telemetry';
import { type CompletedRound, type Happening, happenings } from './cluster-events.js';
import { dated } from './conditions.js';
import { refusalOf, requestOf } from './request.js';
import type { ResourceApi } from './resource-api.js';
import type { ResourceStatus, SearchResource } from './resource.js';
import { conditionsBefore, type Finding, type PendingReason, statusOf } from './status.js';
import { isHeld, isSettled, type Search, stepOf, suspension } from './step.js';

/** The calls of the SpaceManager that are used. */
export type Searches = Pick<
  Client<'SpaceManager'>,
  'createSearch' | 'getSearch' | 'pauseSearch' | 'resumeSearch' | 'listRounds'
>;

/**
 * Makes the search of an object be as the object says, and the object tell how the search stands. Every step looks at what is
 * there, so that it bears to be repeated, cut short, and done by several at once.
 */
export class Reconciler {
  constructor(
    private readonly api: ResourceApi,
    private readonly searches: Searches,
    private readonly log: Logger,
  ) {}

  /** Raises what kept it from its end: it is to be called again. */
  async reconcile(name: string): Promise<void> {
    const found = await this.api.find(name);
    // Its search is removed once the object is gone for good.
    if (found === undefined || found.metadata.deletionTimestamp !== undefined || isSettled(found)) return;
    try {
      const { resource, finding } = await this.act(found);
      await this.tell(resource, finding);
    } catch (error) {
      if (!(error instanceof NseError)) throw error;
      await this.tell(found, { kind: 'away', message: error.message });
      throw error;
    }
  }

  /** Does what is to be done; gives what it led to, and the object as it then is. */
  private async act(resource: SearchResource): Promise<Outcome> {
    const search = await this.find(resource.metadata.name);
    if (stepOf(resource, search) !== 'create') return await this.bringTo(resource, search);
    const created = await this.create(resource);
    // Created, it may be to be suspended at once.
    return created.kind === 'search'
      ? await this.bringTo(resource, created.search)
      : { resource, finding: created };
  }

  private async find(search: string): Promise<Search | undefined> {
    try {
      return await this.searches.getSearch({ search });
    } catch (error) {
      if (error instanceof NseError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  }

  private async bringTo(resource: SearchResource, found: Search | undefined): Promise<Outcome> {
    const { searches } = this;
    const search = resource.metadata.name;
    const pending = (reason: PendingReason, message: string): Outcome => ({
      resource,
      finding: { kind: 'pending', reason, message },
    });
    switch (stepOf(resource, found)) {
      case 'pause': {
        const announced = isHeld(resource.status) ? resource : await this.announcePause(resource);
        return {
          resource: announced,
          finding: { kind: 'search', search: await searches.pauseSearch({ search }) },
        };
      }
      case 'resume':
        return { resource, finding: { kind: 'search', search: await searches.resumeSearch({ search }) } };
      case 'taken':
        return pending('NameTaken', `metadata.name: ${whose(found)} has this name`);
      case 'succeeds-another':
        return pending(
          'WaitingForDeletion',
          'the search of the object that had this name before is still to be removed',
        );
      case 'tell':
        if (found !== undefined) return { resource, finding: { kind: 'search', search: found } };
        return { resource, finding: { kind: 'lost' } };
      case 'create':
      case 'lost':
        return { resource, finding: { kind: 'lost' } };
    }
  }

  private async create(resource: SearchResource): Promise<Finding> {
    try {
      return { kind: 'search', search: await this.searches.createSearch(requestOf(resource)) };
    } catch (error) {
      if (!(error instanceof NseError)) throw error;
      const { code } = error;
      const message = refusalOf(error, resource);
      if (code === 'INVALID_ARGUMENT') return { kind: 'rejected', message };
      // A table, a preset, or a search to go on from: it may come.
      if (code === 'NOT_FOUND' || code === 'FAILED_PRECONDITION') {
        return { kind: 'pending', reason: 'DependencyMissing', message };
      }
      if (code === 'ALREADY_EXISTS') return { kind: 'pending', reason: 'NameTaken', message };
      throw error;
    }
  }

  /** Said first: if we die in between, whoever goes on knows that the pause is ours. */
  private async announcePause(resource: SearchResource): Promise<SearchResource> {
    const before = conditionsBefore(resource);
    const Suspended = ['False', suspension.begun, 'spec.suspend is true'] as const;
    const conditions = dated({ ...before, Suspended }, resource, nowToSecond());
    return await this.api.updateStatus(resource, { ...resource.status, conditions });
  }

  /** Events first: after the status nobody would know of them any more. */
  private async tell(resource: SearchResource, finding: Finding): Promise<void> {
    const now = new Date();
    const after = statusOf(resource, finding, now.toISOString());
    if (isDeepStrictEqual(after, resource.status)) return;
    const { metadata } = resource;
    const resumes = finding.kind === 'search' ? finding.search.resumes : 0;
    for (const happening of happenings(resource, after, await this.newRounds(resource, after), resumes)) {
      await this.record(resource, happening, now);
    }
    await this.api.updateStatus(resource, after);
    this.log.info(
      { search: metadata.name, phase: after.phase, round: after.round },
      'told how a search stands',
    );
  }

  /** The rounds of which the object has not told yet. */
  private async newRounds(
    { metadata, status }: SearchResource,
    after: ResourceStatus,
  ): Promise<CompletedRound[]> {
    if ((after.completedRounds ?? 0) <= (status?.completedRounds ?? 0)) return [];
    const { rounds } = await this.searches.listRounds({ search: metadata.name });
    return rounds.map(({ round, front, bestAccuracy }) => ({ round, frontSize: front.length, bestAccuracy }));
  }

  /** Events are for people to look at. What may not be written does not hold the search up. */
  private async record(resource: SearchResource, happening: Happening, at: Date): Promise<void> {
    try {
      await this.api.record(resource, happening, at);
    } catch (error) {
      const status = httpStatusOf(error);
      if (status === undefined || status === 429 || status >= 500) throw error;
      this.log.warn({ err: error, reason: happening.reason }, `an event was refused: ${messageOf(error)}`);
    }
  }
}

interface Outcome {
  readonly resource: SearchResource;
  readonly finding: Finding;
}

const whose = (search: Search | undefined) =>
  search === undefined || search.owner === ''
    ? 'a search that no object has'
    : `the search of ${search.owner}`;

const nowToSecond = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
