import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import Packet from '@devicefarmer/adbkit/dist/src/adb/tcpusb/packet.js';
import PacketReader from '@devicefarmer/adbkit/dist/src/adb/tcpusb/packetreader.js';
import { AdbStream } from './adb-stream.js';

/** With this version every packet carries its checksum. */
const VERSION = 0x01000000;
const LONGEST_PAYLOAD = 256 * 1024;
const TOKEN_BYTES = 20;
/** Kinds of AUTH packets: ours, and the last one of a computer whose key is not known. */
const auth = { token: 1, publicKey: 3 } as const;

export interface ConnectionOptions {
  /** What the device says of itself: `ro.product.model=..;features=shell_v2`. */
  readonly banner: string;
  /** Whether the computer's key is known. */
  readonly authorized: () => boolean;
  readonly open: (service: string, stream: AdbStream) => void;
}

/** The device's side of a connection to an adb server. */
export class AdbConnection {
  private readonly streams = new Map<number, AdbStream>();
  private nextId = 1;

  constructor(
    private readonly socket: Socket,
    private readonly options: ConnectionOptions,
  ) {
    const reader = new PacketReader(socket);
    reader.on('packet', (packet: Packet) => this.received(packet));
    reader.on('error', () => this.close());
    socket.on('error', () => undefined);
    socket.on('close', () => this.close());
  }

  close(): void {
    this.socket.destroy();
    for (const stream of this.streams.values()) stream.ended();
    this.streams.clear();
  }

  /** Greets the computer: it may use the device. */
  welcome(): void {
    const banner = Buffer.from(`device::${this.options.banner}\0`);
    this.send(Packet.A_CNXN, VERSION, LONGEST_PAYLOAD, banner);
  }

  private received({ command, arg0, arg1, data = Buffer.alloc(0) }: Packet): void {
    const stream = this.streams.get(arg1);
    if (command === Packet.A_CNXN) this.greet();
    else if (command === Packet.A_AUTH && arg0 !== auth.publicKey) this.greet();
    else if (command === Packet.A_OPEN) this.opened(arg0, data.toString().replace(/\0.*$/s, ''));
    else if (command === Packet.A_WRTE) stream?.received(data);
    else if (command === Packet.A_OKAY) stream?.taken();
    else if (command === Packet.A_CLSE) {
      this.streams.delete(arg1);
      stream?.ended();
    }
  }

  /** A computer whose key is not known is asked until someone allows it. */
  private greet(): void {
    if (this.options.authorized()) this.welcome();
    else this.send(Packet.A_AUTH, auth.token, 0, randomBytes(TOKEN_BYTES));
  }

  private opened(remote: number, service: string): void {
    const local = this.nextId++;
    const stream = new AdbStream({
      ready: () => this.send(Packet.A_OKAY, local, remote),
      send: (bytes) => this.send(Packet.A_WRTE, local, remote, bytes),
      close: () => {
        this.streams.delete(local);
        this.send(Packet.A_CLSE, local, remote);
      },
    });
    stream.on('error', () => undefined);
    this.streams.set(local, stream);
    this.send(Packet.A_OKAY, local, remote);
    this.options.open(service, stream);
  }

  private send(command: number, arg0: number, arg1: number, data?: Buffer): void {
    if (!this.socket.destroyed) this.socket.write(Packet.assemble(command, arg0, arg1, data));
  }
}
