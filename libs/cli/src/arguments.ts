import { InvalidArgumentError } from 'commander';

/** Reads an option that is a whole number, 0 or more. */
export function wholeNumber(name: string): (text: string) => number {
  return (text) => {
    if (/^\d{1,10}$/.test(text)) return Number(text);
    throw new InvalidArgumentError(`${name} is a whole number, 0 or more.`);
  };
}

/** Reads an option that is a whole number, 1 or more. */
export function positiveWhole(name: string): (text: string) => number {
  return (text) => {
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw new InvalidArgumentError(`${name} is a whole number, 1 or more.`);
  };
}

/** Reads an option that is a number above 0, written with digits and a point. */
export function positiveNumber(name: string): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}(\.\d{1,9})?$/.test(text) && Number(text) > 0) return Number(text);
    throw new InvalidArgumentError(`${name} is a number above 0.`);
  };
}

/** Reads an option that may be given several times. */
export function repeated(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
