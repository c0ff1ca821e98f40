import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServerMethodDefinition,
} from '@grpc/grpc-js';
import { NseError } from '@nse/space';
import type { Logger } from '@nse/telemetry';
import { type AccessOptions, admit, type Caller, neededFor, type Shown, takeShown } from './access.js';
import { FollowedFiles, type FollowOptions } from './followed-files.js';
import { errorToStatus } from './status.js';
import { type KnownToken, parseTokens } from './tokens.js';

/** How often open streams are looked at again, so that one ends whose token has expired. */
const lookAgainMs = 10_000;

export interface Guard {
  /** Lets through who may call; refused calls reach no handler. */
  readonly interceptor: ServerInterceptor;
  stop(): void;
}

/**
 * Judges every call of a server by its token or certificate, and every open stream again while it lasts. The file of tokens
 * is read again when it changes; one that is of no use leaves those that counted before. Raises INVALID_ARGUMENT for a file
 * that is faulty at the start, FAILED_PRECONDITION where it cannot be read.
 */
export function startGuard(options: AccessOptions, log: Logger, everyMs?: number): Guard {
  const file = tokenFile(options.tokens, { log, everyMs });
  const streams = new Set<GuardedCall>();
  const judge = (path: string, shown: Shown) =>
    admit(path, shown, { tokens: file.current, certificates: options.certificates }, new Date());
  const lookAgain = () => {
    for (const stream of [...streams]) stream.lookAgain();
  };
  const stopFollowing = file.onChange(lookAgain);
  const timer = setInterval(lookAgain, lookAgainMs).unref();
  return {
    interceptor: (method, call) => new GuardedCall(method, call, judge, streams, log),
    stop: () => {
      stopFollowing();
      clearInterval(timer);
    },
  };
}

function tokenFile(path: string, follow: FollowOptions): FollowedFiles<readonly KnownToken[]> {
  try {
    return new FollowedFiles([path], ([content]) => parseTokens(content ?? Buffer.of()), follow);
  } catch (cause) {
    const { code, message } = NseError.from(cause);
    const kind = code === 'INVALID_ARGUMENT' ? code : 'FAILED_PRECONDITION';
    throw new NseError(kind, `no tokens from ${path}: ${message}`, { cause });
  }
}

type InterceptingServerListener = Parameters<ServerInterceptingCall['start']>[0];
type Method = ServerMethodDefinition<unknown, unknown>;
type Judge = (path: string, shown: Shown) => Caller;

/** A call that is judged when it begins, and again as long as it is open. */
class GuardedCall extends ServerInterceptingCall {
  private listener: InterceptingServerListener | undefined;
  private shown: Shown = {};
  private over = false;

  constructor(
    private readonly method: Method,
    private readonly call: ServerInterceptingCallInterface,
    private readonly judge: Judge,
    private readonly streams: Set<GuardedCall>,
    private readonly log: Logger,
  ) {
    super(call);
  }

  override start(listener: InterceptingServerListener): void {
    this.listener = listener;
    super.start({
      onReceiveMetadata: (metadata) => this.begin(metadata, listener),
      onReceiveMessage: (message: unknown) => listener.onReceiveMessage(message),
      onReceiveHalfClose: () => listener.onReceiveHalfClose(),
      onCancel: () => this.end(),
    });
  }

  override sendMessage(message: unknown, callback: () => void): void {
    if (!this.over) super.sendMessage(message, callback);
  }

  override sendStatus(status: Parameters<ServerInterceptingCall['sendStatus']>[0]): void {
    this.streams.delete(this);
    if (!this.over) super.sendStatus(status);
  }

  /** Ends the stream where its caller may not have it any more. */
  lookAgain(): void {
    try {
      this.judge(this.method.path, this.shown);
    } catch (error) {
      this.refuse(error);
    }
  }

  private begin(metadata: Metadata, listener: InterceptingServerListener): void {
    this.shown = takeShown(metadata, this.call.getAuthContext());
    const { path } = this.method;
    let caller: Caller;
    try {
      caller = this.judge(path, this.shown);
    } catch (error) {
      this.refuse(error);
      return;
    }
    // Who changed something can be told afterwards.
    if (neededFor(path) === 'editor')
      this.log.info({ method: path, caller }, 'a call that may change something');
    if (this.method.responseStream) this.streams.add(this);
    listener.onReceiveMetadata(metadata);
  }

  private refuse(thrown: unknown): void {
    if (this.over) return;
    const { code, message } = NseError.from(thrown);
    this.log.warn({ method: this.method.path, peer: this.call.getPeer(), code }, message);
    this.call.sendStatus(errorToStatus(thrown));
    this.end();
  }

  /** Tells the handler that nobody is there any more; once, as a refused call is cancelled by grpc-js too. */
  private end(): void {
    this.streams.delete(this);
    if (this.over) return;
    this.over = true;
    this.listener?.onCancel();
  }
}
