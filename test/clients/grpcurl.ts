import { type LocalRuntime, serviceNames } from '@nse/cli';
import { output, programs } from './programs.js';

/** A failed call as grpcurl prints it: google.rpc.Status, its details decoded. */
export interface Failed {
  readonly code: number;
  readonly message: string;
  readonly details: readonly Readonly<Record<string, unknown>>[];
}

export type Outcome = { readonly answers: readonly unknown[] } | { readonly failed: Failed };

/** `nse.v1.SpaceManager` of `space-manager`. */
const protoName = (service: string) =>
  `nse.v1.${service.replaceAll(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase())}`;

/** The grpcurl program against a running system; it knows of the services what reflection tells. */
export class Grpcurl {
  private readonly addresses: ReadonlyMap<string, string>;

  constructor({ endpoints }: LocalRuntime) {
    this.addresses = new Map(serviceNames.map((name) => [protoName(name), endpoints.services[name]]));
  }

  get services(): string[] {
    return [...this.addresses.keys()];
  }

  /** What the service's server lists: services, or the methods of one of them by full name. */
  async list(service: string, of: readonly string[] = []): Promise<string[]> {
    return (await this.run([this.address(service), 'list', ...of])).trim().split('\n');
  }

  async describe(service: string, symbol: string): Promise<string> {
    return await this.run([this.address(service), 'describe', symbol]);
  }

  /** Calls `nse.v1.Service/Method`, or another method of the server of `service`; for so many seconds, where a stream has no end. */
  async call(
    method: string,
    request: object,
    service = method.split('/')[0] ?? '',
    forSeconds?: number,
  ): Promise<Outcome> {
    const data = ['-d', JSON.stringify(request), '-format-error', '-emit-defaults'];
    const limit = forSeconds === undefined ? [] : ['-max-time', String(forSeconds)];
    const args = ['-plaintext', ...limit, ...data, this.address(service), method];
    const { code, stdout, stderr } = await output(programs.grpcurl, args, 280_000);
    const cut = forSeconds !== undefined && stdout.trim() !== '';
    if (code !== 0 && !cut) return { failed: JSON.parse(stderr) as Failed };
    const answers = stdout.split(/\n(?=\{)/).filter((text) => text.trim() !== '');
    return { answers: answers.map((text) => JSON.parse(text) as unknown) };
  }

  private address(service: string): string {
    return this.addresses.get(service) ?? '';
  }

  private async run(args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await output(programs.grpcurl, ['-plaintext', ...args]);
    if (code !== 0) throw new Error(`grpcurl ${args.join(' ')}: ${stderr}`);
    return stdout;
  }
}
