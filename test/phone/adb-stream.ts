import { Duplex } from 'node:stream';

/** How a stream of an adb connection talks to the other side. */
export interface Wire {
  ready(): void;
  send(bytes: Buffer): void;
  close(): void;
}

/** Larger pieces are refused by adb. */
const PIECE = 64 * 1024;

/** One stream of an adb connection, from the device's side: each piece is answered before the next one is sent, in both directions. */
export class AdbStream extends Duplex {
  private waiting: (() => void) | undefined;
  private unanswered = false;
  private closed_ = false;

  constructor(private readonly wire: Wire) {
    super();
  }

  /** A piece came from the other side. */
  received(bytes: Buffer): void {
    this.unanswered = true;
    if (this.push(bytes)) this.answer();
  }

  /** The other side took our last piece. */
  taken(): void {
    const next = this.waiting;
    this.waiting = undefined;
    next?.();
  }

  /** The other side closed the stream. */
  ended(): void {
    this.closed_ = true;
    this.push(null);
    this.destroy();
  }

  override _read(): void {
    this.answer();
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    const [piece, rest] = [bytes.subarray(0, PIECE), bytes.subarray(PIECE)];
    this.waiting = rest.length === 0 ? done : () => this._write(rest, '', done);
    this.wire.send(piece);
  }

  override _final(done: () => void): void {
    this.close();
    done();
  }

  override _destroy(_error: Error | null, done: () => void): void {
    this.close();
    done();
  }

  private answer(): void {
    if (!this.unanswered || this.closed_) return;
    this.unanswered = false;
    this.wire.ready();
  }

  private close(): void {
    if (this.closed_) return;
    this.closed_ = true;
    this.wire.close();
  }
}
