/** The part of jstat that is used; the package has no types. */
declare module 'jstat' {
  export const jStat: {
    readonly studentt: {
      /** The quantile of Student's distribution. */
      inv(probability: number, degreesOfFreedom: number): number;
    };
  };
}
