/** What a worker's exit code tells whoever started it. Anything else is a crash. */
export const exitCode = {
  done: 0,
  /** The same task may succeed when it is started again. */
  retryable: 1,
  /** It would fail again. */
  permanent: 2,
  /** A later attempt has taken the task over. */
  superseded: 3,
  /** It was told to stop, as by SIGTERM. */
  stopped: 143,
} as const;
