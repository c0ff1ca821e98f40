import { createHash, timingSafeEqual } from 'node:crypto';
import { NseError } from '@nse/space';
import { z } from 'zod';

/** What a caller may: a reader calls what changes nothing, an editor everything. */
export const roles = ['reader', 'editor'] as const;
export type Role = (typeof roles)[number];

const tokenSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/, 'must be lower-case letters, digits, inner . and -'),
  role: z.enum(roles),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits, the hash of the token'),
  expires: z.iso.datetime().optional(),
});
const fileSchema = z.strictObject({ tokens: z.array(tokenSchema) });

/** A token as the file has it: by its hash alone. */
export type KnownToken = Readonly<z.infer<typeof tokenSchema>>;

/**
 * The tokens of a file `{ "tokens": [{ name, role, sha256, expires? }] }`. Raises INVALID_ARGUMENT that names every wrong
 * place and repeats nothing of the content.
 */
export function parseTokens(content: Buffer): readonly KnownToken[] {
  let value: unknown;
  try {
    value = JSON.parse(content.toString('utf8'));
  } catch {
    // The parser's own words would repeat the content.
    throw new NseError('INVALID_ARGUMENT', 'the file of tokens is no JSON');
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    const violations = parsed.error.issues.map(({ path, message }) => ({
      field: path.join('.') || 'tokens',
      description: message,
    }));
    throw NseError.invalid(violations);
  }
  const { tokens } = parsed.data;
  const twice = tokens.find(({ name }, index) => tokens.findIndex((other) => other.name === name) < index);
  if (twice !== undefined)
    throw NseError.invalid([{ field: 'tokens', description: `${twice.name} is there twice` }]);
  return tokens;
}

/** The hash of a token as it is presented. */
export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The token of that hash; takes the same time whichever it is, or none. */
export function tokenOf(hash: Buffer, tokens: readonly KnownToken[]): KnownToken | undefined {
  let found: KnownToken | undefined;
  for (const token of tokens) {
    if (timingSafeEqual(hash, Buffer.from(token.sha256, 'hex'))) found = token;
  }
  return found;
}
